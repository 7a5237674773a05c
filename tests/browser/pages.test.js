// The pages of a real server in a real browser: nothing blocked or broken, usable at both widths, light and dark, in both
// languages; the parts that htmx and our scripts do. With PAGES_SHOTS=folder it keeps screenshots.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertUsable, keep, skip, stage } from '../lib/browser.js';

let ids;
const at = stage(async ({ call }) => {
  const account = (await call('POST', 'accounts', { name: '江苏恒力液压股份有限公司', city: '常州', region: '华东', type: 'oem', status: 'customer', phone: '0519-86163673', email: 'info@example.com', website: 'https://www.example.com', credit_limit: '2500000', description: '年采购泵与轴承。' })).id;
  await call('POST', 'accounts/batch', Array.from({ length: 60 }, (_, i) => ({ name: `Kunde ${i}`, city: i % 2 ? 'Bonn' : 'Ulm', status: 'prospect' })));
  await call('POST', 'contacts', { name: '王芳', account, job_title: '采购经理', mobile: '13800138000', email: 'wang@example.com' });
  for (const [type, subject, more] of [['task', '报价后跟进', { due_on: '2026-01-05' }], ['visit', '现场勘查泵房', { starts_at: '2026-03-02 09:00', done: true, body: '设备部计划更换六台离心泵。' }]]) await call('POST', 'activities', { type, subject, account, ...more });
  const product = (await call('POST', 'products', { code: 'P-1', name: '离心泵 IS80', list_price: '4860' })).id;
  const order = (await call('POST', 'sales-orders', { account, sales_order_line: [{ product, quantity: '2', unit_price: '4860' }, { product, quantity: '1', unit_price: '4800', discount: '5' }] })).id;
  ids = { account, order };
});

const pages = {
  start: () => '/',
  list: () => '/accounts?status=eq.prospect',
  record: () => `/accounts/${ids.account}`,
  order: () => `/sales-orders/${ids.order}`,
  form: () => `/accounts/${ids.account}/edit`,
  lines: () => `/sales-orders/${ids.order}/edit`,
  search: () => '/search?q=jshl',
};
const views = [
  { width: 1440, scheme: 'light', language: 'en' },
  { width: 1440, scheme: 'dark', language: 'zh_CN' },
  { width: 390, height: 844, scheme: 'light', language: 'zh_CN' },
  { width: 390, height: 844, scheme: 'dark', language: 'en' },
];

for (const { language, ...view } of views)
  test(`at ${view.width} px, ${view.scheme}, ${language}`, { skip }, async (t) => {
    const { page, complaints, done } = await at.open('/', { language, ...view });
    for (const [name, target] of Object.entries(pages))
      await t.test(name, async () => {
        await page.goto(at.origin + target(), { waitUntil: 'load' });
        await keep(page, 'PAGES_SHOTS', `${name}-${view.width}-${view.scheme}-${language}`);
        assert.equal(await page.getAttribute('html', 'lang'), language.replace('_', '-'));
        await assertUsable(page);
        assert.deepEqual(complaints.splice(0), []);
      });
    await done();
  });

test('a list is filtered, sorted and turned without loading the page again', { skip }, async () => {
  const { page, done } = await at.open('/accounts');
  await page.evaluate(() => { window.same = true; });
  await page.click('.list-pages [rel=next]');
  await page.waitForURL('**after=**');
  await page.click('th a[href*="order=-name"], th a[href*="order=city"]');
  await page.waitForURL('**order=**');
  await page.click('details.menu > summary');
  await page.waitForSelector('#filter-value');
  await page.selectOption('#filter-test', 'begins');
  await page.fill('#filter-value', '江苏');
  await page.click('.menu-form .btn-primary');
  await page.waitForSelector('.chip');
  assert.equal(await page.locator('.row-title').count(), 1);
  assert.match(decodeURIComponent(page.url()), /name=like\.江苏\*/);
  assert.match(await page.locator('.list-total').innerText(), /1 record/);
  assert.equal(await page.evaluate(() => window.same), true);
  await page.click('.chip a');
  await page.waitForFunction(() => document.querySelectorAll('.row-title').length > 1);
  await done();
});

test('rows are chosen and the bar says how many', { skip }, async () => {
  const { page, done } = await at.open('/accounts?city=eq.Bonn');
  await page.check('[data-pick-all]');
  assert.equal(await page.innerText('[data-selected]'), '30 selected');
  assert.equal(await page.isVisible('.bulk'), true);
  await page.click('.bulk [value=assign]');
  await page.waitForSelector('#bulk');
  assert.match(await page.innerText('h1'), /30/);
  await done();
});

test('a value is edited in place, and an old version is told', { skip }, async () => {
  const { page, done } = await at.open(`/accounts/${ids.account}`);
  const edit = page.locator('a.fact-edit[href$="/field/city"]');
  await edit.hover();
  await edit.click();
  await page.fill('#f-city', '苏州');
  await at.call('PATCH', `accounts/${ids.account}`, { city: '无锡' });
  await page.click('.in-place .btn-primary');
  await page.waitForSelector('.in-place .invalid-feedback');
  assert.match(await page.innerText('.in-place .invalid-feedback'), /无锡/);
  await page.click('.in-place .btn-primary');
  await page.waitForSelector('.in-place', { state: 'detached' });
  assert.match(await page.innerText('.timeline'), /苏州/);
  await done(/422/);
});

test('an activity is written, a line added and dropped, a twin told, a link looked up', { skip }, async () => {
  const { page, done } = await at.open(`/accounts/${ids.account}`);
  await page.click('.composer-type:nth-child(2)');
  await page.fill('.composer [name=subject]', 'Called about the pumps');
  await page.click('.composer .btn-primary');
  await page.waitForSelector('.timeline-subject:text("Called about the pumps")');

  await page.goto(`${at.origin}/sales-orders/${ids.order}/edit`, { waitUntil: 'networkidle' });
  await page.click('.form-lines .card-footer .btn');
  await page.waitForSelector('tr.line:nth-child(3)');
  await page.click('tr.line:nth-child(1) [data-drop-line]');
  assert.equal(await page.locator('tr.line').count(), 2);

  await page.evaluate(() => window.removeEventListener('beforeunload', () => {}));
  page.on('dialog', (dialog) => dialog.accept());
  await page.goto(`${at.origin}/accounts/new`, { waitUntil: 'networkidle' });
  await page.fill('#f-name', '江苏省恒力液压有限公司');
  await page.waitForSelector('#twins .alert');
  await page.click('#f-parent-ts-control');
  await page.keyboard.type('hengli');
  await page.waitForSelector('.ts-dropdown .option:has-text("恒力")');
  await done();
});

test('the palette finds records', { skip }, async () => {
  const { page, done } = await at.open('/');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('jshl');
  await page.waitForSelector('.palette-item.active:has-text("恒力")');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/accounts/${ids.account}`);
  await done();
});

test('what is typed before the palette has come is not lost', { skip }, async () => {
  const { page, done } = await at.open('/');
  let held;
  await page.route('**/palette-*.js', (route) => { held = route; });
  await page.keyboard.press('Control+k');
  await page.keyboard.type('jshl');
  assert.equal(await page.inputValue('#palette input'), 'jshl');
  await held.continue();
  await page.waitForSelector('.palette-item.active:has-text("恒力")');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/accounts/${ids.account}`);
  await done();
});

test('without scripts a list is filtered and a record saved', { skip }, async () => {
  const { page, done } = await at.open(`/accounts/${ids.account}/edit`, { javaScriptEnabled: false });
  await page.fill('[name=segment]', 'Pumps');
  await page.click('[data-key=save]');
  await page.waitForURL('**_done=saved');
  assert.match(await page.innerText('.record-facts'), /Pumps/);
  await page.goto(`${at.origin}/accounts?q=hengli`);
  assert.equal(await page.locator('.row-title').count(), 1);
  await done();
});
