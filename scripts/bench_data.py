# SPDX-License-Identifier: GPL-2.0
"""What make bench measures: series of values over something that was changed.

A value is what one operation takes. bench.json has all of them, not just their
medians, so that somebody else can judge how much they scatter.
"""

import math
import statistics
from dataclasses import asdict, dataclass

# What changes by less than this does not grow.
_STILL = 0.01

INSTRUCTIONS, REAL_TIME = 'instructions', 'real time'
# The kernel that the tests run on.
DETECTORS = 'detectors'


@dataclass(frozen=True)
class Point:
    """What was measured at one place of the axis."""
    x: int
    values: tuple

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def noise(self):
        """How much the median may differ in another run, as a part of it: three
        times the median deviation.
        """
        if not self.median:
            return 0.0
        deviation = statistics.median(abs(v - self.median)
                                      for v in self.values)
        return 3 * 1.4826 * deviation / self.median


@dataclass(frozen=True)
class Series:
    """One quantity.

    part: of make bench.
    kernel: which of ours.
    clock: whether the guest's time is a number of instructions.
    axis: what was changed, '' if nothing was.
    powers: of the axis that it should grow with, the least and the largest;
            None if nobody can say.
    """
    part: str
    name: str
    kernel: str
    clock: str
    axis: str
    powers: tuple | None
    points: tuple
    unit: str = 'ns'

    @property
    def key(self):
        return f'{self.part}/{self.kernel}/{self.clock}/{self.name}'

    def median(self, x=None):
        """That of a place of the axis, or of the only one."""
        for point in self.points:
            if x in (None, point.x):
                return point.median
        raise KeyError(f'{self.key} was not measured at {x}')

    def growth(self):
        """With which power of the axis that part grows which does grow: what is
        added from the last point but one to the last, by what was added before
        that. The axis goes up by equal factors there. With two points, how the
        whole grows. None for one point, and for what does not grow.
        """
        if len(self.points) < 2:
            return None
        *_, one, other = self.points
        added = other.median - one.median
        if abs(added) <= max(one.noise, other.noise, _STILL) * one.median:
            return None
        ratio = other.median / one.median
        if len(self.points) > 2:
            before = one.median - self.points[-3].median
            if added < 0 or before <= 0:
                return None
            ratio = added / before
        return math.log(ratio) / math.log(other.x / one.x)

    def expected(self):
        """What the points should be, for the last two and the power: [(x, y)].
        Of two points, for the last one, if the whole grows. Empty where there is
        no single power.
        """
        low, high = self.powers or (0, 1)
        if low != high or len(self.points) < 2:
            return []
        *_, one, other = self.points
        if len(self.points) == 2:
            return [(p.x, other.median * (p.x / other.x) ** low)
                    for p in self.points]
        factor = (other.median - one.median) / (other.x ** low - one.x ** low)
        found = [(p.x, other.median - factor * (other.x ** low - p.x ** low))
                 for p in self.points]
        return [(x, y) for x, y in found if y > 0]


def to_json(series):
    return [asdict(s) for s in series]


def from_json(found):
    return [Series(**{
        **s, 'powers': s['powers'] and tuple(s['powers']),
        'points': tuple(Point(p['x'], tuple(p['values'])) for p in s['points'])})
        for s in found]


def of(series, part, name, kernel, clock):
    """The series with this key, or None."""
    key = f'{part}/{kernel}/{clock}/{name}'
    return next((s for s in series if s.key == key), None)


_UNITS = {'ns': ((1e9, 's'), (1e6, 'ms'), (1e3, 'us'), (1, 'ns')),
          's': ((1, 's'),)}


def readable(value, unit):
    """A duration, for people."""
    factor, name = next(((f, n) for f, n in _UNITS[unit] if value >= f),
                        _UNITS[unit][-1])
    return f'{value / factor:.3g} {name}'
