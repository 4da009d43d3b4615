# SPDX-License-Identifier: GPL-2.0
"""What the hotplug paths reach in a kernel's call graph.

The machine code does not say where calls through pointers go. Those that matter
are data, scripts/rules/edges.ini, and checked: every function on the way that
has such a call must be listed, and every callback that the kernel registers on
the chains of notifiers and CPU hotplug states.

The walk ends at functions that anybody may call with no hotplug lock at all
(scripts/rules/free.ini): nothing below them can rely on one.
"""

from collections import deque
from dataclasses import dataclass, field

import rules
from common import Fatal

_ARROW = ' -> '


@dataclass
class Reach:
    """What is reached from some functions, and from where first."""
    parents: dict
    stopped: set = field(default_factory=set)   # where the walk ended

    def chain(self, function):
        """A shortest chain of calls to a function, outermost first."""
        found = []
        while function:
            found.append(function)
            function = self.parents[function]
        return found[::-1]


class HotplugGraph:
    """A call graph with the calls through pointers that matter."""

    def __init__(self, graph, kernel, options, folder=rules.RULES):
        """options: what the kernel's configuration sets."""
        self.graph = graph
        self.kernel = kernel
        self.options = options
        self.problems = []

        def load(*args):
            return rules.of_kernel(rules.read(*args, folder=folder), kernel)

        edges = load('edges', ('calls', 'through', 'cut', 'config'), ('why',))
        self._edges = {k: e for k, e in edges.items() if self.configured(e)}
        self.chains = load('callbacks', ('table', 'register', 'head', 'from',
                                         'callbacks', 'others'), ('why',))
        self.free = {}
        for rule in load('free', (), ('functions', 'why')).values():
            for name in rule.words('functions'):
                found = graph.find(name)
                if found:
                    self.free[found] = rule
        self._cuts, self._listed, self._through = set(), {}, set()
        self._read_edges()
        self._read_chains()

    def configured(self, rule):
        """Does the configuration have the options that a rule is about?"""
        return all(self.options.get(f'CONFIG_{o}', 'n') != 'n'
                   for o in rule.words('config'))

    def function(self, name, rule):
        """A function that a rule names; a problem if it is not there."""
        found = self.graph.find(name)
        if not found:
            self.problems.append(
                f'{rule}: this kernel has no function {name}, or several: '
                f'give the rule a range of versions, or "file.c:{name}"')
        return found

    def _read_edges(self):
        for rule in self._edges.values():
            ends = rule.name.split(_ARROW)
            names = [self.function(end, rule) for end in ends]
            if None in names:
                continue
            if len(ends) == 2:
                self._cuts.add(tuple(names))
                if names[1] not in self.graph.takes[names[0]] | \
                        self.graph.calls[names[0]]:
                    self.problems.append(
                        f'{rule}: there is no such call any more')
                continue
            if names[0] not in self.graph.indirect and \
                    not self._through & self.graph.calls[names[0]]:
                self.problems.append(f'{rule}: it has no call through a '
                                     f'pointer any more')
            targets = [self.function(c, rule) for c in self._targets(rule)]
            self._listed[names[0]] = {t for t in targets if t}
            if rule['through']:
                self._through.add(names[0])

    def _targets(self, rule, key='calls'):
        """The functions in a list; "name if OPTION" or "name if VERSIONS"
        where not always there.
        """
        for line in rule.lines(key):
            name, _, condition = line.partition(' if ')
            if not condition or (
                    self._within(condition, rule) if '.' in condition else
                    self.options.get(f'CONFIG_{condition}', 'n') != 'n'):
                yield name

    def _within(self, versions, rule):
        try:
            return self.kernel.within(versions)
        except ValueError as e:
            raise Fatal(f'{rule}: {e}')

    def _registered(self, rule):
        """The callbacks of a chain, by the function that registers them."""
        graph, found = self.graph, {}
        registrars = set(rule.words('register'))
        for function in graph.functions:
            if not registrars & graph.calls.get(function, set()) or \
                    function in registrars:
                continue
            # A notifier block in data, or else whatever it takes.
            blocks = rule['head'] and {
                graph.pointers[d][0] for d in graph.refers[function]
                if 0 in graph.pointers.get(d, {})}
            for callback in blocks or graph.takes[function]:
                found.setdefault(callback, function)
        for table in rule.words('table'):
            for callback in graph.pointers.get(table, {}).values():
                found.setdefault(callback, table)
        return found

    def _read_chains(self):
        for rule in self.chains.values():
            listed = {self.function(c, rule)
                      for c in self._targets(rule, 'callbacks')} - {None}
            others = {self.graph.find(o) for o in rule.words('others')}
            for callback, place in sorted(self._registered(rule).items()):
                if callback not in listed | others and \
                        place not in others:
                    self.problems.append(
                        f'{rule}: unlisted callback {callback}, '
                        f'registered in {place}')
            callers = {self.function(c, rule) for c in rule.words('from')}
            # Whoever passes on the head of a chain, and has it called.
            callers |= {f for f in self.graph.functions
                        if set(rule.words('head')) &
                        self.graph.refers.get(f, set()) and
                        self._through & self.graph.calls.get(f, set())}
            for caller in callers - {None}:
                self._listed.setdefault(caller, set()).update(listed)

    def next(self, function):
        """Whom a function calls, or may have called."""
        graph = self.graph
        found = graph.calls.get(function, set()) | \
            graph.takes.get(function, set()) | \
            self._listed.get(function, set())
        return sorted(f for f in found if f in graph.functions and
                      (function, f) not in self._cuts)

    def roots(self, rule):
        """The functions in which a path begins."""
        found = [self.function(name, rule)
                 for name in self._targets(rule, 'entry')]
        return [f for f in found if f]

    def walk(self, roots, ends):
        """Everything that is reached from the roots; ends: functions whose
        calls are not followed.
        """
        reach = Reach({root: None for root in roots})
        queue = deque(roots)
        while queue:
            function = queue.popleft()
            if function in ends:
                reach.stopped.add(function)
                continue
            for target in self.next(function):
                if target not in reach.parents:
                    reach.parents[target] = function
                    queue.append(target)
        return reach

    def unlisted(self, reach):
        """Functions on the way with a call through a pointer that no rule
        says anything of.
        """
        found = []
        for function in reach.parents:
            if function in reach.stopped:
                continue
            called = self.graph.calls.get(function, set())
            unresolved = called & self._through and \
                function not in self._listed and \
                function not in self._through
            if unresolved or (function in self.graph.indirect and
                              function not in self._listed):
                found.append(function)
        return found


def options(path):
    """What a .config sets, by name."""
    try:
        lines = path.read_text().splitlines()
    except OSError as e:
        raise Fatal(f'cannot read {path}: {e.strerror}')
    return dict(line.split('=', 1) for line in lines
                if line.startswith('CONFIG_') and '=' in line)
