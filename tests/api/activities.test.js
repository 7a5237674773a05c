// Activities, notices, calendar and feed from outside, on both databases.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { password, postgres, postgresUrl, serve, sqliteUrl } from '../lib/server.js';

const databases = { sqlite: sqliteUrl, ...(postgres && { postgresql: postgresUrl }) };
if (!postgres) test('activities on PostgreSQL', { skip: 'MILLWRIGHT_TEST_POSTGRES names no server' }, () => {});

const day = (offset) => new Date(Date.now() + offset * 86400000).toISOString().slice(0, 10);
const entries = (page) => [...page.text.matchAll(/<span class="cal-title">([^<]*)</g)].map((match) => match[1]);

for (const [name, url] of Object.entries(databases)) describe(`activities on ${name}`, () => {
  const withServer = (work) => async () => {
    const server = await serve(url());
    const as = async (...who) => {
      const { cookie, csrf } = await server.login(...who);
      const form = (body) => new URLSearchParams([['_csrf', csrf], ...(Array.isArray(body) ? body : Object.entries(body))]).toString();
      const post = (path, body) => server.post(path, { cookie, body: form(body), headers: { 'content-type': 'application/x-www-form-urlencoded' } });
      return { cookie, csrf, get: (path, headers) => server.get(path, { cookie, headers }), post };
    };
    const ask = (method, path, body) => server.request(method, `/api/v1/${path}`, { token: server.admin, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
    const api = async (method, path, body) => {
      const reply = await ask(method, path, body);
      assert.ok(reply.status < 300, `${path}: ${reply.status} ${reply.text}`);
      return reply.text ? JSON.parse(reply.text) : null;
    };
    try {
      await work({ server, as, api, ask, admin: await as() });
    } finally {
      assert.equal(await server.stop(), 0, server.log);
    }
  };

  test('an activity is completed with a result, and the next step stands in its place', withServer(async ({ api, ask, admin }) => {
    const { id: account } = await api('POST', 'accounts', { name: 'Pump Ltd' });
    const call = await api('POST', 'activities', { type: 'call', subject: 'Ask', account, due_on: '2026-01-05' });
    const done = await api('POST', `activities/${call.id}/complete`, { result: 'Yes', next_step: 'Quote', next_at: '2026-01-09', next_type: 'mail' });
    assert.equal(done.done, true);
    assert.equal(done.result, 'Yes');
    const open = (await api('GET', `activities?account=eq.${account}&done=is.false`)).data;
    assert.deepEqual(open.map(({ type, subject, due_on }) => [type, subject, due_on]), [['mail', 'Quote', '2026-01-09']]);
    const bad = await ask('POST', `activities/${open[0].id}/complete`, { next_step: 'x', next_at: 'soon' });
    assert.equal(bad.status, 422);
    assert.equal(JSON.parse(bad.text).errors[0].field, 'next_at');
    assert.equal((await api('GET', `activities/${open[0].id}`)).done, false, 'nothing was half saved');
    assert.equal((await ask('POST', `activities/${open[0].id}/complete`, { nonsense: 'x' })).status, 422);

    const timeline = await admin.get(`/accounts/${account}?tab=timeline`);
    assert.match(timeline.text, new RegExp(`action="/activities/${open[0].id}/complete"`));
    assert.match(timeline.text, /<b>Result:<\/b> Yes/);
    const byPage = await admin.post(`/activities/${open[0].id}/complete`, { result: 'Sent', next_step: 'Follow up', next_type: 'call', next_at: day(3), next_time: '10:30', _then: `/accounts/${account}?tab=timeline` });
    assert.equal(byPage.headers.location, `/accounts/${account}?tab=timeline&_done=completed_next`);
    assert.match((await admin.get('/?of=all')).text, /Follow up/, 'it is among what comes next');
    assert.match((await api('GET', `activities?account=eq.${account}&done=is.false`)).data[0].starts_at, new RegExp(`^${day(3)}T`));
    assert.equal((await ask('POST', `activities/${open[0].id}/complete`, { next_step: 'x' })).status, 422, 'no step without a day');
    const elsewhere = await admin.post(`/activities/${open[0].id}/complete`, { _then: '//evil.example' });
    assert.ok(elsewhere.headers.location.startsWith('/activities/'), 'never to another site');
  }));

  test('a next step without a day is asked for it, and nothing is lost', withServer(async ({ api, admin, as }) => {
    const { id: account } = await api('POST', 'accounts', { name: 'Pump Ltd' });
    const call = await api('POST', 'activities', { type: 'call', subject: 'Ask', account, due_on: day(0) });
    const page = await admin.get(`/activities/${call.id}`);
    assert.match(page.text, new RegExp(`record-work[^]*action="/activities/${call.id}/complete"`), 'it is completed on its own page');
    const suggested = /name="next_at" value="(\d{4}-\d\d-\d\d)"/.exec(page.text)[1];
    assert.ok(![0, 6].includes(new Date(suggested).getUTCDay()) && suggested > day(-1), 'a working day is suggested');
    assert.match(page.text, /name="next_time" value="09:00"/);
    for (const [body, says] of [[{ next_at: '' }, /on which day the next step/], [{ next_at: day(4), next_type: 'visit', next_time: '' }, /takes a date and a time/]]) {
      const refused = await admin.post(`/activities/${call.id}/complete`, { result: 'He <b>agrees</b>', next_step: '约李工看现场', next_type: 'task', _then: '/?of=me', ...body });
      assert.equal(refused.status, 422);
      assert.match(refused.text, says);
      assert.match(refused.text, />He &lt;b&gt;agrees&lt;\/b&gt;<\/textarea>/);
      assert.match(refused.text, /name="next_step" maxlength="200" value="约李工看现场"/);
      assert.match(refused.text, /name="_then" value="\/\?of=me"/);
    }
    assert.equal((await api('GET', `activities/${call.id}`)).done, false, 'nothing was half saved');
    await admin.post(`/activities/${call.id}/complete`, { result: 'Yes', next_step: '', next_type: 'task', next_at: suggested, next_time: '09:00' });
    assert.equal((await api('GET', 'activities')).data.length, 1, 'the suggested day alone makes no step');
    const done = await admin.get(`/activities/${call.id}`);
    assert.ok(!done.text.includes(`/activities/${call.id}/complete"`));
    assert.match(done.text, new RegExp(`action="/activities/${call.id}/reopen"`));
    assert.match((await admin.get(`/activities/${call.id}/complete`)).text, /It is done already/);
    const viewer = await as('viewer@example.com', password);
    assert.equal((await viewer.post(`/activities/${call.id}/reopen`, {})).status, 403);
    assert.ok(!(await viewer.get(`/activities/${call.id}`)).text.includes('/reopen"'));
    assert.equal((await admin.post(`/activities/${call.id}/reopen`, { _version: '99' })).status, 409);
    assert.match((await admin.post(`/activities/${call.id}/reopen`, { _then: `/accounts/${account}` })).headers.location, /^\/accounts\/\d+\?_done=reopened$/);
    assert.equal((await api('GET', `activities/${call.id}`)).done, false);
    for (const path of [`/accounts/${account}`, `/activities/${call.id}/when`]) assert.match((await admin.get(path)).text, new RegExp(`action="/activities/${call.id}/complete"`), path);
    const note = await api('POST', 'activities', { type: 'note', subject: 'Said', account });
    assert.ok(!(await admin.get(`/activities/${note.id}`)).text.includes('/reopen"'), 'a note stays done');
  }));

  test('my day says whose each activity is, and shows what has no date', withServer(async ({ api, as, admin }) => {
    const me = (await api('GET', 'users')).data.find(({ email }) => email === 'admin@example.com').id;
    const { id: account } = await api('POST', 'accounts', { name: 'Pump & Sons', phone: '010-1111' });
    const { id: contact } = await api('POST', 'contacts', { name: 'Li Gong', account, mobile: '13800000001' });
    const { id: lead } = await api('POST', 'leads', { company: 'Lead Works', person: 'Wang', phone: '021-2222' });
    const { id: deal } = await api('POST', 'opportunities', { name: 'Big pumps', account, contact });
    await api('POST', 'activities', { type: 'call', subject: 'Of the lead', lead, due_on: day(0), owner: me });
    await api('POST', 'activities', { type: 'call', subject: 'Of the deal', opportunity: deal, due_on: day(-3), owner: me });
    await api('POST', 'activities', { type: 'task', subject: 'Of the account', account, due_on: day(-4), owner: me });
    await api('POST', 'activities', { type: 'task', subject: 'Some time', account, owner: me });
    const done = await api('POST', 'activities', { type: 'task', subject: 'Undated but done', done: true, owner: me });
    const text = (await admin.get('/?of=me')).text;
    const item = (subject) => text.split('<article').find((part) => part.includes(`<b>${subject}</b>`))?.split('</article>')[0];
    assert.match(item('Of the lead'), new RegExp(`href="/leads/${lead}">Lead Works<`));
    assert.match(item('Of the lead'), /Wang[^]*href="tel:021-2222"/);
    assert.match(item('Of the deal'), new RegExp(`href="/accounts/${account}">Pump &amp; Sons<[^]*href="/opportunities/${deal}">Big pumps<[^]*href="/contacts/${contact}">Li Gong<[^]*tel:13800000001`));
    assert.match(item('Of the account'), /tel:010-1111/);
    assert.match(text, /day-undated[^]*Without a date[^]*Some time/);
    assert.match(item('Some time'), /Pump &amp; Sons/);
    assert.ok(!item(done.subject));
    const list = /href="(\/activities\?[^"]*starts_at=is\.null[^"]*)"/;
    for (let i = 0; i < 9; i++) await api('POST', 'activities', { type: 'task', subject: `Undated ${i}`, owner: me });
    const more = list.exec((await admin.get('/?of=me')).text)[1].replaceAll('&amp;', '&');
    assert.match((await admin.get(more)).text, /Some time/);
    assert.match((await admin.get('/?of=all')).text, /Undated 8/, 'the newest first');
    const viewer = await as('viewer@example.com', password);
    assert.ok(!(await viewer.get('/?of=me')).text.includes('day-undated'), 'nothing of others');
  }));

  test('a call is written with its contact, its result and what comes next', withServer(async ({ api, admin }) => {
    const { id: account } = await api('POST', 'accounts', { name: 'Pump Ltd' });
    const { id: contact } = await api('POST', 'contacts', { name: 'Li', account });
    const { id: other } = await api('POST', 'contacts', { name: 'Wu', account });
    const { id: deal } = await api('POST', 'opportunities', { name: 'Big pumps', account, contact });
    const page = (await admin.get(`/opportunities/${deal}`)).text;
    assert.match(page, new RegExp(`name="contact" data-lookup="/lookup/contact\\?near=account.${account}"[^>]*><option value=""></option><option value="${contact}" selected>Li<`));
    assert.match(page, /name="starts_at" value="\d{4}-\d\d-\d\dT\d\d:\d\d"/, 'to the minute');
    assert.equal(/name="due_on" value="([^"]+)"/.exec(page)[1], day(1 + 8 / 24), 'a task is for tomorrow, of the company’s time zone');
    assert.ok(!/name="contact"/.test((await admin.get(`/contacts/${contact}`)).text), 'on his own page it is he');
    const add = (body) => admin.post(`/opportunities/${deal}/activities`, { due_on: day(1), next_at: day(2), next_time: '09:00', next_type: 'task', next_step: '', result: '', ...body });
    assert.equal((await add({ type: 'call', subject: 'Quick' })).status, 303, 'subject alone is enough');
    const [quick] = (await api('GET', 'activities?subject=eq.Quick')).data;
    assert.equal(quick.done, true);
    assert.equal(quick.due_on, null, 'what another type has is left out');
    assert.equal(quick.contact, contact, 'the contact of the deal');
    assert.match(quick.starts_at, /:00\.000Z$|:00Z$/, 'no seconds');
    assert.equal((await add({ type: 'call', subject: 'Whole', contact: other, result: 'Wants a visit', next_step: 'Visit', next_type: 'visit' })).status, 303);
    const [whole] = (await api('GET', 'activities?subject=eq.Whole')).data;
    assert.deepEqual([whole.contact, whole.result, whole.next_step], [other, 'Wants a visit', 'Visit']);
    const [visit] = (await api('GET', 'activities?subject=eq.Visit')).data;
    assert.deepEqual([visit.type, visit.done, visit.contact, visit.opportunity, visit.account], ['visit', false, other, deal, account]);
    assert.match(visit.starts_at, new RegExp(`^${day(2)}T`));
    const before = (await api('GET', 'activities')).data.length;
    assert.equal((await add({ type: 'call', subject: 'Bad', next_step: 'x', next_at: '' })).status, 422);
    assert.equal((await api('GET', 'activities')).data.length, before, 'both or none');
    assert.equal((await add({ type: 'task', subject: 'Task', due_on: day(3), starts_at: `${day(0)}T09:00` })).status, 303);
    const [task] = (await api('GET', 'activities?subject=eq.Task')).data;
    assert.deepEqual([task.due_on, task.starts_at, task.done], [day(3), null, false]);
  }));

  test('a lead is in work with its first completed activity, and the timeline says why', withServer(async ({ api, admin }) => {
    const { id: lead } = await api('POST', 'leads', { company: 'Lead Works', phone: '021-2222', email: 'a@b.example' });
    await admin.post(`/leads/${lead}/activities`, { type: 'note', subject: 'Seen at the fair' });
    await admin.post(`/leads/${lead}/activities`, { type: 'task', subject: 'Ring them', due_on: day(1) });
    assert.equal((await api('GET', `leads/${lead}`)).status, 'new', 'nobody was contacted yet');
    await admin.post(`/leads/${lead}/activities`, { type: 'call', subject: 'First call' });
    assert.equal((await api('GET', `leads/${lead}`)).status, 'working');
    const page = (await admin.get(`/leads/${lead}`)).text;
    assert.match(page, /moved this on by the first completed activity[^]*<del>Not contacted<\/del>[^]*<ins>In work<\/ins>/);
    assert.match(page, /record-reach[^]*href="tel:021-2222"[^]*href="mailto:a@b\.example"/);
    assert.equal((await api('GET', `leads/${lead}/history`)).data[0].action, 'first_activity');
  }));

  test('a timeline tells what people did, in one entry each time', withServer(async ({ api, admin }) => {
    const { id: account } = await api('POST', 'accounts', { name: 'Pump Ltd' });
    const { id: contact } = await api('POST', 'contacts', { name: 'Li', account });
    const { id: deal } = await api('POST', 'opportunities', { name: 'Big pumps', account });
    await api('POST', 'activities', { type: 'call', subject: 'Call', opportunity: deal, contact, done: true });
    const { stage, process } = await api('GET', `opportunities/${deal}`);
    const stages = (await api('GET', `stages?process=eq.${process}&order=position`)).data;
    await api('PATCH', `opportunities/${deal}`, { stage: stages.find(({ id }) => id !== stage).id, move_reason: 'Agreed' });
    const page = (await admin.get(`/opportunities/${deal}`)).text;
    const timeline = page.slice(page.indexOf('<ol class="timeline">'), page.indexOf('</ol>', page.indexOf('<ol class="timeline">')));
    assert.match(timeline, /timeline-field">Stage</);
    for (const derived of ['In this stage since', 'Probability', 'Forecast category', 'Weighted', 'Engaged on', 'computed']) assert.ok(!timeline.includes(derived), derived);
    const history = JSON.stringify((await api('GET', `opportunities/${deal}/history`)).data);
    for (const kept of ['stage_since', 'probability', 'opportunity_person', 'derive']) assert.ok(history.includes(kept), `${kept} stays in the history`);
    await api('PATCH', `opportunities/${deal}`, { probability: 33 });
    assert.match((await admin.get(`/opportunities/${deal}`)).text, /timeline-field">Probability</, 'a decision of somebody is told');
    for (let i = 0; i < 70; i++) await api('PATCH', `opportunities/${deal}`, { description: `Text ${i}` });
    let path = `/opportunities/${deal}`, seen = 0, pages = 0;
    for (; path && pages < 10; pages++) {
      const { text } = await admin.get(path);
      seen += text.split('class="timeline-item').length - 1;
      path = /href="(\/opportunities\/\d+\?tab=timeline&amp;before=\d+)"/.exec(text)?.[1].replaceAll('&amp;', '&');
    }
    assert.equal(seen, 70 + 4, 'created, a call, a move, a decision; page after page, none twice');
  }));

  test('the composer adds a visit with its place and a file', withServer(async ({ server, api, admin }) => {
    const { id: account } = await api('POST', 'accounts', { name: 'Pump Ltd' });
    const body = new FormData();
    for (const [key, value] of Object.entries({ _csrf: admin.csrf, type: 'visit', subject: 'Look at the pump house', place: 'Hall 3', body: 'a < b', starts_at: '2026-03-02T09:00' })) body.append(key, value);
    body.append('file', new Blob(['plan']), 'plan.txt');
    const encoded = new Response(body);
    const reply = await server.post(`/accounts/${account}/activities`, { cookie: admin.cookie, body: Buffer.from(await encoded.arrayBuffer()), headers: { 'content-type': encoded.headers.get('content-type') } });
    assert.equal(reply.status, 303, reply.text);
    const page = await admin.get(`/accounts/${account}?tab=timeline`);
    assert.match(page.text, /Hall 3/);
    assert.match(page.text, /class="prose">a &lt; b\s*<\/div>/);
    const file = /class="timeline-file" href="([^"]+)"/.exec(page.text)[1];
    assert.equal((await admin.get(file)).text, 'plan');
    const visit = (await api('GET', `activities?account=eq.${account}`)).data[0];
    assert.equal(visit.done, true, 'what is past is done');
    assert.equal((await admin.post(`/leads/${(await api('POST', 'leads', { company: 'New' })).id}/activities`, { type: 'task', subject: 'Call them' })).status, 303);
    assert.equal((await admin.post(`/accounts/${account}/activities`, { type: 'visit', subject: '' })).status, 422);
  }));

  test('who is mentioned is told, and the bell tells how much is unread', withServer(async ({ as, api, admin }) => {
    const users = (await api('GET', 'users?order=name')).data;
    const viewer = users.find(({ email }) => email === 'viewer@example.com');
    const { id: account } = await api('POST', 'accounts', { name: 'Pump Ltd' });
    await api('PATCH', `users/${viewer.id}`, { name: '王芳' });
    await api('POST', 'activities', { type: 'note', subject: '<b>Plan</b>', body: '@王芳 look', account });
    const reader = await as('viewer@example.com');
    const start = await reader.get('/');
    assert.match(start.text, /bell-count">1</);
    const list = await reader.get('/notices');
    assert.match(list.text, /notice unread/);
    assert.match(list.text, /&lt;b&gt;Plan&lt;\/b&gt;/);
    assert.ok(!list.text.includes('<b>Plan'));
    assert.match((await reader.get(`/accounts/${account}?tab=timeline`)).text, /class="mention">@王芳</);
    assert.match((await reader.get('/notices/bell', { 'HX-Request': 'true' })).text, /^<a class="btn btn-icon[^>]*bell"/);
    const open = /action="(\/notices\/\d+\/open)"/.exec(list.text)[1];
    assert.equal((await admin.post(open, {})).status, 404, 'it is nobody else’s');
    assert.match((await reader.post(open, {})).headers.location, /^\/activities\/\d+$/);
    assert.ok(!(await reader.get('/')).text.includes('bell-count'));
    for (const [subject, at] of [['Second', 2], ['Third', 3]]) await api('POST', 'activities', { type: 'note', subject: `${subject} of ${at}`, body: '@王芳 look', account });
    const texts = [...(await reader.get('/notices')).text.matchAll(/notice-text">([^<]*)</g)].map(([, text]) => text);
    assert.match(texts[0], /Third/);
    assert.match(texts[1], /Second/);
    assert.equal((await reader.get('/notices?after=nonsense')).status, 422);
    assert.equal((await reader.post('/notices/read', {})).status, 303);
    assert.equal((await api('GET', 'notices')).data.length, 0);
  }));

  test('a calendar shows days, weeks and months, and moves by form', withServer(async ({ as, api, admin }) => {
    const visit = await api('POST', 'activities', { type: 'visit', subject: 'Visit', account: (await api('POST', 'accounts', { name: 'Pump Ltd' })).id, starts_at: '2026-03-04T09:00:00Z', ends_at: '2026-03-04T10:30:00Z' });
    await api('POST', 'activities', { type: 'task', subject: 'Task', due_on: '2026-03-05' });
    await api('POST', 'activities', { type: 'visit', subject: 'Fair', starts_at: '2026-02-27T09:00:00Z', ends_at: '2026-03-03T09:00:00Z' });
    await api('POST', 'activities', { type: 'call', subject: 'Weekly', lead: (await api('POST', 'leads', { company: 'Lead Works' })).id, starts_at: '2026-03-02T08:00:00Z', repeats: 'weekly', repeat_on: ['mon', 'wed'] });
    for (let i = 0; i < 7; i++) await api('POST', 'activities', { type: 'task', subject: `Many ${i}`, due_on: '2026-03-20' });
    const users = (await api('GET', 'users')).data;
    const me = users.find(({ email }) => email === 'admin@example.com').id;
    await api('POST', 'activities/batch', (await api('GET', 'activities?limit=100')).data.map(({ id }) => ({ id, owner: me })));
    const month = await admin.get('/activities/calendar?show=month&on=2026-03-10');
    assert.equal(entries(month).filter((title) => title === 'Visit').length, 1);
    assert.equal(entries(month).filter((title) => title === 'Fair').length, 5, 'on each of its days');
    assert.equal(entries(month).filter((title) => title === 'Weekly').length, 10, 'with those to come, until 5 April');
    assert.match(month.text, /class="cal-more"[^>]*>\+3</);
    assert.match((await admin.get('/activities/calendar?show=day&on=2026-03-04')).text, /cal-title">Visit<\/span><span class="cal-whose">Pump Ltd</);
    assert.match(month.text, /cal-title">Weekly<\/span><span class="cal-whose">Lead Works</);
    assert.match(month.text, /data-day="2026-02-23"[\s\S]*data-day="2026-04-05"/, 'weeks begin on Monday');
    const week = await admin.get('/activities/calendar?show=week&on=2026-03-04');
    assert.deepEqual(entries(week).sort(), ['Fair', 'Fair', 'Task', 'Visit', 'Weekly', 'Weekly']);
    assert.deepEqual(entries(await admin.get('/activities/calendar?show=day&on=2026-03-05')), ['Task']);
    for (const bad of ['show=x', 'on=nonsense', 'on=9999-12-31&show=month', 'on=0001-01-01&show=month', 'who=nobody', 'who=1'])
      assert.equal((await admin.get(`/activities/calendar?${bad}`)).status, 200, bad);
    assert.equal((await admin.get('/accounts/calendar')).status, 404);

    const form = await admin.get(`/activities/${visit.id}/when`);
    const version = /name="_version" value="(\d+)"/.exec(form.text)[1];
    assert.match(form.text, /type="datetime-local" name="starts_at" value="2026-03-04T/);
    const moved = await admin.post(`/activities/${visit.id}/when`, { _version: version, starts_at: '2026-03-06T14:00', ends_at: '2026-03-06T15:00', _then: '/activities/calendar?on=2026-03-06' });
    assert.equal(moved.headers.location, '/activities/calendar?on=2026-03-06');
    assert.equal((await admin.post(`/activities/${visit.id}/when`, { _version: version, starts_at: '2026-03-07T14:00', ends_at: '2026-03-07T15:00' })).status, 409, 'somebody was quicker');
    const disordered = await admin.post(`/activities/${visit.id}/when`, { starts_at: '2026-03-07T14:00', ends_at: '2026-03-06T15:00' });
    assert.equal(disordered.status, 422);
    assert.match(disordered.text, /is-invalid/);
    const viewer = await as('viewer@example.com');
    assert.equal((await viewer.post(`/activities/${visit.id}/when`, { starts_at: '2026-03-08T14:00' })).status, 403);
    assert.deepEqual(entries(await viewer.get(`/activities/calendar?show=day&on=2026-03-06&who=${me}`)), ['Visit']);
    assert.ok(!(await viewer.get(`/activities/calendar?show=day&on=2026-03-06&who=${me}`)).text.includes('data-entry'));
  }));

  test('a calendar of thousands is read by few statements', withServer(async ({ server, api, admin }) => {
    const me = (await api('GET', 'users')).data.find(({ email }) => email === 'admin@example.com').id;
    const statements = async () => Number(/^millwright_statements_total (\d+)/m.exec((await server.get('/metrics', { token: server.admin })).text)[1]);
    const counted = async (path) => {
      const before = await statements(); // of several, because jobs ask the database in between
      for (let i = 0; i < 5; i++) assert.equal((await admin.get(path)).status, 200);
      return Math.round((await statements() - before) / 5);
    };
    for (let batch = 0; batch < 3; batch++)
      await api('POST', 'activities/batch', Array.from({ length: 1000 }, (_, i) => ({ type: 'visit', subject: `Visit ${i}`, owner: me, starts_at: `2026-03-${String(1 + (i % 28)).padStart(2, '0')}T0${i % 9}:00:00Z` })));
    await counted('/activities/calendar?show=month&on=2026-03-10');
    assert.ok(await counted('/activities/calendar?show=month&on=2026-03-10') <= 12);
    assert.ok(await counted('/?of=me') <= 20);
  }));

  test('a calendar that is remembered is told anew as soon as somebody writes, and to each by his own rights', withServer(async ({ api, admin, as }) => {
    const users = (await api('GET', 'users')).data;
    const id = (login) => users.find(({ email }) => email === `${login}@example.com`).id;
    const viewer = await as('viewer@example.com');
    const { id: account } = await api('POST', 'accounts', { name: 'Pump Ltd' });
    const visit = await api('POST', 'activities', { type: 'visit', subject: 'Visit', account, starts_at: '2026-03-04T09:00:00Z', owner: id('admin') });
    const month = `/activities/calendar?show=month&on=2026-03-10&who=${id('admin')}&who=${id('viewer')}`;
    const seen = async (who) => { const page = await who.get(month); return [entries(page), [...page.text.matchAll(/<span class="cal-whose">([^<]*)</g)].map(([, name]) => name), page.text.includes('data-entry=')]; };
    for (let again = 0; again < 2; again++) {
      assert.deepEqual(await seen(admin), [['Visit'], ['Pump Ltd'], true]);
      assert.deepEqual(await seen(viewer), [['Visit'], ['Pump Ltd'], false], 'who may not change it does not drag it');
    }
    await api('PATCH', `accounts/${account}`, { name: 'Valve Ltd' });
    for (const who of [admin, viewer]) assert.deepEqual((await seen(who))[1], ['Valve Ltd']);
    await api('PATCH', `activities/${visit.id}`, { starts_at: '2026-03-05T09:00:00Z', subject: 'Moved' });
    for (const who of [admin, viewer]) assert.match((await who.get(month)).text, /data-day="2026-03-05"(?:(?!data-day)[\s\S])*cal-title">Moved</);
    // Who may see the field no more sees nothing of it, though nothing of the calendar has changed.
    const role = (await api('GET', 'roles')).data.find(({ key }) => key === 'viewer');
    await api('PATCH', `roles/${role.id}`, { role_field: [{ entity: 'activity', field: 'account', access: 'hide' }] });
    assert.deepEqual((await seen(viewer))[1], []);
    assert.deepEqual((await seen(admin))[1], ['Valve Ltd']);
    await api('DELETE', `activities/${visit.id}`);
    for (const who of [admin, viewer]) assert.deepEqual((await seen(who))[0], []);
  }));

  test('a feed is read by its secret address alone, as its user sees it', withServer(async ({ server, api, admin }) => {
    const me = (await api('GET', 'users')).data.find(({ email }) => email === 'admin@example.com').id;
    const long = '拜访客户，查看泵房；讨论'.repeat(9);
    await api('POST', 'activities', { type: 'visit', subject: long, place: 'Hall 3, North; East', body: 'one\ntwo\\', starts_at: `${day(2)}T09:00:00Z`, ends_at: `${day(2)}T10:30:00Z`, owner: me });
    await api('POST', 'activities', { type: 'task', subject: 'All day', due_on: day(3), owner: me });
    await api('POST', 'activities', { type: 'call', subject: 'Again', starts_at: `${day(1)}T08:00:00Z`, repeats: 'daily', repeat_count: 3, owner: me });
    const gone = await api('POST', 'activities', { type: 'task', subject: 'Gone', due_on: day(3), owner: me });
    await api('DELETE', `activities/${gone.id}`);
    assert.equal((await server.get('/calendar/nothing.ics')).status, 404);
    const page = await admin.post('/profile/calendar', {});
    const address = /id="calendar-address">([^<]+)</.exec(page.text)[1];
    assert.ok(!(await admin.get('/profile')).text.includes('calendar-address'), 'shown once');
    const path = new URL(address).pathname;
    const feed = await server.get(path);
    assert.equal(feed.status, 200);
    assert.match(feed.headers['content-type'], /^text\/calendar/);
    for (const line of feed.text.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75, line);
    assert.ok(!/[^\r]\n/.test(feed.text), 'every line ends with CRLF');
    const events = parse(feed.text);
    assert.deepEqual(events.map(({ SUMMARY }) => SUMMARY).sort(), ['Again', 'Again', 'Again', 'All day', long].sort());
    assert.equal(new Set(events.map(({ UID }) => UID)).size, 5);
    const visit = events.find(({ SUMMARY }) => SUMMARY === long);
    assert.equal(visit.LOCATION, 'Hall 3, North; East');
    assert.equal(visit.DESCRIPTION, 'one\ntwo\\');
    assert.equal(visit.DTSTART, `${day(2).replaceAll('-', '')}T090000Z`);
    assert.equal(visit.DTEND, `${day(2).replaceAll('-', '')}T103000Z`);
    assert.equal(events.find(({ SUMMARY }) => SUMMARY === 'All day')['DTSTART;VALUE=DATE'], day(3).replaceAll('-', ''));
    assert.equal((await server.get(path, { headers: { 'If-None-Match': feed.headers.etag } })).status, 304);
    await admin.post('/profile/calendar', {});
    assert.equal((await server.get(path)).status, 404, 'another address ends this one');
    await admin.post('/profile/calendar/revoke', {});
    const third = new URL(/id="calendar-address">([^<]+)</.exec((await admin.post('/profile/calendar', {})).text)[1]).pathname;
    assert.equal((await server.get(third)).status, 200);
    await admin.post(`/users/${me}/sessions/end`, { tokens: 'true' });
    assert.equal((await server.get(third)).status, 404, 'ends with the tokens');
  }));

  test('who takes part has it in the calendar and in the feed', withServer(async ({ server, as, api, admin }) => {
    const users = (await api('GET', 'users')).data;
    const id = (login) => users.find(({ email }) => email === `${login}@example.com`).id;
    const { id: contact } = await api('POST', 'contacts', { name: '王芳', email: 'wang@customer.example' });
    const { id: silent } = await api('POST', 'contacts', { name: 'Li "Max"' });
    const on = day(2);
    const visit = await api('POST', 'activities', { type: 'visit', subject: 'Together', place: 'Hall 3', starts_at: `${on}T09:00:00Z`, owner: id('admin'), contact,
      activity_user: [{ user: id('viewer') }], activity_contact: [{ contact: silent }] });
    assert.equal(visit.activity_user.length, 1);
    await api('POST', 'activities', { type: 'visit', subject: 'Alone', starts_at: `${on}T09:00:00Z`, owner: id('admin') });
    const viewer = await as('viewer@example.com');
    for (const show of ['day', 'week', 'month'])
      assert.deepEqual(entries(await viewer.get(`/activities/calendar?show=${show}&on=${on}`)), ['Together'], show);
    const both = await admin.get(`/activities/calendar?show=day&on=${on}&who=${id('admin')}&who=${id('viewer')}`);
    assert.deepEqual(entries(both).sort(), ['Alone', 'Together'], 'once, though both are in it');
    const page = await viewer.post('/profile/calendar', {});
    const feed = await server.get(new URL(/id="calendar-address">([^<]+)</.exec(page.text)[1]).pathname);
    const unfolded = feed.text.replace(/\r\n[ \t]/g, '').split('\r\n').filter((line) => /^(ATTENDEE|ORGANIZER|SUMMARY|LOCATION)/.test(line));
    assert.deepEqual(unfolded.slice(0, 3), ['SUMMARY:Together', 'LOCATION:Hall 3', `ORGANIZER;CN="${users.find(({ email }) => email === 'admin@example.com').name}":mailto:admin@example.com`]);
    assert.deepEqual(unfolded.slice(3).sort(), [`ATTENDEE;CN="${users.find(({ email }) => email === 'viewer@example.com').name}":mailto:viewer@example.com`, 'ATTENDEE;CN="Li  Max ":invalid:nomail', 'ATTENDEE;CN="王芳":mailto:wang@customer.example'].sort());
    await api('PATCH', `activities/${visit.id}`, { starts_at: `${day(9)}T09:00:00Z` });
    assert.deepEqual(entries(await viewer.get(`/activities/calendar?show=day&on=${on}`)), []);
    assert.deepEqual(entries(await viewer.get(`/activities/calendar?show=day&on=${day(9)}`)), ['Together']);
    await api('DELETE', `activities/${visit.id}`);
    assert.deepEqual(entries(await viewer.get(`/activities/calendar?show=day&on=${day(9)}`)), []);
  }));

  test('what one only takes part in stands on the day, marked, with whose it is, by as many statements for many', withServer(async ({ server, as, api }) => {
    const users = (await api('GET', 'users')).data;
    const of = (login) => users.find(({ email }) => email === `${login}@example.com`);
    const reader = await as('viewer@example.com');
    const part = (subject, more) => ({ type: 'visit', subject, owner: of('admin').id, activity_user: [{ user: of('viewer').id }], ...more });
    const shown = async (query = '?of=me') => {
      const { text } = await reader.get(`/${query}`);
      return Object.fromEntries(['today', 'overdue', 'coming', 'undated'].map((key) => [key, (text.split(`panel day-${key}`)[1] ?? '').split('</section>')[0]]));
    };
    const mine = await api('POST', 'activities', { type: 'call', subject: 'Own call', due_on: '2026-01-06', owner: of('viewer').id });
    await api('POST', 'activities', part('Of others', { due_on: '2026-01-05', activity_user: [] }));
    const visit = await api('POST', 'activities', part('Joint visit', { due_on: '2026-01-05' }));
    await api('POST', 'activities', part('Own too', { due_on: '2026-01-07', owner: of('viewer').id }));
    await api('POST', 'activities', part('Done visit', { due_on: '2026-01-04', done: true }));
    await api('POST', 'activities', part('Fair', { due_on: day(3) }));
    const { overdue, coming } = await shown();
    const order = [...overdue.matchAll(/<b>([^<]*)<\/b>/g)].map((match) => match[1]);
    assert.deepEqual(order, ['Own too', 'Own call', 'Joint visit'], 'in one order, each once, without what is done');
    assert.match(overdue.split('Joint visit')[1], new RegExp(`Taking part · ${of('admin').name}`));
    assert.doesNotMatch(overdue.split('Joint visit')[0], /Taking part/);
    assert.match(coming, /Fair[\s\S]*Taking part/);

    await api('PATCH', `activities/${visit.id}`, { due_on: day(2) });
    assert.match((await shown()).coming, /Joint visit/);
    await api('PATCH', `activities/${visit.id}`, { done: true });
    assert.doesNotMatch((await shown()).coming, /Joint visit/);
    await api('PATCH', `activities/${visit.id}`, { done: false, due_on: null });
    assert.doesNotMatch(Object.values(await shown()).join(), /Joint visit/, 'it is no day’s');
    await api('DELETE', `activities/${mine.id}`);

    const statements = async () => Number(/^millwright_statements_total (\d+)/m.exec((await server.get('/metrics', { token: server.admin })).text)[1]);
    const count = async () => {
      const before = await statements();
      for (let i = 0; i < 5; i++) await reader.get('/?of=me');
      return Math.round((await statements() - before) / 5);
    };
    const few = await count();
    for (let i = 0; i < 30; i++) await api('POST', 'activities', part(`Visit ${i}`, { due_on: '2026-01-02' }));
    const many = Math.min(await count(), await count()); // jobs ask the database in between
    assert.ok(many <= few + 1, `${few} statements, then ${many}`);
    assert.match((await shown()).overdue, /Show all/);
  }));

  test('what is wrong in the composer is told in its place, with all that was typed; nothing is half-saved', withServer(async ({ api, admin }) => {
    const { id: account } = await api('POST', 'accounts', { name: 'Pump Ltd' });
    const { id: contact } = await api('POST', 'contacts', { name: 'Frau Roth', account });
    const typed = { _composer: '1', type: 'visit', subject: 'Saw "the" pump', body: 'Long <text>', place: 'Hall 3', contact, starts_at: '2026-01-05T09:30', result: 'Liked it', next_step: 'Quote', next_type: 'call', next_at: '2026-13-01', next_time: '10:15' };
    const reply = await admin.post(`/accounts/${account}/activities?tab=timeline`, typed);
    assert.equal(reply.status, 422);
    assert.match(reply.text, /data-said[^>]*><div class="invalid-feedback d-block">[^<]+</);
    for (const kept of [/name="type" value="visit" checked/, /name="subject" value="Saw &quot;the&quot; pump"/, />Long &lt;text&gt;<\/textarea>/, /name="place" value="Hall 3"/,
      new RegExp(`<option value="${contact}" selected>Frau Roth<`), /name="starts_at" value="2026-01-05T09:30"/, />Liked it<\/textarea>/, /name="next_step"[^>]*value="Quote"/,
      /<option value="call" selected>/, /name="next_at" value="2026-13-01"/, /name="next_time" value="10:15"/, /composer-next"[^>]* open/]) assert.match(reply.text, kept);
    assert.doesNotMatch(reply.text, /Choose the files again/);
    assert.equal((await api('GET', 'activities')).data.length, 0);
    assert.doesNotMatch(reply.text, /timeline-subject/, 'not on the page either');
    assert.equal((await admin.post(`/accounts/${account}/activities?tab=timeline`, { ...typed, subject: '' })).status, 422);
    const good = await admin.post(`/accounts/${account}/activities?tab=timeline`, { ...typed, next_at: '2026-12-01' });
    assert.equal(good.status, 303, good.text);
    assert.deepEqual((await api('GET', 'activities?order=subject')).data.map(({ subject }) => subject).sort(), ['Quote', 'Saw "the" pump']);

    const task = await api('POST', 'activities', { type: 'task', subject: 'Send papers', account, due_on: '2026-03-05' });
    assert.match((await admin.get(`/accounts/${account}?tab=timeline`)).text, /Due on 5 Mar 2026/);
    assert.doesNotMatch((await admin.get(`/accounts/${account}?tab=timeline`)).text, /Due on 2026-03-05/);
    const me = (await api('GET', 'users')).data.find(({ email }) => email === 'viewer@example.com');
    await api('PATCH', `activities/${task.id}`, { body: 'All of them', result: 'Sent', activity_user: [{ user: me.id }], activity_contact: [{ contact }] });
    const page = (await admin.get(`/activities/${task.id}`)).text;
    const about = page.split('id="record-tab"')[1].split('record-rail')[0];
    for (const told of [/record-tabs-item active"[^>]*>[\s\S]{0,200}What it is about/, /5 Mar 2026/, /Pump Ltd/, /Frau Roth/, />All of them\s*</, />Sent\s*</]) assert.match(about, told);
    assert.ok(about.indexOf('Pump Ltd') < about.indexOf('Colleagues taking part</dt>'), 'the substance first');
    assert.match((await admin.get(`/activities/${task.id}?tab=activity_user`)).text, /add-line/);
  }));

  test('the calendar takes filters, words and views of the list, and keeps them on its ways', withServer(async ({ api, admin }) => {
    const me = (await api('GET', 'users')).data.find(({ email }) => email === 'admin@example.com').id;
    const on = '2026-03-04';
    await api('POST', 'activities', { type: 'visit', subject: 'Pump house', starts_at: `${on}T09:00:00Z`, owner: me });
    await api('POST', 'activities', { type: 'call', subject: 'Valve', starts_at: `${on}T11:00:00Z`, owner: me });
    await api('POST', 'activities', { type: 'visit', subject: 'Again', starts_at: '2026-03-02T08:00:00Z', repeats: 'daily', owner: me });
    const at = (query) => admin.get(`/activities/calendar?show=week&on=${on}${query}`);
    assert.equal(entries(await at('')).length, 9);
    assert.deepEqual(entries(await at('&type=eq.call')), ['Valve'], 'series too');
    assert.deepEqual(entries(await at('&q=pump')), ['Pump house']);
    assert.deepEqual(entries(await at('&q=nothing')), []);
    const page = await at('&type=eq.call&who=me');
    const here = `/activities/calendar?show=month&amp;on=${on}&amp;who=me&amp;type=eq.call`;
    assert.ok(page.text.includes(here), 'the other ways of the calendar keep it');
    assert.match(page.text, /<a class="places-item" href="\/activities\?type=eq\.call"/, 'and so does the list, without the calendar’s own');
    assert.match(page.text, /class="chip"[\s\S]*?href="\/activities\/calendar\?show=week&amp;on=2026-03-04&amp;who=me"/, 'taking it off stays in this week');
    const added = await at('&_field=type&_test=eq&_value=visit');
    assert.equal(added.status, 303);
    assert.match(added.headers.location, /^\/activities\/calendar\?type=eq\.visit&show=week&on=2026-03-04$/);
    const saved = await admin.post('/activities/views', { _list: 'type=eq.call', name: 'Calls' });
    const view = /view=(\d+)/.exec(saved.headers.location)[1];
    assert.deepEqual(entries(await at(`&view=${view}`)), ['Valve']);
    assert.match((await at('')).text, new RegExp(`href="/activities/calendar\\?view=${view}&amp;show=week&amp;on=2026-03-04"`));
    assert.equal((await at('&type=eq.nonsense')).status, 200, 'what does not fit is left out and told');
  }));

  test('what is made from the calendar comes back to it, on its day', withServer(async ({ admin }) => {
    const page = await admin.get('/activities/calendar?show=week&on=2026-03-04&type=eq.visit');
    assert.match(page.text, /<button class="cal-add" form="cal-new" name="day" value="2026-03-06"/);
    const to = /<form id="cal-new" action="([^"]+)">([^]*?)<\/form>/.exec(page.text);
    const kept = [...to[2].matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => `${name}=${value}`).join('&');
    assert.equal(kept, 'show=week&on=2026-03-04&who=me&type=eq.visit');
    const create = (await admin.get(`${to[1]}?${kept}&day=2026-03-06`)).headers.location;
    assert.match(create, /starts_at=2026-03-06T09:00/);
    assert.match((await admin.get(`${to[1]}?show=month&on=2026-03-04&day=2026-04-01`)).headers.location, /due_on=2026-04-01&type=task&_back=%2Factivities%2Fcalendar%3Fshow%3Dmonth%26on%3D2026-03-04/);
    assert.equal((await admin.get(`${to[1]}?day=nonsense`)).status, 303);
    assert.equal((await admin.get('/accounts/calendar/new')).status, 404);
    const form = await admin.get(create);
    const back = /name="_back" value="([^"]+)"/.exec(form.text)[1].replaceAll('&amp;', '&');
    assert.match(back, /^\/activities\/calendar\?show=week&on=2026-03-06&who=me&type=eq\.visit$/);
    assert.match(form.text, /href="\/activities\/calendar\?show=week[^"]*" data-key="cancel"/);
    const bad = await admin.post('/activities', { type: 'visit', subject: '', _back: back });
    assert.equal(bad.status, 422);
    assert.match(bad.text, /name="_back" value="\/activities\/calendar/, 'kept when something is to be corrected');
    const made = await admin.post('/activities', { type: 'visit', subject: 'New one', starts_at: '2026-03-06T09:00', '_shown.starts_at': '2026-03-06T09:00', _back: back });
    assert.equal(made.headers.location, `${back}&_done=created`);
    assert.ok(entries(await admin.get(made.headers.location)).includes('New one'));
    const elsewhere = await admin.post('/activities', { type: 'visit', subject: 'x', _back: '//evil.example' });
    assert.match(elsewhere.headers.location, /^\/activities\/\d+/);
  }));

  test('a series that goes on further than is worked out is told, not silently cut', withServer(async ({ api, admin }) => {
    const me = (await api('GET', 'users')).data.find(({ email }) => email === 'admin@example.com').id;
    await api('POST', 'activities', { type: 'call', subject: 'Daily', due_on: '2026-01-01', repeats: 'daily', owner: me });
    const seen = await admin.get('/activities/calendar?show=day&on=2027-02-05');
    assert.deepEqual(entries(seen), ['Daily'], '400 days on');
    assert.ok(!seen.text.includes('id="series-cut"'));
    const cut = await admin.get('/activities/calendar?show=day&on=2027-02-06');
    assert.deepEqual(entries(cut), []);
    assert.match(cut.text, /id="series-cut"[\s\S]*400/);
  }));

  test('notices are read by REST in words of the language asked for, and marked read all at once', withServer(async ({ server, api, ask }) => {
    const users = (await api('GET', 'users')).data;
    const viewer = users.find(({ email }) => email === 'viewer@example.com').id;
    const tasks = [];
    for (const subject of ['One', 'Two', 'Three']) tasks.push((await api('POST', 'activities', { type: 'task', subject, owner: viewer })).id);
    const get = async (query) => {
      const reply = await server.request('GET', `/api/v1/notices/worded${query}`, { token: server.viewer });
      return { ...reply, json: JSON.parse(reply.text) };
    };
    const english = await get('?language=en&limit=2');
    assert.deepEqual(english.json.data.map(({ text, record }) => [/“(.*)”/.exec(text)[1], record]), [['Three', tasks[2]], ['Two', tasks[1]]]);
    assert.match(english.json.data[0].text, /gave you “Three”$/);
    assert.deepEqual((await get(`?language=en&after=${english.json.next}`)).json.data.map(({ text }) => /“(.*)”/.exec(text)[1]), ['One']);
    assert.match((await get('?language=zh_CN')).json.data[0].text, /^[^a-z]*.*“Three”.*[\u4e00-\u9fff]/i);
    assert.deepEqual((await get('?language=xx')).json.errors.map(({ field }) => field), ['language']);
    assert.deepEqual((await get('?after=x&limit=0&unread=maybe')).json.errors.map(({ field }) => field).sort(), ['after', 'limit', 'unread']);
    const marked = await server.request('POST', '/api/v1/notices/mark-all-read', { token: server.viewer, headers: { 'content-type': 'application/json' }, body: '{}' });
    assert.deepEqual(JSON.parse(marked.text), { read: 3 });
    assert.equal((await get('?unread=true')).json.data.length, 0);
    assert.equal((await get('')).json.data.length, 3);
    assert.equal(JSON.parse((await ask('GET', 'notices/worded')).text).data.length, 0, 'everybody has his own');
    assert.equal((await server.request('GET', '/api/v1/notices/worded')).status, 401);
  }));

  test('visits are planned for a week, all or none', withServer(async ({ api, admin, as }) => {
    const me = (await api('GET', 'users')).data.find(({ email }) => email === 'admin@example.com').id;
    await api('POST', 'class-policies', { class: 'A', visit_every_days: 14 });
    const decision = { class_override: 'A', class_override_reason: 'Pilot', class_override_until: '2999-01-01' };
    const made = [];
    for (const [name, region] of [['North 1', 'North'], ['South 1', 'South'], ['North 2', 'North']]) made.push((await api('POST', 'accounts', { name, region, owner: me, ...decision })).id);
    const page = await admin.get('/visit-plan');
    assert.match(page.text, /North 1[\s\S]*North 2[\s\S]*South 1/, 'by region');
    const days = [...page.text.matchAll(/<option value="([^"]+)" selected/g)].map((match) => match[1]);
    assert.equal(days.length, 3);
    assert.equal(new Set(days).size, 3, 'spread over days');
    assert.equal((await admin.post('/visit-plan', [['account', made[0]], [`day_${made[0]}`, days[0]], ['account', made[1]], [`day_${made[1]}`, 'nonsense']])).status, 422);
    assert.equal((await api('GET', 'activities')).data.length, 0, 'none is left of a plan that fails');
    const planned = await admin.post('/visit-plan', [['account', made[0]], [`day_${made[0]}`, days[0]], ['account', made[2]], [`day_${made[2]}`, days[1]]]);
    assert.match(planned.headers.location, /^\/activities\/calendar\?show=week/);
    assert.deepEqual((await api('GET', 'activities?order=due_on')).data.map(({ type, due_on }) => [type, due_on]), [['visit', days[0]], ['visit', days[1]]]);
    const after = await admin.get('/visit-plan');
    assert.ok(!after.text.includes('North 1') && after.text.includes('South 1'), 'what is planned is not due any more');
    const viewer = await as('viewer@example.com', password);
    assert.equal((await viewer.get('/visit-plan')).status, 403);
  }));
});

// The events of an iCalendar document, unfolded and unescaped: a reader of its own.
function parse(text) {
  const events = [];
  for (const line of text.replace(/\r\n[ \t]/g, '').split('\r\n')) {
    const colon = line.indexOf(':');
    const [key, value] = [line.slice(0, colon), line.slice(colon + 1)];
    if (line === 'BEGIN:VEVENT') events.push({});
    else if (events.length > 0 && !line.startsWith('END')) events.at(-1)[key] = value.replace(/\\(.)/g, (_, letter) => (letter === 'n' ? '\n' : letter));
  }
  return events;
}
