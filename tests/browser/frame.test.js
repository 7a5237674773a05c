// The frame of pages in a real browser, under the policy that the server sends: nothing may be blocked, and it must be
// usable at both widths, in light and dark, by keyboard, and without scripts. With FRAME_SHOTS=folder it keeps screenshots.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { assertUsable, keep, launch, open as openWindow, skip } from '../lib/browser.js';

const POLICY = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');

const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };
let folder, server, browser, origin;

function answer(request, reply) {
  const { pathname } = new URL(request.url, 'http://x');
  if (pathname === '/lookup') {
    reply.setHeader('Content-Type', 'application/json');
    return reply.end(JSON.stringify([{ value: '1', text: '江苏恒力', note: '<b>A</b>' }]));
  }
  const file = pathname.startsWith('/assets/') ? path.join(process.env.ASSETS, path.basename(pathname)) : path.join(folder, path.basename(pathname));
  if (!fs.existsSync(file) || fs.statSync(file).isDirectory()) {
    reply.statusCode = 404;
    return reply.end();
  }
  reply.setHeader('Content-Type', TYPES[path.extname(file)] ?? 'application/octet-stream');
  reply.setHeader('Content-Security-Policy', POLICY);
  reply.end(fs.readFileSync(file));
}

before(async () => {
  if (skip) return;
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'frame-'));
  execFileSync(process.env.SAMPLES, [folder, path.join(root, 'tests/browser/templates')]);
  server = http.createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  origin = `http://127.0.0.1:${server.address().port}`;
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
  if (folder) fs.rmSync(folder, { recursive: true });
});

// Opens a page; what the browser complains about is in `complaints`.
async function open(name, options) {
  const { page, complaints, close } = await openWindow(browser, options);
  await page.goto(`${origin}/${name}.html`, { waitUntil: 'networkidle' });
  return { page, complaints, close };
}

const views = [
  { width: 1440, scheme: 'light' },
  { width: 1440, scheme: 'dark' },
  { width: 390, height: 844, scheme: 'light' },
  { width: 390, height: 844, scheme: 'dark' },
];

for (const name of ['list', 'form', 'login', 'error'])
  for (const view of views)
    test(`${name} at ${view.width} px, ${view.scheme}`, { skip }, async () => {
      const { page, complaints, close } = await open(name, view);
      if (name === 'form') await page.waitForSelector('.chart canvas');
      await keep(page, 'FRAME_SHOTS', `${name}-${view.width}-${view.scheme}`);
      assert.equal(await page.evaluate(() => document.documentElement.dataset.bsTheme), view.scheme);
      assert.deepEqual(complaints, []);
      await assertUsable(page, { all: true });
      await close();
    });

test('the navigation slides in at 390 px', { skip }, async () => {
  const { page, close } = await open('list', { width: 390 });
  assert.equal(await page.isVisible('.sidebar-link'), false);
  await page.click('.topbar [data-bs-toggle=offcanvas]');
  await page.waitForSelector('.sidebar.show .sidebar-link.active');
  await page.waitForFunction(() => document.querySelector('.sidebar.show').getAnimations().length === 0);
  await keep(page, 'FRAME_SHOTS', 'navigation-390');
  await page.click('.sidebar [data-bs-dismiss]');
  await page.waitForSelector('.sidebar-link', { state: 'hidden' });
  await close();
});

test('without scripts the navigation opens by its address', { skip }, async () => {
  const { page, close } = await open('list', { width: 390, javaScriptEnabled: false });
  await page.click('.topbar a[href="#nav"]');
  await page.waitForSelector('.sidebar-link.active');
  await close();
});

test('keys: / goes to the search, Ctrl+K opens the palette', { skip }, async () => {
  const { page, complaints, close } = await open('list');
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'search');
  await page.keyboard.press('Control+k');
  await page.waitForSelector('#palette[open] [role=option]'); // it is loaded when first wanted
  await page.keyboard.type('商机');
  const items = await page.locator('.palette-item').allTextContents();
  assert.deepEqual(items.map((text) => text.trim()), ['商机', '商机']);
  await keep(page, 'FRAME_SHOTS', 'palette');
  const asked = page.waitForRequest('**/opportunity');
  await page.keyboard.press('Enter');
  await asked;
  assert.deepEqual(complaints.filter((text) => !text.includes('404')), []);
  await close();
});

test('the theme is kept in a cookie and needs no reload', { skip }, async () => {
  const { page, close } = await open('list');
  await page.click('[aria-label="浅色或深色"]');
  await page.click('[data-set-theme=dark]');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.bsTheme), 'dark');
  await page.reload();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.bsTheme), 'dark');
  await close();
});

test('a look-up asks the server and escapes what it says', { skip }, async () => {
  const { page, complaints, close } = await open('form');
  await page.click('#account-ts-control');
  await page.waitForSelector('.ts-dropdown .option');
  assert.equal(await page.locator('.ts-dropdown .option').first().innerText(), '江苏恒力\n<b>A</b>');
  await keep(page, 'FRAME_SHOTS', 'lookup');
  await page.click('.ts-dropdown .option');
  assert.equal(await page.inputValue('#account'), '1');
  assert.deepEqual(complaints, []);
  await close();
});

test('a card that is dragged to another column is posted', { skip }, async () => {
  const { page, complaints, close } = await open('form', { height: 1400 });
  const posted = page.waitForRequest((request) => request.method() === 'POST');
  const card = await page.locator('[data-card]').first().boundingBox();
  const column = await page.locator('[data-column]').nth(1).boundingBox();
  await page.mouse.move(card.x + 20, card.y + 10);
  await page.mouse.down();
  await page.mouse.move(card.x + 60, card.y + 20, { steps: 4 });
  await page.mouse.move(column.x + 40, column.y + 30, { steps: 10 });
  await page.mouse.up();
  const request = await posted;
  assert.match(request.url(), /\/move\/OPP-00$/);
  const data = decodeURIComponent(request.postData());
  assert.match(data, /_to=阶段[+ ]2/);
  assert.match(data, /_version=3/);
  assert.match(data, /_board=q=x/);
  assert.equal(request.headers()['x-csrf-token'], 'token');
  await page.waitForSelector('#failure:not([hidden])'); // the sample server knows no such address
  assert.deepEqual(complaints.filter((text) => !text.includes('404')), []);
  await close();
});
