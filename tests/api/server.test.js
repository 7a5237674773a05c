// The server itself: addresses, methods, bodies, limits, errors, headers, numbers.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import https from 'node:https';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { serve, sqliteUrl, temporaryFolder, until } from '../lib/server.js';

let server;
before(async () => { server = await serve(sqliteUrl(), { env: { BODY_MAX: '100000', LOG: 'lines' } }); });
after(async () => assert.equal(await server.stop(), 0, server.log));

const api = (target, options) => server.get(target, { token: server.admin, ...options });

test('health, readiness and numbers need no login', async () => {
  for (const path of ['/healthz', '/readyz']) {
    const reply = await server.get(path);
    assert.equal(reply.status, 200);
    assert.equal(JSON.parse(reply.text).status, 'ok');
  }
  await server.get('/login');
  const { text } = await server.get('/metrics');
  assert.match(text, /millwright_requests_total\{method="GET",route="\/healthz",status="200"\} [1-9]/);
  assert.match(text, /millwright_request_seconds_bucket\{le="\+Inf"\} \d+/);
  assert.match(text, /millwright_statements_total [1-9]/);
  assert.match(text, /millwright_connections [1-9]/);
  assert.match(text, /process_resident_memory_bytes [1-9]\d{6}/);
});

test('an address that is none is a page for people and a problem for programs', async () => {
  const page = await server.get('/nowhere', { headers: { accept: 'text/html' } });
  assert.equal(page.status, 404);
  assert.match(page.headers['content-type'], /^text\/html/);
  assert.match(page.text, /<h1[^>]*>Not found</);
  for (const reply of [await server.get('/api/v0/nowhere'), await server.get('/nowhere', { headers: { accept: 'application/json' } })]) {
    assert.equal(reply.status, 404);
    assert.equal(reply.headers['content-type'], 'application/problem+json');
    assert.deepEqual(Object.keys(JSON.parse(reply.text)), ['type', 'title', 'status', 'detail']);
  }
});

test('a method that is not possible is told with those that are', async () => {
  for (const method of ['PUT', 'DELETE', 'OPTIONS', 'BREW']) {
    const reply = await server.request(method, '/login');
    assert.equal(reply.status, 405, method);
    assert.equal(reply.headers.allow, 'GET, HEAD, POST');
  }
});

test('HEAD is GET without the body', async () => {
  const whole = await server.get('/login'), head = await server.request('HEAD', '/login');
  assert.equal(head.status, 200);
  assert.equal(head.headers['content-length'], String(whole.bytes.length));
  assert.equal(head.text, '');
});

const MISLEADING = ['//login', '/a//b', '/../etc/passwd', '/assets/../login', '/assets/%2e%2e/login', '/assets/..%2flogin', '/assets/a%5cb',
  '/login%00', '/login%0a', '/%ff', '/%zz', '/%4', '/a/b/c/d/e/f/g/h/i/j/k/l/m/n'];
for (const path of MISLEADING) {
  test(`a misleading path is refused: ${path}`, async () => {
    const { answer } = await server.raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    assert.match(answer, /^HTTP\/1.1 400 /);
  });
}

test('one slash at the end does not matter', async () => {
  assert.equal((await server.get('/login/')).status, 200);
});

test('parameters are decoded, and refused when they are no text', async () => {
  const reply = await server.post('/api/test/echo?a=1&b=%E5%8E%A6+%2B&a=2&c', { token: server.admin, body: { 名: '厦门 & co', x: '' } });
  assert.equal(reply.status, 200);
  assert.equal(reply.text, 'query a=1\nquery b=厦 +\nquery a=2\nquery c=\nform 名=厦门 & co\nform x=\nbody application/x-www-form-urlencoded 0\n');
  for (const query of ['a=%ff', 'a=%c0%80', 'a=%00', 'a=%zz', '%1f=1', 'a=%ed%a0%80']) {
    assert.equal((await api(`/api/test/get?${query}`)).status, 400, query);
    const form = await server.post('/api/test/echo', { token: server.admin, body: query, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    assert.equal(form.status, 400, query);
  }
  const many = 'a=1&'.repeat(2001);
  assert.equal((await server.post('/api/test/echo', { token: server.admin, body: many, headers: { 'content-type': 'application/x-www-form-urlencoded' } })).status, 400);
});

const multipart = (parts, boundary = 'xXx') => Buffer.concat([
  ...parts.flatMap(([head, body]) => [Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`), Buffer.from(body), Buffer.from('\r\n')]),
  Buffer.from(`--${boundary}--\r\n`),
]);
const sendParts = (body, options = {}) => server.post('/api/test/echo', {
  token: server.admin, body, headers: { 'content-type': 'multipart/form-data; boundary=xXx' }, ...options });

test('a form with files comes in whole', async () => {
  const bytes = Buffer.from(Array.from({ length: 90000 }, (_, i) => (i * 7919) % 256));
  bytes.write('\r\n--xX\r\n--xXy'); // nearly a boundary
  const reply = await sendParts(multipart([
    ['Content-Disposition: form-data; name="note"', '厦门\r\nline'],
    ['content-disposition: form-data; name="file"; filename="C:\\dir\\订单.csv"\r\nContent-Type: text/csv', bytes],
    ['Content-Disposition: form-data; name="none"; filename=""', ''],
  ]));
  const sum = createHash('sha256').update(bytes).digest('hex');
  assert.equal(reply.text, `form note=厦门\r\nline\nupload file=订单.csv text/csv 90000 ${sum}\nbody multipart/form-data 0\n`);
});

test('malformed forms are refused', async () => {
  const good = multipart([['Content-Disposition: form-data; name="a"', '1']]).toString();
  for (const bad of ['', 'junk', good.slice(0, -6), good.replace('name="a"', ''), good.replace('name="a"', 'name="a'), good.replace('\r\n\r\n1', '\r\n1'),
    good.replace('1\r\n--xXx--', '\x01\r\n--xXx--'), good.replace('--xXx\r\n', '--xXxjunk\r\n')]) {
    assert.equal((await sendParts(bad)).status, 400, JSON.stringify(bad));
  }
  assert.equal((await sendParts(good, { headers: { 'content-type': 'multipart/form-data' } })).status, 400);
  assert.equal((await sendParts(multipart([['Content-Disposition: form-data; name="a"', Buffer.from([0xff])]]))).status, 400);
});

test('bodies are limited, more so of one who is nobody', async () => {
  const large = 'x'.repeat(100001), token = server.admin;
  const fits = await server.post('/api/test/echo', { token, body: large.slice(1), headers: { 'content-type': 'text/plain' } });
  assert.equal(fits.text, 'body text/plain 100000\n');
  assert.equal((await server.post('/api/test/echo', { token, body: large })).status, 413);
  const chunked = await server.post('/api/test/echo', { token, body: large, headers: { 'transfer-encoding': 'chunked' } });
  assert.equal(chunked.status, 413);
  const nobody = await server.post('/login', { body: `email=${'a'.repeat(70000)}` });
  assert.equal(nobody.status, 413);
  const announced = await server.raw(`POST /api/test/echo HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 99999999999999999999\r\n\r\n`);
  assert.match(announced.answer, /^HTTP\/1.1 4(00|13) /);
});

test('headers are limited', async () => {
  const { answer } = await server.raw(`GET /login HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(40000)}\r\nConnection: close\r\n\r\n`);
  assert.match(answer, /^HTTP\/1.1 4(31|13|14|00) /);
});

test('every reply has the security headers and an id', async () => {
  for (const reply of [await server.get('/login'), await server.get('/nowhere'), await server.get('/'), await api('/api/test/sql?sql=SELECT+1')]) {
    assert.match(reply.headers['content-security-policy'], /default-src 'none'; script-src 'self'; style-src 'self'; .*frame-ancestors 'none'/);
    assert.equal(reply.headers['x-content-type-options'], 'nosniff');
    assert.equal(reply.headers['referrer-policy'], 'same-origin');
    assert.ok(reply.headers['permissions-policy']);
    assert.equal(reply.headers['cache-control'], 'no-store');
    assert.match(reply.headers['x-request-id'], /^[0-9a-f]{8}-[0-9a-f]{8}$/);
    assert.equal(reply.headers['strict-transport-security'], undefined); // no TLS here
  }
});

test('nothing that comes in gets into a header or leads to another site', async () => {
  const injected = await api('/api/test/header?value=a%0d%0aSet-Cookie:%20x=1');
  assert.equal(injected.headers['set-cookie'], undefined);
  assert.equal(injected.headers['x-test'], undefined);
  assert.equal(injected.headers.location, '/');
  for (const away of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)']) {
    assert.equal((await api(`/api/test/header?value=${encodeURIComponent(away)}`)).headers.location, '/', away);
  }
  assert.equal((await api('/api/test/header?value=/accounts')).headers.location, '/accounts');
});

test('a fault of ours is told by a reference, its cause is in the log', async () => {
  const problem = await api('/api/test/internal');
  assert.equal(problem.status, 500);
  assert.doesNotMatch(problem.text, /secret cause/);
  const { reference } = JSON.parse(problem.text);
  await until(() => server.log.includes(`${reference} GET /api/test/internal: the secret cause`));
  const page = await server.get('/test/internal', { token: server.admin });
  assert.equal(page.status, 500);
  assert.match(page.text, /<code>[0-9a-f]{8}-[0-9a-f]{8}<\/code>/);
  assert.doesNotMatch(page.text, /secret cause/);
});

test('a conflict is 409, or 412 when a version was named', async () => {
  const token = server.admin;
  assert.equal((await server.request('PATCH', '/api/test/conflict', { token })).status, 409);
  assert.equal((await server.request('PATCH', '/api/test/conflict', { token, headers: { 'if-match': '"3"' } })).status, 412);
});

test('the log has no query values and no secrets', async () => {
  await api('/api/test/get?key=topsecret');
  await until(() => server.log.includes('GET /api/test/get 404'));
  assert.doesNotMatch(server.log, /topsecret/);
  assert.ok(!server.log.includes(server.admin));
});

test('what fails or is discarded is undone, what succeeds is kept', async () => {
  const put = (kind, key) => server.post(`/api/test/${kind}?key=${key}&value=1`, { token: server.admin });
  assert.equal((await put('put-fail', 'failed')).status, 422);
  assert.equal((await put('put-discard', 'discarded')).status, 200);
  assert.equal((await put('put', 'kept')).status, 200);
  assert.equal((await api('/api/test/get?key=failed')).status, 404);
  assert.equal((await api('/api/test/get?key=discarded')).status, 404);
  assert.equal((await api('/api/test/get?key=kept')).text, '1');
});

test('many writers at once all succeed, whatever their neighbours do', async () => {
  const put = (kind, key) => server.post(`/api/test/${kind}?key=${key}&value=1`, { token: server.admin });
  const replies = await Promise.all(Array.from({ length: 60 }, (_, i) => put(i % 3 === 2 ? 'put-fail' : 'put', `many${i}`)));
  replies.forEach(({ status }, i) => assert.equal(status, i % 3 === 2 ? 422 : 200));
  const { text } = await api(`/api/test/sql?sql=${encodeURIComponent("SELECT count(*) FROM meta WHERE key LIKE 'many%'")}`);
  assert.equal(text, '40');
});

test('slow work does not hold up others', async () => {
  let ended = 0;
  const slow = Array.from({ length: 6 }, () => api('/api/test/wait').then(({ status }) => { ended += status === 200; }));
  for (let i = 0; i < 20; i++) assert.equal((await api('/api/test/sql?sql=SELECT+1')).text, '1');
  assert.equal((await server.post('/api/test/put?key=meanwhile&value=1', { token: server.admin })).status, 200);
  assert.equal(ended, 0);
  await server.get('/api/test/open');
  await Promise.all(slow);
  assert.equal(ended, 6);
});

test('rights are those of the route', async () => {
  const token = server.viewer;
  const right = [
    ['GET', '/api/test/list/accounts', 200],
    ['DELETE', '/api/test/list/accounts/1', 403],
    ['GET', '/api/test/list/nothings', 404],
    ['GET', '/api/test/admin?key=language', 403],
    ['DELETE', '/api/test/list/accounts/0', 404],
    ['DELETE', '/api/test/list/accounts/-1', 404],
    ['DELETE', '/api/test/list/accounts/99999999999999999999', 404],
  ];
  for (const [method, path, status] of right) {
    assert.equal((await server.request(method, path, { token })).status, status, `${method} ${path}`);
    const nobody = (await server.request(method, path)).status;
    assert.equal(nobody, status === 404 ? 404 : 401, `${method} ${path} by nobody`);
  }
});

test('files for the browser may be kept for ever, and come packed', async () => {
  const { text } = await server.get('/login');
  const url = /href="(\/assets\/app-[^"]+\.css)"/.exec(text)[1];
  const plain = await server.get(url);
  assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.match(plain.headers['content-type'], /^text\/css/);
  const gzip = await server.get(url, { headers: { 'accept-encoding': 'gzip' } });
  const br = await server.get(url, { headers: { 'accept-encoding': 'gzip, deflate, br' } });
  assert.equal(gzip.headers['content-encoding'], 'gzip');
  assert.deepEqual(gunzipSync(gzip.bytes), plain.bytes);
  assert.equal(br.headers['content-encoding'], 'br');
  assert.deepEqual(brotliDecompressSync(br.bytes), plain.bytes);
  const again = await server.get(url, { headers: { 'if-none-match': plain.headers.etag } });
  assert.equal(again.status, 304);
  assert.equal(again.bytes.length, 0);
  assert.equal((await server.get('/assets/none.css')).status, 404);
});

test('larger pages are packed for those who can read it', async () => {
  const plain = await server.get('/login'), packed = await server.get('/login', { headers: { 'accept-encoding': 'gzip' } });
  assert.equal(plain.headers['content-encoding'], undefined);
  assert.equal(packed.headers['content-encoding'], 'gzip');
  assert.match(packed.headers.vary, /Accept-Encoding/);
  assert.equal(gunzipSync(packed.bytes).toString(), plain.text);
  assert.equal((await server.get('/healthz', { headers: { 'accept-encoding': 'gzip' } })).headers['content-encoding'], undefined);
});

test('a slow client is cut off, others are not held up', async () => {
  const impatient = await serve(sqliteUrl(), { env: { IDLE_SECONDS: '1' } });
  const header = impatient.raw('GET /login HTTP/1.1\r\nHost: x\r\n');
  const post = 'POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\n';
  let drip;
  const body = impatient.raw(post, { then: (socket) => { drip = setInterval(() => socket.write('a'), 200); } });
  assert.equal((await impatient.get('/login')).status, 200);
  assert.doesNotMatch((await header).answer, /^HTTP\/1.1 200/);
  const cut = await body;
  clearInterval(drip);
  assert.doesNotMatch(cut.answer, /^HTTP\/1.1 200/);
  assert.equal(await impatient.stop(), 0, impatient.log);
});

test('stopping lets running requests end', async () => {
  const other = await serve(sqliteUrl());
  const running = other.get('/api/test/sleep', { token: other.admin });
  await until(() => other.log.includes('sleeping'));
  const [reply, status] = await Promise.all([running, other.stop()]);
  assert.equal(reply.status, 200);
  assert.equal(status, 0, other.log);
});

test('each company has its host, and its own users', async () => {
  const two = await serve(sqliteUrl(), { env: { OTHER: sqliteUrl() } });
  const at = (host, options) => two.get('/', { headers: { host }, ...options });
  assert.equal((await at('crm.example')).headers.location, '/login');
  for (const host of ['other.example', 'OTHER.example:8080']) assert.equal((await at(host)).headers.location, '/welcome', host);
  const { cookie } = await two.login();
  assert.equal((await at('crm.example', { cookie })).status, 200);
  assert.equal((await at('other.example', { cookie })).headers.location, '/welcome');
  assert.equal((await two.get('/api/test/get?key=language', { token: two.admin, headers: { host: 'other.example' } })).status, 401);
  assert.equal((await at('other.example.evil')).headers.location, '/login');
  assert.equal(await two.stop(), 0, two.log);
});

test('TLS by its own', async () => {
  const folder = temporaryFolder(), [key, certificate] = ['key.pem', 'cert.pem'].map((name) => path.join(folder, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost',
    '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  const safe = await serve(sqliteUrl(), { env: { CERTIFICATE: certificate, KEY: key } });
  const reply = await new Promise((resolve, reject) => {
    https.get({ port: safe.port, path: '/login', rejectUnauthorized: false, agent: false }, resolve).on('error', reject);
  });
  reply.resume();
  assert.equal(reply.statusCode, 200);
  assert.match(reply.headers['strict-transport-security'], /max-age=\d+/);
  assert.equal(await safe.stop(), 0, safe.log);
});

test('the log can be JSON, whatever a client sends', async () => {
  const other = await serve(sqliteUrl(), { env: { LOG: 'json' } });
  await other.raw('GET /"\\}{ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await other.raw('GET /%22%7d%7b%e2%80%ae HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await other.get('/healthz');
  assert.equal(await other.stop(), 0, other.log);
  const lines = other.log.trim().split('\n').map((line) => JSON.parse(line));
  const last = lines.at(-1);
  assert.deepEqual([last.method, last.path, last.status, last.user, last.address], ['GET', '/healthz', 200, '0', '127.0.0.1']);
  assert.match(last.at, /^\d{4}-\d\d-\d\dT.*Z$/);
  assert.ok(last.ms >= 0 && last.request);
});
