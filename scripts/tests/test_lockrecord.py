# SPDX-License-Identifier: GPL-2.0
"""What lockset_test records is compared with rules: each way in which it can
depart from them is seen, and named.
"""

import json
import re
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace

import pytest

import judge
import locks_doc
import lockrecord
import lockrules
import locksets
import locktable
import pipeline
import rst
import rules
import suites
import verdict
from arches import ARCHES
from common import REPO, Fatal
from formats import check_kcidb

KERNEL = rules.Kernel('6.12.1', 'x86_64')

LOCKS = '''
[outer]
title = outer_lock
kind = mutex
lockdep = outer_lock
order = 10
known = device
[inner]
title = inner_lock
kind = percpu-rwsem
lockdep = (inner).rwsem
order = 20
[device]
title = device lock
kind = device lock
lockdep = &dev->mutex(memory)
order = 5
[file]
title = file
kind = annotation
lockdep = kn->active
'''
PATHS = '''
[go]
title = goes
drive = go
[other]
title = needs something
config = NOT_THERE
drive = other
'''
BYSTANDERS = '''
[come]
title = comes
drive = come
'''
FUNCTIONS = '''
[* / go]
must = device
may = file
[begin]
paths = go come
never = outer inner
[work]
paths = go come
must = outer inner:r
[work / come]
must = outer inner:w
[clean]
paths = go
sometimes = come
must = outer
may = inner:r
'''

RIGHT = '''\
# # memhp: lockset=go test begin 1 kn->active:rt:get &dev->mutex(memory):w:online
# # memhp: lockset=go test work 2 &dev->mutex(memory):w:online outer_lock:w:down (inner).rwsem:r:begin
# # memhp: lockset=go kworker/0:1 clean 1 &dev->mutex(memory):w:online outer_lock:w:down
# # memhp: lockset=come cpuhp/2 begin 1
# # memhp: lockset=come cpuhp/3 begin 1
# # memhp: lockset=come cpuhp/2 work 1 outer_lock:w:down (inner).rwsem:w:begin [module]
# # memhp: lockset=overhead test work 9 outer_lock:w:down
# # memhp: lockset=come cpuhp/2 clean 1 outer_lock:w:down &dev->mutex(memory):w:add
# # memhp: lockset=overflow 0
# # memhp: lockset=missed 0
# # memhp: lock-order=outer_lock -> (inner).rwsem via some_lock
# # memhp: lock-order=outer_lock -> unrelated
# # memhp: lockset-overhead=1000 1500
# # memhp: lockset-overhead=2000 2200
# # memhp: lockset-overhead=3000 9000
'''.replace('outer_lock:w:down &dev->mutex(memory):w:add', 'outer_lock:w:down')
# The order that is known: outer, then device.
KNOWN = ('# # memhp: lockset=come kworker/u8:3 clean 1 '
         'outer_lock:w:down &dev->mutex(memory):w:add\n')


@pytest.fixture
def folder(tmp_path):
    for name, text in (('locks', LOCKS), ('paths', PATHS),
                       ('bystanders', BYSTANDERS),
                       ('functions', FUNCTIONS)):
        (tmp_path / f'{name}.ini').write_text(text)
    return tmp_path


def chosen(folder, kernel=KERNEL):
    return lockrules.LockRules(kernel, folder)


def findings(folder, text, here=('go', 'come')):
    """What is wrong, as text."""
    mine = chosen(folder)
    record = lockrecord.parse(text.splitlines(), mine)
    found = locksets.compare(record, mine, here)
    return [str(f) for all_ in found.values() for f in all_]


@pytest.fixture
def right(folder):
    """The rules that allow the known order on its path, and its record."""
    (folder / 'functions.ini').write_text(
        FUNCTIONS + '[clean / come]\nmay = inner:r device\n')
    return RIGHT + KNOWN


def test_what_the_rules_have_passes(folder, right):
    assert findings(folder, right) == []


def test_a_path_that_this_kernel_lacks_is_not_expected(folder, right):
    mine = chosen(folder)
    assert locksets.paths_here(mine, 'CONFIG_X=y\n') == ['go', 'come']
    assert 'other' in locksets.paths_here(mine, 'CONFIG_NOT_THERE=m\n')


@pytest.mark.parametrize('old, new, said', [
    # A lock is missing.
    ('work 2 &dev->mutex(memory):w:online outer_lock:w:down ',
     'work 2 &dev->mutex(memory):w:online ',
     'go, work, outer: not held by test'),
    # One that the path takes, on all functions.
    ('work 2 &dev->mutex(memory):w:online ', 'work 2 ',
     'go, work, device: not held by test'),
    # It is held in the wrong mode.
    ('(inner).rwsem:r:begin', '(inner).rwsem:w:begin',
     'go, work, inner: held for w, not for r, by test, taken in begin'),
    ('clean 1 &dev->mutex(memory):w:online outer_lock:w:down',
     'clean 1 &dev->mutex(memory):w:online outer_lock:w:down '
     '(inner).rwsem:w:early',
     'go, clean, inner: held for w, not for r, by kworker, taken in early'),
    # One more is held.
    ('come cpuhp/2 begin 1', 'come cpuhp/2 begin 1 kn->active:r:get',
     'come, begin, file: held unexpectedly by cpuhp, taken in get'),
    # And its absence matters.
    ('go test begin 1', 'go test begin 1 outer_lock:w:early',
     'go, begin, outer: must never be held, but is by test, taken in early'),
    # A function is not entered any more, or somewhere else.
    ('go kworker/0:1 clean', 'come kworker/0:1 clean',
     'go, clean: never entered'),
    ('go test begin', 'go test begun', 'go, begun: entered by test'),
    # The order is another one.
    ('outer_lock:w:down (inner).rwsem:r:begin',
     '(inner).rwsem:r:begin outer_lock:w:down',
     'outer: taken with inner held, against their order in locks.ini (go, '
     'work: down)'),
    ('lock-order=outer_lock -> (inner).rwsem via some_lock',
     'lock-order=(inner).rwsem -> outer_lock via some_lock',
     'outer: taken with inner held, against their order in locks.ini '
     '(lockdep, via some_lock)'),
    # What is known is not there any more.
    (KNOWN, '', 'device: locks.ini knows it to be taken with outer held, but '
     'it never is'),
    # Not all is recorded.
    ('overflow 0', 'overflow 3', 'overflow: 3 entries were not recorded'),
    ('missed 0', 'missed 1', 'missed: 1 entries were not recorded'),
])
def test_each_departure_is_named(folder, right, old, new, said):
    assert old in right
    found = findings(folder, right.replace(old, new))
    assert any(said in f for f in found), found


def test_a_lock_that_is_only_tried_is_no_order(folder, right):
    text = right + ('# # memhp: lockset=go test clean 1 '
                    '&dev->mutex(memory):w:online (inner).rwsem:r:a '
                    'outer_lock:wt:sysfs\n')
    assert findings(folder, text) == []


def test_a_path_that_was_not_taken_is_missed(folder, right):
    lines = [x for x in right.splitlines(True) if 'lockset=come' not in x]
    found = findings(folder, ''.join(lines))
    assert 'come, begin: never entered' in found
    # It is not said of what may be left out.
    assert 'come, clean: never entered' not in found


@pytest.mark.parametrize('text, said', [
    ('', 'did not get as far'),
    (RIGHT + 'memhp: lockset=failed ENODATA\n', 'recorded: ENODATA'),
    (RIGHT + 'memhp: lockset=go test work 1 what:w:here\n', 'locks.ini does'),
])
def test_an_incomplete_record_is_refused(folder, text, said):
    with pytest.raises(Fatal, match=said):
        findings(folder, text)


@pytest.mark.parametrize('name, text, said', [
    ('functions', FUNCTIONS + '[more]\npaths = nowhere\n', 'no path "nowhere"'),
    ('functions', FUNCTIONS + '[begin / other]\nmust = outer\n',
     r'\[begin\] does not have that path'),
    ('functions', FUNCTIONS + '[more]\nmust = nothing\npaths = go\n',
     'no lock "nothing"'),
    ('functions', FUNCTIONS + '[more]\nmust = outer:x\npaths = go\n',
     'neither in ":r" nor'),
    ('functions', FUNCTIONS + '[more]\nmsut = outer\n', 'unknown key'),
    ('functions', FUNCTIONS.replace('[clean]', '[clean @new]\npaths = go\n'
                                    'kernels = 6.6..\n[clean]'),
     'both hold for'),
    ('functions', FUNCTIONS + '[more]\nkernels = 6.x\n', 'not a range'),
    ('locks', LOCKS.replace('known = device', 'known = x'), 'no lock "x"'),
    ('locks', LOCKS.replace('order = 10', 'order = first'), 'is no number'),
])
def test_a_mistake_in_the_rules_is_named(folder, name, text, said):
    (folder / f'{name}.ini').write_text(text)
    with pytest.raises(Fatal, match=said):
        chosen(folder)


def test_a_rule_of_other_versions_does_not_hold(folder, right):
    """A range that ends too early leaves the function without a rule."""
    text = FUNCTIONS.replace('[begin]', '[begin]\nkernels = ..6.11')
    (folder / 'functions.ini').write_text(text)
    found = findings(folder, right)
    assert any('go, begin: entered by test, but functions.ini' in f
               for f in found)


def test_table_and_order(folder, right):
    mine = chosen(folder)
    record = lockrecord.parse(right.splitlines(), mine)
    assert locktable.data(locktable.rows(record, mine), mine)['paths'][0] == {
        'path': 'go', 'title': 'goes', 'held': {
            'outer': 'w', 'inner': 'r', 'device': 'w', 'file': 'r'}}
    assert dict(locktable.rows(record, mine)) == {
        'go': {'outer': 'w', 'inner': 'r', 'device': 'w', 'file': 'r'},
        'come': {'outer': 'w', 'inner': 'w', 'device': 'w', 'file': '-'}}
    pairs = locktable.order(record, mine)
    # That device comes before inner follows.
    assert pairs == [('device', 'outer', False), ('outer', 'inner', False),
                     ('outer', 'device', True)]
    assert '\touter -> device [style=dashed, constraint=false];' in \
        locktable.dot(pairs, mine).splitlines()
    lines = locktable.text(record, mine)
    assert re.fullmatch(r'go +w +r +w +r +3 +4', lines[1])


def test_what_is_checked_in_can_be_read_back(folder, right, tmp_path):
    mine = chosen(folder)
    record = lockrecord.parse(right.splitlines(), mine)
    path = tmp_path / 'observed.ini'
    path.write_text(locktable.as_ini(record, mine))
    assert locktable.observed(path, mine) == (
        locktable.rows(record, mine), locktable.order(record, mine))
    # No number of what was counted or measured.
    assert not re.search(r'= *\d', path.read_text())


def test_what_is_checked_in_has_to_be_current(folder, right, tmp_path):
    mine = chosen(folder)
    record = lockrecord.parse(right.splitlines(), mine)
    path = tmp_path / 'observed.ini'
    # Of a kernel that nobody has recorded yet, there is none.
    assert not locksets.stale(record, mine, path)
    text = locktable.as_ini(record, mine)
    path.write_text(text)
    assert not locksets.stale(record, mine, path)
    path.write_text(text.replace('outer = w', 'outer = r', 1))
    assert locksets.stale(record, mine, path)


def test_overhead_is_a_ratio_of_medians(folder, right):
    record = lockrecord.parse(right.splitlines(), chosen(folder))
    assert record.overhead() == (2.0, 2.2, 1.1)


@pytest.mark.parametrize('arch', ARCHES)
def test_each_driven_path_has_its_case_and_a_rule(arch):
    mine = lockrules.LockRules(rules.Kernel('6.12.1', arch))
    cases = {c.removeprefix('lockset.')
             for c in suites.cases(REPO, locksets.PROGRAM)}
    assert set(mine.driven().values()) <= cases - {lockrules.OVERHEAD}
    # On what is here the reference, each case but the measurement has a path.
    assert arch != KERNEL.arch or \
        set(mine.driven().values()) == cases - {lockrules.OVERHEAD}
    source = (REPO / 'tools/testing/selftests' / suites.COLLECTION /
              f'{locksets.PROGRAM}.c').read_text()
    for path in mine.driven():
        assert f'"{path}"' in source
    ruled = {path for path, _ in mine.expected}
    assert set(mine.driven()) <= ruled <= set(mine.paths)


@pytest.mark.parametrize('kernel', locks_doc.recorded(), ids=str)
def test_what_is_checked_in_has_each_driven_path(kernel):
    table, _, mine = locks_doc.observed(kernel)
    assert [path for path, _ in table] == list(mine.driven())


def test_commits_are_in_the_history():
    known = {r.name for r in rules.read(
        'history', ('locks',), ('title', 'date', 'release', 'what',
                                'verified'))}
    for subject in ('locks', 'functions'):
        text = (rules.RULES / f'{subject}.ini').read_text()
        for line in re.findall(r'^history = (.*)', text, re.M):
            assert set(line.split()) <= known


def test_documentation_has_each_lock_and_each_path():
    mine = lockrules.LockRules(KERNEL)
    for lock in mine.locks.values():
        assert rst.sentence(lock.title) in locks_doc.locks(KERNEL)
    table = locks_doc.paths(KERNEL, ('device_hotplug_lock',
                                     'cpu_hotplug_lock'))
    assert table.count('   * - ') == 1 + len(mine.driven())
    # One can only be held or not, the other one for reading, too.
    assert re.search(r'     - yes\n     - read\n', table)
    assert 'mem_hotplug_lock -> memory_device_lock [style=dashed' in \
        locks_doc.order_figure(KERNEL)
    assert 'flush_all_cpus_locked()' in locks_doc.functions(KERNEL)


@pytest.mark.parametrize('line, held', [
    ('memory-online lockset_test online_pages 1 '
     'device_hotplug_lock:w:lock_device_hotplug', {'device_hotplug_lock': 'w'}),
    # A run without lockset_test, or with one that did not get to its end.
    ('overflow 0', None), ('failed 5', None), ('memory-online lockset_t', None)])
def test_a_run_says_which_locks_were_held(line, held):
    lines = [f'# # memhp: lockset={text}' for text in (
        [line, 'overflow 0', 'missed 0'] if held else [line])]
    built = SimpleNamespace(tree=SimpleNamespace(release='6.12.117'),
                            kbuild=SimpleNamespace(arch='x86_64'))
    found = judge.locksets(built, lines)
    if not held:
        assert found is None
        return
    path, = found['paths']
    assert (path['path'], path['held']) == ('memory-online', held)
    assert found['locks']['device_hotplug_lock'] == 'device_hotplug_lock'


@pytest.mark.parametrize('record, said', [
    (RIGHT + KNOWN, []),
    (RIGHT.replace('work 1 outer_lock:w:down ', 'work 1 ') + KNOWN,
     ['come, work, outer: not held by cpuhp: functions.ini: [work / come]'])])
def test_command_leaves_a_report(folder, right, tmp_path, monkeypatch, capsys,
                                 record, said):
    @contextmanager
    def results_folder(conf, name):
        yield tmp_path
    (tmp_path / 'guest.log').write_text(record)
    (tmp_path / '.config').write_text('')
    built = SimpleNamespace(
        tree=SimpleNamespace(release='6.12.1', source='linux', commit=''),
        machine_name='reference',
        kbuild=SimpleNamespace(arch='x86_64', sanitizer='', obj=tmp_path,
                               here=tmp_path))
    booted = SimpleNamespace(accel='tcg',
                             outcome=SimpleNamespace(console_end=None))
    run = verdict.Run(nonce='1', boot=verdict.Boot('exited'), guest={},
                      console={})
    mine = chosen(folder)
    for where, what, gives in (
            (pipeline, 'results_folder', results_folder),
            (pipeline, 'build', lambda *_: built),
            (pipeline, 'run_scenario', lambda *_: booted),
            (locksets, 'plan',
             lambda *_: SimpleNamespace(selection=None)),
            (locksets, 'locked', lambda _: nullcontext()),
            (lockrules, 'LockRules', lambda _: mine),
            (locktable, 'observed_path', lambda _: tmp_path / 'none.ini'),
            (judge, 'judge', lambda *_: (run, verdict.Verdict(
                1, 0, 0, [], [])))):
        monkeypatch.setattr(where, what, gives)
    assert locksets.main() == bool(said)
    assert capsys.readouterr().out.splitlines()[-1].endswith(
        f' passed, {len(said)} failed, 0 skipped')
    found = json.loads((tmp_path / 'results.json').read_text())
    assert [r['text'] for r in found['reasons']] == said
    assert found['counts']['failed'] == len(said)
    page = (tmp_path / 'report.html').read_text()
    assert ('FAILED: ' in page) == bool(said)
    check_kcidb(json.loads((tmp_path / 'kcidb.json').read_text()))
