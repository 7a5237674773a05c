// millwright negotiate: the keys that others rely on, proposals, and what is said of bad files.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { run } from '../lib/millwright.js';

const domain = { name: 'd', issues: [{ name: 'Price', options: ['102', '98', '95'] }, { name: 'Days', from: 1, to: 3 }] };
// Utilities: Price 0.6 · (1, 0.5, 0), Days 0.4 · (1, 0.5, 0); the buyer's are the other way round with 0.4 and 0.6.
const seller = (reservation) => ({
  reservation, issues: { Price: { weight: 6, values: { 102: 4, 98: 2, 95: 0 } }, Days: { weight: 4, at_low: 1, at_high: 0 } },
});
const buyer = (reservation) => ({
  reservation, issues: { Price: { weight: 4, values: { 102: 0, 98: 5, 95: 10 } }, Days: { weight: 6, at_low: 0, at_high: 1 } },
});

let folder;
const file = async (name, content) => {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
const negotiate = async (a, b, ...options) => {
  const args = ['negotiate', await file('domain.json', domain), await file('a.json', a), await file('b.json', b)];
  return run([...args, ...options]);
};
before(async () => { folder = await mkdtemp(join(tmpdir(), 'millwright-')); });
after(() => rm(folder, { recursive: true }));

test('the keys that others rely on', async () => {
  const { status, stdout } = await negotiate(seller(0.3), buyer(0.3), '--json', '--frontier', '-1');
  const got = JSON.parse(stdout);
  assert.equal(status, 0);
  assert.equal(got.outcomes, 9);
  // By hand: from (102, 1) to (95, 3), giving Days before Price: (1, 0) (.8, .3) (.6, .6) (.3, .8) (0, 1).
  assert.equal(got.pareto_count, 5);
  assert.deepEqual(got.pareto.map((point) => [point.a, point.b].map((u) => Math.round(u * 10) / 10)),
    [[1, 0], [0.8, 0.3], [0.6, 0.6], [0.3, 0.8], [0, 1]]);
  assert.equal(got.rational, 5); // by hand: (.8, .3) (.6, .6) (.5, .5) (.4, .4) (.3, .8)
  assert.equal(got.agreement, true);
  for (const key of ['nash', 'kalai_smorodinsky', 'egalitarian', 'utilitarian']) {
    assert.equal(got[key].length, 1);
    got[key][0].forEach((u) => assert.ok(Math.abs(u - 0.6) < 1e-12));
  }
  assert.ok(Math.abs(got.opposition - Math.hypot(0.4, 0.4)) < 1e-12);
});

test('no agreement when every outcome is below a reservation value', async () => {
  const { stdout } = await negotiate(seller(0.7), buyer(0.7), '--json');
  const got = JSON.parse(stdout);
  assert.equal(got.agreement, false);
  assert.equal(got.rational, 0);
  assert.deepEqual(got.nash, []);
  assert.match((await negotiate(seller(0.7), buyer(0.7))).stdout, /No agreement/);
});

test('offers lead to an estimate, a counter-offer and packages', async () => {
  const log = await file('log.csv', 'by,time,Price,Days\nA,0,102,1\nB,0.2,95,3\nB,0.4,98,3\nB,0.5,98,3\n');
  const { stdout } = await negotiate(seller(0.3), buyer(0.3), '--json', '--offers', log, '--differences', '1', '--band', '0.2');
  const { advice } = JSON.parse(stdout);
  assert.equal(advice.time, 0.5);
  assert.ok(Math.abs(advice.target - 0.65) < 1e-12); // half-way from 1 to 0.3
  assert.ok(advice.opponent.weights.Days > advice.opponent.weights.Price);
  assert.ok(advice.counter_offer.ours >= advice.target);
  assert.equal(advice.accept, false);
  assert.equal(advice.offers.length, 4);
  assert.equal(advice.offers[1].below_reservation, true);
  assert.ok(advice.packages.length >= 1);
  advice.packages.forEach(({ ours }) => assert.ok(ours >= 0.65 - 1e-12 && ours <= 0.85 + 1e-12));
  const human = await negotiate(seller(0.3), buyer(0.3), '--offers', log);
  assert.match(human.stdout, /Counter-offer/);
});

test('blanks around a name do not count', async () => {
  const spaced = await file('spaced.json', { ...domain, issues: [{ name: ' Price', options: ['102 ', '98', '95'] }, domain.issues[1]] });
  const log = await file('spaced.csv', 'by, Price ,Days\nB, 102,3\n');
  const args = ['negotiate', spaced, await file('a.json', seller(0)), await file('b.json', buyer(0)), '--offers', log, '--json'];
  const { status, stdout } = await run(args);
  assert.equal(status, 0);
  assert.ok(JSON.parse(stdout).advice.opponent.counts.Price['102'] >= 1);
});

test('bad files are named with the place', async () => {
  const { status, stderr } = await negotiate(seller(0.3), { issues: { Price: { weight: 1 } } });
  assert.match(stderr, /b\.json: issues\.Price\.at_low/);
  assert.equal(status, 1);
  const log = await file('bad.csv', 'by,Price,Days\nA,102,9\n');
  assert.match((await negotiate(seller(0), buyer(0), '--offers', log)).stderr, /bad\.csv: Line 2/);
});

test('wrong calls', async () => {
  assert.equal((await run(['negotiate'])).status, 2);
  assert.equal((await negotiate(seller(0), buyer(0), '--side', 'C')).status, 2);
  assert.equal((await negotiate(seller(0), buyer(0), '--packages', '0')).status, 2);
  assert.equal((await negotiate(seller(0), buyer(0), '--learning', '2')).status, 2);
});
