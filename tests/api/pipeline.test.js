// The pipeline of a hardware seller, imported by the documented commands (docs/modules/methods.md), in the funnel page and
// by REST, against figures worked out elsewhere; on both databases.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { apiCompany } from '../lib/api.js';
import { close, command, databases, send } from '../lib/company.js';
import { answers, asked, mapped, wizard } from '../lib/wizard.js';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const folder = path.join(process.env.MILLWRIGHT_DATA ?? path.join(root, '../shared/data'), 'pipeline');
const skip = fs.existsSync(path.join(folder, 'sales_pipeline.csv')) ? false : 'the pipeline is not in MILLWRIGHT_DATA';

// The figures that the issue of the pipeline names, by REST, in the funnel page by whatever it is looked at, and in the list.
async function assertFigures({ port, tokens: { admin: token }, api }) {
  const { total } = (await send(port, 'GET', '/api/v1/funnel?by=product', { token })).json;
  assert.deepEqual([total.won, total.won_value, total.lost, total.open, total.open_value], [4238, '10005534.00', 2473, 2089, '4966215.00']);
  assert.equal(total.expected, '3110729.30');
  assert.equal(total.win_rate.toFixed(4), '0.6315');
  assert.deepEqual([total.won_days.toFixed(2), total.lost_days.toFixed(2)], ['51.78', '41.48']);
  for (const by of ['stage', 'product', 'owner', 'team', 'region', 'month']) {
    const page = await send(port, 'GET', `/funnel?by=${by}`, { token });
    assert.equal(page.status, 200, page.text);
    for (const figure of ['>4238<', '10,005,534.00', '>2473<', '>2089<', '4,966,215.00', '63.15 %', '3,110,729.30', '>51.78<', '41.48'])
      assert.ok(page.text.includes(figure), `${by}: ${figure}`);
  }
  assert.equal((await api().get('/api/v1/opportunities?outcome=eq.won&count=true&limit=1')).json.count, 4238);
  const list = await send(port, 'GET', '/opportunities/total?outcome=eq.won&columns=amount', { token });
  assert.match(list.text, /10,005,534\.00/);
}

after(close);
for (const database of databases) {
  describe(database.name, { skip }, () => {
    test('the funnel has the figures of the source', async () => {
      const served = await apiCompany(database.url());
      try {
        const text = fs.readFileSync(path.join(root, 'docs/modules/methods.md'), 'utf8').replace(/\\\n\s*/g, '');
        const lines = [...text.matchAll(/^ {4}millwright (import .*)$/gm)].map((match) => match[1]);
        assert.equal(lines.length, 4);
        for (const line of lines) {
          const args = [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2]);
          await command(served.db, args.map((arg) => (arg.endsWith('.csv') ? path.join(folder, arg) : arg)));
        }
        await assertFigures(served);
        const api = served.api();
        const funnel = async (query) => (await send(served.port, 'GET', `/api/v1/funnel?${query}`, { token: served.tokens.admin })).json;
        const { json: { data: [owner] } } = await api.get('/api/v1/users?name=eq.Darcel%20Schlecht');
        const own = await funnel(`by=month&owner=${owner.id}&from=2017-10-01&to=2017-12-31`);
        assert.ok(own.total.won > 0 && own.total.won < 4238);
        assert.ok(own.groups.every(({ key, won }) => won === 0 || (key >= '2017-10' && key <= '2017-12')));
        assert.deepEqual((await funnel('from=spring&owner=x')).errors.map(({ field }) => field), ['from', 'owner']);
        const page = await send(served.port, 'GET', `/funnel?by=stage&owner=${owner.id}&from=2017-10-01&to=2017-12-31`, { token: served.tokens.admin });
        assert.ok(page.text.includes(`>${own.total.won}<`));
      } finally {
        await served.stop();
      }
    });

    test('by the wizard: columns to two fields, teams made, texts given a meaning that is remembered', { timeout: 600000 }, async () => {
      const served = await apiCompany(database.url());
      try {
        const user = await wizard(served.port, 'admin@example.com', 'correct horse battery');
        const file = (name) => fs.readFileSync(path.join(folder, name));
        const take = async (what, name, fields) => {
          const mapping = await user.upload(what, name, file(name));
          const sent = await user.post(mapping, { ...fields, action: 'run' });
          assert.equal(sent.status, 303, sent.text);
          return user.over(mapping.replace('/mapping', ''), 300);
        };
        assert.match(await take('products', 'products.csv', { 'col.0': ['code', 'name'], 'col.1': 'line', 'col.2': 'list_price' }), /Products: 7 new/);
        assert.match(await take('accounts', 'accounts.csv', { 'col.0': 'name', 'col.1': 'segment', 'col.5': 'country' }), /Accounts: 85 new/);
        const people = await take('users', 'sales_teams.csv', { 'col.0': 'name', 'col.2': 'team', create: 'team', constants: 'active=false' });
        assert.match(people, /Users: 35 new/);
        assert.match(people, /Teams: 3 new/);

        // The columns are known by their names; three of the stages' texts and one of the products' mean nothing yet.
        const mapping = await user.upload('opportunities', 'sales_pipeline.csv', file('sales_pipeline.csv'));
        const columns = mapped((await user.get(mapping)).text);
        assert.deepEqual(Object.values(columns).flat(), ['opportunity_id', 'sales_agent', 'product', 'account', 'deal_stage', 'engage_date', 'close_date', 'close_value']);
        const first = await user.post(mapping, { ...columns, action: 'run' });
        assert.equal(first.status, 422, 'nothing is taken in before it is asked');
        const texts = asked(first.text), stages = { Won: '=contract', Engaging: '=access', Prospecting: '=identified' };
        assert.deepEqual(texts.map(({ from }) => from).sort(), ['Engaging', 'GTXPro', 'Prospecting', 'Won']);
        assert.equal(texts.find(({ from }) => from === 'GTXPro').to, '=GTX Pro', 'the likely one is proposed');
        for (const text of texts) text.to = stages[text.from] ?? text.to;
        const queued = await user.post(mapping, { ...columns, ...answers(texts), action: 'run' });
        assert.equal(queued.status, 303, queued.text);
        assert.match(await user.over(queued.headers.location, 300), /Opportunities: 8,800 new/);
        await assertFigures(served);

        // The next such file is asked nothing anew; products.csv goes where it went, too.
        const next = (await user.get(await user.upload('opportunities', 'next.csv', file('sales_pipeline.csv')))).text;
        assert.match(next, /as in the last import/);
        assert.deepEqual(mapped(next), columns);
        assert.deepEqual(Object.fromEntries(asked(next).map(({ from, to }) => [from, to])), { ...stages, GTXPro: '=GTX Pro' });
        const products = mapped((await user.get(await user.upload('products', 'products.csv', file('products.csv')))).text);
        assert.deepEqual(products, { 'col.0': ['code', 'name'], 'col.1': ['line'], 'col.2': ['list_price'] });
      } finally {
        await served.stop();
      }
    });
  });
}
