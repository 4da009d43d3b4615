# SPDX-License-Identifier: GPL-2.0
"""What make bench measures in guests: parts, each a row of boots in which one
quantity changes.
"""

from dataclasses import dataclass, replace

import bench_guest
import kbuild
import pipeline
from bench_data import DETECTORS, INSTRUCTIONS, REAL_TIME, Series

_ALL_KERNELS = (DETECTORS, kbuild.LOCKDEP, kbuild.PLAIN)


@dataclass(frozen=True)
class Part:
    """Something that scripts/guest/bench.sh measures.

    kernels, clocks: each with each of the others, a boot for each size.
    axis: what differs between the boots, or within one.
    sizes: of machine.sized(), for an axis that machines differ in.
    powers: of the axis that each quantity should grow with, the least and the
            largest; what is missing here, nobody can say.
    """
    name: str
    kernels: tuple = (kbuild.PLAIN,)
    clocks: tuple = (INSTRUCTIONS,)
    axis: str = ''
    sizes: tuple = ()
    powers: dict | None = None


PARTS = (
    Part('loops', _ALL_KERNELS, (INSTRUCTIONS, REAL_TIME)),
    # Each node has a list of all nodes; each place in it is given to the best
    # node of all, which is soon found, and then printed.
    Part('nodes', axis='nodes', sizes=(2, 4, 8, 16, 32, 64),
         powers={'rebuild': (2, 3), 'walk': (1, 1)}),
    # Who takes memory offline has each cache give back its slabs.
    Part('caches', axis='caches', powers={
        'bare-offline': (1, 1), 'ours-offline': (1, 1),
        'read-slab-objects': (1, 1)}),
    Part('blocks', axis='blocks', sizes=(8, 16, 64, 256, 1024),
         powers={'read-states': (1, 1), 'read-blocks': (1, 1)}),
    # How many blocks the tests change does not depend on how many there are.
    Part('suite', clocks=(REAL_TIME,), axis='blocks', sizes=(16, 64, 256, 1024)),
    Part('cpus', axis='cpus', sizes=(2, 4, 8, 16)),
    Part('racing', clocks=(REAL_TIME,), axis='cpus', sizes=(2, 4, 8, 16)),
)


def _boots(part):
    """(clock, size) of each boot."""
    return [(clock, (part.axis, n) if n else None)
            for clock in part.clocks for n in part.sizes or (None,)]


def _series(part, kernel, found):
    """found: {clock: {name: [Point]}}."""
    powers = part.powers or {}
    return [Series(part.name, name, kernel, clock, part.axis, powers.get(name),
                   tuple(sorted(points, key=lambda p: p.x)))
            for clock, names in found.items()
            for name, points in names.items()]


def measure(part, build, conf, out, progress):
    """Boot all guests of a part; returns their Series.

    build: what gives the Built of a kernel of ours, by name.
    """
    series = []
    for kernel in part.kernels:
        built, found = build(kernel), {}
        for clock, size in _boots(part):
            names = bench_guest.measure(built, conf, out, progress, part.name,
                                        clock, size)
            for name, points in names.items():
                found.setdefault(clock, {}).setdefault(name, []).extend(points)
        series += _series(part, kernel, found)
    return series


class Kernels:
    """Builds a kernel when it is first asked for."""

    def __init__(self, conf, progress, out):
        self._conf, self._progress, self._out = conf, progress, out
        self._built = {}

    def __call__(self, name):
        if name not in self._built:
            variant = '' if name == DETECTORS else name
            self._built[name] = pipeline.build(
                replace(self._conf, sanitizer=variant), self._progress,
                self._out)
        return self._built[name]

    def release(self):
        """Of the kernel: the same, whichever of ours was built."""
        built = next(iter(self._built.values()), None) or self(DETECTORS)
        return built.tree.release
