// Favourites, saved views as a user has them, and likely duplicates by REST; on both databases. Every reply is held against
// the OpenAPI document.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { close, databases, send } from '../lib/company.js';
import { apiCompany, problems } from '../lib/api.js';
import { until } from '../lib/server.js';

after(close);
for (const database of databases) {
  describe(database.name, () => {
    let served, admin, sales, other;
    before(async () => {
      served = await apiCompany(database.url(), { roles: ['sales', 'viewer'] });
      [admin, sales, other] = ['admin', 'sales', 'viewer'].map((role) => served.api(role));
    });
    after(() => served?.stop());
    const make = async (client, name, more = {}) => (await client.post('/api/v1/accounts', { name, ...more })).json.id;

    test('what is marked is listed, the newest first, and only to who marked it', async () => {
      const ids = [await make(admin, 'Marked first'), await make(admin, 'Marked second')];
      const marks = async (client) => (await client.get('/api/v1/favourites')).json.data;
      for (const id of ids) await admin.post(`/api/v1/accounts/${id}/favourite`, undefined, { status: 204 });
      await admin.post(`/api/v1/accounts/${ids[0]}/favourite`, undefined, { status: 204 }); // again: it stays where it is
      assert.deepEqual((await marks(admin)).map(({ entity, id, title }) => [entity, id, title]),
        [['account', ids[1], 'Marked second'], ['account', ids[0], 'Marked first']]);
      assert.deepEqual(await marks(other), []);
      await admin.remove(`/api/v1/accounts/${ids[1]}/favourite`);
      await admin.remove(`/api/v1/accounts/${ids[1]}/favourite`);
      assert.deepEqual((await marks(admin)).map(({ id }) => id), [ids[0]]);
      await admin.remove(`/api/v1/accounts/${ids[0]}`);
      assert.deepEqual(await marks(admin), [], 'what was deleted is not shown');
      await admin.post(`/api/v1/accounts/${ids[0]}/restore`, undefined, { status: 200 });
      assert.equal((await marks(admin)).length, 1);
      await admin.remove(`/api/v1/accounts/${ids[0]}/favourite`);
    });

    test('nobody marks what he may not read, and nobody keeps more than 200', async () => {
      const hidden = await make(admin, 'Not for sales');
      await sales.post(`/api/v1/accounts/${hidden}/favourite`, undefined, { status: 404 });
      const { json } = await sales.post('/api/v1/leads/batch', Array.from({ length: 201 }, (_, i) => ({ company: `Lead ${i}` })), { status: 200 });
      const ids = json.data.map(({ id }) => id);
      for (const id of ids.slice(0, 200)) await sales.post(`/api/v1/leads/${id}/favourite`, undefined, { status: 204 });
      await sales.post(`/api/v1/leads/${ids[200]}/favourite`, undefined, { status: 409 });
      assert.equal((await sales.get('/api/v1/favourites')).json.data.length, 200);
      await sales.post(`/api/v1/leads/${ids[0]}/favourite`, undefined, { status: 204 });
      for (const id of ids.slice(0, 200)) await sales.remove(`/api/v1/leads/${id}/favourite`);
    });

    test('a merged record leaves its star to the one that stays', async () => {
      const ids = [await make(admin, 'Star stays'), await make(admin, 'Star goes')];
      await admin.post(`/api/v1/accounts/${ids[1]}/favourite`, undefined, { status: 204 });
      await admin.post('/api/v1/accounts/merge', { ids, survivor: ids[0] }, { status: 200 });
      assert.deepEqual((await admin.get('/api/v1/favourites')).json.data.map(({ id }) => id), [ids[0]]);
      const old = await admin.get(`/api/v1/accounts/${ids[1]}`, { status: 307 }); // as the document says
      assert.equal(old.headers.location, `/api/v1/accounts/${ids[0]}`);
    });

    describe('views', () => {
      const view = async (client, name, more = {}) =>
        (await client.post('/api/v1/saved-views', { name, entity: 'contact', filter: 'departed=eq.false', ...more })).json.id;
      const views = async (client) => (await client.get('/api/v1/contacts/views')).json.data;
      const order = (client, body, status = 200) => client.post('/api/v1/contacts/views', body, { status });
      const first = async (client) => (await views(client)).filter(({ initial }) => initial).map(({ name }) => name);

      test('stand in an order of one’s own, and one of them first', async () => {
        const a = await view(admin, 'A', { shared: true }), b = await view(sales, 'B'), c = await view(sales, 'C', { initial: true });
        assert.deepEqual((await views(sales)).map(({ name, mine, shared }) => [name, mine, shared]),
          [['A', false, true], ['B', true, false], ['C', true, false]]);
        assert.deepEqual(await first(sales), ['C']);
        const { json } = await order(sales, { order: [c, a], initial: a });
        assert.deepEqual(json.data.map(({ name, initial }) => [name, initial]), [['C', false], ['A', true], ['B', false]]);
        assert.deepEqual((await views(admin)).map(({ name, initial }) => [name, initial]), [['A', false]], 'of nobody else');
        await sales.patch(`/api/v1/saved-views/${b}`, { initial: true }); // however it is said, there is one
        assert.deepEqual(await first(sales), ['B']);
        await order(sales, { order: [b, c, a], initial: b });
        assert.deepEqual([await first(sales), (await views(sales)).map(({ name }) => name)], [['B'], ['B', 'C', 'A']]);
        await order(sales, { order: [b, c, a] });
        assert.deepEqual(await first(sales), []);
        await admin.remove(`/api/v1/saved-views/${a}`);
        assert.deepEqual((await views(sales)).map(({ name }) => name), ['B', 'C']);
      });

      test('are renamed; what does not fit is told', async () => {
        const mine = await view(sales, 'Old name'), theirs = await view(admin, 'Theirs');
        await sales.patch(`/api/v1/saved-views/${mine}`, { name: 'New name' });
        assert.ok((await views(sales)).some(({ name }) => name === 'New name'));
        await sales.patch(`/api/v1/saved-views/${theirs}`, { name: 'Mine now' }, { status: 404 });
        assert.deepEqual(problems(await order(sales, { order: [theirs], initial: '12', more: 1 }, 422)), ['more unknown']);
        assert.deepEqual(problems(await order(sales, { order: [theirs], initial: '12' }, 422)), ['order not_found', 'initial not_found']);
        assert.deepEqual(problems(await order(sales, { order: [mine, mine] }, 422)), ['order not_found']);
        assert.deepEqual(problems(await order(sales, { order: 'x', initial: 'y' }, 422)), ['order not_a_list', 'initial not_an_id']);
      });
    });

    test('columns have sums of what is listed, weighted ones too, in base currency and as far as the reader may see', async () => {
      const page = async (path, role = 'admin') => (await send(served.port, 'GET', path, { token: served.tokens[role] })).text;
      await admin.post('/api/v1/currency-rates', { currency: 'EUR', valid_from: '2020-01-01', rate: '8' });
      for (const [name, amount, probability, currency] of [['Sum one', '1000.00', 40, 'CNY'], ['Sum two', '100.00', 10, 'EUR'], ['Another', '7777.00', 50, 'CNY']])
        await admin.post('/api/v1/opportunities', { name, amount, probability, currency });
      const sums = async (path, role) => Object.fromEntries([...(await page(path, role)).matchAll(/id="sum-(\w+)"[^>]*>([^<]*)</g)].map(([, name, text]) => [name, text.replace(/[^0-9.]/g, '')]));
      assert.deepEqual(await sums('/opportunities/total?name=like.Sum*'), { amount: '1800.00', weighted: '480.00' });
      assert.deepEqual(await sums('/opportunities/total?name=like.Sum*&columns=name,weighted'), { weighted: '480.00' });
      assert.deepEqual(await sums('/opportunities/total?name=like.Sum*', 'sales'), { amount: '0.00', weighted: '0.00' }, 'deals of others');
      assert.deepEqual(await sums('/opportunities/total?name=eq.nothing'), { amount: '0.00', weighted: '0.00' });
    });

    test('list, board and calendar keep the filter, the words and the view', async () => {
      const page = async (path) => (await send(served.port, 'GET', path, { token: served.tokens.admin })).text;
      const places = async (path) => [...(await page(path)).matchAll(/class="places-item[^"]*" href="([^"]*)"/g)].map(([, href]) => href.replaceAll('&amp;', '&'));
      const asked = 'outcome=eq.open&name=like.Sum*&q=sum';
      for (const from of ['', '/board']) assert.deepEqual((await places(`/opportunities${from}?${asked}`)).slice(0, 2), [`/opportunities?${asked}`, `/opportunities/board?${asked}`]);
      const board = await page(`/opportunities/board?${asked}`);
      assert.ok(board.includes('Sum one') && !board.includes('Another'));
      assert.ok((await places('/activities?type=eq.call')).every((href) => href.includes('type=eq.call')));
    });

    test('duplicates are searched, listed, parted and merged by REST', async () => {
      const groups = async (client = admin, status = 200) => (await client.get('/api/v1/leads/twins', { status })).json;
      assert.deepEqual((await groups()).search, { status: 'never', at: null });
      const lead = async (company, more) => (await admin.post('/api/v1/leads', { company, ...more })).json.id;
      const same = [await lead('Keller AG', { email: 'a@keller.example' }), await lead('Keller', { email: 'a@keller.example' })];
      const alike = [await lead('One', { phone: '0512-11112222' }), await lead('Two', { phone: '(0512) 1111 2222' })];
      await sales.post('/api/v1/leads/twins/search', undefined, { status: 403 });
      await other.get('/api/v1/leads/twins', { status: 403 });
      const started = await Promise.all([1, 2, 3].map(() => send(served.port, 'POST', '/api/v1/leads/twins/search', { token: served.tokens.admin })));
      assert.equal(started.filter(({ status }) => status === 202).length + started.filter(({ status }) => status === 409).length, 3);
      assert.ok(started.some(({ status }) => status === 202));
      const { data } = await until(async () => { const found = await groups(); return found.search.status === 'done' && found; });
      const of = (ids) => data.find((group) => group.ids.includes(ids[0]));
      assert.deepEqual([[...of(same).ids].sort(), of(same).reasons], [same, ['company', 'email']]);
      assert.deepEqual(of(alike).reasons, ['phone']);
      assert.match(of(alike).text, /Phone/);
      assert.deepEqual(problems(await admin.post('/api/v1/leads/twins/part', { ids: [alike[0]] }, { status: 422 })), ['ids not_a_list']);
      await admin.post('/api/v1/leads/twins/part', { ids: [alike[0], '123'] }, { status: 404 });
      await admin.post('/api/v1/leads/twins/part', { ids: alike }, { status: 204 });
      await admin.post('/api/v1/leads/merge', { ids: same, survivor: same[0] }, { status: 200 });
      const left = ({ data: found }) => found.filter(({ ids }) => [...same, ...alike].some((id) => ids.includes(id)));
      assert.deepEqual(left(await groups()), []);
      await admin.post('/api/v1/leads/twins/search', undefined, { status: 202 });
      const again = await until(async () => { const found = await groups(); return found.search.status === 'done' && found; });
      assert.deepEqual(left(again), [], 'what was parted is not offered again');
    });
  });
}
