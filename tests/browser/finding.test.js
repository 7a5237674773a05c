// Finding and working in bulk by the keyboard alone: palette, list, a value in its cell, many records, merge, undo.
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
let server, browser, origin, cookie, ids;

const call = async (method, target, body) => {
  const reply = await server.request(method, `/api/v1/${target}`, { token: server.admin, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
  assert.ok(reply.status < 300, reply.text);
  return JSON.parse(reply.text);
};
before(async () => {
  if (skip) return;
  server = await serve(sqliteUrl());
  origin = `http://127.0.0.1:${server.port}`;
  ids = [];
  for (const [name, city] of [['Alpha Pumps', 'Ulm'], ['Beta Pumps', 'Bonn'], ['Gamma Pumps', 'Jena'], ['恒力泵业有限公司', '常州']]) ids.push((await call('POST', 'accounts', { name, city, status: 'prospect' })).id);
  await call('POST', 'accounts/batch', Array.from({ length: 60 }, (_, i) => ({ name: `Kunde ${String(i).padStart(2, '0')}`, city: 'Köln', status: 'prospect' })));
  await call('POST', 'opportunities', { name: 'Six pumps', account: ids[0], amount: '1200' });
  await call('POST', 'opportunities', { name: 'Two pumps', account: ids[1], amount: '800' });
  ({ cookie } = await server.login());
  browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function open(target, { width = 1440, height = 900 } = {}) {
  const context = await browser.newContext({ viewport: { width, height } });
  await context.addCookies(cookie.split('; ').map((pair) => ({ name: pair.split('=')[0], value: pair.slice(pair.indexOf('=') + 1), url: origin })));
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && !/4\d\d/.test(message.text()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(origin + target, { waitUntil: 'networkidle' });
  return { page, complaints, close: () => context.close() };
}
async function assertAccessible(page) {
  await page.evaluate(fs.readFileSync(axe, 'utf8'));
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  assert.deepEqual(serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(' | ')}`), []);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, 'the page scrolls sideways');
}
const keys = async (page, ...names) => { for (const name of names) await page.keyboard.press(name); };

test('the palette: a command, a record by pinyin, within an entity; on a phone it fills the screen', { skip }, async () => {
  const { page, complaints, close } = await open('/');
  await keys(page, 'Control+k');
  await page.waitForSelector('#palette[open] [role=option]');
  await assertAccessible(page);
  await page.keyboard.type('new acc');
  await page.waitForSelector('.palette-item.active[href="/accounts/new"]');
  await page.fill('#palette input', 'hlby');
  await page.waitForSelector(`.palette-item.active[href="/accounts/${ids[3]}"]`);
  await keys(page, 'Enter');
  await page.waitForURL(`**/accounts/${ids[3]}`);
  await keys(page, '/');
  await page.keyboard.type('acc: gamma');
  await page.waitForSelector(`#search-offers [role=option][href="/accounts/${ids[2]}"]`);
  await keys(page, 'ArrowDown', 'Enter');
  await page.waitForURL(`**/accounts/${ids[2]}`);
  await page.setViewportSize({ width: 390, height: 844 });
  await keys(page, 'Control+k');
  await page.waitForSelector('#palette[open]');
  const box = await page.locator('#palette').boundingBox();
  assert.deepEqual([box.width, box.height], [390, 844]);
  assert.deepEqual(complaints, []);
  await close();
});

test('a list by keyboard: move, edit a value, go on to the next, leave one as it was', { skip }, async () => {
  const { page, complaints, close } = await open('/accounts?order=name&columns=name,city,region');
  await page.waitForSelector('.list-form td[tabindex="0"]');
  await keys(page, 'j', 'ArrowRight', 'ArrowRight', 'F2');
  await page.waitForSelector('td.editing input[name=city]');
  await page.fill('td.editing input[name=city]', 'Kiel');
  await keys(page, 'Tab');
  await page.waitForSelector('td.editing input[name=region]');
  await page.fill('td.editing input[name=region]', 'North');
  await keys(page, 'Enter');
  await page.waitForSelector('td[data-field=region]:has-text("North")');
  assert.deepEqual([(await call('GET', `accounts/${ids[0]}`)).city, (await call('GET', `accounts/${ids[0]}`)).region], ['Kiel', 'North']);
  await keys(page, 'j', 'F2');
  await page.waitForSelector('td.editing input[name=region]');
  await page.fill('td.editing input[name=region]', 'Lost');
  await keys(page, 'Escape');
  assert.equal(await page.locator('td.editing').count(), 0);
  assert.equal((await call('GET', `accounts/${ids[1]}`)).region, null);
  // Somebody else was first: it is told in the row.
  await page.dblclick(`tr[data-record="${ids[1]}"] td[data-field=city]`);
  await page.waitForSelector('td.editing input[name=city]');
  await server.request('PATCH', `/api/v1/accounts/${ids[1]}`, { token: server.admin, headers: { 'content-type': 'application/json' }, body: '{"city":"Trier"}' });
  await page.fill('td.editing input[name=city]', 'Mainz');
  await keys(page, 'Enter');
  await page.waitForSelector('td.editing .invalid-feedback:has-text("Trier")');
  await keys(page, 'Escape');
  await assertAccessible(page);
  assert.deepEqual(complaints, []);
  await close();
});

test('many by keyboard: choose, change, look first, undo', { skip }, async () => {
  const { page, complaints, close } = await open('/accounts?order=name&columns=name,segment');
  await page.waitForSelector('.list-form td[tabindex="0"]');
  await keys(page, 'j', 'x', 'j', 'x');
  await page.waitForSelector('.bulk:not([hidden])');
  assert.equal(await page.textContent('[data-selected]'), '2');
  await page.focus('.bulk [value=edit]');
  await keys(page, 'Enter');
  await page.waitForURL('**/accounts/bulk?**');
  await page.selectOption('#bulk-field', 'segment');
  await page.focus('[value=form]');
  await keys(page, 'Enter');
  await page.waitForSelector('input[name=segment]');
  await page.fill('input[name=segment]', 'Key');
  await assertAccessible(page);
  await page.focus('[value=preview]');
  await keys(page, 'Enter');
  await page.waitForSelector('ins:has-text("Key")');
  await assertAccessible(page);
  await page.focus('[value=do]');
  await keys(page, 'Enter');
  await page.waitForSelector('.alert-success:has-text("2 records changed")');
  assert.equal((await call('GET', `accounts/${ids[0]}`)).segment, 'Key');
  await page.focus('.alert-undo button');
  await keys(page, 'Enter');
  await page.waitForSelector('.alert-success:has-text("undone")');
  assert.equal((await call('GET', `accounts/${ids[0]}`)).segment, null);
  assert.deepEqual(complaints, []);
  await close();
});

test('two are merged, the old address leads on, and the merge is undone', { skip }, async () => {
  const { page, complaints, close } = await open(`/accounts/merge?_id=${ids[0]}&_id=${ids[1]}`);
  await assertAccessible(page);
  await page.check(`input[name=_survivor][value="${ids[0]}"]`);
  await page.check(`input[name="pick.name"][value="${ids[1]}"]`);
  await page.click('.form-actions .btn-primary');
  await page.waitForURL(`**/accounts/${ids[0]}**`);
  await page.waitForSelector('h1:has-text("Beta Pumps")');
  await page.goto(`${origin}/accounts/${ids[1]}`);
  assert.equal(new URL(page.url()).pathname, `/accounts/${ids[0]}`);
  await page.goto(`${origin}/bulk-changes`);
  await page.click('a.row-title');
  await page.click('.btn-outline-danger');
  await page.waitForSelector('.alert-success:has-text("undone")');
  await page.goto(`${origin}/accounts/${ids[1]}`);
  await page.waitForSelector('h1:has-text("Beta Pumps")');
  assert.deepEqual(complaints, []);
  await close();
});

test('sums stand below their columns; the next record is that of the list, on the next page too', { skip }, async () => {
  const { page, complaints, close } = await open('/opportunities?columns=name,amount');
  await page.waitForSelector('#sum-amount:has-text("2,000")');
  await page.goto(`${origin}/accounts?city=eq.K%C3%B6ln&order=-name&columns=name`, { waitUntil: 'networkidle' });
  await page.click('a.row-title >> nth=49');
  await page.waitForSelector('h1:has-text("Kunde 10")');
  await keys(page, 'Control+ArrowRight');
  await page.waitForSelector('h1:has-text("Kunde 09")');
  await keys(page, 'Control+ArrowLeft');
  await page.waitForSelector('h1:has-text("Kunde 10")');
  assert.deepEqual(complaints, []);
  await close();
});
