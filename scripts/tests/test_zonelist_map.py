# SPDX-License-Identifier: GPL-2.0
"""What zonelist_interleave prints: read whole or not at all, and drawn as it is."""

import re
from dataclasses import replace
from itertools import product
from xml.etree import ElementTree

import pytest

import figures
import svg
import verdict
import zonelist_figure
import zonelist_map
from common import REPO
from test_results import make
from test_verdict import good, kinds

RUN = {'kernel': {'release': '6.12.117', 'arch': 'x86_64'},
       'machine': 'scripts/machines/x86_64.py'}
SVG = '{http://www.w3.org/2000/svg}'

# A machine of two nodes with a zone each; node 1 gets and loses another one.
STEADY = {'fallback:0': 2, 'fallback:1': 2, 'thisnode:0': 1, 'thisnode:1': 1}


def digits(columns, row):
    """Some outcomes: "1" is missed, "3" missed and twice."""
    return ''.join('013'[(column * row) % 3] for column in range(columns))


def log(per_line=3):
    """What the suite prints, each line as the console has it."""
    lines, total = [], 0
    for way in zonelist_map.DIRECTIONS:
        sums = {name: [] for name in zonelist_map.READERS}
        for (zonelist, steady), reader, sched in product(
                STEADY.items(), zonelist_map.READERS, zonelist_map.SCHEDULES):
            changes = zonelist != 'thisnode:0'
            columns = 2 * (steady + 1 + (changes and way == 'online'))
            count = 2 * (steady + 1 + (changes and way == 'offline' and
                                       reader == 'raw'))
            rows = [digits(columns, row) for row in range(count)]
            sums[reader] += rows
            for first in range(0, count, per_line):
                lines.append(
                    f'map dir={way} zone=1:Movable list={zonelist} '
                    f'reader={reader} sched={sched} stores={columns} '
                    f'row={first} ' + '/'.join(rows[first:first + per_line]))
        for reader, rows in sums.items():
            text = ''.join(rows)
            total += len(text)
            # The iterators: those of the map are not all of them.
            name = {'kernel': 'next'}.get(reader, reader)
            lines.append(
                f'sum dir={way} zone=1:Movable reader={name} '
                f'pairs={len(text)} ok={text.count("0")} '
                f'missed={text.count("1") + text.count("3")} '
                f'twice={text.count("3")} index=0 excluded=0 emptied=0')
    lines.append(f'pairs {total} of {total} in 2000 ms (1/s), 30 transitions')
    return [f'[    3.000000]     # every_interleaving: {line}\r\n'
            for line in lines]


def test_parse():
    found = zonelist_map.parse(log())
    assert found.errors == []
    assert len(found.maps) == 2 * len(STEADY) * 2 * 2 and len(found.sums) == 4
    first = found.maps[0]
    assert (first.name, first.stores) == (
        'online 1:Movable fallback:0 raw reader-first', 8)
    assert first.rows == [digits(8, row) for row in range(6)]
    summary = found.summary()
    assert summary['planned'] == summary['pairs'] == summary['outcomes']['pairs']
    assert summary['per_second'] == round(summary['pairs'] / 2)
    assert summary['transitions'] == 30
    outcomes = summary['outcomes']
    assert outcomes['pairs'] == outcomes['ok'] + outcomes['missed']
    assert 0 < outcomes['twice'] < outcomes['missed']


def test_lines_may_be_of_any_length():
    whole = zonelist_map.parse(log(per_line=99))
    assert whole.errors == [] and whole.maps == zonelist_map.parse(log()).maps


def test_cases_add_up():
    found = zonelist_map.parse([*log(), log()[-1]])
    assert (found.reports, found.ms, found.transitions) == (2, 4000, 60)


def test_other_lines_are_none_of_ours():
    assert zonelist_map.parse(
        ['# storm: rebuilds 1', 'map dir=online', '# storm: map of the world',
         '# storm: pairs of shoes']) == zonelist_map.Interleave()
    assert zonelist_map.Interleave().summary() is None


def without(lines, pattern):
    kept = [line for line in lines if not re.search(pattern, line)]
    assert len(kept) < len(lines)
    return kept


def changed(lines, pattern, replacement):
    text = ''.join(lines)
    new = re.sub(pattern, replacement, text, count=1)
    assert new != text
    return new.splitlines()


ONE = 'online zone=1:Movable list=fallback:0 reader=raw sched=reader-first'


@pytest.mark.parametrize('damage, error', [
    (lambda x: without(x, f'{ONE} .* row=0 '), 'row 3 where row 0 is due'),
    (lambda x: without(x, f'{ONE} .* row=3 '), '3 rows, not 6'),
    (lambda x: without(x, 'reader=kernel sched=writer-first .* row=3 '),
     'which does not go with its other maps'),
    (lambda x: without(x, ONE),
     'online 1:Movable fallback:0 raw reader-first: no such map'),
    (lambda x: without(x, 'reader=kernel'), 'no such map'),
    (lambda x: without(x, 'dir=offline'), 'no such map'),
    (lambda x: without(x, 'list=thisnode:1'), 'the sum is not that of the maps'),
    (lambda x: [*x, x[0]], 'row 0 where row 6 is due'),
    (lambda x: changed(x, r'(row=3 \w+)\w/', r'\1/'), 'row 3 is 7 wide, not 8'),
    (lambda x: changed(x, r'row=0 0', 'row=0 00'), 'row 0 is 9 wide, not 8'),
    (lambda x: changed(x, r'row=0 0', 'row=0 w'), 'not a map: dir=online'),
    (lambda x: changed(x, r' row=3 .*', ''), 'not a map: dir=online'),
    (lambda x: changed(x, r'sched=\S+', 'sched=no-such'), 'not a map'),
    (lambda x: changed(x, r'stores=8 row=3', 'stores=6 row=3'),
     '8 stores, then 6'),
    (lambda x: changed(x, r'row=0 0', 'row=0 1'),
     'the sum is not that of the maps'),
    (lambda x: without(x, 'sum .*reader=next'), 'pairs in the sums'),
    (lambda x: without(x, 'sum'), '0 pairs in the sums'),
    (lambda x: changed(x, r'ok=(\d)', r'ok=1\1'), 'does not add up'),
    (lambda x: changed(x, r'twice=\d+', 'twice=99999'), 'does not add up'),
    (lambda x: changed(x, r' emptied=0', ''), 'not a sum'),
    (lambda x: [*x, *(line for line in x if 'sum ' in line)], 'a second sum'),
    (lambda x: without(x, 'pairs .* of '), '0 planned'),
    (lambda x: changed(x, r'pairs \d+ of', 'pairs 7 of'), '7 of '),
    (lambda x: changed(x, r' transitions', ''), 'not a number of pairs'),
])
def test_damage_is_found(damage, error):
    found = zonelist_map.parse(damage(log()))
    assert any(error in text for text in found.errors), found.errors
    # ... and fails the run.
    assert 'interleave' in kinds(replace(good(), interleave=found))


def test_a_case_that_reports_nothing_fails():
    case = f'{zonelist_map.CASE}.movable zone'
    run = good()
    run.kunit.tests.append(replace(run.kunit.tests[0], name=case))
    assert kinds(run) == ['interleave']
    assert '1 cases passed, 0 said' in verdict.decide(run).reasons[0].text
    assert kinds(replace(run, interleave=zonelist_map.parse(log()))) == []


def test_the_suite_has_that_case():
    suite, _, case = zonelist_map.CASE.partition('.')
    source = (REPO / f'lib/kunit/{suite}_kunit.c').read_text()
    assert f'.name = "{suite}"' in source
    assert f'static void {case}(struct kunit *test)' in source


def maps():
    return make(interleave=zonelist_map.parse(log()))['interleave']['maps']


def drawn(element):
    """What is drawn: for each map, its cells by outcome."""
    size = zonelist_figure._CELL
    names = {look[0]: name for name, look in zonelist_figure.LOOK.items()}
    for panel in element.iter(f'{SVG}g'):
        cells = set()
        for path in panel.findall(f'{SVG}path'):
            for x, y, width, height in re.findall(
                    r'M(\S+) ([^h]+)h([^v]+)v([^h]+)h-[^z]+z',
                    path.get('d') if path.get('fill') else ''):
                column = int(float(x)) // size
                cells |= {(int(float(y) + .1) // size, column + i,
                           names[path.get('fill')])
                          for i in range(int(float(width)) // size)}
                assert float(height) <= size
        yield cells


def expected(a_map):
    return {(row, column, name)
            for row, text in enumerate(a_map['rows'])
            for column, digit in enumerate(text)
            for bit, name in enumerate(zonelist_map.OUTCOMES)
            if zonelist_map.DIGITS.index(digit) >> bit & 1}


def test_figure_shows_the_maps():
    text = svg.as_file(zonelist_figure.draw(RUN, maps()))
    assert text == svg.as_file(zonelist_figure.draw(RUN, maps()[::-1]))
    root = ElementTree.fromstring(text.encode())
    ordered = sorted(maps(), key=zonelist_figure._order)
    assert list(drawn(root)) == [expected(m) for m in ordered]
    said = ' '.join(root.itertext())
    for words in ('6.12.117', 'x86_64', 'scripts/machines/x86_64.py',
                  'reader paused after', 'writer stopped after store',
                  'node 1 THISNODE, offline', 'Movable of node 1',
                  'missed: the reader'):
        assert words in said
    assert not re.search(r'href|url\(|<script|<image', text)


def test_figure_fits_its_frame():
    root = ElementTree.fromstring(
        svg.as_file(zonelist_figure.draw(RUN, maps())).encode())
    _, _, width, height = map(float, root.get('viewBox').split())
    for panel in root.iter(f'{SVG}g'):
        x, y = map(float, re.findall(r'[\d.]+', panel.get('transform')))
        box = panel.find(f'{SVG}rect')
        assert x + float(box.get('width')) < width
        assert y + float(box.get('height')) < height


def test_bands_of_one_cell_fill_it():
    assert zonelist_figure._bands('0') == []
    bands = zonelist_figure._bands('7')
    assert [name for name, _, _ in bands] == ['missed', 'twice', 'index']
    assert sum(share for _, _, share in bands) == pytest.approx(1)
    assert bands[2][1] == pytest.approx(2 / 3)


def test_docs_figure_is_of_few_maps_and_in_place():
    some = zonelist_figure.for_docs(maps())
    assert {m['list'] for m in some} == {'fallback:0', 'fallback:1'}
    assert {m['reader'] for m in some} == {'raw'}
    text = figures.MAP.read_text()
    assert 'SPDX-License-Identifier' in text.splitlines()[1]
    assert ElementTree.fromstring(text.encode()).tag == f'{SVG}svg'
