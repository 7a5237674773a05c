// Stars in a list and what follows in the navigation; the order of views and of columns; by the keyboard, and on a phone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertUsable, demo, launch, logIn, open, skip } from '../lib/browser.js';
import { sqliteUrl } from '../lib/server.js';

let company, browser;
before(async () => {
  if (skip) return;
  company = await demo(sqliteUrl());
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await company?.stop();
});
async function enter(target, size) {
  const opened = await open(browser, size);
  await logIn(opened.page, company.origin, company.people.manager, company.password);
  await opened.page.goto(company.origin + target);
  return opened;
}
const marked = (page) => page.locator('#nav-favourites li').allInnerTexts();
const isMarked = (page, n) => page.locator('tbody .star').nth(n).getAttribute('aria-pressed');

test('a star in a row is set by mouse and by keyboard, and the navigation follows at once', { skip }, async () => {
  const { page, complaints, close } = await enter('/accounts');
  const names = await page.locator('tbody a.row-title').allInnerTexts();
  assert.deepEqual(await marked(page), []);
  await page.locator('tbody .star').nth(0).click();
  await page.waitForSelector('#nav-favourites li');
  assert.deepEqual(await marked(page), [names[0], 'All favourites']);
  assert.equal(await isMarked(page, 0), 'true');
  assert.equal(new URL(page.url()).pathname, '/accounts', 'in place');
  assert.match(await page.evaluate(() => document.activeElement.id), /^star-/, 'the focus stays on the star');
  await page.locator('tbody tr').nth(1).locator('td').nth(2).focus();
  await page.keyboard.press('s');
  await page.waitForFunction(() => document.querySelectorAll('#nav-favourites li').length === 3);
  assert.deepEqual(await marked(page), [names[1], names[0], 'All favourites']);
  await assertUsable(page);
  await page.locator('#nav-favourites a', { hasText: names[0] }).click();
  await page.waitForSelector('.record-head .star.active');
  await page.locator('.record-head .star').click();
  await page.waitForSelector('.record-head .star:not(.active)');
  assert.deepEqual(await marked(page), [names[1], 'All favourites']);
  await page.getByText('All favourites').click();
  await page.waitForSelector('.favourites .star');
  await assertUsable(page);
  await page.locator('.favourites .star').click();
  await page.waitForSelector('#nav-favourites:not(:has(li))', { state: 'attached' });
  await page.reload();
  assert.equal(await page.locator('.empty-title').innerText(), 'No favourites yet');
  await assertUsable(page);
  assert.deepEqual(complaints, []);
  await close();
});

test('a star is set without scripts too, and the list comes back as it was', { skip }, async () => {
  const { page, close } = await enter('/');
  const cookies = await page.context().cookies();
  const plain = await open(browser, { javaScriptEnabled: false });
  await plain.context.addCookies(cookies);
  await plain.page.goto(`${company.origin}/accounts?order=-name`);
  await plain.page.locator('tbody .star').nth(1).click();
  await plain.page.waitForLoadState();
  assert.match(plain.page.url(), /\/accounts\?order=-name$/);
  assert.equal(await isMarked(plain.page, 1), 'true');
  await plain.page.locator('tbody .star').nth(1).click();
  await plain.page.waitForLoadState();
  assert.equal(await isMarked(plain.page, 1), 'false');
  await plain.close();
  await close();
});

test('views and columns are put in order by the keyboard; one view is shown first', { skip }, async () => {
  const { page, complaints, close } = await enter('/accounts?columns=city,name');
  const views = async () => (await page.locator('.view-tab').allInnerTexts()).map((text) => text.trim());
  const menu = (name) => page.locator('.list-bar summary.btn', { hasText: name }).click();
  await menu('Columns');
  await page.locator('.chooser input[value=name]').focus();
  await page.keyboard.press('Alt+ArrowUp');
  await Promise.all([page.waitForURL(/columns=name%2Ccity|columns=name,city/), page.getByText('Show these').click()]);
  assert.deepEqual((await page.locator('thead th').allInnerTexts()).filter((text) => text.trim()).slice(-2), ['Name', 'City']);
  await menu('Views');
  await page.fill('#view-name', 'Z mine');
  await Promise.all([page.waitForURL(/view=\d+/), page.locator('form[action$="/views"] button').click()]);
  const before = await views();
  assert.equal(before.at(-1), 'Z mine');
  await menu('Views');
  await page.locator('.view-order summary').click();
  const own = page.locator('.view-order li', { hasText: 'Z mine' }).locator('input[type=radio]');
  await own.focus();
  for (let i = 2; i < before.length; i++) await page.keyboard.press('Alt+ArrowUp');
  await page.keyboard.press('Space');
  await assertUsable(page);
  await Promise.all([page.waitForNavigation(), page.getByText('Keep this order').click()]);
  assert.deepEqual((await views()).slice(0, 2), ['All', 'Z mine']);
  await page.goto(`${company.origin}/accounts`);
  assert.equal((await page.locator('.view-tab.active').innerText()).trim(), 'Z mine');
  await menu('Views');
  await page.fill('#view-own', 'A renamed view');
  await Promise.all([page.waitForNavigation(), page.getByText('Update this view').click()]);
  assert.deepEqual((await views()).slice(0, 2), ['All', 'A renamed view']);
  assert.deepEqual(complaints, []);
  await close();
});

test('on a phone a row has its star, and the menu of views fits', { skip }, async () => {
  const { page, complaints, close } = await enter('/accounts?view=all', { width: 390, height: 844 });
  await page.locator('tbody .star').nth(0).click();
  await page.waitForSelector('tbody .star.active');
  await page.locator('.list-bar summary[aria-label=Views]').click();
  await page.locator('.view-order summary').click();
  await assertUsable(page);
  assert.deepEqual(complaints, []);
  await close();
});

test('the page of duplicates shows what was found when the search is done', { skip }, async () => {
  const { page, complaints, close } = await enter('/contacts/twins');
  const token = await page.getAttribute('meta[name=csrf-token]', 'content');
  for (const name of ['Ada Twin', 'Ada Twin Two']) {
    const reply = await page.request.post(`${company.origin}/contacts`, { form: { _csrf: token, name, mobile: '13800138000' }, headers: { Origin: company.origin } });
    assert.ok(reply.ok(), reply.status());
  }
  await page.getByText('Search all records').click();
  await page.locator('.twins-group', { hasText: 'Ada Twin' }).first().waitFor(); // it loads itself anew
  await assertUsable(page);
  assert.deepEqual(complaints, []);
  await close();
});
