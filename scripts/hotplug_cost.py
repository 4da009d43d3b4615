# SPDX-License-Identifier: GPL-2.0
"""How fast the kselftests put memory blocks online and offline, against a bare
loop of writes and against upstream's script, all in one boot.

Once with QEMU counting instructions (-icount), which repeats within 1 %, and
once in real time.
"""

import re

import initramfs
import pipeline
import suites
from common import SCRIPTS, Fatal, locked

SCRIPT = SCRIPTS / 'guest/hotplug-cost.sh'
COUNT = ('-icount', 'shift=0,sleep=off')
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


def measure(conf, progress):
    """Boot twice; print the tables; Fatal if a limit is missed."""
    missed = []
    with locked(conf.state), \
            pipeline.results_folder(conf, f'{conf.arch}-hotplug-cost') as out:
        built = pipeline.build(conf, progress, out)
        selection = suites.Selection([], '', [SCRIPT.name])
        for clock, words in (('instructions', COUNT), ('real time', ())):
            folder = out / clock.replace(' ', '-')
            folder.mkdir()
            initrd = initramfs.with_programs(built.initrd, [SCRIPT], _TIMEOUT,
                                             folder)
            pipeline.run_guest(built.with_qemu(*words), conf, folder, progress,
                               selection=selection, initrd=initrd, accel='tcg')
            text = (folder / 'guest.log').read_text(errors='replace')
            lines, late = rows(parse(text), clock)
            print(*lines, sep='\n')
            missed += late
    if missed:
        raise Fatal('; '.join(missed))
