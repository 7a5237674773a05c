// What run_server and run_workplace share: a folder that is gone at the end, a server, wrk. Rows as bench/bench.h says.
//   MILLWRIGHT_BENCH_QUICK=1     smaller companies and one second a measurement, for a look at the direction
//   MILLWRIGHT_BENCH_SECONDS=2   of each measurement; one client that only reads has one second
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const program = process.env.MILLWRIGHT ?? path.join(root, 'build/millwright');
export const build = path.dirname(program);
export const quick = process.env.MILLWRIGHT_BENCH_QUICK === '1';
export const folder = mkdtempSync(path.join(tmpdir(), 'millwright-bench-'));
const seconds = Number(process.env.MILLWRIGHT_BENCH_SECONDS ?? (quick ? 1 : 2));
const email = 'admin@example.com', password = 'correct horse battery';
const env = { ...process.env, LC_ALL: 'C.UTF-8', MILLWRIGHT_ADMIN_PASSWORD: password };
const started = [];
process.on('exit', () => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

const run = (file, args) => execFileSync(file, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
const millwright = (...args) => run(program, args);
export const say = (text) => console.error(`bench: ${text}`);

// A new company with so many records: { url, token } and what fill_company tells.
export function fill(url, ...sizes) {
  const began = Date.now();
  millwright('init', '--db', url, '--admin', email);
  const told = JSON.parse(run(path.join(build, 'bench/fill_company'), [url, ...sizes.map(String)]));
  const token = millwright('token', 'create', 'bench', '--user', email, '--db', url);
  say(`${sizes.join(' + ')} records in ${((Date.now() - began) / 1000).toFixed(0)} s`);
  return { url, token, ...told };
}

export async function start(file, args, stream, pattern) {
  const child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  started.push(child);
  child[stream === 'stdout' ? 'stderr' : 'stdout'].resume();
  const port = await new Promise((resolve, reject) => {
    createInterface(child[stream]).on('line', (line) => { const found = pattern.exec(line); if (found) resolve(Number(found[1])); });
    child.on('close', () => reject(new Error(`${file} ended`)));
  });
  return { port, pid: child.pid, stop: () => { child.kill('SIGTERM'); } };
}

export const serve = (url) => start(program, ['serve', '--db', url, '--listen', '127.0.0.1:0', '--log', 'none'], 'stderr', /:(\d+)$/);

// Seconds of processor time so far, in nanoseconds' detail: what other work on the machine hardly changes.
const processor = (pid) => readdirSync(`/proc/${pid}/task`)
  .reduce((sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]), 0) / 1e9;
export const memory = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

/* Requests a second, latencies in ms, processor time of a request in µs: { rate, p50, p99, cpu }. wrk tells of any answer that is no 2xx. */
export function wrk({ port, pid }, target, clients, headers = {}, body) {
  const script = path.join(folder, 'post.lua');
  const told = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  if (body !== undefined) writeFileSync(script, `wrk.method = "POST"\nwrk.body = ${JSON.stringify(body).replaceAll('\\u', '\\\\u')}\n`);
  const long = clients > 1 || body !== undefined ? seconds : 1, before = processor(pid);
  const { stdout } = spawnSync('wrk', [`-t${Math.min(clients, 2)}`, `-c${clients}`, `-d${long}s`, '--latency', '--timeout', '30s', ...told,
    ...(body === undefined ? [] : ['-s', script]), `http://127.0.0.1:${port}${target}`], { encoding: 'utf8' });
  if (/Non-2xx/.test(stdout) || !/Requests\/sec/.test(stdout)) throw new Error(`${target}: ${stdout}`);
  const cpu = (processor(pid) - before) / Number(/(\d+) requests in/.exec(stdout)[1]) * 1e6;
  const ms = (percent) => {
    const [, value, unit] = new RegExp(`^ +${percent}% +([0-9.]+)(us|ms|s)$`, 'm').exec(stdout) ?? [0, NaN, 's']; // too few answers
    return Number(value) * { us: 1e-3, ms: 1, s: 1e3 }[unit];
  };
  return { rate: Number(/Requests\/sec: +([0-9.]+)/.exec(stdout)[1]), p50: ms(50), p99: ms(99), cpu };
}

const number = (value) => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3));
export const shown = ({ rate, p50, p99, cpu }, per = 1) => `${number(rate * per)}/s, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, ${number(cpu / per)} µs`;
export const row = (...cells) => console.log(cells.join('\t'));

// The cookie of a session, which later requests send.
export async function logIn(port) {
  const reply = await fetch(`http://127.0.0.1:${port}/login`, { method: 'POST', redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ email, password }) });
  return reply.headers.getSetCookie().map((text) => text.split(';')[0]).join('; ');
}
