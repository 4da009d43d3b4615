# SPDX-License-Identifier: GPL-2.0
"""How fast the kselftests put memory blocks online and offline, against a bare
loop of writes and against upstream's script, all in one boot.

Once with QEMU counting instructions (-icount), once in real time; on the kernel
that the tests run on, and on one without detectors, as users have it. On the
former most of an offline is lockdep's: scan_movable_pages() takes and drops
rcu_read_lock_sched() for each page, in pfn_valid().
"""

import re
from dataclasses import replace

import initramfs
import kbuild
import pipeline
import suites
from common import SCRIPTS, Fatal, locked

SCRIPT = SCRIPTS / 'guest/hotplug-cost.sh'
CLOCKS = {'instructions': ('-icount', 'shift=0,sleep=off'), 'real time': ()}
# Ours against the others, in operations a second.
LIMITS = {'bare': 0.95, 'upstream': 10}
_TIMEOUT = 300


def parse(text):
    """{loop: (operations a second, what it said)} of a guest's log."""
    found = {}
    for name, ops, time, unit, more in re.findall(
            r'(bare|ours|upstream): (\d+) operations in ([\d.]+) (m?s)(.*)',
            text):
        seconds = float(time) / (1000 if unit == 'ms' else 1)
        found[name] = int(ops) / seconds, more.strip(', ')
    if set(found) != {'bare', 'ours', 'upstream'}:
        raise Fatal(f'{SCRIPT.name} gave only {", ".join(found) or "nothing"}')
    return found


def rows(found, clock):
    """The table, and which limits are missed."""
    ours = found['ours'][0]
    lines = [f'{clock:14}{name:10}{rate:8.2f} operations/s  {more}'
             for name, (rate, more) in found.items()]
    missed = []
    for name, limit in LIMITS.items():
        ratio = ours / found[name][0]
        lines.append(f'{clock:14}ours / {name}: {ratio:.2f} '
                     f'(at least {limit})')
        if ratio < limit:
            missed.append(f'ours / {name} is {ratio:.2f}, less than {limit}')
    return lines, missed


def _measure(built, conf, out, progress, clock):
    folder = out / clock.replace(' ', '-')
    folder.mkdir()
    upstream = built.tree.path / \
        f'tools/testing/selftests/{suites.COLLECTION}/mem-on-off-test.sh'
    initrd = initramfs.with_programs(built.initrd, [SCRIPT, upstream],
                                     _TIMEOUT, folder)
    pipeline.run_guest(built.with_qemu(*CLOCKS[clock]), conf, folder, progress,
                       selection=suites.Selection([], '', [SCRIPT.name]),
                       initrd=initrd, accel='tcg')
    text = (folder / 'guest.log').read_text(errors='replace')
    return rows(parse(text), clock)


def measure(conf, progress):
    """Boot four times; print the tables; Fatal if a limit is missed on the
    kernel without detectors.
    """
    missed = []
    for variant in ('', kbuild.PLAIN):
        conf = replace(conf, sanitizer=variant)
        name = '-'.join(filter(None, (conf.arch, variant, 'hotplug-cost')))
        with locked(conf.state), pipeline.results_folder(conf, name) as out:
            built = pipeline.build(conf, progress, out)
            for clock in CLOCKS:
                lines, late = _measure(built, conf, out, progress, clock)
                print(f'kernel {"without" if variant else "with"} detectors:',
                      *lines, sep='\n')
                missed += late if variant else []
    if missed:
        raise Fatal('; '.join(missed))
