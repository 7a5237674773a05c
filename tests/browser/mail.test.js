// A mail written in the timeline of a customer and delivered, and one that is refused: in a real browser.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertUsable, launch, logIn, open, skip } from '../lib/browser.js';
import { close, company, databases, send } from '../lib/company.js';
import { mailServer, parse } from '../lib/smtp.js';

let smtp, served, browser, account;
const call = async (method, target, body) => {
  const { json, status, text } = await send(served.port, method, `/api/v1/${target}`, { token: served.tokens.admin, body });
  assert.ok(status < 300, text);
  return json;
};

before(async () => {
  if (skip) return;
  smtp = await mailServer();
  served = await company(databases[0].url(), { settings: { MILLWRIGHT_SMTP: `smtp://127.0.0.1:${smtp.port}`, MILLWRIGHT_SMTP_TLS: 'no', MILLWRIGHT_MAIL_FROM: 'sales@example.com' } });
  account = (await call('POST', 'accounts', { name: '江苏恒力液压' })).id;
  await call('POST', 'contacts', { name: '王芳', email: 'wang@customer.example', account });
  await call('POST', 'contacts', { name: '李明', email: 'li@customer.example', account });
  browser = await launch();
});
after(async () => {
  close();
  await browser?.close();
  await served?.stop();
  await smtp?.stop();
});

test('a mail is written, sent, and stands in the timeline as delivered or not', { skip }, async () => {
  const origin = `http://127.0.0.1:${served.port}`;
  const { page, complaints, close: done } = await open(browser, { height: 1000 });
  await logIn(page, origin, 'admin@example.com', 'correct horse battery');
  const write = async (subject, name) => {
    await page.goto(`${origin}/accounts/${account}?tab=timeline`, { waitUntil: 'networkidle' });
    await page.locator('.composer-type', { hasText: 'Mail' }).click();
    await page.fill('.composer [name=subject]', subject);
    const button = page.locator('.composer .btn-primary');
    assert.equal(await button.textContent(), 'Add', 'to nobody it is noted');
    await page.locator('.composer-to .ts-control').first().click();
    await page.locator('.composer-to .dropdown-active').waitFor();
    await page.locator('.composer-to [role=option]', { hasText: name }).click();
    await page.locator('.composer-to .item', { hasText: name }).waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await button.textContent(), 'Send');
    await assertUsable(page);
    await button.click();
    await page.waitForURL(/tab=timeline/);
  };
  await write('报价单', '王芳');
  const mail = await smtp.next();
  assert.deepEqual(mail.to, ['wang@customer.example']);
  assert.equal(parse(mail.data).headers.subject, '报价单');
  const sent = page.locator('.timeline-item', { hasText: '报价单' });
  await assert.doesNotReject(async () => {
    for (let n = 0; n < 50 && !(await sent.locator('.timeline-mail .badge').textContent()).includes('Sent'); n++) await page.reload();
  });
  assert.match(await sent.textContent(), /Sent\s+王芳 <wang@customer\.example>/);

  smtp.refuse = 'li@customer.example';
  await write('Catalogue', '李明');
  const refused = page.locator('.timeline-item', { hasText: 'Catalogue' });
  for (let n = 0; n < 50 && !(await refused.locator('.timeline-mail .badge').textContent()).includes('Not sent'); n++) await page.reload();
  assert.match(await refused.textContent(), /no such mailbox here/);
  await page.locator('.bell, [href="/notices"]').first().waitFor();
  for (const [width, paths] of [[1440, ['/mails', '/settings', '/profile']], [390, [`/accounts/${account}?tab=timeline`, '/mails', '/settings']]]) {
    await page.setViewportSize({ width, height: 900 });
    for (const path of paths) {
      await page.goto(origin + path);
      await assertUsable(page);
    }
  }
  smtp.refuse = null;
  await page.goto(`${origin}/accounts/${account}?tab=timeline`);
  await page.locator('.timeline-item', { hasText: 'Catalogue' }).getByRole('button', { name: 'Send again' }).click();
  await smtp.next(({ to }) => to[0] === 'li@customer.example');
  assert.deepEqual(complaints, []);
  await done();
});
