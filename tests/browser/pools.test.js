// A lead from the pool on a phone-size screen: picked, converted; the duplicate warning while typing; without serious faults.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertUsable, skip, stage } from '../lib/browser.js';

const phone = { width: 390, height: 844, hasTouch: true };
const at = stage(async ({ call }) => {
  const { data: [pool] } = await call('GET', 'pools?holds=eq.lead');
  await call('POST', 'accounts', { name: '苏州恒力泵业有限公司' });
  for (const company of ['厦门钨业股份有限公司', '江苏恒力液压']) {
    const { id } = await call('POST', 'leads', { company, person: '王芳', phone: '0592 5363891', need: '更换六台离心泵' });
    await call('POST', `leads/${id}/return`, { pool: pool.id, reason: '无人跟进' });
  }
});

test('a lead goes from the pool to an opportunity on a phone', { skip }, async () => {
  const { page, done } = await at.open('/open-pool', phone);
  await assertUsable(page);
  await page.click('.pool-card:has-text("Leads")');
  await page.waitForSelector('.pool-bar');
  await assertUsable(page);
  await page.click('tr:has-text("厦门钨业") .pool-pick button');
  await page.waitForSelector('.record-work a[href$="/convert"]');
  await assertUsable(page);
  await page.click('.record-work a[href$="/convert"]');
  await page.fill('#f-name', '磨机用泵');
  await assertUsable(page);
  await page.click('.form-actions .btn-primary');
  await page.waitForURL(/\/opportunities\/\d+/);
  assert.equal(await page.textContent('h1'), '磨机用泵');
  await done();
});

test('a likely twin is told while its name is typed', { skip }, async () => {
  const { page, done } = await at.open('/leads/new', phone);
  await page.fill('input[name=company]', '苏州恒利泵业');
  await page.waitForSelector('#twins .alert');
  assert.match(await page.textContent('#twins'), /苏州恒力泵业有限公司/);
  await assertUsable(page);
  await done();
});
