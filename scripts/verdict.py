# SPDX-License-Identifier: GPL-2.0
"""Decide whether a run passed, and if not, say why, most telling reason first.

Passing takes proof: tests that gave a result, a kernel that says at its end
that lockdep was on all the time, and a console that was read to that end.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Iterable, Mapping, Sequence

from console import Splat, dedup, message
from ktap import Ktap, Test
from races import Races
from zonelist_map import CASE, Interleave

# Taint flags that the kernel sets when it prints a report (in
# Documentation/admin-guide/tainted-kernels.rst), by bit.
TAINTS = {5: 'bad page', 7: 'died', 9: 'warning', 14: 'soft lockup'}

LOCKDEP_FULL = 0.95


@dataclass
class Boot:
    """How the virtual machine ended."""
    outcome: str                # exited, stopped, timeout or qemu-error
    text: str = ''              # more about it, in one line


@dataclass
class Run:
    """All that is known about a run."""
    nonce: str                  # the one that this boot was given
    boot: Boot
    guest: Mapping[str, Sequence[str]]          # facts() of guest.log
    console: Mapping[str, Sequence[str]]        # facts() of console.log
    splats: Sequence[Splat] = ()                # reports that fail the run
    lost: int = 0                               # messages that only kmsg.log has
    kunit: Ktap = field(default_factory=Ktap)
    kselftest: Ktap = field(default_factory=Ktap)
    suites: Sequence[str] = ()                  # KUnit suites that must run
    programs: Sequence[str] = ()                # kselftest programs that must run
    expected_skips: Mapping[str, str] = field(default_factory=dict)
    interleave: Interleave = field(default_factory=Interleave)
    locksets: dict | None = None                # as results.json has it
    sanitizer: str = ''                         # kcsan, kasan or none
    zonelists: Sequence[range] = ()             # their addresses, with KCSAN
    races: Races = field(default_factory=Races)     # that do not fail the run
    known: Sequence[tuple[Splat, str]] = ()         # reports that do not, and why

    @property
    def tests(self) -> list[Test]:
        """The tests of both kinds."""
        return self.kunit.tests + self.kselftest.tests

    def failed(self, test: Test) -> bool:
        """Does a test fail the run? A skip does unless it is expected."""
        if test.status == 'skip':
            return test.name not in self.expected_skips
        return test.status != 'pass'


@dataclass
class Reason:
    """One thing that makes a run fail."""
    kind: str
    text: str
    test: str = ''              # the test it is about, if it is about one


@dataclass
class Verdict:
    """The outcome of a run."""
    passed: int
    failed: int                 # tests, and reasons that are not about a test
    skipped: int
    reasons: list[Reason]
    notes: list[str]            # worth knowing, but no reason to fail

    @property
    def ok(self) -> bool:
        """Did the run pass?"""
        return not self.reasons


def facts(lines: Iterable[str]) -> dict[str, list[str]]:
    """Collect the "memhp: key=value" lines of a log, the values in their order."""
    found = defaultdict(list)
    for line in lines:
        _, text = message(line)
        if fact := re.match(r'memhp: (\w+)=(.*)', text):
            found[fact[1]].append(fact[2].strip())
    return dict(found)


def decide(run: Run) -> Verdict:
    """Judge a run."""
    reasons = [
        *_boot_reasons(run),
        *_log_reasons(run),
        *_lock_reasons(run),
        *_kcsan_reasons(run),
        *_taint_reasons(run),
        *_test_reasons(run),
        *_coverage_reasons(run),
        *_interleave_reasons(run),
    ]
    notes = [f'expected skip did not skip: {test.name}' for test in run.tests
             if test.name in run.expected_skips and test.status != 'skip']
    # Tests compare it before and after; who has lost it, nobody can tell here.
    notes[:0] = [f'left for good: {text}' for text in run.guest.get('pending', ())]
    if run.sanitizer == 'kcsan':
        notes.insert(0, f'KCSAN reports: {len(run.races.tolerated)} of tolerated races '
                     f'on zonelists, {len(run.races.other)} of others, not judged')
    notes[:0] = [f'known report{_times(splat)}: {splat.title}'
                 for splat in dedup(splat for splat, _ in run.known)]
    if run.lost:
        notes.insert(0, f'the console lacks {run.lost} messages, which kmsg.log has')
    return Verdict(
        passed=sum(test.status == 'pass' for test in run.tests),
        failed=len(reasons),
        skipped=sum(test.status == 'skip' and not run.failed(test)
                    for test in run.tests),
        reasons=reasons, notes=notes)


def _finished(run):
    """Did the guest's init get to its end, in this boot?"""
    return run.nonce in run.guest.get('finished', ())


def _times(splat):
    return f' ({splat.count} times)' if splat.count > 1 else ''


def _boot_reasons(run):
    if run.boot.outcome == 'qemu-error':
        yield Reason('qemu', f'QEMU failed: {run.boot.text}')
    for splat in dedup(run.splats):
        yield Reason('splat', f'{splat.kind}: {splat.title}{_times(splat)}')
    if run.boot.outcome == 'timeout':
        yield Reason('timeout', f'time limit: {run.boot.text}')
    elif run.boot.outcome == 'stopped':
        yield Reason('stopped', run.boot.text)
    elif run.boot.outcome not in ('exited', 'qemu-error'):
        yield Reason('qemu', f'unknown end of the machine: {run.boot.outcome}')


def _log_reasons(run):
    booted = run.guest.get('booted', [])
    if not booted:
        yield Reason('boot', 'the kernel did not get to userspace')
    elif set(booted) != {run.nonce}:
        yield Reason('boot', f'guest.log is of another boot: {", ".join(booted)}')
    elif len(booted) > 1:
        yield Reason('boot', f'the kernel booted {len(booted)} times')
    elif not _finished(run):
        yield Reason('unfinished', "the guest's init did not get to its end")
    for key in ('booted', 'finished'):
        if (run.nonce in run.guest.get(key, ())
                and run.nonce not in run.console.get(key, ())):
            yield Reason('console-lost', f'console.log lacks {key}={run.nonce}')


def _last(run, key):
    """What the guest said last about a key; nothing if it did not get that far."""
    if key in run.guest or _finished(run):
        return run.guest.get(key, [''])[-1] or 'unknown'
    return None


def _lock_reasons(run):
    if _last(run, 'debug_locks') not in ('1', None):
        yield Reason('debug-locks', 'lockdep is off at the end of the run: '
                     f'debug_locks={_last(run, "debug_locks")}')
    tables = [table.groups() for line in run.guest.get('lockdep', ())
              if (table := re.match(r'(.+?):\s+(\d+) \[max: (\d+)\]', line))]
    if not tables and _finished(run):
        yield Reason('lockdep-tables', 'the fill of the lockdep tables is unknown')
    for name, used, size in tables:
        if int(used) > LOCKDEP_FULL * int(size):
            yield Reason('lockdep-tables',
                         f'lockdep table nearly full: {name}: {used} of {size}')


def _kcsan_reasons(run):
    if run.sanitizer != 'kcsan' or not _finished(run):
        return
    if 'enabled: 1' not in run.guest.get('kcsan', ()):
        yield Reason('kcsan', 'KCSAN is off at the end of the run')
    if not run.zonelists:
        yield Reason('kcsan', 'where the zonelists are is unknown: no race on '
                     'them can be told from others')


def _taint_reasons(run):
    value = _last(run, 'tainted')
    if value is None or run.splats:
        return
    explained = {splat.kind for splat, _ in run.known}
    if not value.isdecimal():
        yield Reason('taint', f'the taint of the kernel is {value}')
    elif flags := [text for bit, text in TAINTS.items()
                   if int(value) >> bit & 1 and text not in explained]:
        yield Reason('taint', f'tainted ({", ".join(flags)}), but no report seen')


def _test_reasons(run):
    words = {'crashed': 'crashed', 'fail': 'failed', 'missing': 'missing',
             'skip': 'unexpected skip'}
    for status, word in words.items():
        for test in run.tests:
            if test.status == status and run.failed(test):
                why = f': {test.reason}' if test.reason else ''
                yield Reason(status, f'{word}: {test.name}{why}', test.name)


def _coverage_reasons(run):
    for what, ktap, expected in (('KUnit suite', run.kunit, run.suites),
                                 ('kselftest', run.kselftest, run.programs)):
        seen = {test.suite for test in ktap.tests}
        for name in expected:
            if name not in seen:
                yield Reason('no-result', f'no result: {what} {name}')
    for what, ktap in (('KUnit', run.kunit), ('kselftest', run.kselftest)):
        for error in ktap.errors:
            yield Reason('ktap', f'{what} report: {error}')
    if not any(test.status in ('pass', 'fail') for test in run.tests):
        yield Reason('nothing-ran', 'no test ran')


def _interleave_reasons(run):
    for error in run.interleave.errors:
        yield Reason('interleave', f'zonelist_interleave: {error}')
    passed = sum(test.status == 'pass' and test.name.startswith(CASE)
                 for test in run.tests)
    if passed > run.interleave.reports:
        yield Reason('interleave', f'zonelist_interleave: {passed} cases passed, '
                     f'{run.interleave.reports} said how many pairs')


def took(console: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """How long each kselftest ran, in seconds, as guest/timeout has it."""
    found = {}
    for value in console.get('took', ()):
        name, begin, end = value.split()
        found[name] = float(end) - float(begin)
    return found
