// The import wizard in a real browser: mapping, the meaning of texts, rejected rows, undo. With
// IMPORT_SHOTS=folder it keeps screenshots.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { assertUsable, keep, skip, stage } from '../lib/browser.js';
import { temporaryFolder } from '../lib/server.js';

const at = stage();

async function look(page, name) {
  await keep(page, 'IMPORT_SHOTS', name);
  await assertUsable(page);
}
async function upload(page, what, file) {
  await page.goto(`${at.origin}/imports/new?what=${what}`);
  await page.setInputFiles('#upload', file);
  await page.click('main form button.btn-primary');
  await page.waitForSelector('.mapping');
}
async function choose(page, columns) {
  for (const [column, key] of Object.entries(columns)) await page.selectOption(`.mapping select[aria-label="${column}"]`, key);
}
// The second field of the first column, in whatever language.
const ALSO = '.mapping td:first-child details select >> nth=0';
async function result(page) {
  await page.waitForSelector('button:has-text("Undo this import")', { timeout: 120000 });
  return page.textContent('main');
}
const meaning = (text) => `#texts tr:has(input[value="${text}"]) select`;
const count = async (list) => (await at.call('GET', `${list}?count=true&limit=1`)).count;

test('a small pipeline: what its texts mean is asked, remembered, and all of it taken back', { skip }, async () => {
  const file = path.join(temporaryFolder(), 'pipeline.csv');
  const row = (n, product, account, stage) => `W${n},${product},${account},${stage},2026-03-0${(n % 9) + 1}`;
  fs.writeFileSync(file, ['id,product,account,stage,close', row(1, 'GTXPro', 'Isdom', 'Won'), row(2, 'GTX Basic', 'Isdom', 'Lost'), row(3, 'GTXPro', 'Cancity', 'Won'), row(4, 'GTX Basic', 'Nobody AG', 'Lost')].join('\r\n'));
  for (const name of ['GTX Pro', 'GTX Basic']) await at.call('POST', 'products', { code: name, name });
  for (const name of ['Isdom', 'Cancity']) await at.call('POST', 'accounts', { name });
  const { page, done } = await at.open('/imports/new?what=opportunities');
  await upload(page, 'opportunities', file);
  await choose(page, { id: 'opportunity_id', product: 'product', account: 'account', stage: 'deal_stage', close: 'close_on' });
  await page.click('.mapping summary >> nth=0');
  await page.selectOption(ALSO, 'name');
  await page.click('button[value=check]');
  await page.waitForSelector('#texts');
  assert.equal(await page.inputValue(meaning('GTXPro')), '=GTX Pro', 'the likely one is chosen');
  await page.selectOption(meaning('Won'), { index: 3 });
  await look(page, 'mapping-en-1440');
  await page.click('button[value=check]');
  await page.waitForSelector('#report');
  assert.match(await page.textContent('#report'), /rejected: 1/);
  await page.click('button[value=run]');
  assert.match(await result(page), /Opportunities: 3 new[^]*Nobody AG/);
  await look(page, 'result-en-1440');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('a:has-text("rejected rows")')]);
  assert.match(fs.readFileSync(await download.path(), 'utf8'), /^line,reason,id,product[^]*\n5,[^\n]*W4,GTX Basic,Nobody AG,Lost/);
  assert.equal(await count('opportunities'), 3);
  page.on('dialog', (dialog) => dialog.accept());
  await page.click('button:has-text("Undo this import")');
  await page.waitForSelector('text=The import is undone');
  assert.equal(await count('opportunities'), 0);

  // The next such file is asked nothing anew; narrow, dark and in Chinese.
  const { page: phone, done: leave } = await at.open('/imports/new?what=opportunities', { width: 390, height: 844, scheme: 'dark', language: 'zh_CN' });
  await upload(phone, 'opportunities', file);
  assert.equal(await phone.inputValue('.mapping select[aria-label="id"]'), 'opportunity_id');
  assert.equal(await phone.inputValue(ALSO), 'name', 'a column may go to two fields');
  assert.equal(await phone.inputValue(meaning('GTXPro')), '=GTX Pro');
  assert.match(await phone.textContent('.alert-info'), /\p{Script=Han}/u);
  await look(phone, 'mapping-zh-390');
  await done();
  await leave();
});
