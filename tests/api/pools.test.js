// Open pools and the conversion of leads: pages and REST; who takes what, what is hidden, what is told; on both databases.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { close, databases, send } from '../lib/company.js';
import { apiCompany } from '../lib/api.js';
import { postgres, postgresUrl, serve, sqliteUrl } from '../lib/server.js';

after(close);
for (const database of databases) {
  describe(`pools by REST on ${database.name}`, () => {
    let served, api, seller, users, pool;
    before(async () => {
      served = await apiCompany(database.url(), { roles: ['sales', 'manager'] });
      api = served.api();
      seller = served.api('sales');
      users = Object.fromEntries((await api.get('/api/v1/users')).json.data.map(({ email, id }) => [email.split('@')[0], id]));
      ({ json: pool } = await api.post('/api/v1/pools', { name: 'Leads for all', holds: 'lead', picks_per_day: 2, capacity: 5, hidden: ['phone', 'need'],
        pool_rule: [{ rule: 'idle', days: 30, rating: 'hot' }, { rule: 'idle', days: 10 }] }));
    });
    after(() => served?.stop());
    const codes = ({ errors }) => errors.map(({ field, code }) => `${field} ${code}`);
    const act = (path, body, status = 200, client = api) => client.post(path, body, { status }).then(({ json }) => json);
    const lead = async (company) => {
      const { json: { id } } = await api.post('/api/v1/leads', { company, phone: '0592 5363891', need: 'Pumps' });
      await act(`/api/v1/leads/${id}/return`, { pool: pool.id, reason: 'For whoever has time' });
      return id;
    };

    test('a lead is put, seen with less, picked up to the limit, assigned and returned', async () => {
      const ids = [await lead('Keller'), await lead('Roth'), await lead('Vogel')];
      const { json: seen } = await seller.get(`/api/v1/leads/${ids[0]}`);
      assert.deepEqual([seen.company, seen.phone, seen.need, seen.owner, seen.pool], ['Keller', null, null, null, pool.id]);
      const { json: full } = await served.api('manager').get(`/api/v1/leads/${ids[0]}`);
      assert.equal(full.need, 'Pumps');
      const found = async (query) => (await seller.get(`/api/v1/leads?${query}`)).json.data.length;
      assert.equal(await found(`pool=eq.${pool.id}`), 3);
      assert.equal(await found('need=like.*Pumps*'), 0);
      assert.equal(await found('phone=not.is.null'), 0);
      assert.ok(!JSON.stringify((await seller.get(`/api/v1/leads/${ids[0]}/history`)).json).includes('Pumps'));
      await seller.get('/api/v1/leads?order=phone', { status: 422 });
      await seller.patch(`/api/v1/leads/${ids[0]}`, { company: 'Mine' }, { status: 403 });

      const path = (id, verb) => `/api/v1/leads/${id}/${verb}`;
      assert.equal((await act(path(ids[0], 'pick'), {}, 200, seller)).owner, users.sales);
      await act(path(ids[0], 'pick'), {}, 409, seller);
      assert.equal((await act(path(ids[1], 'pick'), { reason: 'I know them' }, 200, seller)).need, 'Pumps');
      const over = await act(path(ids[2], 'pick'), {}, 422, seller);
      assert.deepEqual(codes(over), ['pool limit']);
      assert.match(over.errors[0].message, /2 of 2/);
      await act(path(ids[2], 'assign'), { owner: users.sales, reason: 'His region' }, 403, seller);
      assert.deepEqual(codes(await act(path(ids[2], 'assign'), { owner: 'x', reason: 'His region' }, 422)), ['owner not_an_id']);
      assert.deepEqual(codes(await act(path(ids[2], 'assign'), { owner: users.sales }, 422)), ['reason required']);
      assert.equal((await act(path(ids[2], 'assign'), { owner: users.sales, reason: 'His region' })).owner, users.sales);
      assert.deepEqual(codes(await act(path(ids[2], 'return'), {}, 422, seller)), ['reason required']);
      assert.equal((await act(path(ids[2], 'return'), { reason: 'No budget' }, 200, seller)).owner, null);
      await act(path(ids[2], 'return'), { reason: 'No budget' }, 409, seller);
      await act('/api/v1/leads/1/pick', {}, 404, seller);
      await act(path(ids[2], 'pick'), { nothing: 1 }, 422, seller);
      const { json: moves } = await seller.get(`/api/v1/pool-moves?lead=eq.${ids[2]}&order=created_at`);
      assert.deepEqual(moves.data.map(({ action, reason }) => `${action}: ${reason}`).sort(),
        ['assigned: His region', 'returned: For whoever has time', 'returned: No budget']);
      await api.post('/api/v1/pool-moves', { reason: 'x' }, { status: 403 });
    });

    test('of many who pick one lead at once, one gets it', async () => {
      const id = await lead('Wanted');
      const { json: other } = await api.post('/api/v1/pools', { name: 'Other', holds: 'lead' });
      await act(`/api/v1/leads/${id}/assign`, { owner: users.admin, reason: 'x' });
      await act(`/api/v1/leads/${id}/return`, { pool: other.id, reason: 'x' });
      const pick = (role) => send(served.port, 'POST', `/api/v1/leads/${id}/pick`, { token: served.tokens[role], body: {} });
      const replies = await Promise.all(['sales', 'manager', 'admin', 'sales', 'manager', 'admin'].map(pick));
      assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 409, 409, 409, 409, 409]);
    });

    test('a pooled lead is not converted, a pool that holds something is not deleted', async () => {
      const id = await lead('Later');
      await act(`/api/v1/leads/${id}/convert`, {}, 409);
      await api.remove(`/api/v1/pools/${pool.id}`, { status: 409 });
      await api.post('/api/v1/pools', { name: 'Bad', holds: 'lead', pool_rule: [{ rule: 'contract', days: 1 }] }, { status: 422 });
      await api.patch(`/api/v1/leads/${id}`, { status: 'disqualified' }, { status: 422 });
    });
  });
}

for (const [name, url] of Object.entries({ sqlite: sqliteUrl, ...(postgres && { postgresql: postgresUrl }) })) {
  describe(`pages of pools on ${name}`, () => {
    let server, admin, seller, pool;
    const api = async (method, path, body) => {
      const reply = await server.request(method, `/api/v1/${path}`, { token: server.admin, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
      assert.ok(reply.status < 300, `${path}: ${reply.status} ${reply.text}`);
      return reply.text ? JSON.parse(reply.text) : null;
    };
    const as = async (...who) => {
      const { cookie, csrf } = await server.login(...who);
      const form = (body) => new URLSearchParams([['_csrf', csrf], ...Object.entries(body)]).toString();
      return {
        get: (path, headers = { 'HX-Request': 'true' }) => server.get(path, { cookie, headers }),
        post: (path, body = {}) => server.post(path, { cookie, body: form(body), headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
      };
    };
    before(async () => {
      server = await serve(url());
      const { data: [role] } = await api('GET', 'roles?key=eq.sales');
      const { data: [viewer] } = await api('GET', 'users?email=eq.viewer@example.com');
      await api('PATCH', `users/${viewer.id}`, { user_role: [{ role: role.id }] });
      pool = await api('POST', 'pools', { name: 'Sea', holds: 'lead', picks_per_day: 2, hidden: ['phone'] });
      admin = await as();
      seller = await as('viewer@example.com');
    });
    after(async () => assert.equal(await server?.stop(), 0));
    const lead = async (more) => {
      const { id } = await api('POST', 'leads', { phone: '0592 5363891', ...more });
      await api('POST', `leads/${id}/return`, { pool: pool.id, reason: 'Free' });
      return id;
    };

    test('the pool is a list with buttons; what is picked goes, what is not is told', async () => {
      const ids = [await lead({ company: 'Keller Pumpen' }), await lead({ company: 'Roth' }), await lead({ company: 'Vogel' })];
      assert.match((await seller.get('/open-pool')).text, /0 of 2 picked today/);
      const list = await seller.get(`/leads?pool=eq.${pool.id}`);
      assert.match(list.text, /name="_one" value="\d+" formaction="\/leads\/pool">/);
      assert.match(list.text, /2 more/);
      assert.ok(!list.text.includes('value="assign"'), 'no manager');
      assert.match((await admin.get(`/leads?pool=eq.${pool.id}`)).text, /value="assign"/);
      const page = await seller.get(`/leads/${ids[0]}`);
      assert.doesNotMatch(page.text, /class="fact-edit"|\/edit"/, 'nothing is offered that would be refused');
      assert.match(page.text, /In the open pool/);
      assert.ok(!page.text.includes('5363891') && !page.text.includes(`/leads/${ids[0]}/edit`));
      const picked = await seller.post('/leads/pool', { _action: 'pick', _one: ids[0] });
      assert.equal(picked.headers.location, `/leads/${ids[0]}?_done=picked`);
      assert.match((await seller.get(`/leads/${ids[0]}`)).text, /5363891/);
      assert.match((await seller.get(`/leads/${ids[0]}`)).text, /class="fact-edit"/);
      const list2 = await server.post('/leads/pool', {});
      assert.ok(list2.status >= 300, 'nobody');
      const some = await seller.post('/leads/pool', { _action: 'pick', _id: ids[0] });
      assert.equal(some.status, 409);
      assert.match(some.text, /yours already/);
      assert.equal((await seller.post('/leads/pool', { _action: 'pick', _id: ids[1] })).status, 303);
      const spent = await seller.post('/leads/pool', { _action: 'pick', _id: ids[2] });
      assert.match(spent.text, /2 of 2 for today/);
      assert.match(spent.text, /Back to the open pool/);
      assert.match((await seller.get(`/leads?pool=eq.${pool.id}`)).text, /name="_one" value="\d+" formaction="\/leads\/pool" disabled title="You have picked/);
      assert.match((await seller.get(`/leads/${ids[2]}`)).text, /name="_one" value="\d+" disabled/);
      assert.equal((await seller.post('/leads/pool', { _action: 'assign', _id: ids[2], reason: 'x' })).status, 403);
      assert.equal((await seller.post('/leads/pool', { _action: 'fly', _id: ids[2] })).status, 404);
      assert.equal((await seller.post('/contacts/pool', { _id: ids[2] })).status, 404);
      const form = await seller.get(`/leads/pool?_action=return&_id=${ids[1]}`);
      assert.match(form.text, /name="reason"/);
      const without = await seller.post('/leads/pool', { _action: 'return', _id: ids[1], pool: pool.id });
      assert.equal(without.status, 422);
      assert.match(without.text, /Say why/);
      assert.equal((await seller.post('/leads/pool', { _action: 'return', _id: ids[1], pool: pool.id, reason: 'No need' })).status, 303);
      assert.match((await seller.get(`/leads/${ids[1]}?tab=pool_move.lead`)).text, /No need/);
    });

    test('a lead is converted to what is there, or disqualified with a reason', async () => {
      const account = await api('POST', 'accounts', { name: '厦门钨业股份有限公司' });
      const { id } = await api('POST', 'leads', { company: '福建省厦门钨业', person: '王芳' });
      const { id: same } = await api('POST', 'leads', { company: '厦门钨业有限公司' });
      const page = await admin.get(`/leads/${same}/convert`);
      assert.match(page.text, /same name/);
      assert.ok(!page.text.includes('value="new"'), 'no twin of a sure match');
      for (const name of ['amount', 'currency', 'close_on', 'process', 'product'])
        assert.ok(page.text.includes(`name="opportunity.${name}"`), name);
      const wrong = await admin.post(`/leads/${same}/convert`, { account: account.id, opportunity: '1', name: 'New mill', 'opportunity.amount': 'much' });
      assert.equal(wrong.status, 422);
      assert.match(wrong.text, /id="f-opportunity\.amount-note"[^>]*>[^<]+|invalid-feedback/);
      const made = await admin.post(`/leads/${same}/convert`, { account: account.id, opportunity: '1', name: 'New mill' });
      assert.match(made.headers.location, /^\/opportunities\/\d+\?_done=converted$/);
      assert.equal((await api('GET', `leads/${same}`)).account, account.id);
      assert.equal((await admin.get(`/leads/${same}/convert`)).headers.location, made.headers.location, 'once');
      assert.equal((await admin.post(`/leads/${id}/convert`, { account: 'other' })).status, 422);
      assert.equal((await admin.post(`/leads/${id}/disqualify`, {})).status, 422);
      assert.equal((await admin.post(`/leads/${id}/disqualify`, { disqualified_because: 'No budget' })).status, 303);
      assert.equal((await api('GET', `leads/${id}`)).disqualified_because, 'No budget');
      assert.equal((await admin.get('/leads/1/convert')).status, 404);
    });

    test('while typing: leads and accounts alike, by name, sound, phone, domain and code; no name of what is not seen', async () => {
      await api('POST', 'accounts', { name: '苏州恒力泵业有限公司', email: 'info@hengli-pump.example', credit_code: '91350200612033399C' });
      await api('POST', 'leads', { company: 'Acme Pumps Co., Ltd.', phone: '0512 6555 4321' });
      const twins = async (query, who = admin, kind = 'lead') => (await who.get(`/duplicates/${kind}?${new URLSearchParams(query)}`)).text;
      assert.match(await twins({ company: '恒力泵业（苏州）有限公司' }), /^\s*$/);
      assert.match(await twins({ company: '苏州恒力泵业' }), /苏州恒力泵业有限公司.*same name/s);
      assert.match(await twins({ company: '苏州恒利泵业' }), /苏州恒力泵业有限公司.*sounds the same/s);
      assert.match(await twins({ company: '苏州恒力' }), /begins the same/);
      assert.match(await twins({ email: 'wang@hengli-pump.example' }), /same mail domain/);
      assert.match(await twins({ credit_code: '91350200612033399c' }), /same credit code/);
      assert.match(await twins({ phone: '0512-65554321' }, admin, 'account'), /Acme Pumps.*same phone/s);
      assert.match(await twins({ name: 'ACME PUMPS' }, admin, 'account'), /Acme Pumps/);
      const hidden = await twins({ company: '苏州恒力泵业' }, seller);
      assert.match(hidden, /held by a colleague/);
      assert.ok(!hidden.includes('有限公司'));
    });
  });
}
