# SPDX-License-Identifier: GPL-2.0
"""What make coverage makes of gcov's counters, and when it fails."""

import pytest

import coverage
from common import Fatal

SOURCE = 'mm/memory_hotplug.c'


def document(*, second=0, branch=(1, 0)):
    """What gcov says of a file with two functions of two lines each."""
    def line(number, count, branches=()):
        return {'line_number': number, 'count': count,
                'branches': [{'count': c} for c in branches]}
    return {'files': [
        {'file': 'include/linux/mm.h', 'functions': [], 'lines': [line(1, 9)]},
        {'file': f'../{SOURCE}',
         'functions': [
             {'name': 'first', 'start_line': 10, 'end_line': 12,
              'execution_count': 3},
             {'name': 'second', 'start_line': 20, 'end_line': 22,
              'execution_count': second}],
         'lines': [line(10, 3), line(11, 3, branch), line(20, second),
                   line(21, second), line(90, 1)]}]}


def found(**change):
    counts = {source: coverage.Counts() for source in coverage.FILES}
    for source in counts:
        counts[source].add(coverage.parse_gcov(document(**change), SOURCE))
    return counts


def test_share():
    counts = coverage.parse_gcov(document(), SOURCE)
    assert counts.share() == (2, 4, 1, 2)
    assert coverage.unreached_lines(counts) == {'second': [20, 21]}


def test_boots_add_up():
    counts = coverage.parse_gcov(document(branch=(0, 0)), SOURCE)
    counts.add(coverage.parse_gcov(document(second=5, branch=(0, 2)), SOURCE))
    assert counts.share() == (4, 4, 1, 2)
    assert counts.lines[10] == 6
    assert not coverage.unreached_lines(counts)


def test_goal_is_missed():
    short, rows = coverage.judge_goal(found(), {})
    assert len(short) == 2 and 'less than' in short[0]
    assert '2 of 4' in rows[0]


def test_goal_without_what_cannot_be_reached():
    expected = {(source, 'second'): 'why' for source in (
        SOURCE, 'drivers/base/memory.c')}
    short, rows = coverage.judge_goal(found(), expected)
    assert not short and '2 of 2' in rows[0]


@pytest.mark.parametrize('name,change,text', [
    ('second', dict(second=1), 'was called'), ('third', {}, 'is not there')])
def test_table_is_stale(name, change, text):
    short, _ = coverage.judge_goal(found(**change), {(SOURCE, name): 'why'})
    assert any(text in line for line in short)


def test_tracefile(tmp_path):
    text = coverage.tracefile({SOURCE: found()[SOURCE]}, tmp_path)
    assert f'SF:{tmp_path / SOURCE}' in text
    assert 'DA:11,3' in text and 'BRDA:11,0,1,-' in text
    assert 'FNDA:0,second' in text


def test_guest_without_counters(tmp_path):
    (tmp_path / 'guest.log').write_text('memhp: finished=1\n')
    with pytest.raises(Fatal, match='no counters for mm/memory_hotplug.c'):
        coverage.collect(tmp_path / 'guest.log', tmp_path, tmp_path / 'gcov')


def test_bad_table(tmp_path):
    (tmp_path / 'table').write_text('# comment\n\nmm/slub.c  name\n')
    with pytest.raises(Fatal, match='table:3: not "file'):
        coverage.load_unreached(tmp_path / 'table')
