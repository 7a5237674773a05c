// A company served by the real program and Debian's Chromium looking at it, for the tests that walk as a user does.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { command, serve } from './company.js';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const axe = path.join(root, 'node_modules/axe-core/axe.min.js');
const program = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(fs.existsSync);
export const skip = program ? false : 'there is no Chromium';
// For waiting only: a test that passes never waits that long.
const PATIENCE = 30000;

export const launch = () => chromium.launch({ executablePath: program, args: ['--no-sandbox'] });

// A demo company with its people's addresses by login name: { db, port, origin, people, password, stop() }.
export async function demo(url, { language = 'en', accounts = 40, orders = 200 } = {}) {
  const told = await command(url, ['demo', '--accounts', String(accounts), '--orders', String(orders), '--language', language]);
  const people = Object.fromEntries([...told.matchAll(/(\w+)@[\w.]+/g)].map(([address, login]) => [login, address]));
  const served = await serve(url);
  return { db: url, ...served, origin: `http://127.0.0.1:${served.port}`, people, password: 'millwright-demo' };
}

// A new window: { page, complaints, close() }; what the browser complains about is in `complaints`.
export async function open(browser, { width = 1440, height = 900, scheme = 'light', ...options } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, context, complaints, close: () => context.close() };
}

export async function logIn(page, origin, email, password) {
  await page.goto(`${origin}/login`);
  await page.fill('#email', email);
  await page.fill('#password', password);
  await page.click('form[action="/login"] .btn-primary');
  await page.waitForSelector('.shell');
}

export async function useLanguage(page, origin, language) {
  const token = await page.getAttribute('meta[name=csrf-token]', 'content');
  await page.request.post(`${origin}/language`, { form: { language, back: '/', _csrf: token } });
}

// Fails when the page scrolls sideways or axe finds something serious.
export async function assertUsable(page) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wide, 0, 'the page scrolls sideways');
  await page.evaluate(fs.readFileSync(axe, 'utf8')); // not a script element: the policy would refuse it
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  assert.deepEqual(serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(' | ')}`), []);
}
