# SPDX-License-Identifier: GPL-2.0
"""Tests of verdict.py: a run passes on proof only, and says why it did not."""

from dataclasses import replace

import pytest

import ktap
import verdict
from console import Splat
from races import Races
from verdict import Boot

SPLAT = Splat('lockdep-circular', 'WARNING: possible circular locking dependency detected',
              99, 4.0, ['WARNING: possible circular locking dependency detected'])

GUEST = '''
memhp: booted=4711
memhp: kselftest=begin
# memhp: debug_locks=0
# [    1.000000] memhp: debug_locks=0
memhp: kselftest=end
memhp: debug_locks=1
memhp: lockdep= lock-classes:                         1083 [max: 8192]
memhp: lockdep= direct dependencies:                  9020 [max: 32768]
memhp: lockdep= max locking depth:                      13
memhp: lockdep= debug_locks:                             1
memhp: tainted=262144
memhp: finished=4711
'''.strip().splitlines()

CONSOLE = ['[    2.000000] memhp: booted=4711\r\n', '[    9.000000] memhp: finished=4711\r\n']

PASS = ktap.Test('zonelist.order', 'zonelist', 'pass')
SKIP = ktap.Test('block_test:on_off', 'block_test', 'skip', 'no such block')
OTHER = ktap.Test('block_test:attributes', 'block_test', 'pass')


def good():
    """A run that passes."""
    return verdict.Run(
        nonce='4711', boot=Boot('exited'), guest=verdict.facts(GUEST),
        console=verdict.facts(CONSOLE),
        kunit=ktap.Ktap([PASS], planned=1, seen=1),
        kselftest=ktap.Ktap([SKIP, OTHER], planned=1, seen=1),
        suites=['zonelist'], programs=['block_test'],
        expected_skips={'block_test:on_off': 'needs a node to spare'})


def said(key, value, lines=None):
    """The facts of the guest, one of them changed, or not said."""
    lines = [line for line in lines or GUEST if not line.startswith(f'memhp: {key}=')]
    return verdict.facts(lines + ([f'memhp: {key}={value}'] if value is not None else []))


def kcsan(guest='enabled: 1', **change):
    """A run with KCSAN that passes."""
    return replace(good(), sanitizer='kcsan', zonelists=[range(8, 16)],
                   guest=said('kcsan', guest), **change)


def kinds(run):
    return [reason.kind for reason in verdict.decide(run).reasons]


def test_pass():
    decided = verdict.decide(good())
    assert decided.ok and decided.reasons == [] and decided.notes == []
    assert (decided.passed, decided.failed, decided.skipped) == (2, 0, 1)


def test_facts():
    assert verdict.facts(GUEST)['debug_locks'] == ['1']
    assert verdict.facts(GUEST)['lockdep'][0] == (
        'lock-classes:                         1083 [max: 8192]')
    assert verdict.facts(CONSOLE) == {'booted': ['4711'], 'finished': ['4711']}
    assert verdict.facts(['memhp: tai', 'memhp: debug_locks=', 'x']) == {'debug_locks': ['']}


@pytest.mark.parametrize('change, expected', [
    (dict(splats=[SPLAT]), ['splat']),
    (dict(splats=[SPLAT, SPLAT]), ['splat']),
    (dict(boot=Boot('timeout', '600 s')), ['timeout']),
    (dict(boot=Boot('qemu-error', 'no such machine')), ['qemu']),
    (dict(boot=Boot('vanished')), ['qemu']),
    (dict(guest=said('finished', None)), ['unfinished']),
    (dict(guest=said('finished', '4710')), ['unfinished']),
    (dict(guest=said('booted', '4710')), ['boot']),
    (dict(guest=said('booted', None)), ['boot']),
    (dict(guest=verdict.facts(GUEST[:2])), ['unfinished']),
    (dict(guest=said('debug_locks', '0', GUEST[:-1])), ['unfinished', 'debug-locks']),
    (dict(guest=verdict.facts(GUEST + GUEST)), ['boot']),
    (dict(console=verdict.facts(CONSOLE[:1])), ['console-lost']),
    (dict(console=verdict.facts([CONSOLE[0], 'memhp: finished=471'])), ['console-lost']),
    (dict(console={}), ['console-lost', 'console-lost']),
    (dict(guest=said('debug_locks', '0')), ['debug-locks']),
    (dict(guest=said('debug_locks', '')), ['debug-locks']),
    (dict(guest=said('debug_locks', None)), ['debug-locks']),
    (dict(guest=said('lockdep', None)), ['lockdep-tables']),
    (dict(guest=said('lockdep', ' lock-classes:  8192 [max: 8192]')), ['lockdep-tables']),
    (dict(guest=said('lockdep', ' lock-classes:  7783 [max: 8192]')), ['lockdep-tables']),
    (dict(guest=said('lockdep', ' lock-classes:  7782 [max: 8192]')), []),
    (dict(guest=said('tainted', '262656')), ['taint']),
    (dict(guest=said('tainted', '128')), ['taint']),
    (dict(guest=said('tainted', '16384')), ['taint']),
    (dict(guest=said('tainted', '32')), ['taint']),
    (dict(guest=said('tainted', '4096')), []),      # out-of-tree module
    (dict(guest=said('tainted', None)), ['taint']),
    (dict(guest=said('tainted', '512'), splats=[SPLAT]), ['splat']),
    (dict(expected_skips={}), ['skip']),
    (dict(suites=['zonelist', 'storm']), ['no-result']),
    (dict(programs=['block_test', 'node_test']), ['no-result']),
    (dict(kunit=ktap.Ktap([PASS], ['1 planned, 2 seen'])), ['ktap']),
    (dict(kselftest=ktap.Ktap([SKIP], ['no plan']), programs=[]), ['ktap']),
    (dict(kunit=ktap.Ktap(), kselftest=ktap.Ktap(), suites=[], programs=[]),
     ['nothing-ran']),
    (dict(kunit=ktap.Ktap(), kselftest=ktap.Ktap([SKIP]), suites=[]), ['nothing-ran']),
])
def test_reason(change, expected):
    assert kinds(replace(good(), **change)) == expected


@pytest.mark.parametrize('status, text', [
    ('fail', 'failed: zonelist.storm: because'), ('missing', 'missing: zonelist.storm: because'),
    ('crashed', 'crashed: zonelist.storm: because')])
def test_failing_test(status, text):
    failing = ktap.Test('zonelist.storm', 'zonelist', status, 'because')
    decided = verdict.decide(replace(good(), kunit=ktap.Ktap([PASS, failing])))
    assert [(reason.kind, reason.text, reason.test) for reason in decided.reasons] == [
        (status, text, 'zonelist.storm')]
    assert (decided.passed, decided.failed, decided.skipped) == (2, 1, 1)


def test_failing_test_is_no_expected_skip():
    run = replace(good(), kselftest=ktap.Ktap([replace(SKIP, status='fail'), OTHER]))
    assert kinds(run) == ['fail']


@pytest.mark.parametrize('change, text', [
    (dict(splats=[SPLAT, SPLAT]), f'lockdep-circular: {SPLAT.title} (2 times)'),
    (dict(splats=[SPLAT]), f'lockdep-circular: {SPLAT.title}'),
    (dict(guest={}), 'the kernel did not get to userspace'),
    (dict(guest=said('booted', '4710')), 'guest.log is of another boot: 4710'),
    (dict(guest=said('debug_locks', None)),
     'lockdep is off at the end of the run: debug_locks=unknown'),
    (dict(guest=said('tainted', '640')), 'tainted (died, warning), but no report seen'),
    (dict(kunit=ktap.Ktap([PASS, replace(PASS, status='fail')])), 'failed: zonelist.order'),
])
def test_text(change, text):
    assert verdict.decide(replace(good(), **change)).reasons[0].text == text


def test_every_reason_counts_as_failed():
    failing = ktap.Test('zonelist.storm', 'zonelist', 'fail')
    decided = verdict.decide(replace(
        good(), kunit=ktap.Ktap([PASS, failing]), splats=[SPLAT], expected_skips={},
        guest=said('debug_locks', '0')))
    assert (decided.passed, decided.failed, decided.skipped) == (2, 4, 0)


def test_most_telling_reason_first():
    panic = Splat('panic', 'Kernel panic - not syncing: Fatal exception', 1, None)
    run = replace(good(), boot=Boot('timeout', '600 s'), splats=[panic],
                  guest=verdict.facts(GUEST[:2]), console=verdict.facts(CONSOLE[:1]),
                  kunit=ktap.Ktap([ktap.Test('zonelist.(test 2 of 2)', 'zonelist', 'missing')],
                                  ['2 planned, 1 seen']),
                  kselftest=ktap.Ktap())
    assert kinds(run) == ['splat', 'timeout', 'unfinished', 'missing', 'no-result', 'ktap',
                          'nothing-ran']
    assert verdict.decide(run).reasons[0].text == (
        'panic: Kernel panic - not syncing: Fatal exception')


def test_kcsan():
    race = Splat('zonelist-race', 'a writes, b reads', 1, None)
    decided = verdict.decide(kcsan(races=Races([(race, 'why')] * 2, [race])))
    assert decided.ok
    assert decided.notes == ['KCSAN reports: 2 of tolerated races on zonelists, '
                             '1 of others, not judged']


def test_a_race_that_is_not_tolerated():
    race = Splat('zonelist-race', 'a writes, b reads', 1, None)
    reason, = verdict.decide(kcsan(splats=[race])).reasons
    assert reason.text == 'zonelist-race: a writes, b reads'


@pytest.mark.parametrize('run', [kcsan('enabled: 0'), kcsan(None),
                                 replace(kcsan(), zonelists=[])])
def test_kcsan_that_proves_nothing(run):
    assert kinds(run) == ['kcsan']
    assert kinds(replace(run, sanitizer='')) == []


def test_expected_skip_that_did_not_skip_is_noted():
    run = replace(good(), expected_skips={'block_test:on_off': 'x', 'zonelist.order': 'x',
                                          'of.another_boot': 'x'})
    decided = verdict.decide(run)
    assert decided.ok
    assert decided.notes == ['expected skip did not skip: zonelist.order']


def test_known_report_explains_the_taint_and_is_noted():
    known = replace(SPLAT, kind='warning', title='WARNING: at f <- g')
    run = replace(good(), known=[(known, 'why')] * 2, guest=said('tainted', 1 << 9))
    decided = verdict.decide(run)
    assert decided.ok
    assert decided.notes == ['known report (2 times): WARNING: at f <- g']
    assert not verdict.decide(replace(run, known=[])).ok
    died = replace(run, guest=said('tainted', 1 << 9 | 1 << 7))
    assert [r.text for r in verdict.decide(died).reasons] == \
        ['tainted (died), but no report seen']


def test_what_is_left_for_good_is_noted():
    said_so = said('pending', 'node 3 zone Normal nr_isolate_pageblock: 3')
    decided = verdict.decide(replace(good(), guest=said_so))
    assert decided.ok
    assert decided.notes == ['left for good: node 3 zone Normal nr_isolate_pageblock: 3']


def test_how_long_programs_took():
    assert verdict.took({'took': ['a_test 1.50 4.00', 'b.sh 4.10 4.20']}) == \
        {'a_test': 2.5, 'b.sh': pytest.approx(0.1)}
