// Look-ups while somebody types: only what the words find, the best first and active, nothing chosen before the answer is
// there; people of another company are marked and told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertUsable, skip, stage } from '../lib/browser.js';

const ids = {};
const at = stage(async ({ call }) => {
  for (const name of ['上海天泽电力有限公司', '上海东峰电子有限公司', '上海东成电力有限公司']) ids[name] = (await call('POST', 'accounts', { name })).id;
  for (const [name, company, job_title] of [['何勇', '上海天泽电力有限公司', '采购经理'], ['何唐', '上海天泽电力有限公司', '工程师'], ['唐秀兰', '上海东峰电子有限公司', '总经理']])
    ids[name] = (await call('POST', 'contacts', { name, account: ids[company], job_title })).id;
});
const field = (page, name) => page.locator(`#f-${name} + .ts-wrapper`);
const offered = (page, name) => field(page, name).locator('.option');
const active = (page, name) => field(page, name).locator('.option.active');
const type = async (page, name, text) => {
  await page.click(`#f-${name}-ts-control`);
  await page.keyboard.type(text);
};

test('only what is typed is offered, the best is active, and Enter takes it', { skip }, async () => {
  const { page, done } = await at.open('/opportunities/new');
  await page.click('#f-account-ts-control');
  await offered(page, 'account').nth(2).waitFor(); // all of them, for nothing is typed
  await page.keyboard.type('tianze');
  await page.waitForFunction(() => document.querySelectorAll('#f-account + .ts-wrapper .option').length === 1);
  await page.keyboard.press('Enter');
  assert.equal(await page.inputValue('#f-account'), ids.上海天泽电力有限公司);
  await page.keyboard.type('上海东');
  await page.waitForFunction(() => document.querySelectorAll('#f-account + .ts-wrapper .option').length === 2);
  await page.keyboard.type('峰');
  await page.waitForFunction(() => document.querySelectorAll('#f-account + .ts-wrapper .option').length === 1);
  assert.match(await active(page, 'account').innerText(), /上海东峰/);
  await page.keyboard.press('Enter');
  assert.equal(await page.inputValue('#f-account'), ids.上海东峰电子有限公司);
  await done();
});

test('nothing is chosen while the answer is on its way, and an answer to older words is dropped', { skip }, async () => {
  const { page, done } = await at.open('/opportunities/new');
  await page.click('#f-contact-ts-control');
  await offered(page, 'contact').first().waitFor();
  const held = [];
  await page.route('**/lookup/contact**', (route) => { held.push(route); });
  const asked = () => page.waitForRequest('**/lookup/contact**');
  let request = asked();
  await page.keyboard.type('何');
  await request;
  request = asked();
  await page.keyboard.type('唐');
  await request;
  await page.keyboard.press('Enter');
  assert.equal(await page.inputValue('#f-contact'), '');
  assert.equal(await offered(page, 'contact').count(), 0);
  await held[1].continue();
  await active(page, 'contact').waitFor();
  await held[0].continue(); // late
  await page.waitForLoadState('networkidle');
  assert.deepEqual(await offered(page, 'contact').count(), 1);
  await page.keyboard.press('Enter');
  assert.equal(await page.inputValue('#f-contact'), ids.何唐);
  await done();
});

test('a letter typed before the field has noticed that it is in focus is searched for', { skip }, async () => {
  const { page, done } = await at.open('/opportunities/new');
  await page.locator('#f-account-ts-control').evaluate((input) => {
    input.click();
    input.value = '天泽';
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await active(page, 'account').and(page.locator(':has-text("上海天泽")')).waitFor();
  assert.equal(await offered(page, 'account').count(), 1);
  await done();
});

test('a failure is told, and is not “nothing found”', { skip }, async () => {
  const { page, done } = await at.open('/opportunities/new');
  await page.route('**/lookup/contact**', (route) => route.abort());
  await type(page, 'contact', 'x');
  await page.waitForSelector('#failure:not([hidden])');
  assert.equal(await page.locator('.ts-dropdown', { hasText: 'Nothing found' }).count(), 0);
  await done(/ERR_FAILED/);
});

for (const [width, height] of [[1440, 900], [390, 844]])
  test(`people of another company are marked and told at ${width}`, { skip }, async () => {
    const { page, done } = await at.open('/opportunities/new', { width, height, language: 'zh_CN' });
    await type(page, 'account', '天泽');
    await active(page, 'account').waitFor();
    await page.keyboard.press('Enter');
    await page.click('#f-contact-ts-control');
    await offered(page, 'contact').nth(2).waitFor();
    const rows = await offered(page, 'contact').allInnerTexts();
    assert.match(rows.at(-1), /唐秀兰[\s\S]*上海东峰电子有限公司 · 总经理[\s\S]*非本客户/);
    assert.doesNotMatch(rows.slice(0, -1).join(), /非本客户/);
    await page.keyboard.type('txl');
    await page.waitForFunction(() => document.querySelectorAll('#f-contact + .ts-wrapper .option').length === 1);
    await page.keyboard.press('Enter');
    assert.equal(await page.inputValue('#f-contact'), ids.唐秀兰);
    await page.locator('.look-warning').waitFor();
    await assertUsable(page);
    await page.keyboard.type('何勇');
    await active(page, 'contact').waitFor();
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('.look-warning').count(), 0);
    await done();
  });
