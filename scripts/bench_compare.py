# SPDX-License-Identifier: GPL-2.0
"""Has something that make bench measures changed? Against a stored baseline,
which has the medians of several runs, and how much each of them scatters.

A change is one that exceeds the noise: the largest of what two of the
baseline's runs differ by, doubled, and of what the values within a run, of the
baseline or the new one, say about their median. Costs that are counted in
instructions do not depend on the host. What is measured in real time does, and
is not compared with that of another host.
"""

import json
import statistics
from dataclasses import dataclass

import bench_data
from bench_data import INSTRUCTIONS, Series
from common import SCRIPTS, Fatal

FOLDER = SCRIPTS / 'baselines'

# Boots differ in where things are.
_FLOOR = {INSTRUCTIONS: 0.003}


def path(arch):
    return FOLDER / f'bench-{arch}.json'


@dataclass(frozen=True)
class Change:
    """What is compared at one place of an axis: new by old, and the noise."""
    series: Series
    x: int
    old: float
    new: float
    noise: float

    @property
    def ratio(self):
        return self.new / self.old

    @property
    def exceeds(self):
        return abs(self.ratio - 1) > self.noise


def _same(runs, what):
    found = {json.dumps(run[what], sort_keys=True) for run in runs}
    if len(found) > 1:
        raise Fatal(f'these runs differ in {what}: {", ".join(sorted(found))}')
    return runs[0][what]


def _of_other_parts(base, made):
    """What a baseline has of parts that the one just made has not, as far as it
    is comparable: of the same kernel and tools, and what is in real time of the
    same host.
    """
    if any(base[what] != made[what] for what in ('linux', 'compiler', 'qemu')):
        return {}
    parts = {key.partition('/')[0] for key in made['places']}
    return {key: places for key, places in base['places'].items()
            if key.partition('/')[0] not in parts and
            (base['host'] == made['host'] or f'/{INSTRUCTIONS}/' in key)}


def merge(runs, base=None):
    """The baseline that these runs (bench.json) make, with what an older one
    has of other parts.
    """
    if len(runs) < 3:
        raise Fatal(f'{len(runs)} runs are not enough for a baseline: three say '
                    f'how much they differ')
    places = {}
    for run in runs:
        for series in bench_data.from_json(run['series']):
            for point in series.points:
                places.setdefault(series.key, {}).setdefault(
                    str(point.x), []).append([point.median,
                                              round(point.noise, 4)])
    whole = {key: {x: values for x, values in of_key.items()
                   if len(values) == len(runs)}
             for key, of_key in places.items()}
    made = {'SPDX-License-Identifier': 'GPL-2.0',
            **{what: _same(runs, what)
               for what in ('linux', 'compiler', 'qemu', 'host')},
            'places': whole}
    if base:
        made['places'] = {**_of_other_parts(base, made), **whole}
    return made


def load(arch):
    """The stored baseline of an arch, or None."""
    try:
        return json.loads(path(arch).read_text())
    except FileNotFoundError:
        return None


def compare(base, found, series):
    """All that can be compared, and how many figures cannot be, being of another
    host's real time or unknown to the baseline.
    """
    here = all(base[what] == found[what] for what in ('host', 'qemu'))
    changes, left = [], 0
    for one in series:
        known = base['places'].get(one.key, {}) \
            if here or one.clock == INSTRUCTIONS else {}
        for point in one.points:
            runs = known.get(str(point.x))
            if not runs:
                left += 1
                continue
            medians = [median for median, _ in runs]
            old = statistics.median(medians)
            noise = max(_FLOOR.get(one.clock, 0),
                        2 * (max(medians) - min(medians)) / old, point.noise,
                        *(n for _, n in runs))
            changes.append(Change(one, point.x, old, point.median, noise))
    return changes, left
