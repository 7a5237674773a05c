// Every page of the navigation of a demo company, with a record and a form of each: nothing blocked or broken, nothing wider
// than the screen, nothing serious found by axe; each page is seen in both languages, light and dark, and at both widths.
// With EVERY_SHOTS=folder it keeps screenshots.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { databases } from '../lib/company.js';
import { assertUsable, demo, keep, launch, logIn, open, skip, useLanguage } from '../lib/browser.js';

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

// Every other page is seen in the one or the other pair of views; those of a pair differ in everything.
const views = {
  en: [{ pair: 0, width: 1440, scheme: 'light' }, { pair: 1, width: 390, height: 844, scheme: 'light' }],
  zh_CN: [{ pair: 0, width: 390, height: 844, scheme: 'dark' }, { pair: 1, width: 1440, scheme: 'dark' }],
};

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

async function look(page, complaints, target, language, name) {
  const reply = await page.goto(company.origin + target, { waitUntil: 'load' });
  await keep(page, 'EVERY_SHOTS', `${target.replaceAll(/[/?=]/g, '_')}-${name}`);
  assert.equal(reply.status(), 200);
  assert.equal(await page.getAttribute('html', 'lang'), language.replace('_', '-'));
  assert.notEqual(await page.title(), '');
  await assertUsable(page);
  assert.deepEqual(complaints.splice(0), []);
}

describe('every page', { skip }, () => {
  let pages, storageState;
  before(async () => {
    const { page, context, close } = await open(browser, { javaScriptEnabled: false });
    await logIn(page, company.origin, company.people.admin, company.password);
    storageState = await context.storageState();
    pages = await pagesOf(page);
    await close();
  });

  // One language after the other, because it is kept with the user.
  for (const [language, both] of Object.entries(views))
    describe(language, { concurrency: 2 }, () => {
      before(async () => {
        const { page, close } = await open(browser, { storageState });
        await page.goto(`${company.origin}/profile`);
        await useLanguage(page, company.origin, language);
        await close();
      });
      for (const { pair, ...view } of both)
        test(`at ${view.width} px, ${view.scheme}`, async () => {
          const { page, complaints, close } = await open(browser, { storageState, ...view });
          const bad = [];
          for (const [number, target] of pages.entries())
            if (number % 2 === pair)
              await look(page, complaints, target, language, `${view.width}-${view.scheme}-${language}`).catch((error) => bad.push(`${target}: ${error.message}`));
          assert.deepEqual(bad, []);
          await close();
        });
    });
});
