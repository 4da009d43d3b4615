# SPDX-License-Identifier: GPL-2.0
"""make bench: how long it takes from command to verdict, phase by phase, and
what the kselftests' helpers cost beside a bare loop, and what the exhaustive
zonelist test costs on more and more nodes.

Warm, after an edit to a KUnit suite, and after an edit to a kselftest. The
edits are made in a copy of this repository that shares our O=.
"""

import re
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import hotplug_cost
import settings
import zonelist_cost
from common import REPO, Fatal, child_env, entry
from progress import Progress

ROUNDS = 3
# The suites that try every interleaving may take as much of each run.
EXHAUSTIVE = 60
LIMITS = {'warm': 45 + EXHAUSTIVE, 'KUnit suite touched': 70 + EXHAUSTIVE,
          'kselftest touched': 50 + EXHAUSTIVE}
EDITS = {
    'warm': None,
    'KUnit suite touched': 'lib/kunit/zonelist_kunit.c',
    'kselftest touched':
        'tools/testing/selftests/memory-hotplug/memory_block_test.c',
}


def _run(copy, conf):
    """One "make run"; its wall time and its phases."""
    begin = time.monotonic()
    done = subprocess.run(['make', '-C', copy, 'run', f'O={conf.state}'],
                          env=child_env(), capture_output=True, text=True)
    seconds = time.monotonic() - begin
    if done.returncode:
        raise Fatal(f'make run failed: {done.stdout[-300:]}{done.stderr}')
    phases = dict(re.findall(r'\] ([a-z ]+): ([\d.]+) s$', done.stdout, re.M))
    return seconds, {k: float(v) for k, v in phases.items()}


def main():
    conf = settings.from_environment(settings.X86_64)
    with tempfile.TemporaryDirectory(prefix='memhp-') as tmp:
        copy = Path(tmp) / 'repo'
        shutil.copytree(REPO, copy, ignore=shutil.ignore_patterns(
            'build', '.git', '__pycache__'))
        _run(copy, conf)
        for name, edit in EDITS.items():
            rows = []
            for round_ in range(ROUNDS):
                if edit:
                    with open(copy / edit, 'a') as source:
                        source.write(f'/* bench {time.time_ns()} */\n')
                rows.append(_run(copy, conf))
                print(f'{name}, round {round_ + 1}: {rows[-1][0]:.1f} s',
                      flush=True)
            median = statistics.median(r[0] for r in rows)
            phases = ', '.join(
                f'{phase} {statistics.median(r[1][phase] for r in rows):.1f}'
                for phase in rows[0][1])
            print(f'{name}: median {median:.1f} s of {ROUNDS} '
                  f'({median / LIMITS[name]:.2f} of the limit of '
                  f'{LIMITS[name]} s); {phases}')
    # Back to what this repository has.
    _run(REPO, conf)
    hotplug_cost.measure(conf, Progress())
    costs, out = zonelist_cost.measure_all(conf, Progress())
    print(zonelist_cost.table(costs))
    print(f'figure: {out / zonelist_cost.FIGURE}')


if __name__ == '__main__':
    entry(main)
