// Taking in files and classifying from outside: by the API and by the pages, with what is wrong told in place; on both databases.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { close } from '../lib/company.js';
import { postgres, postgresUrl, serve, sqliteUrl, until } from '../lib/server.js';
import { multipart, takeIn } from '../lib/wizard.js';

const databases = { sqlite: sqliteUrl, ...(postgres && { postgresql: postgresUrl }) };
after(close);
if (!postgres) test('classification on PostgreSQL', { skip: 'MILLWRIGHT_TEST_POSTGRES names no server' }, () => {});

// Ten customers of 10, 20 … 100, one row with a fault, one without a customer.
const rows = Array.from({ length: 10 }, (_, i) => `N${i},P1,1,${(i + 1) * 10}.00,2026-03-0${(i % 9) + 1},C${i}`);
const csv = ['no,product,quantity,price,day,customer', ...rows, 'N10,P1,many,10.00,2026-03-01,C1', 'N11,P1,1,10.00,2026-03-01,'].join('\n');
const map = ['order_no=no', 'product=product', 'quantity=quantity', 'unit_price=price', 'ordered_at=day', 'account=customer'];

for (const [name, url] of Object.entries(databases)) describe(`classification on ${name}`, () => {
  const withServer = (work) => async () => {
    const server = await serve(url());
    try {
      const { cookie, csrf } = await server.login();
      const take = (options) => takeIn(server.port, server.admin, options, 'orders.csv', csv);
      const post = (path, body) => server.post(path, { cookie, body: { _csrf: csrf, ...body } });
      const api = (path, body, token = server.admin) => server.post(`/api/v1/${path}`, { token, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
      await work({ server, cookie, csrf, take, post, api, get: (path) => server.get(path, { cookie }) });
    } finally {
      assert.equal(await server.stop(), 0, server.log);
    }
  };
  const orders = { what: 'orders', map, create_missing: ['account', 'product'] };

  test('a file is taken in by REST, with its rejects, after a look', withServer(async ({ server, take }) => {
    const dry = await take({ ...orders, dry_run: true });
    assert.equal(dry.status, 200, dry.text);
    const looked = dry.json;
    assert.deepEqual([looked.id, looked.rows, looked.rejected, looked.created.sales_order], [null, 12, 2, 10]);
    const made = await take(orders);
    assert.equal(made.status, 202, made.text);
    assert.deepEqual([made.json.status, `/api/v1/imports/${made.json.id}`], ['queued', made.headers.location]);
    assert.equal(made.report.created.account, 10);
    assert.deepEqual([made.run.status, made.run.rejected, made.run.file_name], ['done', 2, 'orders.csv']);
    const rejects = await server.get(`${made.headers.location}/rejects`, { token: server.admin });
    assert.match(rejects.text, /N10,P1,many,10\.00,2026-03-01,C1/);
    assert.match(rejects.headers['content-disposition'], /rejects-/);
    assert.equal((await server.get(`${made.headers.location}/rejects`, { token: server.viewer })).status, 404, 'of somebody else');
    assert.equal((await server.post(`${made.headers.location}/undo`, { token: server.viewer })).status, 404, 'of somebody else');
    const undone = await server.post(`${made.headers.location}/undo`, { token: server.admin });
    assert.equal(undone.status, 200);
    const back = JSON.parse(undone.text);
    assert.ok(back.removed > 0);
    assert.equal(back.kept, 0);
    const left = await server.get('/api/v1/sales-orders?count=true', { token: server.admin });
    assert.equal(JSON.parse(left.text).count, 0, 'nothing of the import is left');
    assert.notEqual((await server.post(`${made.headers.location}/undo`, { token: server.admin })).status, 200, 'once only');
  }));

  test('what cannot be taken in is refused', withServer(async ({ server, take }) => {
    assert.equal((await take({ what: 'nothing' })).status, 404);
    assert.equal((await take({ ...orders, map: ['nothing=no'] })).status, 422);
    assert.equal((await take({ ...orders, map: [7] })).status, 422);
    assert.equal((await take({})).status, 422);
    assert.equal((await server.post('/api/v1/imports', { token: server.admin, headers: { 'content-type': 'multipart/form-data; boundary=b' }, body: '--b\r\nContent-Disposition: form-data; name="options"\r\n\r\n{"what":"orders"}\r\n--b--\r\n' })).status, 422, 'no file');
    assert.equal((await server.post('/api/v1/imports', { token: server.viewer, ...multipart({ options: JSON.stringify(orders) }, 'a.csv', csv) })).status, 403);
  }));

  test('accounts are classified by REST, and a dry run keeps nothing', withServer(async ({ server, take, api }) => {
    assert.equal((await api('classification-runs', { as_of: '2026-04-01' })).status, 422, 'no orders yet');
    await take(orders);
    const dry = await api('classification-runs', { as_of: '2026-04-01', dry_run: true });
    assert.equal(dry.status, 200, dry.text);
    assert.deepEqual(JSON.parse((await server.get('/api/v1/classification-runs?status=eq.done', { token: server.admin })).text).data, []);
    const made = await api('classification-runs', { as_of: '2026-04-01', returns: 'exclude', name: 'First' });
    assert.equal(made.status, 201, made.text);
    const found = JSON.parse(made.text);
    assert.deepEqual([found.accounts, found.revenue, found.top20_accounts], [10, '550.00', 2]);
    assert.ok(Math.abs(found.top20_share - 190 / 550) < 1e-9);
    assert.ok(Math.abs(found.gini - 0.3) < 1e-9, 'of 1..10: (n² - 1) / (3 n (n + 1) ) = 0.3');
    assert.deepEqual(Object.values(found.classes).map((one) => one.accounts), [2, 3, 3, 2]);
    const { data } = JSON.parse((await server.get('/api/v1/accounts?class=eq.A&order=name', { token: server.admin })).text);
    assert.deepEqual(data.map((one) => one.external_code ?? one.name), ['C8', 'C9']);
    assert.equal((await api('classification-runs', {}, server.viewer)).status, 403);
  }));

  test('a plan that does not fit is refused', withServer(async ({ take, api }) => {
    await take(orders);
    for (const plan of [{ indicators: ['luck'] }, { indicators: [] }, { indicators: { revenue: -1 } }, { quota: [1, 2] }, { returns: 'maybe' },
      { as_of: 'soon' }, { thresholds: ['a', 1, 1] }, { weights: 'ahp' }, { quota: [90, 90, 0, 0] }, { indicators: 7 }, { weights: 3 }])
      assert.equal((await api('classification-runs', plan)).status, 422, JSON.stringify(plan));
  }));

  test('the form previews, tells what is wrong in place, and classifies in the background', withServer(async ({ take, post, get }) => {
    await take(orders);
    const plan = { as_of: '2026-04-01', 'use.revenue': 'true', 'weight.revenue': '1', weighting: 'manual', cut: 'quota', quota_a: '20', quota_b: '30', quota_c: '30', schedule: 'monthly' };
    assert.match((await get('/classification')).text, /No classification yet/);
    const bad = await post('/classification/new', { ...plan, as_of: 'x', 'weight.revenue': '-1', quota_a: '90' });
    assert.equal(bad.status, 422);
    for (const field of ['as_of', 'quota_c']) assert.match(bad.text, new RegExp(`id="problem-${field}"`));
    assert.match(bad.text, /Write a weight of 0 or more/);
    assert.equal((await post('/classification/new', { ...plan, 'use.revenue': undefined, weighting: 'x', 'use.luck': 1 })).status, 200);
    const preview = await post('/classification/new', { ...plan, action: 'preview' });
    assert.match(preview.text, /nothing is kept/);
    const ahp = await post('/classification/new', { ...plan, weighting: 'ahp', 'use.orders': 'true', 'ahp.revenue.orders': '3' });
    assert.match(ahp.text, /Consistency ratio/);
    const queued = await post('/classification/new', { ...plan, action: 'run' });
    assert.equal(queued.status, 303, queued.text);
    const page = await until(async () => {
      const reply = await get(queued.headers.location);
      return /data-chart/.test(reply.text) && reply;
    });
    assert.match(page.text, /A key/);
    assert.match(page.text, /2026-05|2026-12|Every month/);
    assert.match((await get('/jobs')).text, /Classification<[^]*?Done/);
    const up = await get(`${queued.headers.location}&class=A&moved=new`);
    assert.match(up.text, /C9/);
    assert.doesNotMatch(up.text, />C1</);
    assert.match((await get(`${queued.headers.location}&moved=down`)).text, /No account is like that/);
    const stop = /action="(\/classification\/\d+\/stop)"/.exec(page.text)[1];
    assert.equal((await post(stop, {})).status, 303);
    assert.doesNotMatch((await get('/classification')).text, /\/stop"/);
  }));

  test('a file goes through the wizard to its result', withServer(async ({ server, cookie, csrf, post, get }) => {
    const empty = await server.post('/imports/new', { cookie, ...multipart({ _csrf: csrf, what: 'orders' }, 'a.csv', '') });
    assert.equal(empty.status, 422);
    const sent = await server.post('/imports/new', { cookie, ...multipart({ _csrf: csrf, what: 'orders' }, 'Aufträge & 1.csv', csv) });
    assert.equal(sent.status, 303, sent.text);
    const mapping = await get(sent.headers.location);
    assert.match(mapping.text, /name="col\.5"/);
    const action = /<form method="post" action="(\/imports\/\d+\/mapping)#report"/.exec(mapping.text)[1];
    const columns = Object.fromEntries(map.map((pair, i) => [`col.${['no', 'product', 'quantity', 'price', 'day', 'customer'].indexOf(pair.split('=')[1])}`, pair.split('=')[0]]));
    const body = { what: 'orders', ...columns };
    assert.equal((await post(action, { what: 'orders' })).status, 422);
    const checked = await server.post(action, { cookie, body: new URLSearchParams([['_csrf', csrf], ...Object.entries(body), ['create', 'account'], ['create', 'product'], ['action', 'check']]).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    assert.match(checked.text, /What the import would do/);
    const other = await server.login('viewer@example.com');
    assert.equal((await server.get(sent.headers.location, { cookie: other.cookie })).status, 404);
    const run = await server.post(action, { cookie, body: new URLSearchParams([['_csrf', csrf], ...Object.entries(body), ['create', 'account'], ['create', 'product'], ['action', 'run']]).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    assert.equal(run.status, 303, run.text);
    const result = await until(async () => {
      const reply = await get(run.headers.location);
      return /Undo this import/.test(reply.text) && run.headers.location;
    });
    const again = await get(action);
    assert.deepEqual([again.status, again.headers.location], [303, result], 'it has its mapping');
    const page = await get(result);
    assert.match(page.text, /<div class="figure-value">10<\/div>|<div class="figure-value">21<\/div>/);
    assert.match((await get(`${result}/rejects`)).text, /many/);
    assert.match(page.text, /Sales orders?: 10 new/);
  }));
});
