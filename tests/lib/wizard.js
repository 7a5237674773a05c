// The import wizard by the requests that its pages make, as a user who has logged in.
import assert from 'node:assert/strict';
import { send } from './company.js';
import { until } from './server.js';

const form = { 'content-type': 'application/x-www-form-urlencoded' };

// Body and headers of a form with one file.
export function multipart(fields, name, content) {
  const part = (head, body) => [Buffer.from(`--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n`), Buffer.from(body), Buffer.from('\r\n')];
  const texts = Object.entries(fields).flatMap(([field, value]) => part(`name="${field}"`, value));
  return { body: Buffer.concat([...texts, ...part(`name="upload"; filename="${name}"`, content), Buffer.from('--b--\r\n')]), headers: { 'content-type': 'multipart/form-data; boundary=b' } };
}

// Puts a value under a name once, or each of a list.
const pairs = (fields) => Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));

export async function wizard(port, email, password) {
  const login = await send(port, 'POST', '/login', { headers: form, body: `${new URLSearchParams({ email, password })}` });
  assert.equal(login.status, 303, login.text);
  const cookie = login.headers['set-cookie'].map((text) => text.split(';')[0]).join('; ');
  const get = (path) => send(port, 'GET', path, { headers: { cookie } });
  const csrf = /name="csrf-token" content="([^"]*)"/.exec((await get('/')).text)[1];
  const post = (path, body) => send(port, 'POST', path, { headers: { ...form, cookie }, body: `${new URLSearchParams([['_csrf', csrf], ...pairs(body)])}` });
  return {
    get,
    post,
    // The address of the mapping of a file that is uploaded.
    async upload(what, name, content) {
      const { body, headers } = multipart({ _csrf: csrf, what }, name, content);
      const sent = await send(port, 'POST', '/imports/new', { headers: { ...headers, cookie }, body });
      assert.equal(sent.status, 303, sent.text);
      return sent.headers.location;
    },
    // The page of what came of a run.
    over: (run, seconds = 60) => until(async () => {
      const { text } = await get(run);
      assert.doesNotMatch(text, /alert-danger" role="alert"><svg[^]*?<div>([^<]*)/);
      return /Undo this import/.test(text) && text;
    }, seconds),
  };
}

// Where the page lets each column go: { 'col.0': [key, …], … }.
export function mapped(html) {
  const columns = {};
  for (const [, name, options] of html.matchAll(/<select [^>]*name="(col\.\d+)"[^>]*>([^]*?)<\/select>/g)) {
    const key = /value="([^"]+)" selected/.exec(options)?.[1];
    if (key) (columns[name] ??= []).push(key);
  }
  return columns;
}

// The texts that a page asks a meaning for, and what it proposes: [{ number, key, from, to }].
export const asked = (html) => [...html.matchAll(/name="key\.(\d+)" value="([^"]*)"><input type="hidden" name="from\.\d+" value="([^"]*)">\s*(<select[^]*?<\/select>|<input[^>]*>)/g)]
  .map(([, number, key, from, field]) => ({ number, key, from, to: /value="([^"]*)" selected/.exec(field)?.[1] ?? /<input[^>]* value="([^"]*)"/.exec(field)?.[1] ?? '' }));

export const answers = (texts) => Object.fromEntries(texts.flatMap(({ number, key, from, to }) => [[`key.${number}`, key], [`from.${number}`, from], [`to.${number}`, to]]));

// Takes a file in by REST: { status, headers, json, report } of a reply of 202 once it is over, else of the refusal.
export async function takeIn(port, token, options, name, content) {
  const reply = await send(port, 'POST', '/api/v1/imports', { token, ...multipart({ options: JSON.stringify(options) }, name, content) });
  if (reply.status !== 202) return reply;
  const run = await until(async () => {
    const { json } = await send(port, 'GET', reply.headers.location, { token });
    return ['done', 'failed'].includes(json.status) && json;
  }, 120);
  return { ...reply, run, report: typeof run.report === 'string' ? JSON.parse(run.report) : run.report };
}
