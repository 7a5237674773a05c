// millwright pipeline-forecast: rates, prices, quantiles, what is refused.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
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

test('people get a table and are told what was left out', async () => {
  const { stdout, status } = await run(['pipeline-forecast', '--group', 'product', '-'], { input: deals });
  assert.match(stdout, /^PumpA +1 +60 +200 +120/m);
  assert.match(stdout, /win rate of all/);
  assert.match(stdout, /^2 open deals have neither/m);
  assert.equal(status, 0);
});

for (const [name, args, input, says, code] of [
  ['no file', [], '', /table of deals/, 2],
  ['no stage', ['--stage', 'phase', '-'], deals, /“phase”.*product, stage, amount/, 1],
  ['no history', ['-'], 'stage,amount\nOpen,5\n', /no win rate/, 1],
  ['nothing open', ['-'], 'stage,amount\nWon,5\n', /nothing to compute/, 1],
  ['few draws', ['--draws', '-5', '-'], deals, /outside/, 1],
  ['no price list', ['--prices', '/nowhere/prices.csv', '-'], deals, /nowhere/, 1],
]) {
  test(`refused: ${name}`, async () => {
    const { status, stdout, stderr } = await run(['pipeline-forecast', ...args], { input });
    assert.match(stderr, says);
    assert.equal(stdout, '');
    assert.equal(status, code);
  });
}
