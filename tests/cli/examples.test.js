// The worked examples of docs/methods: each command is run as the page has it, and says what the page says.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from '../lib/millwright.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = readdirSync(join(root, 'docs/methods')).filter((name) => name.endsWith('.md'));
const commands = Object.fromEntries(pages.map((name) => [name,
  readFileSync(join(root, 'docs/methods', name), 'utf8').split('\n')
    .filter((line) => /^ {4}millwright .*docs\/methods\/examples\//.test(line))
    .map((line) => line.trim().split(' ').slice(1))]));
const near = (value, expected, error) => assert.ok(Math.abs(value - expected) <= error, `${value} is not ${expected} within ${error}`);

const expectations = {
  'classification.md': [
    ({ scores, classes }) => {
      assert.deepEqual(classes, { a: 'C', b: 'B', c: 'A', d: 'D' });
      near(scores.c, 0.7482, 5e-5);
    },
    ({ weights, cr, scores }) => {
      [[weights.x, 0.309], [weights.y, 0.582], [weights.z, 0.109], [cr, 0.003]].forEach(([got, said]) => near(got, said, 5e-4));
      assert.ok(scores.a > scores.b);
    },
  ],
  'concentration.md': [(found) => {
    near(found.gini, 0.267, 5e-4);
    near(found.gini_corrected, 0.333, 5e-4);
    near(found.hhi, 0.244, 5e-4);
    assert.equal(found.n_for_80, 3);
  }],
  'value-case.md': [(found) => {
    assert.deepEqual(found.cash_flows.slice(0, 3), [-510000, 108000, 137640]);
    near(found.npv, 77760, 0.5);
    near(found.irr[0], 0.138, 5e-4);
    near(found.payback, 3.9, 0.05);
    near(found.tco.alternative, 389718, 0.5);
    near(found.npv_against_alternative, 467478, 0.5);
    near(found.economic_value.total, 947478, 0.5);
    near(found.monte_carlo.probability_positive, 0.64, 0.005);
  }],
  'negotiation.md': [
    (found) => {
      assert.deepEqual([found.outcomes, found.rational, found.pareto_count], [549, 254, 145]);
      near(found.nash[0][0], 0.72, 1e-9);
      near(found.nash[0][1], 0.62, 1e-9);
    },
    ({ advice }) => {
      near(advice.target, 0.725, 1e-9);
      near(advice.counter_offer.ours, 0.85, 1e-9);
      assert.deepEqual(advice.counter_offer.outcome, { Price: '102', 'Payment days': '30', 'Stock at the customer': 'four weeks' });
    },
  ],
  'influence.md': [({ nodes, coverage }) => {
    const c = nodes.find(({ id }) => id === 'C');
    assert.deepEqual([c.betweenness, c.betweenness_normalised, c.articulation], [3, 0.5, true]);
    assert.deepEqual(coverage.slice(0, 2).map(({ covered }) => covered), [2, 4]);
  }],
  'forecasting.md': [({ series: [{ forecast }] }) => near(forecast[0], 0.846, 5e-4)],
  'pipeline-forecast.md': [({ total }) => {
    near(total.weighted, 170, 1e-9);
    near(total.sd, 98, 0.05);
    assert.deepEqual([total.p5, total.p95], [50, 250]);
  }],
};

for (const [page, checks] of Object.entries(expectations)) {
  test(`${page} says what its commands say`, async () => {
    assert.equal(commands[page].length, checks.length);
    for (const [i, check] of checks.entries()) {
      const { status, stdout, stderr } = await run([...commands[page][i], '--json'], { cwd: root });
      assert.equal(stderr, '');
      assert.equal(status, 0);
      check(JSON.parse(stdout));
    }
  });
}
