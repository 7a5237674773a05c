// millwright influence: the document, the table, what is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../lib/millwright.js';

const ring = 'from,to\nA,B\nB,C\nC,A\nC,D\n';
const json = async (args, input) => {
  const { status, stdout, stderr } = await run(['influence', '--json', '-', ...args], { input });
  assert.equal(stderr, '');
  assert.equal(status, 0);
  return JSON.parse(stdout);
};

test('every person has every measure', async () => {
  const { density, reciprocity, nodes, coverage } = await json([], ring);
  assert.equal(density, 4 / 12);
  assert.equal(reciprocity, 0);
  assert.deepEqual(nodes.map(({ id }) => id), ['A', 'B', 'C', 'D']);
  const c = nodes[2];
  assert.equal(c.in_degree, 1);
  assert.equal(c.out_degree, 2);
  assert.equal(c.betweenness, 3); // B to A, A to D, B to D
  assert.equal(c.betweenness_normalised, 3 / 6);
  assert.equal(c.articulation, true);
  assert.ok(Math.abs(nodes.reduce((sum, { pagerank }) => sum + pagerank, 0) - 1) < 1e-9);
  assert.ok(nodes.every(({ eigenvector, closeness }) => eigenvector >= 0 && closeness > 0));
  assert.deepEqual(coverage[1], { k: 2, set: coverage[1].set, covered: 4, exact: true, upper_bound: 4 });
});

test('a way is shown, or said not to exist', async () => {
  const there = await json(['--path-from', 'A', '--path-to', 'D'], ring);
  assert.deepEqual(there.path, { from: 'A', to: 'D', length: 3, people: ['A', 'B', 'C', 'D'] });
  const back = await json(['--path-from', 'D', '--path-to', 'A'], ring);
  assert.equal(back.path.people, null);
  const undirected = await json(['--undirected', '--path-from', 'D', '--path-to', 'A'], ring);
  assert.deepEqual(undirected.path.people, ['D', 'C', 'A']);
});

test('an acyclic net has no eigenvector, and says why', async () => {
  const { nodes, no_eigenvector: reason } = await json([], 'from,to\nA,B\nB,C\n');
  assert.match(reason, /PageRank/);
  assert.ok(nodes.every(({ eigenvector }) => eigenvector === null));
  const { stdout } = await run(['influence', '-'], { input: 'from,to\nA,B\nB,C\n' });
  assert.match(stdout, /3 people, 2 ties/);
  assert.match(stdout, /take PageRank/);
});

for (const [name, args, input, says, code] of [
  ['no file', [], '', /table of ties/, 2],
  ['a missing column', ['--from', 'x', '-'], ring, /“x”.*from, to/, 1],
  ['an unknown person', ['--path-from', 'A', '--path-to', 'Z', '-'], ring, /“Z”/, 1],
  ['half a way', ['--path-from', 'A', '-'], ring, /--path-to/, 2],
  ['a damping of one', ['--damping', '1', '-'], ring, /--damping/, 2],
  ['a negative set', ['--sets', '-1', '-'], ring, /--sets/, 2],
  ['no ties', ['-'], 'from,to\n', /nothing to compute/, 1],
]) {
  test(`refused: ${name}`, async () => {
    const { status, stdout, stderr } = await run(['influence', ...args], { input });
    assert.match(stderr, says);
    assert.equal(stdout, '');
    assert.equal(status, code);
  });
}
