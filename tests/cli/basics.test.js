// The command table: help, languages, exit status.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../lib/millwright.js';

test('--version tells name and version', async () => {
  const { status, stdout, stderr } = await run(['--version']);
  assert.match(stdout, /^millwright \d+\.\d+\.\d+/i);
  assert.equal(stderr, '');
  assert.equal(status, 0);
});

test('--help lists the commands and succeeds', async () => {
  const { status, stdout } = await run(['--help']);
  assert.match(stdout, /^ {2}version +\S/m);
  assert.equal(status, 0);
});

test('no command is a wrong call that shows the help', async () => {
  const { status, stdout } = await run([]);
  assert.match(stdout, /^ {2}version /m);
  assert.equal(status, 2);
});

test('an unknown command is a wrong call', async () => {
  const { status, stdout, stderr } = await run(['nonsense']);
  assert.match(stderr, /nonsense/);
  assert.equal(stdout, '');
  assert.equal(status, 2);
});

test('an unknown option is a wrong call', async () => {
  const { status, stderr } = await run(['version', '--nonsense']);
  assert.match(stderr, /^millwright version: .*--nonsense/);
  assert.equal(status, 2);
});

test('the terminal says which language to speak', async () => {
  const english = await run(['--help'], { env: { LC_ALL: 'en_US.UTF-8' } });
  const chinese = await run(['--help'], { env: { LC_ALL: 'zh_CN.UTF-8' } });
  assert.doesNotMatch(english.stdout, /\p{Script=Han}/u);
  assert.match(chinese.stdout, /\p{Script=Han}/u);
});

test('the options of a help are aligned by what a terminal shows', async () => {
  const columns = (text) => [...text].reduce((sum, c) => sum + (/\p{Script=Han}/u.test(c) ? 2 : 1), 0);
  for (const language of ['en_US.UTF-8', 'zh_CN.UTF-8']) {
    const { stdout } = await run(['clv', '--help'], { env: { LC_ALL: language } });
    const lefts = stdout.split('\n').map((line) => /^( {2}--\S+ +)\S/.exec(line)?.[1]).filter(Boolean);
    assert.ok(lefts.length > 10);
    lefts.forEach((left) => assert.equal(columns(left), 31, left));
  }
});
