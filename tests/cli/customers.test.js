// millwright classify-table, concentration, clv: the documents, the tables, what is refused.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from '../lib/millwright.js';

const folder = mkdtempSync(join(tmpdir(), 'millwright-'));
after(() => rmSync(folder, { recursive: true }));
const file = (name, text) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const json = async (args, input = '') => {
  const { status, stdout, stderr } = await run([...args, '--json'], { input });
  assert.equal(stderr, '');
  assert.equal(status, 0);
  return JSON.parse(stdout);
};
const near = (value, expected, error) =>
  assert.ok(Math.abs(value - expected) <= error, `${value} is not ${expected} within ${error}`);

// ---- classify-table ----

// Tzeng & Huang 2011, as in the tests of scikit-criteria.
const tzeng = 'c,x,y,z\na,5,8,4\nb,7,6,8\nc,8,8,6\nd,7,4,6\n';

test('TOPSIS gives the published scores and classes by quota', async () => {
  const found = await json(['classify-table', '-', '--weights', 'x=.3,y=.4,z=.3'], tzeng);
  near(found.scores.a, 0.50372, 1e-5);
  near(found.scores.b, 0.658085, 1e-5);
  near(found.scores.c, 0.748249, 1e-5);
  near(found.scores.d, 0.333997, 1e-5);
  assert.deepEqual(found.weights, { x: 0.3, y: 0.4, z: 0.3 });
  assert.equal(found.cr, null);
  assert.deepEqual(found.classes, { a: 'C', b: 'B', c: 'A', d: 'D' });
});

test('weights by entropy and by comparison', async () => {
  // scikit-criteria, tests/preprocessing/test_weighters.py
  const { weights } = await json(['classify-table', '-', '--weights', 'entropy'], 'c,x,y\na,1,2\nb,4,16\n');
  near(weights.x, 0.358889, 1e-6);
  near(weights.y, 0.641111, 1e-6);
  const matrix = file('matrix.csv', ',z,x,y\nx,1/5,1,1/2\nz,1,5,2\ny,1/2,2,1\n');
  for (const method of ['eigenvector', 'geometric', 'row-mean']) {
    const found = await json(['classify-table', '-', '--ahp', matrix, '--ahp-method', method], tzeng);
    near(found.weights.x + found.weights.y + found.weights.z, 1, 1e-12);
    near(found.weights.z, 0.595, 0.002);
    near(found.cr, 0.0048, 0.0005);
  }
});

test('contradicting comparisons are warned of', async () => {
  const matrix = file('circle.csv', ',x,y,z\nx,1,5,1/5\ny,1/5,1,5\nz,5,1/5,1\n');
  const { stdout } = await run(['classify-table', '-', '--ahp', matrix], { input: tzeng });
  assert.match(stdout, /contradict each other/);
});

test('thresholds, directions, names, missing values', async () => {
  const found = await json(
    ['classify-table', '-', '--weighted-sum', '--direction', 'days=min', '--thresholds', '0.6,0.4', '--names', 'key,good,rest'],
    'c,revenue,days\na,0,10\nb,10,0\nc,,5\n',
  );
  assert.deepEqual(found.scores, { a: 0, b: 1, c: 0.5 });
  assert.deepEqual(found.classes, { a: 'rest', b: 'key', c: 'good' });
  assert.deepEqual(found.counts, { key: 1, good: 1, rest: 1 });
  assert.equal(found.missing, 1);
});

// ---- concentration ----

test('concentration of the example of R package ineq', async () => {
  const values = [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261];
  const lines = values.map((value, i) => `k${i},${value / 2}\nk${i},${value / 2}\n`).join('');
  const found = await json(['concentration', '-', '--points', '2'], `key,value\n${lines}loss,-5\n,7\n`);
  assert.equal(found.n, 10);
  near(found.gini, 0.46209113, 1e-8);
  near(found.gini_corrected, 0.51343459, 1e-8);
  assert.equal(found.top20_n, 2);
  near(found.top20_share, 34165 / 66586, 1e-12);
  assert.equal(found.n_for_80, 5);
  assert.equal(found.negative_n, 1);
  assert.equal(found.negative_total, -5);
  assert.equal(found.rows_left_out, 1);
  assert.equal(found.lorenz.length, 3);
});

test('two columns are multiplied', async () => {
  const found = await json(['concentration', '-', '--key', 'k', '--value', 'q*p'], 'q,k,p\n2,a,3\n1,b,4\n');
  assert.equal(found.total, 10);
});

// ---- clv ----

const data = process.env.MILLWRIGHT_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
const cdnow = join(data, 'cdnow', 'CDNOW_sample.txt');

test('CDNOW from its raw log gives the published fits', { skip: !existsSync(cdnow) && 'no data set CDNOW' }, async () => {
  const rows = readFileSync(cdnow, 'utf8').split('\n').filter(Boolean);
  const log = file('cdnow.csv', 'id,date,amount\n' + rows.map((row) => {
    const [, id, date, , amount] = row.trim().split(/\s+/);
    return `${id},${date},${amount}\n`;
  }).join(''));
  const found = await json(['clv', log, '--calibrate-until', '1997-09-30', '--horizon', '39', '--customers']);
  assert.equal(found.customers, 2357);
  assert.equal(found.repeat_orders, 2457);
  // Fader, Hardie & Lee 2005; log-likelihoods as in the tests of CLVTools.
  near(found.bg_nbd.log_likelihood, -9582.4292, 1e-4);
  near(found.bg_nbd.r, 0.242595, 2e-6);
  near(found.bg_nbd.b, 2.425907, 2e-5);
  near(found.pareto_nbd.log_likelihood, -9594.9762, 1e-4);
  near(found.pareto_nbd.standard_errors.beta, 6.2105448, 0.01);
  near(found.gamma_gamma.log_likelihood, -4055.9177, 1e-4);
  near(found.gamma_gamma.mean, 35.1704, 1e-3);
  assert.equal(found.chosen, 'bg_nbd');
  near(found.expected_orders_total, 1653.409, 0.01);
  assert.equal(found.holdout.actual_orders, 1882);
  assert.equal(found.per_customer.length, 2357);
  assert.ok(found.per_customer.every(({ p_alive: p, lifetime_value: v }) => p >= 0 && p <= 1 && v >= 0));
});

test('a log: days are joined, credits and the nameless left out, later comers apart', async () => {
  const log = 'who,when,worth\na,2024-01-01,10\na,2024-01-08,4\na,2024-01-08,2\na,2024-01-15,-3\n,2024-01-02,5\n' +
    'b,2024-01-01,1\nb,2024-01-20,8\nc,2024-02-01,9\nd,2024-01-03,2\n';
  const found = await json(['clv', '-', '--unit', 'day', '--calibrate-until', '2024-01-15', '--customers'], log);
  assert.equal(found.customers, 3);
  assert.equal(found.repeat_orders, 1);
  assert.equal(found.credits_left_out, 1);
  assert.equal(found.credit_total, -3);
  assert.equal(found.rows_left_out, 1);
  assert.equal(found.same_day_rows_joined, 1);
  assert.equal(found.newcomers_left_out, 1);
  const [a] = found.per_customer;
  assert.deepEqual([a.customer, a.x, a.tx, a.T, a.mean_amount], ['a', 1, 7, 14, 6]);
  assert.equal(found.gamma_gamma, null);
});

test('nobody ordered twice: nothing is claimed', async () => {
  const found = await json(['clv', '-'], 'who,when\na,2024-01-01\nb,2024-02-01\n');
  assert.equal(found.chosen, null);
  assert.equal(found.bg_nbd.identified, false);
  assert.equal(found.expected_orders_total, null);
  const { stdout } = await run(['clv', '-'], { input: 'who,when\na,2024-01-01\nb,2024-02-01\n' });
  assert.match(stdout, /too few to tell/);
});

// ---- Refusals ----

const two = 'id,x,tx,T\na,1,2,3\n';
for (const [name, args, input, says, code] of [
  ['no file', ['classify-table'], '', /one file/, 2],
  ['no indicator', ['classify-table', '-'], 'c\na\n', /indicators/, 1],
  ['no customers', ['classify-table', '-'], 'c,x\n', /no rows/, 1],
  ['a key twice', ['classify-table', '-'], 'c,x\na,1\na,2\n', /Line 3.*twice/, 1],
  ['a name twice', ['classify-table', '-'], 'c,x,x\na,1,2\n', /called “x”/, 1],
  ['no key', ['classify-table', '-'], 'c,x\n,1\n', /Line 2/, 1],
  ['no number', ['classify-table', '-'], 'c,x\na,one\n', /“one”/, 1],
  ['nothing known', ['classify-table', '-'], 'c,x\na,\n', /x: there is nothing/, 1],
  ['an unknown indicator', ['classify-table', '-', '--direction', 'q=min'], tzeng, /“q”/, 2],
  ['an unknown direction', ['classify-table', '-', '--direction', 'x=up'], tzeng, /--direction/, 2],
  ['a negative weight', ['classify-table', '-', '--weights', 'x=-1,y=2'], tzeng, /--weights/, 2],
  ['two ways to weigh', ['classify-table', '-', '--weights', 'entropy', '--ahp', 'm'], tzeng, /not both/, 2],
  ['no such way', ['classify-table', '-', '--ahp', 'm', '--ahp-method', 'best'], tzeng, /row-mean/, 2],
  ['quota and thresholds', ['classify-table', '-', '--quota', '1', '--thresholds', '1'], tzeng, /not both/, 2],
  ['a quota of words', ['classify-table', '-', '--quota', 'half'], tzeng, /“half”/, 2],
  ['a negative quota', ['classify-table', '-', '--quota=-1,2'], tzeng, /--quota/, 2],
  ['rising thresholds', ['classify-table', '-', '--thresholds', '.2,.4'], tzeng, /--thresholds/, 2],
  ['two classes of one name', ['classify-table', '-', '--names', 'A,B,B,C'], tzeng, /called “B”/, 2],
  ['a way without comparisons', ['classify-table', '-', '--ahp-method', 'geometric'], tzeng, /goes with --ahp/, 2],
  ['a file that is not there', ['classify-table', '/nonexistent.csv'], '', /^millwright classify-table: \/nonexistent\.csv cannot be opened/, 1],
  ['too few names', ['classify-table', '-', '--names', 'A,B'], tzeng, /4 classes/, 2],
  ['no file to concentrate', ['concentration'], '', /one file/, 2],
  ['no points', ['concentration', '-', '--points', '0'], 'k,v\na,1\n', /points/, 2],
  ['all below zero', ['concentration', '-'], 'k,v\na,-1\n', /nothing to compute/, 1],
  ['nothing of nothing', ['concentration', '-'], 'k,v\na,0\n', /no answer/, 1],
  ['no such column', ['concentration', '-', '--value', 'p*v'], 'k,v\na,1\n', /“p”/, 1],
  ['no log', ['clv'], '', /one file/, 2],
  ['an empty log', ['clv', '-'], 'who,when\n', /no customers/, 1],
  ['no date', ['clv', '-'], 'who,when\na,soon\n', /“soon”/, 1],
  ['a number beyond all measure', ['clv', '-'], 'who,when,worth\na,2024-01-01,-1e308\n', /Line 2, column “worth”: “-1e308” is too large/, 1],
  ['an order without a date', ['clv', '-'], 'who,when\na,\n', /Line 2.*needs a date/, 1],
  ['a summary with a last day', ['clv', '-', '--x', 'x', '--calibrate-until', '2024-01-01'], two, /of a summary/, 2],
  ['an unknown unit', ['clv', '-', '--unit', 'year'], 'who,when\n', /--unit/, 2],
  ['no last day', ['clv', '-', '--calibrate-until', 'x'], 'who,when\n', /--calibrate-until/, 2],
  ['a negative horizon', ['clv', '-', '--horizon=-1'], 'who,when\n', /--horizon/, 2],
  ['half an order', ['clv', '-', '--x', 'x'], 'id,x,tx,T\na,.5,2,3\n', /Line 2/, 1],
  ['a customer twice', ['clv', '-', '--x', 'x'], `${two}a,1,2,3\n`, /Line 3.*twice/, 1],
]) {
  test(`refused: ${name}`, async () => {
    const { status, stdout, stderr } = await run(args, { input });
    assert.match(stderr, says);
    assert.equal(stdout, '');
    assert.equal(status, code);
  });
}

test('a fault names the file, the line and the column', async () => {
  const { stderr } = await run(['concentration', file('faulty.csv', 'k,v\na,1\nb,much\n')]);
  assert.match(stderr, /faulty\.csv: Line 3, column “v”: “much” is not a number/);
});

for (const [name, text, says] of [
  ['a row short', ',x,y,z\nx,1,1,1\ny,1,1,1\n', /“z”/],
  ['a row twice', ',x,y,z\nx,1,1,1\nx,1,1,1\n', /Line 3.*twice/],
  ['a stranger', ',x,y,z\nq,1,1,1\n', /“q”/],
  ['a word', ',x,y,z\nx,1,more,1\n', /“more”/],
  ['no reciprocal', ',x,y,z\nx,1,3,1\ny,3,1,1\nz,1,1,1\n', /1\/3/],
  ['a column short', ',x,y\nx,1,1\n', /“z”/],
]) {
  test(`comparisons refused: ${name}`, async () => {
    const matrix = file('refused.csv', text);
    const { status, stderr } = await run(['classify-table', '-', '--ahp', matrix], { input: tzeng });
    assert.match(stderr, says);
    assert.match(stderr, /refused\.csv: /);
    assert.equal(status, 1);
  });
}
