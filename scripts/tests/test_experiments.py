# SPDX-License-Identifier: GPL-2.0
"""What is recorded of the experiments, and how it is compared. That each of
them shows is tested with the mutants.
"""

import pytest

import console
import experiment
import mutant
import splats
from common import REPO

EXPERIMENTS = {bug.name: bug for bug in experiment.read_all()}
FIELDS = {'patch', 'what', 'kernel', 'arch', 'config', 'command', 'result',
          'sometimes', 'verdict', 'conclusion'}

LOG = '''\
[    1.000000] ------------[ cut here ]------------
[    1.000001] WARNING: CPU: 1 PID: 71 at flush_all_cpus_locked+0x17/0x1a0
[    1.000002] Modules linked in:
[    1.000003] RIP: 0010:flush_all_cpus_locked+0x17/0x1a0
[    1.000004] Call Trace:
[    1.000005]  <TASK>
[    1.000006]  ? __warn.cold+0x93/0xf2
[    1.000007]  slab_memory_callback+0x50/0x90
[    1.000008]  notifier_call_chain+0x38/0xf0
[    1.000009]  </TASK>
[    1.000010] ---[ end trace 0000000000000000 ]---
'''
REPORT = ('run/WARNING: at flush_all_cpus_locked <- slab_memory_callback <- '
          'notifier_call_chain')
FAILED = 'reference/failed: cpu_memory_test:pair.x: took 31 s'


def test_each_has_a_record():
    records = experiment.records()
    assert sorted(records.sections()) == sorted(EXPERIMENTS)
    for name, record in records.items():
        if name != 'DEFAULT':
            assert FIELDS == set(record)
            assert (REPO / record['patch']) == EXPERIMENTS[name].path
            assert f'EXPERIMENT={name}' in record['command']


@pytest.mark.parametrize('name', EXPERIMENTS)
def test_what_shows_is_recorded(name):
    lines = experiment.recorded(name)
    for seen in EXPERIMENTS[name].seen:
        if seen.how == mutant.NOTHING:
            assert not lines
        else:
            what = seen.why if seen.how == mutant.CONSOLE else seen.test
            assert any(what in line for line in lines)


@pytest.mark.parametrize('name', EXPERIMENTS)
def test_verdict_is_recorded(name):
    word, _, why = experiment.records()[name]['verdict'].partition(' - ')
    assert word == ('worse' if experiment.recorded(name) else 'inconclusive')
    assert why


def test_report_is_described():
    splat, = console.scan(LOG.splitlines())
    assert 'run/' + splats.describe(splat) == REPORT


@pytest.mark.parametrize('again', (
    REPORT + ' <- blocking_notifier_call_chain',
    FAILED.replace('31', '29'),
    'reference/lockdep table nearly full: in-flight chains: 7 of 9'))
def test_what_varies_is_no_difference(again):
    before = [REPORT, FAILED,
              'reference/lockdep table nearly full: in-flight chains: 8 of 9']
    assert not [d for d in experiment.compare([again], before)
                if d.startswith('  new')]


@pytest.mark.parametrize('other', (
    REPORT.replace('slab_memory_callback', 'kmem_cache_shrink'),
    REPORT.replace('run/', 'reference/'),
    FAILED.replace('pair.x', 'pair.y')))
def test_what_differs_is_named(other):
    assert experiment.compare([other], [REPORT, FAILED]) == [
        f'  new: {other}', f'  did not come: {REPORT}',
        f'  did not come: {FAILED}']


def test_nothing_differs():
    assert not experiment.compare([FAILED, REPORT], [REPORT, FAILED])


def test_what_races_may_come_or_not():
    assert not experiment.compare([FAILED], [FAILED], [REPORT])
    assert not experiment.compare([FAILED, REPORT], [FAILED], [REPORT])


def test_what_an_oops_keeps_from_coming_is_left_out(tmp_path):
    for boot, log in (('run', 'Kernel panic - not syncing: Fatal exception\n'),
                      ('reference', LOG)):
        (tmp_path / boot).mkdir()
        (tmp_path / boot / 'console.log').write_text(log)
    found = {'reasons': [{'kind': kind, 'text': f'{boot}/{kind}'}
                         for boot in ('run', 'reference')
                         for kind in ('fail', 'missing', 'splat')]}
    assert experiment.wrong(found, tmp_path) == [
        'run/fail', 'reference/fail', 'reference/missing',
        REPORT.replace('run/', 'reference/')]
