// millwright pipeline-forecast: rates, prices, quantiles, what is refused.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from '../lib/millwright.js';

const deals = `product,stage,amount
Pump A,Won,100
Pump A,Won,120
Pump A,Lost,0
Pump A,Lost,0
Valve,Won,10
PumpA,Open,200
Pump A,Talking,
Valve,Open,50
Valve,Open,
`;
const json = async (args, input) => {
  const { status, stdout, stderr } = await run(['pipeline-forecast', '--json', ...args, '-'], { input });
  assert.equal(stderr, '');
  assert.equal(status, 0);
  return JSON.parse(stdout);
};

test('groups have their own win rate, or that of all', async () => {
  const { groups, total, open, unvalued } = await json(['--group', 'product'], deals);
  assert.deepEqual(groups.map(({ group, deals: n, win_rate: rate, own_history: own }) => [group, n, rate, own]),
    [['Pump A', 0, 0.5, true], ['Valve', 1, 1, true], ['PumpA', 1, 0.6, false]]);
  assert.deepEqual([open, unvalued, total.won, total.lost], [4, 2, 3, 2]);
  assert.equal(total.amount, 250);
  assert.ok(Math.abs(total.weighted - (50 + 0.6 * 200)) < 1e-9);
  assert.ok(Math.abs(total.sd - 200 * Math.sqrt(0.24)) < 1e-9);
  assert.deepEqual([total.p5, total.p95], [50, 250]);
  assert.ok(Math.abs(total.mean - total.weighted) <= 4 * total.standard_error);
});

test('a price list serves deals without an amount', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'millwright-'));
  try {
    const prices = join(folder, 'prices.csv');
    await writeFile(prices, 'item,price\nPUMP A,300\nvalve,40\n');
    const { total, unvalued } = await json(['--group', 'product', '--prices', prices], deals);
    assert.equal(unvalued, 0);
    assert.equal(total.amount, 200 + 300 + 50 + 40);
    const some = await json(['--group', 'product', '--prices', prices, '--open', 'Talking, Qualified'], deals);
    assert.equal(some.total.amount, 300);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('dates tell how long deals take, and when they were won', async () => {
  const input = 'stage,amount,from,to\nWon,10,2024-01-01,2024-01-11\nWon,5,2024-03-01,2024-03-31\nWon,7,2024-03-30,2024-04-01\n'
    + 'Lost,0,2024-01-01,2024-01-05\nLost,0,2024-01-01,\nOpen,1,2024-01-01,\n';
  const { days_to_close: days } = await json(['--opened', 'from', '--closed', 'to'], input);
  assert.deepEqual(days.won, { deals: 3, mean: 14, median: 10 });
  assert.deepEqual(days.lost, { deals: 1, mean: 4, median: 4 });
  assert.deepEqual(days.all, { deals: 4, mean: 11.5, median: 7 });
  assert.deepEqual(days.won_by_quarter, { '2024-Q1': 15, '2024-Q2': 7 });
  const without = await json([], input);
  assert.equal(without.days_to_close, null);
});

test('people get a table and are told what was left out', async () => {
  const { stdout, status } = await run(['pipeline-forecast', '--group', 'product', '-'], { input: deals });
  assert.match(stdout, /^PumpA +1 +60 +200 +120/m);
  assert.match(stdout, /win rate of all/);
  assert.match(stdout, /^2 open deals have neither/m);
  assert.equal(status, 0);
});

// Maven Analytics, CRM sales opportunities; values computed with numpy.
const maven = join(process.env.MILLWRIGHT_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url)), 'pipeline');
test('the opportunities of Maven Analytics', { skip: existsSync(maven) ? false : `no data set at ${maven}` }, async () => {
  const { status, stdout } = await run(['pipeline-forecast', '--json', '--group', 'product', '--stage', 'deal_stage',
    '--amount', 'close_value', '--opened', 'engage_date', '--closed', 'close_date', '--prices', join(maven, 'products.csv'),
    '--price', 'sales_price', join(maven, 'sales_pipeline.csv')]);
  const { total, days_to_close: days, open, unvalued } = JSON.parse(stdout);
  assert.equal(status, 0);
  assert.deepEqual([open, unvalued, total.deals, total.amount], [2089, 0, 2089, 4966215]);
  assert.equal(total.weighted.toFixed(4), '3110729.3010');
  assert.ok(Math.abs(total.sd - 83297.7516) < 1e-4);
  assert.ok(Math.abs(total.mean - total.weighted) <= 4 * total.standard_error);
  assert.equal(days.won.mean.toFixed(4), '51.7820');
  assert.equal(days.lost.mean.toFixed(4), '41.4792');
  assert.equal(days.all.median, 45);
  assert.deepEqual(days.won_by_quarter,
    { '2017-Q1': 1134672, '2017-Q2': 3086111, '2017-Q3': 2982255, '2017-Q4': 2802496 });
});

for (const [name, args, input, says, code] of [
  ['no file', [], '', /table of deals/, 2],
  ['no stage', ['--stage', 'phase', '-'], deals, /“phase”.*product, stage, amount/, 1],
  ['no history', ['-'], 'stage,amount\nOpen,5\n', /no win rate/, 1],
  ['nothing open', ['-'], 'stage,amount\nWon,5\n', /None of the 0 open deals/, 1],
  ['no date', ['--opened', 'stage', '--closed', 'stage', '-'], deals, /Line 2, column “stage”: “Won” is not a date/, 1],
  ['few draws', ['--draws', '-5', '-'], deals, /--draws must be/, 2],
  ['one date of two', ['--opened', 'stage', '-'], deals, /go together/, 2],
  ['no price list', ['--prices', '/nowhere/prices.csv', '-'], deals, /nowhere/, 1],
]) {
  test(`refused: ${name}`, async () => {
    const { status, stdout, stderr } = await run(['pipeline-forecast', ...args], { input });
    assert.match(stderr, says);
    assert.equal(stdout, '');
    assert.equal(status, code);
  });
}
