// The way of a deal as a seller walks it in Chinese on a phone, given the demo company alone: a lead is picked from the open pool,
// called, converted, moved on; a gate refuses, evidence is added, the gate opens; the deal is won. And on a wide screen a card
// is dragged. With WAY_SHOTS=folder it keeps screenshots.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { databases } from '../lib/company.js';
import { assertUsable, demo, launch, logIn, open, skip } from '../lib/browser.js';

let company, browser;

before(async () => {
  if (skip) return;
  company = await demo(databases[0].url(), { language: 'zh_CN', accounts: 60, orders: 120 });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await company?.stop();
});

// Looks at the page as it is now: usable, and kept when pictures are asked for.
let step = 0;
async function look(page, name) {
  step++;
  if (process.env.WAY_SHOTS) await page.screenshot({ path: path.join(process.env.WAY_SHOTS, `${String(step).padStart(2, '0')}-${name}.png`) });
  await assertUsable(page);
}

const stage = (page) => page.locator('.fact:has-text("阶段"), .record-facts').first();

// Opens the dialogue of a deal's card on the board and chooses a stage.
async function choose(page, id, label) {
  await page.goto(`${company.origin}/opportunities/${id}/move`);
  await page.click(`.ask-choices button:has-text("${label}")`);
}

// Picks the first of what a look-up offers, which its script makes of a select.
async function lookUp(field) {
  await field.locator('.ts-control').click();
  await field.locator('.ts-dropdown .option').first().click();
  await field.locator('.ts-control .item').waitFor();
}

describe('the way of a deal', { skip }, () => {
  let lead, deal;

  test('a lead is picked from the open pool', async () => {
    const { page, complaints, close } = await open(browser, { width: 390, height: 844 });
    await logIn(page, company.origin, company.people.sales1, company.password);
    await page.click('.topbar a[href="#nav"]');
    await page.click('.sidebar-nav a[href="/open-pool"]');
    await page.waitForSelector('.pool-card');
    await look(page, 'pools');
    await page.click('.pool-card:has-text("线索公海")');
    await page.waitForSelector('.pool-bar');
    await look(page, 'pool');
    const row = page.locator('.table-list tbody tr').first();
    const name = await row.locator('.row-title').innerText();
    lead = (await row.locator('.row-title').getAttribute('href')).split('?')[0];
    await page.goto(company.origin + lead);
    assert.equal(await page.locator('.record-facts a[href^="tel:"]').count(), 0, 'the telephone is hidden until it is picked');
    await look(page, 'lead-in-pool');
    await page.click('.record-work button[name=_one]');
    await page.waitForURL((url) => !url.pathname.endsWith('/pool'));
    await page.goto(company.origin + lead);
    assert.match(await page.innerText('h1'), new RegExp(name));
    assert.ok(await page.locator('.record-facts a[href^="tel:"]').count() > 0, 'now it is shown');
    assert.match(await page.innerText('.record-facts'), /李海涛/, 'it has an owner now');
    assert.deepEqual(complaints, []);
    await close();
  });

  test('it becomes an account, a contact and an opportunity', async () => {
    const { page, complaints, close } = await open(browser, { width: 390, height: 844 });
    await logIn(page, company.origin, company.people.sales1, company.password);
    await page.goto(company.origin + lead);
    await page.click('.record-work a[href$="/convert"]');
    await look(page, 'convert');
    await page.fill('#f-name', '循环水泵节能改造');
    await page.click('.form-actions .btn-primary');
    await page.waitForSelector('.record-facts');
    await page.goto(company.origin + lead);
    assert.match(await page.innerText('.record-facts'), /循环水泵节能改造/);
    const href = await page.locator('.record-facts a[href^="/opportunities/"]').first().getAttribute('href');
    deal = /\d+/.exec(href)[0];
    await page.goto(company.origin + href);
    assert.match(await page.innerText('.record-facts'), /立项/);
    await look(page, 'opportunity');
    assert.deepEqual(complaints, []);
    await close();
  });

  test('a gate refuses, evidence is added, the gate opens, the deal is won', async () => {
    const { page, complaints, close } = await open(browser, { width: 390, height: 844 });
    await logIn(page, company.origin, company.people.sales1, company.password);
    await choose(page, deal, '方案设计');
    await page.waitForSelector('.ask-missing');
    await look(page, 'gate');
    assert.match(await page.innerText('.ask-missing'), /决策/, 'who decides is not known');
    await page.goto(`${company.origin}/opportunities/${deal}`);
    assert.doesNotMatch(await stage(page).innerText(), /方案设计/, 'it has not moved');

    await choose(page, deal, '方案设计');
    await lookUp(page.locator('.ask-missing li:has(select[data-lookup])'));
    await page.click('.ask-actions .btn-primary');
    await page.waitForSelector('.ask', { state: 'detached' });
    await page.goto(`${company.origin}/opportunities/${deal}`);
    assert.match(await page.innerText('.record-facts'), /方案设计/, 'with the evidence it moves');
    await look(page, 'moved');

    await choose(page, deal, '签约');
    await page.waitForSelector('.ask-missing, .ask-fields');
    if (await page.locator('.ask [name=amount]').count() > 0) await page.fill('.ask [name=amount]', '860000');
    await look(page, 'win');
    await page.click('.ask-actions .btn-primary');
    await page.waitForSelector('.ask', { state: 'detached' });
    await page.goto(`${company.origin}/opportunities/${deal}`);
    assert.match(await page.innerText('main'), /赢单/);
    await look(page, 'won');
    assert.deepEqual(complaints.filter((text) => !text.includes('422')), []);
    await close();
  });

  test('a card is dragged to the next column', async () => {
    const { page, complaints, close } = await open(browser);
    await logIn(page, company.origin, company.people.manager, company.password);
    await page.goto(`${company.origin}/opportunities/board`);
    const columns = page.locator('.board-column');
    // Back by one stage, which asks for no evidence.
    const from = await columns.evaluateAll((all) => all.findIndex((column, n) => n > 0 && column.querySelector('[data-card]')));
    assert.ok(from > 0, 'there is a card to drag');
    const to = from - 1;
    const id = await columns.nth(from).locator('[data-card]').first().getAttribute('id');
    const count = async (n) => Number(await columns.nth(n).locator('.board-count').innerText());
    const before = [await count(from), await count(to)];
    await page.waitForFunction(() => Object.keys(document.querySelector('.board-cards')).some((key) => key.startsWith('Sortable')));
    await columns.nth(from).locator(`#${id} .board-line`).first().dragTo(columns.nth(to).locator('.board-cards'), { targetPosition: { x: 60, y: 30 } });
    await columns.nth(to).locator(`#${id}`).waitFor();
    await page.waitForFunction(([n, cards]) => Number(document.querySelectorAll('.board-column')[n].querySelector('.board-count').textContent) === cards, [to, before[1] + 1]);
    assert.equal(await count(from), before[0] - 1);
    await page.reload();
    assert.equal(await columns.nth(to).locator(`#${id}`).count(), 1, 'it is kept');
    assert.deepEqual(complaints, []);
    await close();
  });
});
