# SPDX-License-Identifier: GPL-2.0
"""make check: the quick run, all kselftests, the rules, lint, and the tests of the
host tooling.

All of it, even if something fails early; the sum of all counts comes last.
"""

import os
import re
import subprocess
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree

from common import REPO, SCRIPTS, entry

_COUNTS = re.compile(r'(\d+) passed, (\d+) failed, (\d+) skipped')


def _show(cmd):
    """Run a command; show and return its output."""
    proc = subprocess.Popen(cmd, cwd=REPO, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, text=True,
                            errors='replace')
    lines = []
    try:
        for line in proc.stdout:
            print(line, end='', flush=True)
            lines.append(line)
        return proc.wait(), lines
    finally:
        # Where we alone were told to end.
        proc.terminate()


def counted(*cmd):
    """A command whose last line is its count."""
    code, lines = _show(cmd)
    match = _COUNTS.fullmatch(lines[-1].strip()) if lines else None
    if not match:
        return 0, 1, 0
    passed, failed, skipped = map(int, match.groups())
    return passed, max(failed, int(code != 0)), skipped


def pytest():
    """The tests in scripts/tests; their count is in their junit.xml."""
    with tempfile.TemporaryDirectory() as tmp:
        junit = Path(tmp) / 'junit.xml'
        # Durations tell where the time of "make check" goes.
        code, _ = _show(['/usr/bin/python3', '-B', '-m', 'pytest', '-v',
                         '--tb=short', '--durations=40',
                         '-p', 'no:cacheprovider', f'--junitxml={junit}',
                         f'--basetemp={tmp}/tests', SCRIPTS / 'tests'])
        if not junit.exists():
            return 0, 1, 0
        suites = ElementTree.parse(junit).getroot().iter('testsuite')
        total = failed = skipped = 0
        for suite in suites:
            total += int(suite.get('tests'))
            failed += int(suite.get('failures')) + int(suite.get('errors'))
            skipped += int(suite.get('skipped'))
    return total - failed - skipped, max(failed, int(code != 0)), skipped


def main():
    python = ('/usr/bin/python3', '-B')
    steps = (
        ('run', lambda: counted(*python, 'scripts/run.py', 'run')),
        ('kselftest', lambda: counted(*python, 'scripts/run.py', 'kselftest')),
        ('audit', lambda: counted(*python, 'scripts/audit.py')),
        ('locksets', lambda: counted(*python, 'scripts/locksets.py')),
        ('lint', lambda: counted(*python, 'scripts/run_lint.py')),
        ('tests', pytest),
    )
    for variable in ('SANITIZER', 'TESTS'):
        os.environ.pop(variable, None)
    totals, rows = [0, 0, 0], []
    for name, step in steps:
        begin = time.monotonic()
        counts = step()
        rows.append((name, time.monotonic() - begin, counts))
        totals = [a + b for a, b in zip(totals, counts)]
    print()
    for name, seconds, counts in rows:
        print('{:10} {:7.1f} s   {} passed, {} failed, {} skipped'.format(
            name, seconds, *counts))
    print('{} passed, {} failed, {} skipped'.format(*totals))
    # Nothing is expected to skip: it would hide what is missing here.
    return 1 if totals[1] or totals[2] else 0


if __name__ == '__main__':
    entry(main)
