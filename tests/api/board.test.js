// The board and the dialogue of moves, as pages: columns, sums, rights, gates, conflicts; on both databases.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { close, databases, send } from '../lib/company.js';
import { apiCompany } from '../lib/api.js';

after(close);
for (const database of databases) {
  describe(database.name, () => {
    let served, api, account, contact;
    const as = (role) => ({
      get: (path, headers) => send(served.port, 'GET', path, { token: served.tokens[role], headers }),
      post: (path, form, headers) => send(served.port, 'POST', path, { token: served.tokens[role], body: new URLSearchParams(form).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } }),
    });
    const htmx = { 'hx-request': 'true' };
    const make = async (body, client = api) => (await client.post('/api/v1/opportunities', body)).json;
    const cards = (text) => [...text.matchAll(/id="card-(\d+)"/g)].map((match) => match[1]);
    const column = (text, id) => new RegExp(`id="head-${id}"[\\s\\S]*?</header>`).exec(text)[0];

    before(async () => {
      served = await apiCompany(database.url(), { roles: ['sales', 'viewer'] });
      api = served.api();
      const seller = served.api('sales'); // who sees what is his own
      account = (await seller.post('/api/v1/accounts', { name: 'Keller Pumps' })).json;
      contact = (await seller.post('/api/v1/contacts', { name: 'Frau Roth', account: account.id })).json;
    });
    after(() => served?.stop());

    test('columns have counts, sums and weighted sums of what the reader may see, and the filter of the list', async () => {
      const names = [];
      for (let i = 0; i < 25; i++) names.push((await make({ name: `Deal ${i}`, amount: '100', account: account.id })).id);
      await make({ name: 'Other', amount: '50', account: account.id }, served.api('sales'));
      const page = await as('admin').get('/opportunities/board');
      assert.equal(page.status, 200);
      const head = column(page.text, 1);
      assert.match(head, />26</);
      assert.match(head, /2,550\.00/);
      assert.match(head, /127\.50/);
      assert.equal(cards(page.text).length, 20, 'a page of the column');
      const more = /hx-get="(\/opportunities\/board\/cards[^"]*_after[^"]*)"/.exec(page.text)[1].replaceAll('&amp;', '&');
      const rest = await as('admin').get(more, htmx);
      assert.equal(cards(rest.text).length, 6);
      assert.equal(new Set([...cards(page.text), ...cards(rest.text)]).size, 26);
      const filtered = await as('admin').get('/opportunities/board?name=eq.Other');
      assert.match(column(filtered.text, 1), />1</);
      assert.equal(cards(filtered.text).length, 1);
      const seller = await as('sales').get('/opportunities/board');
      assert.equal((await as('admin').get('/opportunities/board/cards?_in=99')).status, 404);
      assert.equal((await as('admin').get(`/opportunities/board/cards?_in=1&_after=rubbish`)).status, 422);
      assert.match(column(seller.text, 1), />1</, 'his own alone');
      assert.equal((await as('admin').get('/accounts/board')).status, 404, 'accounts declare none');
    });

    test('a gate is refused with what it asks for; evidence is given with the move', async () => {
      const { id } = await make({ name: 'Gate', amount: '1000' }, served.api('sales'));
      const refused = await as('sales').post(`/opportunities/${id}/move`, { _to: '4', _version: '1' }, htmx);
      assert.equal(refused.status, 422);
      assert.equal(refused.headers['hx-retarget'], '#dialog-body');
      assert.match(refused.text, /name="account"/);
      assert.match(refused.text, /name="contact"/);
      assert.match(refused.text, /opportunity_person\.n900\.contact/);
      assert.doesNotMatch(refused.text, /move_reason/, 'no seller moves on without evidence');
      const half = await as('sales').post(`/opportunities/${id}/move`, { _to: '4', _version: '1', _asked: '1', account: account.id }, htmx);
      assert.equal(half.status, 422);
      assert.match(half.text, new RegExp(`type="hidden" name="account" value="${account.id}"`), 'what was given goes along');
      const moved = await as('sales').post(`/opportunities/${id}/move`, { _to: '4', _version: '1', _asked: '1', account: account.id, contact: contact.id,
        '_add.opportunity_person': '1', 'opportunity_person.n900.role': 'decider', 'opportunity_person.n900.contact': contact.id, _board: '' }, htmx);
      assert.equal(moved.status, 200, moved.text);
      assert.equal(moved.headers['hx-retarget'], `#card-${id}`);
      assert.deepEqual(JSON.parse(moved.headers['hx-trigger']), { moved: { card: `card-${id}`, column: 'cards-4' } });
      assert.match(moved.text, /id="head-1"[^>]*hx-swap-oob/);
      const { json } = await api.get(`/api/v1/opportunities/${id}`);
      assert.deepEqual([json.stage, json.opportunity_person.length, json.stage_move.at(-1).skipped !== null], ['4', 1, true]);
    });

    test('who manages passes with a reason, which is kept with the move', async () => {
      const { id } = await make({ name: 'Urgent' });
      const refused = await as('admin').post(`/opportunities/${id}/move`, { _to: '4' }, htmx);
      assert.match(refused.text, /name="move_reason"/);
      const moved = await as('admin').post(`/opportunities/${id}/move`, { _to: '4', _asked: '1', move_reason: 'Signed at the fair' });
      assert.equal(moved.status, 303);
      const { json } = await api.get(`/api/v1/opportunities/${id}`);
      assert.equal(json.stage_move.at(-1).reason, 'Signed at the fair');
    });

    test('the page of a deal opens on its timeline and says nothing twice or in vain', async () => {
      const facts = async (currency) => {
        const { id } = await make({ name: 'Shown', amount: '10', currency });
        const page = await as('admin').get(`/opportunities/${id}`);
        assert.match(page.text, /class="record-tabs-item active" href="[^"]*tab=timeline"/);
        assert.doesNotMatch(page.text, /Reason of the move/);
        return page.text;
      };
      await api.post('/api/v1/currency-rates', { currency: 'EUR', valid_from: '2020-01-01', rate: '7.8' });
      assert.doesNotMatch(await facts('CNY'), /in base currency/);
      assert.match(await facts('EUR'), /Amount in base currency/);
    });

    test('the navigation marks where the reader is, once', async () => {
      for (const path of ['/activities/calendar', '/accounts/twins', '/activities', '/accounts', '/funnel']) {
        const { text } = await as('admin').get(path);
        assert.deepEqual([...text.matchAll(/class="sidebar-link active" href="([^"]*)"/g)].map((match) => match[1]), [path]);
      }
    });

    test('tasks and files are evidence that stays even when more is missing', async () => {
      const process = (await api.post('/api/v1/sales-processes', { key: 'short', name: 'Short', type: 'repeat', stage: [
        { position: 1, key: 's_open', name: 'Begun', kind: 'open', probability: '10', forecast_category: 'pipeline' },
        { position: 2, key: 's_proof', name: 'Proven', kind: 'open', probability: '50', forecast_category: 'commit' },
        { position: 3, key: 's_won', name: 'Done', kind: 'won', probability: '100', forecast_category: 'closed' },
        { position: 4, key: 's_lost', name: 'Gone', kind: 'lost', probability: '0', forecast_category: 'omitted' }] })).json;
      const proof = process.stage[1].id;
      await api.patch(`/api/v1/sales-processes/${process.id}`, { stage_gate: [{ stage: proof, rule: 'tasks', parameter: '' }, { stage: proof, rule: 'file' }] });
      const { id } = await make({ name: 'Evidence', process: process.id });
      const task = (await api.post('/api/v1/activities', { type: 'task', subject: 'Measure', opportunity: id })).json;
      const refused = await as('admin').get(`/opportunities/${id}/move?_to=${proof}`);
      assert.match(refused.text, new RegExp(`name="_task" value="${task.id}"`));
      assert.match(refused.text, /type="file"/);
      const half = await as('admin').post(`/opportunities/${id}/move`, { _to: proof, _asked: '1', _task: task.id });
      assert.equal(half.status, 422);
      assert.doesNotMatch(half.text, /name="_task"/);
      assert.equal((await api.get(`/api/v1/activities/${task.id}`)).json.done, true);
      const boundary = 'x'.repeat(20);
      const part = (name, value, more = '') => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
      const body = part('_to', proof) + part('_asked', '1') + part('file', 'measured', '; filename="report.txt"') + `--${boundary}--\r\n`;
      const moved = await send(served.port, 'POST', `/opportunities/${id}/move`, { token: served.tokens.admin, body, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } });
      assert.equal(moved.status, 303, moved.text);
      assert.equal((await api.get(`/api/v1/opportunities/${id}`)).json.stage, proof);
      const other = await as('admin').get(`/opportunities/board?process=eq.${process.id}`);
      assert.deepEqual(cards(other.text), [id], 'a board for each process');
    });

    test('losing asks for the reason, reopening too', async () => {
      const { id } = await make({ name: 'Lost cause', amount: '10' });
      const asked = await as('admin').post(`/opportunities/${id}/move`, { _to: '9' }, htmx);
      assert.equal(asked.status, 422);
      assert.match(asked.text, /name="reason"/);
      assert.match(asked.text, /name="close_note"/);
      assert.equal((await as('admin').post(`/opportunities/${id}/move`, { _to: '9', _asked: '1', reason: 'price', _then: '//evil.example' })).headers.location, `/opportunities/${id}`);
      const reopen = await as('admin').post(`/opportunities/${id}/move`, { _to: '1' }, htmx);
      assert.equal(reopen.status, 422);
      assert.match(reopen.text, /name="move_reason"/);
      assert.equal((await as('admin').post(`/opportunities/${id}/move`, { _to: '1', _asked: '1', move_reason: 'New tender' })).status, 303);
    });

    test('a win is called one, has its own reasons, and is followed by the order with account and lines', async () => {
      const { json: product } = await api.post('/api/v1/products', { code: `W${Date.now()}`, name: 'Slurry pump' });
      const { id } = await make({ name: 'To win', account: account.id, contact: contact.id,
        opportunity_line: [{ product: product.id, quantity: '3', unit_price: '120.5' }] }, served.api('sales'));
      assert.doesNotMatch((await as('admin').get(`/opportunities/${id}`)).text, /_from=opportunity/, 'nothing is won yet');
      const to = (await api.get(`/api/v1/sales-processes/${(await api.get(`/api/v1/opportunities/${id}`)).json.process}`)).json.stage.find(({ kind }) => kind === 'won').id;
      const asked = (await as('admin').get(`/opportunities/${id}/move?_to=${to}`)).text;
      for (const said of [/Win: To win/, /Why it was won/, /Won against/, /Won on/, /value="price"/]) assert.match(asked, said);
      assert.doesNotMatch(asked, /value="(budget|no_decision|cancelled)"/);
      const wrong = await as('admin').post(`/opportunities/${id}/move`, { _to: to, _asked: '1', reason: 'budget', move_reason: 'Signed' });
      assert.equal(wrong.status, 422);
      assert.match(wrong.text, /no reason to win/);
      await api.post(`/api/v1/opportunities/${id}/win`, { reason: 'no_decision', move_reason: 'Signed' }, { status: 422 });
      assert.equal((await as('admin').post(`/opportunities/${id}/move`, { _to: to, _asked: '1', reason: 'product', move_reason: 'Signed' })).status, 303);
      assert.match((await as('admin').get(`/opportunities/${id}`)).text, new RegExp(`/sales-orders/new\\?_from=opportunity.${id}`));
      assert.match((await as('viewer').get(`/opportunities/${id}`)).text, /^(?![^]*_from=opportunity)/, 'who may make none is offered none');
      const order = (await as('admin').get(`/sales-orders/new?_from=opportunity.${id}`)).text;
      assert.match(order, new RegExp(`value="${account.id}" selected`));
      assert.match(order, new RegExp(`value="${id}" selected`));
      assert.match(order, new RegExp(`value="${product.id}" selected`));
      assert.match(order, /name="sales_order_line.n0.quantity"[^>]*value="3"/);
      assert.match(order, /name="sales_order_line.n0.unit_price"[^>]*value="120.5/);
      assert.equal((await as('admin').get('/sales-orders/new?_from=opportunity.1')).status, 404);
      assert.equal((await as('admin').get('/sales-orders/new?_from=moon')).status, 404);
    });

    test('the head of a deal shows what is planned, else what was noted; a list tells its sums by outcome and sorts by amount', async () => {
      const { id } = await make({ name: 'Planned', amount: '70', account: account.id, next_step: 'Ask the plant' });
      const head = async () => /<dl class="stage-figures">([^]*?)<\/dl>/.exec((await as('admin').get(`/opportunities/${id}`)).text)[1];
      assert.match(await head(), /Next step<\/dt><dd[^>]*>Ask the plant[^]*nothing is planned/);
      assert.match(await head(), /counts in the weighted amount/);
      await api.post('/api/v1/activities', { type: 'task', subject: 'Later', opportunity: id, due_on: '2099-06-01' });
      const { json: first } = await api.post('/api/v1/activities', { type: 'call', subject: 'Call the buyer', opportunity: id, due_on: '2099-05-01' });
      assert.match(await head(), new RegExp(`Next step</dt><dd[^>]*><a href="/activities/${first.id}">Call the buyer</a>[^]*2099`));
      assert.doesNotMatch(await head(), /Ask the plant/);
      const list = (await as('admin').get('/opportunities')).text;
      assert.match(list, /href="\/opportunities\?order=-amount_base"/);
      assert.match((await as('admin').get('/opportunities?order=-amount_base')).text, /aria-sort="descending"/);
      assert.match((await as('admin').get('/opportunities/total?name=eq.Planned')).text, /Open <b>¥70\.00<\/b>/);
    });

    test('who sets nothing up has no links to it in the navigation, but may read it', async () => {
      const nav = async (role) => /<nav[^>]*sidebar-nav[^]*?<\/nav>|class="sidebar-nav[^]*?<\/ul>\s*<\/div>/.exec((await as(role).get('/opportunities')).text)?.[0] ?? (await as(role).get('/opportunities')).text;
      for (const path of ['/sales-processes', '/pools', '/users', '/teams', '/currency-rates']) {
        assert.match(await nav('admin'), new RegExp(`href="${path}"`), path);
        assert.doesNotMatch(await nav('sales'), new RegExp(`href="${path}"`), path);
      }
      assert.equal((await as('sales').get('/sales-processes')).status, 200);
    });

    test('who is second is told; who has no right is refused', async () => {
      const { id, version } = await make({ name: 'Twice', account: account.id });
      assert.equal((await as('admin').post(`/opportunities/${id}/move`, { _to: '2', _version: version })).status, 303);
      const late = await as('admin').post(`/opportunities/${id}/move`, { _to: '2', _version: version }, htmx);
      assert.equal(late.status, 409);
      assert.match(late.text, /It is now in “First contact”/);
      assert.equal((await as('viewer').post(`/opportunities/${id}/move`, { _to: '1' })).status, 403);
      assert.doesNotMatch((await as('viewer').get('/opportunities/board')).text, /data-card=/);
      assert.equal((await as('admin').post(`/opportunities/${id}/move`, { _to: '77' })).status, 404);
      assert.equal((await as('admin').post(`/opportunities/${id}/move`, {})).status, 422);
      assert.equal((await as('admin').get('/opportunities/1/move')).status, 404);
    });

    test('a card is made in a column', async () => {
      const form = await as('sales').get('/opportunities/board/new?_to=1', htmx);
      assert.match(form.text, /name="name"/);
      const wrong = await as('sales').post('/opportunities/board', { _to: '1', name: 'Quick', amount: 'much' }, htmx);
      assert.equal(wrong.status, 422);
      assert.match(wrong.text, /value="Quick"/);
      const made = await as('sales').post('/opportunities/board', { _to: '1', name: 'Quick', amount: '70', _board: '' }, htmx);
      assert.equal(made.status, 200, made.text);
      assert.equal(made.headers['hx-retarget'], '#cards-1');
      assert.match(made.text, /Quick/);
      assert.equal((await as('viewer').post('/opportunities/board', { _to: '1', name: 'No' })).status, 403);
    });

    test('a card made in a later column is asked for the evidence in the same dialogue', async () => {
      const account = (await served.api('sales').post('/api/v1/accounts', { name: 'Gated' })).json;
      const contact = (await served.api('sales').post('/api/v1/contacts', { name: 'Frau Gate', account: account.id })).json;
      const form = { _to: '3', name: 'Late card', account: account.id, _asked: '1' };
      const asked = await as('sales').post('/opportunities/board', form, htmx);
      assert.equal(asked.status, 422, asked.text);
      assert.match(asked.text, /This stage asks for evidence/);
      assert.match(asked.text, new RegExp(`name="contact" data-lookup="/lookup/contact" data-near="account:f-account:${account.id}"`), 'those of the account first');
      assert.match(asked.text, new RegExp(`name="account"[\\s\\S]*?value="${account.id}" selected`));
      assert.equal((await as('sales').post('/opportunities/board', { ...form, contact: contact.id }, htmx)).status, 200);
      const people = await as('sales').post('/opportunities/board', { ...form, _to: '4', name: 'Later card', contact: contact.id }, htmx);
      assert.equal(people.status, 422);
      assert.match(people.text, new RegExp(`data-lookup="/lookup/contact\\?near=account.${account.id}"`));
      const [, prefix] = /name="(opportunity_person\.n\d+\.)contact"/.exec(people.text);
      const made = await as('sales').post('/opportunities/board', { ...form, _to: '4', name: 'Later card', contact: contact.id, '_add.opportunity_person': '1', [`${prefix}_key`]: 'contact', [`${prefix}role`]: 'decider', [`${prefix}contact`]: contact.id }, htmx);
      assert.equal(made.status, 200, made.text);
    });

    test('the next activity colours the card', async () => {
      const { id } = await make({ name: 'Coloured', account: account.id });
      const state = async () => new RegExp(`class="board-card board-(\\w+)" id="card-${id}"`).exec((await as('admin').get('/opportunities/board?name=eq.Coloured')).text)[1];
      assert.equal(await state(), 'none');
      const { json: late } = await api.post('/api/v1/activities', { type: 'call', subject: 'Ask', opportunity: id, due_on: '2020-01-01' });
      assert.equal(await state(), 'overdue');
      await api.patch(`/api/v1/activities/${late.id}`, { due_on: '2120-01-01' });
      assert.equal(await state(), 'planned');
      const told = async () => /Next: ([^<"]*)/.exec((await as('admin').get('/opportunities/board?name=eq.Coloured')).text)[1];
      assert.equal(await told(), '1 Jan 2120');
      const year = new Date().getFullYear();
      await api.patch(`/api/v1/activities/${late.id}`, { due_on: `${year}-12-31` });
      assert.equal(await told(), '31 Dec', 'cards are narrow: no year when it is this one');
      await api.patch(`/api/v1/activities/${late.id}`, { done: true });
      assert.equal(await state(), 'none');
    });
  });
}
