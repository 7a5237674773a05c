// A company served by the real program and Debian's Chromium looking at it, for the tests that walk as a user does.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';
import { command, serve } from './company.js';
import { password as fixturePassword, serve as serveFixture, sqliteUrl } from './server.js';

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

// What a window shows that a failed test has left: a failure on a machine that nobody watches is understood from this alone.
async function tellOf(page, complaints) {
  const seen = await page.evaluate(() => ({
    focus: document.activeElement?.outerHTML.slice(0, 300),
    fields: [...document.querySelectorAll('input:not([type=hidden]), textarea')].filter((field) => field.value).map((field) => `${field.id || field.name}=${field.value}`),
    text: document.body.innerText.slice(0, 3000),
  })).catch(String);
  console.error(`left open: ${page.url()}`, complaints, seen);
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

/* The stage of a file of tests: the fixture's server with its users, filled by `fill(stage)`, and a browser. Everybody logs in
 * once. { server, origin,
 *   call(method, target, body)   by REST, as the administrator: the JSON of the reply, which must be good
 *   open(target, { who, language, … of open() }) }   a window: { page, context, complaints, done(but) }; done() closes it and
 *                                fails when the browser complained about anything that `but` does not match. */
export function stage(fill = () => {}) {
  const it = { languages: {}, logins: {}, windows: new Set() };
  before(async () => {
    if (skip) return;
    it.server = await serveFixture(sqliteUrl());
    it.origin = `http://127.0.0.1:${it.server.port}`;
    await fill(it);
    it.browser = await launch();
  });
  after(async () => {
    for (const left of it.windows) await left.tell(); // of a test that failed
    await it.browser?.close();
    await it.server?.stop();
  });

  it.call = async (method, target, body) => {
    const reply = await it.server.request(method, `/api/v1/${target}`, { token: it.server.admin, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
    assert.ok(reply.status < 300, reply.text);
    return JSON.parse(reply.text);
  };
  it.open = async (target, { who = 'admin@example.com', language = 'en', ...options } = {}) => {
    const { cookie, csrf } = it.logins[who] ??= await it.server.login(who, fixturePassword);
    if (it.languages[who] !== language) await it.server.post('/language', { cookie, body: { language, back: '/', _csrf: csrf } });
    it.languages[who] = language;
    const { page, context, complaints, close } = await open(it.browser, options);
    await context.addCookies(cookie.split('; ').map((pair) => ({ name: pair.split('=')[0], value: pair.slice(pair.indexOf('=') + 1), url: it.origin })));
    const left = { tell: () => tellOf(page, complaints) };
    it.windows.add(left);
    await page.goto(it.origin + target, { waitUntil: 'networkidle' });
    const done = async (but = /^$/) => {
      assert.deepEqual(complaints.filter((text) => !but.test(text)), []);
      await close();
      it.windows.delete(left);
    };
    return { page, context, complaints, done };
  };
  return it;
}

// Keeps a picture of the page in the folder that the environment names, for whoever looks at them.
export async function keep(page, variable, name) {
  if (process.env[variable]) await page.screenshot({ path: path.join(process.env[variable], `${name}.png`), fullPage: true });
}

// The style sheet is the same on every page: what axe finds by reading it, it finds once.
let sheet = true;

// Fails when the page scrolls sideways or axe finds something serious; with `all` whatever it finds.
export async function assertUsable(page, { all = false } = {}) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wide, 0, 'the page scrolls sideways');
  await page.evaluate(fs.readFileSync(axe, 'utf8')); // not a script element: the policy would refuse it
  const { violations } = await page.evaluate((preload) => window.axe.run(document, { resultTypes: ['violations'], preload }), sheet);
  sheet = false;
  const serious = violations.filter(({ impact }) => all || impact === 'serious' || impact === 'critical');
  assert.deepEqual(serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(' | ')}`), []);
}

// The options of a look-up, once they are there.
export async function offered(page, id) {
  await page.click(`[id="${id}-ts-control"]`);
  const options = page.locator(`[id="${id}-ts-dropdown"] .option`);
  await options.first().waitFor();
  return options;
}
