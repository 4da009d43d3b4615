# SPDX-License-Identifier: GPL-2.0
"""What a zonelist reader saw: the maps that zonelist_interleave prints.

The suite stops the writer of a list after every store and the reader after
every step, and prints one digit for each such pair:

  # case: map dir=online zone=1:Movable list=fallback:0 reader=raw \\
          sched=reader-first stores=8 row=0 00000000/00120000/...
  # case: sum dir=online zone=1:Movable reader=next pairs=960 ok=900 ...
  # case: pairs 12345 of 12345 in 4321 ms (2856/s), 30 transitions

A map has a row for each position of the reader and a column for each store of
the writer; what does not fit into a line goes on in the next. The sums count
all pairs of a reader, those of its maps included. Lines get lost on a console,
so what is not complete or does not add up is an error.
"""

import re
from dataclasses import asdict, dataclass, field
from itertools import product
from typing import Iterable

import console

# The test case that prints all this, once for each of its parameters.
CASE = 'zonelist_interleave.every_interleaving'

DIRECTIONS = ('online', 'offline')
READERS = ('raw', 'kernel')
SCHEDULES = ('reader-first', 'writer-first')

# Outcomes of one pair, by bit of its digit; no bit is "ok".
OUTCOMES = ('missed', 'twice', 'index', 'excluded', 'emptied')
COUNTS = ('pairs', 'ok', *OUTCOMES)
DIGITS = '0123456789abcdefghijklmnopqrstuv'

_LINE = re.compile(r'\s*# \w+(?:\[.*?\])?: '
                   r'((?:map|sum)(?= \w+=)|pairs(?= \d)) (.*)')
_WHAT = rf'dir=({"|".join(DIRECTIONS)}) zone=(\d+:\w+) '
_MAP = re.compile(_WHAT + r'list=((?:fallback|thisnode):\d+) '
                  rf'reader=({"|".join(READERS)}) sched=({"|".join(SCHEDULES)}) '
                  rf'stores=(\d+) row=(\d+) ([{DIGITS}/]+)')
_SUM = re.compile(_WHAT + r'reader=(\w+) ' +
                  ' '.join(rf'{name}=(\d+)' for name in COUNTS))
_PAIRS = re.compile(r'(\d+) of (\d+) in (\d+) ms \(\d+/s\), (\d+) transitions')


@dataclass
class Map:
    """All pairs of one reader and the writer of one list."""
    dir: str            # is the zone going online or offline?
    zone: str           # that comes or goes: "node:name"
    list: str           # "fallback:node" or "thisnode:node"
    reader: str         # "raw", or "kernel" for an iterator with GFP_KERNEL
    sched: str          # "reader-first" or "writer-first"
    stores: int         # columns
    rows: list[str] = field(default_factory=list)

    @property
    def name(self):
        """What an error calls it."""
        return ' '.join((self.dir, self.zone, self.list, self.reader,
                         self.sched))

    def steady(self):
        """How many rows and columns it has besides those of the zone that
        comes or goes: the rows are positions in the list before, the columns
        stores to the list after.
        """
        kind, _, nid = self.list.partition(':')
        node, _, zone = self.zone.partition(':')
        in_list = kind == 'fallback' or nid == node
        wanted = self.reader == 'raw' or zone != 'Movable'
        rows, stores = len(self.rows), self.stores
        if in_list and self.dir == 'online':
            stores -= 2
        elif in_list and wanted:
            rows -= 2
        return rows, stores

    def counts(self):
        """How many pairs there are of each outcome; one may have several."""
        digits = ''.join(self.rows)
        found = {'pairs': len(digits), 'ok': digits.count('0')}
        for bit, name in enumerate(OUTCOMES):
            found[name] = sum(DIGITS.index(d) >> bit & 1 for d in digits)
        return found


@dataclass
class Sum:
    """The outcomes of all pairs of one kind of reader."""
    dir: str
    zone: str
    reader: str
    counts: dict[str, int]

    @property
    def name(self):
        """What an error calls it."""
        return f'{self.dir} {self.zone} {self.reader}'


@dataclass
class Interleave:
    """All that a log says about interleavings, and what is wrong with it."""
    maps: list[Map] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    reports: int = 0    # how many cases said how many pairs
    pairs: int = 0
    planned: int = 0
    ms: int = 0
    transitions: int = 0
    errors: list[str] = field(default_factory=list)

    def outcomes(self):
        """How many of all pairs there are of each outcome."""
        return {name: sum(s.counts[name] for s in self.sums)
                for name in COUNTS}

    def summary(self):
        """For results.json; None if there is nothing to say."""
        if not (self.maps or self.sums or self.reports):
            return None
        return {'pairs': self.pairs, 'planned': self.planned, 'ms': self.ms,
                'per_second': per_second(self.pairs, self.ms),
                'transitions': self.transitions, 'outcomes': self.outcomes(),
                'maps': [asdict(m) for m in self.maps]}


def per_second(pairs, ms):
    """The rate; a clock too coarse to tell says 0 ms."""
    return round(pairs * 1000 / max(ms, 1))


def parse(console_lines: Iterable[str]) -> Interleave:
    """Read all maps in a kernel's console log."""
    found = Interleave()
    for line in console_lines:
        if match := _LINE.match(console.message(line)[1]):
            error = _READERS[match[1]](found, match[2].rstrip())
            if error:
                found.errors.append(error)
    found.errors += (_map_errors(found.maps) + _sum_errors(found) +
                     _total_errors(found))
    return found


def _read_map(found, text):
    match = _MAP.fullmatch(text)
    if not match:
        return f'not a map: {text}'
    stores, row = int(match[6]), int(match[7])
    new = Map(*match.groups()[:5], stores)
    known = [m for m in found.maps if m.name == new.name]
    if not known:
        found.maps.append(new)
    this = known[0] if known else new
    if stores != this.stores:
        return f'{this.name}: {this.stores} stores, then {stores}'
    if row != len(this.rows):
        return f'{this.name}: row {row} where row {len(this.rows)} is due'
    this.rows += match[8].split('/')
    return None


def _read_sum(found, text):
    match = _SUM.fullmatch(text)
    if not match:
        return f'not a sum: {text}'
    counts = dict(zip(COUNTS, map(int, match.groups()[3:])))
    new = Sum(*match.group(1, 2, 3), counts)
    if any(s.name == new.name for s in found.sums):
        return f'{new.name}: a second sum'
    found.sums.append(new)
    return None


def _read_pairs(found, text):
    match = _PAIRS.fullmatch(text)
    if not match:
        return f'not a number of pairs: {text}'
    pairs, planned, ms, transitions = map(int, match.groups())
    found.reports += 1
    found.pairs += pairs
    found.planned += planned
    found.ms += ms
    found.transitions += transitions
    return None


_READERS = {'map': _read_map, 'sum': _read_sum, 'pairs': _read_pairs}


def _map_errors(maps):
    errors = []
    sizes = {}
    for this in maps:
        wrong = [n for n, row in enumerate(this.rows)
                 if len(row) != this.stores]
        if wrong:
            errors.append(f'{this.name}: row {wrong[0]} is '
                          f'{len(this.rows[wrong[0]])} wide, not {this.stores}')
        rows, stores = this.steady()
        if this.reader == 'raw' and rows != stores:
            errors.append(f'{this.name}: {len(this.rows)} rows, not '
                          f'{len(this.rows) + stores - rows}')
        sizes.setdefault((this.zone, this.list, this.reader),
                         {}).setdefault((rows, stores), []).append(this)
    for same in sizes.values():
        if len(same) > 1:
            odd = min(same.values(), key=len)[0]
            errors.append(f'{odd.name}: {len(odd.rows)} rows of {odd.stores}, '
                          f'which does not go with its other maps')
    names = {m.name for m in maps}
    for zone, zonelist in sorted({(m.zone, m.list) for m in maps}):
        due = {f'{way} {zone} {zonelist} {reader} {sched}' for way, reader, sched
               in product(DIRECTIONS, READERS, SCHEDULES)}
        errors += [f'{name}: no such map' for name in sorted(due - names)]
    return errors


def _sum_errors(found):
    errors = []
    for this in found.sums:
        counts = this.counts
        bad = [counts[name] for name in OUTCOMES]
        if not max(bad) <= counts['pairs'] - counts['ok'] <= sum(bad):
            errors.append(f'{this.name}: the sum does not add up')
        mapped = [m.counts() for m in found.maps
                  if (m.dir, m.zone, m.reader) ==
                  (this.dir, this.zone, this.reader)]
        # All pairs of the raw walk are in maps.
        if this.reader == 'raw' and counts != {
                name: sum(m[name] for m in mapped) for name in COUNTS}:
            errors.append(f'{this.name}: the sum is not that of the maps')
    return errors


def _total_errors(found):
    total = found.outcomes()['pairs']
    errors = []
    if found.pairs != found.planned:
        errors.append(f'{found.pairs} of {found.planned} pairs')
    if total != found.planned or (found.maps and not total):
        errors.append(f'{total} pairs in the sums, {found.planned} planned')
    return errors
