// One record and its lines by REST: every step on both databases, every reply against the OpenAPI document.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { close, databases, send } from '../lib/company.js';
import { apiCompany, problems } from '../lib/api.js';

after(close);
for (const database of databases) {
  describe(database.name, () => {
    let served, api;
    before(async () => {
      served = await apiCompany(database.url(), { roles: ['viewer'] });
      api = served.api();
    });
    after(() => served?.stop());
    const account = async (fields = {}) => (await api.post('/api/v1/accounts', { name: 'Keller Pumpen', ...fields })).json;

    test('a record is created, read, changed, deleted and restored', async () => {
      const { json: made, headers } = await api.post('/api/v1/accounts',
        { name: '上海泵业有限公司', credit_limit: '1234.50', type: 'oem', payment_terms_days: 30 });
      assert.equal(headers.location, `/api/v1/accounts/${made.id}`);
      assert.match(headers.etag, /^"1-[0-9a-f]{16}"$/);
      assert.match(made.id, /^[0-9]{18,19}$/);
      assert.equal(made.credit_limit, '1234.50');
      assert.equal(made.status, 'prospect');
      assert.equal(made.currency, 'CNY');
      assert.deepEqual((await api.get(headers.location)).json, made);

      const changed = (await api.patch(headers.location, { type: null, credit_limit: 99.5 })).json;
      assert.deepEqual([changed.version, changed.type, changed.credit_limit, changed.name],
        [2, null, '99.50', '上海泵业有限公司']);

      await api.remove(headers.location);
      await api.get(headers.location, { status: 404 });
      await api.patch(headers.location, { name: 'x' }, { status: 404 });
      await api.remove(headers.location, { status: 404 });
      const { json: bin } = await api.get('/api/v1/accounts?deleted=only');
      assert.deepEqual(bin.data.map(({ id }) => id), [made.id]);
      const restored = (await api.post(`${headers.location}/restore`, undefined, { status: 200 })).json;
      assert.equal(restored.deleted_at, null);
      await api.post(`${headers.location}/restore`, undefined, { status: 404 });
      const { json: history } = await api.get(`${headers.location}/history`);
      assert.deepEqual(history.data.map(({ action, source }) => `${action} ${source}`),
        ['restore api', 'remove api', 'update api', 'create api']);
      assert.deepEqual(history.data[2].changes.credit_limit, ['1234.50', '99.50']);
    });

    test('a stale version is refused and changes nothing', async () => {
      const { id } = await account();
      const path = `/api/v1/accounts/${id}`;
      await api.patch(path, { name: 'Second', version: 1 });
      await api.patch(path, { name: 'Third', version: 1 }, { status: 409 });
      for (const match of ['"1"', '"7"']) {
        const reply = await api.patch(path, { name: 'Third' }, { status: 412, headers: { 'if-match': match } });
        assert.equal(reply.json.title, 'Changed by somebody else');
        await api.remove(path, { status: 412, headers: { 'if-match': match } });
      }
      await api.patch(path, { name: 'x' }, { status: 422, headers: { 'if-match': 'nonsense' } });
      assert.equal((await api.get(path)).json.name, 'Second');
      await api.patch(path, { name: 'Third' }, { headers: { 'if-match': '"2"' } });
      await api.patch(path, { name: 'Fourth' }, { headers: { 'if-match': '*' } });
      assert.deepEqual(problems(await api.patch(path, { version: '4' }, { status: 422 })), ['version not_a_number']);
      await api.remove(path, { headers: { 'if-match': '"4"' } });
    });

    test('a client that has the version is told so by 304', async () => {
      const { id } = await account();
      const path = `/api/v1/accounts/${id}`;
      const { etag } = (await api.get(path)).headers;
      for (const known of [etag, '*', `W/"9", ${etag}`]) {
        const reply = await api.get(path, { status: 304, headers: { 'if-none-match': known } });
        assert.deepEqual([reply.text, reply.headers.etag], ['', etag]);
      }
      for (const other of ['fields=name', 'expand=owner']) {
        await api.get(`${path}?${other}`, { headers: { 'if-none-match': etag } }); // is not the same
      }
      const { headers } = await api.patch(path, { city: 'Basel' }, { headers: { 'if-match': etag } });
      assert.equal((await api.get(path, { headers: { 'if-none-match': etag } })).headers.etag, headers.etag);
    });

    test('two who save the same version at once: one is told', async () => {
      const { id } = await account();
      const replies = await Promise.all(['left', 'right'].map((city) =>
        api.patch(`/api/v1/accounts/${id}`, { city }, { status: undefined, headers: { 'if-match': '"1"' } })));
      assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 412]);
    });

    const wrong = [
      ['no name', {}, ['name required']],
      ['unknown field', { name: 'a', nam: 'b' }, ['nam unknown']],
      ['secret and retired fields do not exist', { name: 'a', password: 'b' }, ['password unknown']],
      ['all problems at once', { nam: 'b', type: 'none', credit_limit: 'much' },
        ['nam unknown', 'type not_a_choice', 'credit_limit not_a_number', 'name required']],
      ['a number for a text', { name: 3 }, ['name wrong_type']],
      ['a list for a text', { name: ['a'] }, ['name wrong_type']],
      ['an object for a text', { name: { a: 1 } }, ['name wrong_type']],
      ['true for a number', { name: 'a', payment_terms_days: true }, ['payment_terms_days wrong_type']],
      ['half a day', { name: 'a', payment_terms_days: 1.5 }, ['payment_terms_days not_a_number']],
      ['money beyond 64 bits', { name: 'a', credit_limit: '92233720368547758.08' }, ['credit_limit out_of_range']],
      ['money as people write it', { name: 'a', credit_limit: '38万', payment_terms_days: '1k' }, ['credit_limit not_a_number', 'payment_terms_days not_a_number']],
      ['money with groups', { name: 'a', credit_limit: '1,234.50' }, ['credit_limit not_a_number']],
      ['money with its sign', { name: 'a', credit_limit: '¥12' }, ['credit_limit not_a_number']],
      ['money without digits before the point', { name: 'a', credit_limit: '.5' }, ['credit_limit not_a_number']],
      ['money below its limit', { name: 'a', credit_limit: '-0.01' }, ['credit_limit out_of_range']],
      ['more decimals than the currency has', { name: 'a', credit_limit: '0.001' }, ['credit_limit too_precise']],
      ['decimals of a currency without', { name: 'a', currency: 'JPY', credit_limit: '1.5' }, ['credit_limit too_precise']],
      ['a binary fraction that has lost digits', '{"name":"a","credit_limit":123456789012345.67}', ['credit_limit wrong_type']],
      ['a read-only field', { name: 'a', class: 'A' }, ['class read_only']],
      ['a link to nothing', { name: 'a', parent: '77' }, ['parent not_found']],
      ['a link that is no id', { name: 'a', parent: 'x' }, ['parent not_a_link']],
      ['a text too long', { name: 'a', city: 'x'.repeat(61) }, ['city too_long']],
      ['a credit code with a wrong check character', { name: 'a', credit_code: '91310000MA1FL5XX5X' }, ['credit_code bad_check']],
      ['a rule of the entity', { name: 'a', class_override: 'A' },
        ['class_override_reason required', 'class_override_until required']],
      ['a body that is no object', [], [' not_an_object']],
    ];
    for (const [name, body, expected] of wrong) {
      test(`refused: ${name}`, async () => {
        const reply = await api.post('/api/v1/accounts', body, { status: 422 });
        const told = problems(reply);
        if (expected[0].endsWith('not_an_object')) assert.ok(told.includes(expected[0]), told);
        else assert.deepEqual(told.sort(), [...expected].sort());
        assert.equal(reply.json.title, 'Please correct this');
      });
    }

    const malformed = [
      ['nothing', '', 400], ['half an object', '{"name":', 400], ['two values', '{} {}', 400],
      ['the same key twice', '{"name":"a","name":"b"}', 400],
      ['bytes that are no UTF-8', Buffer.from('{"name":"\xff"}', 'latin1'), 400],
      ['overlong UTF-8', Buffer.from([0x7b, 0x22, 0x6e, 0x22, 0x3a, 0x22, 0xc0, 0xaf, 0x22, 0x7d]), 400],
      ['half a surrogate pair', '{"name":"\\ud800"}', 400],
      ['NUL in a text', '{"name":"a\\u0000b"}', 400],
      ['100,000 brackets', '['.repeat(100000), 400],
      ['a number without end', `{"name":"a","credit_limit":1e${'9'.repeat(1000)}}`, 400],
      ['a form', 'name=a', 415, { 'content-type': 'application/x-www-form-urlencoded' }],
      ['plain text', '{"name":"a"}', 415, { 'content-type': 'text/plain' }],
    ];
    for (const [name, body, status, headers] of malformed) {
      test(`malformed: ${name}`, () => api.post('/api/v1/accounts', body, { status, headers }));
    }

    test('a body above the limit is refused', async () => {
      const reply = await api.post('/api/v1/accounts', `{"name":"${'x'.repeat(40 << 20)}"}`, { status: undefined })
        .catch(() => ({ status: 413 })); // the server may close before all is sent
      assert.equal(reply.status, 413);
      await api.get('/api/v1/accounts?limit=1');
    });

    test('HTML and SQL in every text field come back as they were sent', async () => {
      const hostile = `<script>alert("1")</script> '; DROP TABLE account; -- \\ %_* & \u202e \ud83d\ude00`;
      const schema = served.document.components.schemas.AccountInput.properties;
      const texts = Object.keys(schema).filter((name) => schema[name].anyOf?.[0].type === 'string' &&
        !['format', 'pattern', 'enum'].some((key) => key in schema[name].anyOf[0]) && (schema[name].anyOf[0].maxLength ?? 999) >= 60);
      assert.ok(texts.length >= 7, texts);
      const sent = Object.fromEntries(texts.map((name) => [name, hostile.slice(0, 59)]));
      sent.name = sent.description = hostile;
      delete sent.class_override_reason; // follows the decision
      for (const name of ['parent', 'owner', 'team', 'phone', 'email', 'website', 'id', 'credit_code']) delete sent[name];
      const { json } = await api.post('/api/v1/accounts', sent);
      for (const name of Object.keys(sent)) assert.equal(json[name], sent[name], name);
      assert.deepEqual((await api.get(`/api/v1/accounts?name=eq.${encodeURIComponent(hostile)}`)).json.data.map(({ id }) => id),
        [json.id]);
    });

    test('the currency of an amount tells its digits, also where it is not asked for', async () => {
      const { id } = await account({ currency: 'JPY', credit_limit: '1500' });
      const { json } = await api.get(`/api/v1/accounts?id=eq.${id}&fields=credit_limit`);
      assert.deepEqual(json.data, [{ id, version: 1, credit_limit: '1500' }]);
      assert.equal((await api.get(`/api/v1/accounts/${id}?fields=credit_limit`)).json.credit_limit, '1500');
    });

    test('lines: a list is all there is, with _delete it is what changes', async () => {
      const { id: buyer } = await account();
      const line = (description, quantity, price) => ({ description, quantity, unit_price: price });
      const made = (await api.post('/api/v1/sales-orders', { account: buyer,
        sales_order_line: [line('Pump', '2', '100.50'), line('Seal', '10', '1.25'), line('Return', '-1', '0.50')] })).json;
      const path = `/api/v1/sales-orders/${made.id}`;
      assert.equal(made.total, '213.00');
      assert.match(made.number, /^SO-\d{4}-\d{6}$/);
      const [pump, seal, back] = made.sales_order_line;
      assert.equal(seal.amount, '12.50');

      const replaced = (await api.patch(path, { sales_order_line: [{ id: pump.id, quantity: '3' }, line('Gasket', 1, 5)] })).json;
      assert.deepEqual(replaced.sales_order_line.map(({ id, description, amount }) => [id === pump.id, description, amount]),
        [[true, 'Pump', '301.50'], [false, 'Gasket', '5.00']]);
      assert.equal(replaced.total, '306.50');

      const gasket = replaced.sales_order_line[1].id;
      const changed = (await api.patch(path, { sales_order_line: [{ id: gasket, _delete: true }] })).json;
      assert.deepEqual(changed.sales_order_line.map(({ id }) => id), [pump.id]);
      const added = (await api.patch(path, { sales_order_line: [{ ...line('Bolt', 4, '0.25'), _delete: false }] })).json;
      assert.equal(added.total, '302.50');
      assert.equal(added.version, 4);

      const reply = await api.patch(path, { status: 'nonsense', sales_order_line: [{ id: back.id, quantity: 1 }, line('x', 'many', 1), 7,
        { id: 'x' }, { colour: 1 }] }, { status: 422 });
      for (const expected of ['status not_a_choice', 'sales_order_line.2.quantity not_a_number', 'sales_order_line.3 not_an_object',
        'sales_order_line.4.id not_an_id', 'sales_order_line.5.colour unknown']) assert.ok(problems(reply).includes(expected), expected);
      assert.ok(problems(reply).some((text) => text.startsWith('sales_order_line.1.id')), problems(reply));
      assert.deepEqual(problems(await api.patch(path, { sales_order_line: 'none' }, { status: 422 })), ['sales_order_line not_a_list']);
      assert.deepEqual((await api.get(path)).json, added);
      assert.deepEqual(Object.keys((await api.get(`${path}?fields=total`)).json), ['id', 'version', 'total']);
      assert.equal((await api.get(`${path}?fields=sales_order_line`)).json.sales_order_line.length, 2);
      assert.equal((await api.patch(path, { sales_order_line: [] })).json.total, '0.00');
    });

    test('lines change with their master only', async () => {
      const { id: buyer } = await account();
      const { json: order } = await api.post('/api/v1/sales-orders', { account: buyer,
        sales_order_line: [{ description: 'Pump', quantity: 1, unit_price: 1 }] });
      const path = `/api/v1/sales-order-lines/${order.sales_order_line[0].id}`;
      await api.get(path);
      await api.patch(path, { quantity: 2 }, { status: 403 });
      await api.remove(path, { status: 403 });
      await api.post('/api/v1/sales-order-lines', { sales_order: order.id, quantity: 1, unit_price: 1 }, { status: 403 });
      await api.post('/api/v1/sales-order-lines/batch', [{ id: order.sales_order_line[0].id, _delete: true }], { status: 422 });
    });

    test('an order that was read can be sent back', async () => {
      const { id: buyer } = await account();
      const { json: order } = await api.post('/api/v1/sales-orders', { account: buyer,
        sales_order_line: [{ description: 'Pump', quantity: 1, unit_price: '9.99' }] });
      const { json: whole } = await api.get(`/api/v1/sales-orders/${order.id}?expand=account`);
      assert.equal(whole.account.name, 'Keller Pumpen');
      const { json } = await api.patch(`/api/v1/sales-orders/${order.id}`, { account: whole.account, note: 'seen',
        version: whole.version });
      assert.deepEqual([json.account, json.note], [buyer, 'seen']);
    });

    test('a batch is all or nothing, and tells which records are wrong', async () => {
      const batch = (items, more) => api.post('/api/v1/accounts/batch', items, { status: 200, ...more });
      const { json } = await batch([{ name: 'One' }, { name: 'Two' }]);
      const [one, two] = json.data;
      const after = (await batch([{ id: one.id, name: 'Uno' }, { id: two.id, _delete: true }, { name: 'Three' }])).json.data;
      assert.deepEqual(after.map(({ version, deleted }) => version ?? deleted), [2, true, 1]);

      const refused = await batch([{ name: 'Four' }, { nam: 'x' }, { id: two.id, name: 'gone' }, { id: one.id, name: 'x', version: 1 },
        { id: 'x', name: 'y' }, { _delete: true }, 7, { id: one.id, name: 'Ein', version: 2 }], { status: 422 });
      assert.deepEqual(refused.json.errors.map(({ index, field, code }) => `${index} ${field} ${code}`),
        ['1 nam unknown', '1 name required', '2  not_found', '3  conflict', '4 id not_an_id', '5 id required', '6  not_an_object',
          '6 name required']);
      assert.equal((await api.get('/api/v1/accounts?name=in.(Four,Ein)')).json.data.length, 0);
      await batch({}, { status: 422 });
      await batch(Array.from({ length: 1001 }, () => ({ name: 'x' })), { status: 422 });
      const many = await batch(Array.from({ length: 1000 }, (_, i) => ({ name: `Batch ${i}` })));
      assert.equal(new Set(many.json.data.map(({ id }) => id)).size, 1000);
    });

    test('a request with a key is done once', async () => {
      const send = (key, body, more) => api.post('/api/v1/accounts', body, { headers: { 'idempotency-key': key }, ...more });
      const first = await send('k1', { name: 'Only once' });
      const again = await send('k1', { name: 'Only once' });
      assert.deepEqual(again.json, first.json);
      assert.equal(again.headers.location, first.headers.location);
      assert.equal(again.headers['idempotent-replay'], 'true');
      await send('k1', { name: 'Another' }, { status: 422 });
      await send('x'.repeat(201), { name: 'Another' }, { status: 422 });
      await send('k2', {}, { status: 422 });
      await send('k2', { name: 'Corrected' });
      await served.api('viewer').post('/api/v1/accounts', { name: 'Only once' }, { status: 403, headers: { 'idempotency-key': 'k1' } });

      const both = await Promise.all([1, 2, 3, 4].map(() => send('k3', { name: 'At once' })));
      assert.equal(new Set(both.map(({ json }) => json.id)).size, 1);
      assert.equal((await api.get('/api/v1/accounts?name=eq.At once')).json.data.length, 1);

      const batch = () => api.post('/api/v1/accounts/batch', [{ name: 'B' }], { status: 200, headers: { 'idempotency-key': 'k4' } });
      assert.deepEqual((await batch()).json, (await batch()).json);
    });

    test('what is not there, and what is not possible', async () => {
      for (const path of ['/api/v1/nothing', '/api/v1/accounts/1', '/api/v1/accounts/x', '/api/v1/accounts/0', '/api/v1/sessions',
        '/api/v1/accounts/99999999999999999999', '/api/v2/accounts', '/api/v1/accounts/1/nothing']) {
        await api.get(path, { status: 404 });
      }
      const { headers } = await send(served.port, 'PUT', '/api/v1/accounts', { token: served.tokens.admin, body: {} });
      assert.deepEqual(headers.allow.split(', ').sort(), ['GET', 'HEAD', 'POST'].filter((name) => headers.allow.includes(name)));
      await api.post('/api/v1/api-tokens', { name: 'x' }, { status: 403 });
    });
  });
}
