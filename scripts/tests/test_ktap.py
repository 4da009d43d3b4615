# SPDX-License-Identifier: GPL-2.0
"""Tests of ktap.py, against the KTAP parser of a real kernel tree."""

import re
import shutil
import sys

import pytest

import ktap

KUNIT = '''
[    1.000000] printk: legacy console [ttyS0] enabled
[    1.162370] KTAP version 1
[    1.162400] 1..2
[    1.163055]     KTAP version 1
[    1.163289]     # Subtest: zonelist
[    1.163300]     # module: zonelist_kunit
[    1.163310]     1..3
[    1.176044]     ok 1 order
[    1.188848]         KTAP version 1
[    1.189190]         # Subtest: hotplug
[    1.190000]     # hotplug: looking for a block
[    1.192779]         ok 1 movable zone # SKIP no offline memory block
[    1.195299]         ok 2 kernel zone
[    1.198000]     # hotplug: pass:1 fail:0 skip:1 total:2
[    1.198279]     ok 2 hotplug
[    1.199000] Offlined Pages 32768
[    1.199010]     ok 3 rebuild
[    1.199020] # zonelist: pass:3 fail:0 skip:0 total:3
[    1.199029] # Totals: pass:3 fail:0 skip:1 total:4
[    1.200000] ok 1 zonelist
[    1.200100]     KTAP version 1
[    1.200200]     # Subtest: storm
[    1.200300]     1..1
[    1.500000]     ok 1 walk
[    1.500100] ok 2 storm
[    1.600000] reboot: Power down
'''.strip().splitlines()

GUEST = '''
memhp: booted=4711
memhp: kselftest=begin
TAP version 13
1..3
# timeout set to 300
# selftests: memory-hotplug: block_test
# TAP version 13
# 1..3
# # Starting 3 tests from 2 test cases.
# #  RUN           global.order ...
# #            OK  global.order
# ok 1 global.order
# #  RUN           block.movable.on_off ...
# #      SKIP      no such block
# #            OK  block.movable.on_off
# ok 2 block.movable.on_off # SKIP no such block
# #  RUN           block.kernel.on_off ...
# #            OK  block.kernel.on_off
# ok 3 block.kernel.on_off
# # PASSED: 3 / 3 tests passed.
# # Totals: pass:2 fail:0 xfail:0 xpass:0 skip:1 error:0
ok 1 selftests: memory-hotplug: block_test
# timeout set to 300
# selftests: memory-hotplug: mem-on-off-test.sh
# Test scope: 2% hotplug memory
# 1..2 blocks, ok then
ok 2 selftests: memory-hotplug: mem-on-off-test.sh
# timeout set to 300
# selftests: memory-hotplug: node_test
# TAP version 13
# 1..1
# ok 1 node.comes_and_goes
ok 3 selftests: memory-hotplug: node_test
memhp: kselftest=end
memhp: debug_locks=1
'''.strip().splitlines()


def changed(lines, pattern, *replacement):
    """The lines, with the one that matches replaced."""
    found, = [number for number, line in enumerate(lines) if re.search(pattern, line)]
    return [*lines[:found], *replacement, *lines[found + 1:]]


def bad(parsed):
    """What tells that not all is well."""
    return parsed.errors + [test for test in parsed.tests
                            if test.status not in ('pass', 'skip')]


def status(parsed):
    return {test.name: test.status for test in parsed.tests}


def only(parsed, *statuses):
    return [(test.name, test.reason) for test in parsed.tests if test.status in statuses]


def test_kunit_pass(tree):
    parsed = ktap.parse_kunit(tree, KUNIT)
    assert status(parsed) == {
        'zonelist.order': 'pass', 'zonelist.hotplug.movable zone': 'skip',
        'zonelist.hotplug.kernel zone': 'pass', 'zonelist.rebuild': 'pass',
        'storm.walk': 'pass'}
    assert {test.suite for test in parsed.tests} == {'zonelist', 'storm'}
    assert only(parsed, 'skip') == [('zonelist.hotplug.movable zone',
                                     'no offline memory block')]
    assert (parsed.errors, parsed.planned, parsed.seen) == ([], 2, 2)
    assert parsed.seconds == {'zonelist': 0.037, 'storm': 0.3}
    assert {test.name: test.seconds for test in parsed.tests} == {
        'zonelist.order': 0.013, 'zonelist.hotplug.movable zone': 0.004,
        'zonelist.hotplug.kernel zone': 0.003, 'zonelist.rebuild': 0.001,
        'storm.walk': 0.3}


@pytest.mark.parametrize('pattern, unknown', [
    # The next one, after a result that was lost or has no time.
    ('ok 1 order', {'zonelist.order'}),
    ('ok 1 movable zone', {'zonelist.hotplug.movable zone',
                           'zonelist.hotplug.kernel zone'}),
    ('# Subtest: storm', {'storm.walk'}),
])
def test_kunit_time_of_a_lost_line_is_no_time_of_another(tree, pattern, unknown):
    everything = ktap.parse_kunit(tree, KUNIT).tests
    found = {test.name: test.seconds for test in
             ktap.parse_kunit(tree, changed(KUNIT, pattern)).tests}
    assert {test.name for test in everything
            if found.get(test.name) != test.seconds} == unknown
    assert not any(found.get(name) for name in unknown)


def test_kunit_stamps_with_caller_and_crlf(tree):
    lines = [line.replace('] ', '][    T1] ', 1) + '\r\n' for line in KUNIT]
    assert ktap.parse_kunit(tree, lines) == ktap.parse_kunit(tree, KUNIT)


def test_kunit_of_6_1_has_no_inner_version_lines(tree):
    lines = [line for line in KUNIT if not re.search(r'\]  +KTAP', line)]
    assert ktap.parse_kunit(tree, lines) == ktap.parse_kunit(tree, KUNIT)


def test_kunit_parent_of_skipped_tests_is_no_test(tree):
    lines = changed(KUNIT, 'ok 2 kernel zone', '        ok 2 kernel zone # SKIP no block')
    lines = changed(lines, 'ok 2 hotplug', '    ok 2 hotplug # SKIP ')
    assert [name for name, _ in only(ktap.parse_kunit(tree, lines), 'skip')] == [
        'zonelist.hotplug.movable zone', 'zonelist.hotplug.kernel zone']


def test_kunit_case_without_parameters(tree):
    lines = [line for line in KUNIT if not re.search(r'able zone|kernel zone|hotplug: ', line)]
    for result, expected in (('ok 2 hotplug # SKIP ', 'skip'), ('ok 2 hotplug', 'missing')):
        parsed = ktap.parse_kunit(tree, changed(lines, 'ok 2 hotplug', f'    {result}'))
        assert status(parsed)['zonelist.hotplug'] == expected


@pytest.mark.parametrize('said, name', [
    ('ok 1 - walk', 'walk'), ('ok 1 node #2', 'node _2'), ('ok 1', 'test 1'),
    ('ok 1 walk  # SKIP now', 'walk'),
    ('ok 1 # takes its time', 'takes its time'), ('ok 1 walk # takes time', 'walk')])
def test_kunit_names(tree, said, name):
    assert f'storm.{name}' in status(ktap.parse_kunit(
        tree, changed(KUNIT, 'ok 1 walk', f'    {said}')))


def test_kunit_fail(tree):
    lines = changed(KUNIT, 'ok 3 rebuild',
                    '[    1.2]     # rebuild: EXPECTATION FAILED at lib/kunit/z.c:12',
                    '[    1.2]     Expected a == b, but', '[    1.2]         a == 1 (0x1)',
                    '[    1.2]     not ok 3 rebuild')
    lines = [line.replace('[    1.2]', '[    1.200000]') for line in lines]
    lines = changed(lines, r'\] ok 1 zonelist', '[    1.300000] not ok 1 zonelist')
    parsed = ktap.parse_kunit(tree, lines)
    assert only(parsed, 'fail') == [
        ('zonelist.rebuild', 'EXPECTATION FAILED at lib/kunit/z.c:12: Expected a == b, but')]
    failed = next(test for test in parsed.tests if test.status == 'fail')
    assert '        a == 1 (0x1)' in failed.log
    assert bad(parsed) == [failed]


def test_kunit_failing_parameter_keeps_its_log(tree):
    lines = changed(KUNIT, 'ok 1 movable zone',
                    '[    1.190000]     # hotplug: EXPECTATION FAILED at lib/kunit/z.c:34',
                    '[    1.190000]         not ok 1 movable zone')
    parsed = ktap.parse_kunit(tree, lines)
    assert only(parsed, 'fail') == [('zonelist.hotplug.movable zone',
                                     'EXPECTATION FAILED at lib/kunit/z.c:34')]


def test_kunit_crash_in_mid_suite(tree):
    crash = next(i for i, line in enumerate(KUNIT) if 'Subtest: hotplug' in line)
    parsed = ktap.parse_kunit(tree, [*KUNIT[:crash], '[    1.190000] Kernel panic - '
                                     'not syncing: Fatal exception'])
    assert status(parsed)['zonelist.order'] == 'pass'
    assert only(parsed, 'missing') == [
        ('zonelist.(test 2 of 3)', 'planned, but gave no result'),
        ('zonelist.(test 3 of 3)', 'planned, but gave no result')]
    assert only(parsed, 'crashed', 'fail') == []
    assert parsed.errors == ['0 tests run!', 'zonelist: missing subtest result line!',
                             '2 planned, 1 seen']


@pytest.mark.parametrize('last', ('looking for a block', 'ok 1 movable zone'))
def test_kunit_crash_of_a_case_that_has_failed(tree, last):
    crash = next(i for i, line in enumerate(KUNIT) if last in line)
    lines = [*KUNIT[:crash + 1], '[    1.190000]     # hotplug: EXPECTATION FAILED at '
             'lib/kunit/z.c:34', '[    1.190001]     Expected a == b, but',
             '[    1.190010] BUG: kernel NULL pointer dereference']
    (name, reason), = only(ktap.parse_kunit(tree, lines), 'fail')
    assert name == 'zonelist.hotplug'
    assert reason.startswith(
        'EXPECTATION FAILED at lib/kunit/z.c:34: Expected a == b, but; ')


def test_kunit_crash_between_headers(tree):
    assert bad(ktap.parse_kunit(tree, ['KTAP version 1', '1..1', '    # Subtest: a',
                                       '        # Subtest: b']))


def test_kunit_suite_without_result_line(tree):
    parsed = ktap.parse_kunit(tree, KUNIT[:-2])
    assert only(parsed, 'crashed') == [('storm', 'gave no result')]


def test_kunit_failed_suite_with_good_tests(tree):
    lines = changed(KUNIT, 'ok 2 storm', '[    1.500100] not ok 2 storm')
    assert only(ktap.parse_kunit(tree, lines), 'fail') == [('storm', 'not ok')]


def test_kunit_did_not_run(tree):
    assert ktap.parse_kunit(tree, KUNIT[:1]) == ktap.Ktap()
    assert 'kunit executor: error filtering suites: -22' in ktap.parse_kunit(
        tree, ['[    1.000000] kunit executor: error filtering suites: -22']).errors
    assert bad(ktap.parse_kunit(tree, ['KTAP version 1', '1..0']))


@pytest.mark.parametrize('pattern, replacement, error', [
    (r'\] 1\.\.2', [], 'no plan'),
    (r'    1\.\.3', [], 'zonelist: no plan'),
    (r'    ok 3 rebuild', ['    ok 2 rebuild'],
     'rebuild: Expected test number 3 but found 2'),
    (r'    ok 3 rebuild', ['    ok 3 rebuild', '    not ok 4 extra'],
     'zonelist: missing subtest result line!'),
    (r'\] ok 2 storm', ['ok 2 storm', 'not ok 3 extra'], 'beyond the plan: not ok 3 extra'),
    (r'    ok 3 rebuild', ['    ok 3 rebuild', '    1..3'], 'out of place: 1..3'),
    (r'    ok 3 rebuild', ['    not ok rebuild'], 'out of place: not ok rebuild'),
    (r'\] KTAP', [], '14 lines before any version line, first: 1..2'),
    (r'\] 1\.\.2', ['1..3'], '3 planned, 2 seen'),
    (r'printk', ['ok 1 zonelist'], '1 lines before any version line, first: ok 1 zonelist'),
    (r'printk', ['    # Subtest: a'],
     '1 lines before any version line, first: # Subtest: a'),
    (r'printk', ['1..2', '1..3'], '2 lines before any version line, first: 1..2'),
    (r'    1\.\.3', ['    1..3', '    1..3'], 'out of place: 1..3'),
    (r'    ok 3 rebuild', ['    ok 3 rebuild', '1..3', '1..3'],
     'out of place: 1..3 (2 times)'),
    (r'\] 1\.\.2', ['1..99999999'], 'out of place: 1..99999999'),
])
def test_kunit_malformed(tree, pattern, replacement, error):
    assert error in ktap.parse_kunit(tree, changed(KUNIT, pattern, *replacement)).errors


@pytest.mark.parametrize('plan', [r'\] 1\.\.2', r'    1\.\.3'])
def test_kunit_plan_at_the_end(tree, plan):
    lines = changed(changed(KUNIT, plan), 'ok 3 rebuild', '    ok 3 rebuild',
                    re.search(plan, '\n'.join(KUNIT))[0].lstrip('] '))
    assert any(error.startswith('out of place') for error in
               ktap.parse_kunit(tree, lines).errors)


def test_kunit_second_report_counts_as_well(tree):
    parsed = ktap.parse_kunit(tree, KUNIT[:-1] + changed(
        KUNIT, 'ok 1 walk', '    not ok 1 walk'))
    assert (parsed.planned, parsed.seen, len(parsed.tests)) == (4, 4, 10)
    assert only(parsed, 'fail') == [('storm.walk', '')]


def test_kselftest_pass(tree):
    parsed = ktap.parse_kselftest(tree, GUEST)
    assert status(parsed) == {
        'block_test:global.order': 'pass', 'block_test:block.movable.on_off': 'skip',
        'block_test:block.kernel.on_off': 'pass', 'mem-on-off-test.sh': 'pass',
        'node_test:node.comes_and_goes': 'pass'}
    assert only(parsed, 'skip') == [('block_test:block.movable.on_off', 'no such block')]
    assert parsed.tests[3].log[-1] == '1..2 blocks, ok then'
    assert ktap.parse_kselftest(tree, [line + '\r\n' for line in GUEST]) == parsed
    assert ktap.parse_kselftest(tree, ['ok 7 x', *GUEST, 'ok 8 y']) == parsed
    assert (parsed.errors, parsed.planned, parsed.seen) == ([], 3, 3)


def test_kselftest_fail(tree):
    lines = changed(GUEST, 'ok 3 block.kernel',
                    '# # block_test.c:11:on_off:Expected 1 (1) == 2 (2)',
                    '# # on_off: Test failed', '# not ok 3 block.kernel.on_off')
    lines = changed(lines, '^ok 1 ', 'not ok 1 selftests: memory-hotplug: block_test # exit=1')
    assert only(ktap.parse_kselftest(tree, lines), 'fail') == [
        ('block_test:block.kernel.on_off', 'Expected 1 (1) == 2 (2) (block_test.c:11)')]


def test_kselftest_fails_in_the_words_of_the_test(tree):
    lines = changed(GUEST, 'ok 3 block.kernel',
                    '# # block_test.c:11:on_off:Expected 1 (1) == 2 (2)',
                    '# # block_test.c:12:on_off:the reader is stuck',
                    '# # on_off: Test failed', '# not ok 3 block.kernel.on_off')
    lines = changed(lines, '^ok 1 ', 'not ok 1 selftests: memory-hotplug: block_test # exit=1')
    assert only(ktap.parse_kselftest(tree, lines), 'fail') == [
        ('block_test:block.kernel.on_off', 'the reader is stuck (block_test.c:12)')]


def test_kselftest_inner_failure_with_outer_ok(tree):
    lines = changed(GUEST, 'ok 3 block.kernel', '# not ok 3 block.kernel.on_off')
    assert only(ktap.parse_kselftest(tree, lines), 'fail') == [
        ('block_test:block.kernel.on_off', '')]


@pytest.mark.parametrize('said, reason', [
    ('exit=139', 'exit=139 (SIGSEGV)'), ('exit=137', 'exit=137 (SIGKILL)'),
    ('exit=1', 'exit=1'), ('exit=77', 'exit=77'), ('exit=255', 'exit=255'),
    ('TIMEOUT 300 seconds', 'TIMEOUT 300 seconds')])
def test_kselftest_program_fails_after_its_tests(tree, said, reason):
    lines = changed(GUEST, '^ok 1 ', '#',
                    f'not ok 1 selftests: memory-hotplug: block_test # {said}')
    parsed = ktap.parse_kselftest(tree, lines)
    assert only(parsed, 'fail') == [('block_test', reason)]
    assert parsed.errors == []


def test_kselftest_program_killed_in_mid_test(tree):
    cut = next(i for i, line in enumerate(GUEST) if 'RUN           block.kernel' in line)
    end = next(i for i, line in enumerate(GUEST) if line.startswith('ok 1 '))
    lines = [*GUEST[:cut + 1], '# Segmentation fault', GUEST[end].replace('ok', 'not ok')
             + ' # exit=139', *GUEST[end + 1:]]
    assert only(ktap.parse_kselftest(tree, lines), 'fail', 'missing') == [
        ('block_test:block.kernel.on_off', 'started, but gave no result'),
        ('block_test', 'exit=139 (SIGSEGV)')]


def test_kselftest_killed_when_it_had_failed(tree):
    cut = next(i for i, line in enumerate(GUEST) if 'RUN           block.kernel' in line)
    lines = [*GUEST[:cut + 1], '# # block_test.c:7:on_off:Expected 1 (1) == a (0)']
    assert only(ktap.parse_kselftest(tree, lines), 'fail') == [
        ('block_test:block.kernel.on_off', 'Expected 1 (1) == a (0) (block_test.c:7); '
                                           'started, but gave no result')]


def test_kselftest_program_killed_before_its_first_result(tree):
    lines = changed(changed(GUEST, '^# ok 1 node'), '^ok 3 ',
                    'not ok 3 selftests: memory-hotplug: node_test # exit=139')
    assert only(ktap.parse_kselftest(tree, lines), 'fail', 'missing') == [
        ('node_test:(test 1 of 1)', 'planned, but gave no result'),
        ('node_test', 'exit=139 (SIGSEGV)')]


def test_kselftest_nested_in_a_program(tree):
    lines = changed(GUEST, '^# ok 1 node', '#     KTAP version 1',
                    '#     # Subtest: node', '#     1..2', '#     ok 1 on',
                    '#     not ok 2 off', '# not ok 1 node')
    parsed = ktap.parse_kselftest(tree, lines)
    assert only(parsed, 'pass')[-1:] == [('node_test:node.on', '')]
    assert only(parsed, 'fail') == [('node_test:node.off', '')]
    assert parsed.errors == []


def test_kselftest_output_is_not_taken_for_results(tree):
    quoted = '# see ok 1 selftests: memory-hotplug: node_test'
    parsed = ktap.parse_kselftest(tree, changed(GUEST, 'Test scope', quoted, 'noise', '# x'))
    assert bad(parsed) == []
    assert parsed.tests[3].log[-4:] == [quoted[2:], 'noise', 'x', '1..2 blocks, ok then']


def test_kselftest_result_after_an_unfinished_line(tree):
    lines = changed(GUEST, '^# 1..2 blocks')
    lines = changed(lines, '^ok 2 ', '# half a linenot ok 2 selftests: memory-hotplug: '
                    'mem-on-off-test.sh # exit=1')
    parsed = ktap.parse_kselftest(tree, lines)
    assert only(parsed, 'fail') == [('mem-on-off-test.sh', 'exit=1')]
    assert parsed.tests[3].log[-1] == 'half a line'


def test_kselftest_skips(tree):
    lines = changed(GUEST, '^ok 2 ', '# TAP version 13', '# 1..0 # SKIP must be root',
                    'ok 2 selftests: memory-hotplug: mem-on-off-test.sh # SKIP')
    lines = changed(lines, '^# ok 1 node', '# ok 1 # SKIP no node to spare')
    assert only(ktap.parse_kselftest(tree, lines), 'skip')[1:] == [
        ('mem-on-off-test.sh', 'must be root'),
        ('node_test:no node to spare', 'no node to spare')]
    # A reason to skip is none to fail.
    lines = changed(GUEST, '^ok 2 ', '# TAP version 13', '# 1..0 # SKIP must be root',
                    'not ok 2 selftests: memory-hotplug: mem-on-off-test.sh # exit=1')
    assert only(ktap.parse_kselftest(tree, lines), 'fail') == [
        ('mem-on-off-test.sh', 'exit=1')]
    # A program that exits with 4 although its tests passed.
    lines = changed(GUEST, '^ok 3 ', GUEST[-3] + ' # SKIP')
    assert ('node_test', '') in only(ktap.parse_kselftest(tree, lines), 'skip')


def test_kselftest_skip_is_no_excuse_for_not_ok(tree):
    lines = changed(GUEST, '^# ok 1 node', '# not ok 1 node.comes_and_goes # SKIP')
    assert status(ktap.parse_kselftest(tree, lines))['node_test:node.comes_and_goes'] == 'fail'


def test_kselftest_xfail_passes_and_says_so(tree):
    lines = changed(GUEST, '^# ok 1 node', '# ok 1 node.comes_and_goes # XFAIL known')
    assert ktap.parse_kselftest(tree, lines).tests[-1].reason == 'XFAIL known'


def test_kselftest_empty_plan_is_no_pass(tree):
    lines = changed(changed(GUEST, '^# ok 1 node'), '^# 1..1', '# 1..0')
    assert only(ktap.parse_kselftest(tree, lines), 'missing') == [('node_test', 'ran no tests')]


def test_kselftest_of_two_collections(tree):
    more = ['TAP version 13', '1..1', '# selftests: mm: compaction_test', '# text',
            'not ok 1 selftests: mm: compaction_test # exit=1']
    parsed = ktap.parse_kselftest(tree, changed(GUEST, 'kselftest=end', *more, GUEST[-2]))
    assert (parsed.planned, parsed.seen, parsed.errors) == (4, 4, [])
    assert only(parsed, 'fail') == [('compaction_test', 'exit=1')]


@pytest.mark.parametrize('pattern, replacement, error', [
    ('^1..3', [], 'no plan'),
    ('^# 1..1', [], 'selftests: memory-hotplug: node_test: no plan'),
    ('^# ok 1 node', ['# ok 2 node'], 'node: Expected test number 1 but found 2'),
    ('^ok 3 ', [], 'selftests: memory-hotplug: node_test: missing subtest result line!'),
    ('^# Test scope', ['# ok 1 done'],
     'selftests: memory-hotplug: mem-on-off-test.sh: outside a KTAP report: ok 1 done'),
    ('^# Test scope', ['# 1..2'],
     'selftests: memory-hotplug: mem-on-off-test.sh: outside a KTAP report: 1..2'),
    ('^# ok 1 node', ['# TAP version 13', '# ok 1 node'],
     'selftests: memory-hotplug: node_test: outside a KTAP report: TAP version 13'),
    ('^# ok 1 node', ['# 1..9 blocks', '# ok 1 node'], 'out of place: 1..9 blocks'),
    ('kselftest=end', [], 'the output breaks off'),
    ('^1..3', ['1..2'], 'beyond the plan: ok 3 selftests: memory-hotplug: node_test'),
])
def test_kselftest_malformed(tree, pattern, replacement, error):
    assert error in ktap.parse_kselftest(tree, changed(GUEST, pattern, *replacement)).errors


def test_kselftest_line_out_of_place_stays_in_the_log(tree):
    lines = changed(GUEST, '^# ok 1 node', '# 1..9 blocks', '# ok 1 node')
    assert '    1..9 blocks' in ktap.parse_kselftest(tree, lines).tests[-1].log


def test_kselftest_did_not_run(tree):
    assert ktap.parse_kselftest(tree, GUEST[:1]) == ktap.Ktap()
    assert bad(ktap.parse_kselftest(tree, GUEST[:2])) == ['the output breaks off',
                                                          'no program ran']
    assert bad(ktap.parse_kselftest(tree, [GUEST[1], 'sh: no', GUEST[-2]])) == [
        'no program ran']


@pytest.mark.parametrize('parse, log', [(ktap.parse_kunit, KUNIT),
                                        (ktap.parse_kselftest, GUEST)])
def test_no_line_can_be_lost_in_silence(tree, parse, log):
    assert bad(parse(tree, log)) == []
    lines_of_ktap = [i for i, line in enumerate(log) if re.match(
        r'(?:\[.{12}\] )?(?:# )? *(?:ok|1\.\.\d$|K?TAP)', line)]
    assert len(lines_of_ktap) > 10
    for i in lines_of_ktap:
        parsed = parse(tree, log[:i] + log[i + 1:])
        # The version line of a suite or case says nothing that its header does not.
        if not re.search(r'\]  +KTAP', log[i]):
            assert bad(parsed), log[i]


@pytest.mark.parametrize('parse, log', [(ktap.parse_kunit, KUNIT[1:-1]),
                                        (ktap.parse_kselftest, GUEST[1:-1])])
def test_truncated_anywhere(tree, parse, log):
    text = '\n'.join(log)
    for length in range(text.index('1..'), len(text)):
        assert bad(parse(tree, text[:length].split('\n'))), text[:length][-40:]
    assert bad(parse(tree, log)) == []


def test_the_parser_leaves_no_trace(tree, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sys, 'dont_write_bytecode', False)
    shutil.copytree(tree / 'tools/testing/kunit', tmp_path / 'tools/testing/kunit',
                    ignore=shutil.ignore_patterns('__pycache__', 'test_data'))
    path = sys.path[:]
    assert bad(ktap.parse_kunit(tmp_path, KUNIT)) == []
    assert capsys.readouterr() == ('', '')
    assert sys.path == path
    assert not [*tmp_path.rglob('__pycache__')]


def test_parser_of_a_newer_kernel(tree, tmp_path):
    kunit = tmp_path / 'tools/testing/kunit'
    kunit.mkdir(parents=True)
    source = (tree / 'tools/testing/kunit/kunit_parser.py').read_text('utf-8')
    (kunit / 'kunit_parser.py').write_text(f'{source}\n'
        'older = parse_run_tests\n'
        'def parse_run_tests(kernel_output, printer):\n'
        '\tglobal stdout\n'
        '\tstdout = printer\n'
        '\tprinter.print_with_timestamp("[ERROR] Test: main: newer")\n'
        '\treturn older(kernel_output)\n')
    shutil.copy(tree / 'tools/testing/kunit/kunit_printer.py', kunit)
    lines = changed(KUNIT, 'ok 3 rebuild', '    ok 2 rebuild')
    assert ktap.parse_kunit(tmp_path, lines).errors == [
        'main: newer', *ktap.parse_kunit(tree, lines).errors]
