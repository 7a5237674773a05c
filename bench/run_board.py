#!/usr/bin/env python3
"""The board with 50,000 open opportunities: the server's own time for a page, at 1 and 8 clients, as its log tells it.

Needs MILLWRIGHT (script/bench sets it); MILLWRIGHT_BENCH_DEALS says how many other than 50,000. On PostgreSQL too when
MILLWRIGHT_TEST_POSTGRES names a server (script/with-postgres). Prints rows as bench/bench.h says, without a ratio.
"""
import csv
import http.client
import os
import pathlib
import re
import subprocess
import tempfile
import threading

STAGES = ['identified', 'access', 'needs', 'solution', 'proof', 'negotiation']
ACCOUNTS, SECONDS, REQUESTS = 2000, 4, 400
PASSWORD = 'correct horse battery'


def write_files(folder, deals):
    with open(f'{folder}/accounts.csv', 'w', newline='', encoding='utf-8') as file:
        rows = csv.writer(file)
        rows.writerow(['name'])
        rows.writerows([[f'Kunde {i}'] for i in range(ACCOUNTS)])
    with open(f'{folder}/deals.csv', 'w', newline='', encoding='utf-8') as file:
        rows = csv.writer(file)
        rows.writerow(['name', 'account', 'amount', 'stage', 'engaged_on'])
        rows.writerows([[f'Deal {i}', f'Kunde {i % ACCOUNTS}', 1000 + i % 9973, STAGES[i * 7 % 6],
                         f'2026-0{1 + i % 9}-{1 + i % 28:02}'] for i in range(deals)])


def fill(program, url, folder, env):
    def call(*args):
        return subprocess.run([program, *args, '--db', url], check=True, env=env, stdout=subprocess.PIPE, text=True).stdout.strip()
    call('init', '--admin', 'admin@example.com')
    call('import', 'accounts', f'{folder}/accounts.csv', '--map', 'name=name')
    call('import', 'opportunities', f'{folder}/deals.csv')
    return call('token', 'create', 'bench', '--user', 'admin@example.com')


def ask(port, token, path, n, sizes):
    client = http.client.HTTPConnection('127.0.0.1', port)
    for _ in range(n):
        client.request('GET', path, headers={'Authorization': f'Bearer {token}', 'Accept-Encoding': 'gzip'})
        reply = client.getresponse()
        body = reply.read()
        assert reply.status == 200, body[:300]
        sizes.append(len(body))


def measure(name, log, port, token, path, clients):
    with open(log, encoding='utf-8') as file:
        file.seek(0, 2)
        sizes = []
        threads = [threading.Thread(target=ask, args=(port, token, path, REQUESTS // clients, sizes)) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        times = sorted(float(found[1]) for found in re.finditer(r' 200 ([\d.]+)ms', file.read()))
    p50, p99 = times[len(times) // 2], times[min(len(times) * 99 // 100, len(times) - 1)]
    print(f'{name}, {clients} clients\tp50 {p50:.1f} ms\tp99 {p99:.1f} ms\t{max(sizes) // 1024} KB packed', flush=True)


def run(name, program, url, folder, env, deals):
    token = fill(program, url, folder, env)
    log = f'{folder}/{name}.log'
    with open(log, 'w', encoding='utf-8') as out:
        server = subprocess.Popen([program, 'serve', '--db', url, '--listen', '127.0.0.1:0'], env=env, stderr=out, stdout=out)
        try:
            port = None
            while port is None:
                found = re.search(r'127\.0\.0\.1:(\d+)', pathlib.Path(log).read_text(encoding='utf-8'))
                port = int(found[1]) if found else None
            for clients in (1, 8):
                measure(f'board of {deals:,} open deals, {name}', log, port, token, '/opportunities/board', clients)
                measure(f'further cards of a column, {name}', log, port, token, '/opportunities/board/cards?_in=1', clients)
        finally:
            server.terminate()
            server.wait()


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    program = os.environ.get('MILLWRIGHT', str(root / 'build' / 'millwright'))
    deals = int(os.environ.get('MILLWRIGHT_BENCH_DEALS', 50000))
    postgres = os.environ.get('MILLWRIGHT_TEST_POSTGRES')
    env = {**os.environ, 'LC_ALL': 'C.UTF-8', 'MILLWRIGHT_ADMIN_PASSWORD': PASSWORD}
    with tempfile.TemporaryDirectory() as folder:
        write_files(folder, deals)
        run('SQLite', program, f'sqlite:{folder}/board.db', folder, env, deals)
        if postgres:
            join = '&' if '?' in postgres else '?'
            run('PostgreSQL', program, f'{postgres}{join}company=bench_board', folder, env, deals)


main()
