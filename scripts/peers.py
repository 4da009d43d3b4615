# SPDX-License-Identifier: GPL-2.0
"""What others have to test memory hotplug with, on a kernel of ours: upstream's
script as "make run_tests" runs it, and stress-ng's --memhotplug. Each gets a
boot of its own, on the machine and the kernel that our tests get.

On the unmodified kernel neither may find anything: what a peer says there, it
says of the machine.
"""

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import console
import initramfs
import judge
import pipeline
import suites
from common import SCRIPTS, Fatal, child_env

# Each needs less than half of it, on a busy host as well.
PROGRAM_LIMIT = 60
BOOT_LIMIT = 120

UPSTREAM, STRESS_NG = 'mem-on-off-test.sh', 'stress-ng'

# How a peer finds a bug, by the kinds of reasons that verdict.py has: what tells
# most comes first.
TEST, SPLAT, CRASH, HANG = 'test', 'splat', 'crash', 'hang'
_HOW = {
    HANG: ('timeout',),
    CRASH: ('qemu', 'boot', 'unfinished'),
    TEST: ('crashed', 'fail', 'missing', 'skip', 'no-result'),
    SPLAT: ('splat', 'taint', 'debug-locks'),
}
_LIBRARY = re.compile(r'^\s+(?:\S+ => )?(/\S+) \(0x', re.M)


@dataclass(frozen=True)
class Peer:
    name: str
    program: Path       # that the guest's init starts like a kselftest
    command: str = ''   # of the host that this needs, with all its libraries


def peers(tree):
    """All of them."""
    folder = tree / 'tools/testing/selftests' / suites.COLLECTION
    return [Peer(UPSTREAM, folder / UPSTREAM),
            Peer(STRESS_NG, SCRIPTS / 'guest/stress-ng.sh', 'stress-ng')]


def with_libraries(command):
    """A program of the host and what it is linked with."""
    path = shutil.which(command)
    if not path:
        raise Fatal(f'{command} is missing: apt-get install it (see '
                    f'scripts/packages.txt)')
    done = subprocess.run(['ldd', path], env=child_env(), capture_output=True,
                          text=True, check=True)
    return [Path(p) for p in [path, *_LIBRARY.findall(done.stdout)]]


def _end(run, program):
    """When the program ended, in seconds of the guest."""
    ends = [float(value.split()[2]) for value in run.console.get('took', ())
            if value.split()[0] == program]
    return ends[-1] if ends else None


def killed(run, decided, program, log):
    """How a peer has found what is wrong with a kernel, '' if not at all; what
    that was; and after how many seconds of the guest.
    """
    over = 'timeout' in run.console
    how, reason = next(
        ((how, r) for how, kinds in _HOW.items() for r in decided.reasons
         if r.kind in kinds or (how == HANG and over and r.test)), ('', None))
    times = [t for line in log if (t := console.message(line)[0]) is not None]
    end = _end(run, program) or max(times, default=0.0)
    if how in (SPLAT, CRASH):
        splats = [s.time for s in run.splats if s.time is not None]
        end = min(splats, default=end)
    return {'killed': how, 'what': reason.text if reason else '',
            'guest_seconds': round(end, 1)}


def _boot(built, peer, conf, out, progress):
    chosen = suites.Selection([], '', [peer.program.name])
    with tempfile.TemporaryDirectory(prefix='memhp-') as tmp:
        initrd = initramfs.with_programs(
            built.initrd, [peer.program], PROGRAM_LIMIT, Path(tmp),
            with_libraries(peer.command) if peer.command else ())
        # What goes on after an oops mostly waits.
        booted = pipeline.run_guest(
            built, conf, out, progress, chosen, 'oops=panic',
            BOOT_LIMIT * built.kbuild.slowdown, initrd)
    facts, decided = judge.judge(built, booted, chosen, out)
    with open(out / 'console.log', errors='replace') as log:
        return killed(facts, decided, peer.program.name, log)


def run(built, conf, out, progress):
    """What each peer says of a kernel, its logs going to folders in out:
    {name: {killed, what, guest_seconds}}, where killed is how it has found a
    bug, or '' if it has not.
    """
    found = {}
    for peer in peers(built.tree.path):
        folder = out / peer.name
        folder.mkdir()
        with progress.phase(f'boot {peer.name}'):
            found[peer.name] = _boot(built, peer, conf, folder, progress)
    return found
