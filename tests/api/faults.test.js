// What goes wrong around the server: a full disk, a killed process, a database that goes and comes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { postgres, postgresUrl, serve, sqliteUrl, until } from '../lib/server.js';

const put = (server, key, value = '1') => server.post(`/api/test/put?key=${key}&value=${value}`, { token: server.admin });
const get = (server, key) => server.get(`/api/test/get?key=${key}`, { token: server.admin });

test('what was acknowledged survives kill -9, and the file is whole', async () => {
  const url = sqliteUrl();
  const server = await serve(url);
  const kept = [];
  let going = true;
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let i = 0; going; i++) {
      const reply = await put(server, `k${writer}-${i}`).catch(() => null);
      if (reply?.status === 200) kept.push(`k${writer}-${i}`);
    }
  });
  await until(() => kept.length >= 200);
  await server.kill();
  going = false;
  await Promise.all(writers);
  const again = await serve(url);
  const ask = (sql) => again.get(`/api/test/sql?sql=${encodeURIComponent(sql)}`, { token: again.admin });
  const missing = [];
  for (const key of kept) if ((await get(again, key)).status !== 200) missing.push(key);
  assert.deepEqual(missing, []);
  assert.equal((await ask("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'")).text, '0');
  assert.equal(await again.stop(), 0, again.log);
});

test('a full disk refuses writing, keeps what was there, and goes on reading', async () => {
  const url = sqliteUrl();
  const first = await serve(url);
  assert.equal((await put(first, 'before')).status, 200);
  await first.stop();
  const server = await serve(url, { shell: 'ulimit -f 4000' }); // blocks of 512 bytes: 2 MB
  const value = 'x'.repeat(20000);
  let refused;
  for (let i = 0; i < 400 && !refused; i++) {
    const reply = await put(server, `fill${i}`, value);
    if (reply.status !== 200) refused = reply;
  }
  assert.equal(refused?.status, 507, refused?.text);
  assert.equal(JSON.parse(refused.text).status, 507);
  assert.equal((await get(server, 'before')).text, '1');
  const several = await Promise.all(Array.from({ length: 6 }, (_, i) => put(server, `more${i}`, value)));
  for (const reply of several) assert.equal(reply.status, 507);
  await server.kill();
  const again = await serve(url);
  assert.equal((await get(again, 'before')).text, '1');
  assert.equal((await put(again, 'after')).status, 200);
  assert.equal(await again.stop(), 0, again.log);
});

test('an export for which the disk has no room is refused as a whole', async () => {
  const url = sqliteUrl();
  const first = await serve(url);
  const records = Array.from({ length: 300 }, (_, i) => ({ code: `L${i}`, name: `Long ${i}`, description: 'x'.repeat(9000) }));
  const made = await first.post('/api/v1/products/batch', { token: first.admin, headers: { 'content-type': 'application/json' }, body: JSON.stringify(records) });
  assert.equal(made.status, 200, made.text);
  await first.stop();
  const server = await serve(url, { empty: true, shell: 'ulimit -f 2000' }); // blocks of 512 bytes: 1 MB
  const get = (query) => server.get(`/api/v1/products/export?fields=code,description${query}`, { token: first.admin });
  for (const format of ['csv', 'xlsx']) {
    const refused = await get(`&format=${format}`);
    assert.equal(refused.status, 507, format);
    assert.equal(JSON.parse(refused.text).status, 507);
  }
  assert.match((await get('&code=eq.L7')).text, /^L7,x{9000}\r?$/m, 'a smaller one has room');
  assert.equal(await server.stop(), 0, server.log);
});

test('PostgreSQL that stops and starts again', { skip: !process.env.MILLWRIGHT_TEST_POSTGRES_CTL && 'MILLWRIGHT_TEST_POSTGRES names no server' }, async () => {
  const control = (...words) => {
    const [program, ...args] = process.env.MILLWRIGHT_TEST_POSTGRES_CTL.split(' ');
    execFileSync(program, [...args, ...words], { stdio: 'ignore' });
  };
  const server = await serve(postgresUrl());
  assert.equal((await put(server, 'before')).status, 200);
  assert.equal((await server.get('/readyz')).status, 200);
  control('stop', '-m', 'fast');
  try {
    for (const reply of [await put(server, 'during'), await get(server, 'before'), await server.get('/readyz')]) {
      assert.equal(reply.status, 503);
      assert.equal(reply.headers['retry-after'], '2');
    }
    const page = await server.get('/', { cookie: 'mw_session=x', headers: { accept: 'text/html' } });
    assert.equal(page.status, 503);
    assert.match(page.text, /<h1/);
    assert.equal((await server.get('/healthz')).status, 200);
  } finally {
    control('start');
  }
  await until(async () => (await put(server, 'after')).status === 200);
  assert.equal((await get(server, 'before')).text, '1');
  assert.equal((await get(server, 'during')).status, 404);
  assert.equal((await server.get('/readyz')).status, 200);
  assert.equal(await server.stop(), 0, server.log);
});

test('two changes of one row on PostgreSQL wait or run again', { skip: !postgres && 'MILLWRIGHT_TEST_POSTGRES names no server' }, async () => {
  const server = await serve(postgresUrl());
  const replies = await Promise.all(Array.from({ length: 30 }, (_, i) => put(server, 'same', String(i))));
  for (const reply of replies) assert.equal(reply.status, 200, reply.text);
  assert.equal(await server.stop(), 0, server.log);
});
