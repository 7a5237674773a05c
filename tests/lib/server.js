// Starts tests/web/serve_fixture.c and talks to it.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const fixture = process.env.MILLWRIGHT_SERVE_FIXTURE;
export const postgres = process.env.MILLWRIGHT_TEST_POSTGRES;
export const password = 'correct horse';

export function temporaryFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'millwright-test-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const sqliteUrl = () => `sqlite:${path.join(temporaryFolder(), 'company.db')}`;
let companies = 0;
export function postgresUrl() {
  return `${postgres}${postgres.includes('?') ? '&' : '?'}company=web${process.pid}_${companies++}`;
}

// A running server: { port, admin, viewer (tokens), request(), raw(), stop(), kill(), log }.
export async function serve(url, { env = {}, empty = false, shell } = {}) {
  const args = [url, ...(empty ? ['empty'] : [])];
  const options = { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] };
  const child = shell ? spawn('sh', ['-c', `${shell}; exec "$0" "$@"`, fixture, ...args], options) : spawn(fixture, args, options);
  const server = { child, log: '' };
  child.stderr.setEncoding('utf8').on('data', (text) => { server.log += text; });
  server.ended = new Promise((resolve) => child.on('close', (status, signal) => resolve(status ?? signal)));
  const line = await Promise.race([
    new Promise((resolve) => createInterface(child.stdout).once('line', resolve)),
    server.ended.then((status) => { throw new Error(`serve_fixture ended: ${status}\n${server.log}`); }),
  ]);
  Object.assign(server, JSON.parse(line));
  server.stop = async () => { child.stdin.end(); return server.ended; };
  server.kill = async () => { child.kill('SIGKILL'); return server.ended; };

  // { status, headers, text }; a body that is an object goes as a form. Redirects are not followed.
  server.request = (method, target, { headers = {}, body, token, cookie } = {}) => new Promise((resolve, reject) => {
    const sent = { ...headers };
    if (token) sent.authorization = `Bearer ${token}`;
    if (cookie) sent.cookie = cookie;
    if (body && typeof body === 'object' && !Buffer.isBuffer(body)) {
      body = new URLSearchParams(body).toString();
      sent['content-type'] ??= 'application/x-www-form-urlencoded';
    }
    if (body !== undefined && !sent['transfer-encoding']) sent['content-length'] ??= Buffer.byteLength(body);
    const request = http.request({ port: server.port, method, path: target, headers: sent, agent: false }, (reply) => {
      const pieces = [];
      reply.on('data', (piece) => pieces.push(piece));
      reply.on('error', reject);
      reply.on('end', () => {
        const bytes = Buffer.concat(pieces);
        resolve({ status: reply.statusCode, headers: reply.headers, bytes, text: bytes.toString() });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
  server.get = (target, options) => server.request('GET', target, options);
  server.post = (target, options) => server.request('POST', target, options);

  // Sends bytes as they are: { answer } when the server closes.
  server.raw = (text, { then = () => {} } = {}) => new Promise((resolve) => {
    let answer = '';
    const socket = net.connect(server.port, '127.0.0.1', () => { socket.write(text); then(socket); });
    socket.on('data', (piece) => { answer += piece; });
    socket.on('error', () => {});
    socket.on('close', () => resolve({ answer }));
  });

  // Logs in: { cookie, csrf }.
  server.login = async (email = 'admin@example.com', secret = password) => {
    const reply = await server.post('/login', { body: { email, password: secret } });
    if (reply.status !== 303) throw new Error(`login: ${reply.status}`);
    const cookie = reply.headers['set-cookie'].map((text) => text.split(';')[0]).join('; ');
    const page = await server.get('/', { cookie });
    return { cookie, csrf: /name="csrf-token" content="([^"]*)"/.exec(page.text)[1] };
  };
  return server;
}

// Waits until `check` gives something true, at most some seconds.
export async function until(check, seconds = 20) {
  for (const end = Date.now() + seconds * 1000; ;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
