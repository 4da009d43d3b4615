# SPDX-License-Identifier: GPL-2.0
"""The rules on locks: which there are, in which order they are taken, and
which are held by whoever enters a function on a path. From scripts/rules/.
"""

from dataclasses import dataclass

import rules
from arches import ARCHES
from common import Fatal

# Of a path that is taken for its time alone.
OVERHEAD = 'overhead'
# Stands for all functions.
_ANY = '*'

_LOCK_KEYS = ('protects', 'read', 'write', 'order', 'known', 'history',
              'proof', 'why')
_FUNCTION_KEYS = ('paths', 'sometimes', 'must', 'may', 'never', 'why',
                  'proof', 'history')


def read_locks(folder=rules.RULES):
    """The rules of locks.ini."""
    return rules.read('locks', _LOCK_KEYS, ('title', 'kind', 'lockdep'),
                      folder)


@dataclass(frozen=True)
class Lock:
    """One lock of locks.ini."""
    name: str
    title: str
    lockdep: str
    shared: bool        # whether it can be held for reading
    order: int | None
    known: tuple        # locks that are taken inside, against the order


@dataclass(frozen=True)
class Expected:
    """What holds for a function on a path; locks are {name: mode or ''}."""
    path: str
    function: str
    must: dict
    may: dict
    never: tuple
    sometimes: bool     # whether the path may go without it
    rule: str           # for messages


def locks_of(rule, key, locks):
    """The locks that a rule names, {name: mode or ''}."""
    found = {}
    for word in rule.words(key):
        name, _, mode = word.partition(':')
        if name not in locks:
            raise Fatal(f'{rule}: {key}: there is no lock "{name}" in '
                        f'locks.ini')
        if mode not in ('', 'r', 'w'):
            raise Fatal(f'{rule}: {key}: "{word}" ends neither in ":r" nor '
                        f'in ":w"')
        found[name] = mode
    return found


class LockRules:
    """All that holds for one kernel."""

    def __init__(self, kernel, folder=rules.RULES):
        self.kernel = kernel
        self.locks = {
            name: self._lock(rule) for name, rule in rules.of_kernel(
                read_locks(folder), kernel).items()}
        for lock in self.locks.values():
            for known in lock.known:
                if known not in self.locks:
                    raise Fatal(f'locks.ini: [{lock.name}]: known: there is '
                                f'no lock "{known}"')
        paths = [rule for subject in ('paths', 'bystanders') for rule in
                 rules.read(subject, (*rules.PATH_KEYS, 'entry'), ('title',),
                            folder)]
        self._known = {rule.name for rule in paths}
        self.paths = rules.of_kernel(paths, kernel)
        self._functions = rules.of_kernel(
            rules.read('functions', _FUNCTION_KEYS, (), folder), kernel)
        self.by_lockdep = {lock.lockdep: lock.name
                           for lock in self.locks.values()}
        self.expected = self._expect()

    @staticmethod
    def _lock(rule):
        order = rule['order']
        if order and not order.isdecimal():
            raise Fatal(f'{rule}: order: "{order}" is no number')
        return Lock(rule.name, rule['title'], rule['lockdep'],
                    rule['read'] not in ('', '-'),
                    int(order) if order else None,
                    tuple(rule.words('known')))

    def _check(self, path, where):
        if path not in self._known:
            raise Fatal(f'{where}: there is no path "{path}" in paths.ini')

    def _split(self, rule):
        function, _, path = (w.strip() for w in rule.name.partition('/'))
        if path:
            self._check(path, rule)
        return function, path

    def _expect(self):
        everywhere, here = {}, {}
        for rule in self._functions.values():
            function, path = self._split(rule)
            if path:
                here[function, path] = rule
            else:
                everywhere[function] = rule
        found = {}
        for function, rule in everywhere.items():
            for key in ('paths', 'sometimes'):
                for path in rule.words(key):
                    self._check(path, f'{rule}: {key}')
                    found[path, function] = self._merge(
                        function, path, rule, here.get((function, path)),
                        here.get((_ANY, path)), key == 'sometimes')
        for function, path in here:
            if function != _ANY and (path, function) not in found:
                raise Fatal(f'functions.ini: [{function} / {path}]: '
                            f'[{function}] does not have that path')
        return {key: expected for key, expected in found.items()
                if key[0] in self.paths}

    def _merge(self, function, path, rule, own, base, sometimes):
        def merged(key):
            chosen = own if own and key in own.values else rule
            found = locks_of(chosen, key, self.locks)
            if base:
                found = {**locks_of(base, key, self.locks), **found}
            return found
        return Expected(path, function, merged('must'), merged('may'),
                        tuple(merged('never')), sometimes, str(own or rule))

    def functions(self):
        """{function: rule} of what holds on all paths of a function."""
        return {name: rule for name, rule in self._functions.items()
                if '/' not in name}

    def driven(self):
        """{path: its case in lockset_test} of those that a test takes on this
        arch.
        """
        return {name: rule['drive'] for name, rule in self.paths.items()
                if rule['drive'] and
                self.kernel.arch in (rule.words('driven-on') or ARCHES)}

    def listing(self):
        """What the guest tells the kernel to look for; see
        lib/kunit/memhp_lockset.c. Device locks have one name.
        """
        names = dict.fromkeys(lock.lockdep.removesuffix('(memory)')
                              .removesuffix('(cpu)')
                              for lock in self.locks.values())
        functions = sorted({function for _, function in self.expected})
        return ''.join(f'lock {n}\n' for n in names) + \
            ''.join(f'function {f}\n' for f in functions)
