# SPDX-License-Identifier: GPL-2.0
"""Boots a machine in which scripts/guest/bench.sh measures one thing."""

import re
import tempfile
from dataclasses import replace
from pathlib import Path

import initramfs
import machine
import peers
import pipeline
import suites
from bench_data import INSTRUCTIONS, Point
from common import SCRIPTS, Fatal

SCRIPT = SCRIPTS / 'guest/bench.sh'
# An instruction takes a nanosecond. A CPU that goes or comes also waits for ticks:
# that part of it is no cost, and differs from boot to boot by whole ticks.
_COUNT = ('-icount', 'shift=0,sleep=off')
# Upstream's script took 10 s on 64 memory blocks, and runs five times on 1024.
_LIMIT = 1800
_LINE = re.compile(r'^(?:# )?bench: (\S+) (\d+)((?: \d+)+)$', re.M)


def parse(text):
    """{name: [Point]} of a guest's log."""
    found = {}
    for name, x, values in _LINE.findall(text):
        found.setdefault(name, []).append(
            Point(int(x), tuple(map(int, values.split()))))
    return found


# What bench.sh runs besides hotplug_bench.
_TESTS = ('memory_block_test', 'slab_read_test', peers.UPSTREAM)


def _initrd(built, folder):
    """An archive with bench.sh as the only test, and with what it runs."""
    base = folder / 'base.cpio'
    base.write_bytes(b''.join(built.archives[name].read_bytes()
                              for name in ('', *_TESTS)))
    return initramfs.with_programs(base, [SCRIPT], _LIMIT, folder,
                                   peers.with_libraries(peers.STRESS_NG))


def measure(built, conf, out, progress, what, clock, size=None):
    """Boot, and return what was measured: {name: [Point]}.

    what: a function of bench.sh.
    size: (what, how many) of machine.sized(), instead of the reference.
    """
    if size:
        built = replace(built, machine=machine.sized(
            built.tree.path, built.kbuild.arch, *size))
    if clock == INSTRUCTIONS:
        built = built.with_qemu(*_COUNT)
    folder = out / '-'.join(filter(None, (
        what, built.kbuild.sanitizer or 'detectors', clock.replace(' ', '-'),
        str(size[1]) if size else '')))
    folder.mkdir()
    with progress.phase(folder.name), \
            tempfile.TemporaryDirectory(prefix='memhp-') as tmp:
        initrd = _initrd(built, Path(tmp))
        pipeline.run_guest(built, conf, folder, progress,
                           selection=suites.Selection([], '', [SCRIPT.name]),
                           extra_cmdline=f'memhp.bench={what}', limit=_LIMIT,
                           initrd=initrd, accel='tcg')
    text = (folder / 'guest.log').read_text(errors='replace')
    found = parse(text)
    failed = re.search(r'^(?:# )*not ok .*', text, re.M)
    if failed or not found:
        raise Fatal(f'{what}: {failed[0] if failed else "nothing measured"}: '
                    f'see {folder}/guest.log')
    return found
