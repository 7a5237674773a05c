// Seconds, one a line, that DuckDB takes for the sums of bench_ledger.c over the same lines: first without counting
// different orders and products, then with them. Best of five, two threads, in memory. Arguments: lines, accounts.
import { DuckDBInstance } from '@duckdb/node-api';

const [lines, accounts] = process.argv.slice(2).map(Number);
const connection = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect();
await connection.run(`CREATE TABLE line AS SELECT ((i // 5) * 2654435761 % 4294967296) % ${accounts} AS account, i // 5 AS "order",
  (19000 + (i // 5) % 1095)::INTEGER AS day, ((i * 2654435761 % 4294967296) % 5000)::INTEGER AS product,
  CASE WHEN (i * 2654435761 % 4294967296) % 33 = 0 THEN -1 ELSE 1 END * ((i * 2654435761 % 4294967296) % 100000 + 100) AS amount
  FROM range(${lines}) t(i)`);
await connection.run('ALTER TABLE line ADD COLUMN margin BIGINT');
await connection.run('UPDATE line SET margin = amount // 4');
const sums = `SUM(amount), SUM(margin), MAX(day), SUM(amount) FILTER (day > 19729), SUM(amount) FILTER (day > 19364 AND day <= 19729),
  SUM(amount) FILTER (amount > 0), SUM(-amount) FILTER (amount < 0)`;
for (const more of ['', ', COUNT(DISTINCT "order"), COUNT(DISTINCT product)']) {
  let best = Infinity;
  for (let i = 0; i < 5; i++) {
    const start = process.hrtime.bigint();
    await connection.runAndReadAll(`SELECT COUNT(*) FROM (SELECT account, ${sums}${more} FROM line GROUP BY account) t(a, b, c, d, e, f, g, h${more ? ', i, j' : ''}) WHERE b + c + d + e + f + g + h IS NOT NULL${more ? ' AND i + j > 0' : ''}`);
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e9);
  }
  console.log(best);
}
