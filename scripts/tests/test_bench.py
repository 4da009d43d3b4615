# SPDX-License-Identifier: GPL-2.0
"""make bench: what it makes of what a guest prints, and what it calls a change."""

import json
import os
import subprocess
from dataclasses import replace
from xml.etree import ElementTree

import pytest

import bench
import bench_compare
import bench_data
import bench_guest
import bench_page
import bench_ratios
import kbuild
import svg
from bench_data import DETECTORS, INSTRUCTIONS, REAL_TIME, Point, Series
from common import REPO, Fatal
from progress import Progress

LOG = '''
# bench: rebuild 2 1000 1001 999
bench: rebuild 4 4000 4000 4000
# bench: walk 2 10 10 11
bench: nothing
ok 1 selftests: memory-hotplug: bench.sh
'''


def series(name='rebuild', *points, clock=INSTRUCTIONS, part='nodes',
           kernel=kbuild.PLAIN, axis='nodes', powers=(2, 2)):
    return Series(part, name, kernel, clock, axis, powers,
                  tuple(Point(x, tuple(values)) for x, *values in points))


def test_lines_of_a_guest():
    found = bench_guest.parse(LOG)
    assert found == {'rebuild': [Point(2, (1000, 1001, 999)),
                                 Point(4, (4000, 4000, 4000))],
                     'walk': [Point(2, (10, 10, 11))]}


def test_median_and_noise():
    assert Point(1, (100, 100, 900)).median == 100
    assert Point(1, (100, 100, 900)).noise == 0
    assert Point(1, (90, 100, 110)).noise == pytest.approx(.445, abs=.001)


def test_growth_is_that_of_what_grows():
    # 1000 + 5 x^2
    one = series('rebuild', (2, 1020), (4, 1080), (8, 1320))
    assert one.growth() == pytest.approx(2)
    assert one.expected() == [(2, 1020), (4, 1080), (8, 1320)]
    assert series('rebuild', (2, 100)).growth() is None
    assert series('rebuild', (2, 100), (4, 101), (8, 100)).growth() is None
    assert series('cpu-up', (4, 41), (8, 33), (16, 21)).growth() is None
    assert series('jobs', (1, 60), (2, 30)).growth() == pytest.approx(-1)
    # Two points say nothing of a part that does not grow.
    assert series('jobs', (1, 73), (2, 49), powers=(-1, -1)).expected() == [
        (1, 98), (2, 49)]


def test_growth_that_is_not_what_it_should_be_is_marked():
    lines = {line.split()[0]: line for line in bench_page.table([
        series('right', (2, 20), (4, 80), (8, 320)),
        series('between', (2, 20), (4, 80), (8, 320), powers=(1, 3)),
        series('wrong', (2, 20), (4, 80), (8, 560)),
        series('still', (2, 20), (4, 20), (8, 20))])}
    assert lines['right'].endswith('N^2.00, should with N^2')
    assert lines['between'].endswith('N^2.00, should with N^1 to N^3')
    assert lines['wrong'].endswith('N^3.00, should with N^2 (!)')
    assert lines['still'].endswith('does not grow (!)')


def test_columns_are_below_each_other():
    lines = bench_page.table([series('short', (2, 20)), series(40 * 'x', (2, 20))])
    assert len({line.index('±') for line in lines[1:]}) == 1


def test_a_figure_has_room_for_its_title():
    one = bench_page.figure('6.12.117', [series('jobs', (1, 73), (2, 49))])
    assert float(ElementTree.fromstring(one).get('width')) >= 400


def test_json_is_read_back():
    all_series = [series('rebuild', (2, 1, 2), (4, 3, 4))]
    text = json.dumps(bench_data.to_json(all_series))
    assert bench_data.from_json(json.loads(text)) == all_series


def run_of(*all_series, host='here'):
    return {'linux': '6.12', 'compiler': 'gcc', 'qemu': '7.2', 'host': host,
            'series': bench_data.to_json(all_series)}


def baseline(*medians, clock=INSTRUCTIONS):
    """Of runs that gave these."""
    return bench_compare.merge([
        run_of(series('rebuild', (2, m, m, m), clock=clock)) for m in medians])


def change(base, *values, clock=INSTRUCTIONS, host='here'):
    new = series('rebuild', (2, *values), clock=clock)
    return bench_compare.compare(base, run_of(new, host=host), [new])


@pytest.mark.parametrize('runs,values,exceeds', [
    ((1000, 1000, 1000), (1002,), False),           # what is counted, repeats
    ((1000, 1000, 1000), (1004,), True),
    ((1000, 1000, 1000), (996,), True),             # faster is a change, too
    ((1000, 1010, 1000), (1019,), False),           # the runs differ by 1 %
    ((1000, 1010, 1000), (1021,), True),
    ((1000, 1000, 1000), (1000, 1010, 1020), False),    # the new one scatters
    ((1000, 1000, 1000), (1100, 1101, 1102), True)])
def test_a_change_exceeds_the_noise(runs, values, exceeds):
    [found], left = change(baseline(*runs), *values)
    assert (found.exceeds, left) == (exceeds, 0)


def test_time_of_another_host_is_not_compared():
    base = baseline(10, 10, 10, clock=REAL_TIME)
    assert change(base, 99, clock=REAL_TIME, host='there') == ([], 1)
    [found], left = change(base, 99, clock=REAL_TIME)
    assert found.exceeds and left == 0
    # What is counted does not depend on the host.
    [found], left = change(baseline(10, 10, 10), 99, host='there')
    assert found.exceeds and left == 0


def test_what_the_baseline_does_not_know_is_said():
    new = series('walk', (2, 5))
    assert bench_compare.compare(baseline(1, 1, 1), run_of(new), [new]) == \
        ([], 1)


def test_a_baseline_takes_three_runs_of_one_host():
    with pytest.raises(Fatal, match='2 runs are not enough'):
        baseline(1, 1)
    runs = [run_of(series('rebuild', (2, 1)), host=h) for h in 'aab']
    with pytest.raises(Fatal, match='differ in host: "a", "b"'):
        bench_compare.merge(runs)


@pytest.mark.parametrize('changed, kept', [
    ({}, {'counted', 'timed', 'both'}),
    # Of another host, what is counted stays comparable.
    ({'host': 'there'}, {'counted', 'both'}),
    # Of another kernel, nothing does, and what is measured anew is replaced.
    ({'linux': '6.13'}, {'both'})])
def test_a_baseline_keeps_what_it_has_of_other_parts(changed, kept):
    old = bench_compare.merge(3 * [run_of(
        series('counted', (2, 1), part='caches'),
        series('timed', (2, 1), part='racing', clock=REAL_TIME),
        series('both', (2, 1)), series('gone', (2, 1)))])
    found = bench_compare.merge(
        3 * [{**run_of(series('both', (2, 7))), **changed}], old)
    assert {key.rpartition('/')[2] for key in found['places']} == kept
    assert found['places'][series('both').key] == {'2': 3 * [[7, 0.0]]}


def test_stored_baseline_is_of_this_format():
    base = bench_compare.load('x86_64')
    assert base['linux'] and base['places']
    for places in base['places'].values():
        for runs in places.values():
            assert len(runs) >= 3
            assert all(median > 0 and noise >= 0 for median, noise in runs)


def loops(**ns):
    """What the guest would say, each name with what an operation takes."""
    return [replace(series(name.replace('_', '-'), (0, value), part='loops'),
                    axis='', powers=None) for name, value in ns.items()]


def test_ratios_and_their_limits():
    found = bench_ratios.ratios(loops(
        bare_online=1, bare_offline=9, ours_online=2, ours_offline=8,
        upstream=60))
    assert [(r.value, r.missed) for r in found] == [(1, False), (12, False)]
    found = bench_ratios.ratios(loops(
        bare_online=1, bare_offline=9, ours_online=2, ours_offline=9,
        upstream=50))
    assert [r.missed for r in found] == [True, True]
    assert any('MISSED' in line for line in bench_page.ratio_lines(found))


def test_detectors_and_workers():
    plain = loops(bare_online=1, bare_offline=1)
    slow = [replace(s, kernel=DETECTORS, points=(Point(0, (5,)),))
            for s in plain]
    jobs = series('jobs', (1, 60), (2, 40), part='matrix', clock=REAL_TIME,
                  kernel=DETECTORS, axis='guests at a time', powers=(-1, -1))
    values = {r.text: r.value for r in bench_ratios.ratios([*plain, *slow, jobs])}
    assert values['an operation, detectors / plain (instructions)'] == 5
    assert values['efficiency of 2 guests at a time'] == .75


def test_figure_has_what_has_an_axis():
    some = [series('rebuild', (2, 10, 10), (4, 40)), *loops(upstream=5)]
    root = ElementTree.fromstring(svg.as_file(
        bench_page.figure('6.12', some)))
    said = ' '.join(root.itertext())
    assert 'rebuild' in said and 'upstream' not in said
    assert bench_page.figure('6.12', loops(upstream=5)) is None


def test_page_says_what_was_found():
    some = [series('rebuild', (2, 10), (4, 40))]
    html = bench_page.render(run_of(*some) | {'command': 'make bench'}, [],
                             some, ['nothing to compare'],
                             bench_page.figure('6.12', some))
    for words in ('make bench', 'rebuild', 'nothing to compare', '<svg'):
        assert words in html


def test_unknown_part():
    with pytest.raises(Fatal, match='PARTS has slabs: known are loops, nodes'):
        bench.chosen(['slabs'])
    assert bench.chosen([]) == list(bench.NAMES)
    done = subprocess.run(['make', '-C', REPO, 'bench', 'PARTS=slabs'],
                          env={**os.environ, 'TERM': 'dumb'},
                          capture_output=True, text=True)
    assert done.returncode and 'PARTS has slabs' in done.stderr


def test_baseline_of_an_unknown_run():
    done = subprocess.run(['make', '-C', REPO, 'bench-baseline', 'RUNS=none'],
                          capture_output=True, text=True)
    assert done.returncode and 'none/bench.json is missing' in done.stderr


@pytest.fixture
def quiet(tmp_path):
    with open(tmp_path / 'progress', 'w') as out:
        yield Progress(out)


def test_a_guest_is_measured(built, conf, tmp_path, quiet):
    """16 memory blocks, on the kernel that the tests run on."""
    measured = bench_guest.measure(built, conf, tmp_path, quiet, 'blocks',
                                   INSTRUCTIONS, ('blocks', 16))
    assert set(measured) == {'read-states', 'read-blocks'}
    for [point] in measured.values():
        assert point.x == 16 and len(point.values) == 7
    [record] = tmp_path.glob('blocks-*/boot.json')
    assert '"-icount"' in record.read_text()
    states, whole = (measured[n][0].median for n in ('read-states',
                                                     'read-blocks'))
    assert whole > states > 16 * 1000


def test_a_guest_that_measures_nothing(built, conf, tmp_path, quiet):
    with pytest.raises(Fatal, match='nodes: not ok'):
        bench_guest.measure(built, conf, tmp_path, quiet, 'nodes', REAL_TIME)
