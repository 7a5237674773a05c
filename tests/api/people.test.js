// People of a deal by REST and on pages: numbers, rights, relations, the map's places, next steps; on both databases.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { close, databases, send } from '../lib/company.js';
import { apiCompany } from '../lib/api.js';

after(close);
for (const database of databases) {
  describe(database.name, () => {
    let served, api, ids;
    before(async () => {
      served = await apiCompany(database.url(), { roles: ['sales'] });
      api = served.api();
      ids = {};
      const me = (await api.get('/api/v1/users?email=eq.admin@example.com')).json.data[0].id;
      ids.account = (await api.post('/api/v1/accounts', { name: 'Keller' })).json.id;
      for (const name of ['Boss', 'Buyer', 'User', 'Friend'])
        ids[name] = (await api.post('/api/v1/contacts', { name, account: name === 'Friend' ? null : ids.account, owner: null })).json.id;
      // Friend advises Boss and is known to the administrator; Buyer and User report to Boss.
      await api.patch(`/api/v1/contacts/${ids.Friend}`, { contact_relation: [{ kind: 'advises', to_contact: ids.Boss, strength: 3 }], acquaintance: [{ user: me, strength: 3 }] });
      await api.patch(`/api/v1/contacts/${ids.Buyer}`, { contact_relation: [{ kind: 'reports_to', to_contact: ids.Boss }] });
      await api.patch(`/api/v1/contacts/${ids.User}`, { contact_relation: [{ kind: 'reports_to', to_contact: ids.Boss }, { kind: 'friend_of', to_contact: ids.Buyer }] });
      ids.deal = (await api.post('/api/v1/opportunities', { name: 'Mill', account: ids.account, opportunity_person: [
        { contact: ids.Boss, role: 'decider', influence: 5 },
        { contact: ids.Buyer, role: 'buyer', stance: 'opponent' },
        { contact: ids.User, role: 'user', stance: 'champion' },
      ] })).json.id;
      ids.centre = `/api/v1/opportunities/${ids.deal}/buying-centre`;
    });
    after(() => served?.stop());
    const of = (centre, name) => centre.people.find((person) => person.name === name);
    const kinds = ({ findings }) => findings.map(({ kind, contact }) => [kind, Object.keys(ids).find((name) => ids[name] === contact) ?? null]);

    test('the numbers of a small net', async () => {
      const { json } = await api.get(ids.centre);
      assert.deepEqual([json.members, json.covered, json.key, json.key_covered, json.days], [3, 0, 1, 0, 30]);
      // Us — Friend (1) — Boss (1): cost 2; the opponent costs 3 more. See docs/methods/buying-centre.md.
      const boss = of(json, 'Boss');
      assert.deepEqual([boss.cost, boss.way.length, boss.way.slice(1).map(({ name, by }) => [name, by])], [2, 3, [['Friend', 'knows'], ['Boss', 'advises']]]);
      assert.equal(of(json, 'User').cost, 4);
      assert.equal(of(json, 'Buyer').cost, 2 + 2 + 3);
      assert.deepEqual(['Boss', 'Buyer', 'User', 'Friend'].map((name) => of(json, name).reach), [2, 1, 1, 3]);
      assert.ok(Math.abs(json.people.reduce((sum, { rank }) => sum + rank, 0) - 1) < 1e-9);
      assert.deepEqual(kinds(json), [['uncovered', 'Boss'], ['single_point', 'Friend'], ['way', 'Boss'], ['blocker', 'Buyer'], ['next', 'Boss']]);
      assert.match(json.findings[2].reason, /Friend — advises → Boss/);
    });

    test('roles that are missing at a stage, and a day that is none', async () => {
      await api.patch(`/api/v1/opportunities/${ids.deal}`, { contact: ids.Boss });
      await api.post(`/api/v1/opportunities/${ids.deal}/move`, { stage: 'needs' }, { status: 200 });
      const { json } = await api.get(ids.centre);
      assert.deepEqual(json.findings.filter(({ kind }) => kind === 'missing_role').map(({ text }) => text), ['Coach: not identified yet']);
      await api.get(`${ids.centre}?days=0`, { status: 422 });
      await api.get(`${ids.centre}?days=x`, { status: 422 });
      await api.get('/api/v1/opportunities/1/buying-centre', { status: 404 });
    });

    test('a call covers its contact without anybody typing so', async () => {
      const me = (await api.get('/api/v1/users?email=eq.admin@example.com')).json.data[0].id;
      await api.post('/api/v1/activities', { type: 'call', subject: 'x', contact: ids.Boss, opportunity: ids.deal, owner: me, done: true, starts_at: new Date().toISOString() });
      const { json: deal } = await api.get(`/api/v1/opportunities/${ids.deal}`);
      assert.ok(deal.opportunity_person.find(({ contact }) => contact === ids.Boss).last_contact_on);
      await api.patch(`/api/v1/opportunities/${ids.deal}`, { opportunity_person: [{ id: deal.opportunity_person.find(({ contact }) => contact === ids.Boss).id, contact_owner: me, stance: 'supporter', _delete: false }] });
      const { json } = await api.get(ids.centre);
      assert.deepEqual([of(json, 'Boss').covered, json.key_covered], [true, 1]);
      assert.deepEqual(kinds(json).map(([kind]) => kind), ['missing_role', 'single_point', 'blocker']);
    });

    test('a decider of another account does not count as covered, until this one is among his', async () => {
      const me = (await api.get('/api/v1/users?email=eq.admin@example.com')).json.data[0].id;
      const other = (await api.post('/api/v1/accounts', { name: 'Elsewhere' })).json.id;
      const guest = (await api.post('/api/v1/contacts', { name: 'Guest', account: other })).json.id;
      const deal = (await api.post('/api/v1/opportunities', { name: 'Guests', account: ids.account, opportunity_person: [{ contact: guest, role: 'decider', contact_owner: me, stance: 'supporter' }] })).json.id;
      await api.post('/api/v1/activities', { type: 'call', subject: 'x', contact: guest, opportunity: deal, owner: me, done: true, starts_at: new Date().toISOString() });
      const centre = `/api/v1/opportunities/${deal}/buying-centre`;
      const page = async (target) => (await send(served.port, 'GET', target, { token: served.tokens.admin })).text;
      const { json } = await api.get(centre);
      assert.deepEqual([of(json, 'Guest').covered, json.key, json.key_covered], [true, 1, 0]);
      const said = json.findings.find(({ kind }) => kind === 'uncovered');
      assert.deepEqual([said.urgent, said.reason], [true, 'is of Elsewhere, not of this account']);
      assert.match(await page(`/opportunities/${deal}?tab=people`), /not of this account<\/span>/);
      assert.match(await page(`/opportunities/${deal}/people/${guest}`), /do not count as covered/);
      const form = await page(`/opportunities/${deal}/people/new`);
      assert.match(form, new RegExp(`data-lookup="/lookup/contact\\?near=account.${ids.account}"`));
      assert.doesNotMatch(/<label[^>]*for="f-contact">[^]*?<\/label>/.exec(form)[0], /must/);
      const offered = (await send(served.port, 'GET', `/lookup/contact?near=account.${ids.account}&q=Gue`, { token: served.tokens.admin })).json;
      assert.deepEqual(offered.map(({ text, note, other: mark }) => [text, note, mark]), [['Guest', 'Elsewhere', 'not of this Account']]);
      await api.patch(`/api/v1/contacts/${guest}`, { contact_account: [{ account: ids.account }] });
      const { json: after } = await api.get(centre);
      assert.deepEqual([after.key, after.key_covered], [1, 1]);
      assert.equal((await send(served.port, 'GET', `/lookup/contact?near=account.${ids.account}&q=Gue`, { token: served.tokens.admin })).json[0].other, undefined);
      // At its end nobody counts days any more.
      const lost = (await api.get('/api/v1/sales-processes/1')).json.stage.find(({ kind }) => kind === 'lost').id;
      await api.patch(`/api/v1/opportunities/${deal}`, { stage: lost, reason: 'price' });
      const closed = await page(`/opportunities/${deal}?tab=people`);
      assert.match(closed, /Last contact: \d+ \w+ \d{4}/);
      assert.doesNotMatch(closed, /Contact within|node-days|class="overdue">/);
    });

    test('a relation with somebody whom one may not see stays hidden', async () => {
      const seller = served.api('sales');
      const own = (await seller.post('/api/v1/contacts', { name: 'Mine' })).json.id;
      await api.patch(`/api/v1/contacts/${own}`, { contact_relation: [{ kind: 'family_of', to_contact: ids.Boss }] });
      assert.deepEqual((await seller.get(`/api/v1/contacts/${own}`)).json.contact_relation, []);
      assert.equal((await api.get(`/api/v1/contacts/${own}`)).json.contact_relation.length, 1);
      const deal = (await seller.post('/api/v1/opportunities', { name: 'Small', opportunity_person: [{ contact: own, role: 'decider' }] })).json.id;
      await api.patch(`/api/v1/opportunities/${deal}`, { opportunity_person: [{ contact: ids.Buyer, role: 'buyer', _delete: false }] });
      const theirs = (await seller.get(`/api/v1/opportunities/${deal}/buying-centre`)).json;
      assert.deepEqual(theirs.people.map(({ name, job_title }) => [name, job_title]).sort(), [['Buyer', null], ['Mine', null]]);
      assert.deepEqual(theirs.ties, []);
      assert.equal((await api.get(`/api/v1/opportunities/${deal}/buying-centre`)).json.ties.length, 5);
      await seller.get(ids.centre, { status: 404 });
    });

    test('what is remembered is told anew as soon as somebody writes, and to each reader by his own rights', async () => {
      const seller = served.api('sales');
      const sales = (await api.get('/api/v1/users?email=eq.sales@example.com')).json.data[0].id;
      const [mine, theirs] = [(await seller.post('/api/v1/contacts', { name: 'Known' })).json.id, (await api.post('/api/v1/contacts', { name: 'Secret', account: ids.account })).json.id];
      const deal = (await seller.post('/api/v1/opportunities', { name: 'Shared', opportunity_person: [{ contact: mine, role: 'decider', contact_owner: sales }] })).json.id;
      await api.patch(`/api/v1/contacts/${mine}`, { contact_relation: [{ kind: 'advises', to_contact: theirs }] });
      const read = async (client) => (await client.get(`/api/v1/opportunities/${deal}/buying-centre`)).json;
      const names = ({ people }) => people.map(({ name }) => name).sort();
      const tab = async (role) => (await send(served.port, 'GET', `/opportunities/${deal}?tab=people`, { token: served.tokens[role] })).text;
      const [drawn, lines] = [(text) => [...text.split('class="map-people"')[1].matchAll(/<title>([^<·]*?) ·/g)].map(([, name]) => name).sort(), (text) => text.split('data-tie="').length - 1];
      const statements = async () => Number(/^millwright_statements_total (\d+)/m.exec((await send(served.port, 'GET', '/metrics', { token: served.tokens.admin })).text)[1]);
      const counted = async (work) => { const from = await statements(); await work(); return await statements() - from; };
      for (let again = 0; again < 2; again++) {
        assert.deepEqual([names(await read(api)), names(await read(seller))], [['Known', 'Secret'], ['Known']]);
        assert.deepEqual([drawn(await tab('admin')), drawn(await tab('sales'))], [['Known', 'Secret'], ['Known']]);
        assert.deepEqual([lines(await tab('admin')), lines(await tab('sales'))], [1, 0]);
      }
      const [anew, known] = [[], []]; // the least of several: jobs may ask in between
      for (let i = 0; i < 3; i++) {
        await api.patch(`/api/v1/contacts/${theirs}`, { job_title: `Chief ${i}` });
        anew.push(await counted(() => read(api)));
        known.push(await counted(() => read(api)));
      }
      assert.ok(Math.min(...known) < Math.min(...anew) - 5, `${known} after ${anew}`);
      // Another one writes: both see it at once, the relation, the name, a call, and where somebody is put.
      await api.patch(`/api/v1/contacts/${theirs}`, { name: 'Renamed' });
      assert.deepEqual([drawn(await tab('admin')), drawn(await tab('sales'))], [['Known', 'Renamed'], ['Known']]);
      assert.deepEqual([(await read(seller)).covered, (await read(api)).covered], [0, 0]);
      await api.post('/api/v1/activities', { type: 'call', subject: 'x', contact: mine, opportunity: deal, owner: sales, done: true, starts_at: new Date().toISOString() });
      assert.deepEqual([(await read(seller)).covered, (await read(api)).covered], [1, 1]);
      await api.patch(`/api/v1/contacts/${theirs}`, { owner: sales });
      assert.deepEqual(drawn(await tab('sales')), ['Known', 'Renamed'], 'his now, too');
      await send(served.port, 'POST', `/opportunities/${deal}/map`, { token: served.tokens.admin, body: `at=${mine},321,-45`, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
      for (const role of ['admin', 'sales']) assert.ok((await tab(role)).includes('translate(321 -45)'), role);
      await api.remove(`/api/v1/contacts/${theirs}`);
      assert.deepEqual([drawn(await tab('admin')), drawn(await tab('sales'))], [['Known'], ['Known']]);
    });

    test('the tab says it in words, and in Chinese', async () => {
      const page = async (target) => (await send(served.port, 'GET', target, { token: served.tokens.admin })).text;
      const text = await page(`/opportunities/${ids.deal}?tab=people`);
      for (const part of ['data-people-map', 'Buyer', 'Advisable roles', 'no gate asks for it', 'stance-opponent', 'is a friend of: Buyer', 'Subordinate: User', 'Last contact: today', 'tie tie-formal']) assert.ok(text.includes(part), part);
      assert.ok((await page(`/accounts/${ids.account}?tab=people`)).includes('data-people-map'));
      assert.match(await page(`/opportunities/${ids.deal}?tab=timeline`), /rail-item"><a href="[^"]*">Boss<\/a><span[^>]*>Decider/);
      await api.patch(`/api/v1/contacts/${ids.Friend}`, { contact_account: [{ account: ids.account, job_title: 'Consultant' }] });
      assert.ok((await page(`/accounts/${ids.account}?tab=people`)).includes(`data-person="${ids.Friend}"`), 'people of further accounts are there too');
      assert.match(await page(`/contacts/${ids.Friend}?tab=people`), /Keller[^]*Consultant/);
      const contact = await page(`/contacts/${ids.Boss}?tab=people`);
      assert.match(contact, /Subordinate: <a[^>]*>Buyer<\/a>/);
    });

    test('a contact opens with what one wants to know of it, and its relations, as far as the reader may see them', async () => {
      const page = async (token) => (await send(served.port, 'GET', `/contacts/${ids.Boss}`, { token })).text;
      const text = await page(served.tokens.admin);
      assert.match(text, /contact-card[^]*Account[^]*Keller/);
      const rail = /rail-relations[^]*?<\/section>/.exec(text)[0];
      const names = [...rail.matchAll(/<a href="\/contacts\/\d+">(\w+)<\/a>/g)].map(([, name]) => name);
      for (const name of ['Buyer', 'Friend', 'User']) assert.ok(names.includes(name), name);
      const lonely = (await api.post('/api/v1/contacts', { name: 'Lonely' })).json.id;
      assert.match((await send(served.port, 'GET', `/contacts/${lonely}`, { token: served.tokens.admin })).text, /No relations are known\./);
      assert.equal((await send(served.port, 'GET', `/contacts/${ids.Boss}`, { token: served.tokens.sales })).status, 404);
    });

    test('of many people and findings the first are shown, all where that is asked for', async () => {
      const { json: { data } } = await api.post('/api/v1/contacts/batch', Array.from({ length: 55 }, (_, i) => ({ name: `Person ${i}`, account: ids.account })), { status: 200 });
      const deal = (await api.post('/api/v1/opportunities', { name: 'Plant', account: ids.account, opportunity_person: data.map(({ id }) => ({ contact: id, role: 'decider' })) })).json.id;
      const page = async (more) => (await send(served.port, 'GET', `/opportunities/${deal}?tab=people${more}`, { token: served.tokens.admin })).text;
      const count = (text, what) => text.split(what).length - 1;
      const [some, all] = [await page(''), await page('&all=1')];
      assert.deepEqual([count(some, '<li class="person'), count(some, 'is not covered<'), count(some, 'data-person="')], [50, 6, 55]);
      assert.match(some, /all=1"[^>]*>Show all \(\+49\)<[^]*all=1"[^>]*>Show all \(\+5\)</);
      assert.deepEqual([count(all, '<li class="person'), count(all, 'is not covered<'), count(all, 'all=1" hx')], [55, 55, 0]);
    });
  });
}
