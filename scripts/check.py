# SPDX-License-Identifier: GPL-2.0
"""make check: the quick run, all kselftests, the rules, lint, and the tests of the
host tooling.

All of it, even if something fails early; the sum of all counts comes last. What
does little but compile runs beside the guests, which leave a CPU idle.
"""

import os
import re
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import settings
from common import REPO, SCRIPTS, entry, stop_group

# Compiles a kernel for three minutes, and boots nothing that takes time.
_BESIDE = 'scripts/tests/test_kernel_commands.py::test_kunit_under_uml'
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


def _pytest(tmp, *args):
    """A command line that leaves its results in a folder."""
    # Durations tell where the time of "make check" goes.
    return ['/usr/bin/python3', '-B', '-m', 'pytest', '-v', '--tb=short',
            '--durations=40', '-p', 'no:cacheprovider',
            f'--junitxml={tmp}/junit.xml', f'--basetemp={tmp}/tests', *args]


def _results(tmp, code):
    """The counts of a pytest that ended with a status."""
    junit = Path(tmp) / 'junit.xml'
    if not junit.exists():
        return 0, 1, 0
    suites = ElementTree.parse(junit).getroot().iter('testsuite')
    total = failed = skipped = 0
    for suite in suites:
        total += int(suite.get('tests'))
        failed += int(suite.get('failures')) + int(suite.get('errors'))
        skipped += int(suite.get('skipped'))
    return total - failed - skipped, max(failed, int(code != 0)), skipped


def tests():
    """The tests in scripts/tests, but for the one that runs beside."""
    with tempfile.TemporaryDirectory() as tmp:
        code, _ = _show(_pytest(tmp, f'--deselect={_BESIDE}',
                                SCRIPTS / 'tests'))
        return _results(tmp, code)


class _Beside:
    """The test that compiles a kernel of its own, in a folder of its own. It
    yields to whatever else runs, and says nothing until it is asked.
    """

    def __init__(self, state):
        self._tmp = tempfile.TemporaryDirectory()
        self._log = open(f'{self._tmp.name}/log', 'w+')
        env = {'CCACHE_DIR': str(state / 'ccache'), **os.environ,
               'O': str(state / 'beside')}
        # Not a session: the scheduler would weigh that against ours.
        self._proc = subprocess.Popen(
            ['nice', '-n', '19', *_pytest(self._tmp.name, _BESIDE)], cwd=REPO,
            stdin=subprocess.DEVNULL, stdout=self._log,
            stderr=subprocess.STDOUT, env=env, process_group=0)

    def counts(self):
        """Wait for it, and show what it said."""
        code = self._proc.wait()
        self._log.seek(0)
        print(self._log.read(), end='', flush=True)
        return _results(self._tmp.name, code)

    def close(self):
        if self._proc.poll() is None:
            stop_group(self._proc)
        self._log.close()
        self._tmp.cleanup()


def main():
    python = ('/usr/bin/python3', '-B')
    steps = (
        ('kselftest', lambda: counted(*python, 'scripts/run.py', 'kselftest')),
        ('audit', lambda: counted(*python, 'scripts/audit.py')),
        ('locksets', lambda: counted(*python, 'scripts/locksets.py')),
        ('lint', lambda: counted(*python, 'scripts/run_lint.py')),
        ('tests', tests),
    )
    for variable in ('SANITIZER', 'TESTS'):
        os.environ.pop(variable, None)
    totals, rows = [0, 0, 0], []

    def take(name, step):
        nonlocal totals
        begin = time.monotonic()
        counts = step()
        rows.append((name, time.monotonic() - begin, counts))
        totals = [a + b for a, b in zip(totals, counts)]

    take('run', lambda: counted(*python, 'scripts/run.py', 'run'))
    with closing(_Beside(settings.from_environment().state)) as beside:
        for name, step in steps:
            take(name, step)
        take('beside', beside.counts)
    print()
    for name, seconds, counts in rows:
        print('{:10} {:7.1f} s   {} passed, {} failed, {} skipped'.format(
            name, seconds, *counts))
    print('{} passed, {} failed, {} skipped'.format(*totals))
    # Nothing is expected to skip: it would hide what is missing here.
    return 1 if totals[1] or totals[2] else 0


if __name__ == '__main__':
    entry(main)
