// The command table: help, languages, exit status.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

test('--language says it too, before and behind the command, also for help and wrong calls', async () => {
  const env = { LC_ALL: 'en_US.UTF-8' };
  for (const args of [['--language', 'zh_CN', '--help'], ['--language=zh_CN', 'help'], ['serve', '--help', '--language', 'zh_CN'],
    ['--language', 'zh_CN', 'clv', '-h'], ['--language=zh_CN']]) {
    const { stdout } = await run(args, { env });
    assert.match(stdout, /用法/, args.join(' '));
    assert.doesNotMatch(stdout, /Usage/, args.join(' '));
  }
  for (const args of [['version', '--nonsense'], ['version', '--db'], ['nonsense'], ['export']]) {
    const { status, stderr } = await run(['--language', 'zh_CN', ...args], { env });
    assert.equal(status, 2, args.join(' '));
    assert.match(stderr, /\p{Script=Han}/u, args.join(' '));
    assert.doesNotMatch(stderr, /Unknown|Missing/, args.join(' '));
  }
  const { status, stderr } = await run(['version', '--language', 'fr'], { env });
  assert.deepEqual([status, /not “fr”/.test(stderr)], [2, true]);
});

test('a file of settings is refused with what would be right', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millwright-')), path = join(folder, 'a.conf');
  try {
    for (const [text, told] of [['db = x\n', /\[millwright\]/], ['[server]\ndb = x\n', /no group \[server\].*\[millwright\]/], ['[millwright]\ncolour = x\n', /no setting “colour”/]]) {
      writeFileSync(path, text);
      const { status, stderr } = await run(['version', '--config', path]);
      assert.equal(status, 1, text);
      assert.match(stderr, told);
    }
    writeFileSync(path, '[millwright]\nlog = none\n[company north]\nhost = north.example\n');
    assert.equal((await run(['version', '--config', path])).status, 0);
  } finally { rmSync(folder, { recursive: true }); }
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
