// Import and export by the command, with each of their options.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { program, run } from '../lib/millwright.js';

const folder = mkdtempSync(join(tmpdir(), 'millwright-'));
const db = `sqlite:${join(folder, 'company.db')}`;
const file = (name, content) => { const path = join(folder, name); writeFileSync(path, content); return path; };
const call = (args, more) => run([...args, '--db', db], more);
const good = async (args, more) => { const { status, stdout, stderr } = await call(args, more); assert.equal(status, 0, stderr); return stdout; };
const take = async (args) => JSON.parse(await good(['import', ...args, '--json']));
const csv = async (args) => (await good(['export', ...args])).replaceAll('\r\n', '\n').trimEnd().split('\n');

before(() => good(['init', '--admin', 'ann@example.com', '--currency', 'CNY'], { env: { MILLWRIGHT_ADMIN_PASSWORD: 'correct horse battery' } }));
after(() => rmSync(folder, { recursive: true }));

const orders = 'No;Product;Qty;Price;Day;Customer\nA1;Pump;2;10.5;2026-03-01;Keller\nA1;Valve;1;3;2026-03-01;Keller\nA2;Pump;x;10.5;2026-03-02;Keller\nA3;Seal;5;1;2026-03-03;Brandt\n';
const map = ['--map', 'order_no=No,product=Product,quantity=Qty', '--map', 'unit_price=Price,ordered_at=Day,account=Customer'];
const missing = ['--create-missing', 'account,product'];

const terminal = existsSync('/usr/bin/script') ? false : 'there is no script(1)';

// A workbook whose sheet is a header and then blanks without end.
const BOMB = `
import sys, zipfile
R = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as book:
    book.writestr('_rels/.rels', f'<Relationships><Relationship Id="r1" Type="{R}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
    book.writestr('xl/_rels/workbook.xml.rels', f'<Relationships><Relationship Id="r1" Type="{R}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
    book.writestr('xl/workbook.xml', f'<workbook xmlns:r="{R}"><sheets><sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>')
    with book.open('xl/worksheets/sheet1.xml', 'w', force_zip64=True) as sheet:
        sheet.write(b'<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>name</v></c></row>')
        for _ in range(64): sheet.write(b' ' * (1 << 20))
`;

test('a dry run reports and writes nothing', async () => {
  const path = file('orders.csv', orders), rejects = join(folder, 'dry.csv');
  const report = await take(['orders', path, ...map, ...missing, '--dry-run', '--rejects', rejects]);
  assert.deepEqual([report.dry_run, report.run, report.rows, report.rejected], [true, null, 4, 1]);
  assert.deepEqual(report.created, { sales_order: 2, account: 2, product: 3 });
  assert.equal(report.problems[0].line, 4);
  assert.match(readFileSync(rejects, 'utf8'), /^line;reason;No;Product[^\n]*\n4;[^\n]*;A2;Pump;x;10\.5;2026-03-02;Keller\n$/);
  assert.equal((await csv(['sales-orders'])).length, 1, 'the header');
  const told = await good(['import', 'orders', path, ...map, ...missing, '--dry-run']);
  assert.match(told, /dry run/);
});

test('orders come in with their lines in order, rejects as they came, and go again by undo', async () => {
  const path = file('orders.csv', orders), rejects = join(folder, 'rejects.csv');
  const report = await take(['orders', path, ...map, ...missing, '--set', 'currency=CNY', '--rejects', rejects]);
  assert.deepEqual([report.rejected, report.lines, report.created.sales_order], [1, 3, 2]);
  assert.match(readFileSync(rejects, 'utf8'), /\n4;[^\n]*;A2;Pump;x;10\.5;2026-03-02;Keller\n$/);
  const lines = await csv(['sales-orders', '--raw', '--lines', '--columns', 'external_number,line.position,line.product,line.amount', '--order', 'external_number']);
  assert.deepEqual(lines, ['external_number,line.position,line.product,line.amount', 'A1,1,Pump,21.00', 'A1,2,Valve,3.00', 'A3,1,Seal,5.00']);

  const text = await good(['import', 'undo', report.run]);
  assert.match(text, /7 removed/);
  assert.equal((await csv(['sales-orders'])).length, 1);
  assert.equal((await csv(['accounts'])).length, 1, 'what was made on the way goes too');
  assert.equal((await call(['import', 'undo', report.run])).status, 1, 'once only');
  assert.equal((await call(['import', 'undo', '17'])).status, 1);
  for (const id of [`${report.run}x`, ` ${report.run}`, '0', '']) {
    const refused = await call(['import', 'undo', id]);
    assert.deepEqual([refused.status, refused.stderr.includes('is no id of an import')], [1, true], id);
  }

  const again = await take(['orders', path, ...map, ...missing]);
  await good(['import', 'accounts', file('city.csv', 'name,city\nKeller,Basel\n'), '--map', 'name=name,city=city', '--set', 'external_code=K1']);
  const undone = JSON.parse(await good(['import', 'undo', again.run, '--json']));
  assert.deepEqual([undone.removed, undone.kept, undone.titles], [7, 0, []]);
});

test('--match changes what is there, constants and meanings hold for every row', async () => {
  await take(['accounts', file('a.csv', 'Code,Name,Kind\nM1,Alpha,buyer\nM2,Beta,buyer\n'), '--map', 'external_code=Code,name=Name,type=Kind', '--value', 'type:buyer=end_user', '--set', 'city=Wuxi']);
  assert.deepEqual((await csv(['accounts', '--raw', '--columns', 'external_code,type,city', '--filter', 'external_code=like.M*', '--order', 'external_code'])).slice(1), ['M1,end_user,Wuxi', 'M2,end_user,Wuxi']);
  const changed = await take(['accounts', file('b.csv', 'Code,Name,Town\nM1,Alpha,Basel\nM3,Gamma,\n'), '--map', 'external_code=Code,name=Name,city=Town', '--match', 'external_code']);
  assert.deepEqual([changed.updated.account, changed.created.account], [1, 1]);
  assert.deepEqual((await csv(['accounts', '--raw', '--columns', 'external_code,city', '--filter', 'external_code=like.M*', '--order', 'external_code'])).slice(1), ['M1,Basel', 'M2,Wuxi', 'M3,']);
  // Without a mapping the columns and meanings are those of the last such file.
  await take(['accounts', file('c.csv', 'Code,Name,Kind\nM4,Delta,buyer\n')]);
  assert.deepEqual((await csv(['accounts', '--raw', '--columns', 'type', '--filter', 'external_code=eq.M4'])).slice(1), ['end_user']);
});

test('packed files, workbooks, other encodings and delimiters are read', async () => {
  const rows = 'external_code,name\nP1,Packed\n';
  const one = async (path, code, more = []) => {
    assert.equal((await take(['accounts', path, '--map', 'external_code=external_code,name=name', ...more])).created.account, 1, path);
    return (await csv(['accounts', '--raw', '--columns', 'name', '--filter', `external_code=eq.${code}`]))[1];
  };
  assert.equal(await one(file('a.csv.gz', gzipSync(rows)), 'P1'), 'Packed');
  const zst = join(folder, 'b.csv.zst');
  execFileSync('zstd', ['-q', file('b.csv', rows.replace('P1', 'P2')), '-o', zst]);
  assert.equal(await one(zst, 'P2'), 'Packed');
  const chinese = Buffer.concat([Buffer.from('external_code,name\nP3,'), Buffer.from([0xcf, 0xc3, 0xc3, 0xc5, 0x0a])]);
  assert.equal(await one(file('c.csv', chinese), 'P3'), '厦门', 'GB18030 is found');
  assert.equal(await one(file('d.csv', Buffer.concat([chinese.subarray(0, 20), Buffer.from('4,'), chinese.subarray(22)])), 'P4', ['--encoding', 'GB18030']), '厦门');
  assert.equal(await one(file('e.csv', 'external_code|name\nP5|Pipe\n'), 'P5', ['--delimiter', '|']), 'Pipe');
  const book = join(folder, 'f.xlsx');
  await good(['export', 'accounts', '--raw', '--columns', 'external_code,name', '--filter', 'external_code=eq.P5', '-o', book]);
  assert.equal(readFileSync(book).subarray(0, 2).toString(), 'PK');
  const taken = await take(['accounts', book, '--map', 'name=name', '--sheet', 'Accounts']);
  assert.equal(taken.created.account, 1);
  assert.equal((await call(['import', 'accounts', book, '--map', 'name=name', '--sheet', 'Nowhere'])).status, 1);
});

test('what is wrong is told by the exit status', async () => {
  const path = file('x.csv', 'name\nX\n');
  for (const [status, pattern, ...args] of [
    [1, /nowhere\.csv/, 'accounts', join(folder, 'nowhere.csv'), '--map', 'name=name'],
    [1, /nothing/, 'nothing', path],
    [1, /no column “title”/, 'accounts', path, '--map', 'name=title'],
    [1, /no field “nofield”/, 'accounts', path, '--map', 'nofield=name'],
    [1, /by which records are to be found/, 'accounts', path, '--map', 'name=name', '--match', 'external_code'],
    [1, /link “product”/, 'accounts', path, '--map', 'name=name', '--create-missing', 'product'],
    [2, /./, 'accounts'],
    [2, /./, 'accounts', path, '--nonsense'],
  ]) {
    const reply = await call(['import', ...args]);
    assert.equal(reply.status, status, `${args.join(' ')}: ${reply.stderr}`);
    assert.match(reply.stderr, pattern);
  }
  for (const args of [['nothing'], ['accounts', '--filter', 'nofield=eq.1'], ['accounts', '--columns', 'nofield'], ['accounts', '--lines'], ['accounts', '-o', join(folder, 'no', 'where.csv')]])
    assert.equal((await call(['export', ...args])).status, 1, args.join(' '));
  for (const args of [[], ['accounts', '--format', 'pdf']]) assert.equal((await call(['export', ...args])).status, 2, args.join(' '));
});

test('a field of a gigabyte is refused at its limit', { timeout: 120000 }, async () => {
  const path = file('huge.csv', 'name,city\nA,B\n"');
  truncateSync(path, 1 << 30); // a hole: the field is of zeros, and none of it is on the disk
  const reply = await call(['import', 'accounts', path, '--map', 'name=name,city=city']);
  assert.equal(reply.status, 1);
  assert.match(reply.stderr, /^millwright import: Line 3: a cell is larger than the limit of 1048576 bytes; perhaps its quote is not closed\.\n$/);
  assert.deepEqual(await csv(['accounts', '--columns', 'name', '--filter', 'name=eq.A']), ['Name'], 'nothing of the file is taken in');
});

test('a zip bomb as a workbook is refused while it is small', { timeout: 120000 }, async () => {
  const path = join(folder, 'bomb.xlsx');
  execFileSync('python3', ['-c', BOMB, path]);
  assert.ok(statSync(path).size < 1e5, '64 megabytes in less than 100 KB');
  const reply = await call(['import', 'accounts', path, '--map', 'name=name']);
  assert.equal(reply.status, 1);
  assert.match(reply.stderr, /^millwright import: The packed file unpacks to more than 200 times its size\.\n$/);
});

test('a long import shows on a terminal how far it is, and in a log nothing of it', { skip: terminal }, async () => {
  const path = file('long.csv', `name\n${Array.from({ length: 3000 }, (_, i) => `Competitor ${i}`).join('\n')}\n`);
  const args = ['import', 'competitors', path, '--map', 'name=name', '--db', db];
  const shown = execFileSync('script', ['-qec', [program, ...args].map((arg) => `'${arg}'`).join(' '), '/dev/null'], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } });
  assert.match(shown, /[█░]{30} +\d+ % +\d+/);
  const { stdout, stderr } = await run(args);
  assert.doesNotMatch(stdout + stderr, /[█░]/);
});

test('exports know labels, keys and what Excel wants', async () => {
  const formula = file('g.csv', 'external_code,name\nG1,=1+1\n');
  await take(['accounts', formula, '--map', 'external_code=external_code,name=name']);
  const pick = ['accounts', '--columns', 'external_code,name,owner', '--filter', 'external_code=eq.G1'];
  assert.deepEqual(await csv(pick), ['External code,Name,Owner', 'G1,=1+1,']);
  assert.deepEqual((await csv([...pick, '--raw', '--keys']))[0], 'external_code,name,owner,owner.id');
  const excel = await good(['export', ...pick, '--excel']);
  assert.equal(excel.charCodeAt(0), 0xfeff);
  assert.match(excel, /G1,'=1\+1/);
  const codes = await csv(['accounts', '--raw', '--columns', 'external_code', '--order', '-external_code', '--filter', 'external_code=like.M*']);
  assert.deepEqual(codes.slice(1), ['M4', 'M3', 'M2', 'M1']);
});
