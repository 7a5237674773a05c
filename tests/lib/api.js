// A client of the REST API that holds every reply against the OpenAPI document.
import assert from 'node:assert/strict';
import Ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { company, send } from './company.js';

const pointer = (text) => text.replaceAll('~', '~0').replaceAll('/', '~1');

// A served company with api(): { get, post, patch, remove } for a role's token; see company().
export async function apiCompany(url, options) {
  const served = await company(url, options);
  const { json: document } = await send(served.port, 'GET', '/api/v1/openapi.json', { token: served.tokens.admin });
  const check = checker(document);
  const call = async (token, method, target, { status, ...sent }) => {
    const reply = await send(served.port, method, target, { token, ...sent });
    const told = `${method} ${target}: ${reply.status} ${reply.text.slice(0, 1000)}`;
    if (status) assert.equal(reply.status, status, told);
    check(method, target, reply, told);
    return reply;
  };
  served.document = document;
  served.api = (role = 'admin', token = served.tokens[role]) => ({
    get: (target, more = {}) => call(token, 'GET', target, { status: 200, ...more }),
    post: (target, body, more = {}) => call(token, 'POST', target, { status: 201, body, ...more }),
    patch: (target, body, more = {}) => call(token, 'PATCH', target, { status: 200, body, ...more }),
    remove: (target, more = {}) => call(token, 'DELETE', target, { status: 204, ...more }),
    // All records of a list, page by page.
    async all(target, limit = 500) {
      const records = [];
      for (let after = ''; ;) {
        const { json } = await this.get(`${target}${target.includes('?') ? '&' : '?'}limit=${limit}${after}`);
        assert.ok(json.data.length <= limit);
        records.push(...json.data);
        if (!json.next) return records;
        assert.equal(json.data.length, limit, 'only the last page is short');
        after = `&after=${encodeURIComponent(json.next)}`;
      }
    },
  });
  return served;
}

// Fails for a reply that the document does not describe.
function checker(original) {
  const document = structuredClone(original);
  for (const schema of Object.values(document.components.schemas)) {
    if (schema.required?.includes('version')) schema.additionalProperties = false; // a record has no other fields
  }
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats(ajv);
  ajv.addFormat('decimal', /^-?[0-9]+(\.[0-9]+)?$/);
  ajv.addSchema(document, 'openapi');
  const validators = new Map();
  const validator = (parts) => {
    const key = parts.map(pointer).join('/');
    if (!validators.has(key)) validators.set(key, ajv.compile({ $ref: `openapi#/${key}` }));
    return validators.get(key);
  };
  const paths = Object.keys(document.paths).map((path) => [path,
    new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('{id}', '[0-9]+')}$`)]);

  return (method, target, reply, told) => {
    if (reply.status >= 400) {
      assert.equal(reply.type, 'application/problem+json', told);
      const valid = validator(['components', 'schemas', 'Problem']);
      assert.ok(valid(reply.json), `${told}\n${JSON.stringify(valid.errors)}`);
      assert.equal(reply.json.status, reply.status, told);
      assert.ok(reply.json.title && reply.json.type, told);
      assert.ok(reply.json.detail || reply.json.errors?.length > 0, `${told}: it does not say why`);
      return;
    }
    const found = paths.find(([, pattern]) => pattern.test(target.split('?')[0]));
    let described = document.paths[found?.[0]]?.[method.toLowerCase()]?.responses[reply.status];
    if (described?.$ref) described = document.components.responses[described.$ref.split('/').pop()];
    if (reply.status === 304) return;
    assert.ok(described, `${told}: not in the document`);
    if (!described.content) {
      assert.equal(reply.text, '', told);
      return;
    }
    const media = reply.type.split(';')[0];
    if (media !== 'application/json') {
      assert.ok(described.content[media], `${told}: ${media} is not in the document`);
      return;
    }
    assert.equal(reply.type, 'application/json', told);
    const valid = validator(['paths', found[0], method.toLowerCase(), 'responses', String(reply.status), 'content',
      'application/json', 'schema']);
    assert.ok(valid(reply.json), `${told}\n${JSON.stringify(valid.errors)}`);
  };
}

// "field code" of each problem, in order.
export const problems = (reply) => (reply.json.errors ?? []).map(({ field, code }) => `${field} ${code}`);
