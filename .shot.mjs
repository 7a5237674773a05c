// node .shot.mjs LANG USER WIDTH SCHEME FULL path=name...
import { chromium } from 'playwright-core';
const [lang, user, width, scheme, full, ...targets] = process.argv.slice(2);
const url = lang === 'zh' ? 'http://127.0.0.1:8188' : 'http://127.0.0.1:8189';
const dom = lang === 'zh' ? 'huarui.example' : 'harland.example';
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const c = await b.newContext({ viewport: { width: +width, height: +width < 600 ? 844 : 900 }, colorScheme: scheme });
const p = await c.newPage();
p.on('console', (m) => m.type() === 'error' && console.log('console:', m.text()));
p.on('pageerror', (e) => console.log('pageerror:', String(e)));
await p.goto(url + '/login'); await p.fill('#email', `${user}@${dom}`); await p.fill('#password', 'millwright-demo');
await p.press('#password', 'Enter'); await p.waitForLoadState('networkidle');
for (const t of targets) {
  const [name, path] = [t.slice(0, t.indexOf('=')), t.slice(t.indexOf('=') + 1)];
  const r = await p.goto(url + path.replace(/!$/, ''), { waitUntil: 'networkidle' });
  if (path.endsWith('!')) { const h = await p.getAttribute('main table tbody a[href]', 'href'); await p.goto(new URL(h, url).href, { waitUntil: 'networkidle' }); }
  const wide = await p.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  console.log(name, r.status(), p.url(), wide ? 'WIDE ' + wide : '');
  await p.screenshot({ path: `/tmp/hshots/${name}-${lang}-${width}-${scheme}.png`, fullPage: full === '1' });
}
await b.close();
