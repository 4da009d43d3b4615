# SPDX-License-Identifier: GPL-2.0
"""Tests of results.py: all that is written agrees, and fits."""

import json
import re
import sys
from dataclasses import replace
from xml.etree import ElementTree

import pytest

import ktap
import results
import verdict
from console import Splat
from races import Races

INFO = results.Info(
    id='20250101-120000', kernel={'release': '6.12.117', 'source': 'build/linux-source-6.12',
                                  'arch': 'x86_64', 'sanitizer': '',
                                  'config': 'base.config', 'commit': ''},
    machine='x86_64', accel='tcg', command='make run', host='vm', report='r/report.html',
    phases=[('build', 3.21), ('boot', 5)])

def make(tests=None, ok=True, **change):
    """The results of a run of a few tests, or of these."""
    if tests is None:
        tests = [ktap.Test('zonelist.order', 'zonelist', 'pass', log=['noise'],
                           seconds=0.0004),
                 ktap.Test('zonelist.far', 'zonelist', 'skip', 'no far node')]
    run = verdict.Run(
        nonce='1', boot=verdict.Boot('exited'),
        guest={'booted': ['1'], 'finished': ['1'], 'debug_locks': ['1' if ok else '0'],
               'lockdep': ['lock-classes: 1 [max: 8192]'], 'tainted': ['0']},
        console={'booted': ['1'], 'finished': ['1']},
        kunit=ktap.Ktap(tests, seconds={'zonelist': 0.00005}),
        expected_skips={'zonelist.far': 'one node only'})
    run = replace(run, **change)
    return results.collect(run, verdict.decide(run), INFO)


def failing(status='fail', name='storm.walk', log=()):
    return ktap.Test(name, name.partition('.')[0], status, 'why', list(log))


def last_line(made):
    return results.summary(made).splitlines()[-1]


def test_results_json(tmp_path):
    made = make([failing(log=['\x1b[31mred\x1b[0m \0 \ufffd'] * 999)])
    results.write(str(tmp_path), made)
    assert json.loads((tmp_path / 'results.json').read_text()) == made
    assert set(made) == set(re.findall(r'^  (\w+)', results.__doc__, re.M))
    test, = made['tests']
    assert (test['status'], test['failed'], test['reason']) == ('fail', True, 'why')
    assert len(test['log']) == results.LOG_LINES


def test_pass():
    made = make()
    assert made['verdict'] == 'pass'
    assert made['counts'] == {'passed': 1, 'failed': 0, 'skipped': 1}
    assert made['tests'][1]['expected_skip'] == 'one node only'
    assert made['tests'][0]['log'] == []
    assert last_line(made) == '1 passed, 0 failed, 1 skipped'
    assert results.summary(made).startswith('PASSED: Linux 6.12.117 (x86_64) on x86_64, tcg')


@pytest.mark.parametrize('made, count', [
    (lambda: make([failing()]), '0 passed, 1 failed, 0 skipped'),
    (lambda: make([failing('missing')]), '0 passed, 2 failed, 0 skipped'),
    (lambda: make(ok=False), '1 passed, 1 failed, 1 skipped'),
    (lambda: make(expected_skips={}), '1 passed, 1 failed, 0 skipped'),
    (lambda: make(programs=['gone']), '1 passed, 1 failed, 1 skipped'),
])
def test_failing_run_never_counts_zero_failed(made, count):
    made = made()
    assert made['verdict'] == 'fail'
    assert last_line(made) == count


def test_summary():
    tests = [ktap.Test('order.a', 'order', 'pass'), ktap.Test('order.b', 'order', 'skip'),
             ktap.Test('storm.calm', 'storm', 'pass'), failing(),
             failing('missing', 'storm.(test 3 of 3)'),
             ktap.Test('zonelist.order', 'zonelist', 'pass'),
             ktap.Test('zonelist.far', 'zonelist', 'skip', 'no far node')]
    made = make(tests, programs=['gone'], expected_skips={
        'order.b': 'x', 'zonelist.far': 'x', 'order.a': 'x', 'zonelist.order': 'x'})
    assert results.summary(made) == '''\
FAILED: Linux 6.12.117 (x86_64) on x86_64, tcg, from build/linux-source-6.12
  storm                              1 passed   2 failed   0 skipped
  gone                             no result
  order                              1 passed   0 failed   1 skipped
  zonelist                           1 passed   0 failed   1 skipped     0.00 s
  failed: storm.walk: why
  missing: storm.(test 3 of 3): why
  no result: kselftest gone
note: expected skip did not skip: order.a … and 1 more, see report
build 3.2 s, boot 5.0 s
report: r/report.html
3 passed, 3 failed, 2 skipped'''
    made.update(phases=[], notes=made['notes'][:1])
    assert 'did not skip: order.a\nreport' in results.summary(made)


def test_races_that_are_tolerated_or_elsewhere():
    tolerated = Splat('zonelist-race', 'a writes, b reads', 7, 1.0, ['x'])
    other = Splat('kcsan', 'BUG: KCSAN: data-race in c / d', 8, 1.0, ['y'])
    made = make(races=Races([(tolerated, 'because')] * 2, [other] * 3))
    assert made['verdict'] == 'pass' and made['splats'] == []
    assert [(race['title'], race['reason'], race['count']) for race in made['races']] == [
        (tolerated.title, 'because', 2), (other.title, None, 3)]


def test_sanitizer_shows():
    made = make()
    made['kernel'] = {**made['kernel'], 'sanitizer': 'kasan'}
    assert '6.12.117 (x86_64, kasan) on' in results.summary(made)


def test_suite_without_result_shows():
    made = make(programs=['gone'])
    assert made['suites'][-1] == {'kind': 'kselftest', 'name': 'gone', 'passed': 0,
                                  'failed': 0, 'skipped': 0, 'seconds': None}
    assert re.search(r'gone +no result', results.summary(made))


@pytest.mark.parametrize('tests, splats', [(3, 1), (500, 0), (500, 50)])
def test_summary_is_one_screen(tests, splats):
    made = make([failing(name=f'suite{i % 40}.{"long" * 40}{i}') for i in range(tests)],
                splats=[Splat('bug', f'BUG: {"x" * i}\nsecond\x1b[2J', 1, None)
                        for i in range(splats)],
                expected_skips={f'gone{i}': 'x' for i in range(9)})
    lines = results.summary(made).splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 100
    assert not any('\x1b' in line for line in lines)
    assert lines[-2] == 'report: r/report.html'
    assert lines[-1] == f'0 passed, {tests + splats} failed, 0 skipped'
    if tests == 500:
        assert any(re.search(r'… and \d+ more, see report', line) for line in lines)


def test_colour_on_a_terminal_only(monkeypatch):
    made = make()
    assert '\033' not in results.summary(made)
    monkeypatch.setattr(sys.stdout, 'isatty', lambda: True)
    monkeypatch.delenv('NO_COLOR', raising=False)
    assert results.summary(made).startswith('\033[32mPASSED')
    assert last_line(made) == '1 passed, 0 failed, 1 skipped'
    assert results.summary(make(ok=False)).startswith('\033[31mFAILED')
    monkeypatch.setenv('NO_COLOR', '1')
    assert '\033' not in results.summary(made)


def test_junit(tmp_path):
    nasty = 'a<b>&"\x00\x1b[31m\x08\ud800\uffff'
    made = make([failing(), failing('crashed'), failing(name='storm.' + nasty, log=[nasty]),
                 ktap.Test('zonelist.order', 'zonelist', 'pass'),
                 ktap.Test('zonelist.far', 'zonelist', 'skip', nasty)], ok=False)
    results.write(tmp_path, made)
    root = ElementTree.parse(tmp_path / 'junit.xml').getroot()
    counts = made['counts']
    assert (root.get('tests'), root.get('failures'), root.get('errors')) == ('6', '2', '2')
    assert counts == {'passed': 1, 'failed': 4, 'skipped': 1}
    assert len(root.findall('.//testcase')) == 6
    assert [error.get('type') for error in root.iter('error')] == ['crashed', 'debug-locks']
    assert root.find("testsuite[@name='run']").get('errors') == '1'
    assert root.findall('.//failure')[1].text == 'a<b>&"'
    assert root.findall('.//failure')[0].text is None
    assert root.find('.//skipped').get('message') == 'a<b>&"'
    assert root.find("testsuite[@name='kunit.storm']").get('failures') == '2'
    assert root.find("testsuite[@name='kunit.zonelist']").get('time') == '0.000'


def test_junit_of_a_pass_has_no_failure():
    root = ElementTree.fromstring(results.junit(make()))
    assert not [*root.iter('failure'), *root.iter('error')]
    assert [suite.get('name') for suite in root] == ['kunit.zonelist']
    assert [case.get('time') for case in root.iter('testcase')] == ['0.000', None]


def test_several_boots_make_one_result():
    made = results.merge({'one': make(), 'two': make([failing()], ok=False)},
                         'id', 'r/all.html', [('boot one', 1.0)])
    assert made['verdict'] == 'fail'
    assert made['counts'] == {'passed': 1, 'failed': 2, 'skipped': 1}
    assert {t['name'] for t in made['tests']} == \
        {'one/zonelist.order', 'one/zonelist.far', 'two/storm.walk'}
    assert all(r['text'].startswith('two/') for r in made['reasons'])
    assert made['guest']['two']['debug_locks'] == ['0']
    assert last_line(made) == '1 passed, 2 failed, 1 skipped'
    assert made['interleave'] is None and made['locksets'] is None
    held = {'locks': {}, 'paths': []}
    made = results.merge({'one': make(), 'two': make(locksets=held)}, 'id',
                         'r/all.html', [])
    assert made['locksets'] == held
