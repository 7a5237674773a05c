// What the tests from outside share: running the program.
import { spawn } from 'node:child_process';

// The program under test: with sanitizers from Meson, or another that the caller names.
export const program = process.env.MILLWRIGHT;

// Runs a command to its end: { status, stdout, stderr }. In English, unless `env` says otherwise.
export function run(args, { input = '', env = {}, cwd } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, LC_ALL: 'C.UTF-8', ...env } });
    const result = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) {
      child[stream].setEncoding('utf8').on('data', (text) => { result[stream] += text; });
    }
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status: status ?? signal, ...result }));
    child.stdin.on('error', () => {}); // it may end without reading all of its input
    child.stdin.end(input);
  });
}
