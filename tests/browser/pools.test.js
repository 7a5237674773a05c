// A lead from the pool on a phone-size screen: picked, converted; the duplicate warning while typing; without serious faults.
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
let server, browser, page, faults;

const call = async (method, target, body) => {
  const reply = await server.request(method, `/api/v1/${target}`, { token: server.admin, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  assert.ok(reply.status < 300, reply.text);
  return JSON.parse(reply.text);
};

before(async () => {
  if (skip) return;
  server = await serve(sqliteUrl());
  const pool = await call('POST', 'pools', { name: '线索公海', holds: 'lead', picks_per_day: 5, capacity: 30 });
  await call('POST', 'accounts', { name: '苏州恒力泵业有限公司' });
  for (const company of ['厦门钨业股份有限公司', '江苏恒力液压']) {
    const { id } = await call('POST', 'leads', { company, person: '王芳', phone: '0592 5363891', need: '更换六台离心泵' });
    await call('POST', `leads/${id}/return`, { pool: pool.id, reason: '无人跟进' });
  }
  browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true });
  const { cookie } = await server.login();
  const origin = `http://127.0.0.1:${server.port}`;
  await context.addCookies(cookie.split('; ').map((pair) => ({ name: pair.split('=')[0], value: pair.slice(pair.indexOf('=') + 1), url: origin })));
  page = await context.newPage();
  faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.open = (target) => page.goto(origin + target);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

async function sound() {
  await page.addScriptTag({ path: axe }).catch(() => page.evaluate(fs.readFileSync(axe, 'utf8')));
  const { violations } = await page.evaluate(() => window.axe.run());
  assert.deepEqual(violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'nothing sticks out');
}

test('a lead goes from the pool to an opportunity on a phone', { skip }, async () => {
  await page.open('/open-pool');
  await sound();
  await page.click('.pool-card');
  await page.waitForSelector('.pool-bar');
  await sound();
  await page.click('tr:has-text("厦门钨业") .pool-pick button');
  await page.waitForSelector('.record-work a[href$="/convert"]');
  await sound();
  await page.click('.record-work a[href$="/convert"]');
  await page.fill('#f-name', '磨机用泵');
  await sound();
  await page.click('.form-actions .btn-primary');
  await page.waitForURL(/\/opportunities\/\d+/);
  assert.equal(await page.textContent('h1'), '磨机用泵');
  assert.deepEqual(faults.filter((text) => !/Content Security Policy/.test(text)), []);
});

test('a likely twin is told while its name is typed', { skip }, async () => {
  await page.open('/leads/new');
  await page.fill('input[name=company]', '苏州恒利泵业');
  await page.waitForSelector('#twins .alert');
  assert.match(await page.textContent('#twins'), /苏州恒力泵业有限公司/);
  await sound();
});
