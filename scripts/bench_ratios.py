# SPDX-License-Identifier: GPL-2.0
"""What make bench says first: how one thing compares with another that was
measured in the same boot, or on the same machine on another kernel.
"""

from dataclasses import dataclass

import bench_data
import bench_matrix
import kbuild
from bench_data import DETECTORS, INSTRUCTIONS, REAL_TIME


@dataclass(frozen=True)
class Ratio:
    """least: what it must be, None if anything will do."""
    text: str
    value: float
    least: float | None = None

    @property
    def missed(self):
        return self.least is not None and self.value < self.least


def _operation(series, kernel, clock, who):
    """What an online or an offline takes, None if that was not measured."""
    halves = [bench_data.of(series, 'loops', f'{who}-{half}', kernel, clock)
              for half in ('online', 'offline')]
    if all(halves):
        return sum(h.median() for h in halves) / 2
    whole = bench_data.of(series, 'loops', who, kernel, clock)
    return whole.median() if whole else None


def _loops(series, kernel, clock):
    """Operations a second of ours against others'. Only the kernel without
    detectors has limits: on the others most of an offline is lockdep's, which
    scan_movable_pages() calls for each page.
    """
    plain = kernel == kbuild.PLAIN
    ours = _operation(series, kernel, clock, 'ours')
    for who, least in (('bare', 0.95), ('upstream', 10), ('stress-ng', None)):
        other = _operation(series, kernel, clock, who)
        if ours and other:
            yield Ratio(f'operations a second, ours / {who} ({kernel}, {clock})',
                        other / ours, least if plain else None)


def _detectors(series, clock):
    """What detectors cost."""
    plain = _operation(series, kbuild.PLAIN, clock, 'bare')
    for kernel in (kbuild.LOCKDEP, DETECTORS):
        other = _operation(series, kernel, clock, 'bare')
        if plain and other:
            yield Ratio(f'an operation, {kernel} / {kbuild.PLAIN} ({clock})',
                        other / plain)


def _matrix(series):
    """The part of more places for guests that is made use of."""
    jobs = bench_data.of(series, bench_matrix.PART, 'jobs', DETECTORS, REAL_TIME)
    if jobs:
        one, many = jobs.points[0], jobs.points[-1]
        yield Ratio(f'efficiency of {many.x} guests at a time',
                    one.median / many.median / many.x)


def ratios(series):
    """All of them that there are figures for."""
    found = []
    for clock in (INSTRUCTIONS, REAL_TIME):
        for kernel in (kbuild.PLAIN, kbuild.LOCKDEP, DETECTORS):
            found += _loops(series, kernel, clock)
        found += _detectors(series, clock)
    return [*found, *_matrix(series)]
