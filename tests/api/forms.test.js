// Forms while they are filled in: what lines come to is told without saving, and instants keep what no input shows. On both databases.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { close, databases, send } from '../lib/company.js';
import { apiCompany } from '../lib/api.js';

const form = { 'content-type': 'application/x-www-form-urlencoded' };

after(close);
for (const database of databases) describe(`forms on ${database.name}`, () => {
  let served, api, page, viewer, account;
  const login = async (email) => {
    const reply = await send(served.port, 'POST', '/login', { headers: form, body: `${new URLSearchParams({ email, password: 'correct horse battery' })}` });
    const cookie = reply.headers['set-cookie'].map((text) => text.split(';')[0]).join('; ');
    const get = (target) => send(served.port, 'GET', target, { headers: { cookie } });
    const csrf = /name="csrf-token" content="([^"]*)"/.exec((await get('/')).text)[1];
    return { get, post: (target, body, more = {}) => send(served.port, 'POST', target, { headers: { cookie, ...form, ...more }, body: `${new URLSearchParams({ _csrf: csrf, ...body })}` }) };
  };
  before(async () => {
    served = await apiCompany(database.url(), { roles: ['viewer'] });
    api = served.api();
    account = (await api.post('/api/v1/accounts', { name: 'Keller' })).json.id;
    page = await login('admin@example.com');
    viewer = await login('viewer@example.com');
  });
  after(() => served?.stop());

  const line = (token, fields) => Object.fromEntries(Object.entries(fields).map(([name, value]) => [`sales_order_line.${token}.${name}`, value]));
  const order = (more = {}) => ({ account, '_lines.sales_order_line': '1', ...line('n1', { description: 'Pump', quantity: '2', unit_price: '10.5' }), ...line('n2', { description: '', quantity: '', unit_price: '' }), ...line('n3', { description: 'Valve', quantity: '3', unit_price: '1' }), ...more });
  const fragment = { 'hx-request': 'true' };

  test('what the lines of an order come to is told while they are typed, and nothing is saved', async () => {
    assert.match((await page.get('/sales-orders/new')).text, /id="form-totals"[^>]*hx-post="\/sales-orders\/totals"/);
    const told = (await page.post('/sales-orders/totals', order(), fragment));
    assert.equal(told.status, 200, told.text);
    assert.match(told.text, /Total<\/span> <output>[^<]*24\.00/);
    assert.match(told.text, /<output id="o-sales_order_line\.n1\.amount" hx-swap-oob="true">[^<]*21\.00/);
    assert.match(told.text, /<output id="o-sales_order_line\.n3\.amount" hx-swap-oob="true">[^<]*3\.00/, 'of its own row, not of the blank one');
    assert.doesNotMatch(told.text, /<html/);
    const half = await page.post('/sales-orders/totals', order(line('n1', { quantity: 'many' })), fragment);
    assert.equal(half.status, 200, 'somebody is still typing');
    assert.equal((await api.get('/api/v1/sales-orders?count=true')).json.count, 0);
    assert.equal((await viewer.post('/sales-orders/totals', order(), fragment)).status, 403);
    assert.equal((await send(served.port, 'POST', '/sales-orders/totals', { headers: form, body: 'account=1' })).status, 303, 'nobody');
  });

  test('of an order that there is, and of an opportunity', async () => {
    const { json } = await api.post('/api/v1/sales-orders', { account, sales_order_line: [{ description: 'Seal', quantity: '1', unit_price: '5' }] });
    const edit = (await page.get(`/sales-orders/${json.id}/edit`)).text;
    assert.match(edit, /Total<\/span> <output>[^<]*5\.00/);
    const told = await page.post(`/sales-orders/${json.id}/totals`, { _version: '1', '_lines.sales_order_line': '1', ...line('0', { _id: json.sales_order_line[0].id, quantity: '4' }) }, fragment);
    assert.match(told.text, /Total<\/span> <output>[^<]*20\.00/);
    assert.match(told.text, /id="o-sales_order_line\.0\.amount"[^>]*>[^<]*20\.00/);
    assert.equal((await api.get(`/api/v1/sales-orders/${json.id}`)).json.total, '5.00');
    assert.equal((await viewer.post(`/sales-orders/${json.id}/totals`, {}, fragment)).status, 403);
    const product = (await api.post('/api/v1/products', { code: 'P', name: 'Pump' })).json.id;
    const deal = await page.post('/opportunities/totals', { name: 'Deal', account, '_lines.opportunity_line': '1', 'opportunity_line.n1.product': product, 'opportunity_line.n1.quantity': '3', 'opportunity_line.n1.unit_price': '7' }, fragment);
    assert.match(deal.text, /Amount<\/span> <output>[^<]*21\.00/);
  });

  test('an empty price is that of the product: told while a line is typed, saved when nothing was typed', async () => {
    const product = (await api.post('/api/v1/products', { code: 'L', name: 'Listed pump', list_price: '120.5', unit: 'set' })).json.id;
    const dollars = (await api.post('/api/v1/products', { code: 'D', name: 'Dollar pump', list_price: '7', currency: 'USD' })).json.id;
    const taken = (text) => Object.fromEntries([...text.matchAll(/data-takes="f-([^"]*)" value="([^"]*)">([^<]*)</g)].map(([, id, value, hint]) => [id, [value, hint]]));
    const typed = line('n1', { product, quantity: '2', unit_price: '', unit: '', description: '' });
    const told = (await page.post('/sales-orders/totals', { account, currency: 'CNY', '_lines.sales_order_line': '1', ...line('n0', { product: '', quantity: '', unit_price: '' }), ...typed, ...line('n2', { product: dollars, quantity: '1', unit_price: '' }), ...line('n3', { product, quantity: '1', unit_price: '5' }) }, fragment)).text;
    const takes = taken(told);
    assert.deepEqual(takes['sales_order_line.n1.unit_price'], ['120.50', '']);
    assert.deepEqual(takes['sales_order_line.n1.unit'], ['set', '']);
    assert.equal(takes['sales_order_line.n2.unit_price'][0], '');
    assert.match(takes['sales_order_line.n2.unit_price'][1], /USD.*no exchange rate for USD/);
    assert.equal(takes['sales_order_line.n3.unit_price'], undefined, 'what was typed is not taken');
    const form = (await page.get('/sales-orders/new')).text;
    assert.match(form, /name="sales_order_line\.n1\.unit_price"[^>]*placeholder="List price"/);
    assert.doesNotMatch(form, /name="sales_order_line\.n1\.unit_price"[^>]*aria-required/);
    const saved = await page.post('/sales-orders', { account, currency: 'CNY', '_lines.sales_order_line': '1', ...typed });
    assert.equal(saved.status, 303, saved.text);
    const { json } = await api.get(`/api/v1${saved.headers.location.split('?')[0]}`);
    assert.deepEqual([json.total, json.sales_order_line[0].unit], ['241.00', 'set']);
    const refused = await page.post('/sales-orders', { account, currency: 'CNY', '_lines.sales_order_line': '1', ...line('n2', { product: dollars, quantity: '1', unit_price: '' }) });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /no exchange rate for USD/);

    const deal = (await api.post('/api/v1/opportunities', { name: 'Deal', account, opportunity_line: [{ product, quantity: '3' }] })).json;
    assert.deepEqual([deal.opportunity_line[0].unit_price, deal.amount], ['120.50', '361.50']);
    await api.post('/api/v1/opportunities', { name: 'Deal', account, opportunity_line: [{ product, quantity: '3', unit_price: null }] }, { status: 422 });
    const path = `/opportunities/${deal.id}/lines/opportunity_line`;
    const asked = await page.post(`${path}/taken`, { product, quantity: '', unit_price: '' }, fragment);
    assert.equal(asked.status, 200, asked.text);
    assert.deepEqual(taken(asked.text), { unit_price: ['120.50', ''] });
    assert.equal((await page.post(`${path}/taken`, { product: 'x', unit_price: '' }, fragment)).status, 200);
    assert.equal((await viewer.post(`${path}/taken`, { product }, fragment)).status, 403);
    assert.equal((await page.post(`/opportunities/${deal.id}/lines/account/taken`, {}, fragment)).status, 404);
    assert.equal((await page.post(path, { product, quantity: '1', unit_price: '' })).status, 303);
    assert.equal((await api.get(`/api/v1/opportunities/${deal.id}`)).json.amount, '482.00');
  });

  test('an instant is shown to the minute and kept to the millisecond', async () => {
    const at = '2026-03-05T08:05:00.250Z';
    const { json } = await api.post('/api/v1/sales-orders', { account, ordered_at: at, sales_order_line: [{ description: 'Seal', quantity: '1', unit_price: '5' }] });
    const edit = (await page.get(`/sales-orders/${json.id}/edit`)).text;
    const [, shown] = /name="ordered_at" value="([^"]*)"/.exec(edit);
    assert.match(shown, /^2026-03-05T\d\d:05$/);
    assert.match(edit, /name="_shown\.ordered_at" value="2026-03-05T\d\d:05"/);
    const save = (fields) => page.post(`/sales-orders/${json.id}`, { 'ordered_at': shown, '_shown.ordered_at': shown, note: 'x', ...fields });
    assert.equal((await save({})).status, 303);
    assert.equal((await api.get(`/api/v1/sales-orders/${json.id}`)).json.ordered_at, at, 'as it was');
    assert.equal((await save({ ordered_at: shown.replace(':05', ':06') })).status, 303);
    assert.equal((await api.get(`/api/v1/sales-orders/${json.id}`)).json.ordered_at, '2026-03-05T08:06:00.000Z');
    await api.patch(`/api/v1/sales-orders/${json.id}`, { ordered_at: '2026-03-05T08:05:07.000Z' });
    assert.match((await page.get(`/sales-orders/${json.id}/edit`)).text, /name="ordered_at" value="2026-03-05T\d\d:05:07"[^>]*step="1"/);
  });
});
