# SPDX-License-Identifier: GPL-2.0
"""In which order a seeded bug is to meet the tests.

A test that the bug itself names goes first. Then what has found other bugs in
the same code, in the same file at least, and takes little time. The first few
boots are quick ones; only a bug that survives them gets all the rest.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass, replace

import mutant
from common import Fatal

# What the tests of the quick boots take: so many seconds each, or this part of
# what all tests take, on a slow host.
_QUICK = ((12, 1 / 20), (25, 1 / 10), (25, 1 / 10))
# What it takes until a kernel runs its first test, in seconds.
_BOOT = 4.5
# A test that nobody has timed.
_UNKNOWN = 5.0

# How much more a bug in the same file says than one elsewhere; and one that
# shares names with it, the more the fewer others have them.
_SAME_FILE, _SAME_NAME = 20, 10
_COMMENT = re.compile(r'^(?://|#).*$', re.M)
_NAME = re.compile(r'[A-Za-z_]\w{3,}')


@dataclass(frozen=True)
class Unit:
    """A KUnit suite, or a kselftest in one of the boots it belongs to."""
    scenario: str
    name: str
    kunit: bool


def units(plan):
    """All there is to run in these scenarios."""
    return [Unit(s.name, name, kunit) for s in plan
            for kunit, names in ((True, s.selection.suites),
                                 (False, s.selection.programs))
            for name in names]


def _names(bug):
    """The names in what a bug changes."""
    text = bug.path.read_text() if bug.path.is_file() else ''
    return set(_NAME.findall(_COMMENT.sub('', text)))


class Experience:
    """Which tests have found which seeded bugs."""

    def __init__(self, ours):
        self._ours = ours
        self._names = {bug.name: _names(bug) for bug in ours}
        often = Counter(n for names in self._names.values() for n in names)
        self._rare = {n: math.log(len(ours) / often[n]) for n in often}

    def hits(self, bug, all_units):
        """How much each unit has found, of what is like this bug.

        What is said of a bug of this name is left out, so that a folder may be
        tried as if nobody knew it.
        """
        first = {}
        for unit in all_units:
            first.setdefault(unit.name, unit)
            first[unit.scenario, unit.name] = unit
        names, found = _names(bug), Counter()
        for other in self._ours:
            if other.name == bug.name:
                continue
            weight = 1 + _SAME_NAME * sum(
                self._rare[n] for n in names & self._names[other.name])
            if set(other.files) & set(bug.files):
                weight += _SAME_FILE
            for name in {mutant.suite(o.test) for o in other.seen}:
                unit = first.get((other.boot, name)) or first.get(name)
                found[unit] += weight
        return found


def _select(scenario, chosen):
    """A boot of this scenario that runs these units alone, in their order."""
    suites = [u.name for u in chosen if u.kunit]
    programs = [u.name for u in chosen if not u.kunit]
    old = scenario.selection

    def kept(globs):
        return tuple(g for g in globs if g.partition(':')[0] in programs)
    return replace(scenario, selection=replace(
        old, suites=suites, kunit_glob=old.kunit_glob if suites else '',
        programs=programs, cases=kept(old.cases), within=kept(old.within)))


def _in_order(plan, bug, experience, seconds):
    """All units, as one list a boot.

    KUnit suites and kselftests have boots of their own: zonelist_hotadd removes
    memory behind ACPI's back, and a later eject makes lockdep see a cycle.
    """
    left = units(plan)
    hits = experience.hits(bug, left)

    def cost(unit):
        return seconds.get((unit.scenario, unit.name), _UNKNOWN)

    def value(some):
        return sum(hits[u] for u in some) / (_BOOT + sum(map(cost, some)))

    def best(budget):
        """Of the boots that there could be, the one that promises most."""
        groups = {}
        for unit in left:
            some = groups.setdefault((unit.scenario, unit.kunit), [])
            if not some or sum(map(cost, some)) + cost(unit) <= budget:
                some.append(unit)
        return max(groups.values(), key=value)

    left.sort(key=lambda u: (hits[u] + 0.1) / (cost(u) + 0.3), reverse=True)
    total = sum(map(cost, left))
    chosen = []
    while left:
        budget = math.inf
        if len(chosen) < len(_QUICK):
            least, part = _QUICK[len(chosen)]
            budget = max(least, part * total)
        chosen.append(best(budget))
        left = [u for u in left if u not in chosen[-1]]
    return chosen


def by_its_own_word(bug, conf, tree):
    """The boot of the test that a bug names, if it names one of ours. TESTS= is
    all that is asked for, whatever the bug names.
    """
    if conf.tests or not bug.seen:
        return []
    try:
        return [mutant.scenario(replace(bug, seen=bug.seen[:1]), conf.arch,
                                tree)]
    except Fatal:
        # Anything may stand there.
        return []


def boots(plan, bug, experience, seconds, named=()):
    """The quick boots and the others, as two lists of scenarios, for a bug.

    seconds: {(scenario, suite or program): how long it takes}.
    named: boots that come before all others, as by_its_own_word() gives them.
    """
    by_name = {s.name: s for s in plan}
    found = [*named, *(_select(by_name[some[0].scenario], some)
                       for some in _in_order(plan, bug, experience, seconds))]
    found = [replace(s, name=f'{n}-{s.name}') for n, s in enumerate(found, 1)]
    quick = len(named) + len(_QUICK)
    return found[:quick], found[quick:]
