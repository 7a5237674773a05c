// Administration, the import wizard and the classes of accounts in a real browser: a file goes from its upload to the classes of
// its customers; every page is usable at both widths, light and dark, in both languages. With ADMIN_SHOTS=folder it keeps screenshots.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { password, serve, sqliteUrl, temporaryFolder } from '../lib/server.js';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const axe = path.join(root, 'node_modules/axe-core/axe.min.js');
const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(fs.existsSync);
const skip = browserPath ? false : 'there is no Chromium';
let server, browser, origin, cookie;

before(async () => {
  if (skip) return;
  server = await serve(sqliteUrl());
  origin = `http://127.0.0.1:${server.port}`;
  ({ cookie } = await server.login('admin@example.com', password));
  browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

async function open(target, { width = 1440, height = 900, scheme = 'light', language = 'en' } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme });
  await context.addCookies(cookie.split('; ').map((pair) => ({ name: pair.split('=')[0], value: pair.slice(pair.indexOf('=') + 1), url: origin })));
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${origin}/profile`);
  const token = await page.getAttribute('meta[name=csrf-token]', 'content');
  await context.request.post(`${origin}/language`, { form: { language, back: '/', _csrf: token } });
  await page.goto(origin + target, { waitUntil: 'networkidle' });
  return { page, complaints, close: () => context.close() };
}

test('a file of orders becomes classes of accounts', { skip }, async () => {
  const file = path.join(temporaryFolder(), '订单 2026.csv');
  const rows = Array.from({ length: 30 }, (_, i) => `N${i},轴承 6205,${i + 1},${(i + 1) * 10}.00,2026-03-${String((i % 28) + 1).padStart(2, '0')},客户 ${i % 12}`);
  fs.writeFileSync(file, ['no,product,quantity,price,day,customer', ...rows, 'N30,轴承 6205,viele,1,2026-03-01,客户 1'].join('\n'));
  const { page, complaints, close } = await open('/imports/new?what=orders');
  await page.setInputFiles('#upload', file);
  await page.click('main form button.btn-primary');
  await page.waitForSelector('.mapping');
  for (const [column, key] of Object.entries({ no: 'order_no', product: 'product', quantity: 'quantity', price: 'unit_price', day: 'ordered_at', customer: 'account' }))
    await page.selectOption(`.mapping select[aria-label="${column}"]`, key);
  for (const link of ['account', 'product']) await page.check(`[name=create][value=${link}]`);
  await page.click('button[value=check]');
  assert.match(await page.textContent('#report'), /31[^]*rejected: 1/);
  assert.match(await page.inputValue('.mapping select[aria-label="customer"]'), /account/, 'the mapping stays');
  await page.click('button[value=run]');
  await page.waitForSelector('button:has-text("Undo this import")', { timeout: 60000 });
  assert.match(await page.textContent('main'), /订单 2026\.csv[^]*Done[^]*viele/);

  await page.goto(`${origin}/classification/new`);
  await page.check('[name="use.orders"]');
  await page.check('[name="use.recency"]');
  await page.selectOption('[name=weighting]', 'ahp');
  await page.waitForSelector('#comparisons select');
  await page.selectOption('[name="ahp.revenue.orders"]', '3');
  await page.waitForFunction(() => /Consistency ratio: 0\.1/.test(document.querySelector('#comparisons').textContent));
  await page.selectOption('[name="ahp.revenue.recency"]', '3');
  await page.waitForFunction(() => /Consistency ratio: 0\.000/.test(document.querySelector('#comparisons').textContent));
  await page.click('button[value=run]');
  await page.waitForSelector('.chart canvas', { timeout: 30000 });
  assert.equal(await page.locator('#list tbody tr').count(), 12);
  await page.selectOption('[name=class]', 'A');
  await page.click('#list button');
  await page.waitForURL(/class=A/);
  assert.equal(await page.locator('#list tbody tr').count(), 2, '20 % of 12, rounded');
  assert.deepEqual(complaints, []);
  await close();
});

const pages = ['/classification', '/classification/new', '/imports/new', '/jobs', '/settings', '/users', '/users/new', '/roles', '/roles/3', '/teams', '/custom-fields/new', '/profile', '/audit'];
const views = [
  { width: 1440, scheme: 'light', language: 'en' },
  { width: 390, height: 844, scheme: 'dark', language: 'zh_CN' },
];
for (const target of pages)
  for (const view of views)
    test(`${target} at ${view.width} px, ${view.scheme}, ${view.language}`, { skip }, async () => {
      const { page, complaints, close } = await open(target, view);
      if (target === '/classification') await page.waitForSelector('.chart canvas');
      if (process.env.ADMIN_SHOTS)
        await page.screenshot({ path: path.join(process.env.ADMIN_SHOTS, `${target.slice(1).replaceAll('/', '-')}-${view.width}.png`) });
      assert.equal(await page.getAttribute('html', 'lang'), view.language === 'en' ? 'en' : 'zh-CN');
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, 'the page scrolls sideways');
      await page.evaluate(fs.readFileSync(axe, 'utf8')); // not a script element: the policy would refuse it
      const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      assert.deepEqual(serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).slice(0, 3).join(' ')}`), []);
      assert.deepEqual(complaints, []);
      await close();
    });
