// The lines of a form in a real browser: amounts and totals while typing, rows moved, added and removed by keyboard. With
// LINES_SHOTS=folder it keeps screenshots.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertUsable, keep, skip, stage } from '../lib/browser.js';

const { open } = stage();

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
