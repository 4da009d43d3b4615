# SPDX-License-Identifier: GPL-2.0
"""How well make matrix uses more than one place for a guest: the same four jobs
with one guest at a time, and with two.
"""

import re
from pathlib import Path

import matrix_joblog
from bench_data import DETECTORS, REAL_TIME, Point, Series
from common import REPO, run_ours

PART = 'matrix'
ROUNDS = 5
PLACES = (1, 2)
# Two boots on the reference machine, and one on each of the others.
_TESTS = 'memory_uevent_test'


def _run(conf, places):
    """How long all jobs took, from the first one's begin to the last one's end."""
    said = run_ours(['make', '-C', REPO, 'matrix', f'O={conf.state}',
                     f'J={2 * places}', f'TESTS={_TESTS}', conf.source])
    report = re.search(r'^report: (.*)/report\.html$', said, re.M)[1]
    begin, end = matrix_joblog.span(matrix_joblog.read(
        Path(report) / matrix_joblog.NAME))
    return end - begin


def measure(conf, progress):
    """Returns Series."""
    points = []
    for places in PLACES:
        took = []
        for number in range(ROUNDS):
            took.append(_run(conf, places))
            progress.say(f'matrix, guests at a time: {places}, {number + 1} of '
                         f'{ROUNDS}: {took[-1]:.1f} s')
        points.append(Point(places, tuple(took)))
    return [Series(PART, 'jobs', DETECTORS, REAL_TIME, 'guests at a time', (-1, -1),
                   tuple(points), 's')]
