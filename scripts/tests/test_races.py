# SPDX-License-Identifier: GPL-2.0
"""Tests of races.py: a race on a zonelist is tolerated by name or fails."""

import pytest

import console
import judge
import races

LISTS = [range(0xffff888027fd5c00, 0xffff888027fd6000)]
INSIDE, OUTSIDE = 0xffff888027fd5c10, 0xffff888003a1c0a8
TABLE = {('build_zonelists', 'get_page_from_freelist'): 'by design'}


def report(one, two=None, address=INSIDE, middle=()):
    """A report of KCSAN; a side is (kind of access, function)."""
    functions = sorted(side[1] for side in (one, two) if side)
    lines = ['=' * 66, f'BUG: KCSAN: data-race in {" / ".join(functions)}', '']
    if not two:
        lines[1] += '+0x12/0x340'
        lines += [f'race at unknown origin, with {one[0]} to 0x{address:x} of 8 '
                  'bytes by task 71 on cpu 1:']
    for kind, function in ((one, two) if two else (one,)):
        if two:
            lines.append(f'{kind} to 0x{address:x} of 8 bytes by task 71 on cpu 1:')
        lines += [f' {function}+0x12/0x340', ' ret_from_fork+0x1/0x2', '',
                  *middle]
    lines += ['value changed: 0x0000000000000000 -> 0x0000000000000001', '',
              'Reported by Kernel Concurrency Sanitizer on:',
              'CPU: 1 UID: 0 PID: 71 Comm: sh Not tainted 6.12.117 #3', '=' * 66]
    return [f'[    1.{number:06}] {line}' for number, line in enumerate(lines)]


def sort(*lines, lists=LISTS, table=None):
    """Failing reports as (kind, title); titles of tolerated and other races."""
    failing, found = races.sort(console.scan(sum(lines, [])), lists,
                                TABLE if table is None else table)
    return ([(splat.kind, splat.title) for splat in failing],
            [(splat.title, why) for splat, why in found.tolerated],
            [splat.title for splat in found.other])


WRITE, READ = ('write', 'build_zonelists'), ('read', 'get_page_from_freelist')
TOLERATED = ([], [('build_zonelists writes, get_page_from_freelist reads',
                   'by design')], [])


def failing(title):
    return [('zonelist-race', title)], [], []


def test_tolerated():
    assert sort(report(WRITE, READ)) == TOLERATED
    assert sort(report(READ, WRITE)) == TOLERATED
    assert sort(report(WRITE, ('read (marked)', READ[1]))) == TOLERATED
    assert sort(report(('write', 'build_zonelists.constprop.0'), READ)) == TOLERATED


def test_not_in_the_table():
    title = 'build_zonelists writes, wake_all_kswapds reads'
    assert sort(report(WRITE, ('read', 'wake_all_kswapds'))) == failing(title)
    assert sort(report(WRITE, READ), table={}) == failing(TOLERATED[1][0][0])


def test_who_reads_by_way_of_a_helper():
    lines = report(WRITE, ('read', '__next_zones_zonelist'))
    assert sort(lines) == failing('build_zonelists writes, ret_from_fork reads')
    lines = [line.replace('ret_from_fork', READ[1]) for line in lines]
    assert sort(lines) == TOLERATED


def test_who_writes_matters():
    assert sort(report(('read', WRITE[1]), ('write', READ[1]))) == \
        failing('get_page_from_freelist writes, build_zonelists reads')


@pytest.mark.parametrize('kind', ['write', 'read-write', 'write (marked)',
                                  'write (marked, reordered)'])
def test_two_writers_are_never_tolerated(kind):
    assert sort(report(WRITE, (kind, READ[1]))) == \
        failing('build_zonelists and get_page_from_freelist write')


def test_one_side_unknown():
    assert sort(report(READ)) == failing('? writes, get_page_from_freelist reads')
    assert sort(report(READ), table={('?', READ[1]): 'why'}) == \
        ([], [('? writes, get_page_from_freelist reads', 'why')], [])
    assert sort(report(WRITE)) == failing('build_zonelists write')


def test_elsewhere():
    title = 'BUG: KCSAN: data-race in build_zonelists / get_page_from_freelist'
    assert sort(report(WRITE, READ, OUTSIDE), table={}) == ([], [], [title])
    assert sort(report(READ, address=OUTSIDE))[:2] == ([], [])


@pytest.mark.parametrize('address, inside', [
    (LISTS[0].start, True), (LISTS[0].start - 7, True), (LISTS[0].start - 8, False),
    (LISTS[0].stop - 1, True), (LISTS[0].stop, False)])
def test_bounds(address, inside):
    assert bool(sort(report(WRITE, READ, address))[1]) == inside


def test_a_report_that_cannot_be_read_fails():
    whole = report(WRITE, READ, OUTSIDE)
    title = 'BUG: KCSAN: data-race in build_zonelists / get_page_from_freelist'
    for end in range(2, 8):
        assert sort(whole[:end]) == ([('kcsan', title)], [], [])
    other = ['WARNING: CPU: 1 PID: 71 at mm/slub.c:1 f+0x1/0x2']
    kinds = [kind for kind, _ in sort(report(WRITE, READ, middle=other))[0]]
    assert kinds == ['kcsan', 'warning', 'warning']
    assert sort([whole[1].replace('data-race', 'assert: race'), *whole[2:]])[0]


def test_messages_of_others_in_the_middle():
    other = ['Built 3 zonelists, mobility grouping on.  Total pages: 119707',
             '    # storm: walks 12']
    assert sort(report(WRITE, READ, middle=other)) == TOLERATED


def test_the_longest_report_is_kept_whole():
    deep = [f' f{number}+0x1/0x2' for number in range(63)]
    assert sort(report(WRITE, READ, middle=deep)) == TOLERATED


def test_all_other_reports_fail():
    kasan = ['BUG: KASAN: slab-use-after-free in f+0x1/0x2', '=' * 66]
    assert sort(kasan, report(WRITE, READ)) == \
        ([('kasan', kasan[0])], *TOLERATED[1:])


def test_addresses():
    facts = {'zonelists': ['ffff888027fd5c00-ffff888027fd6000', 'rubbish']}
    assert races.zonelists(facts) == LISTS
    assert races.zonelists({}) == []


def test_load(tmp_path):
    path = tmp_path / 'table'
    path.write_text('# comment\n\na\tb\tbecause  of c\nc  d  why\n')
    assert races.load_tolerated(path) == {('a', 'b'): 'because  of c',
                                          ('c', 'd'): 'why'}


@pytest.mark.parametrize('line', ['a  b', 'a b c', 'a  b  c\na  b  d'])
def test_load_rejects(tmp_path, line):
    path = tmp_path / 'table'
    path.write_text(line + '\n')
    with pytest.raises(ValueError, match='table:'):
        races.load_tolerated(path)


def test_our_table_can_be_read():
    assert judge.tolerated_races()
