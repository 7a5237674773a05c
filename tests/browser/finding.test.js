// Finding and working in bulk by the keyboard alone: palette, list, a value in its cell, many records, merge, undo.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertUsable, skip, stage } from '../lib/browser.js';

const REFUSED = /status of 4\d\d/;
const ids = [];
const at = stage(async ({ call }) => {
  for (const [name, city] of [['Alpha Pumps', 'Ulm'], ['Beta Pumps', 'Bonn'], ['Gamma Pumps', 'Jena'], ['恒力泵业有限公司', '常州']]) ids.push((await call('POST', 'accounts', { name, city, status: 'prospect' })).id);
  await call('POST', 'accounts/batch', Array.from({ length: 60 }, (_, i) => ({ name: `Kunde ${String(i).padStart(2, '0')}`, city: 'Köln', status: 'prospect' })));
  await call('POST', 'opportunities', { name: 'Six pumps', account: ids[0], amount: '1200' });
  await call('POST', 'opportunities', { name: 'Two pumps', account: ids[1], amount: '800' });
});
const keys = async (page, ...names) => { for (const name of names) await page.keyboard.press(name); };

test('the palette: a command, a record by pinyin, within an entity; on a phone it fills the screen', { skip }, async () => {
  const { page, done } = await at.open('/');
  await keys(page, 'Control+k');
  await page.waitForSelector('#palette[open] [role=option]');
  await assertUsable(page);
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
  await done(REFUSED);
});

test('in Chinese: a new record by one word, ways to a kind told apart, nothing found is told, ? shows the keys', { skip }, async () => {
  const { page, done } = await at.open('/', { language: 'zh_CN' });
  const texts = () => page.locator('#palette .palette-item').allInnerTexts();
  await keys(page, 'Control+k');
  await page.waitForSelector('#palette[open] [role=option]');
  await page.fill('#palette input', '新建线索');
  await page.waitForSelector('.palette-item.active[href="/leads/new"]:has-text("新建线索")');
  await page.fill('#palette input', '商机');
  await page.waitForFunction(() => document.querySelectorAll('#palette .palette-item').length > 3);
  for (const text of ['商机', '新建商机', '商机看板', '导入商机']) assert.equal((await texts()).filter((item) => item.trim() === text).length, 1, text);
  await page.waitForSelector('.palette-item.active[href="/opportunities"]'); // named so: before what has the word
  await page.fill('#palette input', '六台');
  await page.waitForSelector('.palette-none:not([hidden])');
  assert.match(await page.innerText('.palette-none'), /未找到[\s\S]*拼音/);
  await assertUsable(page);
  await page.fill('#palette input', 'alpha');
  await page.waitForSelector(`.palette-item[href="/accounts/${ids[0]}"]`);
  assert.equal(await page.locator('.palette-group').first().innerText(), '记录');
  assert.equal(await page.isVisible('.palette-none'), false);
  await page.evaluate(() => document.querySelector('#palette').close());
  await page.evaluate(() => document.activeElement.blur());
  await keys(page, '?');
  await page.waitForSelector('#keys[open]');
  await assertUsable(page);
  await keys(page, 'Escape');
  await page.waitForSelector('#keys', { state: 'hidden' });
  await done(REFUSED);
});

test('the list of opportunities and the tabs of a record are seen whole at 1440', { skip }, async () => {
  for (const language of ['en', 'zh_CN']) {
    const { page, done } = await at.open('/opportunities', { language });
    assert.equal(await page.locator('.list-form .table-responsive').evaluate((box) => box.scrollWidth - box.clientWidth), 0);
    await Promise.all([page.waitForNavigation(), page.click('.row-title')]);
    assert.equal(await page.locator('.record-tabs').evaluate((box) => box.scrollWidth - box.clientWidth), 0);
    await done();
  }
});

test('a list by keyboard: move, edit a value, go on to the next, leave one as it was', { skip }, async () => {
  const { page, done } = await at.open('/accounts?order=name&columns=name,city,region');
  await page.waitForSelector('.list-form td[tabindex="0"]');
  await keys(page, 'j', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'F2');
  await page.waitForSelector('td.editing input[name=city]');
  await page.fill('td.editing input[name=city]', 'Kiel');
  await keys(page, 'Tab');
  await page.waitForSelector('td.editing input[name=region]');
  await page.fill('td.editing input[name=region]', 'North');
  await keys(page, 'Enter');
  await page.waitForSelector('td[data-field=region]:has-text("North")');
  assert.deepEqual([(await at.call('GET', `accounts/${ids[0]}`)).city, (await at.call('GET', `accounts/${ids[0]}`)).region], ['Kiel', 'North']);
  await keys(page, 'j', 'F2');
  await page.waitForSelector('td.editing input[name=region]');
  await page.fill('td.editing input[name=region]', 'Lost');
  await keys(page, 'Escape');
  assert.equal(await page.locator('td.editing').count(), 0);
  assert.equal((await at.call('GET', `accounts/${ids[1]}`)).region, null);
  // Somebody else was first: it is told in the row.
  await page.dblclick(`tr[data-record="${ids[1]}"] td[data-field=city]`);
  await page.waitForSelector('td.editing input[name=city]');
  await at.call('PATCH', `accounts/${ids[1]}`, { city: 'Trier' });
  await page.fill('td.editing input[name=city]', 'Mainz');
  await keys(page, 'Enter');
  await page.waitForSelector('td.editing .invalid-feedback:has-text("Trier")');
  await keys(page, 'Escape');
  await assertUsable(page);
  await done(REFUSED);
});

test('many by keyboard: choose, change, look first, undo', { skip }, async () => {
  const { page, done } = await at.open('/accounts?order=name&columns=name,segment');
  await page.waitForSelector('.list-form td[tabindex="0"]');
  await keys(page, 'j', 'x', 'j', 'x');
  await page.waitForSelector('.bulk:not([hidden])');
  assert.equal(await page.textContent('[data-selected]'), '2 selected');
  await page.focus('.bulk [value=edit]');
  await keys(page, 'Enter');
  await page.waitForURL('**/accounts/bulk');
  await page.selectOption('#bulk-field', 'segment');
  await page.focus('[value=form]');
  await keys(page, 'Enter');
  await page.waitForSelector('input[name=segment]');
  await page.fill('input[name=segment]', 'Key');
  await assertUsable(page);
  await page.focus('[value=preview]');
  await keys(page, 'Enter');
  await page.waitForSelector('ins:has-text("Key")');
  await assertUsable(page);
  await page.focus('[value=do]');
  await keys(page, 'Enter');
  await page.waitForSelector('.alert-success:has-text("2 records changed")');
  assert.equal((await at.call('GET', `accounts/${ids[0]}`)).segment, 'Key');
  await page.focus('.alert-undo button');
  await keys(page, 'Enter');
  await page.waitForSelector('.alert-success:has-text("undone")');
  assert.equal((await at.call('GET', `accounts/${ids[0]}`)).segment, null);
  await done(REFUSED);
});

test('two are merged, the old address leads on, and the merge is undone', { skip }, async () => {
  const { page, done } = await at.open('/accounts?order=name&columns=name,city');
  await page.waitForSelector('.list-form td[tabindex="0"]');
  await keys(page, 'j', 'x', 'j', 'x');
  await page.click('.bulk [value=merge]');
  await page.waitForSelector('.merge-page');
  await assertUsable(page);
  await page.check(`input[name=_survivor][value="${ids[0]}"]`);
  await page.check(`input[name="pick.name"][value="${ids[1]}"]`);
  await page.click('.form-actions .btn-primary');
  await page.waitForURL(`**/accounts/${ids[0]}**`);
  await page.waitForSelector('h1:has-text("Beta Pumps")');
  await page.goto(`${at.origin}/accounts/${ids[1]}`);
  assert.equal(new URL(page.url()).pathname, `/accounts/${ids[0]}`);
  await page.goto(`${at.origin}/bulk-changes`);
  await page.click('a.row-title');
  await page.click('.btn-outline-danger');
  await page.waitForSelector('.alert-success:has-text("undone")');
  await page.goto(`${at.origin}/accounts/${ids[1]}`);
  await page.waitForSelector('h1:has-text("Beta Pumps")');
  await done(REFUSED);
});

test('sums stand below their columns; the next record is that of the list, on the next page too', { skip }, async () => {
  const { page, done } = await at.open('/opportunities?columns=name,amount');
  await page.waitForSelector('#sum-amount:has-text("2,000")');
  await page.goto(`${at.origin}/accounts?city=eq.K%C3%B6ln&order=-name&columns=name`, { waitUntil: 'networkidle' });
  await page.click('a.row-title >> nth=49');
  await page.waitForSelector('h1:has-text("Kunde 10")');
  await keys(page, 'Control+ArrowRight');
  await page.waitForSelector('h1:has-text("Kunde 09")');
  await keys(page, 'Control+ArrowLeft');
  await page.waitForSelector('h1:has-text("Kunde 10")');
  await done(REFUSED);
});
