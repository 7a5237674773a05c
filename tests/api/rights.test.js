// What each built-in role may do by its token, and fields that a role does not see or change.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { close, command, databases, send } from '../lib/company.js';
import { apiCompany, problems } from '../lib/api.js';
import { run } from '../lib/millwright.js';

after(close);
for (const database of databases) {
  describe(database.name, () => {
    let served, api, users;
    const account = {};
    before(async () => {
      served = await apiCompany(database.url(), { roles: ['manager', 'sales', 'service', 'marketing', 'viewer'] });
      api = served.api();
      const { json } = await api.get('/api/v1/users');
      users = Object.fromEntries(json.data.map(({ email, id }) => [email.split('@')[0], id]));
      const team = async (name, parent) => (await api.post('/api/v1/teams', { name, parent })).json.id;
      const head = await team('Head office'), north = await team('North', head), south = await team('South', head);
      for (const [user, of] of [['manager', head], ['sales', north], ['service', north], ['marketing', south]]) {
        await api.patch(`/api/v1/users/${users[user]}`, { team: of });
      }
      for (const [name, owner, of] of [['sales', users.sales, north], ['north', users.admin, north], ['south', users.marketing, south],
        ['none', users.admin, null]]) {
        account[name] = (await api.post('/api/v1/accounts', { name, owner, team: of, credit_limit: '500' })).json.id;
      }
    });
    after(() => served?.stop());

    /* Rights on accounts: own, of the team, of a team below, of nobody's team. 404: not even seen. */
    const table = {
      admin: { see: 'none north sales south', patch: { sales: 200, north: 200, south: 200, none: 200 }, create: 201, remove: { north: 204 } },
      manager: { see: 'north sales south', patch: { sales: 200, south: 200, none: 404 }, create: 201, remove: { none: 404 } },
      sales: { see: 'north sales', patch: { sales: 200, north: 200, south: 404, none: 404 }, create: 201, remove: { north: 403, south: 404 } },
      service: { see: 'none north sales south', patch: { sales: 200, north: 200, south: 403 }, create: 201, remove: { sales: 403 } },
      marketing: { see: 'none north sales south', patch: { south: 200, north: 403 }, create: 201, remove: { south: 403 } },
      viewer: { see: 'none north sales south', patch: { sales: 403, none: 403 }, create: 403, remove: { sales: 403 } },
    };
    for (const role of ['manager', 'sales', 'service', 'marketing', 'viewer', 'admin']) {
      test(role, async () => {
        const mine = served.api(role), { see, patch, create, remove } = table[role];
        const names = (await mine.get('/api/v1/accounts?order=name&name=in.(sales,north,south,none)')).json.data.map(({ name }) => name);
        assert.equal(names.join(' '), see);
        for (const [name, id] of Object.entries(account)) {
          await mine.get(`/api/v1/accounts/${id}`, { status: see.includes(name) ? 200 : 404 });
          await mine.get(`/api/v1/accounts/${id}/history`, { status: see.includes(name) ? 200 : 404 });
        }
        for (const [name, status] of Object.entries(patch)) {
          await mine.patch(`/api/v1/accounts/${account[name]}`, { note: undefined, city: role }, { status });
        }
        const reply = await mine.post('/api/v1/accounts', { name: `by ${role}` }, { status: create });
        if (create === 201) assert.equal(reply.json.owner, users[role]);
        for (const [name, status] of Object.entries(remove)) await mine.remove(`/api/v1/accounts/${account[name]}`, { status });
        const batch = await mine.post('/api/v1/accounts/batch', [{ name: 'b' }], { status: create === 201 ? 200 : 422 });
        if (create !== 201) assert.deepEqual(problems(batch), [' denied']);
        await mine.post('/api/v1/products', { code: role, name: role }, { status: ['admin', 'manager'].includes(role) ? 201 : 403 });
        await mine.get('/api/v1/roles', { status: role === 'admin' ? 200 : 403 });
        await mine.get('/api/v1/api-tokens', { status: role === 'admin' ? 200 : 403 });
        await mine.patch(`/api/v1/users/${users[role]}`, { name: 'x' }, { status: role === 'admin' ? 200 : 403 });
      });
    }

    test('a link to what one does not see is no link', async () => {
      const sales = served.api('sales');
      const refused = await sales.post('/api/v1/contacts', { name: 'x', account: account.none }, { status: 422 });
      assert.deepEqual(problems(refused), ['account not_found']);
      await sales.post('/api/v1/contacts', { name: 'x', account: account.sales });
      const { json: contact } = await api.post('/api/v1/contacts', { name: 'Hidden link', account: account.none, owner: users.sales });
      const { json: seen } = await sales.get(`/api/v1/contacts/${contact.id}?expand=account`);
      assert.equal(seen.account, account.none, 'the id stays, the record is not shown');
      assert.equal((await sales.get('/api/v1/contacts?account.name=eq.none')).json.data.length, 0);
      await sales.get(`/api/v1/accounts/${account.none}/contacts`, { status: 404 });
    });

    test('a field that a role does not see is nowhere; one that is fixed is not changed', async () => {
      const { json: roles } = await api.get('/api/v1/roles?key=eq.service');
      await api.patch(`/api/v1/roles/${roles.data[0].id}`, { role_field: [
        { entity: 'account', field: 'credit_limit', access: 'hide' }, { entity: 'account', field: 'payment_terms_days', access: 'read' },
        { entity: 'sales_order_line', field: 'cost', access: 'hide' }] });
      const { json: order } = await api.post('/api/v1/sales-orders', { account: account.sales, owner: users.service,
        sales_order_line: [{ description: 'Pump', quantity: 1, unit_price: 9, cost: 7 }] });
      await api.patch(`/api/v1/sales-orders/${order.id}`, { sales_order_line: [{ id: order.sales_order_line[0].id, cost: 8 }] });
      await api.patch(`/api/v1/accounts/${account.sales}`, { credit_limit: 501, postcode: '1' });

      const service = served.api('service'), path = `/api/v1/accounts/${account.sales}`;
      assert.ok(!('credit_limit' in (await service.get(path)).json));
      assert.ok(!('credit_limit' in (await service.get('/api/v1/accounts')).json.data[0]));
      const { json: contacts } = await service.get('/api/v1/contacts?expand=account&account.city=not.is.null');
      assert.ok(contacts.data.length > 0 && !('credit_limit' in contacts.data[0].account));
      for (const query of ['credit_limit=gt.1', 'order=credit_limit', 'fields=credit_limit', 'or=(name.eq.a,credit_limit.gt.1)']) {
        await service.get(`/api/v1/accounts?${query}`, { status: 422 });
      }
      await service.get('/api/v1/contacts?account.credit_limit=gt.1', { status: 422 });
      assert.deepEqual(problems(await service.patch(path, { credit_limit: 1 }, { status: 422 })), ['credit_limit unknown']);
      assert.deepEqual(problems(await service.patch(path, { payment_terms_days: 1 }, { status: 422 })), ['payment_terms_days read_only']);
      assert.equal((await service.patch(path, { address: 'Kai 1' })).json.address, 'Kai 1');

      const told = JSON.stringify((await service.get(`${path}/history`)).json);
      assert.ok(told.includes('postcode') && !told.includes('credit_limit'), told);
      const lines = JSON.stringify((await service.get(`/api/v1/sales-orders/${order.id}/history`)).json);
      assert.ok(lines.includes('sales_order_line') && !lines.includes('"cost"'), lines);
      assert.ok(!('cost' in (await service.get(`/api/v1/sales-orders/${order.id}`)).json.sales_order_line[0]));
      const { json: document } = await send(served.port, 'GET', '/api/v1/openapi.json', { token: served.tokens.service });
      assert.ok(!('credit_limit' in document.components.schemas.Account.properties));
      assert.ok(!('Role' in document.components.schemas));
    });

    const wrongCalls = [[['create', 'x'], 2], [['create'], 2], [['nonsense'], 2], [['create', 'x', '--user', 'nobody@example.com'], 1],
      [['create', 'x', '--user', 'admin@example.com', '--expires', 'soon'], 1], [['create', '', '--user', 'admin@example.com'], 1],
      [['create', 'x', '--user', 'admin@example.com', '--expires', '2020-01-01'], 1], [['revoke', 'x'], 1], [['revoke', '77'], 1],
      [['list', '--user', 'nobody@example.com'], 1]];
    for (const [args, expected] of wrongCalls) {
      test(`token ${args.join(' ')} is refused`, async () => {
        const { status, stdout, stderr } = await run(['token', ...args, '--db', served.db]);
        assert.deepEqual([status, stdout], [expected, ''], stderr);
        assert.match(stderr, /^millwright token: ./);
      });
    }

    test('without a token, with a false one, an ended one, one of somebody who has left', async () => {
      for (const token of [undefined, 'nonsense', `mw_${'x'.repeat(43)}`, served.tokens.viewer.toUpperCase()]) {
        const reply = await served.api('', token).get('/api/v1/accounts', { status: 401 });
        assert.equal(reply.headers['www-authenticate'], 'Bearer');
      }
      const made = JSON.parse(await command(served.db, ['token', 'create', 'short', '--user', 'viewer@example.com', '--json'])).token;
      const later = (await command(served.db, ['token', 'create', 'later', '--user', 'viewer@example.com', '--expires', '2099-12-31'])).trim();
      await served.api('', later).get('/api/v1/accounts?limit=1');
      const program = served.api('', made);
      await program.get('/api/v1/accounts');
      const tokens = JSON.parse(await command(served.db, ['token', 'list', '--user', 'viewer@example.com', '--json']));
      const short = tokens.find(({ name }) => name === 'short');
      assert.ok(made.startsWith(short.prefix) && short.user.length > 0 && short.expires_at === null);
      assert.ok(!JSON.stringify(tokens).includes(made));
      assert.match(await command(served.db, ['token', 'list']), /short/);
      await command(served.db, ['token', 'revoke', short.id]);
      await program.get('/api/v1/accounts', { status: 401 });
      await command(served.db, ['user', 'disable', 'viewer@example.com']);
      await served.api('viewer').get('/api/v1/accounts', { status: 401 });
    });
  });
}
