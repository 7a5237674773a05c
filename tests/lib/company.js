// A company made and served by the real program, for the tests of the REST API.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { program, run } from './millwright.js';

const postgres = process.env.MILLWRIGHT_TEST_POSTGRES;
const env = { LC_ALL: 'C.UTF-8', MILLWRIGHT_ADMIN_PASSWORD: 'correct horse battery' };
let companies = 0;

// The databases to test: [{ name, url() }], PostgreSQL where script/with-postgres has started one.
export const databases = [
  { name: 'SQLite', url: () => `sqlite:${path.join(temporaryFolder(), 'company.db')}` },
  ...(postgres ? [{ name: 'PostgreSQL', url: () => `${postgres}?company=api${process.pid}_${companies++}` }] : []),
];

function temporaryFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'millwright-test-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

// Runs a command on the company; what it printed.
export async function command(db, args, more = {}) {
  const { status, stdout, stderr } = await run([...args, '--db', db], { ...more, env: { ...env, ...more.env } });
  assert.equal(status, 0, stderr);
  return stdout;
}

/* Makes a company with a user of each role in `roles` (besides the administrator) and serves it:
 * { db, port, tokens: { admin, … }, request(), stop(), kill() }. `settings`: of the program, as environment. */
export async function company(url, { roles = [], settings } = {}) {
  await command(url, ['init', '--admin', 'admin@example.com', '--currency', 'CNY', '--company-language', 'en']);
  const tokens = {};
  for (const role of ['admin', ...roles]) {
    const email = `${role}@example.com`;
    if (role !== 'admin') await command(url, ['user', 'add', email, '--role', role]);
    tokens[role] = (await command(url, ['token', 'create', 'tests', '--user', email])).trim();
  }
  return { db: url, tokens, ...await serve(url, settings) };
}

export async function serve(url, settings = {}) {
  const child = spawn(program, ['serve', '--db', url, '--listen', '127.0.0.1:0', '--log', 'none'],
    { env: { ...process.env, ...env, ...settings }, stdio: ['ignore', 'inherit', 'pipe'] });
  const ended = new Promise((resolve) => child.on('close', (status, signal) => resolve(status ?? signal)));
  const lines = createInterface(child.stderr);
  const told = [];
  const port = await new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      told.push(line);
      const found = /:(\d+)$/.exec(line);
      if (found) resolve(Number(found[1]));
    });
    ended.then(() => reject(new Error(`the server ended: ${told.join('\n')}`)));
  });
  process.on('exit', () => child.kill('SIGKILL'));
  const stop = async () => { child.kill('SIGTERM'); assert.equal(await ended, 0, told.join('\n')); };
  const kill = async () => { child.kill('SIGKILL'); await ended; };
  return { port, stop, kill, told };
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
export const close = () => agent.destroy();

// { status, headers, text, json }; `body` is sent as it is when it is text or bytes, else as JSON.
export function send(port, method, target, { token, body, headers = {} } = {}) {
  const raw = typeof body === 'string' || Buffer.isBuffer(body);
  const bytes = body === undefined ? undefined : raw ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
  const sent = { ...headers };
  if (token) sent.authorization = `Bearer ${token}`;
  if (bytes) {
    sent['content-type'] ??= 'application/json';
    sent['content-length'] = bytes.length;
  }
  return new Promise((resolve, reject) => {
    const written = target.replace(/[^\x21-\x7e]/gu, encodeURIComponent);
    const request = http.request({ port, host: '127.0.0.1', method, path: written, headers: sent, agent }, (reply) => {
      const pieces = [];
      reply.on('data', (piece) => pieces.push(piece));
      reply.on('error', reject);
      reply.on('end', () => {
        const text = Buffer.concat(pieces).toString();
        const type = reply.headers['content-type'] ?? '';
        resolve({ status: reply.statusCode, headers: reply.headers, text, type,
          json: type.includes('json') && text ? JSON.parse(text) : undefined });
      });
    });
    request.on('error', reject);
    request.end(bytes);
  });
}
