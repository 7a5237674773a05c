// The form of a deal in a real browser: its look-ups follow what the form says elsewhere; a line added where the lines stand;
// the dialogue of a loss waits before it complains, then takes the reader to what is wrong; on a phone too.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertUsable, offered, skip, stage } from '../lib/browser.js';

const phone = { width: 390, height: 844, hasTouch: true };
let deal;
const at = stage(async ({ call }) => {
  const [keller, roth] = [await call('POST', 'accounts', { name: '恒力泵业' }), await call('POST', 'accounts', { name: 'Roth' })];
  for (let i = 0; i < 3; i++) await call('POST', 'contacts', { name: `Aa ${i}`, account: roth.id });
  await call('POST', 'contacts', { name: 'Zz 王芳', account: keller.id });
  await call('POST', 'products', { code: 'P1', name: '离心泵', list_price: '100' });
  deal = await call('POST', 'opportunities', { name: '泵站改造', account: keller.id });
});

for (const options of [{}, phone]) test(`the look-ups of a form follow each other at ${options.width ?? 1440} px`, { skip }, async () => {
  const { page, done } = await at.open('/opportunities/new', options);
  await (await offered(page, 'f-stage')).nth(8).waitFor(); // those of the default process
  await page.keyboard.press('Escape');
  await (await offered(page, 'f-process')).filter({ hasText: 'spare_parts' }).click();
  assert.equal(await page.inputValue('#f-stage'), '', 'a stage of another process is no choice any more');
  await page.locator('#f-stage-ts-dropdown .option').first().waitFor({ state: 'attached' });
  const spares = await offered(page, 'f-stage');
  await spares.nth(3).waitFor();
  assert.deepEqual((await spares.allInnerTexts()).map((text) => text.replace(/\s*sp_.*/, '')), ['Request received', 'Quoted', 'Ordered', 'Not ordered']);
  await spares.first().click();
  await (await offered(page, 'f-account')).filter({ hasText: '恒力泵业' }).click();
  assert.match(await (await offered(page, 'f-contact')).first().innerText(), /Zz 王芳/);
  await page.keyboard.press('Escape');
  await assertUsable(page);
  await page.click('.form-actions .btn-primary');
  await page.waitForSelector('.stage-bar');
  assert.match(await page.textContent('.stage-current'), /Request received/);
  await done();
});

test('a product line is added where the lines stand', { skip }, async () => {
  const { page, done } = await at.open(`/opportunities/${deal.id}?tab=opportunity_line`, phone);
  await page.click('.add-line summary');
  await (await offered(page, 'f-product')).first().click();
  await page.waitForFunction(() => document.querySelector('#f-unit_price').value === '100.00'); // its list price
  await page.fill('#f-quantity', '3');
  await page.fill('#f-unit_price', '12.5');
  await assertUsable(page);
  await page.click('.add-line-actions button');
  await page.waitForFunction(() => /37\.50/.test(document.querySelector('main').textContent));
  assert.equal((await at.call('GET', `opportunities/${deal.id}`)).amount, '37.50');
  await done();
});

test('a loss asks first and complains only then', { skip }, async () => {
  const { page, done } = await at.open(`/opportunities/${deal.id}`, phone);
  await page.locator('.stage-actions a', { hasText: 'Lose' }).click();
  await page.waitForSelector('#dialog[open] .ask-fields');
  assert.equal(await page.locator('#dialog .is-invalid').count(), 0);
  assert.equal(await page.locator('#dialog .must').count(), 1);
  await assertUsable(page);
  await page.click('#dialog .ask-actions .btn-primary');
  await page.waitForSelector('#dialog .invalid-feedback');
  await page.waitForFunction(() => document.activeElement?.closest('.form-field')?.querySelector('.invalid-feedback'));
  await done(/422/);
});
