#!/usr/bin/env python3
"""Imports the retail ledger into a new company, beside sqlite3's .import and PostgreSQL's COPY into bare tables.

Needs MILLWRIGHT (script/bench sets it) and the ledger in MILLWRIGHT_DATA; PostgreSQL when MILLWRIGHT_TEST_POSTGRES names a
server (script/with-postgres). The bare table has the same number of indexes as the table of order lines.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

MAP = ('order_no=InvoiceNo,product=StockCode,product_name=Description,quantity=Quantity,'
       'ordered_at=InvoiceDate,unit_price=UnitPrice,account=CustomerID,country=Country')
TABLE = ('CREATE TABLE line (InvoiceNo TEXT, StockCode TEXT, Description TEXT, Quantity BIGINT, '
         'InvoiceDate TEXT, UnitPrice {real}, CustomerID TEXT, Country TEXT);'
         'CREATE INDEX line_no ON line (InvoiceNo); CREATE INDEX line_code ON line (StockCode);')


def timed(*command, text=None):
    start = time.monotonic()
    subprocess.run(command, check=True, input=text, text=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - start


def ours(program, url, ledger):
    subprocess.run([program, 'init', '--db', url], check=True, stdout=subprocess.DEVNULL)
    return timed(program, 'import', 'orders', ledger, '--map', MAP, '--create-missing', 'account,product', '--db', url)


def row(work, own, other, theirs):
    print(f'{work}\t{own:.2f} s\t{other}\t{theirs:.2f} s\t{theirs / own:.2f}', flush=True)


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    data = pathlib.Path(os.environ.get('MILLWRIGHT_DATA', root / '..' / 'shared' / 'data'))
    packed = data / 'retail' / 'online_retail.csv.zst'
    program = os.environ.get('MILLWRIGHT', str(root / 'build' / 'millwright'))
    server = os.environ.get('MILLWRIGHT_TEST_POSTGRES')
    if not packed.exists():
        print('bench: the retail ledger is not in MILLWRIGHT_DATA', file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder:
        ledger = f'{folder}/ledger.csv'
        with open(ledger, 'wb') as file:
            subprocess.run(['zstd', '-dc', packed], check=True, stdout=file)
        bare = timed('sqlite3', f'{folder}/bare.db', text='PRAGMA journal_mode=WAL;' + TABLE.format(real='REAL') +
                     f'\n.mode csv\n.import --skip 1 {ledger} line\n')
        row('import of 541,909 order lines, SQLite', ours(program, f'sqlite:{folder}/own.db', ledger),
            'sqlite3 .import', bare)
        if server:
            join = '&' if '?' in server else '?'
            copy = timed('psql', '-q', server, text='DROP TABLE IF EXISTS line;' +
                         TABLE.format(real='DOUBLE PRECISION') + f"\n\\copy line FROM '{ledger}' CSV HEADER\n")
            row('import of 541,909 order lines, PostgreSQL', ours(program, f'{server}{join}company=bench_import', ledger),
                'COPY', copy)


main()
