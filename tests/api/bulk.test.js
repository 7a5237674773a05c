// Changes to many records, merges and their undoing, by REST and by the pages; suggestions; on both databases.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { close, databases, send } from '../lib/company.js';
import { apiCompany, problems } from '../lib/api.js';
import { postgres, postgresUrl, serve, sqliteUrl, until } from '../lib/server.js';

after(close);
for (const database of databases) {
  describe(`REST on ${database.name}`, () => {
    let served, api;
    before(async () => {
      served = await apiCompany(database.url(), { roles: ['sales', 'viewer'] });
      api = served.api();
    });
    after(() => served?.stop());
    const post = (path, body, status = 200, client = api) => client.post(`/api/v1/${path}`, body, { status });
    const make = async (name, more = {}) => (await api.post('/api/v1/accounts', { name, ...more })).json.id;
    const read = async (id) => (await api.get(`/api/v1/accounts/${id}`)).json;

    test('several fields of many records, seen beforehand and undone', async () => {
      const ids = [await make('One', { city: 'Ulm' }), await make('Two', { city: 'Bonn' })];
      const asked = { ids, action: 'edit', values: { city: 'Jena', payment_terms_days: 30, region: null } };
      const dry = (await post('accounts/bulk', { ...asked, dry_run: true })).json;
      assert.deepEqual([dry.run, dry.changed, (await read(ids[0])).city], [null, 2, 'Ulm']);
      const { run, records, changed, skipped, done } = (await post('accounts/bulk', asked)).json;
      assert.deepEqual([records, changed, skipped, done], [2, 2, 0, true]);
      assert.deepEqual([(await read(ids[1])).city, (await read(ids[1])).payment_terms_days], ['Jena', 30]);
      await api.patch(`/api/v1/accounts/${ids[1]}`, { city: 'Kiel' });
      const undone = (await post(`bulk-changes/${run}/undo`)).json;
      assert.deepEqual([undone.restored, undone.kept], [1, 1]);
      assert.match(undone.titles[0], /Two/);
      assert.deepEqual([(await read(ids[0])).city, (await read(ids[1])).city], ['Ulm', 'Kiel']);
      await post(`bulk-changes/${run}/undo`, undefined, 409);
    });

    test('thousands are tried in part, changed by a job, and taken back by one, but for what others have changed since', async () => {
      const { json } = await post('accounts/batch', Array.from({ length: 620 }, (_, i) => ({ name: `Many ${i}`, city: 'Ulm' })));
      const ids = json.data.map(({ id }) => id);
      const asked = { ids, action: 'edit', values: { city: 'Jena' } };
      assert.deepEqual((await post('accounts/bulk', { ...asked, dry_run: true })).json,
        { run: null, records: 620, checked: 501, changed: 501, skipped: 0, done: false });
      assert.equal((await read(ids[0])).city, 'Ulm');
      const { run } = (await post('accounts/bulk', asked)).json;
      const change = async () => (await api.get(`/api/v1/bulk-changes/${run}`)).json;
      assert.equal((await until(async () => { const found = await change(); return found.status === 'done' && found; })).changed, 620);
      await api.patch(`/api/v1/accounts/${ids[3]}`, { city: 'Kiel' });
      assert.equal((await post(`bulk-changes/${run}/undo`, undefined, 202)).json.done, false);
      const undone = await until(async () => { const found = await change(); return found.status === 'undone' && found; });
      assert.deepEqual([undone.kept, undone.message], [1, 'Account: Many 3 – somebody has changed it since']);
      assert.deepEqual([(await read(ids[0])).city, (await read(ids[3])).city, (await read(ids[619])).city], ['Ulm', 'Kiel', 'Ulm']);
      await post(`bulk-changes/${run}/undo`, undefined, 409);
    });

    test('bad input is told by field and changes nothing', async () => {
      const id = await make('Bad');
      assert.deepEqual(problems(await post('accounts/bulk', { ids: [], action: 'burn', values: { nothing: 'x' }, more: 1 }, 422)),
        ['more unknown', 'action not_a_choice', 'ids not_a_list', 'nothing unknown']);
      assert.deepEqual(problems(await post('accounts/merge', { ids: ['x', id], survivor: id, choices: { nothing: id, city: 'y' } }, 422)),
        ['ids not_an_id', 'nothing unknown', 'city not_an_id']);
      await post('accounts/merge', { ids: [id], survivor: id }, 422);
      await post('accounts/merge', { ids: [id, '123'], survivor: id }, 404);
      await post('products/merge', { ids: [id, '123'], survivor: id }, 422);
    });

    test('a merge takes links along, old ids lead on, and it is undone', async () => {
      const stays = await make('Acme'), goes = await make('Acme Ltd.', { city: 'Ulm', external_code: `C-${database.name}` });
      const contact = (await api.post('/api/v1/contacts', { name: 'Ada', account: goes })).json.id;
      const asked = { ids: [stays, goes], survivor: stays, choices: { name: goes } };
      const dry = (await post('accounts/merge', { ...asked, dry_run: true })).json;
      assert.deepEqual([dry.run, dry.survivor], [null, stays]);
      assert.equal((await read(goes)).name, 'Acme Ltd.');
      const { run, changed } = (await post('accounts/merge', asked)).json;
      assert.equal(changed, dry.changed);
      const merged = await read(stays);
      assert.deepEqual([merged.name, merged.city, merged.external_code], ['Acme Ltd.', 'Ulm', `C-${database.name}`]);
      assert.equal((await api.get(`/api/v1/contacts/${contact}`)).json.account, stays);
      const old = await send(served.port, 'GET', `/api/v1/accounts/${goes}`, { token: served.tokens.admin });
      assert.deepEqual([old.status, old.headers.location], [307, `/api/v1/accounts/${stays}`]);
      const { json: history } = await api.get(`/api/v1/accounts/${stays}/history`);
      assert.ok(history.data.some(({ action }) => action === 'merge'));
      await post(`bulk-changes/${run}/undo`);
      assert.deepEqual([(await read(stays)).name, (await read(goes)).city], ['Acme', 'Ulm']);
      assert.equal((await api.get(`/api/v1/contacts/${contact}`)).json.account, goes);
    });

    test('a record that was merged away, lives again and takes the other in leads nowhere', async () => {
      const [first, second] = [await make('To and fro'), await make('Fro and to')];
      await post('accounts/merge', { ids: [first, second], survivor: second });
      await post('accounts/bulk', { ids: [first], action: 'restore' });
      await post('accounts/merge', { ids: [first, second], survivor: first });
      const old = await send(served.port, 'GET', `/api/v1/accounts/${second}`, { token: served.tokens.admin });
      assert.deepEqual([old.status, old.headers.location], [307, `/api/v1/accounts/${first}`]);
      assert.equal((await read(first)).id, first);
    });

    test('without the right nothing is changed', async () => {
      const id = await make('Closed', { city: 'Ulm' });
      const asked = { ids: [id], action: 'edit', values: { city: 'Bonn' } };
      await post('accounts/bulk', asked, 403, served.api('viewer'));
      await post('accounts/bulk', { ...asked, values: { city: 'x'.repeat(100001) } }, 413);
      const seen = (await post('accounts/bulk', asked, 200, served.api('sales'))).json;
      assert.deepEqual([seen.changed, seen.skipped], [0, 1]);
      await post('accounts/merge', { ids: [id, await make('Other')], survivor: id }, 403, served.api('viewer'));
      await post(`bulk-changes/${seen.run}/undo`, undefined, 404, served.api('viewer'));
      assert.equal((await read(id)).city, 'Ulm');
    });
  });
}

for (const [name, url] of Object.entries({ sqlite: sqliteUrl, ...(postgres && { postgresql: postgresUrl }) })) {
  describe(`pages on ${name}`, () => {
    let server, admin;
    const call = async (method, path, body) => {
      const reply = await server.request(method, `/api/v1/${path}`, { token: server.admin, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
      assert.ok(reply.status < 300, `${path}: ${reply.status} ${reply.text}`);
      return JSON.parse(reply.text);
    };
    before(async () => {
      server = await serve(url());
      const { cookie, csrf } = await server.login();
      admin = {
        get: (path, headers) => server.get(path, { cookie, headers }),
        post: (path, body, headers) => server.post(path, { cookie, headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body: new URLSearchParams([['_csrf', csrf], ...body]).toString() }),
      };
    });
    after(async () => assert.equal(await server?.stop(), 0, server?.log));
    const make = async (title, more = {}) => (await call('POST', 'accounts', { name: title, ...more })).id;

    test('a change is seen beforehand, done, and undone from the notice', async () => {
      const ids = [await make('甲', { city: 'Ulm' }), await make('乙', { city: 'Bonn' })];
      const chosen = ids.map((id) => ['_id', id]);
      const form = await admin.get(`/accounts/bulk?_action=edit&_field=city&_field=region&${new URLSearchParams(chosen)}`);
      assert.match(form.text, /2 records will change\./);
      assert.match(form.text, /name="city"/);
      const body = [...chosen, ['_field', 'city'], ['_field', 'region'], ['city', 'Jena'], ['region', '']];
      const preview = await admin.post('/accounts/bulk', [...body, ['_step', 'preview']]);
      assert.match(preview.text, /<del[^>]*>Ulm<\/del> → <ins>Jena<\/ins>/);
      assert.equal((await call('GET', `accounts/${ids[0]}`)).city, 'Ulm');
      const done = await admin.post('/accounts/bulk', [...body, ['_step', 'do']]);
      assert.equal(done.status, 303);
      const list = await admin.get(done.headers.location);
      assert.match(list.text, /2 records changed\./);
      const undo = /action="(\/bulk-changes\/\d+\/undo)"/.exec(list.text)[1];
      const undone = await admin.post(undo, [['_back', '/accounts']]);
      assert.deepEqual([undone.status, undone.headers.location], [303, '/accounts?_done=undone']);
      assert.equal((await call('GET', `accounts/${ids[0]}`)).city, 'Ulm');
      assert.equal((await admin.post(undo, [])).status, 409);
    });

    test('nothing is chosen at first; a field left empty stays, and is emptied when that is said', async () => {
      const id = await make('丁', { city: 'Ulm', region: 'Nord' });
      const post = (...more) => admin.post('/accounts/bulk', [['_id', id], ...more]);
      const read = async () => { const { city, region, role } = await call('GET', `accounts/${id}`); return [city, region, role]; };
      const [, , role] = await read();
      const form = await post(['_action', 'edit']);
      assert.equal(form.status, 200);
      assert.match(form.text, /Which field is to change\?/);
      assert.doesNotMatch(form.text, /type="hidden" name="_field"|value="do"/);
      for (const said of [[], [['_field', 'role'], ['role', '']], [['_field', 'city'], ['city', '']]]) {
        const reply = await post(...said, ['_step', 'do']);
        assert.equal(reply.status, 422);
        assert.match(reply.text, /Nothing would change/);
      }
      const kept = [['_field', 'city'], ['city', ''], ['_field', 'region'], ['region', 'West']];
      assert.equal((await post(...kept, ['_step', 'do'])).status, 303);
      assert.deepEqual(await read(), ['Ulm', 'West', role]);
      const dropped = (await post(...kept, ['_drop', 'city'])).text;
      assert.match(dropped, /name="_field" value="region"/);
      assert.doesNotMatch(dropped, /name="_field" value="city"|name="city"/);
      const both = await post(['_field', 'city'], ['city', 'Bonn'], ['_clear', 'city'], ['_step', 'do']);
      assert.equal(both.status, 422);
      assert.match(both.text, /not both/);
      const seen = await post(['_field', 'city'], ['city', ''], ['_clear', 'city'], ['_step', 'preview']);
      assert.match(seen.text, /<del[^>]*>Ulm<\/del> → <ins>–<\/ins>/);
      assert.match(seen.text, /name="_clear" value="city"/);
      assert.equal((await post(['_field', 'city'], ['city', ''], ['_clear', 'city'], ['_step', 'do'])).status, 303);
      assert.deepEqual(await read(), [null, 'West', role]);
      assert.equal((await post(['_field', 'name'], ['name', ''], ['_clear', 'name'], ['_step', 'do'])).status, 422, 'a record has a name');
    });

    test('before many are changed or deleted somebody confirms how many', async () => {
      await call('POST', 'accounts/batch', Array.from({ length: 21 }, (_, i) => ({ name: `Sure ${i}`, city: 'Sure' })));
      const ids = (await call('GET', 'accounts?city=eq.Sure')).data.map((one) => ['_id', one.id]);
      const body = [['_field', 'region'], ['region', 'Ost'], ['_step', 'do']];
      const asked = await admin.post('/accounts/bulk', [...ids, ...body]);
      assert.equal(asked.status, 200);
      assert.match(asked.text, /21 records will change\.[\s\S]*Change 21 records<\/button>/);
      assert.equal((await call('GET', 'accounts?region=eq.Ost&count=true')).count, 0);
      assert.equal((await admin.post('/accounts/bulk', [...ids.slice(1), ...body])).status, 303, 'twenty are not many');
      assert.equal((await admin.post('/accounts/bulk', [...ids, ...body, ['_sure', '1']])).status, 303);
      assert.equal((await call('GET', 'accounts?region=eq.Ost&count=true')).count, 21);
      assert.match((await admin.post('/accounts/bulk', [...ids, ['_action', 'remove']])).text, /21 records will change\./);
      assert.equal((await call('GET', 'accounts?city=eq.Sure&count=true')).count, 21);
    });

    test('no form that becomes an address carries the token', async () => {
      const id = await make('戊');
      const list = (await admin.get('/accounts')).text;
      assert.doesNotMatch(list, /formmethod="get"/);
      for (const [, form] of list.matchAll(/<form(?![^>]*method="post")[^>]*>([\s\S]*?)<\/form>/g)) assert.doesNotMatch(form, /_csrf/);
      const led = await admin.post('/accounts/bulk', [['_id', id], ['_action', 'export']]);
      assert.deepEqual([led.status, led.headers.location], [303, `/accounts/export?id=in.(${id})`]);
      const merge = await admin.post('/accounts/bulk', [['_id', id], ['_id', await make('己')], ['_action', 'merge']]);
      assert.match(merge.headers.location, /^\/accounts\/merge\?_id=\d+&_id=\d+$/);
    });

    test('a value that does not fit goes back to the form', async () => {
      const id = await make('丙');
      const reply = await admin.post('/accounts/bulk', [['_id', id], ['_field', 'payment_terms_days'], ['payment_terms_days', 'soon']]);
      assert.equal(reply.status, 422);
      assert.match(reply.text, /is-invalid/);
    });

    test('all that match are deleted after a question, and come back', async () => {
      await call('POST', 'accounts/batch', Array.from({ length: 30 }, (_, i) => ({ name: `Away ${i}`, city: 'Away' })));
      const query = [['_list', 'city=eq.Away'], ['_all', '1'], ['_action', 'remove']];
      const question = await admin.post('/accounts/bulk', query);
      assert.match(question.text, /30 records will change\./);
      const done = await admin.post('/accounts/bulk', [...query, ['_sure', '1']]);
      assert.match(done.headers.location, /^\/accounts\?city=eq\.Away&_done=bulk&_run=\d+$/);
      assert.equal((await call('GET', 'accounts?city=eq.Away&count=true')).count, 0);
      const run = /_run=(\d+)/.exec(done.headers.location)[1];
      await admin.post(`/bulk-changes/${run}/undo`, []);
      assert.equal((await call('GET', 'accounts?city=eq.Away&count=true')).count, 30);
    });

    test('many are changed by a job', async () => {
      await call('POST', 'accounts/batch', Array.from({ length: 600 }, (_, i) => ({ name: `Many ${i}`, city: 'Many' })));
      const done = await admin.post('/accounts/bulk', [['_list', 'city=eq.Many'], ['_all', '1'], ['_field', 'region'], ['region', 'East'], ['_step', 'do'], ['_sure', '1']]);
      assert.match(done.headers.location, /^\/bulk-changes\/\d+$/);
      await until(async () => (await call('GET', 'accounts?region=eq.East&city=eq.Many&count=true')).count === 600, 60);
      const page = await until(async () => { const reply = await admin.get(done.headers.location); return /\/undo"/.test(reply.text) && reply; });
      assert.match(page.text, /600/);
    });

    test('records are merged side by side, and the old address leads to the new one', async () => {
      const one = await make('Twin', { city: 'Ulm' }), two = await make('Twin Ltd.', { city: 'Bonn', phone: '0512-65551234' });
      const page = await admin.get(`/accounts/merge?_id=${one}&_id=${two}`);
      assert.match(page.text, new RegExp(`name="pick.city" value="${two}"`));
      const done = await admin.post('/accounts/merge', [['_id', one], ['_id', two], ['_survivor', one], ['pick.city', two]]);
      assert.match(done.headers.location, new RegExp(`^/accounts/${one}\\?_done=merged&_run=\\d+$`));
      const merged = await call('GET', `accounts/${one}`);
      assert.deepEqual([merged.name, merged.city, merged.phone], ['Twin', 'Bonn', '0512-65551234']);
      const old = await admin.get(`/accounts/${two}`);
      assert.deepEqual([old.status, old.headers.location], [303, `/accounts/${one}?_done=led_on`]);
      assert.equal((await admin.post('/accounts/merge', [['_id', one], ['_survivor', one]])).status, 422);
    });

    test('a value of a list is edited in its cell', async () => {
      const id = await make('Cell', { city: 'Ulm' });
      const told = { 'HX-Request': 'true' };
      const form = await admin.get(`/accounts/${id}/field/city?_cell=1`, told);
      assert.match(form.text, /class="in-cell"/);
      const version = /name="_version" value="(\d+)"/.exec(form.text)[1];
      const row = await admin.post(`/accounts/${id}/field/city`, [['city', 'Bonn'], ['_version', version], ['_cell', 'name,city']], told);
      assert.match(row.text, /data-field="city"[^>]*>\s*Bonn/);
      const conflict = await admin.post(`/accounts/${id}/field/city`, [['city', 'Jena'], ['_version', version], ['_cell', 'name,city']], told);
      assert.equal(conflict.status, 422);
      assert.match(conflict.text, /Somebody else has changed this record\. This now reads “Bonn”/);
      assert.equal((await admin.get(`/accounts/${id}/field/class_computed?_cell=1`, told)).status, 403);
    });

    test('suggestions: by pinyin, within an entity, the best first, and what was opened', async () => {
      const id = await make('常州泵业有限公司');
      await call('POST', 'contacts', { name: '常州人' });
      const suggest = async (words) => JSON.parse((await admin.get(`/search/suggest?q=${encodeURIComponent(words)}`)).text);
      for (const words of ['常州', '泵', 'changzhou', 'czby', 'acc: 常州', '客户：常州'.replace('客户', 'Accounts')]) {
        const found = await suggest(words);
        assert.ok(found.some(({ href }) => href === `/accounts/${id}`), words);
      }
      assert.ok((await suggest('acc: 常州')).every(({ href }) => href.startsWith('/accounts/')));
      await make('Older Twin'); await make('Twin of Older');
      assert.equal((await suggest('twin of'))[0].text, 'Twin of Older');
      await admin.get(`/accounts/${id}`);
      await until(async () => (await suggest('')).some(({ href, group }) => href === `/accounts/${id}` && group === 'Opened last'));
      await admin.post(`/accounts/${id}/favourite`, [['favourite', '1']]);
      assert.ok((await suggest('')).some(({ href, group }) => href === `/accounts/${id}` && group === 'Favourites'));
      const page = await admin.get(`/search?q=${encodeURIComponent('acc: 常州')}`);
      assert.match(page.text, /常州泵业有限公司/);
      assert.doesNotMatch(page.text, /常州人/);
    });

    test('many refusals are told by the first of them; what a failed job has left is undone', async () => {
      await call('POST', 'accounts/batch', Array.from({ length: 600 }, (_, i) => ({ name: `Long ${i} ${'x'.repeat(180)}`, city: 'Long' })));
      const ids = [];
      for (let after = ''; after !== undefined;) {
        const page = await call('GET', `accounts?city=eq.Long&limit=300${after}`);
        ids.push(...page.data.map(({ id }) => id));
        after = page.next ? `&after=${encodeURIComponent(page.next)}` : undefined;
      }
      const { run } = await call('POST', 'accounts/bulk', { ids, action: 'edit', values: { name: '' } });
      const ended = await until(async () => { const found = await call('GET', `bulk-changes/${run}`); return found.status === 'done' && found; });
      assert.deepEqual([ended.changed, ended.skipped, ended.message.split('\n').length], [0, 600, 50]);
      const half = (await call('POST', 'accounts/bulk', { ids: ids.slice(0, 1), action: 'edit', values: { city: 'Half' } })).run;
      await server.post(`/api/test/sql?sql=${encodeURIComponent(`UPDATE bulk_change SET status = 'running' WHERE id = ${half}`)}`, { token: server.admin });
      assert.match((await admin.get(`/bulk-changes/${half}`)).text, /\/undo"/);
      assert.equal((await call('POST', `bulk-changes/${half}/undo`)).restored, 1);
    });

    test('duplicates of the whole base are found, merged or parted', async () => {
      const same = [await make('苏州恒力泵业有限公司'), await make('苏州恒力泵业股份有限公司')];
      const alike = [await make('A', { phone: '0512-11112222' }), await make('B', { phone: '(0512) 1111 2222' })];
      const started = await admin.post('/accounts/twins/search', []);
      assert.equal(started.headers.location, '/accounts/twins');
      const page = await until(async () => { const reply = await admin.get('/accounts/twins'); return reply.text.includes(same[0]) && reply; });
      for (const id of [...same, ...alike]) assert.ok(page.text.includes(`_id=${id}`), id);
      await admin.post('/accounts/twins/part', []);
      assert.ok((await admin.get('/accounts/twins')).text.includes(`_id=${alike[0]}`), 'without records none are parted');
      const parted = await admin.post('/accounts/twins/part', alike.map((id) => ['_id', id]));
      assert.equal(parted.status, 303);
      assert.ok(!(await admin.get('/accounts/twins')).text.includes(`_id=${alike[0]}`));
      const merged = await admin.post('/accounts/merge', [['_id', same[0]], ['_id', same[1]], ['_survivor', same[0]], ['_back', '/accounts/twins']]);
      assert.match(merged.headers.location, /^\/accounts\/twins\?_done=merged/);
      assert.ok(!(await admin.get('/accounts/twins')).text.includes(`_id=${same[0]}`));
      assert.equal((await admin.get('/products/twins')).status, 404);
    });
  });
}
