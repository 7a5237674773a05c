// Leads and opportunities by REST: conversion, gates, moves, outcome, funnel; on both databases.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { close, databases, send } from '../lib/company.js';
import { apiCompany } from '../lib/api.js';

after(close);
for (const database of databases) {
  describe(database.name, () => {
    let served, api;
    before(async () => {
      served = await apiCompany(database.url(), { roles: ['sales'] });
      api = served.api();
    });
    after(() => served?.stop());
    const act = (path, body, status = 200, client = api) => client.post(path, body, { status }).then(({ json }) => json);
    const codes = ({ errors }) => errors.map(({ field, code }) => `${field} ${code}`);

    test('a lead is converted once', async () => {
      const { json: lead } = await api.post('/api/v1/leads', { company: '厦门钨业股份有限公司', person: '王芳', need: 'Pumps' });
      const path = `/api/v1/leads/${lead.id}/convert`;
      const first = await act(path, {});
      assert.deepEqual([first.account_made, first.contact_made, first.opportunity_made], [true, true, true]);
      const again = await act(path, {});
      assert.deepEqual([again.account, again.opportunity, again.account_made], [first.account, first.opportunity, false]);
      const { json: other } = await api.post('/api/v1/leads', { company: '福建厦门钨业有限公司' });
      const linked = await act(`/api/v1/leads/${other.id}/convert`, { account: first.account, no_opportunity: true });
      assert.deepEqual([linked.account, linked.opportunity, linked.contact], [first.account, null, null]);
      assert.deepEqual(codes(await act(path, { account: 'x', depth: 1, no_opportunity: 'yes' }, 422)),
        ['depth unknown', 'account not_an_id', 'no_opportunity not_a_choice']);
      await act('/api/v1/leads/1/convert', {}, 404);
      await act(path, [], 422);
    });

    test('a gate is refused, evidence is added, the gate is passed, the deal is won, lost and opened again', async () => {
      const seller = served.api('sales');
      const { json: made } = await seller.post('/api/v1/opportunities', { name: 'Mill', amount: '1000' });
      const path = `/api/v1/opportunities/${made.id}`;
      assert.deepEqual([made.outcome, made.probability, made.weighted], ['open', '5', '50.00']);
      const refused = await act(`${path}/move`, { stage: 'needs' }, 422, seller);
      assert.deepEqual(codes(refused), ['stage gate', 'stage gate']);
      assert.match(refused.errors[0].message, /Account|客户/);
      await seller.patch(path, { stage: '3' }, { status: 422 });
      const { json: account } = await seller.post('/api/v1/accounts', { name: 'Keller' });
      const { json: contact } = await seller.post('/api/v1/contacts', { name: 'Frau Roth', account: account.id });
      const moved = await act(`${path}/move`, { stage: 'needs' }, 422, seller);
      assert.equal(moved.errors.length, 2);
      await seller.patch(path, { account: account.id, contact: contact.id, stage: '3' });
      const lost = await act(`${path}/lose`, { reason: 'price', note: 'dearer' }, 200, seller);
      assert.deepEqual([lost.outcome, lost.reason, lost.probability, lost.weighted], ['lost', 'price', '0', '0.00']);
      const back = await act(`${path}/reopen`, { reason: 'New tender' }, 200, seller);
      assert.deepEqual([back.outcome, back.stage, back.closed_on], ['open', '3', null]);
      assert.deepEqual(codes(await act(`${path}/win`, {}, 422, seller)), ['stage gate']);
      const won = await act(`${path}/win`, { move_reason: 'Signed at the fair' });
      assert.deepEqual([won.outcome, won.probability, won.stage_move.length], ['won', '100', 5]);
      assert.equal(won.stage_move.at(-1).reason, 'Signed at the fair');
      await seller.patch(path, { stage_move: [] }, { status: 422 });
      await act('/api/v1/opportunities/1/move', { stage: 'needs' }, 404);
      await act(`${path}/move`, { stage: ['needs'] }, 422);
    });

    test('the funnel counts what one may see', async () => {
      const funnel = async (query, token = served.tokens.admin) =>
        (await send(served.port, 'GET', `/api/v1/funnel${query}`, { token })).json;
      const { total, groups } = await funnel('?by=stage');
      assert.deepEqual([total.won, total.open, total.won_value], [1, 1, '1000.00']);
      assert.equal(groups.length, 2);
      assert.equal((await funnel('?by=owner', served.tokens.sales)).total.open, 0);
      assert.equal((await funnel('?by=moon')).status, 422);
    });

    test('a conversion begins the deal with amount, day and process; what was done with the lead goes along', async () => {
      const { json: lead } = await api.post('/api/v1/leads', { company: 'Keller Pumpen', need: 'Two pumps' });
      await api.post('/api/v1/activities', { type: 'call', subject: 'Asked for a quote', lead: lead.id, done: true });
      const path = `/api/v1/leads/${lead.id}/convert`;
      const wrong = await act(path, { amount: 'much', close_on: '2099-02-31', process: '999' }, 422);
      assert.deepEqual(wrong.errors.map(({ field }) => field).sort(), ['opportunity.amount', 'opportunity.close_on', 'opportunity.process', 'opportunity.stage']);
      const made = await act(path, { amount: '380000.00', currency: 'CNY', close_on: '2099-06-30' });
      const { json: deal } = await api.get(`/api/v1/opportunities/${made.opportunity}`);
      assert.deepEqual([deal.name, deal.amount, deal.currency, deal.close_on], ['Two pumps – Keller Pumpen', '380000.00', 'CNY', '2099-06-30']);
      const { json: done } = await api.get(`/api/v1/activities?opportunity=eq.${made.opportunity}`);
      assert.deepEqual(done.data.map((each) => [each.subject, each.lead, each.account]), [['Asked for a quote', lead.id, made.account]]);
    });
  });
}
