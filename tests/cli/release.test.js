// The release as script/build makes it: hardened, and answering.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

const release = process.env.MILLWRIGHT_RELEASE;
const skip = release ? false : 'no release was built (MILLWRIGHT_RELEASE)';
const readelf = (...args) => execFileSync('readelf', ['-W', ...args, release], { encoding: 'utf8' });

test('the release answers', { skip }, () => {
  assert.match(execFileSync(release, ['--version'], { encoding: 'utf8' }), /^millwright /i);
});

test('it is position-independent, and bound and read-only before it starts', { skip }, () => {
  assert.match(readelf('-d'), /Flags: NOW PIE/);
  assert.match(readelf('-l'), /GNU_RELRO/);
});

test('its stack is guarded and not executable', { skip }, () => {
  assert.match(readelf('-l'), /GNU_STACK.* RW +0x/);
  assert.match(readelf('--dyn-syms'), /__stack_chk_fail/);
});

test('the C library checks its buffers', { skip }, () => {
  assert.match(readelf('--dyn-syms'), /__\w+_chk@/);
});

test('no sanitizer is linked into it', { skip }, () => {
  assert.doesNotMatch(readelf('-d'), /lib(asan|ubsan)/);
});
