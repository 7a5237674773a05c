// millwright demo and classify: a company out of nothing, the same each time, on both databases.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { run } from '../lib/millwright.js';

const folder = mkdtempSync(join(tmpdir(), 'millwright-'));
after(() => rmSync(folder, { recursive: true }));
const sqlite = (name) => `sqlite:${join(folder, name)}`;
const server = process.env.MILLWRIGHT_TEST_POSTGRES;
const postgres = () => `${server}${server.includes('?') ? '&' : '?'}company=demo${randomBytes(6).toString('hex')}`;
const small = ['--accounts', '60', '--orders', '500', '--as-of', '2026-06-30'];
const good = async (args, env) => {
  const { status, stdout, stderr } = await run(args, { env });
  assert.equal(stderr, '');
  assert.equal(status, 0);
  return stdout;
};
const classes = async (db, ...more) =>
  JSON.parse(await good(['classify', '--db', db, '--dry-run', '--json', '--as-of', '2026-06-30', '--language', 'en', ...more]));

test('a demo company is whole, has logins and is the same each time', async () => {
  const first = await good(['demo', '--db', sqlite('a.db'), ...small, '--language', 'en']);
  assert.match(first, /admin@harland\.example/);
  assert.match(first, /sales4@harland\.example/);
  assert.match(first, /60 accounts, \d+ contacts, 16 leads, 36 opportunities, 500 orders with \d+ lines, \d+ payments, \d+ activities/);
  const again = await good(['demo', '--db', sqlite('b.db'), ...small, '--language', 'en']);
  assert.equal(again, first);
  const found = await classes(sqlite('a.db'));
  assert.ok(found.accounts > 30 && found.accounts <= 60);
  assert.ok(found.gini > 0.4 && found.gini < 1);
  assert.equal(found.currency, 'EUR');
  assert.deepEqual(await classes(sqlite('b.db')), found);
  const deals = (await good(['export', 'opportunities', '--db', sqlite('a.db'), '--language', 'en'])).split('\r\n').map((line) => /OPP-\d+-\d+/.exec(line)?.[0]).filter(Boolean);
  const people = await Promise.all(deals.slice(0, 6).map(async (deal) => JSON.parse(await good(['people', deal, '--db', sqlite('a.db'), '--json', '--days', '60']))));
  assert.ok(people.every(({ days }) => days === 60) && people.some(({ people: known }) => known.length > 0));
  assert.match(await good(['people', deals[0], '--db', sqlite('a.db'), '--language', 'zh_CN']), /名称.*角色/);
  const wrong = await Promise.all([['people'], ['people', 'x', '--days', '0x'], ['people', 'nobody'], ['people', '1', '--days', '-1']].map((args) => run([...args, '--db', sqlite('a.db')])));
  assert.deepEqual(wrong.map(({ status }) => status), [2, 2, 1, 2]);
  assert.match(await good(['check', '--db', sqlite('a.db'), '--language', 'en']), /history +in order/);
  const other = await good(['demo', '--db', sqlite('c.db'), ...small, '--language', 'en', '--seed', '2']);
  assert.notEqual(other, first);
});

test('a demo company is Chinese unless English is asked for', async () => {
  const told = await good(['demo', '--db', sqlite('zh.db'), ...small]);
  assert.match(told, /王敏/);
  assert.match(told, /60 accounts/);
  assert.equal((await classes(sqlite('zh.db'))).currency, 'CNY');
});

test('PostgreSQL gets the same company', { skip: server ? false : 'MILLWRIGHT_TEST_POSTGRES names no server' }, async () => {
  const db = postgres();
  await good(['demo', '--db', db, ...small, '--language', 'en']);
  await good(['demo', '--db', sqlite('d.db'), ...small, '--language', 'en']);
  const every = ['--indicators', 'revenue=2,margin,orders,recency,growth,payment_delay,returns_share,products,potential,strategic_fit',
    '--weights', 'entropy', '--method', 'sum', '--returns', 'exclude'];
  assert.deepEqual(await classes(db, ...every), await classes(sqlite('d.db'), ...every));
  assert.deepEqual(await classes(db, ...every, '--ledger-mb', '0'), await classes(db, ...every));
});

test('a company in use is left alone; an empty one is taken', async () => {
  const env = { MILLWRIGHT_ADMIN_PASSWORD: 'correct horse battery' };
  await good(['init', '--db', sqlite('used.db'), '--admin', 'a@b.example', '--language', 'en'], env);
  const refused = await run(['demo', '--db', sqlite('used.db'), ...small, '--language', 'en']);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /This company is in use/);
  await good(['init', '--db', sqlite('empty.db'), '--language', 'en']);
  await good(['demo', '--db', sqlite('empty.db'), ...small, '--language', 'en']);
});

test('demo and classify refuse what they cannot do', async () => {
  for (const [args, message] of [
    [['demo', '--accounts', '0'], /Accounts from 1 to 1000000/],
    [['demo', '--as-of', 'yesterday'], /--as-of: “yesterday” is not a date/],
    [['demo', '--password', 'short'], /at least 10 characters/],
    [['classify', '--indicators', 'charm'], /“charm” is not one of revenue, margin/],
    [['classify', '--indicators', 'revenue,revenue'], /each once/],
    [['classify', '--indicators', 'revenue=much'], /--indicators/],
    [['classify', '--weights', 'heavy'], /--weights: “heavy” is not one of given, entropy/],
    [['classify', '--returns', 'maybe'], /--returns/],
    [['classify', '--method', 'dice'], /--method/],
    [['classify', '--as-of', '2026-02-30'], /is not a date/],
    [['classify', '--quota', '50,50'], /--quota with four numbers/],
    [['classify', '--quota', '50,50,50,50'], /make 100 %/],
    [['classify', '--thresholds', '0.1,0.5,0.9'], /thresholds/],
    [['classify', '--ahp', 'missing.csv'], /missing\.csv/],
    [['classify', '--schedule', 'hourly'], /schedule/i],
    [['classify', '--ledger-mb', 'lots'], /ledger_mb/],
  ]) {
    const db = args[0] === 'demo' ? sqlite('none.db') : sqlite('a.db');
    const { status, stdout, stderr } = await run([...args, '--db', db, '--language', 'en']);
    assert.equal(status, 1, args.join(' '));
    assert.equal(stdout, '');
    assert.match(stderr, message);
  }
});

test('a run is kept with its plan, and its weights come from comparisons', async () => {
  const { writeFileSync } = await import('node:fs');
  const matrix = join(folder, 'ahp.csv');
  writeFileSync(matrix, ',revenue,orders\nrevenue,1,3\norders,1/3,1\n');
  const found = JSON.parse(await good(['classify', '--db', sqlite('a.db'), '--json', '--language', 'en', '--indicators', 'revenue,orders',
    '--ahp', matrix, '--as-of', '2026-06-30', '--thresholds', '0.5,0.2,0.05', '--schedule', 'monthly']));
  assert.match(found.run, /^\d+$/);
  assert.ok(Math.abs(found.weights.revenue - 0.75) < 1e-9);
  assert.equal(found.consistency_ratio, 0);
  assert.match(found.summary, /accounts moved up/);
  const text = await good(['classify', '--db', sqlite('a.db'), '--dry-run', '--language', 'zh_CN', '--as-of', '2026-06-30']);
  assert.match(text, /家客户，销售额共/);
});

test('what is printed is in the language of the caller, the company is in its own', async () => {
  const { stdout } = await run(['demo', '--db', sqlite('caller.db'), '--accounts', '5', '--orders', '20', '--as-of', '2026-06-30'], { env: { LC_ALL: 'en_US.UTF-8' } });
  assert.match(stdout, /^Users, all with the password/);
  assert.match(stdout, /\n5 accounts, /);
  assert.match(await good(['export', 'teams', '--db', sqlite('caller.db'), '--columns', 'name']), /\p{Script=Han}/u);
});
