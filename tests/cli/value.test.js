// millwright value: the keys that others rely on, and what is said of a bad case.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../lib/millwright.js';

const near = (got, expected, tolerance) => assert.ok(Math.abs(got - expected) <= tolerance, `${got} is not ${expected}`);
const savings = (more) => JSON.stringify({
  years: 6, rate: 0.09, investments: [{ name: 'Machine', amount: 48000 }],
  effects: [{
    name: 'Savings', family: 'economic_result', better: 'higher', baseline: 0, target: 11000, unit_price: 1,
    uncertainty: { kind: 'triangular', low: 8000, high: 17000 }, ...more,
  }],
});
const value = async (input, ...options) => {
  const { status, stdout, stderr } = await run(['value', '-', '--json', ...options], { input });
  assert.equal(stderr, '');
  assert.equal(status, 0);
  return JSON.parse(stdout);
};

test('measures of given cash flows are those of the textbook', async () => {
  const flows = JSON.stringify({ rate: 0.05, cash_flows: [-70000, 12000, 15000, 18000, 21000, 26000] });
  const got = await value(flows);
  near(got.payback, 4.153846, 5e-7);
  near(got.discounted_payback, 4.595933, 5e-7);
  assert.equal(got.irr.length, 1);
  near(got.irr[0], 0.086630948, 5e-10);
  near(got.npv / 1.05, got.npv_first_flow_discounted, 1e-9);
  assert.ok(got.mirr > 0.05 && got.mirr < got.irr[0]);
  assert.deepEqual(got.tornado, []);
});

test('without a rate of return there is none, not a number', async () => {
  const got = await value(JSON.stringify({ rate: 0.05, cash_flows: [1, 2, 3] }));
  assert.deepEqual(got.irr, []);
  assert.equal(got.mirr, null);
  assert.equal(got.payback, 0);
});

test('one draw for all years gives the exact probability 0.729970079568', async () => {
  const { monte_carlo: got, tornado } = await value(savings(), '--draws', '1000000');
  near(got.probability_positive, 0.729970079568, 4 * got.standard_error);
  near(got.mean, 5831.023083, 4 * 8392.385215 / 1000);
  near(got.sd, 8392.385215, 4 * 8392.385215 / 1414);
  assert.equal(tornado.length, 1);
  near(tornado[0].width, 9000 * (1 - 1.09 ** -6) / 0.09, 1e-6);
});

test('a draw each year is another risk', async () => {
  const { monte_carlo: got } = await value(savings({ each_year: true }));
  near(got.probability_positive, 0.9582, 1e-4 + 4 * got.standard_error);
  assert.ok(got.p5 < got.p50 && got.p50 < got.p95);
});

test('threads change nothing, another seed does', async () => {
  const one = await value(savings(), '--threads', '1', '--seed', '7');
  assert.deepEqual(await value(savings(), '--threads', '3', '--seed', '7'), one);
  assert.notEqual((await value(savings(), '--seed', '8')).monte_carlo.mean, one.monte_carlo.mean);
});

test('an unknown key is named', async () => {
  const { status, stderr } = await run(['value', '-'], { input: savings({ colour: 'red' }) });
  assert.match(stderr, /effects\[0\]\.colour/);
  assert.equal(status, 1);
});

test('people get a table', async () => {
  const { status, stdout } = await run(['value', '-'], { input: savings() });
  assert.match(stdout, /^Net present value +1345\.1/m);
  assert.match(stdout, /^Savings +-/m);
  assert.equal(status, 0);
});

test('wrong calls', async () => {
  assert.equal((await run(['value'])).status, 2);
  assert.equal((await run(['value', '-', '--draws', '1'], { input: savings() })).status, 2);
  assert.equal((await run(['value', '-', '--threads=-1'], { input: savings() })).status, 2);
  assert.equal((await run(['value', '-', '--seed=-2'], { input: savings() })).status, 2);
  assert.equal((await run(['value', '/nonexistent.json'])).status, 1);
});
