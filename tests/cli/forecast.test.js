// millwright forecast: every method, both layouts, notes, what is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../lib/millwright.js';

const json = async (args, input) => {
  const { status, stdout, stderr } = await run(['forecast', '--json', ...args, '-'], { input });
  assert.equal(stderr, '');
  assert.equal(status, 0);
  return JSON.parse(stdout);
};
const wide = (...series) =>
  ['t,' + series.map((_, i) => `s${i + 1}`), ...series[0].map((_, t) => [t + 1, ...series.map((y) => y[t])])].join('\n');

const seldom = [1, 0, 0, 0, 2, 0, 0];
const seasonal = [12, 15, 9, 11, 13, 17, 8, 12, 15, 18, 11, 13, 15, 20, 10, 14, 18, 21, 12, 15];

// Croston: robjhyndman/forecast, issue 26; the others follow from its size and interval, 1.1 and 1.3.
for (const [method, rate] of [['croston', 1.1 / 1.3], ['sba', 0.95 * 1.1 / 1.3], ['sbj', (1 - 0.1 / 1.9) * 1.1 / 1.3]]) {
  test(`${method} forecasts a rate`, async () => {
    const { horizon, series: [one] } = await json(['-m', method, '-n', '3'], wide(seldom));
    assert.equal(horizon, 3);
    assert.equal(one.method, method);
    assert.equal(one.forecast.length, 3);
    assert.ok(one.forecast.every((y) => Math.abs(y - rate) < 1e-12));
    assert.ok(one.lower.every((y, h) => y <= one.forecast[h]) && one.upper.every((y, h) => y >= one.forecast[h]));
    assert.ok(one.total.lower <= one.total.forecast && one.total.forecast <= one.total.upper);
    assert.equal(one.parameters.start, 'first');
    assert.equal(one.aicc, null);
    assert.ok(one.sse > 0);
  });
}

for (const method of ['ses', 'holt', 'damped', 'hw-additive', 'hw-multiplicative']) {
  test(`${method} forecasts with an interval`, async () => {
    const { series: [one] } = await json(['-m', method, '-p', '4', '-n', '4'], wide(seasonal));
    assert.equal(one.method, method);
    assert.match(one.model, /^ETS\([AM],(N|A|Ad),[NAM]\)$/);
    assert.ok(one.forecast.every((y, h) => one.lower[h] < y && y < one.upper[h]));
    assert.ok(Number.isFinite(one.aicc) && one.sse > 0 && one.parameters.alpha > 0);
    assert.equal(one.interval, method === 'hw-multiplicative' ? 'simulated' : 'exact');
  });
}

test('the automatic choice finds the season, and takes SBA for seldom demand', async () => {
  const { series } = await json(['-p', '4'], wide(seasonal, seasonal.map((_, t) => (t % 5 ? 0 : 2))));
  assert.match(series[0].method, /^ETS\(.,.*,[AM]\)$/);
  assert.equal(series[1].method, 'sba');
});

test('classical starts show the constants of Holt and Winters, too', async () => {
  const { series: [one] } = await json(['-m', 'hw-additive', '--start', 'classical', '-p', '4'], wide(seasonal));
  assert.equal(one.parameters.start, 'classical');
  assert.ok(Math.abs(one.parameters.beta_of_level * one.parameters.alpha - one.parameters.beta) < 1e-12);
  assert.equal(one.aicc, null);
});

test('gaps, zeros, a single demand and returns have defined results', async () => {
  const { series } = await json(['-m', 'sba'], 't,gap,zero,single,back\n1,1,0,0,3\n2,NA,0,4,-1\n3,,0,0,0\n4,2,0,0,2\n');
  const [gap, zero, single, back] = series;
  assert.equal(gap.missing, 2);
  assert.ok(zero.forecast.every((y) => y === 0) && zero.upper.every((y) => y === 0));
  assert.ok(Math.abs(single.forecast[0] - 0.95 * 4 / 2) < 1e-12);
  assert.equal(back.negative, 1);
  assert.match(back.notes[0], /Negative/);
});

test('a long table may come in any order', async () => {
  const input = 'part,month,n\na,2024-02,2\nb,2024-01,1\na,2024-01,1\na,2024-02,1\n';
  const { series } = await json(['--long', '-m', 'croston'], input);
  assert.deepEqual(series.map(({ name, n }) => [name, n]), [['a', 2], ['b', 2]]);
  assert.ok(Math.abs(series[0].forecast[0] - (1 + 0.1 * 2)) < 1e-12);
  const unknown = await json(['--long', '-m', 'croston', '--absent', 'unknown'], input);
  assert.equal(unknown.series[1].missing, 1);
});

test('one series that cannot be forecast does not stop the others', async () => {
  const { series } = await json(['-m', 'holt'], wide(seasonal, seasonal.map(() => 'NA')));
  assert.equal(series[0].error, undefined);
  assert.match(series[1].error, /nothing to compute/);
});

test('the same seed gives the same document, and people get a table', async () => {
  const args = ['forecast', '-m', 'hw-multiplicative', '-p', '4', '--seed', '7', '-'];
  const [once, twice] = await Promise.all([1, 2].map(() => run(args, { input: wide(seasonal) })));
  assert.match(once.stdout, /s1 by hw-multiplicative/);
  assert.equal(once.stdout, twice.stdout);
});

test('large numbers are shown by a power of ten', async () => {
  const { status, stdout } = await run(['forecast', '--method', 'croston', '-'], { input: 't,y\n1,1e99\n2,2e99\n' });
  assert.equal(status, 0);
  assert.match(stdout, /squared errors 1e\+198/);
});

test('periods of a long table come in the order of time', async () => {
  const rows = (labels) => labels.map((label, i) => `a,${label},${[8, 4, 2, 1][i]}\n`).join('');
  for (const labels of [['1', '2', '9', '10'], ['2024-8', '2024-9', '2024-10', '2024-11'], ['0.5', '9.5', '10', '10.25']]) {
    const shuffled = rows(labels).split('\n').filter(Boolean).reverse().join('\n');
    const { series: [{ forecast }] } = await json(['--long', '--method', 'croston', '--alpha', '1', '--horizon', '1'], `s,p,v\n${shuffled}\n`);
    assert.deepEqual(forecast, [1]); // with a constant of 1 the last size stands, as it is the last
  }
});

for (const [name, args, input, says, code] of [
  ['no file', [], '', /table of series/, 2],
  ['an unknown method', ['-m', 'guess', '-'], 't,y\n1,1\n', /--method.*guess/, 2],
  ['an unknown start', ['--start', 'last', '-'], 't,y\n1,1\n', /--start/, 2],
  ['a start of another family', ['-m', 'ses', '--start', 'mean', '-'], 't,y\n1,1\n', /--start/, 2],
  ['no horizon', ['-n', '0', '-'], 't,y\n1,1\n', /--horizon/, 2],
  ['a season without a period', ['-m', 'hw-additive', '-'], 't,y\n1,1\n', /--period/, 2],
  ['few draws', ['--draws', '99', '-'], 't,y\n1,1\n', /--draws/, 2],
  ['certainty', ['--coverage', '1', '-'], 't,y\n1,1\n', /--coverage/, 2],
  ['smoothing by more than all', ['--alpha', '1.1', '-'], 't,y\n1,1\n', /--alpha/, 2],
  ['smoothing by less than nothing', ['--alpha-interval', '-1', '-'], 't,y\n1,1\n', /--alpha-interval/, 2],
  ['another absence', ['--absent', 'often', '-'], 't,y\n1,1\n', /--absent/, 2],
  ['a word', ['-'], 't,y\n1,one\n', /Line 2, column “y”: “one”/, 1],
  ['a series that is not there', ['--series', 'z', '-'], 't,y\n1,1\n', /no such series/, 1],
  ['too few values', ['-m', 'holt', '-'], 't,y\n1,1\n', /y: the data are too few/, 1],
  ['a key of a wide table', ['--key', 's', '-'], 'p,y\n1,2\n', /--long/, 2],
  ['a damping out of bounds', ['--method', 'damped', '--phi', '2', '-'], 'p,y\n1,2\n', /--phi/, 2],
  ['a damping of what has none', ['--method', 'ses', '--phi', '0.9', '-'], 'p,y\n1,2\n', /--phi/, 2],
  ['too long a season', ['--method', 'hw-additive', '--period', '24', '-'], 'p,y\n1,2\n', /--period/, 2],
]) {
  test(`refused: ${name}`, async () => {
    const { status, stdout, stderr } = await run(['forecast', ...args], { input });
    assert.match(stderr, says);
    assert.equal(stdout, '');
    assert.equal(status, code);
  });
}
