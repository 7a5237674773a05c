// The pipeline of a hardware seller, imported by the documented commands (docs/modules/methods.md), in the funnel page and
// by REST, against figures worked out elsewhere; on both databases.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { apiCompany } from '../lib/api.js';
import { close, command, databases, send } from '../lib/company.js';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const folder = path.join(process.env.MILLWRIGHT_DATA ?? path.join(root, '../shared/data'), 'pipeline');
const skip = fs.existsSync(path.join(folder, 'sales_pipeline.csv')) ? false : 'the pipeline is not in MILLWRIGHT_DATA';

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
        const api = served.api();
        const funnel = async (query) => (await send(served.port, 'GET', `/api/v1/funnel?${query}`, { token: served.tokens.admin })).json;
        const { total } = await funnel('by=product');
        assert.deepEqual([total.won, total.won_value, total.lost, total.open, total.open_value], [4238, '10005534.00', 2473, 2089, '4966215.00']);
        assert.equal(total.expected, '3110729.30');
        assert.equal(total.win_rate.toFixed(4), '0.6315');
        assert.deepEqual([total.won_days.toFixed(2), total.lost_days.toFixed(2)], ['51.78', '41.48']);
        for (const by of ['stage', 'product', 'owner', 'team', 'region', 'month']) {
          const page = await send(served.port, 'GET', `/funnel?by=${by}`, { token: served.tokens.admin });
          assert.equal(page.status, 200, page.text);
          for (const figure of ['>4238<', '10,005,534.00', '>2473<', '>2089<', '4,966,215.00', '63.15 %', '3,110,729.30', '>51.78<', '41.48'])
            assert.ok(page.text.includes(figure), `${by}: ${figure}`);
        }
        const { json: { data: [owner] } } = await api.get('/api/v1/users?name=eq.Darcel%20Schlecht');
        const own = await funnel(`by=month&owner=${owner.id}&from=2017-10-01&to=2017-12-31`);
        assert.ok(own.total.won > 0 && own.total.won < 4238);
        assert.ok(own.groups.every(({ key, won }) => won === 0 || (key >= '2017-10' && key <= '2017-12')));
        assert.deepEqual((await funnel('from=spring&owner=x')).errors.map(({ field }) => field), ['from', 'owner']);
        const page = await send(served.port, 'GET', `/funnel?by=stage&owner=${owner.id}&from=2017-10-01&to=2017-12-31`, { token: served.tokens.admin });
        assert.ok(page.text.includes(`>${own.total.won}<`));
        assert.equal((await api.get('/api/v1/opportunities?outcome=eq.won&count=true&limit=1')).json.count, 4238);
        const list = await send(served.port, 'GET', '/opportunities/total?outcome=eq.won&columns=amount', { token: served.tokens.admin });
        assert.match(list.text, /10,005,534\.00/);
      } finally {
        await served.stop();
      }
    });
  });
}
