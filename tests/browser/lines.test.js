// The lines of a form in a real browser: amounts and totals while typing, rows moved, added and removed by keyboard. With
// LINES_SHOTS=folder it keeps screenshots.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertUsable, keep, offered, skip, stage } from '../lib/browser.js';

const { open, call } = stage(async ({ call: make }) => {
  for (const [code, name, price] of [['P1', 'Pump IS80', '4860'], ['P2', 'Valve DN50', '320.5']]) await make('POST', 'products', { code, name, list_price: price, unit: 'set' });
});

for (const width of [1440, 390]) test(`an order is filled in at ${width} px`, { skip }, async () => {
  const { page, done } = await open('/sales-orders/new', { width });
  const field = (row, name) => page.locator(`[data-lines] > tr:nth-child(${row}) [name$=".${name}"]`);
  const fill = async (row, description, quantity, price) => {
    await field(row, 'description').fill(description);
    await field(row, 'quantity').fill(quantity);
    await field(row, 'unit_price').fill(price);
  };
  await fill(1, 'Pump', '2', '10.5');
  await page.waitForFunction(() => /21\.00/.test(document.querySelector('#form-totals').textContent));
  await page.waitForFunction(() => /21\.00/.test(document.querySelector('[data-lines] output').textContent));
  await page.click('button:has-text("Add a line")');
  await page.waitForSelector('[data-lines] > tr:nth-child(2)');
  assert.ok(await page.evaluate(() => document.querySelector('[data-lines] > tr:nth-child(2)').contains(document.activeElement)), 'the new line has the focus');
  await fill(2, 'Valve', '3', '1');
  await page.waitForFunction(() => /24\.00/.test(document.querySelector('#form-totals').textContent));
  await keep(page, 'LINES_SHOTS', `lines-${width}`);

  await field(2, 'quantity').press('Alt+ArrowUp');
  assert.equal(await field(1, 'description').inputValue(), 'Valve');
  assert.ok(await page.evaluate(() => document.activeElement.name.endsWith('.quantity')), 'the field keeps the focus');
  assert.deepEqual(await page.$$eval('[data-lines] [data-position]', (fields) => fields.map(({ value }) => value)), ['1', '2']);
  await field(2, 'quantity').press('Alt+Delete');
  await page.waitForFunction(() => !/24\.00/.test(document.querySelector('#form-totals').textContent) && /3\.00/.test(document.querySelector('#form-totals').textContent));
  assert.equal(await page.locator('[data-lines] > tr').count(), 1);
  await assertUsable(page);
  await done();
});

test('price and unit follow the product until somebody types them', { skip }, async () => {
  const { page, done } = await open('/sales-orders/new');
  const field = (name) => page.locator(`[data-lines] > tr:nth-child(1) [name$=".${name}"]`);
  const prices = (text) => page.waitForFunction((sought) => document.querySelector('[data-lines] [name$=".unit_price"]').value === sought, text);
  const choose = async (name) => (await offered(page, await field('product').getAttribute('id'))).filter({ hasText: name }).click();
  assert.equal(await field('unit_price').getAttribute('placeholder'), 'List price');
  await choose('Pump');
  await prices('4860.00');
  assert.equal(await field('unit').inputValue(), 'set');
  await field('quantity').fill('2');
  await page.waitForFunction(() => /9,720\.00/.test(document.querySelector('#form-totals').textContent));
  await choose('Valve');
  await prices('320.50');
  await page.waitForFunction(() => /641\.00/.test(document.querySelector('#form-totals').textContent));
  await keep(page, 'LINES_SHOTS', 'lines-taken');
  await field('unit_price').fill('300');
  await page.waitForFunction(() => /600\.00/.test(document.querySelector('#form-totals').textContent));
  await choose('Pump');
  await page.waitForResponse((reply) => reply.url().endsWith('/totals'));
  await page.waitForFunction(() => /600\.00/.test(document.querySelector('#form-totals').textContent));
  assert.equal(await field('unit_price').inputValue(), '300');
  await page.selectOption('[name=currency]', 'USD').catch(() => page.fill('[name=currency]', 'USD'));
  await field('unit_price').fill('');
  await field('quantity').fill('3');
  await page.waitForFunction(() => /no exchange rate for USD/.test(document.querySelector('[data-lines]').textContent));
  assert.equal(await field('unit_price').inputValue(), '');
  await assertUsable(page);
  await done();
});
