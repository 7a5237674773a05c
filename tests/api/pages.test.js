// Pages from outside: lists, records and forms of any entity; rights, bad input, conflicts, paging; on both databases.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { postgres, postgresUrl, serve, sqliteUrl } from '../lib/server.js';

const databases = { sqlite: sqliteUrl, ...(postgres && { postgresql: postgresUrl }) };
if (!postgres) test('pages on PostgreSQL', { skip: 'MILLWRIGHT_TEST_POSTGRES names no server' }, () => {});

// The names of a list's rows, and the addresses that lead on.
const names = (page) => [...page.text.matchAll(/class="row-title" href="[^"]*">([^<]*)</g)].map((match) => match[1]);
const unescape = (text) => text.replace(/&amp;/g, '&').replace(/&quot;/g, '"').replace(/&#39;/g, "'");
const link = (page, rel) => { const found = new RegExp(`href="([^"]*)" hx-get="[^"]*" rel="${rel}"`).exec(page.text); return found && unescape(found[1]); };
const field = (page, name) => /value="([^"]*)"/.exec(new RegExp(`<input[^>]*name="${name}"[^>]*>`).exec(page.text)[0])[1];

for (const [name, url] of Object.entries(databases)) describe(`pages on ${name}`, () => {
  const withServer = (work) => async () => {
    const server = await serve(url());
    const as = async (...who) => {
      const { cookie, csrf } = await server.login(...who);
      const form = (body) => new URLSearchParams([['_csrf', csrf], ...(Array.isArray(body) ? body : Object.entries(body))]).toString();
      const send = (path, body, headers = {}) => server.post(path, { cookie, body: form(body), headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } });
      return { cookie, csrf, get: (path, headers) => server.get(path, { cookie, headers }), post: send };
    };
    const api = async (method, path, body) => {
      const reply = await server.request(method, `/api/v1/${path}`, { token: server.admin, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
      assert.ok(reply.status < 300, `${path}: ${reply.status} ${reply.text}`);
      return reply.text ? JSON.parse(reply.text) : null;
    };
    try {
      await work({ server, as, api, admin: await as() });
    } finally {
      assert.equal(await server.stop(), 0, server.log);
    }
  };

  test('a record is made by its form, shown, changed and deleted', withServer(async ({ admin }) => {
    const blank = await admin.get('/accounts/new?city=%E8%8B%8F%E5%B7%9E');
    assert.equal(blank.status, 200);
    assert.equal(field(blank, 'city'), '苏州', 'begins with what the address says');
    const made = await admin.post('/accounts', { name: '恒力泵业', city: '苏州', status: 'customer', phone: '0512-65551234' });
    assert.equal(made.status, 303, made.text);
    const path = made.headers.location.split('?')[0];
    const page = await admin.get(path);
    assert.match(page.text, /<h1 class="page-title">恒力泵业<\/h1>/);
    assert.match(page.text, /data-copy="0512-65551234"/);
    const edit = await admin.get(`${path}/edit`);
    const version = field(edit, '_version');
    assert.equal((await admin.post(path, { _version: version, name: '恒力泵业股份', city: '' })).status, 303);
    const after = await admin.get(path);
    assert.match(after.text, /恒力泵业股份/);
    assert.match(after.text, /<del>苏州<\/del>/, 'the history tells the old value');
    assert.equal((await admin.post(`${path}/remove`, { _version: Number(version) + 1 })).status, 303);
    assert.match((await admin.get(path)).text, /This record was deleted/);
    assert.deepEqual(names(await admin.get('/accounts')), []);
    assert.deepEqual(names(await admin.get('/accounts?deleted=1')), ['恒力泵业股份']);
    assert.equal((await admin.post(`${path}/restore`, {})).status, 303);
    assert.deepEqual(names(await admin.get('/accounts')), ['恒力泵业股份']);
  }));

  test('a form with problems comes back with what was typed', withServer(async ({ admin }) => {
    const refused = await admin.post('/accounts', { name: '', credit_limit: '12x', city: '"><b>Köln', status: 'customer' });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /id="f-credit_limit" name="credit_limit" value="12x"[^>]*aria-invalid="true"/);
    assert.match(refused.text, /value="&quot;&gt;&lt;b&gt;Köln"/);
    assert.match(refused.text, /id="f-name-note"/);
    assert.deepEqual(names(await admin.get('/accounts')), [], 'nothing was saved');
    const lines = await admin.post('/sales-orders', { '_lines.sales_order_line': '1', 'sales_order_line.n1.quantity': 'many', 'sales_order_line.n1.description': 'Pump' });
    assert.equal(lines.status, 422);
    assert.match(lines.text, /name="sales_order_line\.n1\.quantity" value="many"/);
  }));

  test('HTML and SQL in every text field are shown as text', withServer(async ({ admin, api }) => {
    const evil = `<script>alert(1)</script>'; DROP TABLE account; --"`;
    const made = await api('POST', 'accounts', { name: evil, segment: evil, city: evil, region: evil, country: evil, address: evil, description: evil });
    const contact = await api('POST', 'contacts', { name: evil, account: made.id, job_title: evil, note: evil });
    await api('POST', 'activities', { type: 'task', subject: evil, body: evil, account: made.id, place: evil });
    for (const path of ['/accounts', `/accounts/${made.id}`, `/accounts/${made.id}/edit`, `/accounts/${made.id}?tab=contact.account`, `/contacts/${contact.id}`, '/contacts', '/activities', '/', `/search?q=${encodeURIComponent(evil)}`, `/accounts?city=eq.${encodeURIComponent(evil)}`, `/accounts?q=${encodeURIComponent(evil)}`, `/accounts?order=${encodeURIComponent(evil)}`, `/accounts?columns=${encodeURIComponent(evil)}`, `/accounts?view=${encodeURIComponent(evil)}`, `/accounts/${made.id}?list=${encodeURIComponent(evil)}`]) {
      const page = await admin.get(path);
      assert.equal(page.status, 200, path);
      assert.ok(!page.text.includes('<script>alert'), path);
    }
    assert.equal((await admin.get(`/duplicates/account?name=${encodeURIComponent(evil)}`)).status, 200);
  }));

  test('who has no right sees neither page nor field', withServer(async ({ as, api, admin, server }) => {
    const { id } = await api('POST', 'accounts', { name: 'Secret Ltd', credit_limit: '777123.45', email: 'a@hidden.example' });
    const viewer = await as('viewer@example.com');
    assert.equal((await server.get(`/accounts/${id}`)).status, 303, 'a visitor is sent to the login');
    for (const path of ['/accounts/new', `/accounts/${id}/edit`, `/accounts/${id}/field/name`, '/accounts/bulk?_id=1']) assert.equal((await viewer.get(path)).status, 403, path);
    for (const [path, body] of [['/accounts', { name: 'x' }], [`/accounts/${id}`, { name: 'x' }], [`/accounts/${id}/remove`, {}], [`/accounts/${id}/field/name`, { name: 'x' }], ['/accounts/bulk', { _id: id, _action: 'remove' }]])
      assert.ok([403, 404].includes((await viewer.post(path, body)).status), path);
    const role = (await api('GET', 'roles?key=eq.viewer')).data[0];
    assert.match((await viewer.get(`/accounts/${id}`)).text, /777,123\.45/);
    await api('PATCH', `roles/${role.id}`, { role_field: [{ entity: 'account', field: 'credit_limit', access: 'hide' }] });
    for (const path of [`/accounts/${id}`, '/accounts', '/accounts?columns=name,credit_limit', `/accounts?credit_limit=gt.1`])
      assert.ok(!(await viewer.get(path)).text.includes('777,123'), path);
    assert.equal((await viewer.get(`/accounts?credit_limit=gt.1`)).text.includes('chip-bad'), true, 'a hidden field cannot be asked for');
    assert.match((await admin.get(`/accounts/${id}`)).text, /777,123\.45/);
    assert.equal((await admin.get('/accounts/1')).status, 404);
    assert.equal((await admin.get('/no-such-thing')).status, 404);
  }));

  test('who saves second chooses field by field', withServer(async ({ admin, api }) => {
    const { id } = await api('POST', 'accounts', { name: 'Twice', city: 'Bonn', region: 'West' });
    const version = field(await admin.get(`/accounts/${id}/edit`), '_version');
    await api('PATCH', `accounts/${id}`, { city: 'Köln' });
    const conflict = await admin.post(`/accounts/${id}`, { _version: version, name: 'Twice', city: 'Ulm', region: 'West' });
    assert.equal(conflict.status, 409);
    assert.match(conflict.text, /type="radio" name="city" value="Ulm" checked/);
    assert.match(conflict.text, /type="radio" name="city" value="Köln"/);
    assert.ok(!/type="radio" name="region"/.test(conflict.text), 'only what differs is asked');
    assert.equal((await admin.post(`/accounts/${id}`, { _version: field(conflict, '_version'), city: 'Ulm' })).status, 303);
    assert.equal((await api('GET', `accounts/${id}`)).city, 'Ulm');
    const inPlace = await admin.post(`/accounts/${id}/field/city`, { _version: version, city: 'Trier' });
    assert.equal(inPlace.status, 422);
    assert.match(inPlace.text, /This now reads “Ulm”/);
    assert.match(inPlace.text, /value="Trier"/);
    const saved = await admin.post(`/accounts/${id}/field/city`, { _version: field(inPlace, '_version'), city: 'Trier' }, { 'HX-Request': 'true' });
    assert.equal(saved.status, 200);
    assert.equal(saved.headers['hx-retarget'], '#record');
    assert.match(saved.text, /Trier/);
  }));

  test('pages lead on and back without a gap, in any order', withServer(async ({ admin, api }) => {
    const made = Array.from({ length: 120 }, (_, i) => ({ name: `Firma ${String(i).padStart(3, '0')}`, region: i % 3 ? `R${i % 7}` : null }));
    await api('POST', 'accounts/batch', made.map((record) => ({ ...record, status: 'customer' })));
    for (const order of ['name', '-name', 'region', '-region', '-region,name', '-created_at', 'id']) {
      let page = await admin.get(`/accounts?order=${order}`);
      const pages = [names(page)];
      for (let next = link(page, 'next'); next; next = link(page, 'next')) {
        page = await admin.get(next);
        pages.push(names(page));
      }
      assert.deepEqual(pages.map((rows) => rows.length), [50, 50, 20], order);
      assert.equal(new Set(pages.flat()).size, 120, order);
      for (let i = pages.length - 2; i >= 0; i--) {
        page = await admin.get(link(page, 'prev'));
        assert.deepEqual(names(page), pages[i], `${order}, back to page ${i}`);
      }
      assert.equal(link(page, 'prev'), null, order);
    }
    const total = await admin.get('/accounts/total?region=eq.R1', { 'HX-Request': 'true' });
    assert.match(total.text, /<span>\d+ records<\/span>/);
    assert.equal((await admin.get('/accounts?after=nonsense')).status, 422);
  }));

  test('filters, words, columns and order are read from the address', withServer(async ({ admin, api }) => {
    for (const [name, city, status] of [['恒力泵业', '苏州', 'customer'], ['东泰轴承', '宁波', 'customer'], ['华锐机床', '苏州', 'prospect']]) await api('POST', 'accounts', { name, city, status });
    const list = async (query) => names(await admin.get(`/accounts?${query}`)).sort();
    assert.deepEqual(await list('city=eq.%E8%8B%8F%E5%B7%9E'), ['华锐机床', '恒力泵业'].sort());
    assert.deepEqual(await list('city=eq.%E8%8B%8F%E5%B7%9E&status=eq.customer'), ['恒力泵业']);
    assert.deepEqual(await list('status=in.(prospect,former)'), ['华锐机床']);
    assert.deepEqual(await list('name=like.*%E8%BD%B4*'), ['东泰轴承']);
    assert.deepEqual(await list('q=hlby'), ['恒力泵业'], 'initials of the pinyin');
    assert.deepEqual(await list('or=(city.eq.%E5%AE%81%E6%B3%A2,status.eq.prospect)'), ['东泰轴承', '华锐机床'].sort());
    const added = await admin.get('/accounts?order=name&_field=status&_test=in&_value=customer&_value=former');
    assert.equal(added.headers.location, '/accounts?status=in.(customer,former)&order=name');
    const columns = await admin.get('/accounts?_columns=1&_column=name&_column=city');
    assert.equal(columns.headers.location, '/accounts?columns=name,city');
    const two = await admin.get(columns.headers.location);
    assert.equal([...two.text.matchAll(/<th scope="col"/g)].length, 2);
    const bad = await admin.get('/accounts?status=gt.5&nothing=eq.1');
    assert.equal([...bad.text.matchAll(/chip-bad/g)].length, 2, 'what cannot be asked is marked');
    const form = await admin.get('/accounts/condition?_field=owner', { 'HX-Request': 'true' });
    assert.match(form.text, /data-lookup="\/lookup\/user"/);
  }));

  test('a list goes out as CSV and as a workbook, with the columns that it shows', withServer(async ({ admin, api, server }) => {
    for (const [name, city] of [['Alpha', 'Bonn'], ['=1+1', 'Ulm']]) await api('POST', 'accounts', { name, city });
    const csv = await admin.get('/accounts/export?_format=csv&columns=city,name&city=eq.Ulm');
    assert.equal(csv.status, 200, csv.text);
    assert.deepEqual(csv.text.replace('\uFEFF', '').trim().split('\r\n'), ['City,Name', "Ulm,'=1+1"]);
    const book = await admin.get('/accounts/export');
    assert.equal(book.bytes.subarray(0, 2).toString(), 'PK');
    assert.match(book.headers['content-disposition'], /^attachment/);
    assert.equal((await server.get('/accounts/export')).status, 303);
  }));

  test('views are saved, private or shared, and one is shown first', withServer(async ({ as, admin, api }) => {
    for (const [name, status] of [['A', 'customer'], ['B', 'prospect']]) await api('POST', 'accounts', { name, status });
    const saved = await admin.post('/accounts/views', { name: 'Customers only', initial: '1', _list: 'status=eq.customer&order=-name&columns=name,status' });
    assert.equal(saved.status, 303);
    const first = await admin.get('/accounts');
    assert.deepEqual(names(first), ['A'], 'the default view');
    assert.equal([...first.text.matchAll(/<th scope="col"/g)].length, 2);
    assert.deepEqual(names(await admin.get('/accounts?view=all')), ['A', 'B']);
    const viewer = await as('viewer@example.com');
    assert.ok(!(await viewer.get('/accounts')).text.includes('Customers only'), 'private');
    assert.equal((await admin.post('/accounts/views', { name: 'For all', shared: '1', _list: 'status=eq.prospect' })).status, 303);
    const theirs = await viewer.get('/accounts');
    const id = /href="\/accounts\?view=(\d+)"[^>]*>For all/.exec(theirs.text)[1];
    assert.deepEqual(names(await viewer.get(`/accounts?view=${id}`)), ['B']);
    assert.ok([403, 404].includes((await viewer.post(`/accounts/views/${id}/remove`, {})).status), 'only its owner removes it');
    const mine = saved.headers.location.match(/view=(\d+)/)[1];
    assert.equal((await admin.post(`/accounts/views/${mine}/remove`, {})).status, 303);
    assert.deepEqual(names(await admin.get('/accounts')), ['A', 'B']);
  }));

  test('many records are changed, deleted and restored at once', withServer(async ({ admin, api }) => {
    const ids = [];
    for (const name of ['A', 'B', 'C']) ids.push((await api('POST', 'accounts', { name })).id);
    const chosen = ids.slice(0, 2).map((id) => ['_id', id]);
    assert.match((await admin.get(`/accounts/bulk?${new URLSearchParams([...chosen, ['_field', 'region']])}`)).text, /name="region"/);
    assert.equal((await admin.post('/accounts/bulk', [...chosen, ['_action', ''], ['_field', 'region'], ['region', 'Nord']])).status, 303);
    assert.deepEqual((await api('GET', 'accounts?region=eq.Nord&order=name')).data.map((one) => one.name), ['A', 'B']);
    const refused = await admin.post('/accounts/bulk', [...chosen, ['_field', 'payment_terms_days'], ['payment_terms_days', 'soon']]);
    assert.equal(refused.status, 422);
    assert.match(refused.text, /value="soon"/);
    assert.equal((await admin.post('/accounts/bulk', [...chosen, ['_action', 'remove']])).status, 303);
    assert.deepEqual(names(await admin.get('/accounts')), ['C']);
    assert.equal((await admin.post('/accounts/bulk', [...chosen, ['_action', 'restore']])).status, 303);
    assert.deepEqual(names(await admin.get('/accounts')), ['A', 'B', 'C']);
  }));

  test('lines are added, changed, put in order and removed with their order', withServer(async ({ admin, api }) => {
    const account = (await api('POST', 'accounts', { name: 'Buyer' })).id;
    const row = (token, values) => Object.entries(values).map(([key, value]) => [`sales_order_line.${token}.${key}`, value]);
    const made = await admin.post('/sales-orders', [['account', account], ['_lines.sales_order_line', '1'], ...row('n1', { description: 'Pump', quantity: '2', unit_price: '100' }), ...row('n2', { description: 'Seal', quantity: '10', unit_price: '1.50' }), ...row('n3', { description: '', quantity: '', unit_price: '' })]);
    assert.equal(made.status, 303, made.text);
    const path = made.headers.location.split('?')[0];
    const page = await admin.get(path);
    assert.match(page.text, /¥215\.00/, 'the total');
    const edit = await admin.get(`${path}/edit`);
    const ids = [...edit.text.matchAll(/name="sales_order_line\.\d+\._id" value="(\d+)"/g)].map((match) => match[1]);
    assert.equal(ids.length, 2, 'the blank row is no line');
    const again = await admin.post(path, [['_version', field(edit, '_version')], ['_lines.sales_order_line', '1'], ...row('1', { _id: ids[1], position: '1', description: 'Seal', quantity: '20', unit_price: '1.50' }), ...row('n9', { position: '2', description: 'Bearing', quantity: '1', unit_price: '7' })]);
    assert.equal(again.status, 303, again.text);
    const lines = (await api('GET', `sales-orders/${path.split('/').pop()}`));
    assert.equal(lines.total, '37.00');
    assert.match((await admin.get(`${path}?tab=timeline`)).text, /1 added, 1 changed, 1 removed/);
  }));

  test('links are looked up with rights, twins are told, activities are noted', withServer(async ({ as, admin, api }) => {
    const { id } = await api('POST', 'accounts', { name: '江苏恒力液压股份有限公司', phone: '0519-86163673', credit_code: null });
    const found = JSON.parse((await admin.get('/lookup/account?q=%E6%81%92%E5%8A%9B')).text);
    assert.deepEqual(found.map((one) => [one.value, one.text]), [[id, '江苏恒力液压股份有限公司']]);
    assert.equal((await admin.get('/lookup/no_such')).status, 404);
    const twins = await admin.get(`/duplicates/account?name=${encodeURIComponent('江苏省恒力液压有限公司')}`, { 'HX-Request': 'true' });
    assert.match(twins.text, /江苏恒力液压股份有限公司/);
    assert.match((await admin.get('/duplicates/account?phone=051986163673', { 'HX-Request': 'true' })).text, /江苏恒力液压/);
    assert.ok(!(await admin.get(`/duplicates/account?_except=${id}&phone=051986163673`, { 'HX-Request': 'true' })).text.includes('江苏恒力'));
    assert.equal((await admin.post(`/accounts/${id}/activities`, { type: 'call', subject: 'Asked for a quote' })).status, 303);
    assert.equal((await admin.post(`/accounts/${id}/activities`, { type: 'task', subject: 'Send the quote', due_on: '2026-01-05' })).status, 303);
    const page = await admin.get(`/accounts/${id}`);
    assert.match(page.text, /Asked for a quote/);
    assert.match(page.text, /class="overdue"/);
    const contact = (await api('POST', 'contacts', { name: 'Li', account: id })).id;
    assert.equal((await admin.post(`/contacts/${contact}/activities`, { type: 'note', subject: 'About Li' })).status, 303);
    assert.equal((await api('GET', 'activities?subject=eq.About%20Li')).data[0].account, id, 'the contact’s account goes along');
    assert.match((await admin.get('/')).text, /Send the quote/);
    const viewer = await as('viewer@example.com');
    assert.equal((await viewer.post(`/accounts/${id}/activities`, { type: 'note', subject: 'x' })).status, 403);
  }));

  test('files are kept with a record and go out as files only', withServer(async ({ server, as, admin, api }) => {
    const { id } = await api('POST', 'accounts', { name: 'With files' });
    const boundary = 'xxBOUNDARYxx', bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
    const part = (head, body) => Buffer.concat([Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`), body, Buffer.from('\r\n')]);
    const body = Buffer.concat([part('Content-Disposition: form-data; name="_csrf"', Buffer.from(admin.csrf)), part('Content-Disposition: form-data; name="file"; filename="../图纸 1.html"\r\nContent-Type: text/html', bytes), Buffer.from(`--${boundary}--\r\n`)]);
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
    assert.equal((await server.post(`/accounts/${id}/files`, { cookie: admin.cookie, headers, body })).status, 303);
    const path = /href="(\/files\/\d+\/content)"/.exec((await admin.get(`/accounts/${id}`)).text)[1];
    const sent = await admin.get(path);
    assert.equal(sent.headers['content-type'], 'application/octet-stream');
    assert.match(sent.headers['content-disposition'], /^attachment; filename\*=UTF-8''%E5%9B%BE%E7%BA%B8%201\.html$/);
    assert.equal(sent.headers['x-content-type-options'], 'nosniff');
    assert.ok(sent.bytes.equals(bytes));
    const viewer = await as('viewer@example.com');
    assert.equal((await viewer.get(path)).status, 200, 'who sees the record sees its files');
    assert.equal((await viewer.post(path.replace('content', 'remove-file'), {})).status, 403);
    assert.equal((await admin.post(path.replace('content', 'remove-file'), {})).status, 303);
    assert.equal((await admin.get(path)).status, 404);
  }));

  test('the next and the previous record are those of the list', withServer(async ({ admin, api }) => {
    const ids = {};
    for (const [name, region] of [['A', 'x'], ['B', 'y'], ['C', 'x'], ['D', 'x']]) ids[name] = (await api('POST', 'accounts', { name, region })).id;
    const list = encodeURIComponent('region=eq.x&order=-name');
    const step = async (from, way) => (await admin.get(`/accounts/${ids[from]}/${way}?list=${list}`)).headers.location;
    assert.match(await step('D', 'next'), new RegExp(`^/accounts/${ids.C}\\?`));
    assert.match(await step('C', 'next'), new RegExp(`^/accounts/${ids.A}\\?`));
    assert.match(await step('C', 'previous'), new RegExp(`^/accounts/${ids.D}\\?`));
    assert.match(await step('A', 'next'), /_done=end$/);
  }));

  test('the statements of a page do not grow with its rows', withServer(async ({ server, admin, api }) => {
    const { id } = await api('POST', 'accounts', { name: 'First' });
    const statements = async () => Number(/^millwright_statements_total (\d+)/m.exec((await server.get('/metrics', { token: server.admin })).text)[1]);
    const cost = async (path) => {
      await admin.get(path); // notes the visit, prepares
      const before = await statements();
      for (let i = 0; i < 5; i++) assert.equal((await admin.get(path)).status, 200);
      return Math.round((await statements() - before) / 5);
    };
    const paths = ['/accounts', `/accounts/${id}`, `/accounts/${id}/edit`, '/', '/contacts'];
    const few = [];
    for (const path of paths) few.push(await cost(path));
    await api('POST', 'accounts/batch', Array.from({ length: 60 }, (_, i) => ({ name: `Firma ${i}`, parent: id })));
    await api('POST', 'contacts/batch', Array.from({ length: 60 }, (_, i) => ({ name: `Person ${i}`, account: id })));
    await api('POST', 'activities/batch', Array.from({ length: 60 }, (_, i) => ({ type: 'task', subject: `Task ${i}`, account: id, due_on: '2030-01-01' })));
    for (const [i, path] of paths.entries()) {
      const many = await cost(path);
      assert.ok(many <= few[i] + 3, `${path}: ${few[i]} statements, then ${many}`); // titles of what is linked now
      assert.ok(many <= 18, `${path}: ${many} statements`);
    }
  }));

  test('search shows by entity what one may read; favourites and recents', withServer(async ({ admin, api, server }) => {
    const { id } = await api('POST', 'accounts', { name: 'Findable Pumps' });
    await api('POST', 'contacts', { name: 'Findable Person' });
    const page = await admin.get('/search?q=findable');
    assert.deepEqual(names(page).sort(), ['Findable Person', 'Findable Pumps']);
    const offered = JSON.parse((await admin.get('/search/suggest?q=findable')).text);
    assert.deepEqual(offered.map((one) => one.text).sort(), ['Findable Person', 'Findable Pumps']);
    assert.equal((await admin.post(`/accounts/${id}/favourite`, { favourite: '1' })).status, 303);
    assert.match((await admin.get('/')).text, /rail-link" href="\/accounts\/\d+"/);
    assert.equal((await server.get('/search?q=findable')).status, 303);
  }));
});
