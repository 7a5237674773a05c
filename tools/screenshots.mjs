// Takes the pictures of the documentation: screenshots.mjs URL FOLDER LANGUAGE. Needs a demo company at URL.
import { chromium } from 'playwright-core';

const [url, folder, language] = process.argv.slice(2);
const suffix = language.slice(0, 2);
const pages = [
  { name: 'start', path: '/' },
  { name: 'accounts', path: '/accounts' },
  { name: 'account', path: '/accounts?class=eq.A', open: true },
  { name: 'classification', path: '/classification' },
  { name: 'phone', path: '/accounts?class=eq.A', open: true, width: 390, height: 760 },
];

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
const page = await context.newPage();
await page.goto(`${url}/login`);
await page.fill('#email', process.env.MILLWRIGHT_DEMO_USER ?? 'manager@huarui.example');
await page.fill('#password', 'millwright-demo');
await page.press('#password', 'Enter');
await page.waitForLoadState('networkidle');
const csrf = await page.getAttribute('meta[name=csrf-token]', 'content');
await page.request.post(`${url}/language`, {
  form: { _csrf: csrf, language, back: '/' },
  headers: { Origin: url },
});
for (const { name, path, open, width = 1280, height = 800 } of pages) {
  await page.setViewportSize({ width, height });
  await page.goto(url + path);
  if (open) {
    const href = await page.getAttribute('main table tbody a[href]', 'href');
    await page.goto(new URL(href, url).href);
  }
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(500); // charts have drawn
  await page.screenshot({ path: `${folder}/${name}-${suffix}.png` });
}
await browser.close();
