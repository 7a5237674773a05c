// The OpenAPI document itself, and the examples of the guide.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import Ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { close, databases, send } from '../lib/company.js';
import { apiCompany } from '../lib/api.js';

const golden = new URL('../golden/openapi.json', import.meta.url);
let served, document;
before(async () => {
  served = await apiCompany(databases[0].url());
  document = served.document;
});
after(async () => { close(); await served?.stop(); });

const resolve = (reference) => reference.slice(2).split('/').reduce((at, name) =>
  at?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], document);
function* nodes(value, path = '') {
  if (!value || typeof value !== 'object') return;
  yield [path, value];
  for (const [name, child] of Object.entries(value)) yield* nodes(child, `${path}/${name}`);
}

test('the document is OpenAPI 3.1', () => {
  assert.match(document.openapi, /^3\.1\.\d+$/);
  assert.ok(document.info.title && document.info.version);
  assert.ok(document.components.securitySchemes.token.scheme === 'bearer');
  for (const [path, node] of nodes(document)) {
    if ('$ref' in node) assert.ok(resolve(node.$ref), `${path}: ${node.$ref} leads nowhere`);
    assert.ok(!('nullable' in node), `${path}: nullable is of OpenAPI 3.0`);
  }
});

test('every operation has an id of its own, its parameters, and tells what it gives', () => {
  const ids = new Set();
  for (const [path, item] of Object.entries(document.paths)) {
    assert.match(path, /^\/api\/v1(\/[a-z][a-z0-9-]*|\/\{id\})+$/);
    const declared = (item.parameters ?? []).filter((parameter) => parameter.in === 'path').map(({ name }) => name);
    assert.deepEqual(declared, [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name), path);
    const { parameters, ...operations } = item;
    for (const [method, operation] of Object.entries(operations)) {
      const name = `${method} ${path}`;
      assert.ok(['get', 'post', 'patch', 'delete'].includes(method), name);
      assert.ok(!ids.has(operation.operationId), `${name}: ${operation.operationId} is there twice`);
      ids.add(operation.operationId);
      assert.ok(operation.summary && operation.tags.length === 1, name);
      assert.ok(Object.keys(operation.responses).some((status) => status.startsWith('2')), name);
      assert.ok(resolve(operation.responses.default.$ref).content['application/problem+json'], name);
      const names = (operation.parameters ?? []).map(({ $ref, name: own }) => own ?? resolve($ref).name);
      assert.equal(new Set(names).size, names.length, name);
    }
  }
});

// Every route of the API by its own name is in the document; those of any entity ("/api/v1/{entity}…") are derived.
test('no operation of the API is left out', () => {
  const folder = new URL('../../src/web/', import.meta.url);
  const routes = readdirSync(folder).filter((name) => name.endsWith('.c')).flatMap((name) =>
    [...readFileSync(new URL(name, folder), 'utf8').matchAll(/\{ MW_(GET|POST|PATCH|DELETE), "(\/api\/v1\/[a-z][^"]*)"/g)]);
  assert.ok(routes.length > 10);
  const internal = ['/api/v1/openapi.json', '/api/v1/metrics'];
  for (const [, method, path] of routes)
    assert.ok(internal.includes(path) || document.paths[path]?.[method.toLowerCase()], `${method} ${path}`);
});

test('every schema is JSON Schema 2020-12', () => {
  const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false });
  formats(ajv);
  ajv.addFormat('decimal', true);
  ajv.addVocabulary(['openapi', 'info', 'paths', 'security', 'components']);
  ajv.addSchema(document, 'openapi');
  for (const name of Object.keys(document.components.schemas)) ajv.compile({ $ref: `openapi#/components/schemas/${name}` });
});

// What of a reply each operation of the API promises; MILLWRIGHT_UPDATE_GOLDEN=1 writes it anew.
test('the document is the one that was agreed', () => {
  const line = (value) => JSON.stringify(value);
  const lines = (object) => Object.keys(object).sort().map((name) => `${line(name)}: ${line(object[name])}`).join(',\n');
  const text = `{"paths": {\n${lines(document.paths)}\n}, "components": {\n${Object.entries(document.components).map(([name, part]) => `${line(name)}: {\n${lines(part)}\n}`).join(',\n')}\n}}\n`;
  if (process.env.MILLWRIGHT_UPDATE_GOLDEN) writeFileSync(golden, text);
  assert.ok(readFileSync(golden, 'utf8') === text,
    'the API has changed: look at the difference after MILLWRIGHT_UPDATE_GOLDEN=1 meson test -C build-dev api-document');
});

test('it needs a token, and is in the language of its user', async () => {
  assert.equal((await send(served.port, 'GET', '/api/v1/openapi.json')).status, 401);
  const { json } = await served.api().get('/api/v1/users?email=eq.admin@example.com');
  await served.api().patch(`/api/v1/users/${json.data[0].id}`, { language: 'zh_CN' });
  const chinese = (await send(served.port, 'GET', '/api/v1/openapi.json', { token: served.tokens.admin })).json;
  assert.equal(chinese.paths['/api/v1/accounts'].get.tags[0], '客户');
  await served.api().patch(`/api/v1/users/${json.data[0].id}`, { language: 'en' });
});

/* In the guide, the blocks of ```sh are run by one sh; the block of ```json after one is what it prints, where "…" is anything. */
for (const guide of ['api.md', 'api.zh-CN.md']) {
  test(`the examples of docs/${guide} do what they say`, { skip: await missing('curl') }, async () => {
    const text = readFileSync(new URL(`../../docs/${guide}`, import.meta.url), 'utf8');
    const blocks = [...text.matchAll(/^```(sh|json)\n([^]*?)^```/gm)].map(([, kind, body]) => ({ kind, body }));
    assert.ok(blocks.filter(({ kind }) => kind === 'sh').length >= 8);
    const env = { ...process.env, BASE: `http://127.0.0.1:${served.port}`, TOKEN: served.tokens.admin };
    const runs = blocks.filter(({ kind, body }) => kind === 'sh' && !body.includes('millwright ')); // commands: see rights.test.js
    const script = `set -eu\n${runs.map(({ body }) => `${body}printf '\\0'`).join('\n')}`;
    const printed = (await promisify(execFile)('sh', ['-c', script], { env })).stdout.split('\0');
    let at = -1;
    for (const block of blocks) {
      if (runs.includes(block)) at++;
      if (block.kind !== 'json') continue;
      const pattern = block.body.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '[^]*');
      assert.match(printed[at], new RegExp(`^${pattern}\\s*$`));
    }
  });
}

async function missing(program) {
  try { await promisify(execFile)(program, ['--version']); return false; } catch { return `there is no ${program}`; }
}
