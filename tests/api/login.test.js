// Who is who: login, sessions, tokens, CSRF, throttling, the first administrator; on both databases.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { password, postgres, postgresUrl, serve, sqliteUrl, until } from '../lib/server.js';

const databases = { sqlite: sqliteUrl, ...(postgres && { postgresql: postgresUrl }) };
if (!postgres) test('login on PostgreSQL', { skip: 'MILLWRIGHT_TEST_POSTGRES names no server' }, () => {});

for (const [name, url] of Object.entries(databases)) describe(`login on ${name}`, () => {
  const withServer = (options, work) => async () => {
    const server = await serve(url(), options);
    try {
      await work(server);
    } finally {
      assert.equal(await server.stop(), 0, server.log);
    }
  };
  const sql = async (server, text) => (await server.get(`/api/test/sql?sql=${encodeURIComponent(text)}`, { token: server.admin })).text;

  test('a page leads to the login and from there back', withServer({}, async (server) => {
    const away = await server.get('/test/internal?a=1');
    assert.equal(away.status, 303);
    assert.equal(away.headers.location, '/login?next=/test/internal%3Fa%3D1');
    const form = await server.get(away.headers.location);
    assert.match(form.text, /name="next" value="\/test\/internal\?a=1"/);
    const body = { email: 'Admin@Example.com', password, next: '/test/internal?a=1' };
    const reply = await server.post('/login', { body });
    assert.equal(reply.status, 303);
    assert.equal(reply.headers.location, '/test/internal?a=1');
    assert.equal((await server.post('/login', { body: { ...body, next: '//evil.example' } })).headers.location, '/');
    assert.equal((await server.post('/test/echo', { body: { a: 1 } })).headers.location, '/login');
    const part = await server.get('/test/internal', { headers: { 'hx-request': 'true' } });
    assert.equal(part.status, 401);
    assert.equal(part.headers['hx-redirect'], '/login');
  }));

  test('the cookie is for this server alone and its secret is not kept', withServer({ env: { BEHIND_PROXY: '1' } }, async (server) => {
    const body = { email: 'admin@example.com', password };
    const [cookie] = (await server.post('/login', { body })).headers['set-cookie'];
    assert.match(cookie, /^mw_session=[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/);
    const tls = await server.post('/login', { body, headers: { 'x-forwarded-proto': 'https' } });
    assert.match(tls.headers['set-cookie'][0], /; Secure$/);
    assert.match(tls.headers['strict-transport-security'], /max-age=/);
    const secret = /mw_session=([^;]*)/.exec(cookie)[1];
    assert.equal(await sql(server, `SELECT count(*) FROM session WHERE token = '${secret}'`), '0');
    assert.equal(await sql(server, 'SELECT count(*) FROM session'), '2');
    const again = await server.post('/login', { body, cookie: `mw_session=${secret}`, headers: { origin: `http://127.0.0.1:${server.port}` } });
    assert.equal(again.status, 403); // a session is there: its forms carry its token
  }));

  test('a wrong password and an unknown user are told alike', withServer({}, async (server) => {
    const wrong = await server.post('/login', { body: { email: 'admin@example.com', password: 'wrong' } });
    const unknown = await server.post('/login', { body: { email: 'nobody@example.com', password: 'wrong' } });
    assert.equal(wrong.status, 422);
    assert.equal(unknown.status, 422);
    assert.match(wrong.text, /E-mail or password is not right\./);
    assert.equal(unknown.text, wrong.text.replaceAll('admin@', 'nobody@'));
    assert.equal(wrong.headers['set-cookie'], undefined);
    assert.equal((await server.post('/login', { body: { email: 'admin@example.com' } })).status, 422);
    assert.equal((await server.post('/login', { body: { email: 'admin@example.com', password: 'x'.repeat(5000) } })).status, 422);
    assert.equal(await sql(server, "SELECT count(*) FROM history WHERE action = 'login_failed'"), '2');
  }));

  test('after five attempts one waits, and the right password then still helps', withServer({}, async (server) => {
    const attempt = (secret, email = 'viewer@example.com') => server.post('/login', { body: { email, password: secret } });
    for (let i = 0; i < 5; i++) assert.equal((await attempt(`wrong${i}`)).status, 422);
    const waiting = await attempt(password);
    assert.equal(waiting.status, 429);
    assert.ok(Number(waiting.headers['retry-after']) >= 1);
    assert.equal((await attempt(password, 'VIEWER@example.com')).status, 429);
    assert.equal((await attempt(password, 'admin@example.com')).status, 303); // another account
    await until(async () => (await attempt(password)).status === 303);
    assert.equal((await attempt('wrong')).status, 422); // forgotten
  }));

  test('many attempts at once gain nothing', withServer({}, async (server) => {
    const begun = Date.now();
    const replies = await Promise.all(Array.from({ length: 12 }, (_, i) => server.post('/login', { body: { email: 'viewer@example.com', password: `wrong${i}` } })));
    const tried = replies.filter(({ status }) => status === 422).length;
    const waited = Math.floor((Date.now() - begun) / 1000); // who waits a second may try once more
    assert.ok(tried <= 6 + waited, `${tried} were tried`);
    assert.equal(replies.filter(({ status }) => status === 429).length, 12 - tried);
  }));

  test('an address that tries many accounts waits too', withServer({ env: { BEHIND_PROXY: '1' } }, async (server) => {
    const attempt = (i, address) => server.post('/login', { body: { email: `user${i}@example.com`, password: 'wrong' }, headers: { 'x-forwarded-for': `evil", 203.0.113.${address}` } });
    const replies = [];
    for (let i = 0; i < 22; i++) replies.push((await attempt(i, 7)).status);
    assert.ok(replies.slice(0, 20).every((status) => status === 422));
    assert.ok(replies.slice(20).includes(429));
    assert.equal((await attempt(99, 8)).status, 422);
  }));

  test('changes need the token of the session and come from this site', withServer({}, async (server) => {
    const { cookie, csrf } = await server.login();
    const echo = (body, headers) => server.post('/test/echo', { cookie, body, headers });
    const own = `http://127.0.0.1:${server.port}`;
    const host = { host: `127.0.0.1:${server.port}` };
    assert.equal((await echo({ a: 1 })).status, 403);
    assert.equal((await echo({ a: 1, _csrf: 'wrong' })).status, 403);
    assert.equal((await echo({ a: 1, _csrf: csrf })).status, 200);
    assert.equal((await echo({ a: 1 }, { 'x-csrf-token': csrf })).status, 200);
    assert.equal((await echo({ a: 1, _csrf: csrf }, { ...host, origin: own })).status, 200);
    for (const origin of ['https://evil.example', `https://127.0.0.1:${server.port}`, 'null', `${own}.evil.example`]) {
      assert.equal((await echo({ a: 1, _csrf: csrf }, { ...host, origin })).status, 403, origin);
    }
    assert.equal((await echo({ a: 1, _csrf: csrf }, { 'sec-fetch-site': 'cross-site' })).status, 403);
    assert.equal((await echo({ a: 1, _csrf: csrf }, { 'sec-fetch-site': 'same-origin' })).status, 200);
    const other = await server.login('viewer@example.com');
    assert.equal((await echo({ a: 1, _csrf: other.csrf })).status, 403);
    assert.equal((await server.post('/login', { body: { email: 'a@b.c', password: 'x' }, headers: { origin: 'https://evil.example' } })).status, 403);
    assert.equal((await server.post('/test/echo', { token: server.admin, body: { a: 1 } })).status, 200); // programs
  }));

  test('logging out ends the session, or all of them', withServer({}, async (server) => {
    const one = await server.login(), two = await server.login(), three = await server.login(), other = await server.login('viewer@example.com');
    const works = async ({ cookie }) => (await server.get('/', { cookie })).status === 200;
    const out = await server.post('/logout', { cookie: one.cookie, body: { _csrf: one.csrf } });
    assert.equal(out.headers.location, '/login');
    assert.match(out.headers['set-cookie'][0], /^mw_session=; .*Max-Age=0/);
    assert.deepEqual([await works(one), await works(two)], [false, true]);
    await server.post('/logout-everywhere', { cookie: two.cookie, body: { _csrf: two.csrf } });
    assert.deepEqual([await works(two), await works(three), await works(other)], [false, false, true]);
    assert.equal(await sql(server, "SELECT count(*) FROM history WHERE action IN ('login', 'logout', 'logout_everywhere')"), '6');
  }));

  test('the log keeps no address that is a secret', withServer({ env: { LOG: '1' } }, async (server) => {
    assert.equal((await server.get('/calendar/sesame.ics')).status, 404);
    await until(() => server.log.includes(' /calendar/{name} 404'));
    assert.ok(!server.log.includes('sesame'));
  }));

  test('a session ends when it was not used, and is kept alive by use', withServer({}, async (server) => {
    const { cookie, csrf } = await server.login();
    const age = (seen, expires) => server.post(`/test/age?seen=${seen}&expires=${expires}`, { cookie, body: { _csrf: csrf } });
    const left = async () => Number(await sql(server, 'SELECT (expires_at - seen_at) / 60000 FROM session'));
    assert.equal((await age(-10, 60)).status, 200);
    assert.equal((await server.get('/notices/bell', { cookie, headers: { 'x-poll': '1' } })).status, 200);
    await server.post(`/api/test/sql?sql=${encodeURIComponent('SELECT 1')}`, { token: server.admin }); // behind whatever the bell may have noted
    assert.equal(await left(), 70, 'what a page asks by itself is no use');
    assert.equal((await server.get('/', { cookie })).status, 200);
    await until(async () => (await left()) === 720); // 12 hours from now, noted behind the reader's back
    assert.equal((await age(-800, -1)).status, 200);
    const ended = await server.get('/', { cookie });
    assert.equal(ended.headers.location, '/login');
    for (const junk of ['mw_session=', 'mw_session=x', `mw_session=${'a'.repeat(3000)}`, 'mw_session', ';;=;mw_session=%00']) {
      assert.equal((await server.get('/', { cookie: junk })).status, 303, junk);
    }
  }));

  test('a new password ends the other sessions', withServer({}, async (server) => {
    const one = await server.login(), two = await server.login();
    const change = (old, fresh) => server.post('/password', { cookie: one.cookie, body: { _csrf: one.csrf, old, new: fresh } });
    assert.match((await server.get('/password', { cookie: one.cookie })).text, /name="old"/);
    assert.equal((await change('wrong', 'a good new password')).status, 422);
    assert.match((await change(password, 'short')).text, /at least 10 characters/);
    assert.equal((await change(password, 'a good new password')).status, 303);
    assert.equal((await server.get('/', { cookie: one.cookie })).status, 200);
    assert.equal((await server.get('/', { cookie: two.cookie })).status, 303);
    await server.login('admin@example.com', 'a good new password');
    assert.equal((await server.post('/login', { body: { email: 'admin@example.com', password } })).status, 422);
  }));

  test('a token holds until it expires or its user leaves', withServer({}, async (server) => {
    const ask = (authorization) => server.get('/api/test/sql?sql=SELECT+1', { headers: { authorization } });
    assert.equal((await ask(`Bearer ${server.admin}`)).text, '1');
    for (const bad of ['Bearer mw_nonsense', 'Bearer ', `Bearer ${server.admin}x`, `Basic ${btoa('a:b')}`, server.admin]) {
      const reply = await ask(bad);
      assert.equal(reply.status, 401, bad);
      assert.equal(reply.headers['www-authenticate'], 'Bearer');
    }
    await until(async () => (await sql(server, 'SELECT count(*) FROM api_token WHERE last_used_at IS NOT NULL')) !== '0');
    const viewer = () => server.get('/api/test/get?key=language', { token: server.viewer });
    const run = (text) => server.post(`/api/test/sql?sql=${encodeURIComponent(text)}`, { token: server.admin });
    assert.equal((await viewer()).status, 200);
    await run(`UPDATE "user" SET active = 0 WHERE email = 'viewer@example.com'`);
    assert.equal((await viewer()).status, 401);
    await run(`UPDATE "user" SET active = 1 WHERE email = 'viewer@example.com'`);
    assert.equal((await viewer()).status, 200);
    await run(`UPDATE api_token SET expires_at = 1 WHERE "user" = (SELECT id FROM "user" WHERE email = 'viewer@example.com')`);
    assert.equal((await viewer()).status, 401);
  }));

  test('what each worker remembers of tokens and sessions holds only as long as they do', withServer({}, async (server) => {
    const { cookie } = await server.login('viewer@example.com');
    const both = () => Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 ? server.get('/', { cookie }) : server.get('/api/test/get?key=language', { token: server.viewer }))));
    const statuses = async () => [...new Set((await both()).map((reply) => reply.status))].sort();
    assert.deepEqual(await statuses(), [200]);
    const run = (text) => server.post(`/api/test/sql?sql=${encodeURIComponent(text)}`, { token: server.admin });
    await run('UPDATE session SET expires_at = 1');
    await run(`UPDATE api_token SET deleted_at = 1 WHERE "user" = (SELECT id FROM "user" WHERE email = 'viewer@example.com')`);
    assert.deepEqual(await statuses(), [303, 401]);
    await run(`UPDATE api_token SET deleted_at = NULL`);
    assert.deepEqual(await statuses(), [200, 303]);
  }));

  test('one who is no longer active is logged out and cannot log in', withServer({}, async (server) => {
    const { cookie } = await server.login('viewer@example.com');
    await server.post(`/api/test/sql?sql=${encodeURIComponent(`UPDATE "user" SET active = 0 WHERE email = 'viewer@example.com'`)}`, { token: server.admin });
    assert.equal((await server.get('/', { cookie })).status, 303);
    assert.equal((await server.post('/login', { body: { email: 'viewer@example.com', password } })).status, 422);
  }));

  test('the first visitor makes the administrator, once', withServer({ empty: true }, async (server) => {
    assert.equal((await server.get('/')).headers.location, '/welcome');
    assert.equal((await server.get('/login')).headers.location, '/welcome');
    const form = await server.get('/welcome', { headers: { 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8' } });
    assert.match(form.text, /<html lang="zh-CN">/);
    assert.match(form.text, /name="time_zone"[^>]*value="Asia\/Shanghai"/);
    const body = { name: '王芳', email: 'wang@example.com', password: 'a good password', company_name: '<厦门泵业>', currency: 'EUR', language: 'en', time_zone: 'Europe/Berlin' };
    for (const wrong of [{ password: 'short' }, { email: 'nonsense' }, { currency: 'XXQ' }, { time_zone: 'Mars' }, { name: '' }, { language: 'de' }]) {
      const refused = await server.post('/welcome', { body: { ...body, ...wrong } });
      assert.equal(refused.status, 422, JSON.stringify(wrong));
      assert.match(refused.text, /is-invalid/, JSON.stringify(wrong));
      assert.doesNotMatch(refused.text, /value="a good password"/);
    }
    const replies = await Promise.all(Array.from({ length: 4 }, (_, i) => server.post('/welcome', { body: { ...body, email: `wang${i}@example.com` } })));
    const made = replies.filter(({ headers }) => headers.location === '/');
    assert.equal(made.length, 1);
    assert.equal(replies.filter(({ headers }) => headers.location === '/login').length, 3);
    const cookie = made[0].headers['set-cookie'][0].split(';')[0];
    const start = await server.get('/', { cookie });
    assert.equal(start.status, 200);
    assert.match(start.text, /&lt;厦门泵业&gt;/);
    assert.match(start.text, /href="\/users"/);
    assert.equal((await server.get('/welcome')).headers.location, '/login');
    assert.equal((await server.post('/welcome', { body })).headers.location, '/login');
  }));

  test('the language is what one has chosen', withServer({}, async (server) => {
    const language = async (options) => /<html lang="([^"]*)"/.exec((await server.get('/login', options)).text)[1];
    assert.equal(await language({}), 'en');
    assert.equal(await language({ headers: { 'accept-language': 'fr, zh-Hans;q=0.9' } }), 'zh-CN');
    assert.equal(await language({ headers: { 'accept-language': 'zh' }, cookie: 'language=en' }), 'en');
    const visitor = await server.post('/language', { body: { language: 'zh_CN', back: '/login' } });
    assert.equal(visitor.headers.location, '/login');
    assert.match(visitor.headers['set-cookie'][0], /^language=zh_CN;/);
    assert.equal((await server.post('/language', { body: { language: 'xx' } })).status, 422);
    const { cookie, csrf } = await server.login('viewer@example.com');
    assert.equal((await server.post('/language', { cookie, body: { _csrf: csrf, language: 'zh_CN', back: '//evil' } })).headers.location, '/');
    await until(async () => /<html lang="zh-CN"/.test((await server.get('/', { cookie })).text));
  }));
});
