// Administration from outside: settings, users and passwords, roles and fields, teams, custom fields, tokens, the audit page;
// who may do it, and what comes of bad input; on both databases.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { password, postgres, postgresUrl, serve, sqliteUrl } from '../lib/server.js';

const databases = { sqlite: sqliteUrl, ...(postgres && { postgresql: postgresUrl }) };
if (!postgres) test('administration on PostgreSQL', { skip: 'MILLWRIGHT_TEST_POSTGRES names no server' }, () => {});

for (const [name, url] of Object.entries(databases)) describe(`administration on ${name}`, () => {
  // `work` gets the server and somebody: { get, post } with his cookie and token of forms.
  const withServer = (work) => async () => {
    const server = await serve(url());
    const as = async (...who) => {
      const { cookie, csrf } = await server.login(...who);
      const form = (body) => new URLSearchParams([['_csrf', csrf], ...(Array.isArray(body) ? body : Object.entries(body))]).toString();
      return {
        cookie,
        get: (path) => server.get(path, { cookie }),
        post: (path, body = {}) => server.post(path, { cookie, body: form(body), headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
      };
    };
    try {
      await work({ server, as, admin: await as(), api: async (path, token = server.admin) => JSON.parse((await server.get(`/api/v1/${path}`, { token })).text) });
    } finally {
      assert.equal(await server.stop(), 0, server.log);
    }
  };
  const roleId = async (api, key) => (await api(`roles?key=eq.${key}`)).data[0].id;

  test('administrators alone open the pages of administration', withServer(async ({ server, as, admin }) => {
    const viewer = await as('viewer@example.com');
    for (const path of ['/settings', '/users/new', '/roles', '/custom-fields', '/audit']) {
      assert.equal((await admin.get(path)).status, 200, path);
      assert.equal((await viewer.get(path)).status, 403, path);
      assert.equal((await server.get(path)).status, 303, path);
    }
    assert.equal((await viewer.post('/settings', { company_name: 'x' })).status, 403);
    assert.equal((await viewer.post('/teams', { name: 'x' })).status, 403);
    assert.equal((await viewer.get('/teams')).status, 200);
    assert.equal((await viewer.get('/users')).status, 200);
    const forged = await server.post('/settings', { cookie: admin.cookie, body: { company_name: 'x' } });
    assert.equal(forged.status, 403, 'without the token of the session');
  }));

  test('settings are checked in place, kept, and told in the history', withServer(async ({ server, admin, api }) => {
    const good = { company_name: '江南泵业 <b>', currency: 'CNY', language: 'en', time_zone: 'Europe/Berlin' };
    const bad = await admin.post('/settings', { ...good, company_name: '', currency: 'XXX', time_zone: 'Mars/Crater' });
    assert.equal(bad.status, 422);
    assert.match((await admin.get('/settings')).text, /<input[^>]*name="coverage_days"[^>]*value="30"|<input[^>]*value="30"[^>]*name="coverage_days"/);
    assert.equal((await admin.post('/settings', { ...good, coverage_days: '0' })).status, 422);
    for (const field of ['company_name', 'currency', 'time_zone']) assert.match(bad.text, new RegExp(`id="problem-${field}"`));
    assert.equal((await admin.post('/settings', good)).status, 303);
    assert.match((await admin.get('/settings')).text, /name="digest_time" type="time" value="08:00"/, 'what is not sent stays');
    for (const digest_time of ['', '8', '25:00', '08:00:30', 'noon'])
      assert.match((await admin.post('/settings', { ...good, digest_time })).text, /id="problem-digest_time"/, digest_time);
    assert.equal((await admin.post('/settings', { ...good, digest_time: '07:30' })).status, 303);
    const page = await admin.get('/settings');
    assert.match(page.text, /name="digest_time" type="time" value="07:30"/);
    assert.match(page.text, /江南泵业 &lt;b&gt;/);
    assert.ok(!page.text.includes('江南泵业 <b>'));
    const made = await server.post('/api/v1/opportunities', { token: server.admin, headers: { 'content-type': 'application/json' }, body: '{"name":"Mill"}' });
    const days = async () => (await api(`opportunities/${JSON.parse(made.text).id}/buying-centre`)).days;
    assert.equal(await days(), 30);
    assert.equal((await admin.post('/settings', { ...good, coverage_days: '45' })).status, 303);
    assert.equal(await days(), 45, 'what counts as covered');
    const audit = await admin.get('/audit?entity=settings');
    assert.match(audit.text, /45/);
    assert.match(audit.text, /Europe\/Berlin/);
  }));

  test('the base currency stays once there are amounts', withServer(async ({ server, admin }) => {
    const settings = { company_name: 'A', language: 'en', time_zone: 'Asia/Shanghai' };
    assert.equal((await admin.post('/settings', { ...settings, currency: 'EUR' })).status, 303);
    const made = await server.post('/api/v1/products', { token: server.admin, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ code: 'P-1', name: 'Pump', list_price: '12.50' }) });
    assert.equal(made.status, 201, made.text);
    const refused = await admin.post('/settings', { ...settings, currency: 'USD' });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /id="problem-currency"/);
  }));

  test('a user is added with roles, changed, given a password, and shut out', withServer(async ({ as, admin, api }) => {
    const sales = await roleId(api, 'sales');
    const user = [['name', '王芳'], ['email', 'wang@example.com'], ['active', 'true'], ['password', 'correct horse 2'], ['role', sales]];
    const weak = await admin.post('/users/new', user.map(([key, value]) => [key, key === 'password' ? 'short' : value]).filter(([key]) => key !== 'role'));
    assert.equal(weak.status, 422);
    assert.match(weak.text, /Choose at least one role/);
    assert.match(weak.text, /id="password"[^>]*/);
    assert.equal((await admin.post('/users/new', user)).status, 303);
    assert.equal((await admin.post('/users/new', user)).status, 422, 'the address is taken');
    const { id } = (await api('users?email=eq.wang@example.com')).data[0];
    const wang = await as('wang@example.com', 'correct horse 2');
    assert.equal((await wang.get('/profile')).status, 200);
    assert.equal((await wang.get(`/users/${id}/access`)).status, 403);
    assert.match((await admin.get(`/users/${id}/access`)).text, new RegExp(`value="${sales}" checked`));

    assert.equal((await admin.post(`/users/${id}/password`, { password: '123' })).status, 422);
    assert.equal((await admin.post(`/users/${id}/password`, { password: 'another horse' })).status, 303);
    assert.equal((await wang.get('/profile')).status, 303, 'the session has ended');
    const again = await as('wang@example.com', 'another horse');
    assert.equal((await admin.post(`/users/${id}/sessions/end`)).status, 303);
    assert.equal((await again.get('/profile')).status, 303);

    const third = await as('wang@example.com', 'another horse');
    assert.equal((await admin.post(`/users/${id}/access`, { name: '王芳', email: 'wang@example.com' })).status, 303);
    assert.equal((await api(`users/${id}`)).active, false);
    assert.deepEqual((await api(`user-roles?user=eq.${id}`)).data, []);
    assert.equal((await third.get('/profile')).status, 303);
  }));

  test('administrators do not lock themselves out', withServer(async ({ admin, api }) => {
    const { id } = (await api('users?email=eq.admin@example.com')).data[0];
    const reply = await admin.post(`/users/${id}/access`, { name: 'Admin', email: 'admin@example.com' });
    assert.equal(reply.status, 422);
    assert.equal((await api(`users/${id}`)).active, true);
    assert.match(reply.text, /cannot deactivate yourself/);
    assert.match(reply.text, /cannot take a role from yourself/);
  }));

  test('the matrix of a role rules at once, and going back to what is usual leaves no row', withServer(async ({ server, admin, api }) => {
    const id = await roleId(api, 'viewer');
    assert.equal((await server.get('/api/v1/accounts', { token: server.viewer })).status, 200);
    assert.equal((await admin.post(`/roles/${id}`, { name: 'Viewer', 'account.may_read': 'nobody' })).status, 303);
    assert.equal((await server.get('/api/v1/accounts', { token: server.viewer })).status, 403);
    assert.match((await admin.get(`/roles/${id}`)).text, /class="differs"/);
    assert.equal((await admin.post(`/roles/${id}`, { name: 'Viewer', 'account.may_read': 'all' })).status, 303);
    assert.equal((await server.get('/api/v1/accounts', { token: server.viewer })).status, 200);
    assert.deepEqual((await api(`role-rights?role=eq.${id}`)).data, []);
    assert.equal((await admin.post(`/roles/${id}`, { name: 'Viewer', 'account.may_read': 'everything' })).status, 422);
    assert.equal((await admin.post(`/roles/${id}/remove`)).status, 422, 'built in');
  }));

  test('a field is hidden from a role and shown again', withServer(async ({ server, admin, api }) => {
    const made = await server.post('/api/v1/accounts', { token: server.admin, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: '恒力', phone: '13800138000' }) });
    assert.equal(made.status, 201, made.text);
    const path = `accounts/${JSON.parse(made.text).id}`;
    const id = await roleId(api, 'viewer');
    assert.equal((await admin.post(`/roles/${id}`, { name: 'Viewer', add_field: 'account.phone', add_access: 'hide' })).status, 303);
    assert.equal('phone' in (await api(path, server.viewer)), false);
    const [line] = (await api(`role-fields?role=eq.${id}`)).data;
    assert.equal((await admin.post(`/roles/${id}`, { name: 'Viewer', [`field.${line.id}`]: 'write' })).status, 303);
    assert.ok('phone' in (await api(path, server.viewer)));
    assert.equal((await admin.post(`/roles/${id}`, { name: 'Viewer', add_field: 'account.nothing' })).status, 422);
    assert.equal((await server.get('/api/v1/funnel', { token: server.viewer })).status, 200);
    assert.equal((await admin.post(`/roles/${id}`, { name: 'Viewer', add_field: 'opportunity.amount', add_access: 'hide' })).status, 303);
    assert.equal((await server.get('/api/v1/funnel', { token: server.viewer })).status, 403, 'sums tell what is hidden');
  }));

  test('roles of one\'s own are added and removed', withServer(async ({ admin, api }) => {
    assert.equal((await admin.post('/roles', { name: 'North', key: 'Not Good' })).status, 422);
    const made = await admin.post('/roles', { name: 'North', key: 'sales_north' });
    assert.equal(made.status, 303);
    assert.equal((await admin.get(made.headers.location)).status, 200);
    assert.equal((await admin.post(`${made.headers.location}/remove`)).status, 303);
    assert.deepEqual((await api('roles?key=eq.sales_north')).data, []);
  }));

  test('a role begins with the rights of another, as they are now', withServer(async ({ server, admin, api }) => {
    const sales = await roleId(api, 'sales');
    assert.equal((await admin.post(`/roles/${sales}`, { name: 'Sales', 'product.may_read': 'nobody', add_field: 'account.credit_limit', add_access: 'hide' })).status, 303);
    const made = await admin.post('/roles', { name: 'North', key: 'sales_north', like: sales });
    assert.equal(made.status, 303);
    const north = made.headers.location.split('/').pop(), chosen = async (role) =>
      [...(await admin.get(`/roles/${role}`)).text.matchAll(/<select[^>]*name="([a-z_]+\.may_[a-z]+)"[^]*?<option value="(\w+)" selected/g)].map(([, name, scope]) => `${name}=${scope}`);
    const [theirs, ours] = [await chosen(sales), await chosen(north)];
    assert.ok(theirs.includes('product.may_read=nobody') && theirs.some((one) => one.endsWith('=own')), theirs.join());
    assert.deepEqual(ours, theirs);
    assert.deepEqual((await api(`role-fields?role=eq.${north}`)).data.map(({ entity, field, access }) => [entity, field, access]), [['account', 'credit_limit', 'hide']]);
    assert.equal((await admin.post('/roles', { name: 'South', key: 'sales_south', like: '17' })).status, 404);
  }));

  test('who may not look is told so with his navigation; who sees no users knows his own name', withServer(async ({ server, as, admin }) => {
    const role = (await admin.post('/roles', { name: 'Lone', key: 'lone' })).headers.location.split('/').pop();
    assert.equal((await admin.post(`/roles/${role}`, { name: 'Lone', 'account.may_read': 'own', 'account.may_create': 'own' })).status, 303);
    assert.equal((await admin.post('/users/new', { name: 'Lone Wolf', email: 'lone@example.com', password, active: 'true', role })).status, 303);
    const lone = await as('lone@example.com', password);
    for (const path of ['/settings', '/leads', '/users']) {
      const page = await lone.get(path);
      assert.equal(page.status, 403, path);
      assert.match(page.text, /href="\/accounts"/, path);
    }
    const form = (await lone.get('/accounts/new')).text;
    assert.match(form, /<option value="\d+" selected>Lone Wolf</);
    assert.equal((await server.get('/settings')).headers.location, '/login?next=/settings');
  }));

  test('teams are a tree without circles', withServer(async ({ admin, api }) => {
    assert.equal((await admin.post('/teams', { name: '' })).status, 422);
    assert.equal((await admin.post('/teams', { name: '华东' })).status, 303);
    const east = (await api('teams')).data[0].id;
    assert.equal((await admin.post('/teams', { name: '上海', parent: east })).status, 303);
    const city = (await api(`teams?parent=eq.${east}`)).data[0].id;
    const circle = await admin.post('/teams', { id: east, name: '华东', parent: city });
    assert.equal(circle.status, 422);
    assert.match(circle.text, /id="problem-parent"/);
    const tree = (await admin.get('/teams')).text;
    assert.match(tree, /tree-step[^]*上海/);
    assert.equal((await admin.post(`/teams/${east}/remove`)).status, 422, 'it has one below');
    assert.equal((await admin.post(`/teams/${city}/remove`)).status, 303);
  }));

  test('a custom field is there at once, in the API and its description, and goes when it is retired', withServer(async ({ server, admin, api }) => {
    const field = { entity: 'account', name: 'x_floor', label_en: 'Floor', label_zh: '楼层', kind: 'percent', max: '12.5' };
    const bad = await admin.post('/custom-fields/new', { ...field, name: '_', max: 'many' });
    assert.equal(bad.status, 422);
    for (const name of ['name', 'max']) assert.match(bad.text, new RegExp(`id="problem-${name}"`));
    assert.match(bad.text, /value="many"/);
    assert.equal((await admin.post('/custom-fields/new', { ...field, entity: 'role' })).status, 422);
    assert.equal((await admin.post('/custom-fields/new', field)).status, 303);
    const kept = (await api('custom-fields')).data[0];
    assert.equal(kept.max, 1250);
    assert.match((await admin.get(`/custom-fields/${kept.id}`)).text, /name="max"[^>]*value="12.5"/);
    const create = (value) => server.post('/api/v1/accounts', { token: server.admin, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'A', x_floor: value }) });
    assert.equal((await create('12.5')).status, 201);
    assert.equal((await create('12.6')).status, 422);
    assert.match((await server.get('/api/v1/openapi.json', { token: server.admin })).text, /x_floor/);
    assert.equal((await admin.post(`/custom-fields/${kept.id}`, { ...field, kind: 'text' })).status, 422, 'its kind stays');
    assert.equal((await admin.post(`/custom-fields/${kept.id}`, { ...field, retired: 'true' })).status, 303);
    assert.equal((await create('1')).status, 422);
    // A name that is not given, or not as it has to be, is made.
    for (const [given, made] of [[{ name: '', label_en: 'Margin group (EU)' }, 'x_margin_group_eu'], [{ name: 'Zone' }, 'x_zone'], [{ name: 'x_kept' }, 'x_kept']]) {
      assert.equal((await admin.post('/custom-fields/new', { entity: 'account', kind: 'text', label_en: 'One', ...given })).status, 303, made);
      assert.equal((await api(`custom-fields?name=eq.${made}`)).data.length, 1, made);
    }
    assert.match((await admin.post('/custom-fields/new', { entity: 'account', kind: 'text', label_en: '楼层', name: '' })).text, /id="problem-name"/);
  }));

  test('the profile keeps language and zone, shows a token once, and revokes it', withServer(async ({ server, as }) => {
    const viewer = await as('viewer@example.com');
    const other = await as('viewer@example.com');
    assert.equal((await viewer.post('/profile', { name: 'V', time_zone: 'Nowhere/Land' })).status, 422);
    assert.equal((await viewer.post('/profile', { name: '维', language: 'zh_CN', time_zone: 'Asia/Shanghai' })).status, 303);
    assert.match((await viewer.get('/profile')).text, /lang="zh-CN"/);
    assert.equal((await viewer.post('/profile/tokens', { token_name: '' })).status, 422);
    assert.equal((await viewer.post('/profile/tokens', { token_name: 'ERP', token_days: '-1' })).status, 422);
    const made = await viewer.post('/profile/tokens', { token_name: 'ERP', token_days: '30' });
    assert.equal(made.status, 200);
    const token = /id="token">(mw_[\w-]{43})</.exec(made.text)[1];
    assert.equal((await server.get('/api/v1/accounts', { token })).status, 200);
    const page = (await viewer.get('/profile')).text;
    assert.ok(!page.includes(token));
    const path = /action="(\/profile\/tokens\/\d+\/revoke)"[^]*$/.exec(page.slice(page.indexOf('ERP')))[1];
    const admin = await as();
    assert.equal((await admin.post(path)).status, 404, 'of somebody else');
    assert.equal((await viewer.post(path)).status, 303);
    assert.equal((await server.get('/api/v1/accounts', { token })).status, 401);
    assert.equal((await viewer.post('/profile/sessions/end')).status, 303);
    assert.equal((await other.get('/profile')).status, 303);
    assert.equal((await viewer.get('/profile')).status, 200);
  }));

  test('the audit page tells old and new in words, by pages, and finds a changed row', withServer(async ({ server, admin, api }) => {
    const json = { token: server.admin, headers: { 'content-type': 'application/json' } };
    const made = await server.post('/api/v1/accounts', { ...json, body: JSON.stringify({ name: '<i>恒力', status: 'prospect' }) });
    const { id } = JSON.parse(made.text);
    for (let i = 0; i < 60; i++) await server.request('PATCH', `/api/v1/accounts/${id}`, { ...json, body: JSON.stringify({ status: i % 2 ? 'former' : 'customer' }) });
    const first = await admin.get(`/audit?record=${id}`);
    assert.doesNotMatch((await admin.get('/audit?entity=user')).text, /user_role/);
    assert.match(first.text, /<del>Former customer<\/del> → Customer|<del>Customer<\/del> → Former customer/);
    assert.match(first.text, /&lt;i&gt;恒力/);
    const older = /href="(\/audit\?record=\d+&amp;before=\d+)"/.exec(first.text)[1].replaceAll('&amp;', '&');
    const second = await admin.get(older);
    assert.equal((first.text.match(/<tr>/g).length - 1) + (second.text.match(/<tr>/g).length - 1), 61);
    assert.match((await admin.get('/audit?until=2001-01-01')).text, /Nothing has changed/);
    assert.match((await admin.get('/audit?from=2199-01-01')).text, /Nothing has changed/);
    assert.match((await admin.post('/audit/verify')).text, /The history is whole/);
    await server.get(`/api/test/sql?sql=${encodeURIComponent(`UPDATE history SET changes = '{}' WHERE record = ${id} AND action = 'create'`)}`, { token: server.admin });
    assert.match((await admin.post('/audit/verify')).text, /The history is whole|was changed after it was written/);
    assert.ok((await api('accounts')).data.length > 0);
  }));
});
