# SPDX-License-Identifier: GPL-2.0
"""What a patched kernel does otherwise than the baseline, and what to think of
it. Both are known by their facts: see
patch_facts.py.

A change is worse, better or unclear, or only noted. What came in a boot has to
come again in another one, and must not come on the baseline: else it is unclear.
"""

import re
from dataclasses import dataclass, field

import locksets
import rules

WORSE, BETTER, UNCLEAR, NOTED = 'worse', 'better', 'unclear', 'noted'
SAME, INCONCLUSIVE = 'same', 'inconclusive'

# How bad the end of a test is.
_ABSENT = 'absent'
_RANKS = {_ABSENT: 0, 'pass': 0, 'skip': 1, 'unexpected skip': 2, 'fail': 3,
          'missing': 4, 'crashed': 5}
# Which changes tell most.
_KINDS = ('build', 'hang', 'report', 'test', 'locks', 'run', 'audit')

_CPU_LOCK = 'cpu_hotplug_lock'
# What lockrecord says of a lock, and how bad that is; None where it depends.
_LOCK_FINDINGS = (
    (re.compile('not held by '), 'not held any more', None),
    (re.compile(r'held for \w, not for '), 'held in another mode', None),
    (re.compile('must never be held'), 'held where it must never be',
     UNCLEAR),
    (re.compile('taken with .* against their order'), 'taken against the order',
     WORSE),
    (re.compile('held unexpectedly'), 'held where it was not', UNCLEAR),
    (re.compile('never entered'), 'function not entered any more', UNCLEAR),
    (re.compile('entered by '), 'function entered on another path', UNCLEAR),
)
_TOLD = [text for _, text, _ in _LOCK_FINDINGS]
_TAKES_LOCK = re.compile(r'vanished: it uses \w+_lock no more')


@dataclass
class Change:
    """One thing that differs."""
    kind: str               # one of _KINDS
    key: str
    text: str               # in one line
    grade: str
    boots: list = field(default_factory=list)   # that it came in
    test: str = ''          # that shows it
    problem: dict = None    # of a report: see patch_facts.py
    was: str = ''           # of a test: how it ended on the baseline
    now: str = ''
    places: list = field(default_factory=list)  # of locks: [(path, function)]
    rule: tuple = ()        # that is broken: (where, its text)
    stack: list = field(default_factory=list)   # decoded
    again: tuple = None     # (on the patched kernel, on the baseline)

    def confirmed(self):
        """Did it come again where it came, and not on the other kernel?"""
        if self.again is None:
            return self.kind in ('build', 'audit')
        mine, other = self.again[::-1] if self.grade == BETTER else self.again
        return mine and not other

    def evidence(self):
        """How often it came, in words."""
        if self.again is None:
            return ''
        here, there = ('the baseline', 'the patched kernel') \
            if self.grade == BETTER else ('the patched kernel', 'the baseline')
        mine, other = self.again[::-1] if self.grade == BETTER else self.again
        more = len(self.boots) - 1
        also = f', and in {more} other boot{"s" * (more > 1)}' if more else ''
        return (f'in {1 + mine} of 2 boots of {here}{also}, ' +
                (f'once on {there}' if other else f'never on {there}'))


def _pairs(base, new):
    """The boots that both kernels went through."""
    return [(name, base['boots'][name], boot)
            for name, boot in new['boots'].items() if name in base['boots']]


def _end(boot, test):
    """How a test ended, and why; None if its boot ended before."""
    status, reason = boot['tests'].get(test, ['missing', 'gave no result'])
    whole = boot['userspace'] and not boot['ended']
    return (status, reason) if whole or status != 'missing' else None


def _of_tests(base, new):
    """Tests that end otherwise."""
    found = {}
    for name, before, after in _pairs(base, new):
        for test in {**before['tests'], **after['tests']}:
            was = _end(before, test) if test in before['tests'] else \
                (_ABSENT, '')
            now = _end(after, test)
            if not was or not now or _RANKS[was[0]] == _RANKS[now[0]]:
                continue
            worse = _RANKS[now[0]] > _RANKS[was[0]]
            reason = (now if worse else was)[1]
            change = found.setdefault((test, worse), Change(
                'test', test, f'{test}: {was[0]} -> {now[0]}' +
                (f': {reason}' if reason else ''), WORSE if worse else BETTER,
                test=test, was=was[0], now=now[0]))
            change.boots.append(name)
    return list(found.values())


def _of_problems(base, new, grade):
    """What is wrong in boots of a kernel and in none of the other's."""
    known = {p['key'] for boot in base['boots'].values()
             for p in boot['problems']}
    found = {}
    for name, _, boot in _pairs(base, new):
        for problem in boot['problems']:
            if problem['key'] not in known:
                change = found.setdefault(problem['key'], Change(
                    problem['kind'], problem['key'], problem['text'], grade,
                    test=problem['test'], problem=problem))
                change.boots.append(name)
    return list(found.values())


def _missed(change, audit):
    """What needs cpu_hotplug_lock, below a function that runs without it now:
    (what, path), or None.
    """
    bare = set(change.places)
    for site in audit['sites'] if audit else ():
        for path, chain in site['paths'].items():
            if site['class'] == 'needs' and \
                    any((path, function) in bare for function in chain):
                return site['function'], path
    return None


def _lock_finding(finding):
    return next(((text, grade) for pattern, text, grade in _LOCK_FINDINGS
                 if pattern.match(finding['what'])),
                (finding['what'], UNCLEAR))


def some(names, most=4):
    """The first of these names, and how many more there are."""
    names = list(dict.fromkeys(names))
    more = f' and {len(names) - most} more' if len(names) > most else ''
    return ', '.join(names[:most]) + more


def _why_of(where):
    """What the rules say at "functions.ini: [name]"."""
    match = re.search(r'(\w+\.ini): \[(.+?)\]$', where)
    if not match:
        return ()
    parser = rules.parse(rules.RULES / match[1])
    text = parser[match[2]].get('why', '') if match[2] in parser else ''
    return f'{match[1]}: [{match[2]}]', ' '.join(text.split())


def _of_locks(base, new):
    """Locks that are held, or taken, otherwise than the rules have it, where
    on the baseline they were not: a change a lock and what is wrong with it.
    """
    if not base or not new or 'why' in base:
        return []
    if 'why' in new:
        return [Change('locks', 'record', f'locksets: {new["why"]}', UNCLEAR,
                       [new['boot']], locksets.PROGRAM)]
    known = {tuple(f.values()) for f in base['findings']}
    found = {}
    for finding in new['findings']:
        if tuple(finding.values()) not in known:
            text, grade = _lock_finding(finding)
            found.setdefault((finding['lock'], text, grade), []).append(finding)
    changes = [_lock_change(*key, findings, new['boot'])
               for key, findings in found.items()]
    return sorted(changes, key=lambda c: _TOLD.index(c.key.partition('/')[2])
                  if c.key.partition('/')[2] in _TOLD else len(_TOLD))


def _lock_change(lock, text, grade, findings, boot):
    functions = [f['function'] for f in findings if f['function']]
    paths = [f['path'] for f in findings if f['path']]
    said = f'{text} in {some(functions, 2)}, on {some(paths, 2)}' if functions \
        else findings[0]['what']
    return Change('locks', f'{lock}/{text}', f'{lock or "locksets"}: {said}',
                  grade, [boot], locksets.PROGRAM,
                  places=[(f['path'], f['function']) for f in findings],
                  rule=_why_of(findings[0]['what']))


def _grade_locks(changes, audit):
    """A lock that is gone: cpu_hotplug_lock is missed where something on that
    path needs it, the others everywhere.
    """
    for change in changes:
        if change.kind != 'locks' or change.grade:
            continue
        change.grade = WORSE
        if change.key.startswith(_CPU_LOCK):
            missed = _missed(change, audit)
            change.grade = WORSE if missed else UNCLEAR
            change.text += '; {}() needs it on {}'.format(*missed) \
                if missed else '; nothing that the audit knows needs it there'


def _of_audit(base, new):
    """Failures of the audit that the baseline does not have."""
    if not base or not new:
        return []
    return [Change('audit', text, text, NOTED if ': vanished: ' in text and
                   not _TAKES_LOCK.search(text) else UNCLEAR)
            for text in new['failures'] if text not in base['failures']]


def compare(base, new):
    """All Changes between the facts of two kernels, most telling first."""
    found = [*_of_problems(base, new, WORSE),
             *_of_problems(new, base, BETTER), *_of_tests(base, new),
             *_of_locks(base['locks'], new['locks']),
             *_of_audit(base['audit'], new['audit'])]
    _grade_locks(found, base['audit'])
    for change in found:
        if change.kind == 'report':
            change.rule = _broken(change.problem, base['audit'])
    return sorted(found, key=lambda c: (_KINDS.index(c.kind), not c.rule))


def _functions(problem):
    return [f.partition('+')[0]
            for f in (problem['place'], *problem['callers']) if f]


def _broken(problem, audit):
    """The rule of the first function of a stack that needs or asserts a
    lock.
    """
    known = {s['function']: s for s in audit['sites']} if audit else {}
    for name in _functions(problem):
        if name in known and known[name]['class'] in ('needs', 'asserts'):
            return f'sites.ini: [{name}]', known[name]['why']
    return ()


def without_lock(change, changes):
    """The outermost function of a report's stack that runs without
    cpu_hotplug_lock now, as lockset_test saw; '' if there is none.
    """
    bare = {function for c in changes if c.kind == 'locks' and
            c.key == f'{_CPU_LOCK}/not held any more'
            for _, function in c.places}
    return next((f for f in _functions(change.problem)[::-1] if f in bare), '')


def came(change, facts, locks):
    """Is a change in what another boot showed?"""
    if change.kind == 'test':
        good = change.now if change.grade == BETTER else change.was
        if good == _ABSENT and change.test not in facts['tests']:
            return False
        end = _end(facts, change.test)
        return bool(end) and _RANKS[end[0]] > _RANKS[good]
    if change.kind == 'locks':
        lost = not locks or 'why' in locks
        if lost or change.key == 'record':
            return lost and change.key == 'record'
        return any(f'{f["lock"]}/{_lock_finding(f)[0]}' == change.key
                   for f in locks['findings'])
    return change.key in {p['key'] for p in facts['problems']}


def to_repeat(changes):
    """{boot: [Change]}: what has to be seen once more, each in the first boot
    that it came in.
    """
    found = {}
    for change in changes:
        if change.boots and change.grade != NOTED:
            found.setdefault(change.boots[0], []).append(change)
    return found


def first_words(text, most=160):
    """The beginning of a line, for another line."""
    text = ' '.join(text.split())
    return text if len(text) <= most else text[:most - 1] + '…'


def headline(change, changes):
    """A change, for the answer's last line."""
    seen = f', first seen in {change.test}' if change.test else \
        f', in boot {change.boots[0]}' if change.boots else ''
    if change.kind == 'test':
        return first_words(change.text)
    if change.kind == 'report':
        title = change.text.split(' <- ')[0]
        rule = ''
        if change.rule:
            name = re.search(r'\[(.+)\]', change.rule[0])[1]
            bare = without_lock(change, changes)
            rule = (f'{bare}() now runs without {_CPU_LOCK}; ' if bare
                    else '') + f'{name}() requires {_CPU_LOCK}: '
            return f'{rule}{title}{seen}; rule {change.rule[0]}'
        return f'{title} <- {some(_functions(change.problem)[:3])}{seen}'
    if change.kind == 'hang':
        return f'the patched kernel hangs: {first_words(change.text)}{seen}'
    rule = f'; rule {change.rule[0]}' if change.rule else ''
    return first_words(change.text, 240) + rule


def decide(changes):
    """The verdict and the Change that it rests on; the latter is None when
    all is the same.
    """
    for change in changes:
        if change.grade == WORSE and change.confirmed():
            return WORSE, change
    for change in changes:
        if change.grade == UNCLEAR or \
                (change.grade == WORSE and not change.confirmed()):
            return INCONCLUSIVE, change
    for change in changes:
        if change.grade == BETTER and change.confirmed():
            return BETTER, change
    return SAME, None


def timings(base, new):
    """What took longer than a second, or how long a memory block's cycle took:
    [(what, before, after)], the most different first. One measurement each.
    """
    found = []
    for name, before, after in _pairs(base, new):
        if not before['ended'] and not after['ended']:
            found.append((f'boot {name}', before['seconds'],
                          after['seconds']))
            found += [(f'{name}/{suite}', s, after['suites'][suite])
                      for suite, s in before['suites'].items()
                      if s > 1 and after['suites'].get(suite)]
    cycles = [(k['locks'] or {}).get('cycle') for k in (base, new)]
    if all(cycles):
        found.append(('a block online and offline, ms', *cycles))
    return sorted(found, key=lambda t: -max(t[2] / t[1], t[1] / t[2]))


def changed_rows(base, new):
    """What lockset_test saw otherwise, allowed or not: lines for people."""
    if not base or not new or 'why' in base or 'why' in new:
        return []
    lines = []
    for path in {**base['rows'], **new['rows']}:
        before, after = base['rows'].get(path, {}), new['rows'].get(path, {})
        lines += [f'{path}: {lock} {before.get(lock, "-")} -> '
                  f'{after.get(lock, "-")}'
                  for lock in {**before, **after}
                  if before.get(lock, '-') != after.get(lock, '-')]
    orders = [{tuple(p[:2]) for p in k['order']} for k in (base, new)]
    return lines + [f'order: {a} before {b} is {word}' for word, pairs in (
        ('gone', orders[0] - orders[1]), ('new', orders[1] - orders[0]))
        for a, b in sorted(pairs)]


def changed_sites(base, new):
    """Places that the audit finds on one kernel only: [(sign, site, kind)]."""
    if not base or not new:
        return []

    def uses(audit):
        return {(s['function'], kind): s for s in audit['sites']
                for kind in s['uses']}
    before, after = uses(base), uses(new)
    return [('-', before[k], k[1]) for k in sorted(before.keys() -
                                                   after.keys())] + \
           [('+', after[k], k[1]) for k in sorted(after.keys() -
                                                  before.keys())]


def covered(changed, audit):
    """Of the functions whose machine code changed, as {object: [function]}:
    (those that hotplug paths reach, as {function: paths}, the others).
    """
    names = [f for functions in changed.values() for f in functions]
    reached = audit['reached'] if audit else {}
    return ({n: reached[n] for n in names if n in reached},
            [n for n in names if n not in reached])
