// Files taken in step by step: what is uploaded outlives the server, texts get a meaning that is remembered, and only
// their owner goes on with them; on both databases.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, describe, test } from 'node:test';
import { close } from '../lib/company.js';
import { password, postgres, postgresUrl, serve, sqliteUrl, until } from '../lib/server.js';
import { answers, asked, takeIn, wizard as openWizard } from '../lib/wizard.js';

const databases = { sqlite: sqliteUrl, ...(postgres && { postgresql: postgresUrl }) };
after(close);
if (!postgres) test('imports on PostgreSQL', { skip: 'MILLWRIGHT_TEST_POSTGRES names no server' }, () => {});

// The time of a lease has passed, as far as the database knows.
function endLeases(url) {
  const sql = "UPDATE job SET lease_until = 0 WHERE status = 'running'";
  if (url.startsWith('sqlite:')) return execFileSync('python3', ['-c', `import sqlite3,sys; c = sqlite3.connect(sys.argv[1], 20); c.execute(sys.argv[2]); c.commit()`, url.slice(7), sql]);
  const [server, company] = url.split(/[?&]company=/);
  return execFileSync('psql', [server, '-qc', `SET search_path TO "${company}"; ${sql}`]);
}

const wizard = (server, email = 'admin@example.com') => openWizard(server.port, email, password);

for (const [name, make] of Object.entries(databases)) describe(`imports on ${name}`, () => {
  test('a server killed in the middle goes on with what was uploaded', { timeout: 300000 }, async () => {
    const url = make();
    let server = await serve(url);
    let user = await wizard(server);
    const rows = 45000;
    const content = `name\n${Array.from({ length: rows }, (_, i) => `Competitor ${i}`).join('\n')}\n`;
    const mapping = await user.upload('competitors', 'many.csv', content);
    const run = mapping.replace('/mapping', '');

    // Between upload and mapping.
    await server.kill();
    server = await serve(url, { empty: true });
    user = await wizard(server);
    assert.match((await user.get(mapping)).text, /Competitor 19/);
    assert.equal((await user.get(run)).headers.location, mapping);
    const queued = await user.post(mapping, { 'col.0': 'name', action: 'run' });
    assert.equal(queued.headers.location, run, queued.text);

    // Some rows are there, not all.
    await until(async () => {
      const percent = Number(/<progress max="100" value="(\d+)"/.exec((await user.get(run)).text)?.[1] ?? 100);
      return percent >= 45;
    }, 120);
    await server.kill();
    endLeases(url);
    server = await serve(url, { empty: true });
    try {
      user = await wizard(server);
      const text = await user.over(run, 120);
      assert.match(text, new RegExp(`Competitors: ${rows.toLocaleString('en')} new`));
      const list = await user.get('/competitors/total');
      assert.equal(list.status, 200);
      assert.equal((await user.post(`${run}/undo`, {})).headers.location, run, 'so many are taken back by a job');
      assert.match((await user.get(run)).text, /being taken back/);
    } finally {
      assert.equal(await server.stop(), 0, server.log);
    }
  });

  test('columns alike are suggested, what is left out is told; all faults of a row by label; nothing taken in is no success', async () => {
    const server = await serve(make());
    try {
      const user = await wizard(server);
      const mapping = await user.upload('leads', 'leads.csv', '公司,联系人,电话,星座\r\nKeller,Roth,0592 5363891,Leo\r\n');
      const page = (await user.get(mapping)).text;
      for (const key of ['company', 'person', 'phone']) assert.match(page, new RegExp(`value="${key}" selected`), key);
      assert.match(page, /1 column is not taken over: 星座/);
      assert.equal((await user.post(mapping, { 'col.0': 'company', 'col.1': 'person', 'col.2': 'phone', action: 'run' })).status, 303);
      const run = mapping.replace('/mapping', ''), result = await user.over(run);
      assert.match(result, /Leads: 1 new, 0 changed/);
      assert.equal((await user.get(mapping)).headers.location, run, 'what has run shows what came of it');
      const shown = /href="(\/leads\?created_by=[^"]+)"/.exec(result)[1].replaceAll('&amp;', '&');
      assert.match((await user.get(shown)).text, /Keller/);

      const bad = await user.upload('opportunities', 'bad.csv', 'name,amount,close_on\r\nMill,much,soon\r\n');
      assert.equal((await user.post(bad, { 'col.0': 'name', 'col.1': 'amount', 'col.2': 'close_on', action: 'run' })).status, 303);
      const refused = await until(async () => {
        const { text } = await user.get(bad.replace('/mapping', ''));
        return /Nothing was taken in/.test(text) && text;
      });
      assert.match(refused, /Expected to close on: [^<]*; Amount: /);
      assert.doesNotMatch(refused, /Undo this import/);
    } finally {
      assert.equal(await server.stop(), 0, server.log);
    }
  });

  test('a ledger is mapped by what its columns are usually called; fields by what they are of, each once; choices the same in every row; the file can be mapped again', async () => {
    const server = await serve(make());
    try {
      const user = await wizard(server);
      const ledger = 'InvoiceNo,StockCode,Name,Quantity,InvoiceDate,UnitPrice,CustomerID\n1,P1,Pump,2,2026-01-05,10,17850.0\n1,P1,Pump two,1,2026-01-05,10,17850.0\n';
      const mapping = await user.upload('orders', 'ledger.csv', ledger);
      const page = (await user.get(mapping)).text;
      const first = /name="col\.0"[^]*?<\/select>/.exec(page)[0];
      assert.deepEqual([...first.matchAll(/<optgroup label="([^"]+)"/g)].map(([, label]) => label), ['Sales orders', 'Order lines', 'Product', 'Account']);
      const keys = [...first.matchAll(/<option value="([^"]+)"/g)].map(([, key]) => key);
      assert.equal(new Set(keys).size, keys.length);
      for (const twice of ['line.product', 'line.quantity', 'external_number']) assert.ok(!keys.includes(twice), twice);
      const chosen = Object.fromEntries([0, 1, 3, 4, 5, 6].map((i) => [`col.${i}`, new RegExp(`name="col\\.${i}"[^]*?value="([^"]+)" selected`).exec(page)[1]]));
      assert.deepEqual(Object.values(chosen), ['order_no', 'product', 'quantity', 'ordered_at', 'unit_price', 'account']);
      const status = /name="const\.status"[^]*?<\/select>/.exec(page)[0];
      assert.match(status, /<option value="" ?>–<[^]*<option value="confirmed"/);
      const form = { ...chosen, 'col.2': 'product_name', 'const.status': 'delivered', constants: 'currency=CNY', action: 'run' };
      assert.equal((await user.post(mapping, { ...form, create: ['account', 'product'] })).status, 303);
      const run = mapping.replace('/mapping', ''), result = await user.over(run);
      assert.match(result, /Product › Name: 1 × products with different values/);
      const listed = (await user.get('/sales-orders')).text;
      assert.match(listed, /Delivered/);

      const copy = await user.post(`${run}/map`, {});
      assert.equal(copy.status, 303);
      assert.notEqual(copy.headers.location, mapping);
      const again = (await user.get(copy.headers.location)).text;
      assert.match(again, /as in the last import/);
      assert.match(again, /name="const\.status"[^]*?<option value="delivered" selected/);
      assert.match(again, /<textarea[^>]*name="constants"[^>]*>currency=CNY\s*</);
      assert.equal((await (await wizard(server, 'viewer@example.com')).post(`${run}/map`, {})).status, 404, 'his own alone');
    } finally {
      assert.equal(await server.stop(), 0, server.log);
    }
  });

  test('texts that fit nothing get a meaning, which is remembered', async () => {
    const server = await serve(make());
    try {
      const user = await wizard(server);
      for (const [path, name] of [['accounts', 'Isdom'], ['products', 'GTX Pro'], ['products', 'MG Special']]) {
        const made = await server.post(`/api/v1/${path}`, { token: server.admin, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name, ...(path === 'products' && { code: name }) }) });
        assert.equal(made.status, 201, made.text);
      }
      const csv = (no) => `id,account,product,stage\r\n${no}1,Isdom,GTXPro,Won\r\n${no}2,Isdom,MG Special,Lost\r\n${no}3,Isdom,GTXPro,Won\r\n${no}4,Nobody,GTXPro,Lost\r\n`;
      const columns = { 'col.0': 'external_number', 'col.1': 'account', 'col.2': 'product', 'col.3': 'stage' };
      const mapping = await user.upload('opportunities', 'pipeline.csv', csv('A'));
      const run = mapping.replace('/mapping', '');

      // Nothing begins before the texts were asked for.
      const first = await user.post(mapping, { ...columns, constants: 'name=Deal', action: 'run' });
      assert.equal(first.status, 422);
      assert.match(first.text, /Some texts of the file fit nothing/);
      const stages = { Won: '=contract', Lost: '=lost' };
      const texts = asked(first.text);
      assert.deepEqual(texts.filter(({ key }) => key !== 'stage').map(({ key, from, to }) => `${key} ${from} ${to}`).sort(), ['account Nobody ', 'product GTXPro =GTX Pro']);
      for (const text of texts) text.to = stages[text.from] ?? text.to;
      assert.match(first.text, /suggested/);

      const checked = await user.post(mapping, { ...columns, constants: 'name=Deal', ...answers(texts), action: 'check' });
      assert.match(checked.text, /What the import would do/);
      const queued = await user.post(mapping, { ...columns, constants: 'name=Deal', ...answers(texts), action: 'run' });
      assert.equal(queued.status, 303, queued.text);
      const result = await user.over(run);
      assert.match(result, /Opportunities: 3 new/);
      assert.match(result, /The file and its rejected rows are kept until \d+ \w+ 20\d\d/);
      const rejects = (await user.get(`${run}/rejects`)).text;
      assert.match(rejects, /^5,[^\n]*A4,Nobody,GTXPro,Lost/m);
      assert.doesNotMatch(rejects, /A1/);

      const again = await user.upload('opportunities', 'next.csv', csv('B'));
      const page = (await user.get(again)).text;
      assert.match(page, /as in the last import/);
      assert.match(page, />name=Deal<\/textarea>/);
      assert.deepEqual(asked(page).filter(({ key }) => key !== 'account').map(({ from, to }) => [from, to]).sort(), [['GTXPro', '=GTX Pro'], ['Won', '=contract']]);
      const sent = await user.post(again, { ...columns, constants: 'name=Deal', ...answers(asked(page)), action: 'run' });
      assert.equal(sent.status, 303, sent.text);
      assert.match(await user.over(again.replace('/mapping', '')), /Opportunities: 3 new/);

      // A meaning that is none is told, by the check and by the API.
      const wrong = await user.upload('opportunities', 'wrong.csv', csv('C'));
      const told = await user.post(wrong, { ...columns, constants: 'name=Deal', 'key.0': 'product', 'from.0': 'GTXPro', 'to.0': 'GTX Max', action: 'check' });
      assert.match(told.text, /There is no such thing/);

      // The same by the API, whose values are an object by field and text.
      const options = { what: 'opportunities', map: ['external_number=id', 'account=account', 'product=product', 'stage=stage'], constants: { name: 'Deal' }, values: { product: { GTXPro: 'GTX Pro' }, stage: { Won: 'contract', Lost: 'lost' } } };
      const { report } = await takeIn(server.port, server.admin, options, 'api.csv', csv('D'));
      assert.deepEqual([report.created.opportunity, report.rejected], [3, 1]);
      const bad = await takeIn(server.port, server.admin, { ...options, map: ['name=nowhere'] }, 'api.csv', csv('E'));
      assert.equal(bad.status, 422, bad.text);
      assert.match(bad.text, /no column “nowhere”/);
    } finally {
      assert.equal(await server.stop(), 0, server.log);
    }
  });

  test('a long import is taken back by a job, a short one at once', async () => {
    const server = await serve(make());
    try {
      const take = (n) => takeIn(server.port, server.admin, { what: 'competitors', map: { name: 'name' } }, 'n.csv', `name\n${Array.from({ length: n }, (_, i) => `Competitor ${n} ${i}`).join('\n')}\n`);
      const count = async () => JSON.parse((await server.get('/api/v1/competitors?count=true&limit=1', { token: server.admin })).text).count;
      const [short, long] = [await take(20), await take(1100)];
      const at_once = await server.post(`${short.headers.location}/undo`, { token: server.admin });
      assert.deepEqual([at_once.status, JSON.parse(at_once.text).removed, await count()], [200, 20, 1100]);
      const queued = await server.post(`${long.headers.location}/undo`, { token: server.admin });
      assert.deepEqual([queued.status, JSON.parse(queued.text).status, queued.headers.location], [202, 'undoing', long.headers.location]);
      await until(async () => JSON.parse((await server.get(long.headers.location, { token: server.admin })).text).status === 'undone', 120);
      assert.equal(await count(), 0);
      const page = await (await wizard(server)).get(`/imports/${long.json.id}`);
      assert.match(page.text, /Taken back[^]*<strong>1,100<\/strong>/);
      assert.doesNotMatch(page.text, /Undo this import/);
      assert.equal((await server.post(`${long.headers.location}/undo`, { token: server.admin })).status, 409);
    } finally {
      assert.equal(await server.stop(), 0, server.log);
    }
  });

  test('only its owner goes on with an upload, and what he forgets gives way', async () => {
    const server = await serve(make());
    try {
      const [admin, viewer] = [await wizard(server), await wizard(server, 'viewer@example.com')];
      const mapping = await admin.upload('accounts', 'a.csv', 'name\nOne\n');
      for (const path of [mapping, mapping.replace('/mapping', '')]) assert.equal((await viewer.get(path)).status, 404, path);
      assert.equal((await viewer.post(mapping, { 'col.0': 'name', action: 'run' })).status, 404);
      assert.equal((await viewer.post(mapping.replace('mapping', 'again'), {})).status, 404);
      assert.equal((await admin.post(mapping.replace('mapping', 'again'), {})).status, 409, 'it has not failed');
      for (let i = 0; i < 20; i++) await admin.upload('accounts', `b${i}.csv`, 'name\nTwo\n');
      assert.equal((await admin.get(mapping)).status, 404, 'the oldest of 21');
    } finally {
      assert.equal(await server.stop(), 0, server.log);
    }
  });
});

test('a disk that is full during an import of the wizard: the run says so, and goes on when there is room', { timeout: 300000 }, async () => {
  const url = sqliteUrl();
  const first = await serve(url);
  assert.equal(await first.stop(), 0);
  let server = await serve(url, { empty: true, shell: 'ulimit -f 12000' }); // blocks of 512 bytes: 6 MB
  let user = await wizard(server);
  const rows = 24000;
  const content = `name\n${Array.from({ length: rows }, (_, i) => `Competitor ${i}`).join('\n')}\n`;
  const mapping = await user.upload('competitors', 'many.csv', content), run = mapping.replace('/mapping', '');
  assert.equal((await user.post(mapping, { 'col.0': 'name', action: 'run' })).status, 303);
  await until(async () => /alert-danger" role="alert"><svg[^]*?Go on with it/.test((await user.get(run)).text), 120);
  await server.kill();
  server = await serve(url, { empty: true });
  try {
    user = await wizard(server);
    assert.equal((await user.post(`${run}/again`, {})).status, 303);
    assert.match(await user.over(run, 120), new RegExp(`Competitors: ${rows.toLocaleString('en')} new`));
  } finally {
    assert.equal(await server.stop(), 0, server.log);
  }
});
