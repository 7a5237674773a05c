// What must not be possible: reading, changing and finding out beyond one's rights; making the server work without bound.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { close, command, company, databases, send } from '../lib/company.js';

const password = 'correct horse battery';
const form = 'application/x-www-form-urlencoded';

// The part of a page that is of the record; frame and forms repeat the address.
const body = (text) => /<main[^]*<\/main>/.exec(text)?.[0] ?? text;
const lacks = (text, pattern, what) => assert.ok(!pattern.test(text), `${what}: ${pattern.exec(text)} in …${text.slice(Math.max(0, text.search(pattern) - 100)).slice(0, 300)}`);

after(close);
for (const database of databases) {
  describe(database.name, () => {
    let served, users, teams, mine, theirs;
    const call = (role, method, target, body, headers) => send(served.port, method, `/api/v1/${target}`, { token: served.tokens[role], body, headers });
    const must = async (status, ...sent) => {
      const reply = await call(...sent);
      assert.equal(reply.status, status, `${sent.slice(0, 3).join(' ')}: ${reply.text.slice(0, 500)}`);
      return reply.json;
    };
    const codes = (json) => json.errors.map(({ field, code }) => `${field} ${code}`);

    // A session by the login page: { get(), post() }.
    const session = async (role) => {
      const login = await send(served.port, 'POST', '/login', { headers: { 'content-type': form }, body: `${new URLSearchParams({ email: `${role}@example.com`, password })}` });
      assert.equal(login.status, 303, login.text);
      const cookie = login.headers['set-cookie'].map((text) => text.split(';')[0]).join('; ');
      const get = (target) => send(served.port, 'GET', target, { headers: { cookie } });
      const csrf = /name="csrf-token" content="([^"]*)"/.exec((await get('/profile')).text)[1];
      const post = (target, body, headers = {}) => send(served.port, 'POST', target, {
        headers: { cookie, 'content-type': form, ...headers }, body: typeof body === 'string' ? body : `${new URLSearchParams({ _csrf: csrf, ...body })}` });
      return { cookie, csrf, get, post };
    };
    // What the role may do by rows of its own.
    const grant = async (role, rows) => {
      const [{ id }] = (await must(200, 'admin', 'GET', `roles?key=eq.${role}`)).data;
      await must(200, 'admin', 'PATCH', `roles/${id}`, rows);
      return id;
    };

    before(async () => {
      served = await company(database.url(), { roles: ['manager', 'sales', 'marketing', 'viewer'] });
      users = Object.fromEntries((await must(200, 'admin', 'GET', 'users')).data.map(({ email, id }) => [email.split('@')[0], id]));
      teams = {};
      for (const name of ['North', 'South']) teams[name] = (await must(201, 'admin', 'POST', 'teams', { name })).id;
      await must(200, 'admin', 'PATCH', `users/${users.sales}`, { team: teams.North });
      const account = async (name, owner, team) => (await must(201, 'admin', 'POST', 'accounts', { name, owner, team, phone: '0512 6555 1234', credit_code: name === 'Mine Pumps' ? '91320594MA1XYZABC6' : undefined })).id;
      mine = await account('Mine Pumps', users.sales, teams.North).catch(() => null);
      mine ??= (await must(201, 'admin', 'POST', 'accounts', { name: 'Mine Pumps', owner: users.sales, team: teams.North, phone: '0512 6555 1234' })).id;
      theirs = await account('Theirs Valves', users.admin, teams.South);
    });
    after(() => served?.stop());

    test('numbers of the server are for this machine and for administrators', async () => {
      const ask = (target, more) => send(served.port, 'GET', target, more);
      assert.match((await ask('/metrics')).text, /millwright_requests_total/);
      for (const headers of [{ 'x-forwarded-for': '203.0.113.9' }, { forwarded: 'for=203.0.113.9' }]) {
        const reply = await ask('/metrics', { headers });
        assert.equal(reply.status, 403);
        assert.doesNotMatch(reply.text, /millwright_requests_total/);
      }
      assert.equal((await ask('/api/v1/metrics')).status, 401);
      assert.equal((await ask('/api/v1/metrics', { token: served.tokens.manager })).status, 403);
      assert.match((await ask('/api/v1/metrics', { token: served.tokens.admin })).text, /millwright_requests_total/);
    });

    test('who may change users or roles cannot make himself an administrator', async () => {
      const all = { may_read: 'all', may_create: 'all', may_update: 'all', may_remove: 'all' };
      await grant('manager', { role_right: [{ entity: 'user', ...all }, { entity: 'role', ...all }] });
      const roles = (await must(200, 'manager', 'GET', 'roles')).data;
      const id = (key) => roles.find((role) => role.key === key).id;
      await must(200, 'manager', 'PATCH', `users/${users.manager}`, { phone: '0512 6555 0000' });
      const refused = await must(422, 'manager', 'PATCH', `users/${users.manager}`, { user_role: [{ role: id('admin') }] });
      assert.deepEqual(codes(refused), ['user_role denied']);
      assert.deepEqual(codes(await must(422, 'manager', 'POST', 'users', { name: 'Twin', email: 'twin@example.com', user_role: [{ role: id('admin') }] })), ['user_role denied']);
      assert.deepEqual(codes(await must(422, 'manager', 'PATCH', `users/${users.admin}`, { user_role: [] })), ['user_role denied']);
      await must(403, 'manager', 'PATCH', `roles/${id('manager')}`, { role_right: [{ entity: 'account', ...all }] });
      await must(403, 'manager', 'POST', 'roles', { key: 'boss', name: 'Boss' });
      await must(403, 'manager', 'DELETE', `roles/${id('viewer')}`);
      for (const entity of ['user-roles', 'role-rights', 'role-fields']) {
        for (const role of ['admin', 'manager']) assert.ok([403, 404].includes((await call(role, 'POST', entity, { user: users.manager, role: id('admin') })).status));
      }
      const page = await session('manager');
      for (const target of [`/users/${users.manager}/access`, '/settings', '/roles', '/audit', '/custom-fields']) assert.equal((await page.get(target)).status, 403, target);
      assert.equal((await page.post(`/users/${users.admin}/password`, { password: 'another good one' })).status, 403);
      await must(403, 'manager', 'GET', 'api-tokens');
      await grant('manager', { role_right: [] });
    });

    test('what only the system sets cannot be set by whoever writes', async () => {
      const fields = { created_by: users.admin, created_at: '2001-01-01T00:00:00Z', class: 'A', number: 'ACC-1', deleted_at: '2001-01-01T00:00:00Z' };
      for (const [name, value] of Object.entries(fields)) {
        const reply = await call('sales', 'PATCH', `accounts/${mine}`, { [name]: value });
        assert.equal(reply.status, 422, `${name}: ${reply.text}`);
      }
      assert.equal((await call('sales', 'PATCH', `accounts/${mine}`, { owner: users.admin, team: teams.South })).status, 422, 'not given where one does not reach');
      await must(422, 'sales', 'POST', 'accounts', { name: 'x', owner: users.admin, team: teams.South });
      assert.equal((await call('sales', 'PATCH', `users/${users.sales}`, { password: 'x' })).status, 403);
      assert.deepEqual(codes(await must(422, 'admin', 'PATCH', `users/${users.sales}`, { password: 'x' })), ['password unknown']);
      for (const entity of ['files', 'jobs', 'import-runs', 'api-tokens']) assert.ok([403, 404, 405, 422].includes((await call('admin', 'POST', entity, { name: 'x' })).status), entity);
    });

    test('hidden fields stay hidden on every way', async () => {
      const { id: activity } = await must(201, 'admin', 'POST', 'activities', { subject: 'Visible word', body: 'hidden-body', result: 'hidden-result', next_step: 'hidden-step', account: mine, owner: users.sales, team: teams.North });
      await grant('sales', { role_field: [{ entity: 'account', field: 'phone', access: 'hide' },
        ...['body', 'result', 'next_step'].map((field) => ({ entity: 'activity', field, access: 'hide' }))] });
      await must(200, 'admin', 'PATCH', `accounts/${mine}`, { phone: '0512 6555 4321' });
      const page = await session('sales');
      assert.equal((await must(200, 'sales', 'GET', `accounts/${mine}`)).phone, undefined);
      for (const query of ['phone=like.*4321*', 'order=phone', 'fields=phone', 'or=(phone.like.*4321*,name.eq.x)']) {
        await must(422, 'sales', 'GET', `accounts?${query}`);
      }
      await must(422, 'sales', 'GET', 'contacts?account.phone=like.*4321*');
      for (const target of [`accounts/${mine}/history`, `activities/${activity}?expand=account`, `accounts/${mine}/activities`, 'openapi.json']) {
        const reply = await call('sales', 'GET', target);
        assert.equal(reply.status, 200);
        assert.doesNotMatch(reply.text, /6555|hidden-/, target);
      }
      for (const target of [`/accounts/${mine}`, `/accounts/${mine}?tab=timeline`, `/accounts/${mine}/edit`, `/accounts?columns=name,phone`, `/activities/${activity}`,
        '/duplicates/account?name=zz&phone=0512%206555%204321', '/lookup/account?q=Mine']) {
        const reply = await page.get(target);
        assert.equal(reply.status, 200, target);
        lacks(body(reply.text), /4321|hidden-/, target);
      }
      lacks(body((await page.get('/duplicates/account?name=zz&phone=0512%206555%204321')).text), /Mine Pumps/, 'whether it is the same');
      assert.ok((await page.get(`/accounts/${mine}/field/phone`)).status >= 400);
      await must(422, 'sales', 'PATCH', `accounts/${mine}`, { phone: '1' });
      await grant('sales', { role_field: [] });
    });

    test('records one may not see stay unseen on every way', async () => {
      const page = await session('sales');
      const never = /Theirs/;
      for (const [method, target] of [['GET', ''], ['GET', '/history'], ['PATCH', ''], ['DELETE', ''], ['POST', '/restore'], ['GET', '/contacts']]) {
        const reply = await call('sales', method, `accounts/${theirs}${target}`, method === 'PATCH' ? { city: 'x' } : undefined);
        assert.ok([403, 404].includes(reply.status), `${method} ${target} ${reply.status}`);
        lacks(reply.text, never, target);
      }
      assert.deepEqual(codes(await must(422, 'sales', 'POST', 'contacts', { name: 'x', account: theirs })), ['account not_found']);
      for (const target of [`/accounts/${theirs}`, `/accounts/${theirs}/edit`, `/accounts/${theirs}/field/name`, `/accounts?id=eq.${theirs}`, `/contacts/new?account=${theirs}`,
        `/contacts?account=eq.${theirs}`, `/contacts?account=in.(${theirs})`, '/accounts?q=Theirs', '/lookup/account?q=Theirs', '/duplicates/account?name=Theirs+Valves',
        '/search/suggest?q=Theirs', `/accounts/bulk?_id=${theirs}`]) {
        const reply = await page.get(target);
        lacks(body(reply.text), target.includes('Theirs') ? /Theirs Valves/ : never, target);
      }
      const typed = await page.post('/contacts', { name: '', account: theirs });
      assert.equal(typed.status, 422);
      lacks(typed.text, never, 'the title of a link that was typed');
      for (const [target, body] of [[`/accounts/${theirs}`, { city: 'x' }], [`/accounts/${theirs}/remove`, {}], [`/accounts/${theirs}/activities`, { type: 'note', subject: 'x' }],
        [`/accounts/${theirs}/field/city`, { city: 'x' }]]) {
        const reply = await page.post(target, body);
        assert.ok([403, 404].includes(reply.status), `${target} ${reply.status}`);
        lacks(reply.text, never, target);
      }
      // What one may not change is left out of a change of many, and not named.
      for (const asked of [{ _id: theirs, _field: 'city', city: 'x' }, { _id: theirs, _action: 'remove' }]) {
        const reply = await page.post('/accounts/bulk', asked);
        assert.equal(reply.status, 303);
        lacks((await page.get(reply.headers.location)).text, never, 'the notice of a change of many');
        const { data: [run] } = await must(200, 'sales', 'GET', 'bulk-changes?limit=1');
        assert.deepEqual([run.records, run.changed, run.skipped], [1, 0, 1]);
        lacks(JSON.stringify(run), never, 'a change of many');
      }
      assert.equal((await must(200, 'admin', 'GET', `accounts/${theirs}`)).city, null);
    });

    test('files are had with their record only, and never as a page', async () => {
      const admin = await session('admin'), sales = await session('sales');
      const upload = (who, account, name, type) => who.post(`/accounts/${account}/files`, ['--b', 'content-disposition: form-data; name="_csrf"', '', who.csrf, '--b',
        `content-disposition: form-data; name="file"; filename="${name}"`, `content-type: ${type}`, '', '<svg onload="alert(1)"></svg>', '--b--', ''].join('\r\n'),
      { 'content-type': 'multipart/form-data; boundary=b' });
      assert.equal((await upload(admin, theirs, '../../<b>x.svg', 'image/svg+xml')).status, 303);
      const shown = await admin.get(`/accounts/${theirs}`);
      assert.doesNotMatch(shown.text, /<b>x/);
      const [, file] = /href="(\/files\/\d+)\/content"/.exec(shown.text);
      const sent = await admin.get(`${file}/content`);
      assert.equal(sent.headers['content-type'], 'application/octet-stream');
      assert.match(sent.headers['content-disposition'], /^attachment;/);
      assert.equal(sent.headers['x-content-type-options'], 'nosniff');
      for (const reply of [await sales.get(`${file}/content`), await sales.post(`${file}/remove-file`, {}), await upload(sales, theirs, 'x', 'text/plain')]) assert.ok([403, 404].includes(reply.status));
      assert.equal((await must(200, 'sales', 'GET', 'files')).data.length, 0);
      assert.equal((await admin.get(`${file}/content`)).status, 200);
    });

    test('what others keep for themselves is theirs', async () => {
      const { id } = await must(201, 'manager', 'POST', 'saved-views', { name: 'Secret list', entity: 'account', filter: '"city=eq.x"' });
      for (const role of ['sales', 'admin']) {
        await must(404, role, 'GET', `saved-views/${id}`);
        await must(404, role, 'PATCH', `saved-views/${id}`, { name: 'x' });
        lacks((await (await session(role)).get(`/accounts?view=${id}`)).text, /Secret list|city=eq/, role);
      }
      const page = await session('sales');
      assert.ok((await page.post(`/accounts/views/${id}/remove`, {})).status >= 400);
      const reply = await call('sales', 'GET', `users/${users.admin}/history`);
      assert.doesNotMatch(reply.text, /127\.0\.0\.1/, 'where others logged in from');
    });

    test('results of a classification are seen with their account', async () => {
      const order = (account) => must(201, 'admin', 'POST', 'sales-orders', { account, ordered_at: '2026-01-05T00:00:00Z', sales_order_line: [{ description: 'pump', quantity: '1', unit_price: '777' }] });
      for (const account of [mine, theirs]) await order(account);
      const { run } = await must(201, 'admin', 'POST', 'classification-runs', { as_of: '2026-02-01', indicators: { revenue: 1 } });
      const of = (list) => list.map(({ account }) => account).sort();
      assert.deepEqual(of((await must(200, 'admin', 'GET', `classification-results?run=eq.${run}`)).data), [mine, theirs].sort());
      assert.deepEqual(of((await must(200, 'sales', 'GET', `classification-results?run=eq.${run}`)).data), [mine]);
      const { classification_result: lines } = await must(200, 'sales', 'GET', `classification-runs/${run}`);
      assert.deepEqual(of(lines), [mine]);
      assert.equal((await must(200, 'sales', 'GET', `classification-runs?classification_result.account=eq.${theirs}`)).data.length, 0);
      const page = await session('sales');
      for (const target of [`/classification-runs/${run}`, `/classification?run=${run}`, '/classification-results', `/accounts/${mine}`]) lacks((await page.get(target)).text, /Theirs/, target);
    });

    test('who may not take in files leaves none', async () => {
      const page = await session('viewer');
      const reply = await page.post('/imports/new', ['--b', 'content-disposition: form-data; name="_csrf"', '', page.csrf, '--b', 'content-disposition: form-data; name="what"', '', 'accounts',
        '--b', 'content-disposition: form-data; name="file"; filename="x.csv"', '', 'name', 'x', '--b--', ''].join('\r\n'), { 'content-type': 'multipart/form-data; boundary=b' });
      assert.equal(reply.status, 403);
    });

    test('a change needs the page that it is made on', async () => {
      const page = await session('sales');
      const without = `${new URLSearchParams({ city: 'forged' })}`;
      for (const target of [`/accounts/${mine}`, '/accounts', `/accounts/${mine}/remove`, '/accounts/bulk', '/profile', '/password', '/logout', '/teams', `/accounts/${mine}/files`, '/accounts/views']) {
        assert.equal((await page.post(target, without)).status, 403, target);
        assert.equal((await page.post(target, { city: 'forged' }, { origin: 'https://evil.example' })).status, 403, `${target} of another site`);
        assert.equal((await page.post(target, { city: 'forged' }, { origin: 'null' })).status, 403, `${target} of nowhere`);
      }
      for (const method of ['POST', 'PATCH', 'DELETE']) {
        const reply = await send(served.port, method, `/api/v1/accounts${method === 'POST' ? '' : `/${mine}`}`, { headers: { cookie: page.cookie }, body: { city: 'forged' } });
        assert.equal(reply.status, 403, `${method} by a session`);
      }
      const login = (headers) => send(served.port, 'POST', '/login', { headers: { 'content-type': form, ...headers }, body: `email=viewer@example.com&password=${encodeURIComponent(password)}` });
      assert.equal((await login({ origin: 'https://evil.example' })).status, 403);
      assert.equal((await login({ 'sec-fetch-site': 'cross-site' })).status, 403);
      assert.notEqual((await must(200, 'admin', 'GET', `accounts/${mine}`)).city, 'forged');
    });

    test('nobody is led to another server', async () => {
      for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', '/\t/evil.example', 'javascript:alert(1)', '/x\r\nSet-Cookie: a=b']) {
        const body = `${new URLSearchParams({ email: 'viewer@example.com', password, next })}`;
        const login = await send(served.port, 'POST', '/login', { headers: { 'content-type': form }, body });
        assert.equal(login.status, 303);
        assert.equal(login.headers.location, '/', JSON.stringify(next));
        const language = await send(served.port, 'POST', '/language', { headers: { 'content-type': form }, body: `${new URLSearchParams({ language: 'en', back: next })}` });
        assert.equal(language.headers.location, '/', JSON.stringify(next));
        assert.ok(!`${language.headers['set-cookie']}`.includes('a=b'));
      }
    });

    test('what people write is text on every page', async () => {
      const bad = '"><script>alert(1)</script><b x=\'{{7}}';
      const { id } = await must(201, 'sales', 'POST', 'accounts', { name: bad, city: bad, segment: bad, description: bad });
      await must(201, 'sales', 'POST', 'contacts', { name: bad, account: id, job_title: bad });
      await must(201, 'sales', 'POST', 'activities', { subject: bad, body: bad, account: id });
      const page = await session('sales');
      for (const target of ['/', '/accounts', `/accounts/${id}`, `/accounts/${id}/edit`, `/accounts/${id}?tab=contact.account`, `/accounts/${id}/field/name`, `/contacts/new?account=${id}`,
        `/accounts?q=${encodeURIComponent(bad)}`, `/accounts?city=eq.${encodeURIComponent(bad)}`, `/accounts?${encodeURIComponent(bad)}=x`, `/search?q=${encodeURIComponent(bad)}`,
        `/accounts/bulk?_id=${id}&_list=${encodeURIComponent(bad)}`, `/nowhere/${encodeURIComponent('"><script>alert(1)')}`, `/duplicates/account?name=${encodeURIComponent(bad)}`,
        `/login?next=${encodeURIComponent(`/${bad}`)}`, `/accounts?order=${encodeURIComponent(bad)}&columns=${encodeURIComponent(bad)}`]) {
        const { text, headers } = await page.get(target);
        lacks(text, /<script>alert|"onmouseover=|<b x=/, target);
        assert.match(headers['content-security-policy'], /default-src 'none'; script-src 'self'/);
      }
      for (const website of ['javascript:alert(1)', 'https://x.example/"onmouseover="alert(1)']) await must(422, 'sales', 'PATCH', `accounts/${id}`, { website });
    });

    test('what cannot be meant is refused without a fault', async () => {
      const cursor = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
      for (const target of ['accounts?after=AAAA', `accounts?after=${cursor({ id: 'x' })}&order=name`, `accounts?after=${cursor([1, 2, 3])}`, 'accounts?id=eq.99999999999999999999', 'accounts?created_at=eq.x',
        'accounts?name=like.%25_%5C', "accounts?name=eq.'%20OR%201=1--", 'accounts?q=%22%29%20OR%20(', `accounts?q=${'a%20'.repeat(3000)}`, `accounts?name=like.${'*a'.repeat(2000)}`,
        `accounts?or=${'('.repeat(3000)}`, 'accounts/9223372036854775807', 'accounts/1%00', 'accounts?fields=password', `accounts?expand=${'parent.'.repeat(20)}`,
        `accounts?id=in.(${'1,'.repeat(2000)}1)`, 'accounts?limit=-1', 'accounts?limit=99999999', `accounts?${'parent.'.repeat(50)}name=eq.x`]) {
        const reply = await call('sales', 'GET', target);
        assert.ok(reply.status < 500, `${target.slice(0, 80)}: ${reply.status} ${reply.text.slice(0, 300)}`);
        assert.doesNotMatch(reply.text, /SELECT|sqlite|syntax error|pg_/i);
      }
      const key = await call('sales', 'POST', 'accounts', { name: 'x' }, { 'idempotency-key': 'k\u00e9' });
      assert.equal(key.status, 422, key.text);
    });

    test('no request makes the server work or keep without bound', async () => {
      const bombs = { values: [`[${'{},'.repeat(1000 * 1000)}{}]`, 413], depth: ['['.repeat(100000), 400], lines: [`{"account":"${mine}","sales_order_line":[${'{},'.repeat(20000)}{}]}`, 422] };
      for (const [name, [body, status]] of Object.entries(bombs)) {
        const reply = await call('sales', 'POST', name === 'lines' ? 'sales-orders' : 'accounts/batch', body);
        assert.equal(reply.status, status, `${name}: ${reply.text.slice(0, 300)}`);
      }
      await must(201, 'admin', 'POST', 'custom-fields', { entity: 'account', name: 'x_colours', kind: 'choices', label_en: 'Colours', choices: 'red=Red\nblue=Blue' });
      const page = await session('sales');
      const many = `_csrf=${page.csrf}&name=x${`&x_colours=${'a'.repeat(7000)}`.repeat(1900)}`;
      assert.equal((await page.post('/accounts', many)).status, 422);
      assert.equal((await must(200, 'sales', 'GET', 'accounts?limit=1')).data.length, 1, 'still there');
    });

    test('who was deactivated is out at once, by session and by token', async () => {
      const page = await session('marketing');
      await must(200, 'marketing', 'GET', 'accounts');
      await must(200, 'admin', 'PATCH', `users/${users.marketing}`, { active: false });
      await must(401, 'marketing', 'GET', 'accounts');
      assert.equal((await page.get('/accounts')).status, 303);
      await must(200, 'admin', 'PATCH', `users/${users.marketing}`, { active: true });
      assert.equal((await page.post('/logout-everywhere', {})).status, 303);
      assert.equal((await page.get('/accounts')).status, 303);
    });

    test('an office may log in often; who guesses waits', async () => {
      for (let i = 0; i < 25; i++) await session('viewer');
      let waits = 0;
      for (let i = 0; i < 8 && !waits; i++) {
        const reply = await send(served.port, 'POST', '/login', { headers: { 'content-type': form }, body: 'email=viewer@example.com&password=wrong' });
        waits = reply.status === 429 ? Number(reply.headers['retry-after']) : 0;
      }
      assert.ok(waits >= 1);
    });
  });
}
