"""tools/: each check finds a small bad sample and lets a good one pass; TAP is counted as it should be."""
import importlib.machinery
import importlib.util
import os
import sys
import tempfile

sys.dont_write_bytecode = True
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')


def load(name):
    loader = importlib.machinery.SourceFileLoader(name.replace('-', '_'), os.path.join(ROOT, 'tools', name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


check_style = load('check-style')
run_tests = load('run-tests')

LAYERS = 'base:\nengines:\nmodel: base\n'
MARK = 'TO' + 'DO'
LONG = 'void\nf(void)\n{\n' + '    ;\n' * 80 + '}\n'
# Check, files, and what its complaints begin with, in order; none where the sample is good.
SAMPLES = [
    ('layers', {'LAYERS': LAYERS, 'src/model/a.c': '#include "base/x.h"\n#include "model/a.h"\n#include <glib.h>\n'}, []),
    ('layers', {'LAYERS': LAYERS, 'src/base/a.c': '#include <glib.h>\n#include "model/a.h"\n'}, ['src/base/a.c:2']),
    ('layers', {'LAYERS': LAYERS, 'src/engines/a.c': '#include <math.h>\n#include <glib.h>\n'}, ['src/engines/a.c:2']),
    ('layers', {'LAYERS': LAYERS, 'src/model/a.h': '#include <sqlite3.h>\n'}, ['src/model/a.h:1']),
    ('layers', {'LAYERS': LAYERS, 'src/other/a.h': ''}, ['src/other/a.h:1']),
    ('layers', {'LAYERS': 'base: model\nmodel:\n'}, ['LAYERS: base']),
    ('banned_functions', {'src/a.c': '/* strcpy( */ char *s = "atoi(";\nmy_system(1);\n// rand()\n'}, []),
    ('banned_functions', {'src/a.c': 'int a;\nstrcpy (a, b);\n', 'tests/b.c': 'x = atof(s);\n'}, ['src/a.c:2', 'tests/b.c:1']),
    ('function_length', {'src/a.c': LONG.replace('    ;\n', '', 30)}, []),
    ('function_length', {'src/a.c': LONG, 'tests/a.c': LONG}, ['src/a.c:3']),
    ('file_length', {'src/a.c': '\n' * 600, 'tests/samples/a.txt': '\n' * 700}, []),
    ('file_length', {'tests/a.c': '\n' * 601}, ['tests/a.c']),
    ('headers_alone', {'src/base/a.h': '#pragma once\n#include <stddef.h>\nsize_t mw_a(void);\n'}, []),
    ('headers_alone', {'src/base/a.h': '#pragma once\nsize_t mw_a(void);\n'}, [None]),
    ('escaped_templates', {'templates/a.html': '{{name}} {{#a}}{{/a}}', 'static/a.js': '{{{'}, []),
    ('escaped_templates', {'templates/a.html': 'a\n{{{name}}}', 'templates/b.html': '{{& a}}'},
     ['templates/a.html:2', 'templates/b.html:1']),
    ('white_space', {'a.md': 'a\n\nb\n', 'tests/corpus/a': 'a \t'}, []),
    ('white_space', {'a.md': 'a \n', 'b.c': '\tb\n', 'c.c': 'c', 'd.c': 'd\r\n'}, ['a.md:1', 'b.c:1', 'c.c', 'd.c:1']),
    ('left_behind', {'a.md': 'Look into /wo' + 'rk-shop/ and ./wo' + 'rk/a.\n', 'a.c': 'x = "XXX";\n'}, []),
    ('left_behind', {'a.md': 'see /wo' + 'rk/main\n', 'b.c': f'// {MARK} later\n', 'c.lock': 'https://registry.' + 'npmjs.org/a\n'},
     ['a.md:1', 'b.c:1', 'c.lock:1']),
    ('built', {'src/a/meson.build': "files('b.c', 'kinds/c.c')", 'src/a/b.c': '', 'src/a/kinds/c.c': '',
               'meson.build': "'src/m.c'", 'src/m.c': '', 'tests/unit/meson.build': "'d': []", 'tests/unit/test_d.c': ''}, []),
    ('built', {'src/a/meson.build': "files('c.c')", 'src/a/b.c': '', 'tests/unit/test_d.c': ''},
     ['src/a/b.c', 'tests/unit/test_d.c']),
]
TAPS = [
    ('TAP version 13\n1..2\nok 1 /a\nnot ok 2 /b\n', [True, False], 0),
    ('ok 1 /a # SKIP no data\nok 2 - b\n# ok, a remark\nokay\n', [True, True], 1),
    ('not ok 1 - a\n  ---\n  error: |-\n    ok 1 - b\n  ...\nok 2 - c\n', [False, True], 0),
    # A parent goes where its children tell the story, and stays where it alone failed.
    ('    ok 1 - a\n    not ok 2 - b\nnot ok 1 - file\n', [True, False], 0),
    ('    ok 1 - a\n        ok 1 - c\n    ok 2 - b\nok 1 - file\nok 2 - other\n', [True, True, True], 0),
    ('    ok 1 - a\nnot ok 1 - file\n', [True, False], 0),
]
# A line of Meson's log, and the numbers of passed, failed and skipped it stands for.
SUITES = [
    ('OK', 0, 'ok 1 a\nok 2 b # SKIP why\n', (1, 0, 1)),
    ('FAIL', 1, 'ok 1 a\nnot ok 2 b\nnot ok 3 c\n', (1, 2, 0)),
    ('FAIL', -11, 'ok 1 a\n', (1, 1, 0)),
    ('TIMEOUT', -15, '', (0, 1, 0)),
    ('ERROR', 0, '1..3\nok 1 a\n', (1, 1, 0)),
    ('OK', 0, 'all is well\n', (0, 1, 0)),
    ('SKIP', 77, '', (0, 0, 1)),
]


def complaints(check, files):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), 'w', encoding='utf-8', newline='') as file:
                file.write(text)
        return getattr(check_style, check)(check_style.Sources(root))


def cases():
    """Each case: its name, what was expected, what was found."""
    for check, files, expected in SAMPLES:
        found = complaints(check, files)
        same = (bool(found) if expected == [None] else
                len(found) == len(expected) and all(map(str.startswith, found, expected)))
        yield f'{check} {" ".join(files)}', expected, expected if same else found
    for text, expected, skips in TAPS:
        points = run_tests.read_tap(text)
        yield f'TAP of {len(points)} points', (expected, skips), ([point[0] for point in points],
                                                                  sum(point[1] is not None for point in points))
    for result, status, text, expected in SUITES:
        passed, failed, skipped = run_tests.judge({'result': result, 'returncode': status, 'stdout': text})
        yield f'a suite with {result.lower()} {status}', expected, (passed, len(failed), len(skipped))


def main():
    failed = 0
    for number, (name, expected, found) in enumerate(cases(), 1):
        failed += expected != found
        print(f'{"ok" if expected == found else "not ok"} {number} - {name}')
        if expected != found:
            print(f'# expected {expected}, found {found}')
    print(f'1..{number}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
