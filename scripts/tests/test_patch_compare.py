# SPDX-License-Identifier: GPL-2.0
"""What makes a patch better or worse, on made-up facts of two kernels."""

import pytest

import patch_compare
import patch_text
from patch_compare import BETTER, INCONCLUSIVE, SAME, WORSE

TEST = 'memory_block_test:block.online'
FLUSH = {
    'kind': 'report', 'key': 'WARNING: at flush_all_cpus_locked <- slab',
    'text': 'WARNING: at flush_all_cpus_locked <- slab_memory_callback <- '
            'offline_pages', 'place': 'flush_all_cpus_locked+0x17/0x1a0',
    'callers': ['slab_memory_callback+0x4a/0x1c0',
                'offline_pages+0x1cc/0x810', 'state_store+0x61/0x90'],
    'lines': ['WARNING: CPU: 1'], 'test': 'memory_block_test'}
HANG = {**FLUSH, 'kind': 'hang', 'key': 'hang', 'test': '', 'callers': [],
        'text': 'no end after 54 s; last on the console: init_thing'}
NOT_HELD = {'path': 'memory-offline', 'function': 'offline_pages',
            'lock': 'cpu_hotplug_lock',
            'what': 'not held by lockset_test: functions.ini: [offline_pages]'}
SITES = [{'function': 'flush_all_cpus_locked', 'uses': ['assertion'],
          'class': 'needs', 'why': 'SLUB has every CPU give back its slabs',
          'paths': {
              'memory-offline': ['memory_subsys_offline', 'offline_pages',
                                 'flush_all_cpus_locked']}}]


def boot(tests=None, problems=(), ended='', userspace=True, seconds=10.0):
    return {'seconds': seconds, 'limit': None, 'userspace': userspace,
            'ended': ended, 'last': '', 'suites': {}, 'races': 0,
            'tests': {name: [status, 'why'] for name, status in
                      (tests or {TEST: 'pass'}).items()},
            'problems': list(problems)}


def locks(*findings, **rows):
    return {'boot': 'hidden-memory', 'findings': list(findings),
            'rows': {'memory-offline': rows}, 'order': [], 'cycle': 40.0}


def facts(*boots, held=None, failures=(), sites=SITES):
    names = ('reference', 'hidden-memory')
    return {'boots': dict(zip(names, boots or (boot(), boot()))),
            'locks': held or locks(),
            'audit': {'failures': list(failures), 'sites': sites,
                      'reached': {'offline_pages': ['memory-offline']}}}


def judged(new, base=None, again=(True, False)):
    """The verdict, what it rests on, and all Changes, where what was repeated
    came so.
    """
    base = base or facts()
    changes = patch_compare.compare(base, new)
    for own in patch_compare.to_repeat(changes).values():
        for change in own:
            change.again = again
    return *patch_compare.decide(changes), changes


def test_nothing_differs():
    assert judged(facts()) == (SAME, None, [])


@pytest.mark.parametrize('status', ['fail', 'crashed', 'missing', 'skip',
                                    'unexpected skip'])
def test_test_that_passed(status):
    word, change, _ = judged(facts(boot({TEST: status})))
    assert word == WORSE
    assert change.text == f'{TEST}: pass -> {status}: why'
    assert change.boots == ['reference']


def test_test_that_is_gone():
    word, change, _ = judged(facts(boot({'other': 'pass'})))
    assert (word, change.now) == (WORSE, 'missing')


def test_test_that_failed_before_and_crashes_now():
    word, *_ = judged(facts(boot({TEST: 'crashed'})),
                      facts(boot({TEST: 'fail'})))
    assert word == WORSE


def test_test_that_failed_as_before():
    failing = facts(boot({TEST: 'fail'}))
    assert judged(failing, failing)[0] == SAME


def test_test_that_passes_now():
    word, change, _ = judged(facts(), facts(boot({TEST: 'fail'})),
                             again=(False, True))
    assert (word, change.text) == (BETTER, f'{TEST}: fail -> pass: why')
    assert change.evidence() == ('in 2 of 2 boots of the baseline, never on '
                                 'the patched kernel')


def test_something_better_and_something_worse():
    word, *_ = judged(facts(boot({'a': 'pass', 'b': 'fail'})),
                      facts(boot({'a': 'fail', 'b': 'pass'})))
    assert word == WORSE


@pytest.mark.parametrize('again', [(False, False), (True, True)])
def test_what_does_not_repeat_is_unclear(again):
    word, change, changes = judged(facts(boot({TEST: 'fail'})), again=again)
    assert word == INCONCLUSIVE
    why = patch_text.why(word, change, changes, {})
    assert f'in {1 + again[0]} of 2 boots of the patched kernel' in why
    assert ('once on the baseline' in why) == again[1]


def test_baseline_that_does_not_fail_again_is_not_better():
    word, *_ = judged(facts(), facts(boot({TEST: 'fail'})),
                      again=(False, False))
    assert word == SAME


def test_after_an_oops_nothing_is_missed():
    *_, changes = judged(facts(boot({TEST: 'missing'}, [FLUSH], 'oops')))
    assert [c.kind for c in changes] == ['report']


def test_new_report_and_the_rule_it_is_about():
    word, change, changes = judged(facts(
        boot(problems=[FLUSH]), boot(problems=[FLUSH]), held=locks(NOT_HELD)))
    assert word == WORSE
    assert change.boots == ['reference', 'hidden-memory']
    assert patch_text.why(word, change, changes, {}) == (
        'offline_pages() now runs without cpu_hotplug_lock; '
        'flush_all_cpus_locked() requires cpu_hotplug_lock: WARNING: at '
        'flush_all_cpus_locked, first seen in memory_block_test; rule '
        'sites.ini: [flush_all_cpus_locked]; in 2 of 2 boots of the patched '
        'kernel, and in 1 other boot, never on the baseline')
    assert change.rule[1] == SITES[0]['why']


def test_report_that_the_baseline_has():
    known = facts(boot(), boot(problems=[FLUSH]))
    assert judged(facts(boot(problems=[FLUSH])), known)[0] == SAME


def test_report_that_is_gone():
    word, change, _ = judged(facts(), facts(boot(problems=[FLUSH])),
                             again=(False, True))
    assert (word, change.kind) == (BETTER, 'report')


def test_hang():
    word, change, changes = judged(facts(
        boot({TEST: 'missing'}, [HANG], 'time limit', userspace=False)))
    assert word == WORSE and len(changes) == 1
    assert 'hangs: no end after 54 s; last on the console: init_thing' in \
        patch_text.why(word, change, changes, {})


def test_lock_that_is_missed():
    word, change, _ = judged(facts(held=locks(NOT_HELD)))
    assert word == WORSE
    assert change.text == (
        'cpu_hotplug_lock: not held any more in offline_pages, on '
        'memory-offline; flush_all_cpus_locked() needs it on memory-offline')
    assert change.rule[0] == 'functions.ini: [offline_pages]'


def test_lock_that_nothing_needs():
    word, change, _ = judged(facts(held=locks(
        {**NOT_HELD, 'path': 'memory-add'})))
    assert word == INCONCLUSIVE
    assert 'nothing that the audit knows needs it there' in change.text


def test_other_lock_is_missed_everywhere():
    word, *_ = judged(facts(held=locks(
        {**NOT_HELD, 'lock': 'mem_hotplug_lock', 'path': 'memory-add'})))
    assert word == WORSE


@pytest.mark.parametrize('what, verdict', [
    ('taken with slab_mutex held, against their order in locks.ini', WORSE),
    ('held for r, not for w, by x, taken in y: rule', WORSE),
    ('must never be held, but is by x', INCONCLUSIVE),
    ('held unexpectedly by x', INCONCLUSIVE),
    ('never entered', INCONCLUSIVE),
    ('entered by x, but functions.ini does not have it there', INCONCLUSIVE),
    ('something that nobody has thought of', INCONCLUSIVE)])
def test_locksets_that_changed(what, verdict):
    word, *_ = judged(facts(held=locks(
        {**NOT_HELD, 'lock': 'mem_hotplug_lock', 'what': what})))
    assert word == verdict


def test_locksets_are_not_recorded_any_more():
    word, change, _ = judged(facts(held={'boot': 'hidden-memory',
                                         'why': 'no record'}))
    assert (word, change.text) == (INCONCLUSIVE, 'locksets: no record')


def test_rows_and_order_that_changed():
    before, after = locks(slab_mutex='-'), locks(slab_mutex='w')
    after['order'] = [['a', 'b', False]]
    assert patch_compare.changed_rows(before, after) == [
        'memory-offline: slab_mutex - -> w', 'order: a before b is new']
    assert judged(facts(held=after), facts(held=before))[0] == SAME


@pytest.mark.parametrize('failure, verdict', [
    ('unclassified: kswapd_run uses CPU masks: a -> b', INCONCLUSIVE),
    ('sites.ini: [x]: vanished: it uses cpu_hotplug_lock no more, or',
     INCONCLUSIVE),
    ('sites.ini: [x]: vanished: it uses CPU masks no more, or', SAME)])
def test_audit_failures(failure, verdict):
    assert judged(facts(failures=[failure]))[0] == verdict
    known = facts(failures=[failure])
    assert judged(known, known)[0] == SAME


def test_sites_that_appeared_or_vanished():
    other = {**SITES[0], 'function': 'kswapd_run', 'uses': ['CPU masks']}
    assert [(sign, site['function'], kind) for sign, site, kind in
            patch_compare.changed_sites(
                facts()['audit'], facts(sites=[other])['audit'])] == [
        ('-', 'flush_all_cpus_locked', 'assertion'),
        ('+', 'kswapd_run', 'CPU masks')]


def test_slow_is_no_reason():
    slow = facts(boot(seconds=50.0), boot())
    assert judged(slow)[0] == SAME
    assert patch_compare.timings(facts(), slow)[0] == \
        ('boot reference', 10.0, 50.0)


@pytest.mark.parametrize('again, came', [
    (boot({TEST: 'fail'}), True), (boot({TEST: 'crashed'}), True),
    (boot(), False), (boot({TEST: 'missing'}, ended='oops'), False)])
def test_failure_that_comes_again(again, came):
    change, = judged(facts(boot({TEST: 'fail'})))[2]
    assert patch_compare.came(change, again, None) == came


def test_test_that_crashes_before_its_parameters_are_known():
    new = facts(boot({TEST: 'pass', 'case': 'crashed'}))
    word, change, _ = judged(new)
    assert (word, change.test, change.was) == (WORSE, 'case', 'absent')
    assert patch_compare.came(change, new['boots']['reference'], None)
    assert not patch_compare.came(change, boot(), None)


def test_report_that_comes_again():
    change, = judged(facts(boot(problems=[FLUSH])))[2]
    assert patch_compare.came(change, boot(problems=[FLUSH]), None)
    assert not patch_compare.came(change, boot(problems=[HANG]), None)


def test_lockset_that_comes_again():
    change, = judged(facts(held=locks(NOT_HELD)))[2]
    assert patch_compare.came(change, boot(), locks(NOT_HELD))
    assert not patch_compare.came(change, boot(), locks())


def test_what_the_same_rests_on():
    found = {'patched': facts(), 'changed': {'mm/memory_hotplug.o': [
        'offline_pages', 'quiet']}}
    assert patch_text.why(SAME, None, [], found) == (
        '2 tests in 2 boots as before; changed and on hotplug paths: '
        'offline_pages; changed and not covered by any path: quiet')
    assert "machine code is the baseline's" in patch_text.why(
        SAME, None, [], {**found, 'changed': {}})
    assert 'data alone, of mm/slub.o' in patch_text.why(
        SAME, None, [], {**found, 'changed': {'mm/slub.o': []}})
