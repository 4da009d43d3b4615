# SPDX-License-Identifier: GPL-2.0
"""Canaries: guests that go wrong on purpose, each seen as what it is.

They run on the very kernel that "make run" tests. Two at a time, since a
booting guest keeps little more than one of our CPUs busy. The canaries of a
sanitizer need its kernel, so "make check" leaves them out:

    SANITIZER=kcsan python3 -m pytest scripts/tests/test_canaries.py -k race
"""

import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import initramfs
import judge
import pipeline
import suites
from progress import Progress

PROGRAMS = Path(__file__).parent / 'canaries'


@dataclass(frozen=True)
class Guest:
    """What a guest runs."""
    case: str = ''              # of the KUnit suite memhp_canary
    programs: tuple = ()        # in canaries/
    cmdline: str = ''
    timeout: int = 60           # for each program
    limit: int = 90             # for the boot
    expected: tuple = ()        # further programs that are to run, and do not


# lockdep is off after its first report, so such cases get a guest each.
GUESTS = {
    'warn': Guest(case='warn'),
    'lock_inversion': Guest(case='lock_inversion'),
    'lockdep_disabled': Guest(case='lockdep_disabled'),
    'lockdep_exhausted': Guest(case='lockdep_exhausted'),
    'sleep_in_atomic': Guest(case='sleep_in_atomic'),
    'alloc_failure': Guest(case='alloc_failure'),
    'oops': Guest(case='oops'),
    'busy_cpu': Guest(
        case='busy_cpu',
        cmdline='rcupdate.rcu_cpu_stall_timeout=3 watchdog_thresh=2'),
    'hung_task': Guest(
        case='hung_task', programs=('nap.sh',),
        cmdline='sysctl.kernel.hung_task_timeout_secs=2'),
    'failure': Guest(case='failure'),
    'unexpected_skip': Guest(case='unexpected_skip'),
    'crash': Guest(case='crash'),
    'endless': Guest(case='endless', limit=15),
    'programs': Guest(
        programs=('signal.sh', 'truncated.sh', 'misnumbered.sh',
                  'unplanned.sh', 'inner_failure.sh', 'oom.sh', 'slow.sh'),
        timeout=5),
    'omitted': Guest(programs=('pass.sh',), expected=('slab_read_test',)),
    'stuck': Guest(programs=('stuck.sh',), limit=20),
    'mute': Guest(programs=('mute.sh',)),
    'poweroff': Guest(programs=('poweroff.sh',)),
    'control': Guest(programs=('pass.sh',)),
}

# What must be seen: the guest, the kind of the reason as verdict.py has it,
# and a regular expression for its text.
CANARIES = {
    'warning': ('warn', 'splat', 'WARNING: .* warn'),
    'lock inversion': ('lock_inversion', 'splat',
                       'possible circular locking dependency'),
    'lockdep off': ('lockdep_disabled', 'debug-locks', 'debug_locks=0'),
    'lockdep exhausted': ('lockdep_exhausted', 'splat',
                          'MAX_LOCK_DEPTH too low'),
    'sleep in atomic': ('sleep_in_atomic', 'splat',
                        'sleeping function called'),
    'allocation failure': ('alloc_failure', 'splat',
                           'page allocation failure'),
    'oops': ('oops', 'splat', 'BUG: kernel NULL pointer'),
    'RCU stall': ('busy_cpu', 'splat', r'rcu: INFO: rcu_\w+ .*detected'),
    'soft lockup': ('busy_cpu', 'splat', 'soft lockup'),
    'hung task': ('hung_task', 'splat', 'memhp_canary.* blocked for more'),
    'failed test': ('failure', 'fail', 'memhp_canary.failure'),
    'unexpected skip': ('unexpected_skip', 'skip',
                        'memhp_canary.unexpected_skip'),
    'crash': ('crash', 'splat', 'Kernel panic'),
    'unfinished KUnit': ('crash', 'boot', 'did not get to userspace'),
    'endless KUnit test': ('endless', 'timeout', 'no end after 15 s'),
    'killed program': ('programs', 'fail', 'signal.sh: .*(exit=139|signal)'),
    'truncated KTAP': ('programs', 'missing', 'truncated.sh'),
    'misnumbered KTAP': ('programs', 'ktap', 'misnumbered|Expected test numb'),
    'KTAP without plan': ('programs', 'ktap', 'plan'),
    'inner failure': ('programs', 'fail', 'inner_failure.sh:second'),
    'OOM kill': ('programs', 'splat', 'invoked oom-killer'),
    'test time limit': ('programs', 'fail', 'slow.sh: TIMEOUT'),
    'omitted program': ('omitted', 'no-result', 'slab_read_test'),
    'boot time limit': ('stuck', 'timeout', 'no end after 20 s'),
    'lost console': ('mute', 'console-lost', 'finished'),
    'early end': ('poweroff', 'unfinished', 'did not get to its end'),
}

# Of the sanitizer whose kernel is run, if any. Their guests come first, so that
# they need not wait for the others.
SANITIZED = {
    'kasan': {'use after free': ('use_after_free', 'splat',
                                 'BUG: KASAN: .*use-after-free')},
    'kcsan': {'zonelist race': ('zonelist_race', 'splat',
                                'race_writer writes, zonelist_race reads')},
}.get(os.environ.get('SANITIZER'), {})
CANARIES.update(SANITIZED)
GUESTS = {**{guest: Guest(case=guest) for guest, *_ in SANITIZED.values()},
          **GUESTS}


def selection(guest):
    return suites.Selection([suites.CANARY] if guest.case else [],
                            f'{suites.CANARY}.{guest.case}',
                            list(guest.programs))


def run(guest, built, conf, folder):
    """Boot a guest."""
    initrd = None
    if guest.programs:
        programs = [PROGRAMS / name for name in guest.programs]
        initrd = initramfs.with_programs(built.initrd, programs,
                                         guest.timeout, folder)
    with open(folder / 'progress', 'w') as quiet:
        return pipeline.run_guest(
            built, conf, folder, Progress(quiet), selection=selection(guest),
            extra_cmdline=guest.cmdline, limit=guest.limit, initrd=initrd)


@pytest.fixture(scope='module')
def flock(built, conf, tmp_path_factory):
    """All guests, let go at once; verdict(name) waits for one to come home."""
    pool = ThreadPoolExecutor(max_workers=2)
    boots = {name: (folder, pool.submit(run, guest, built, conf, folder))
             for name, guest in GUESTS.items()
             for folder in [tmp_path_factory.mktemp(name)]}

    def verdict(name):
        folder, future = boots[name]
        runs, guest = selection(GUESTS[name]), GUESTS[name]
        expected = replace(runs, programs=runs.programs +
                           list(guest.expected))
        decided = judge.judge(built, future.result(), expected, folder)[1]
        return decided, folder

    yield verdict
    pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize('name', CANARIES)
def test_canary_is_seen(flock, name):
    guest, kind, text = CANARIES[name]
    decided, _ = flock(guest)
    assert not decided.ok
    assert any(r.kind == kind and re.search(text, r.text)
               for r in decided.reasons), decided.reasons


@pytest.mark.parametrize('name', ['endless', 'stuck'])
def test_stacks_and_locks_of_a_stuck_guest_are_saved(flock, name):
    _, folder = flock(name)
    log = (folder / 'stuck.log').read_text(errors='replace')
    assert re.search(r'(?s)task:.*Call Trace.*Showing all locks held', log)


def test_stacks_and_locks_of_a_slow_test_are_saved(flock):
    _, folder = flock('programs')
    log = (folder / 'console.log').read_text(errors='replace')
    assert re.search(r'(?s)memhp: timeout=5 s: ./slow.sh.*task:slow.sh.*'
                     r'Showing all locks held', log)


def test_control_passes(flock):
    decided, _ = flock('control')
    assert decided.ok, decided.reasons
