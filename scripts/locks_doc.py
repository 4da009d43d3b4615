# SPDX-License-Identifier: GPL-2.0
"""The parts of memory-hotplug-locking.rst that come from the rules on locks,
and from what "make locksets" has recorded: a file in scripts/rules a kernel.
"""

import re

import locktable
import lockrules
import rst
import rules

_MODES = {'r': 'read', 'w': 'write', 'rw': 'read, write', locktable.NO: 'no'}


def observed(kernel):
    """What was recorded on this kernel: (rows, order, rules) as in locktable;
    Fatal if nothing was.
    """
    chosen = lockrules.LockRules(kernel)
    return (*locktable.observed(locktable.observed_path(kernel), chosen),
            chosen)


def locks(kernel):
    """The locks, from the outermost to the innermost."""
    every = sorted(rules.of_kernel(lockrules.read_locks(), kernel).values(),
                   key=lambda r: (not r['order'], int(r['order'] or 0)))
    return rst.table((22, 38, 40), ('Lock', 'Protects', 'Taken by'), [
        (f'{rst.sentence(r["title"])} ({r["kind"]})',
         rst.sentence(r['protects']), rst.sentence(_taken(r)))
        for r in every])


def _taken(rule):
    if rule['read'] in ('', locktable.NO):
        return rule['write']
    return f'for reading: {rule["read"]}; for writing: {rule["write"]}'


def _mode(lock, mode):
    """One that can only be held in one way is held or not."""
    return 'yes' if mode == 'w' and not lock.shared else _MODES[mode]


def paths(kernel, names):
    """Which of these locks are held anywhere on each path."""
    table, _, chosen = observed(kernel)
    widths = (40, *[60 // len(names)] * len(names))
    return rst.table(
        widths, ('Path', *(
            # So that a header may be more than one line.
            rst.sentence(chosen.locks[n].title.replace('_', ' '))
            for n in names)),
        [(rst.sentence(chosen.paths[path]['title']), *(
            _mode(chosen.locks[n], modes[n]) for n in names))
         for path, modes in table])


def recorded():
    """All Kernels that something was recorded on, the oldest first; x86_64 first
    of a version.
    """
    found = [rules.Kernel(*re.fullmatch(r'observed-([\d.]+)-(\w+)',
                                        path.stem).groups())
             for path in rules.RULES.glob('observed-*.ini')]
    return sorted(found, key=lambda k: (rules.version(k.release),
                                        k.arch != 'x86_64', k.arch))


def everywhere(name):
    """How this lock is held on each path, on each kernel that was recorded."""
    kernels = recorded()
    held, titles = [], {}
    for kernel in kernels:
        table, _, chosen = observed(kernel)
        held.append({path: _mode(chosen.locks[name], modes[name])
                     for path, modes in table})
        titles |= {path: chosen.paths[path]['title'] for path, _ in table}
    return rst.table(
        (36, *[64 // len(kernels)] * len(kernels)),
        ('Path', *(f'Linux {k.release}, {k.arch}' for k in kernels)),
        [(rst.sentence(title), *(of_kernel.get(path, 'not taken')
                                 for of_kernel in held))
         for path, title in titles.items()])


def functions(kernel):
    """What the rules say of functions, on all of their paths: which locks must
    be held by whoever enters one, which must not, and why.
    """
    def names(expected):
        return ', '.join(f'{chosen.locks[n].title}'
                         f'{f" ({_MODES[m]})" if m else ""}'
                         for n, m in expected.items()) or 'none'
    chosen = lockrules.LockRules(kernel)
    rows = []
    for rule in chosen.functions().values():
        held = lockrules.locks_of(rule, 'must', chosen.locks)
        never = lockrules.locks_of(rule, 'never', chosen.locks)
        if rule['why']:
            absent = f'; not {names(never)}' if never else ''
            rows.append((rst.call(rule.name),
                         f'{rst.sentence(names(held))}{absent}. '
                         f'{rst.sentence(rule["why"])}.'))
    return rst.table((30, 70), ('Function', 'Held, and why'), rows)


def order_figure(kernel):
    """The order of the locks, as DOT."""
    _, pairs, chosen = observed(kernel)
    return locktable.dot(pairs, chosen)
