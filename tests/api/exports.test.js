// Whole lists as files by REST and by page: the filters, order and fields of lists, the right to export and those on fields.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { close, databases, send } from '../lib/company.js';
import { apiCompany, problems } from '../lib/api.js';

const lines = (reply) => reply.text.replace(/^\ufeff/, '').trimEnd().split('\r\n');

after(close);
for (const database of databases) describe(`exports on ${database.name}`, () => {
  let served, api;
  before(async () => {
    served = await apiCompany(database.url(), { roles: ['viewer', 'sales'] });
    api = served.api();
    const many = Array.from({ length: 1200 }, (_, i) => ({ name: `Account ${i}`, external_code: `C${String(i).padStart(4, '0')}`, type: i % 2 ? 'dealer' : 'oem', phone: `0592-55${i}` }));
    await api.post('/api/v1/accounts/batch', many.slice(0, 1000), { status: 200 });
    await api.post('/api/v1/accounts/batch', many.slice(1000), { status: 200 });
  });
  after(() => served?.stop());

  test('CSV has every record of the list, in its order, with the asked fields', async () => {
    const reply = await api.get('/api/v1/accounts/export?type=eq.dealer&order=-external_code&fields=external_code,name');
    assert.match(reply.type, /^text\/csv/);
    assert.match(reply.headers['content-disposition'], /Accounts\.csv/);
    const rows = lines(reply);
    assert.deepEqual(rows.slice(0, 3), ['external_code,name', 'C1199,Account 1199', 'C1197,Account 1197']);
    assert.equal(rows.length, 601);
    assert.equal(lines(await api.get('/api/v1/accounts/export?q=Account 1150')).length, 2);
    assert.equal(lines(await api.get('/api/v1/accounts/export?deleted=only')).length, 1, 'the header');
    assert.match(lines(await api.get('/api/v1/accounts/export?labels=true&fields=type&external_code=eq.C0001'))[1], /^Dealer$/);
  });

  test('what is exported raw can be taken in again', async () => {
    const [header, row] = lines(await api.get('/api/v1/accounts/export?fields=external_code,name,type&external_code=eq.C0007'));
    assert.deepEqual([header, row], ['external_code,name,type', 'C0007,Account 7,dealer']);
  });

  test('a workbook is one', async () => {
    const reply = await api.get('/api/v1/accounts/export?format=xlsx&external_code=eq.C0001');
    assert.match(reply.type, /spreadsheetml/);
    assert.equal(reply.text.slice(0, 2), 'PK');
  });

  test('what does not fit is refused, with the field named', async () => {
    const refused = async (query) => problems(await api.get(`/api/v1/accounts/export?${query}`, { status: 422 })).join();
    assert.match(await refused('nofield=eq.1'), /^nofield /);
    assert.match(await refused('type=eq.nonsense'), /^type /);
    assert.match(await refused('fields=name,nofield'), /^fields unknown/);
    assert.match(await refused('format=pdf'), /^format /);
    assert.match(await refused('labels=maybe'), /^labels /);
    assert.match(await refused('order=nofield'), /^order /);
    assert.match(await refused('limit=5'), /^limit /, 'an export has no pages');
    await api.get('/api/v1/accounts/export?lines=true', { status: 422 }); // they have none
  });

  test('by page, a condition that does not fit refuses the export', async () => {
    const login = await send(served.port, 'POST', '/login', { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'email=admin@example.com&password=correct+horse+battery' });
    const cookie = login.headers['set-cookie'].map((text) => text.split(';')[0]).join('; ');
    const get = (query) => send(served.port, 'GET', `/accounts/export?_format=csv&${query}`, { headers: { cookie } });
    assert.equal(lines(await get('type=eq.dealer')).length, 601);
    const refused = await get('type=eq.nonsense');
    assert.equal(refused.status, 422);
    assert.match(refused.text, /type/);
  });

  test('without the right to export there is no file, and hidden fields are in none', async () => {
    await served.api('viewer').get('/api/v1/accounts/export', { status: 403 });
    const role = (await api.get('/api/v1/roles?key=eq.sales')).json.data[0];
    await api.patch(`/api/v1/roles/${role.id}`, { role_field: [{ entity: 'account', field: 'phone', access: 'hide' }] });
    const sales = served.api('sales');
    await sales.post('/api/v1/accounts', { name: 'Mine', external_code: 'S1' });
    const rows = lines(await sales.get('/api/v1/accounts/export'));
    assert.ok(rows.length > 1);
    assert.doesNotMatch(rows[0], /phone/);
    await sales.get('/api/v1/accounts/export?fields=phone', { status: 422 });
    await sales.get('/api/v1/accounts/export?phone=like.0592*', { status: 422 });
  });

  test('whoever reads slowly holds up nobody, and gets all of it in the end', { timeout: 120000 }, async () => {
    const long = 'x'.repeat(9000), path = '/api/v1/products/export?fields=code,description';
    await api.post('/api/v1/products/batch', Array.from({ length: 1000 }, (_, i) => ({ code: `L${i}`, name: `Long ${i}`, description: long })), { status: 200 });
    // More than there are workers, each with more than sockets take by themselves.
    const slow = await Promise.all(Array.from({ length: 6 }, () => new Promise((resolve, reject) => {
      const socket = net.connect(served.port, '127.0.0.1', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${served.tokens.admin}\r\nConnection: close\r\n\r\n`));
      socket.once('readable', () => resolve(socket)).once('error', reject);
    })));
    await api.post('/api/v1/products', { code: 'after', name: 'Written meanwhile' });
    assert.equal(lines(await api.get(`${path}&code=eq.after`)).length, 2);
    let size = 0;
    for await (const piece of slow[0]) size += piece.length;
    assert.ok(size > 9e6, `${size} bytes`);
    for (const socket of slow) socket.destroy();
  });
});
