// The lines of a form in a real browser: amounts and totals while typing, rows moved, added and removed by keyboard. With
// LINES_SHOTS=folder it keeps screenshots.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { serve, sqliteUrl } from '../lib/server.js';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const axe = path.join(root, 'node_modules/axe-core/axe.min.js');
const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(fs.existsSync);
const skip = browserPath ? false : 'there is no Chromium';
let server, browser, origin, cookie;

before(async () => {
  if (skip) return;
  server = await serve(sqliteUrl());
  origin = `http://127.0.0.1:${server.port}`;
  ({ cookie } = await server.login());
  browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const width of [1440, 390]) test(`an order is filled in at ${width} px`, { skip }, async () => {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  await context.addCookies(cookie.split('; ').map((pair) => ({ name: pair.split('=')[0], value: pair.slice(pair.indexOf('=') + 1), url: origin })));
  const page = await context.newPage();
  await page.goto(`${origin}/sales-orders/new`, { waitUntil: 'networkidle' });
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
  if (process.env.LINES_SHOTS) await page.screenshot({ path: path.join(process.env.LINES_SHOTS, `lines-${width}.png`), fullPage: true });

  await field(2, 'quantity').press('Alt+ArrowUp');
  assert.equal(await field(1, 'description').inputValue(), 'Valve');
  assert.ok(await page.evaluate(() => document.activeElement.name.endsWith('.quantity')), 'the field keeps the focus');
  assert.deepEqual(await page.$$eval('[data-lines] [data-position]', (fields) => fields.map(({ value }) => value)), ['1', '2']);
  await field(2, 'quantity').press('Alt+Delete');
  await page.waitForFunction(() => !/24\.00/.test(document.querySelector('#form-totals').textContent) && /3\.00/.test(document.querySelector('#form-totals').textContent));
  assert.equal(await page.locator('[data-lines] > tr').count(), 1);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, 'the page scrolls sideways');
  await page.evaluate(fs.readFileSync(axe, 'utf8'));
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  assert.deepEqual(serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).slice(0, 3).join(' ')}`), []);
  await context.close();
});
