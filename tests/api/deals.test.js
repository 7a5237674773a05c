// What a salesperson meets around deals: processes and pools of a new company, look-ups that know the rest of the form,
// dialogues, lines added in place, ages in lists, the funnel by stage, and what lies in a pool given with a reason; on both
// databases.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { close, databases, send } from '../lib/company.js';
import { apiCompany } from '../lib/api.js';

after(close);
for (const database of databases) {
  describe(database.name, () => {
    let served, api, users;
    const page = (path, role = 'admin', headers) => send(served.port, 'GET', path, { token: served.tokens[role], headers });
    const post = (path, form, role = 'admin', headers) => send(served.port, 'POST', path, { token: served.tokens[role],
      body: new URLSearchParams(form).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } });
    const make = async (path, body, client = api) => (await client.post(`/api/v1/${path}`, body)).json;
    const htmx = { 'hx-request': 'true' };
    before(async () => {
      served = await apiCompany(database.url(), { roles: ['sales', 'manager', 'viewer'] });
      api = served.api();
      users = Object.fromEntries((await api.get('/api/v1/users')).json.data.map(({ email, id }) => [email.split('@')[0], id]));
    });
    after(() => served?.stop());

    test('a new company has a process for each type of sale and a pool for leads and for accounts, all its own', async () => {
      const { json: { data: processes } } = await api.get('/api/v1/sales-processes?order=id');
      assert.deepEqual(processes.map(({ type, name, is_default }) => `${type} ${name} ${is_default}`),
        ['project Project sale true', 'framework Framework agreement false', 'spare_parts Spare parts false', 'repeat Repeat business false']);
      const { json: { data: pools } } = await api.get('/api/v1/pools?order=id');
      assert.deepEqual(pools.map(({ name, holds, notice_days }) => `${name} ${holds} ${notice_days}`), ['Pool of leads lead 3', 'Pool of accounts account 3']);
      const { json: changed } = await api.patch(`/api/v1/pools/${pools[1].id}`, { name: 'Ours', pool_rule: [] });
      assert.deepEqual([changed.name, changed.pool_rule.length], ['Ours', 0]);
      await api.remove(`/api/v1/pools/${pools[1].id}`, { status: 204 });
      assert.match((await page('/open-pool', 'sales')).text, /Pool of leads/);
    });

    test('a deal follows the process of its type; a look-up offers its stages alone, and people of the account first', async () => {
      const deal = await make('opportunities', { name: 'Spares', process: '3' });
      const { json: spares } = await api.get('/api/v1/sales-processes/3');
      assert.equal(deal.stage, spares.stage[0].id);
      const offered = async (path) => (await page(path)).json.map(({ text }) => text);
      assert.deepEqual(await offered('/lookup/stage?within=process.3'), spares.stage.map(({ name }) => name));
      assert.deepEqual(await offered('/lookup/stage?within=process.99'), []);
      const form = (await page('/opportunities/new')).text;
      assert.match(form, /name="stage" data-lookup="\/lookup\/stage" data-within="process:f-process:\d+"/);
      assert.match(form, /name="contact" data-lookup="\/lookup\/contact" data-near="account:f-account:0"/);

      const [keller, roth] = [await make('accounts', { name: 'Keller' }), await make('accounts', { name: 'Roth' })];
      for (let i = 0; i < 25; i++) await make('contacts', { name: `Aa ${i}`, account: roth.id });
      await make('contacts', { name: 'Zz Keller', account: keller.id });
      const near = await offered(`/lookup/contact?near=account.${keller.id}`);
      assert.deepEqual([near[0], near.length], ['Zz Keller', 20]);
      assert.equal(new Set(near).size, 20, 'nobody twice');
      assert.deepEqual(await offered(`/lookup/contact?near=account.${keller.id}&q=Zz`), ['Zz Keller']);
      assert.equal((await offered('/lookup/contact?near=nothing.5')).length, 20);
      const gate = (await page(`/opportunities/${(await make('opportunities', { name: 'Gate', account: keller.id })).id}/move?_to=4`)).text;
      assert.match(gate, new RegExp(`data-lookup="/lookup/contact\\?near=account.${keller.id}"`));
    });

    test('a loss asks for its reason, and complains only once somebody has tried without', async () => {
      const { id } = await make('opportunities', { name: 'Lost' });
      const lost = (await api.get('/api/v1/sales-processes/1')).json.stage.find(({ kind }) => kind === 'lost').id;
      const field = (text) => /<div class="form-field">\s*<div class="form-field-head"><label class="form-label" for="f-reason">[\s\S]*?<\/select>[\s\S]*?<\/div>/.exec(text)[0];
      for (const first of [await page(`/opportunities/${id}/move?_to=${lost}`), await post(`/opportunities/${id}/move`, { _to: lost, _version: '1' }, 'admin', htmx)]) {
        assert.match(field(first.text), /class="must"/);
        assert.doesNotMatch(first.text, /is-invalid|Say why it was lost/);
      }
      const again = await post(`/opportunities/${id}/move`, { _to: lost, _version: '1', _asked: '1' }, 'admin', htmx);
      assert.equal(again.status, 422);
      assert.match(field(again.text), /is-invalid/);
      assert.match(again.text, /Say why it was lost/);
      const kept = await post(`/opportunities/${id}/move`, { _to: lost, _version: '1', _asked: '1', reason: 'price', close_note: 'Dearer' });
      assert.equal(kept.status, 303);
      assert.equal((await api.get(`/api/v1/opportunities/${id}`)).json.reason, 'price');
    });

    test('what is known of the chances stands in the form, on the record and with the stages', async () => {
      const { id } = await make('opportunities', { name: 'Chances' });
      assert.match((await page(`/opportunities/${id}/edit`)).text, /Default of the stage: 5\s%; nothing is learned yet\./);
      assert.match((await page('/opportunities/new')).text, /Default of the stage: 5\s%/);
      const record = (await page(`/opportunities/${id}`)).text;
      assert.match(record, /Learned probability/);
      assert.match(record, /In this stage[\s\S]{0,80}0 days[\s\S]{0,60}usually 30 days/);
      const process = (await page('/sales-processes/1')).text;
      assert.match(process, /Default probability[\s\S]*Learned probability/);
      const list = (await page('/opportunities?name=eq.Chances')).text;
      assert.match(list, /Identified\s+<span class="cell-age" title="In this column for 0 days; usually 30 days">0 days<\/span>/);
      assert.doesNotMatch((await page('/opportunities?name=eq.Chances&columns=name,amount')).text, /cell-age/);
      assert.doesNotMatch((await page('/opportunities?name=eq.Lost')).text, /cell-age/, 'it is at an end');
    });

    test('related records are evidence: a line is added in place, then the gate is open', async () => {
      const stages = ['open', 'open', 'won', 'lost'].map((kind, i) => ({ position: i + 1, key: `rel_${i}`, name: `Step ${i}`, kind, probability: '50', forecast_category: 'pipeline' }));
      const process = await make('sales-processes', { key: 'related', name: 'Related', type: 'repeat', stage: stages });
      const second = process.stage[1].id;
      await api.patch(`/api/v1/sales-processes/${process.id}`, { stage_gate: [{ stage: second, rule: 'related', parameter: 'opportunity_line' },
        { stage: second, rule: 'related', parameter: 'activity' }] });
      const product = await make('products', { code: 'P1', name: 'Pump', list_price: '20' });
      const { id } = await make('opportunities', { name: 'Related', process: process.id });
      const refused = await page(`/opportunities/${id}/move?_to=${second}`);
      assert.match(refused.text, new RegExp(`href="/opportunities/${id}\\?tab=opportunity_line"`));
      assert.match(refused.text, new RegExp(`href="/activities/new\\?opportunity=${id}"`));
      await make('activities', { type: 'note', subject: 'Seen the plant', opportunity: id });
      assert.equal((await post(`/opportunities/${id}/move`, { _to: second, _asked: '1' })).status, 422, 'the line is missing');

      const add = (form, headers) => post(`/opportunities/${id}/lines/opportunity_line`, form, 'admin', headers);
      const half = await add({ product: product.id, quantity: '' }, htmx);
      assert.equal(half.status, 422);
      assert.match(half.text, /is-invalid[^>]*id="f-quantity"|id="f-quantity"[^>]*is-invalid/);
      assert.equal((await api.get(`/api/v1/opportunities/${id}`)).json.opportunity_line.length, 0, 'nothing half-saved');
      assert.equal((await add({ product: product.id, quantity: '3', unit_price: '20' })).status, 303);
      assert.equal((await add({ product: product.id, quantity: '1', unit_price: '2.5' }, htmx)).headers['hx-redirect'], `/opportunities/${id}?tab=opportunity_line`);
      const { json: deal } = await api.get(`/api/v1/opportunities/${id}`);
      assert.deepEqual([deal.opportunity_line.map(({ position }) => position), deal.amount], [[1, 2], '62.50']);
      assert.equal((await post(`/opportunities/${id}/lines/opportunity_line`, { product: product.id, quantity: '1', unit_price: '1' }, 'viewer')).status, 403);
      assert.equal((await post(`/opportunities/${id}/move`, { _to: second, _asked: '1' })).status, 303);
      // Columns weigh what is in them.
      await make('opportunities', { name: 'Second', process: process.id, stage: second, amount: '100', move_reason: 'Known', probability: '80' });
      const board = (await page(`/opportunities/board?process=eq.${process.id}`)).text;
      const head = new RegExp(`id="head-${second}"[\\s\\S]*?</header>`).exec(board)[0];
      assert.match(head, /board-count">2</);
      assert.match(head, /162\.50/);
      assert.match(head, /111\.25/); // 31.25 at 50 % and 80 at 80 %
    });

    test('the columns of a board are told only to who may read them', async () => {
      assert.match((await page('/opportunities/board', 'viewer')).text, /Technical proof/);
      const { json: { data: roles } } = await api.get('/api/v1/roles?key=eq.viewer');
      await api.patch(`/api/v1/roles/${roles[0].id}`, { role_right: [{ entity: 'sales_process', may_read: 'nobody' }, { entity: 'opportunity', may_read: 'all' }] });
      const board = await page('/opportunities/board', 'viewer');
      assert.equal(board.status, 200);
      assert.doesNotMatch(board.text, /Technical proof/);
      assert.doesNotMatch((await page('/opportunities/board?process=eq.2', 'viewer')).text, /Supplier audit/);
      await api.patch(`/api/v1/roles/${roles[0].id}`, { role_right: [] });
    });

    test('the funnel by stage has conversion and duration, narrowed by product and region', async () => {
      const product = await make('products', { code: 'F1', name: 'Funnel pump' });
      const account = await make('accounts', { name: 'Funnel', region: 'Nord' });
      const body = { process: '2', product: product.id, account: account.id, amount: '100' };
      await make('opportunities', { ...body, name: 'F 1' });
      const { id } = await make('opportunities', { ...body, name: 'F 2' });
      await api.post(`/api/v1/opportunities/${id}/move`, { stage: 'fw_audit' }, { status: 200 });
      await make('opportunities', { process: '2', name: 'F 3', amount: '7' });
      const funnel = async (query) => (await api.get(`/api/v1/funnel?${query}`)).json;
      const all = await funnel('by=stage&process=2');
      assert.deepEqual(all.stages.slice(0, 2).map(({ name, now, value, weighted, reached, went_on, conversion, mean_days, learned_probability }) =>
        [name, now, value, weighted, reached, went_on, conversion, mean_days, learned_probability]),
      [['Needs of the year', 2, '107.00', '16.05', 3, 1, 1, 0, null], ['Supplier audit', 1, '100.00', '35.00', 1, 0, null, null, null]]);
      const narrow = await funnel(`by=stage&process=2&product=${product.id}`);
      assert.deepEqual([narrow.total.open, narrow.stages[0].now], [2, 1]);
      assert.equal((await funnel('by=product&region=Nord')).total.open, 2);
      assert.equal((await funnel('by=product&region=Süd')).total.open, 0);
      assert.equal((await funnel('by=product')).stages, undefined);
      await api.get('/api/v1/funnel?product=x', { status: 422 });
      const shown = (await page(`/funnel?by=stage&process=2&product=${product.id}&region=Nord`)).text;
      assert.match(shown, /<option value="Nord" selected>Nord</);
      assert.match(shown, /Funnel pump/);
      assert.match((await page('/funnel?by=region')).text, /href="\/funnel\?by=stage&amp;region=Nord"/);
      assert.match((await page('/funnel?by=product&region=Nowhere')).text, /No opportunities are like that/);
    });

    test('the funnel offers the regions that occur, and countries of accounts without one, as far as one may read them', async () => {
      const owner = { owner: users.sales };
      for (const [name, where] of [['R1', { region: 'Süd', country: 'CH' }], ['R2', { country: 'Österreich', ...owner }], ['R3', { region: '华东', ...owner }], ['R4', { region: '安徽' }], ['R5', { region: '华东' }]]) await make('accounts', { name, ...where });
      const gone = await make('accounts', { name: 'R6', region: 'Gone' });
      await api.remove(`/api/v1/accounts/${gone.id}`);
      const offered = async (role, query = '') => [...((await page(`/funnel?by=region${query}`, role)).text.split('id="funnel-region"')[1] ?? '').split('</select>')[0].matchAll(/<option value="([^"]+)"/g)].map((match) => match[1]);
      assert.deepEqual(await offered('admin'), ['Nord', 'Österreich', 'Süd', '安徽', '华东'], 'by their names, without the country of who has a region');
      const { json: { data: roles } } = await api.get('/api/v1/roles?key=eq.sales');
      await api.patch(`/api/v1/roles/${roles[0].id}`, { role_right: [{ entity: 'account', may_read: 'own' }, { entity: 'opportunity', may_read: 'own' }] });
      assert.deepEqual(await offered('sales'), ['Österreich', '华东']);
      assert.deepEqual(await offered('sales', '&region=Elsewhere'), ['Elsewhere', 'Österreich', '华东'], 'what is asked stays to be seen');
      await api.patch(`/api/v1/roles/${roles[0].id}`, { role_right: [], role_field: [{ entity: 'account', field: 'region', access: 'hide' }] });
      assert.deepEqual(await offered('sales'), []);
      await api.patch(`/api/v1/roles/${roles[0].id}`, { role_field: [] });
      await api.post('/api/v1/accounts/batch', Array.from({ length: 201 }, (_, i) => ({ name: `Many ${i}`, region: `M${i}` })), { status: 200 });
      assert.match((await page('/funnel')).text, /<input class="form-control" name="region"/, 'too many to choose from');
      assert.match((await page('/sales-processes/1/edit')).text, /Closed deals it was learned from/);
    });

    test('several that lie in a pool are assigned together, with a reason that is kept', async () => {
      const pool = (await api.get('/api/v1/pools?holds=eq.lead')).json.data[0];
      const ids = [];
      for (const company of ['Bulk 1', 'Bulk 2', 'Bulk 3']) ids.push((await make('leads', { company })).id);
      for (const id of ids.slice(0, 2)) await api.post(`/api/v1/leads/${id}/return`, { pool: pool.id, reason: 'For whoever has time' }, { status: 200 });
      const query = ids.map((id) => `_id=${id}`).join('&');
      const led = await page(`/leads/bulk?_action=assign&${query}&_list=company=like.Bulk*`);
      assert.equal(led.status, 303);
      const form = await page(led.headers.location);
      assert.equal(form.status, 200);
      for (const id of ids) assert.match(form.text, new RegExp(`name="_id" value="${id}"`));
      assert.match(form.text, /id="f-reason"/);
      const all = await page('/leads/bulk?_action=assign&_all=1&_list=company=like.Bulk*');
      assert.equal([...(await page(all.headers.location)).text.matchAll(/name="_id"/g)].length, 3);
      const body = (more) => `${query}&_action=assign&owner=${users.sales}${more}`;
      const send_ = (text) => send(served.port, 'POST', '/leads/pool', { token: served.tokens.admin, body: text, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
      assert.equal((await send_(body(''))).status, 422, 'why?');
      assert.equal((await send_(body('&reason=New+region'))).status, 303);
      for (const id of ids) {
        const { json: lead } = await api.get(`/api/v1/leads/${id}`);
        const { json: { data: moves } } = await api.get(`/api/v1/pool-moves?lead=eq.${id}&action=eq.assigned`);
        assert.deepEqual([lead.owner, lead.pool, moves.map(({ reason }) => reason)], [users.sales, null, ['New region']]);
      }
      const plain = await page(`/leads/bulk?_action=assign&${query}`);
      assert.equal(plain.status, 200, 'none is pooled: an ordinary change');
    });

    test('who may not see a pooled phone is not told that it is the same', async () => {
      const pool = (await api.get('/api/v1/pools?holds=eq.lead')).json.data[0];
      const { id } = await make('leads', { company: '厦门钨业', phone: '0592 7777777' });
      await api.post(`/api/v1/leads/${id}/return`, { pool: pool.id, reason: 'x' }, { status: 200 });
      const twins = (query, role) => page(`/duplicates/lead?${query}`, role).then(({ text }) => text);
      assert.match(await twins('phone=05927777777', 'manager'), /same phone/);
      assert.doesNotMatch(await twins('phone=05927777777', 'sales'), /same phone/);
      assert.match(await twins(`company=${encodeURIComponent('xiamenwuye')}`, 'sales'), /sounds the same/);
    });
  });
}
