// Administration, the import wizard and the classes of accounts in a real browser: a file goes from its upload to the classes of
// its customers; every page is usable at both widths, light and dark, in both languages. With ADMIN_SHOTS=folder it keeps screenshots.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { assertUsable, keep, skip, stage } from '../lib/browser.js';
import { temporaryFolder } from '../lib/server.js';

const at = stage();

test('a file of orders becomes classes of accounts', { skip }, async () => {
  const file = path.join(temporaryFolder(), '订单 2026.csv');
  const rows = Array.from({ length: 30 }, (_, i) => `N${i},轴承 6205,${i + 1},${(i + 1) * 10}.00,2026-03-${String((i % 28) + 1).padStart(2, '0')},客户 ${i % 12}`);
  fs.writeFileSync(file, ['no,product,quantity,price,day,customer', ...rows, 'N30,轴承 6205,viele,1,2026-03-01,客户 1'].join('\n'));
  const { page, done } = await at.open('/imports/new?what=orders');
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

  await page.goto(`${at.origin}/classification/new`);
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
  await done();
});

const pages = ['/classification', '/classification/new', '/imports/new', '/jobs', '/settings', '/users', '/users/new', '/roles', '/roles/3', '/teams', '/custom-fields/new', '/profile', '/audit'];
const views = [
  { width: 1440, scheme: 'light', language: 'en' },
  { width: 390, height: 844, scheme: 'dark', language: 'zh_CN' },
];
for (const { language, ...view } of views)
  test(`at ${view.width} px, ${view.scheme}, ${language}`, { skip }, async (t) => {
    const { page, complaints, done } = await at.open('/profile', { language, ...view });
    for (const target of pages)
      await t.test(target, async () => {
        await page.goto(at.origin + target, { waitUntil: 'load' });
        if (target === '/classification') await page.waitForSelector('.chart canvas');
        await keep(page, 'ADMIN_SHOTS', `${target.slice(1).replaceAll('/', '-')}-${view.width}`);
        assert.equal(await page.getAttribute('html', 'lang'), language.replace('_', '-'));
        await assertUsable(page);
        assert.deepEqual(complaints.splice(0), []);
      });
    await done();
  });
