// What happens on the first day: the first visitor makes the administrator, pages say what to do while there is nothing, the
// language is changed, two people work on one record, and everything can be done by keyboard alone.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { command, databases, serve } from '../lib/company.js';
import { assertUsable, launch, logIn, open, skip } from '../lib/browser.js';

const password = 'correct horse battery';
let served, origin, browser;

before(async () => {
  if (skip) return;
  const url = databases[0].url();
  await command(url, ['init']);
  served = await serve(url);
  origin = `http://127.0.0.1:${served.port}`;
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await served?.stop();
});

describe('the first day', { skip }, () => {
  test('the first visitor makes the administrator, and is told what is wrong', async () => {
    const { page, complaints, close } = await open(browser, { width: 390, height: 844 });
    await page.goto(`${origin}/`);
    assert.match(page.url(), /\/welcome$/);
    await assertUsable(page);
    const fields = { name: '王敏', email: 'wang@example.com', password: 'password12', company_name: '华锐泵业', currency: 'CNY', time_zone: 'Asia/Shanghai' };
    for (const [name, text] of Object.entries(fields)) await page.fill(`#${name}`, text);
    await page.fill('#time_zone', 'Nowhere');
    await page.click('.btn-primary');
    await page.waitForSelector('#time_zone.is-invalid');
    assert.equal(await page.inputValue('#name'), '王敏', 'what was right stays');
    await page.fill('#time_zone', 'Asia/Shanghai');
    await page.fill('#password', password);
    await page.selectOption('#language', 'zh_CN');
    await page.click('.btn-primary');
    await page.waitForSelector('.shell');
    assert.match(await page.innerText('h1'), /王敏/);
    assert.equal(await page.getAttribute('html', 'lang'), 'zh-CN');
    for (const target of ['/', '/accounts', '/opportunities', '/leads', '/activities']) {
      await page.goto(origin + target);
      await assertUsable(page);
      assert.ok(await page.locator('main .empty, main .empty-small, main .card').count() > 0, `${target} says something while it is empty`);
    }
    assert.deepEqual(complaints.filter((text) => !text.includes('422')), []);
    await close();
  });

  test('nobody else is let in, and a wrong password is told', async () => {
    const { page, close } = await open(browser);
    await page.goto(`${origin}/accounts`);
    assert.match(page.url(), /\/login/);
    await page.fill('#email', 'wang@example.com');
    await page.fill('#password', 'something else');
    await page.click('form[action="/login"] .btn-primary');
    await page.waitForSelector('.alert-danger');
    await page.fill('#password', password);
    await page.click('form[action="/login"] .btn-primary');
    await page.waitForSelector('.shell');
    assert.match(page.url(), /\/accounts$/, 'one comes to where one wanted to go');
    await page.goto(`${origin}/welcome`);
    assert.equal(await page.locator('form[action="/welcome"]').count(), 0, 'there is no second first visitor');
    await close();
  });

  test('the language is changed on the spot, and stays', async () => {
    const { page, close } = await open(browser);
    await logIn(page, origin, 'wang@example.com', password);
    await page.goto(`${origin}/accounts`);
    assert.match(await page.innerText('h1'), /客户/);
    await page.click('.topbar .dropdown:has(.icon-language) > button, .topbar .dropdown:nth-of-type(2) > button');
    await page.click('.dropdown-menu.show button:has-text("English"), .dropdown-menu.show a:has-text("English")');
    await page.waitForFunction(() => document.documentElement.lang === 'en');
    assert.match(page.url(), /\/accounts/, 'the page stays');
    assert.match(await page.innerText('h1'), /Accounts/);
    await page.goto(`${origin}/opportunities`);
    assert.match(await page.innerText('h1'), /Opportunities/);
    await close();
  });

  test('two people change one record: the second is shown both, and chooses', async () => {
    const first = await open(browser);
    await logIn(first.page, origin, 'wang@example.com', password);
    await first.page.goto(`${origin}/accounts/new`);
    await first.page.fill('#f-name', 'Brandt & Crane GmbH');
    await first.page.fill('#f-city', 'Ulm');
    await first.page.click('[data-key=save]');
    await first.page.waitForSelector('.record-facts');
    const form = `${first.page.url().split('?')[0]}/edit`;
    await first.page.goto(`${origin}/users/new`);
    for (const [name, text] of Object.entries({ name: '李海涛', email: 'li@example.com', password })) await first.page.fill(`[name=${name}]`, text);
    await first.page.check('label:has-text("Administrator") input[name=role], label:has-text("管理员") input[name=role]');
    await first.page.click('[data-key=save]');
    await first.page.waitForURL((url) => url.pathname !== '/users/new');
    const second = await open(browser);
    await logIn(second.page, origin, 'li@example.com', password);
    await first.page.goto(form);
    await second.page.goto(form);
    await first.page.fill('#f-city', 'Bonn');
    await first.page.click('[data-key=save]');
    await first.page.waitForSelector('.record-facts');
    await second.page.fill('#f-city', 'Kiel');
    await second.page.fill('#f-segment', 'Pumps');
    await second.page.click('[data-key=save]');
    await second.page.waitForSelector('.table-conflict');
    assert.match(await second.page.innerText('.alert-warning'), /王敏/, 'who has saved first is named');
    const row = second.page.locator('.table-conflict tr:has(input[value=Bonn])');
    assert.match(await row.innerText(), /Kiel[^]*Bonn/);
    await assertUsable(second.page);
    await row.locator('input[value=Bonn]').check();
    await second.page.click('.form-actions .btn-primary');
    await second.page.waitForSelector('.record-facts');
    assert.match(await second.page.innerText('.record-facts'), /Pumps[^]*Bonn/, 'what was chosen, and what only one has written');
    await first.close();
    await second.close();
  });

  test('by keyboard alone: log in, create, find, change and leave', async () => {
    const { page, complaints, close } = await open(browser);
    const { keyboard } = page;
    await page.goto(`${origin}/login`);
    await keyboard.type('wang@example.com');
    await keyboard.press('Tab');
    await keyboard.type(password);
    await keyboard.press('Enter');
    await page.waitForSelector('.shell');
    await keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'skip-link', 'the first stop skips the navigation');
    await keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
    await keyboard.press('Control+k');
    await page.waitForSelector('#palette[open]');
    await keyboard.type('account');
    const create = page.locator('.palette-item[href="/accounts/new"]');
    await create.waitFor();
    for (let tries = 0; tries < 20 && !(await create.evaluate((item) => item.classList.contains('active'))); tries++) await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await page.waitForURL('**/accounts/new');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'f-name', 'the first field waits');
    await keyboard.type('Keyboard Ltd');
    await keyboard.press('Control+s');
    await page.waitForSelector('.record-facts');
    await keyboard.press('/');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'search');
    await keyboard.type('brandt');
    await keyboard.press('Enter');
    await page.waitForURL('**/search?q=brandt');
    const found = page.locator('main a', { hasText: 'Brandt & Crane' }).first();
    for (let tries = 0; tries < 60 && !(await found.evaluate((link) => link === document.activeElement)); tries++) await keyboard.press('Tab');
    await keyboard.press('Enter');
    await page.waitForSelector('.record-facts');
    assert.match(await page.innerText('h1'), /Brandt & Crane/);
    await page.goto(`${page.url().split('?')[0]}/edit`);
    await page.waitForSelector('#f-name');
    await keyboard.press('Escape');
    await page.waitForSelector('.record-facts');
    assert.deepEqual(complaints, []);
    await close();
  });
});
