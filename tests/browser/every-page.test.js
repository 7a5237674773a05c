// Every page of the navigation of a demo company, with a record and a form of each: nothing blocked or broken, nothing wider
// than the screen, nothing serious found by axe; each page is seen in both languages, light and dark, and at both widths.
// With EVERY_SHOTS=folder it keeps screenshots.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { databases } from '../lib/company.js';
import { assertUsable, demo, launch, logIn, open, skip, useLanguage } from '../lib/browser.js';

let company, browser;

before(async () => {
  if (skip) return;
  company = await demo(databases[0].url());
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await company?.stop();
});

// Two views that differ in everything make a pair; every other page is seen in the one or the other pair.
const views = [
  { pair: 0, width: 1440, scheme: 'light', language: 'en' },
  { pair: 0, width: 390, height: 844, scheme: 'dark', language: 'zh_CN' },
  { pair: 1, width: 1440, scheme: 'dark', language: 'zh_CN' },
  { pair: 1, width: 390, height: 844, scheme: 'light', language: 'en' },
];

// What a page of the navigation leads to: its other ways to see, its first record, the form of a new one.
const further = () => [
  ...[...document.querySelectorAll('main .places a[href]')].map((link) => link.getAttribute('href')),
  document.querySelector('main a.row-title[href]')?.getAttribute('href').split('?')[0],
  document.querySelector('main a[href$="/new"]')?.getAttribute('href'),
].filter(Boolean);

async function pagesOf(page) {
  await page.goto(`${company.origin}/`);
  const pages = await page.$$eval('.sidebar-nav a', (links) => links.map((link) => link.getAttribute('href')));
  assert.ok(pages.length > 10, 'the navigation leads somewhere');
  for (const target of [...pages]) {
    await page.goto(company.origin + target);
    pages.push(...await page.evaluate(further));
  }
  return [...new Set(['/', '/profile', '/search?q=pump', ...pages])];
}

describe('every page', { skip, concurrency: 2 }, () => {
  let pages;
  before(async () => {
    const { page, close } = await open(browser, { javaScriptEnabled: false });
    await logIn(page, company.origin, company.people.admin, company.password);
    pages = await pagesOf(page);
    await close();
  });

  for (const view of views)
    test(`at ${view.width} px, ${view.scheme}, ${view.language}`, async () => {
      const { page, complaints, close } = await open(browser, view);
      await logIn(page, company.origin, company.people.admin, company.password);
      await useLanguage(page, company.origin, view.language);
      const bad = [];
      for (const [number, target] of pages.entries()) {
        if (number % 2 !== view.pair) continue;
        const reply = await page.goto(company.origin + target, { waitUntil: 'load' });
        if (process.env.EVERY_SHOTS) await page.screenshot({ path: path.join(process.env.EVERY_SHOTS, `${target.replaceAll(/[/?=]/g, '_')}-${view.width}-${view.scheme}-${view.language}.png`) });
        try {
          assert.equal(reply.status(), 200);
          await assertUsable(page);
          assert.deepEqual(complaints.splice(0), []);
          assert.notEqual(await page.title(), '');
        } catch (error) {
          bad.push(`${target}: ${error.message}`);
        }
      }
      assert.deepEqual(bad, []);
      await close();
    });
});
