// E-mail that is really sent: to people of a record, notices and the daily summary, on both databases.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { apiCompany, problems } from '../lib/api.js';
import { close, databases, send, serve } from '../lib/company.js';
import { until } from '../lib/server.js';
import { mailServer, parse } from '../lib/smtp.js';

after(close);

const day = (offset) => new Date(Date.now() + offset * 86400000).toISOString().slice(0, 10);

for (const { name, url } of databases) describe(`e-mail on ${name}`, () => {
  const settings = (smtp, more = {}) => ({ MILLWRIGHT_SMTP: `smtp://127.0.0.1:${smtp.port}`, MILLWRIGHT_SMTP_TLS: 'no',
    MILLWRIGHT_MAIL_FROM: 'Pumps & Co <sales@example.com>', MILLWRIGHT_URL: 'https://crm.example.com/', ...more });

  // With a mail server, and a contact of an account.
  const withMail = (work, { more, roles = [], off = false } = {}) => async () => {
    const smtp = await mailServer();
    const served = await apiCompany(url(), { roles, settings: off ? {} : settings(smtp, more) });
    try {
      const admin = served.api();
      const { json: account } = await admin.post('/api/v1/accounts', { name: '华瑞 Pumps' });
      const { json: contact } = await admin.post('/api/v1/contacts', { name: '王芳', email: 'wang@customer.example', account: account.id });
      await work({ smtp, served, admin, account, contact });
    } finally {
      await served.stop();
      await smtp.stop();
    }
  };
  const stateOf = async (admin, id) => (await admin.get(`/api/v1/activities/${id}`)).json;
  const settled = (admin, id, state) => until(async () => {
    const activity = await stateOf(admin, id);
    return activity.mail_state === state && activity;
  });

  test('a mail goes to the chosen contact with text and file, and its activity tells so', withMail(async ({ smtp, served, admin, account, contact }) => {
    const session = await logIn(served.port);
    await session.upload(`/accounts/${account.id}/files`, {}, [['报价 1.txt', 'price: 7']]);
    const page = await session.get(`/accounts/${account.id}?tab=timeline`);
    const file = /name="_files"[\s\S]*?<option value="(\d+)"/.exec(page.text)[1];
    assert.match(page.text, new RegExp(`<option value="${contact.id}">王芳 &lt;wang@customer.example&gt;`));
    const { json: activity } = await admin.post(`/api/v1/accounts/${account.id}/mail`, { to: [contact.id], subject: '报价 offer', body: '您好\nPlease see the file.', files: [file] });
    assert.equal(activity.type, 'mail');
    assert.equal(activity.contact, contact.id);
    assert.equal(activity.mail_to, '王芳 <wang@customer.example>');
    const mail = await smtp.next();
    assert.deepEqual([mail.from, mail.to], ['sales@example.com', ['wang@customer.example']]);
    const { headers, parts } = parse(mail.data);
    assert.equal(headers.subject, '报价 offer');
    assert.equal(headers.to, '王芳 <wang@customer.example>');
    assert.match(headers.from, /<sales@example.com>$/);
    assert.match(headers['reply-to'], /<admin@example.com>$/);
    assert.match(headers['message-id'], /^<\d+\.[0-9a-f]{24}@example\.com>$/);
    assert.equal(headers['auto-submitted'], undefined);
    assert.equal(parts[0].text.replaceAll('\r\n', '\n').trim(), '您好\nPlease see the file.');
    assert.equal(parts[1].text, 'price: 7');
    assert.match(parts[1].headers['content-disposition'], /attachment/);
    const sent = await settled(admin, activity.id, 'sent');
    assert.equal(sent.done, true);
    assert.equal((await admin.get(`/api/v1/contacts/${contact.id}`)).json.last_contact_on?.length, 10, 'it was a contact');
    const kept = await admin.patch(`/api/v1/activities/${activity.id}`, { subject: 'Other' }, { status: 422 });
    assert.deepEqual(problems(kept), ['subject read_only']);
    await admin.patch(`/api/v1/activities/${activity.id}`, { result: 'answered' });
    const shown = await session.get(`/accounts/${account.id}?tab=timeline`);
    assert.match(shown.text, /timeline-mail"><span class="badge bg-green-lt">Sent<\/span> <span class="mail-to">王芳 &lt;wang@customer\.example&gt;/);
    const outbox = await session.get('/mails');
    assert.match(outbox.text, /wang@customer\.example/);
    assert.equal(smtp.mails.length, 1);
  }));

  test('by the composer: to several, with an upload; to nobody it is noted', withMail(async ({ smtp, served, admin, account, contact }) => {
    const { json: second } = await admin.post('/api/v1/contacts', { name: 'Li, "Max" <x>', email: 'li@customer.example', account: account.id });
    const session = await logIn(served.port);
    const reply = await session.upload(`/accounts/${account.id}/activities`, { type: 'mail', subject: 'Hello', body: 'Text @nobody', _to: [contact.id, second.id] }, [['a.bin', '\0\x01']]);
    assert.equal(reply.headers.location, `/accounts/${account.id}?tab=timeline`);
    const mail = await smtp.next();
    assert.deepEqual(mail.to.sort(), ['li@customer.example', 'wang@customer.example']);
    const { headers, parts } = parse(mail.data);
    assert.match(headers.to, /li@customer\.example/);
    assert.equal(parts.length, 2);
    assert.deepEqual([...parts[1].bytes], [0, 1]);
    await session.post(`/accounts/${account.id}/activities`, { type: 'mail', subject: 'By phone he said he wrote' });
    const noted = (await admin.get(`/api/v1/activities?account=eq.${account.id}&subject=like.By*`)).json.data[0];
    assert.equal(noted.mail_state, null);
    assert.equal((await admin.get('/api/v1/mails')).json.data.length, 1);
  }));

  test('no text becomes a header, and no address a command', withMail(async ({ smtp, served, admin, account, contact }) => {
    const session = await logIn(served.port);
    const evil = 'Hi\r\nBcc: thief@example.com\r\n\r\nBody';
    const refused = await session.post(`/accounts/${account.id}/activities`, { type: 'mail', subject: evil, _to: contact.id });
    assert.equal(refused.status, 422);
    assert.deepEqual(problems(await admin.post(`/api/v1/accounts/${account.id}/mail`, { to: [contact.id], subject: evil }, { status: 422 })), ['subject control_character']);
    await admin.patch(`/api/v1/contacts/${contact.id}`, { name: 'Wang <thief@example.com>, x' });
    const { json: activity } = await admin.post(`/api/v1/accounts/${account.id}/mail`, { to: [contact.id], subject: 'Hi =?utf-8?q?=0ABcc:_thief=40example.com?=', body: 'From x\r\n.\r\nMAIL FROM:<thief@example.com>\r\n' });
    const mail = await smtp.next();
    assert.deepEqual(mail.to, ['wang@customer.example']);
    const { headers } = parse(mail.data);
    assert.equal(headers.bcc, undefined);
    assert.doesNotMatch(mail.data.split('\r\n\r\n')[0], /^bcc:/im);
    await settled(admin, activity.id, 'sent');
    assert.equal(smtp.mails.length, 1);
    for (const email of ['a@b>\r\nRCPT TO:<c@d', 'a b@c.example', 'a@b@c'])
      await admin.patch(`/api/v1/contacts/${contact.id}`, { email }, { status: 422 });
  }));

  test('a refused address fails for good, in the words of the server, is told to the sender and can be sent again', withMail(async ({ smtp, served, admin, account, contact }) => {
    smtp.refuse = 'wang@customer.example';
    const { json: activity } = await admin.post(`/api/v1/accounts/${account.id}/mail`, { to: [contact.id], subject: 'Offer' });
    const failed = await settled(admin, activity.id, 'failed');
    assert.match(failed.mail_error, /550 5\.1\.1 <wang@customer\.example>: no such mailbox here/);
    assert.equal(smtp.mails.length, 0);
    assert.equal((await admin.get(`/api/v1/contacts/${contact.id}`)).json.last_contact_on, null, 'it reached nobody');
    const session = await logIn(served.port);
    assert.match((await session.get('/notices')).text, /Your e-mail “Offer” could not be delivered: 550 5\.1\.1/);
    assert.match((await session.get(`/activities/${activity.id}`)).text, /alert-danger[\s\S]*no such mailbox here[\s\S]*Send again/);
    await admin.patch(`/api/v1/contacts/${contact.id}`, { email: null });
    assert.match((await session.post(`/activities/${activity.id}/send-again`)).text, /王芳 has no valid e-mail address/);
    await admin.patch(`/api/v1/contacts/${contact.id}`, { email: 'wang.fang@customer.example' });
    const again = await session.post(`/activities/${activity.id}/send-again`);
    assert.equal(again.headers.location, `/activities/${activity.id}?_done=mail_queued`);
    assert.equal((await settled(admin, activity.id, 'sent')).mail_to, '王芳 <wang.fang@customer.example>');
    assert.deepEqual(smtp.mails.map(({ to }) => to), [['wang.fang@customer.example']], 'to the mended address');
    await admin.post(`/api/v1/activities/${activity.id}/send-again`, {}, { status: 404 });
    assert.equal((await session.post(`/activities/${activity.id}/send-again`)).status, 404);
  }));

  test('with the server away it waits, and says why', withMail(async ({ smtp, admin, account, contact }) => {
    await smtp.stop();
    const { json: activity } = await admin.post(`/api/v1/accounts/${account.id}/mail`, { to: [contact.id], subject: 'Offer' });
    const waiting = await until(async () => (await stateOf(admin, activity.id)).mail_error && stateOf(admin, activity.id));
    assert.equal(waiting.mail_state, 'queued');
    const { json: { data: [row] } } = await admin.get('/api/v1/mails');
    assert.equal(row.status, 'queued');
    assert.equal(row.attempts, 1);
    assert.ok(new Date(row.send_at) - Date.now() > 30000, 'not at once');
    assert.match(row.error, /connect/i);
    await admin.post(`/api/v1/mails/${row.id}/send-again`, {}, { status: 404 }); // it has not failed
    await smtp.start();
  }));

  test('a program that is killed while it sends loses nothing, and what was sent is not sent again', withMail(async ({ smtp, served, admin, account, contact }) => {
    const { json: first } = await admin.post(`/api/v1/accounts/${account.id}/mail`, { to: [contact.id], subject: 'First' });
    await settled(admin, first.id, 'sent');
    smtp.hold = true;
    const { json: second } = await admin.post(`/api/v1/accounts/${account.id}/mail`, { to: [contact.id], subject: 'Second' });
    await until(() => smtp.held === 1);
    await served.kill();
    smtp.hold = false;
    const back = await serve(served.db, settings(smtp));
    try {
      const { json: third } = await send(back.port, 'POST', `/api/v1/accounts/${account.id}/mail`, { token: served.tokens.admin, body: { to: [contact.id], subject: 'Third' } });
      const read = async (id) => (await send(back.port, 'GET', `/api/v1/activities/${id}`, { token: served.tokens.admin })).json;
      await until(async () => (await read(third.id)).mail_state === 'sent');
      assert.equal((await read(second.id)).mail_state, 'queued', 'it is not lost: its lease has to run out');
      const rows = (await send(back.port, 'GET', '/api/v1/mails?order=id', { token: served.tokens.admin })).json.data;
      assert.deepEqual(rows.map(({ status }) => status), ['sent', 'sending', 'sent']);
      assert.deepEqual(smtp.mails.map(({ data }) => parse(data).headers.subject), ['First', 'Third']);
    } finally {
      served.stop = back.stop;
    }
  }));

  test('a mail server that does not answer holds up no other work, nor the end of the program', withMail(async ({ smtp, served, admin, account, contact }) => {
    smtp.hold = true;
    const { json: mail } = await admin.post(`/api/v1/accounts/${account.id}/mail`, { to: [contact.id], subject: 'Held' });
    await until(() => smtp.held === 1);
    const { json: { data } } = await admin.post('/api/v1/products/batch', Array.from({ length: 501 }, (_, i) => ({ code: `M${i}`, name: 'Many' })), { status: 200 });
    await admin.post('/api/v1/products/bulk', { ids: data.map(({ id }) => id), action: 'edit', values: { line: 'Held' } }, { status: 200 });
    await until(async () => (await admin.get('/api/v1/products?line=eq.Held&count=true')).json.count === 501, 60);
    assert.equal(smtp.held, 1);
    assert.equal((await stateOf(admin, mail.id)).mail_state, 'queued');
    const began = Date.now();
    await served.stop();
    assert.ok(Date.now() - began < 20000, 'a mail that waits is given up, and sent by the next program');
  }));

  test('one writes only to people one may see, from records one may change', withMail(async ({ smtp, served, admin, account, contact }) => {
    const viewer = served.api('viewer'), sales = served.api('sales');
    await viewer.post(`/api/v1/accounts/${account.id}/mail`, { to: [contact.id], subject: 'x' }, { status: 403 });
    await sales.post(`/api/v1/accounts/${account.id}/mail`, { to: [contact.id], subject: 'x' }, { status: 404 });
    await viewer.get('/api/v1/mails', { status: 403 });
    await viewer.post('/api/v1/mails/1/send-again', {}, { status: 403 });
    const { json: other } = await admin.post('/api/v1/accounts', { name: 'Other' });
    const { json: stranger } = await admin.post('/api/v1/contacts', { name: 'Stranger', email: 's@other.example', account: other.id });
    const url = `/api/v1/accounts/${account.id}/mail`;
    assert.deepEqual(problems(await admin.post(url, { to: [stranger.id], subject: 'x' }, { status: 422 })), ['to not_found']);
    assert.deepEqual(problems(await admin.post(url, { to: [], subject: 'x' }, { status: 422 })), ['to required']);
    assert.deepEqual(problems(await admin.post(url, { to: ['x'], subject: 'x', when: 1 }, { status: 422 })), ['when unknown', 'to not_an_id']);
    assert.deepEqual(problems(await admin.post(url, { to: [contact.id] }, { status: 422 })), ['subject required']);
    assert.deepEqual(problems(await admin.post(url, { to: [contact.id], subject: 'x', files: [account.id] }, { status: 422 })), ['files not_found']);
    await admin.patch(`/api/v1/contacts/${contact.id}`, { departed: true });
    assert.deepEqual(problems(await admin.post(url, { to: [contact.id], subject: 'x' }, { status: 422 })), ['to not_found']);
    const { json: lead } = await admin.post('/api/v1/leads', { company: 'New Ltd', email: 'info@new.example' });
    await admin.post(`/api/v1/leads/${lead.id}/mail`, { to: ['self'], subject: 'Welcome' });
    assert.deepEqual((await smtp.next()).to, ['info@new.example']);
    assert.equal((await admin.get('/api/v1/activities?type=eq.mail')).json.data.length, 1, 'nothing half saved');
  }, { roles: ['viewer', 'sales'] }));

  test('notices come by mail to who wants them, in his language', withMail(async ({ smtp, served, admin, account }) => {
    const users = (await admin.get('/api/v1/users')).json.data;
    const sales = users.find(({ email }) => email === 'sales@example.com');
    assert.deepEqual([sales.mail_digest, sales.mail_notices], [true, false]);
    await admin.post('/api/v1/activities', { type: 'task', subject: 'Quiet', owner: sales.id, account: account.id, due_on: day(1) });
    await admin.patch(`/api/v1/users/${sales.id}`, { mail_notices: true, language: 'zh_CN' });
    const { json: task } = await admin.post('/api/v1/activities', { type: 'task', subject: '准备报价', owner: sales.id, account: account.id, due_on: day(1) });
    const { to, data } = await smtp.next();
    assert.deepEqual(to, ['sales@example.com']);
    const { headers, parts } = parse(data);
    assert.match(headers.subject, /“准备报价”|「准备报价」/);
    assert.equal(headers['auto-submitted'], 'auto-generated');
    assert.match(parts[0].text, new RegExp(`https://crm\\.example\\.com/activities/${task.id}`));
    assert.match(parts[0].text, /https:\/\/crm\.example\.com\/profile/);
    assert.equal(smtp.mails.length, 1, 'the first was told in the pages alone');
  }, { roles: ['sales'] }));

  test('the password is used and never shown', withMail(async ({ smtp, served, admin, account, contact }) => {
    smtp.auth = 'robot:s3cret-word';
    const { json: activity } = await admin.post(`/api/v1/accounts/${account.id}/mail`, { to: [contact.id], subject: 'Offer' });
    await settled(admin, activity.id, 'sent');
    assert.ok(smtp.commands.some((line) => line.startsWith('AUTH')));
    const session = await logIn(served.port);
    const page = await session.get('/settings');
    assert.match(page.text, /smtp:\/\/127\.0\.0\.1/);
    assert.doesNotMatch(page.text, /s3cret-word/);
    assert.doesNotMatch(served.told.join('\n'), /s3cret-word/);
  }, { more: { MILLWRIGHT_SMTP_USER: 'robot', MILLWRIGHT_SMTP_PASSWORD: 's3cret-word' } }));

  test('nothing, and no password, goes to a server that does not encrypt when that is asked for', withMail(async ({ smtp, admin, account, contact }) => {
    smtp.auth = 'robot:s3cret-word';
    const { json: activity } = await admin.post(`/api/v1/accounts/${account.id}/mail`, { to: [contact.id], subject: 'Offer' });
    await until(async () => (await stateOf(admin, activity.id)).mail_error);
    assert.equal(smtp.mails.length, 0);
    assert.ok(!smtp.commands.some((line) => /^(AUTH|MAIL)/.test(line)), smtp.commands.join('\n'));
  }, { more: { MILLWRIGHT_SMTP_TLS: 'yes', MILLWRIGHT_SMTP_USER: 'robot', MILLWRIGHT_SMTP_PASSWORD: 's3cret-word' } }));

  test('without a mail server nothing is queued, and pages say so', withMail(async ({ served, admin, account, contact }) => {
    await admin.post(`/api/v1/accounts/${account.id}/mail`, { to: [contact.id], subject: 'Offer' }, { status: 503 });
    const session = await logIn(served.port);
    await session.post(`/accounts/${account.id}/activities`, { type: 'mail', subject: 'A note', _to: contact.id });
    assert.equal((await admin.get('/api/v1/mails')).json.data.length, 0);
    for (const path of [`/accounts/${account.id}?tab=timeline`, '/profile', '/settings'])
      assert.match((await session.get(path)).text, /No mail server is set up/, path);
  }, { off: true }));
});

test('wrong mail settings are told at the start', async () => {
  const db = databases[0].url();
  const served = await apiCompany(db);
  await served.stop();
  for (const [more, told] of [[{ MILLWRIGHT_SMTP: 'mail.example.com' }, /smtp: write smtp:\/\/HOST:PORT/], [{ MILLWRIGHT_SMTP: 'smtp://u:p@mail.example.com' }, /without user and password/],
    [{ MILLWRIGHT_SMTP: 'smtp://mail.example.com' }, /mail_from/], [{ MILLWRIGHT_SMTP: 'smtp://mail.example.com', MILLWRIGHT_MAIL_FROM: 'x@y.example', MILLWRIGHT_URL: 'crm' }, /url: write/]])
    await assert.rejects(serve(db, more), told);
});

// The pages, as the administrator: { get, post, upload }.
async function logIn(port) {
  const form = (body) => ({ body: new URLSearchParams(body).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  const reply = await send(port, 'POST', '/login', form({ email: 'admin@example.com', password: 'correct horse battery' }));
  assert.equal(reply.status, 303, reply.text);
  const cookie = reply.headers['set-cookie'].map((text) => text.split(';')[0]).join('; ');
  const get = (path) => send(port, 'GET', path, { headers: { cookie, accept: 'text/html' } });
  const csrf = /name="csrf-token" content="([^"]*)"/.exec((await get('/')).text)[1];
  const post = (path, body = {}) => {
    const { body: text, headers } = form([['_csrf', csrf], ...Object.entries(body)]);
    return send(port, 'POST', path, { body: text, headers: { ...headers, cookie, accept: 'text/html' } });
  };
  const upload = async (path, fields, files) => {
    const body = new FormData();
    for (const [key, value] of Object.entries({ _csrf: csrf, ...fields })) for (const one of [value].flat()) body.append(key, one);
    for (const [file, content] of files) body.append('file', new Blob([content]), file);
    const encoded = new Response(body);
    const type = encoded.headers.get('content-type');
    return send(port, 'POST', path, { body: Buffer.from(await encoded.arrayBuffer()), headers: { 'content-type': type, cookie, accept: 'text/html' } });
  };
  return { get, post, upload };
}
