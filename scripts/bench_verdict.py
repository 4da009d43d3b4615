# SPDX-License-Identifier: GPL-2.0
"""How long "make run" takes from command to verdict, phase by phase: warm, after
an edit to a KUnit suite, and after an edit to a kselftest.

The edits are made in a copy of this repository that shares our O=.
"""

import re
import shutil
import tempfile
import time
from pathlib import Path

from bench_data import DETECTORS, REAL_TIME, Point, Series
from common import REPO, run_ours

PART = 'verdict'
ROUNDS = 5
# The suites that try every interleaving may take as much of each run.
_EXHAUSTIVE = 60
LIMITS = {'warm': 45 + _EXHAUSTIVE, 'KUnit suite edited': 70 + _EXHAUSTIVE,
          'kselftest edited': 50 + _EXHAUSTIVE}
_EDITS = {
    'warm': None,
    'KUnit suite edited': 'lib/kunit/zonelist_kunit.c',
    'kselftest edited':
        'tools/testing/selftests/memory-hotplug/memory_block_test.c',
}
WHOLE = 'all'


def _run(copy, conf):
    """One "make run": how long each phase took, and all of it."""
    begin = time.monotonic()
    said = run_ours(['make', '-C', copy, 'run', f'O={conf.state}', conf.source])
    seconds = time.monotonic() - begin
    phases = re.findall(r'\] ([a-z ]+): ([\d.]+) s$', said, re.M)
    return {**{name: float(value) for name, value in phases}, WHOLE: seconds}


def measure(conf, progress):
    """Returns Series."""
    series = []
    with tempfile.TemporaryDirectory(prefix='memhp-') as tmp:
        copy = Path(tmp) / 'repo'
        shutil.copytree(REPO, copy, ignore=shutil.ignore_patterns(
            'build', '.git', '__pycache__'))
        _run(copy, conf)
        for name, edit in _EDITS.items():
            rows = []
            for number in range(ROUNDS):
                if edit:
                    with open(copy / edit, 'a') as source:
                        source.write(f'/* bench {time.time_ns()} */\n')
                rows.append(_run(copy, conf))
                progress.say(f'{name}, {number + 1} of {ROUNDS}: '
                             f'{rows[-1][WHOLE]:.1f} s')
            series += [Series(PART, f'{name}: {phase}', DETECTORS, REAL_TIME,
                              '', None,
                              (Point(0, tuple(row[phase] for row in rows)),),
                              's')
                       for phase in rows[0]]
    # Back to what this repository has.
    _run(REPO, conf)
    return series


def missed(series):
    """What took longer than it may."""
    return [f'{name} takes {one.median():.0f} s, and may take {limit} s'
            for name, limit in LIMITS.items() for one in series
            if one.part == PART and one.name == f'{name}: {WHOLE}' and
            one.median() > limit]
