# SPDX-License-Identifier: GPL-2.0
"""What lockset_test has recorded, and what is wrong with it."""

import re
import statistics
from collections import defaultdict
from dataclasses import dataclass, field

from common import Fatal
from lockrules import OVERHEAD

_LINE = re.compile(r'memhp: (lockset|lockset-overhead|lock-order)=(.*)')


@dataclass(frozen=True)
class Held:
    """A lock that a task holds."""
    lock: str           # its name in locks.ini
    mode: str           # r or w
    tried: bool         # without waiting
    where: str          # the function that took it


@dataclass(frozen=True)
class Sight:
    """What was seen, count times, at the entry of a function."""
    path: str
    task: str           # without the numbers in its name
    function: str
    held: tuple         # of Held, in the order in which they were taken


@dataclass(frozen=True)
class Edge:
    """A lock that was taken with another one held."""
    before: str
    after: str
    seen: str           # lockdep, or whose stack of locks


@dataclass
class Record:
    sights: dict = field(default_factory=dict)      # Sight: count
    lockdep: dict = field(default_factory=dict)     # (before, after): via
    plain: list = field(default_factory=list)       # us, without probes
    probed: list = field(default_factory=list)      # us, with probes
    lost: dict = field(default_factory=dict)        # what: how often

    def paths(self):
        """{path: [(Sight, count)]} of those that are judged."""
        found = defaultdict(list)
        for sight, count in self.sights.items():
            if sight.path != OVERHEAD:
                found[sight.path].append((sight, count))
        return found

    def overhead(self):
        """(ms without probes, ms with, ratio), medians; None if unknown."""
        if not self.plain or not self.probed:
            return None
        plain, probed = (statistics.median(v) / 1000
                         for v in (self.plain, self.probed))
        return plain, probed, probed / plain


def _task(name):
    """cpuhp/2 and cpuhp/3, kworker/u8:1 and kworker/0:2 are one each."""
    return re.sub(r'[/:][\w:.+-]*$', '', name)


def _held(word, known):
    parts = word.rsplit(':', 2)
    if len(parts) != 3 or parts[0] not in known:
        raise Fatal(f'lockset_test printed a lock that locks.ini does not '
                    f'have: {word}')
    return Held(known[parts[0]], parts[1][0], parts[1].endswith('t'),
                parts[2])


def _add_sight(record, text, known):
    # A function of a module has its name behind it.
    words = re.sub(r' \[\w+\]', '', text).split()
    path, task, function, count = words[:4]
    sight = Sight(path, _task(task), function,
                  tuple(_held(w, known) for w in words[4:]))
    record.sights[sight] = record.sights.get(sight, 0) + int(count)


def _add_edge(record, text, known):
    edge, _, via = text.partition(' via ')
    before, after = (known.get(n) for n in edge.split(' -> '))
    if before and after and before != after:
        record.lockdep.setdefault((before, after), via)


def parse(lines, lockrules):
    """A Record, from a guest's log; Fatal if it is not complete."""
    record, known = Record(), lockrules.by_lockdep
    for line in lines:
        match = _LINE.search(line)
        if not match:
            continue
        kind, text = match[1], match[2].strip()
        if kind == 'lock-order':
            _add_edge(record, text, known)
        elif kind == 'lockset-overhead':
            plain, probed = map(int, text.split())
            record.plain.append(plain)
            record.probed.append(probed)
        elif re.fullmatch(r'(overflow|missed) \d+', text):
            what, count = text.split()
            record.lost[what] = int(count)
        elif text.startswith('failed '):
            raise Fatal(f'lockset_test could not read what was recorded: '
                        f'{text.removeprefix("failed ")}')
        else:
            _add_sight(record, text, known)
    if set(record.lost) != {'overflow', 'missed'}:
        raise Fatal('lockset_test did not get as far as its record')
    return record


def edges(record):
    """All Edges: what lockdep knows, and what the stacks of held locks show.

    Only the latter have device locks, which lockdep leaves out. Who only tries
    a lock does not wait for it, so that is no order.
    """
    found = [Edge(before, after, f'lockdep{f", via {via}" if via else ""}')
             for (before, after), via in record.lockdep.items()]
    stacks = {}
    for sight in record.sights:
        if sight.path == OVERHEAD:
            continue
        for i, inner in enumerate(sight.held):
            for outer in sight.held[:i]:
                if not inner.tried and outer.lock != inner.lock:
                    stacks.setdefault((outer.lock, inner.lock),
                                      f'{sight.path}, {sight.function}: '
                                      f'{inner.where}')
    return found + [Edge(*pair, seen) for pair, seen in stacks.items()]


@dataclass(frozen=True)
class Finding:
    """One thing that is not as the rules have it."""
    path: str
    function: str
    lock: str
    what: str

    def __str__(self):
        where = ', '.join(filter(None, (self.path, self.function, self.lock)))
        return f'{where}: {self.what}'


def _fits(mode, held):
    return mode in ('', held.mode)


def _check_sight(sight, expected):
    """What is wrong with one Sight, as (lock, text)."""
    held = {}
    for h in sight.held:
        held.setdefault(h.lock, []).append(h)
    for lock, mode in expected.must.items():
        if lock not in held:
            yield lock, f'not held by {sight.task}: {expected.rule}'
        elif not any(_fits(mode, h) for h in held[lock]):
            h = held[lock][0]
            yield lock, (f'held for {h.mode}, not for {mode}, by {sight.task},'
                         f' taken in {h.where}: {expected.rule}')
    allowed = {**expected.may, **expected.must}
    for lock, all_held in held.items():
        for h in all_held:
            if lock in expected.never:
                yield lock, (f'must never be held, but is by {sight.task}, '
                             f'taken in {h.where}: {expected.rule}')
            elif lock not in allowed:
                yield lock, (f'held unexpectedly by {sight.task}, taken in '
                             f'{h.where}: {expected.rule}')
            elif not _fits(allowed[lock], h) and lock not in expected.must:
                yield lock, (f'held for {h.mode}, not for {allowed[lock]}, by '
                             f'{sight.task}, taken in {h.where}: '
                             f'{expected.rule}')


def check_functions(record, lockrules, here):
    """What is wrong on the paths, {(path, function): [Finding]}, with an empty
    list for what is right.

    here: the paths that this kernel has, and a test takes.
    """
    found = {key: [] for key, e in lockrules.expected.items()
             if key[0] in here and not e.sometimes}
    seen = set()
    for sight in record.sights:
        if sight.path == OVERHEAD:
            continue
        key = sight.path, sight.function
        seen.add(key)
        mine = found.setdefault(key, [])
        expected = lockrules.expected.get(key)
        if not expected:
            mine.append(Finding(*key, '', f'entered by {sight.task}, but '
                                'functions.ini does not have it there'))
            continue
        for lock, text in _check_sight(sight, expected):
            finding = Finding(*key, lock, text)
            if finding not in mine:
                mine.append(finding)
    for key in found.keys() - seen:
        found[key].append(Finding(*key, '', 'never entered'))
    return found


def check_order(record, lockrules):
    """What is wrong with the order, {(before, after): [Finding]}, with an
    empty list for what is right.
    """
    found = {}
    for edge in edges(record):
        before, after = (lockrules.locks[n] for n in (edge.before, edge.after))
        if before.order is None or after.order is None or \
                after.name in before.known:
            continue
        mine = found.setdefault((before.name, after.name), [])
        if before.order >= after.order and not mine:
            mine.append(Finding('', '', after.name,
                                f'taken with {before.name} held, against '
                                f'their order in locks.ini ({edge.seen})'))
    return found


def known_order(record, lockrules):
    """Edges against the order that locks.ini knows, seen here or not."""
    seen = {(e.before, e.after) for e in edges(record)}
    return {(lock.name, known): (lock.name, known) in seen
            for lock in lockrules.locks.values() for known in lock.known
            if lockrules.locks[known].order is not None}
