// What nobody may take: words of hidden fields, room on the disk as a stranger, a life after a new password. On both databases.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { close, command, databases, send } from '../lib/company.js';
import { apiCompany } from '../lib/api.js';

const password = 'correct horse battery';
const form = { 'content-type': 'application/x-www-form-urlencoded' };

after(close);
for (const database of databases) describe(`safety on ${database.name}`, () => {
  let served, api, sales;
  before(async () => {
    served = await apiCompany(database.url(), { roles: ['sales', 'viewer'] });
    api = served.api();
    sales = served.api('sales');
  });
  after(() => served?.stop());
  const login = async (email, secret = password) => {
    const reply = await send(served.port, 'POST', '/login', { headers: form, body: `${new URLSearchParams({ email, password: secret })}` });
    if (reply.status !== 303) return null;
    const cookie = reply.headers['set-cookie'].map((text) => text.split(';')[0]).join('; ');
    const get = (target, headers = {}) => send(served.port, 'GET', target, { headers: { cookie, ...headers } });
    const csrf = /name="csrf-token" content="([^"]*)"/.exec((await get('/')).text)[1];
    return { cookie, csrf, get, post: (target, body) => send(served.port, 'POST', target, { headers: { cookie, ...form }, body: `${new URLSearchParams({ _csrf: csrf, ...body })}` }) };
  };

  test('no record is found by a word of a field that the reader may not see', async () => {
    const { json: seen } = await sales.post('/api/v1/accounts', { name: 'Quellwerk Nord', phone: '0592 4711 0815' });
    await sales.post('/api/v1/accounts', { name: 'Nordpumpen 4711' });
    const found = async (words) => (await sales.get(`/api/v1/accounts?q=${words}&count=true`)).json;
    assert.equal((await found('0815')).data.length, 1, 'as long as it is not hidden');
    const role = (await api.get('/api/v1/roles?key=eq.sales')).json.data[0];
    await api.patch(`/api/v1/roles/${role.id}`, { role_field: [{ entity: 'account', field: 'phone', access: 'hide' }] });

    assert.deepEqual(await found('0815'), { data: [], next: null, count: 0, count_is_exact: true });
    assert.deepEqual((await found('4711')).data.map(({ name }) => name), ['Nordpumpen 4711'], 'the word stands in its name');
    assert.deepEqual((await found('quellwerk nord')).data.map(({ id }) => id), [seen.id]);
    assert.equal((await found('quellwerk 0815')).data.length, 0, 'all words have to be seen');
    assert.equal((await api.get('/api/v1/accounts?q=0815')).json.data.length, 1, 'for others it is as before');
    const page = await login('sales@example.com');
    assert.doesNotMatch((await page.get('/search?q=0815')).text, /Quellwerk/);
    assert.match((await page.get('/search?q=quellw')).text, /Quellwerk/);
    assert.doesNotMatch((await page.get('/search/suggest?q=0815')).text, /Quellwerk/);
    assert.match((await page.get('/search/suggest?q=quellw')).text, /Quellwerk/);
    assert.doesNotMatch((await page.get('/accounts?q=0815')).text, /Quellwerk/);
    assert.doesNotMatch((await page.get('/lookup/account?q=0815')).text, /Quellwerk/);
    assert.doesNotMatch((await page.get('/accounts/total?q=0815')).text, />1</);
  });

  // Sends the head of a request, then bytes until the server answers or ends the connection: { answer, sent }.
  const pour = (head, size) => new Promise((resolve) => {
    let answer = '', sent = 0, stopped = false;
    const socket = net.connect(served.port, '127.0.0.1', async () => {
      socket.write(head);
      await new Promise((go) => setTimeout(go, 100)); // the answer to the head alone may come first
      const piece = Buffer.alloc(65536);
      while (!stopped && sent < size) {
        sent += piece.length;
        await new Promise((go) => socket.write(piece, () => go()));
      }
    });
    const end = () => { stopped = true; resolve({ answer, sent }); };
    socket.on('data', (piece) => { answer += piece; stopped = true; });
    socket.on('error', () => {});
    socket.on('close', end);
  });

  test('a large body is taken in from nobody who is not known', async () => {
    const size = 64 << 20;
    const head = (target, more) => `POST ${target} HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: ${size}\r\n${more}\r\n\r\n`;
    const strange = await pour(head('/imports/new', 'Cookie: mw_session=0123456789abcdef0123456789abcdef0123456789a'), size);
    assert.match(strange.answer, /^HTTP\/1.1 303 [^]*\r\nLocation: \/login/i);
    assert.ok(strange.sent < size / 8, `${strange.sent} bytes`);
    const token = await pour(head('/api/v1/imports', 'Authorization: Bearer mw_0123456789abcdef0123456789abcdef0123456789a'), size);
    assert.match(token.answer, /^HTTP\/1.1 401 /);
    assert.ok(token.sent < size / 8, `${token.sent} bytes`);
    const right = await pour(head('/settings', `Authorization: Bearer ${served.tokens.viewer}`), size);
    assert.match(right.answer, /^HTTP\/1.1 403 /, 'who has no right need not send it either');
    const chunked = await pour(`POST /api/v1/accounts HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`, 0);
    assert.match(chunked.answer, /^HTTP\/1.1 401 /, 'nor is one of unknown length');
    const login = await pour(head('/login', 'X: y'), size);
    assert.match(login.answer, /^HTTP\/1.1 413 /);

    // One who has ended his session is nobody.
    const page = await loginOnce();
    await page.post('/logout', {});
    assert.match((await pour(head('/imports/new', `Cookie: ${page.cookie}`), size)).answer, /^HTTP\/1.1 303 /);
  });
  const loginOnce = () => login('viewer@example.com');

  test('known senders are heard, but not without end', async () => {
    const many = { name: 'Many', note: 'x'.repeat(1000) };
    const body = JSON.stringify(Array.from({ length: 200 }, () => many));
    assert.ok(body.length > 100000);
    const sent = await send(served.port, 'POST', '/api/v1/accounts/batch', { token: served.tokens.admin, body });
    assert.ok([200, 422].includes(sent.status), sent.text);

    // Four uploads wait in the middle; the fifth of the same user is told to wait, another's is not.
    const open = (token) => new Promise((resolve) => {
      const socket = net.connect(served.port, '127.0.0.1', () => {
        socket.write(`POST /api/v1/imports HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 200000\r\nExpect: 100-continue\r\n\r\n`);
      });
      socket.once('data', (piece) => resolve({ socket, answer: piece.toString() }));
      socket.on('error', () => {});
    });
    const opened = [];
    for (let i = 0; i < 4; i++) opened.push(await open(served.tokens.admin));
    for (const { answer } of opened) assert.match(answer, /^HTTP\/1.1 100 /);
    const fifth = await open(served.tokens.admin);
    assert.match(fifth.answer, /^HTTP\/1.1 429 /);
    const other = await open(served.tokens.viewer);
    assert.match(other.answer, /^HTTP\/1.1 100 /);
    for (const { socket } of [...opened, fifth, other]) socket.destroy();
    for (let tries = 0; ; tries++) { // until the server has seen that they are gone
      const { socket, answer } = await open(served.tokens.admin);
      socket.destroy();
      if (answer.startsWith('HTTP/1.1 100 ')) break;
      assert.ok(tries < 100, answer);
    }
  });

  test('a new password ends tokens: always by an administrator, when asked by oneself', async () => {
    const token = async () => (await command(served.db, ['token', 'create', 'more', '--user', 'viewer@example.com'])).trim();
    const lives = async (one) => (await send(served.port, 'GET', '/api/v1/accounts', { token: one })).status === 200;
    const env = { MILLWRIGHT_ADMIN_PASSWORD: 'another long password' };

    const first = await token();
    const own = await login('viewer@example.com'), elsewhere = await login('viewer@example.com');
    assert.equal((await own.post('/password', { old: password, new: 'my own new password' })).status, 303);
    assert.equal((await elsewhere.get('/profile')).status, 303, 'other sessions end');
    assert.equal((await own.get('/profile')).status, 200);
    assert.ok(await lives(first), 'he has not asked for it');
    assert.equal((await own.post('/password', { old: 'my own new password', new: 'my second new password', tokens: 'true' })).status, 303);
    assert.ok(!await lives(first));

    const second = await token();
    const { json } = await api.get('/api/v1/users?email=eq.viewer@example.com');
    const admin = await login('admin@example.com');
    assert.match((await admin.post(`/users/${json.data[0].id}/password`, { password: 'given by the admin' })).headers.location, /done=password/);
    assert.ok(!await lives(second));
    assert.equal((await own.get('/profile')).status, 303);
    assert.ok(await login('viewer@example.com', 'given by the admin'));

    const third = await token();
    await command(served.db, ['user', 'password', 'viewer@example.com', '--keep-tokens'], { env });
    assert.ok(await lives(third));
    await command(served.db, ['user', 'password', 'viewer@example.com'], { env });
    assert.ok(!await lives(third));

    const fourth = await token(), once = await login('viewer@example.com', env.MILLWRIGHT_ADMIN_PASSWORD);
    await command(served.db, ['user', 'logout', 'viewer@example.com']);
    assert.ok(!await lives(fourth));
    assert.equal((await once.get('/profile')).status, 303);

    const fifth = await token(), again = await login('viewer@example.com', env.MILLWRIGHT_ADMIN_PASSWORD);
    assert.match((await again.post('/logout-everywhere', { tokens: 'true' })).headers.location, /login/);
    assert.ok(!await lives(fifth));
    const sixth = await token();
    await login('viewer@example.com', env.MILLWRIGHT_ADMIN_PASSWORD);
    await admin.post(`/users/${json.data[0].id}/sessions/end`, {});
    assert.ok(await lives(sixth));
    await admin.post(`/users/${json.data[0].id}/sessions/end`, { tokens: 'true' });
    assert.ok(!await lives(sixth));
  });
});
