// Takes the pictures of the documentation: screenshots.mjs URL FOLDER LANGUAGE [NAME…]. Needs a demo company at URL, whose domain
// MILLWRIGHT_DEMO_DOMAIN names. To add a picture: a line below; the guide refers to it as NAME-en.png and NAME-zh.png.
import { chromium } from 'playwright-core';

// Moves the first card as far as a gate that asks for something.
async function refuse(page) {
  await page.locator('[data-card] .board-move').first().click();
  await page.locator('.ask-choices button').nth(5).click();
}

/* path   where to go
 * first  then to the first record of the list there
 * user   who looks (sales1)
 * phone  at 390 px instead of 1440
 * act    what is done on the page before: async (page, language) => {}
 * show   what must be there by then: a selector */
const pictures = [
  { name: 'start', path: '/' },
  { name: 'start-phone', path: '/', phone: true },
  { name: 'accounts', path: '/accounts', user: 'manager' },
  { name: 'account', path: '/accounts?class=eq.A', first: true },
  { name: 'account-phone', path: '/accounts?class=eq.A', first: true, phone: true },
  { name: 'classification', path: '/classification', user: 'manager', show: '.chart canvas' },
  { name: 'classification-new', path: '/classification/new', user: 'manager' },
  { name: 'class-policies', path: '/class-policies', user: 'manager' },
  { name: 'calendar', path: '/activities/calendar?show=week', show: '.cal-entry' },
  { name: 'timeline', path: '/accounts?class=eq.A', first: true, act: (page) => page.click('.composer [name=subject]'), show: '.timeline-activity' },
  { name: 'visit-plan', path: '/visit-plan' },
  { name: 'leads', path: '/leads' },
  { name: 'lead', path: '/leads?status=eq.qualified', first: true },
  { name: 'open-pool', path: '/open-pool' },
  { name: 'open-pool-list', path: '/open-pool', act: (page) => page.click('.pool-card >> nth=1'), show: '.pool-bar' },
  { name: 'open-pool-phone', path: '/open-pool', phone: true, act: (page) => page.click('.pool-card >> nth=1'), show: '.pool-bar' },
  { name: 'lead-convert', path: '/leads?status=eq.qualified', first: true, act: (page) => page.click('.record-work a.btn-primary'), show: 'input[name=opportunity]' },
  { name: 'opportunities', path: '/opportunities?outcome=eq.open' },
  { name: 'opportunity', path: '/opportunities?outcome=eq.open&order=-amount_base', first: true },
  { name: 'opportunity-phone', path: '/opportunities?outcome=eq.open&order=-amount_base', first: true, phone: true },
  { name: 'people', path: '/opportunities?outcome=eq.open&order=-amount_base', first: true, act: (page) => page.click('a[href*="tab=people"]'), show: '.map' },
  { name: 'people-phone', path: '/opportunities?outcome=eq.open&order=-amount_base', first: true, phone: true, act: (page) => page.click('a[href*="tab=people"]'), show: '.people-list' },
  { name: 'board', path: '/opportunities/board', user: 'manager' },
  { name: 'board-phone', path: '/opportunities/board', phone: true },
  { name: 'gate', path: '/opportunities/board', user: 'manager', act: refuse, show: '#dialog .ask-missing' },
  { name: 'funnel', path: '/funnel', user: 'manager', show: '.chart canvas' },
  { name: 'merge', path: '/accounts', user: 'manager', act: async (page) => { for (const n of [0, 1]) await page.check(`input[name=_id] >> nth=${n}`); await page.click('.bulk [value=merge]'); }, show: '.merge-table' },
  { name: 'bulk-preview', path: '/accounts', user: 'manager', act: async (page) => { for (const n of [0, 1, 2]) await page.check(`input[name=_id] >> nth=${n}`); await page.click('.bulk [value=edit]'); await page.selectOption('#bulk-field', 'region'); await page.click('[value=form]'); await page.fill('[name=region]', '华中'); await page.click('.form-actions [value=preview]'); }, show: 'ins' },
  { name: 'favourites', path: '/accounts', user: 'manager', act: async (page) => { for (const n of [0, 2]) { await page.click(`tbody .star:not(.active) >> nth=${n}`); await page.waitForTimeout(300); } await page.click('.list-bar .menu:last-of-type summary.btn'); await page.click('.view-order summary'); }, show: '#nav-favourites li' },
  { name: 'contact', path: '/contacts?order=-last_contact_on', user: 'manager', first: true, show: '.contact-card' },
  { name: 'duplicates', path: '/accounts/twins', user: 'manager' },
  { name: 'palette', path: '/', act: (page) => page.keyboard.press('Control+k'), show: '#palette[open]' },
  { name: 'import-mapping', path: '/imports/new?what=accounts', user: 'manager', act: mapAccounts, show: '#texts' },
  { name: 'import-result', path: '/imports/new?what=accounts', user: 'manager', act: importAccounts, show: '.figures' },
];

// A file whose kinds of customers are called otherwise.
async function mapAccounts(page, of) {
  const chinese = of.startsWith('zh');
  const rows = chinese ? '名称,类型,城市\n华东水泵厂,经销商家,无锡\n北岭矿业,最终用户,太原\n南港船舶,经销商家,厦门\n,最终用户,长沙\n'
    : 'Name,Type,City\nEastern Pump Works,Dealers,Leeds\nNorthridge Mining,End user,Perth\nSouthport Shipyard,Dealers,Southport\n,End user,York\n';
  await page.setInputFiles('#upload', { name: chinese ? '展会客户.csv' : 'fair.csv', mimeType: 'text/csv', buffer: Buffer.from(rows) });
  await page.click('main form button.btn-primary');
  await page.waitForSelector('.mapping');
}
async function importAccounts(page, of) {
  await mapAccounts(page, of);
  await page.click('button[value=run]');
  await page.waitForSelector('form[action$="/undo"]', { timeout: 60000 });
}

const [url, folder, language, ...only] = process.argv.slice(2);
const suffix = language.slice(0, 2);
const domain = process.env.MILLWRIGHT_DEMO_DOMAIN ?? 'huarui.example';

async function ready() {
  for (let tries = 0; tries < 100; tries++) {
    if (await fetch(`${url}/readyz`).then((reply) => reply.ok, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing answers at ${url}`);
}

async function logIn(browser, user, phone) {
  const viewport = phone ? { width: 390, height: 844 } : { width: 1440, height: 900 };
  const context = await browser.newContext({ viewport, deviceScaleFactor: phone ? 2 : 1, hasTouch: Boolean(phone) });
  const page = await context.newPage();
  await page.goto(`${url}/login`);
  await page.fill('#email', `${user}@${domain}`);
  await page.fill('#password', 'millwright-demo');
  await page.press('#password', 'Enter');
  await page.waitForSelector('.shell');
  const csrf = await page.getAttribute('meta[name=csrf-token]', 'content');
  await page.request.post(`${url}/language`, { form: { _csrf: csrf, language, back: '/' }, headers: { Origin: url } });
  return page;
}

async function take(page, { name, path, first, act, show }) {
  await page.goto(url + path);
  if (first) {
    const href = await page.getAttribute('main a.row-title[href]', 'href');
    await page.goto(new URL(href, url).href);
  }
  await page.waitForLoadState('networkidle');
  await act?.(page, language);
  if (show) await page.waitForSelector(show);
  await page.waitForTimeout(400); // charts have drawn, menus have opened
  await page.screenshot({ path: `${folder}/${name}-${suffix}.png` });
}

await ready();
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
const pages = new Map();
let failed = 0;
for (const picture of pictures.filter(({ name }) => only.length === 0 || only.includes(name))) {
  const { user = 'sales1', phone } = picture;
  const key = `${user} ${phone ? 'phone' : ''}`;
  if (!pages.has(key)) pages.set(key, await logIn(browser, user, phone));
  try {
    await take(pages.get(key), picture);
  } catch (error) {
    failed++;
    console.error(`${picture.name}-${suffix}: ${error.message.split('\n')[0]}`);
  }
}
await browser.close();
process.exit(failed > 0 ? 1 : 0);
