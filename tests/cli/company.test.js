// A company from outside: made, checked, copied, put back; settings from file, environment and options.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { run } from '../lib/millwright.js';

const folder = mkdtempSync(join(tmpdir(), 'millwright-'));
const db = join(folder, 'company.db');
const password = { MILLWRIGHT_ADMIN_PASSWORD: 'correct horse battery' };

before(async () => {
  const made = await run(['init', '--db', db, '--admin', 'ann@example.com'], { env: password });
  assert.equal(made.status, 0, made.stderr);
});
after(() => rmSync(folder, { recursive: true }));

test('a company is made once', async () => {
  const again = await run(['init', '--db', db, '--admin', 'ann@example.com'], { env: password });
  assert.equal(again.status, 1);
  assert.match(again.stderr, /already/);
  const chinese = await run(['init', '--db', db, '--admin', 'ann@example.com'],
    { env: { ...password, LC_ALL: 'zh_CN.UTF-8' } });
  assert.match(chinese.stderr, /\p{Script=Han}/u);
});

test('a new company tells what it is like and how to go on, its people follow its clock and language', async () => {
  const other = join(folder, 'told.db');
  const made = await run(['init', '--db', `sqlite:${other}`, '--admin', 'a@example.com', '--company', 'Keller AG', '--currency', 'EUR', '--company-language', 'en', '--time-zone', 'Europe/Berlin'],
    { env: password });
  assert.match(made.stdout, /Keller AG.*EUR.*en.*Europe\/Berlin/);
  assert.match(made.stdout, new RegExp(`millwright serve --db sqlite:${other}`));
  const rows = (await run(['export', 'users', '--db', other, '--raw', '--columns', 'email,language,time_zone'])).stdout;
  assert.match(rows, /^a@example\.com,,\r?$/m);
  const refused = await run(['user', 'add', 'b@example.com', '--role', 'boss', '--db', other], { env: password });
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /no role “boss”; there are: admin, .*sales/);
  assert.doesNotMatch(refused.stderr, /user_role/);
  const wrong = await run(['check', '--db', 'mysql://host/company']);
  assert.deepEqual([wrong.status, /sqlite:FILE/.test(wrong.stderr)], [2, true]);
});

test('a weak password and a wrong call are refused', async () => {
  const other = join(folder, 'weak.db');
  const weak = await run(['init', '--db', other, '--admin', 'a@example.com'],
    { env: { MILLWRIGHT_ADMIN_PASSWORD: 'short' } });
  assert.equal(weak.status, 1);
  assert.match(weak.stderr, /at least 10/);
  assert.equal((await run(['backup', '--db', db])).status, 2);
  assert.equal((await run(['init', '--db', db, '--nonsense'])).status, 2);
});

test('a new company is in order', async () => {
  const { status, stdout } = await run(['check', '--db', db, '--json']);
  assert.equal(status, 0);
  const report = JSON.parse(stdout);
  assert.equal(report.whole, true);
  for (const [part, fault] of Object.entries(report.parts)) assert.equal(fault, null, part);
  const audit = await run(['audit', 'verify', '--db', db]);
  assert.equal(audit.status, 0, audit.stderr);
  const migrate = await run(['migrate', '--db', db]);
  assert.equal(migrate.status, 0, migrate.stderr);
});

test('a copy is whole, and never over another without --force', async () => {
  const copy = join(folder, 'copy.db');
  assert.equal((await run(['backup', '--db', db, copy])).status, 0);
  assert.equal((await run(['check', '--db', copy])).status, 0);
  const again = await run(['backup', '--db', db, copy]);
  assert.equal(again.status, 1);
  assert.match(again.stderr, /--force/);
  assert.equal((await run(['backup', '--db', db, '--force', copy])).status, 0);

  const restored = join(folder, 'restored.db');
  assert.equal((await run(['restore', '--db', restored, copy])).status, 0);
  const refused = await run(['restore', '--db', restored, copy]);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /--force/);
  assert.equal((await run(['restore', '--db', restored, '--force', copy])).status, 0);
  assert.equal((await run(['check', '--db', restored])).status, 0);
});

test('a damaged copy does not take the place of a company', async () => {
  const bad = join(folder, 'bad.db');
  writeFileSync(bad, readFileSync(db).subarray(0, 20000));
  const { status, stderr } = await run(['restore', '--db', db, '--force', bad]);
  assert.equal(status, 1);
  assert.notEqual(stderr, '');
  assert.equal((await run(['check', '--db', db])).status, 0);
  assert.deepEqual(readdirSync(folder).filter((name) => name.endsWith('.part')), []);
});

test('a copy to where there is no room leaves nothing', () => {
  const target = join(folder, 'full.db');
  // Files of at most 64 KB; the signal for a larger one is ignored.
  const { status, stderr } = spawnSync('sh',
    ['-c', 'trap "" XFSZ; ulimit -f 128; exec "$0" "$@"', process.env.MILLWRIGHT, 'backup', '--db', db, target],
    { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } });
  assert.equal(status, 1, stderr);
  assert.notEqual(stderr, '');
  assert.equal(existsSync(target), false);
  assert.equal(existsSync(`${target}.part`), false);
});

test('a file that is no database is named as such', async () => {
  const text = join(folder, 'text.db');
  writeFileSync(text, 'This is a letter and no database.\n'.repeat(500));
  const { status, stderr } = await run(['check', '--db', text]);
  assert.equal(status, 1);
  assert.match(stderr, /not a sound database|file is not a database/);
  truncateSync(text);
  assert.equal((await run(['check', '--db', text])).status, 1);
});

test('options go before the environment, the environment before the file', async () => {
  const file = join(folder, 'millwright.conf');
  const none = join(folder, 'none.db');
  const check = (args, env) => run(['check', ...args], { env });
  writeFileSync(file, `[millwright]\ndb = ${db}\n`);
  assert.equal((await check(['--config', file], {})).status, 0);
  assert.equal((await check(['--config', file], { MILLWRIGHT_DB: none })).status, 1);
  assert.equal((await check(['--config', file, '--db', db], { MILLWRIGHT_DB: none })).status, 0);
  writeFileSync(file, '[millwright]\ndatabse = x\n');
  const unknown = await check(['--config', file, '--db', db], {});
  assert.notEqual(unknown.status, 0);
  assert.match(unknown.stderr, /databse/);
});
