# SPDX-License-Identifier: GPL-2.0
"""What others read of a run, junit.xml and kcidb.json, is valid, and says what
results.json says.
"""

import json
from copy import deepcopy

import pytest

import kcidb
import ktap
import results
from console import Splat
from formats import Refused, check_junit, check_kcidb
from test_results import failing, make

NASTY = 'a<b>&"\x00\x1b[31m\x08\ud800\uffff\n]]>'
LONG = ['x' * 100] * 190


def several():
    return results.merge(
        {'one': make(), 'in/two': make([failing()], ok=False)}, 'id',
        'r/all.html', [('build kernel', 7.5), ('boot one', 1.0)])


RUNS = {
    'pass': make,
    'fail': lambda: make([
        failing(), failing('crashed', 'storm.gone'),
        failing('missing', 'storm.(test 3 of 3)'),
        ktap.Test('zonelist.far', 'zonelist', 'skip', 'no far node'),
        ktap.Test('zonelist.near', 'zonelist', 'skip', 'why not')]),
    'of the run': lambda: make(
        ok=False, programs=['gone'],
        splats=[Splat('bug', 'BUG: x', 12, 1.0, ['BUG: x', 'more'], 3)]),
    'nothing': lambda: make([]),
    'nasty': lambda: make(
        [failing(name='storm.' + NASTY, log=[NASTY]),
         failing('crashed', 'storm.long', LONG),
         ktap.Test('zonelist.far', 'zonelist', 'skip', NASTY)],
        splats=[Splat('bug', NASTY, 12, None, [NASTY])]),
    'several boots': several,
}


@pytest.mark.parametrize('run', RUNS.values(), ids=RUNS)
def test_both_are_valid(run, tmp_path):
    made = run()
    results.write(tmp_path, made)
    check_junit((tmp_path / 'junit.xml').read_bytes())
    kcidb.write(tmp_path, made)
    report = json.loads((tmp_path / 'kcidb.json').read_text())
    check_kcidb(report)
    assert report == kcidb.render(made)


@pytest.mark.parametrize('run', RUNS.values(), ids=RUNS)
def test_kcidb_passes_if_the_run_does(run):
    made = run()
    tests = kcidb.render(made)['tests']
    good = {'PASS', 'SKIP'}
    assert (tests[0]['path'], tests[0]['status'] in good) == \
        ('', made['verdict'] == 'pass')
    assert {t['status'] for t in tests} <= good or made['verdict'] == 'fail'
    assert len(tests) == 1 + sum(made['counts'].values())


def statuses(made):
    return {test['path']: test['status'] for test in
            kcidb.render(made)['tests']}


def test_kcidb_status_of_each_kind():
    assert statuses(RUNS['fail']()) == {
        '': 'FAIL', 'kunit.storm.walk': 'FAIL', 'kunit.storm.gone': 'ERROR',
        'kunit.storm._test_3_of_3_': 'MISS', 'kunit.zonelist.far': 'SKIP',
        'kunit.zonelist.near': 'MISS'}
    assert statuses(RUNS['of the run']()) == {
        '': 'FAIL', 'kunit.zonelist.order': 'PASS',
        'kunit.zonelist.far': 'SKIP', 'memhp.splat': 'FAIL',
        'memhp.debug-locks': 'FAIL',
        'kselftest.memory-hotplug.gone': 'MISS'}
    assert statuses(RUNS['nothing']()) == {'': 'ERROR',
                                           'memhp.nothing-ran': 'ERROR'}


def test_kcidb_paths():
    tests = [ktap.Test(name, suite, 'pass') for name, suite in (
        ('zonelist.hotplug.a node, with: (memory)', 'zonelist'),
        ('block_test:block.online.up', 'block_test'),
        ('mem-on-off-test.sh', 'mem-on-off-test.sh'))]
    made = make(tests)
    for test in made['tests'][1:]:
        test['kind'] = 'kselftest'
    assert list(statuses(made))[1:] == [
        'kunit.zonelist.hotplug.a_node_with_memory_',
        'kselftest.memory-hotplug.block_test.block.online.up',
        'kselftest.memory-hotplug.mem-on-off-test_sh']
    assert kcidb.render(made)['tests'][1]['comment'] == tests[0].name


def test_kcidb_path_does_not_have_the_boot():
    tests = kcidb.render(several())['tests'][1:]
    assert [(t['path'], t['environment']['misc'].get('scenario'))
            for t in tests] == [
        ('kunit.zonelist.order', 'one'), ('kunit.zonelist.far', 'one'),
        ('kunit.storm.walk', 'in/two'), ('memhp.debug-locks', None)]
    assert [t.get('duration') for t in tests] == [0.0004, None, None, None]


def test_kcidb_says_what_was_made_of_what():
    report = kcidb.render(several())
    checkout, = report['checkouts']
    build, = report['builds']
    assert checkout['comment'] == 'Linux 6.12.117, build/linux-source-6.12'
    assert 'git_commit_name' not in checkout
    assert (build['architecture'], build['config_name'], build['command'],
            build['duration']) == ('x86_64', 'memhp-x86_64', 'make run', 7.5)
    made = make()
    made['kernel'] = {**made['kernel'], 'commit': 'v6.12-3-g0123456789ab',
                      'sanitizer': 'kasan'}
    report = kcidb.render(made)
    assert report['checkouts'][0]['git_commit_name'] == \
        'v6.12-3-g0123456789ab'
    assert report['builds'][0]['config_name'] == 'memhp-x86_64-kasan'
    assert 'duration' not in report['builds'][0]


def test_kcidb_ids_are_of_one_run_alone():
    def build(made):
        return kcidb.render(made)['builds'][0]['id']
    assert build(make()) == build(make())
    other = make()
    other['guest'] = {**other['guest'], 'booted': ['2']}
    assert build(other) != build(make())


def test_kcidb_log_is_the_end():
    test = kcidb.render(RUNS['nasty']())['tests'][2]
    assert test['log_excerpt'] == '\n'.join(LONG)[-16384:]


def refused_kcidb(change):
    """Change a valid report, so that it is not valid any more."""
    report = kcidb.render(RUNS['fail']())
    check_kcidb(report)
    change(report)
    with pytest.raises(Refused):
        check_kcidb(report)


@pytest.mark.parametrize('where, key, value', [
    (None, 'version', {'major': 4, 'minor': 0}),
    (None, 'version', {'major': 5, 'minor': 4}),
    (None, 'version', {}),
    (None, 'kernels', []),
    (None, 'tests', {}),
    ('checkouts', 'origin', 'Memhp'),
    ('checkouts', 'id', 'memhp'),
    ('checkouts', 'valid', 'yes'),
    ('checkouts', 'git_commit_hash', 'v6.12'),
    ('checkouts', 'comment', None),
    ('builds', 'architecture', 'x86-64'),
    ('builds', 'valid', True),
    ('builds', 'duration', '7.5'),
    ('builds', 'checkout_id', 'memhp:another'),
    ('builds', 'status', 'pass'),
    ('builds', 'misc', []),
    ('tests', 'path', 'kunit.a b'),
    ('tests', 'path', 'kunit..a'),
    ('tests', 'status', 'OK'),
    ('tests', 'status', None),
    ('tests', 'waived', False),
    ('tests', 'comment', 'a\0b'),
    ('tests', 'log_excerpt', 'x' * 16385),
    ('tests', 'start_time', 7),
    ('tests', 'environment', {'description': 'x'}),
    ('tests', 'build_id', 'memhp:another'),
    ('tests', 'origin', 'another'),
    ('tests', 'output_files', [{'name': 'a/b', 'url': 'file:///a/b'}]),
])
def test_wrong_kcidb_is_refused(where, key, value):
    def change(report):
        (report[where][-1] if where else report)[key] = value
    refused_kcidb(change)


@pytest.mark.parametrize('where, key', [
    (None, 'version'), ('checkouts', 'id'), ('checkouts', 'origin'),
    ('builds', 'id'), ('builds', 'checkout_id'), ('builds', 'origin'),
    ('tests', 'id'), ('tests', 'build_id'), ('tests', 'origin')])
def test_kcidb_without_what_it_needs_is_refused(where, key):
    def change(report):
        del (report[where][-1] if where else report)[key]
    refused_kcidb(change)


def test_kcidb_with_an_id_twice_is_refused():
    refused_kcidb(lambda report: report['tests'].append(
        deepcopy(report['tests'][0])))


@pytest.mark.parametrize('old, new', [
    ('<testsuites ', '<testsuites skipped="1" '),
    ('<testsuite name="kunit.storm" ', '<testsuite '),
    ('<testsuite ', '<testsuite colour="red" '),
    ('<testsuite ', '<testsuite time="1 s" '),
    (' failures="1"', ''),
    (' errors="2"', ' errors="two"'),
    ('<testcase name="storm.walk"', '<testcase'),
    ('<testcase ', '<testcase status="fail" '),
    ('<failure ', '<failure file="x.c" '),
    ('<failure ', '<failure /><error /><failure '),
    ('<error ', '<crash /><error '),
    ('</testsuites>', '</testsuite>'),
    ('</testsuites>', '<testcase name="x" /></testsuites>'),
])
def test_wrong_junit_is_refused(old, new):
    xml = results.junit(RUNS['fail']()).decode()
    check_junit(xml.encode())
    assert old in xml
    with pytest.raises(Refused):
        check_junit(xml.replace(old, new, 1).encode())
