# SPDX-License-Identifier: GPL-2.0
"""The kill matrix: what is run for a mutant and in which order, what counts as
found by a test, and a whole run over a folder with one mutant of each fate.
"""

import json
import re
import shutil
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

import kill
import kill_page
import kill_rows
import kill_watch
import killmatrix
import killplan
import mutant
import patching
import scenarios
import suites
from common import REPO, Fatal, child_env
from test_report import check_self_contained
from verdict import Reason

HEADER = ('// class: {}\n// file: {}\n// history: synthetic\n'
          '// observe: {}\n')
HISTORY = re.compile(r'synthetic\b|([0-9a-f]{12} \()?".+"\)?$')
MATRIX = re.compile(r'(\d+) killed, (\d+) survived, (\d+) not applicable')


# Who has found nothing yet.
NOBODY = killplan.Experience([])


def bug(files, *tests, name='x', path=Path()):
    return mutant.Mutant(path, name, files,
                         [mutant.Observation(t, '', '') for t in tests])


def test_header(tmp_path):
    path = tmp_path / 'a.cocci'
    path.write_text(HEADER.format('lock dropped', 'mm/a.c mm/b.c',
                                  'suite.case: fails') +
                    '// arch: powerpc (others have no such code)\n'
                    '// needs: CONFIG_NUMA, and CONFIG_FOO for the rest\n')
    found = mutant.read(path)
    assert (found.kind, found.files) == ('lock dropped', ['mm/a.c', 'mm/b.c'])
    assert found.seen == [mutant.Observation('suite.case', '', 'fails')]
    path.write_text('@@\n@@\n')
    with pytest.raises(Fatal, match='which file'):
        mutant.read(path)


@pytest.mark.parametrize('path', mutant.paths(mutant.MUTANTS),
                         ids=lambda p: p.stem)
def test_header_of_ours(path):
    ours = mutant.read(path)
    assert ours.kind and HISTORY.match(ours.history), ours
    assert bool(ours.seen) != bool(ours.unseen)


def test_diff_says_its_files(tmp_path):
    path = tmp_path / 'a.patch'
    path.write_text('// class: x\n\n--- a/mm/a.c\n+++ b/mm/a.c\n@@ -1 +1 @@\n'
                    '-a\n+b\n--- /dev/null\n+++ b/mm/b.c\n')
    assert mutant.read(path).files == ['mm/a.c', 'mm/b.c']


@pytest.mark.parametrize('header, config, why', [
    ('arch: powerpc', '', 'for powerpc'), ('arch: x86', '', ''),
    ('arch: any', '', ''), ('arch: all of them', '', ''),
    ('needs: CONFIG_A and CONFIG_B', 'CONFIG_A=y\nCONFIG_B=m\n',
     'needs CONFIG_B'),
    ('needs: CONFIG_A', 'CONFIG_A=y\n', ''), ('needs: two nodes', '', '')])
def test_inapplicable(tmp_path, header, config, why):
    for arch in ('powerpc', 'x86'):
        (tmp_path / 'arch' / arch).mkdir(parents=True)
    path = tmp_path / 'a.cocci'
    path.write_text(f'// file: mm/a.c\n// {header}\n')
    assert mutant.read(path).inapplicable('x86_64', config, tmp_path) == why


@pytest.fixture
def source(tmp_path):
    """A tree with one file, whose other name stands for the original."""
    tree = tmp_path / 'tree'
    tree.mkdir()
    (tree / 'a.c').write_text('int a;\nint b;\n')
    (tmp_path / 'original').hardlink_to(tree / 'a.c')
    yield tree
    assert (tmp_path / 'original').read_text() == 'int a;\nint b;\n'
    assert [p.name for p in tree.iterdir()] == ['a.c']


SED = '// class: x\n// file: a.c\ns/int b/long b/\n'
PATCH = '--- a/a.c\n+++ b/a.c\n@@ -1,2 +1,2 @@\n int a;\n-int b;\n+long b;\n'
COCCI = '@@\n@@\n- int b;\n+ long b;\n'


@pytest.mark.parametrize('name, text', [
    ('a.sed', SED), ('a.patch', PATCH), ('a.cocci', COCCI)])
def test_each_kind_of_patch(source, tmp_path, name, text):
    (tmp_path / name).write_text(text)
    patching.apply(tmp_path / name, ['a.c'], source)
    assert (source / 'a.c').read_text() == 'int a;\nlong b;\n'


@pytest.mark.parametrize('name, text, why', [
    ('a.sed', 's/c/d/', 'changes nothing in a.c'),
    ('a.sed', 's/c', 'does not apply'),
    ('a.patch', PATCH.replace('int a', 'int c'), 'does not apply'),
    ('a.cocci', COCCI.replace('int b', 'int c'), 'changes nothing in a.c'),
    ('a.cocci', '@@\n- int b\n', 'does not apply')])
def test_patch_that_does_not_apply(source, tmp_path, name, text, why):
    (tmp_path / name).write_text(text)
    with pytest.raises(Fatal, match=why):
        patching.apply(tmp_path / name, ['a.c'], source)
    assert (source / 'a.c').read_text() == 'int a;\nint b;\n'


@pytest.fixture
def plan(conf, tree):
    return scenarios.plan(conf.arch, suites.select('', tree), tree)


def test_each_test_is_run_once(plan):
    quick, rest = killplan.boots(plan, bug(['mm/slub.c']), NOBODY, {})
    for kunit in (True, False):
        run = [(s.name.partition('-')[2], name) for s in [*quick, *rest]
               for name in (s.selection.suites if kunit
                            else s.selection.programs)]
        assert sorted(run) == sorted(
            (u.scenario, u.name) for u in killplan.units(plan)
            if u.kunit == kunit)
    # Nothing that removes memory behind ACPI's back runs with an eject.
    assert not any(s.selection.suites and s.selection.programs
                   for s in [*quick, *rest])


def test_what_found_the_like_comes_first(plan):
    known = killplan.Experience([bug(['mm/slub.c'], 'rollback_test:x'),
                                 bug(['mm/other.c'], 'zonelist.x', name='y')])
    quick, _ = killplan.boots(plan, bug(['mm/slub.c'], name='z'), known, {})
    assert quick[0].selection.programs[0] == 'rollback_test'
    quick, _ = killplan.boots(plan, bug(['mm/other.c'], name='z'), known, {})
    assert quick[0].selection.suites[0] == 'zonelist'
    # What a mutant of this name has met does not count.
    quick, _ = killplan.boots(plan, bug(['mm/slub.c']), known, {})
    assert quick[0].selection.suites[0] == 'zonelist'


def test_same_code_says_more_than_same_file(plan, tmp_path):
    def changes(name, what, *tests):
        path = tmp_path / f'{name}.cocci'
        path.write_text(f'// of no_code\n@@\n@@\n{what}(...);\n')
        return bug(['mm/a.c'], *tests, name=name, path=path)
    known = killplan.Experience([
        changes('x', 'online_one', 'rollback_test:x'),
        changes('y', 'offline_one', 'node_test:x', 'no_such_test:x'),
        changes('z', 'no_code', 'zonelist.x')])
    for what, first in (('online_one', 'rollback_test'),
                        ('offline_one', 'node_test')):
        quick, _ = killplan.boots(plan, changes('new', what), known, {})
        assert quick[0].selection.programs[0] == first


def test_what_a_mutant_names_goes_first(plan, conf, tree):
    def named(*tests):
        return killplan.by_its_own_word(bug(['mm/a.c'], *tests), all_tests,
                                        tree)
    all_tests = replace(conf, tests='')
    assert not named() and not named('warning in the log') and \
        not named('no_such_test:x')
    assert not killplan.by_its_own_word(
        bug(['mm/a.c'], 'zonelist.x'), replace(conf, tests='dimm_test'), tree)
    quick, rest = killplan.boots(
        plan, bug(['mm/a.c']), NOBODY, {},
        named('dimm_test:dimm.plug_to_every_node', 'zonelist.x'))
    first = quick[0].selection
    assert (first.suites, first.programs, first.cases) == \
        ([], ['dimm_test'], ('dimm_test:dimm.plug_to_every_node',))
    again = [s for s in [*quick[1:], *rest]
             if 'dimm_test' in s.selection.programs]
    assert {s.name.partition('-')[2] for s in again} == \
        {'reference', 'driver-memory'}


def test_quick_boots_are_quick(plan):
    for slowness in (1, 10):
        seconds = {(u.scenario, u.name): slowness * 0.5
                   for u in killplan.units(plan)}
        seconds['reference', 'zonelist'] = slowness * 150.0
        quick, rest = killplan.boots(plan, bug(['mm/slub.c']), NOBODY, seconds)
        assert len(quick) == 3
        for s in quick:
            tests = s.selection.suites + s.selection.programs
            assert 'zonelist' not in tests
        assert any('zonelist' in s.selection.suites for s in rest)


def test_whole_names_are_left_out_one_by_one(plan):
    quick, rest = killplan.boots(plan, bug(['mm/slub.c']), NOBODY, {})
    suite = next(s for s in [*quick, *rest] if s.selection.suites).selection
    words = suite.cmdline()
    for name in suites.kunit_suites():
        assert (f'module!={name}_kunit' in words) == \
            (name not in suite.suites)


class Clock:
    """A time that stands still until it is set."""

    def __init__(self, monkeypatch):
        self.now = 1000.0
        monkeypatch.setattr(time, 'monotonic', lambda: self.now)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@pytest.mark.parametrize('log, text, ends', [
    ('console.log', '[    7.000000]     not ok 2 load_decides_ties', True),
    ('console.log', '[    7.000000] not ok 2 zonelist', True),
    ('console.log', '[    7.000000]         not ok 1 a parameter', False),
    ('console.log', '[    7.000000]     ok 2 load_decides_ties', False),
    ('guest.log', '# not ok 3 block.online.x', True),
    ('guest.log', 'not ok 1 selftests: memory-hotplug: a_test # exit=1', True),
    ('guest.log', '# # not ok 3 said by a test', False)])
def test_watch_ends_the_guest(clock, log, text, ends):
    watch = kill_watch.Watch(threading.Event())
    watch.line('console.log', '[    5.000000] 5 s after the start')
    clock.now += 2
    watch.line(log, text)
    clock.now += 50
    assert bool(watch.enough()) == ends
    assert watch.seconds() == pytest.approx(7 if ends else 57)


@pytest.mark.parametrize('text', (
    '[    7.000000] Oops: general protection fault, maybe for address 0x0: 0000',
    '[    7.000000] Internal error: Oops - BUG: 00000000f2000800 [#1] SMP'))
def test_watch_waits_for_last_words(clock, text):
    watch = kill_watch.Watch(threading.Event())
    watch.line('console.log', '[    5.000000] 5 s after the start')
    clock.now += 2
    watch.line('console.log', text)
    clock.now += 20
    watch.line('console.log', '[   27.000000] Oops: and once more')
    assert not watch.enough()
    clock.now += 1
    assert watch.enough() == ('stopped', 'ended 20 s after the kernel crashed')
    assert watch.seconds() == pytest.approx(7)
    watch.line('guest.log', '# not ok 3 block.online.x')
    assert watch.enough() == ('stopped', 'ended when a test had failed')
    assert watch.seconds() == pytest.approx(28)


def test_watch_sees_silence(clock):
    watch = kill_watch.Watch(threading.Event(), silence=30)
    clock.now += 29
    assert not watch.enough()
    watch.line('guest.log', 'x')
    clock.now += 29
    assert not watch.enough()
    clock.now += 2
    assert watch.enough()[0] == 'timeout'
    assert watch.silence == 29


def test_watch_ends_with_the_command(clock):
    stop = threading.Event()
    stop.set()
    with pytest.raises(KeyboardInterrupt):
        kill_watch.Watch(stop).enough()


FAILED = Reason('fail', 'failed: s.c: x', 's.c')
SPLAT = Reason('splat', 'WARNING: at mm/x.c')
CRASHED = Reason('crashed', 'crashed: s.c', 's.c')
UNFINISHED = Reason('unfinished', 'the init did not get to its end')
TIMEOUT = Reason('timeout', 'time limit: 100 s')


@pytest.mark.parametrize('reasons, locks, how, test', [
    ([SPLAT, UNFINISHED, FAILED], [], kill.TEST, 's.c'),
    ([SPLAT], ['a: not held'], kill.RULE, 'lockset_test'),
    ([SPLAT], [], kill.SPLAT, ''),
    ([SPLAT, UNFINISHED, CRASHED], [], kill.CRASH, 's.c'),
    ([TIMEOUT, UNFINISHED], [], kill.HANG, ''),
    ([SPLAT, TIMEOUT], [], kill.SPLAT, ''),
    ([UNFINISHED], [], kill.OTHER, ''),
])
def test_how_it_shows(reasons, locks, how, test):
    assert kill._classify(reasons, locks)[:2] == (how, test)
    assert kill._classify([], []) is None
    assert kill._classify([Reason('nothing-ran', 'no test ran')], []) is None


def row(name, status, how='', **more):
    return {**kill_rows.new(bug(['mm/a.c'], name=name), ''), 'status': status,
            'how': how, **more}


ROWS = [row('a', kill_rows.KILLED, kill.TEST, test='s.c', guest_seconds=4.0),
        row('b', kill_rows.KILLED, kill.SPLAT, text='WARN',
            guest_seconds=8.0),
        row('c', kill_rows.SURVIVED, unseen='nobody can see it'),
        row('d', kill_rows.SURVIVED),
        row('e', kill_rows.INAPPLICABLE, text='for powerpc'),
        row('f', kill_rows.BROKEN, text='changes nothing')]


def found(rows):
    return {'rows': rows, 'counts': kill_rows.counts(rows), 'release': '6.12',
            'arch': 'x86_64', 'mutants': 'm', 'report': 'r', 'command': 'make'}


def test_first_and_best_finding():
    boots = kill.Boots([kill.Finding(kill.SPLAT, '', 'w', '1', 3.0),
                        kill.Finding(kill.TEST, 's.c', 'x', '2', 9.0),
                        kill.Finding(kill.TEST, 's.d', 'y', '3', 12.0)], 12.0)
    new = row('a', '')
    kill_rows.judge(new, bug(['mm/a.c'], 's.e', name='a'), boots)
    assert (new['status'], new['how'], new['test'], new['guest_seconds'],
            new['foretold']) == (kill_rows.KILLED, kill.TEST, 's.c', 9.0, True)
    kill_rows.judge(new, bug(['mm/a.c']), kill.Boots(guest=12.0))
    assert new['status'] == kill_rows.SURVIVED


@pytest.mark.parametrize('observed, foretold', (
    (['console during s.c: sleeping function'], True),
    (['console during s.c: sleeping function', 's.d: fails'], False),
    (['console during s.c: refcount'], False),
    (['s.c: sleeping function'], False), ([], False)))
def test_report_that_a_bug_foretells(observed, foretold):
    """No luck: it is what the test is for."""
    seen = [mutant._observation(o) for o in observed]
    new = row('a', '')
    kill_rows.judge(new, mutant.Mutant(Path(), 'a', ['mm/a.c'], seen), kill.Boots([
        kill.Finding(kill.SPLAT, '', 'suspicious RCU usage', '1', 3.0,
                     ['suspicious RCU usage', 'BUG: sleeping function called'])]))
    assert new['foretold'] == foretold
    assert kill_rows.by_luck(new) != foretold
    assert kill_rows.figures([new])['foretold_percent'] == 100 * foretold


def test_what_makes_the_command_fail():
    assert [r['name'] for r in kill_rows.unexpected(ROWS)] == ['d', 'f']
    assert not kill_rows.unexpected(ROWS[:3])


def test_figures():
    numbers = kill_rows.figures(ROWS)
    assert (numbers['killed_percent'], numbers['named_percent'],
            numbers['median_guest_seconds']) == (50.0, 25.0, 6.0)
    assert kill_rows.figures(ROWS[4:])['killed_percent'] is None


def test_summary_fits_one_screen():
    many = [row(f'{r["name"]}{n}', **{k: r[k] for k in ('status', 'how', 'text',
                                                     'unseen')},
                **{'class': f'class {n}'}) for r in ROWS for n in range(40)]
    lines = kill_rows.summary(found(many)).splitlines()
    assert len(lines) < 70 and max(map(len, lines)) <= 110
    assert lines[-1] == '80 killed, 80 survived, 40 not applicable'
    lines = kill_rows.summary(found(ROWS)).splitlines()
    assert '  survived: c: nobody can see it' in lines
    assert '  BROKEN: f: changes nothing' in lines
    assert '  by luck: b: splat: WARN' in lines
    assert kill_rows.summary(found(ROWS[4:])).endswith(
        '0 killed, 0 survived, 1 not applicable')


def test_others_have_a_column():
    rows = [{**r, 'peers': {'p': {'killed': k, 'what': 'x'}}}
            for r, k in zip(ROWS[:3], (kill.SPLAT, '', ''))] + ROWS[3:]
    assert kill_rows.peers_killed(rows) == {'p': (1, 3)}
    assert 'p: 1 of 3 killed' in kill_rows.summary(found(rows))
    shown = kill_page.render(found(rows))
    # One of those that were asked about is not killed by ours.
    assert '<td>ours</td><td>2 of 3</td>' in shown
    assert '<td>p</td><td>1 of 3</td>' in shown
    assert shown.count('title="not asked"') == 1


def test_page():
    for rows in (ROWS, ROWS[4:], []):
        page = kill_page.render(found(rows))
        assert all(f'id="{r["name"]}"' in page for r in rows)
        check_self_contained(page)


@pytest.mark.parametrize('finished, had, wants, taken', [
    (False, False, False, True), (True, False, False, False),
    (True, False, True, True), (True, True, True, False)])
def test_what_is_left_is_taken_up(tmp_path, finished, had, wants, taken):
    """A run that was interrupted, and one that others had no part in."""
    before, now = tmp_path / '1-mutants', tmp_path / '2-mutants'
    (before / 'a' / '1-reference').mkdir(parents=True)
    now.mkdir()
    row = {**ROWS[0], 'name': 'a', 'digest': 'd', **({'peers': {}} if had
                                                     else {})}
    (before / 'results.json').write_text(json.dumps({
        'key': 'k', 'mutants': 'm', 'peers': had, 'finished': finished,
        'control': {'boots': 3}, 'rows': [row]}))
    matrix = killmatrix._Matrix(now, {'key': 'k', 'mutants': 'm',
                                      'peers': wants})
    killmatrix._take_up(matrix, {'a': 'd'})
    assert matrix.control == {'boots': 3}
    assert (matrix.rows == {'a': row}) == taken == (not before.exists())
    assert (now / 'a' / '1-reference').exists() == taken
    assert bool(killmatrix._is_done(matrix, bug([], name='a'))) == \
        (taken and not wants)


# Of each kind one, and one for each fate: found, not found, in code that is not
# compiled, for another arch, in no C, changing nothing, without a header.
FOLDER = {
    'killed.cocci': (REPO / 'scripts/mutants/zonelist-node-skipped.cocci')
    .read_text(),
    'survivor.sed': HEADER.format('none', 'mm/memory_hotplug.c',
                                  'none: it changes no behaviour') +
    's/was absent from the node_possible_map/is not possible/\n',
    'not-compiled.sed': HEADER.format('none', 'mm/sparse.c', 'nothing') +
    's/kvfree(pfn_to_page(pfn));/kvfree(NULL);/\n',
    'elsewhere.sed': '// file: mm/slub.c\n// arch: powerpc\ns/a/b/\n',
    'no-compile.patch': HEADER.format('none', 'x', 'nothing') +
    '--- a/mm/list_lru.c\n+++ b/mm/list_lru.c\n@@ -1,1 +1,2 @@\n'
    ' // SPDX-License-Identifier: GPL-2.0-only\n+int int x;\n',
    'nothing.sed': HEADER.format('none', 'mm/slub.c', 'nothing') + 's/%%/&/\n',
    'headless.cocci': '@@\n@@\n- a\n+ b\n',
}


@pytest.fixture
def folder(tmp_path):
    for name, text in FOLDER.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def run(folder, conf, tests='zonelist'):
    return subprocess.run(
        ['make', 'mutants', f'MUTANTS={folder}', f'TESTS={tests}',
         f'O={conf.state}'], cwd=REPO, env=child_env(), capture_output=True,
        text=True, stdin=subprocess.DEVNULL)


def newest(conf):
    path = max((conf.state / 'results').glob('*-mutants*'))
    return json.loads((path / 'results.json').read_text()), path


def test_whole_folder(folder, conf, built):
    done = run(folder, conf)
    result, path = newest(conf)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == \
        '1 killed, 1 survived, 2 not applicable'
    rows = {r['name']: r for r in result['rows']}
    assert {n: r['status'] for n, r in rows.items()} == {
        'killed': 'killed', 'survivor': 'survived',
        'elsewhere': 'not applicable', 'not-compiled': 'not applicable',
        'no-compile': 'broken',
        'nothing': 'broken', 'headless': 'broken'}
    assert rows['killed']['how'] == kill.TEST
    assert rows['killed']['test'].startswith('zonelist.')
    assert 0 < rows['killed']['guest_seconds'] < 60
    boot = path / 'killed' / rows['killed']['boot']
    assert json.loads((boot / 'results.json').read_text())['verdict'] == 'fail'
    assert f'href="killed/{boot.name}/report.html"' in \
        (path / 'report.html').read_text()
    assert 'error: ' in rows['no-compile']['text']
    assert 'nothing that is compiled' in rows['not-compiled']['text']
    assert result['finished'] and result['control']['boots'] == 1
    assert (path / 'report.html').stat().st_size > 1000
    assert not list(built.tree.path.parent.glob('*-mutant0'))

    # Interrupted: as if two had not been tried. The others are not tried again,
    # nor is the unmodified kernel, and a known survivor is no failure.
    for name in ('no-compile.patch', 'nothing.sed', 'headless.cocci'):
        (folder / name).unlink()
    result['finished'] = False
    result['rows'] = [rows['survivor']]
    (path / 'results.json').write_text(json.dumps(result))
    done = run(folder, conf)
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'goes on: 1 are done' in done.stdout
    assert 'unmodified kernel' not in done.stdout
    assert MATRIX.fullmatch(done.stdout.splitlines()[-1]).groups() == \
        ('1', '1', '2')
    assert not path.exists()
    shutil.rmtree(newest(conf)[1])


def test_rules_of_locks_hold_on_x86_64_alone():
    """A record of another arch is not even read."""
    built = SimpleNamespace(kbuild=SimpleNamespace(arch='ppc64le'))
    assert kill._wrong_locks(built, None, None, None) == []
