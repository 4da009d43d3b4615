# SPDX-License-Identifier: GPL-2.0
"""What was recorded, for people: the table of paths and locks, the graph of
the order of locks, and both as data that does not change from run to run.
"""

import lockrecord
import rst
import rules

NO = '-'


def rows(record, lockrules):
    """[(path, {lock: 'r', 'w', 'rw' or '-'})], in the order of paths.ini: all
    modes in which a lock is held anywhere on the path.
    """
    paths = record.paths()
    found = []
    for path in lockrules.paths:
        if path in paths:
            modes = {name: set() for name in lockrules.locks}
            for sight, _ in paths[path]:
                for held in sight.held:
                    modes[held.lock].add(held.mode)
            found.append((path, {name: ''.join(sorted(m)) or NO
                                 for name, m in modes.items()}))
    return found


def data(table, lockrules):
    """What rows() gives as plain data, for results.json; see results.py."""
    return {'locks': {name: lock.title for name, lock in lockrules.locks.items()},
            'paths': [{'path': path, 'title': lockrules.paths[path]['title'],
                       'held': {name: mode for name, mode in modes.items()
                                if mode != NO}} for path, modes in table]}


def text(record, lockrules):
    """The table as lines: a column a lock, named by a letter; how many
    functions and how many entries each row stands for.
    """
    letters = {name: chr(ord('A') + i)
               for i, name in enumerate(lockrules.locks)}
    head = ''.join(f'{x:>3}' for x in letters.values())
    lines = [f'{"path":26}{head}  functions  entries']
    paths = record.paths()
    for path, modes in rows(record, lockrules):
        cells = ''.join(f'{modes[name]:>3}' for name in letters)
        sights = paths[path]
        lines.append(f'{path:26}{cells}'
                     f'{len({s.function for s, _ in sights}):>11}'
                     f'{sum(count for _, count in sights):>9}')
    names = [f'{letter} {name}' for name, letter in letters.items()]
    for i in range(0, len(names), 3):
        cells = ''.join(f'{n:28}' for n in names[i:i + 3])
        lines.append(f'  {cells.rstrip()}')
    return lines


def order(record, lockrules):
    """[(before, after, known)] of the locks that have an order: what follows
    from others is left out. known: against the order, but allowed.
    """
    pairs = {(e.before, e.after) for e in lockrecord.edges(record)
             if lockrules.locks[e.before].order is not None and
             lockrules.locks[e.after].order is not None}
    known = {(a, b) for a, b in pairs if b in lockrules.locks[a].known}
    kept = reduced(pairs - known)
    return [(*pair, False) for pair in sorted(kept)] + \
        [(*pair, True) for pair in sorted(known)]


def reduced(pairs):
    """The least set of pairs from which all of these follow; if they have a
    cycle, all of them.
    """
    after = {}
    for a, b in pairs:
        after.setdefault(a, set()).add(b)

    def reach(start, without):
        seen, todo = set(), [n for n in after.get(start, ()) if n != without]
        while todo:
            node = todo.pop()
            if node not in seen:
                seen.add(node)
                todo += after.get(node, ())
        return seen
    if any(a in reach(a, None) for a in after):
        return set(pairs)
    return {(a, b) for a, b in pairs if b not in reach(a, b)}


def dot(pairs, lockrules):
    """A graph for DOT, from order(): what is against the order is dashed."""
    names = sorted({n for a, b, _ in pairs for n in (a, b)},
                   key=lambda n: (lockrules.locks[n].order, n))
    return rst.dot('lock_order', [
        *(f'{n} [label="{lockrules.locks[n].title}"];' for n in names),
        *(f'{a} -> {b}' + (' [style=dashed, constraint=false]'
                           if known else '') + ';' for a, b, known in pairs)])


def observed_path(kernel):
    """Where what as_ini() says of such a kernel is checked in."""
    return rules.measured('observed', kernel)


def as_ini(record, lockrules):
    """rows() and order() as an .ini file, without what changes from run to
    run; observed() reads it.
    """
    kernel = lockrules.kernel
    major, minor = rules.version(kernel.release)
    lines = ['# SPDX-License-Identifier: GPL-2.0', '#',
             f'# Recorded by "make locksets" on Linux {major}.{minor}, '
             f'{kernel.arch}. Not to be edited.', '#',
             '#   [path NAME]    the modes in which locks are held on it',
             '#   [after NAME]   locks that were taken with this one held; '
             'what follows',
             '#                  from others is left out', '']
    for path, modes in rows(record, lockrules):
        lines += [f'[path {path}]', *(f'{name} = {mode}' for name, mode in
                                      modes.items() if mode != NO), '']
    after = {}
    for a, b, known in order(record, lockrules):
        after.setdefault(a, []).append(f'{b} = {"known" if known else "yes"}')
    for name in sorted(after):
        lines += [f'[after {name}]', *after[name], '']
    return '\n'.join(lines[:-1]) + '\n'


def observed(path, lockrules):
    """(rows, order) from what as_ini() wrote: as rows() and order() give."""
    parser = rules.parse(path)
    table, pairs = [], []
    for section in parser.sections():
        kind, _, name = section.partition(' ')
        if kind == 'path':
            table.append((name, {lock: parser[section].get(lock, NO)
                                 for lock in lockrules.locks}))
        else:
            pairs += [(name, after, how == 'known')
                      for after, how in parser[section].items()]
    return table, sorted(pairs, key=lambda p: (p[2], p))
