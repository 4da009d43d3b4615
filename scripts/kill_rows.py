# SPDX-License-Identifier: GPL-2.0
"""The rows of the kill matrix, one a seeded bug, and what they add up to.

A row, as results.json has it:

  name, class, files, history, observe    from the mutant's header
  unseen         why it may survive, as the header has it
  digest         of its file
  status         killed, survived, not applicable, or broken: it does not apply,
                 or the kernel does not compile with it
  how            it was killed: test, rule, crash, splat, hang or other; see
                 scripts/kill.py
  test           that failed, or ran when the kernel crashed or hung
  foretold       whether "observe" names that test, or its suite; of a report on
                 the console alone, whether it names that report, and nothing else
  text           what was said; or why it is not applicable, or broken
  boot           that killed it
  guest_seconds  of guest time until then, from the first boot on; of a survivor,
                 in all boots
  build_seconds, boot_seconds             of wall time
  boots          that it took
  peers          with PEERS=1: {name: {killed, what, guest_seconds}}, what other
                 people's tests say; see scripts/peers.py
  findings       all that the boots had to say: [{how, test, text, boot, seconds,
                 reasons}]
"""

from collections import Counter
from dataclasses import asdict
from statistics import mean, median

import kill
import mutant

KILLED, SURVIVED, INAPPLICABLE, BROKEN = STATUS = (
    'killed', 'survived', 'not applicable', 'broken')

_COLUMNS = 98
_LINES = 12


def new(bug, digest):
    """The row of a mutant that nothing is known of yet."""
    return {'name': bug.name, 'class': bug.kind, 'files': bug.files,
            'history': bug.history,
            'observe': [f'{o.how}{o.test}: {o.why}' for o in bug.seen],
            'unseen': bug.unseen, 'digest': digest, 'status': '', 'how': '', 'test': '',
            'foretold': False, 'text': '', 'boot': '', 'guest_seconds': 0.0,
            'build_seconds': 0.0, 'boot_seconds': 0.0, 'boots': 0,
            'findings': []}


def unbuilt(error):
    """The status of a mutant whose kernel could not be built."""
    return INAPPLICABLE if isinstance(error, mutant.Unchanged) else BROKEN


def judge(row, bug, boots):
    """Fill in what the boots of a mutant have shown."""
    best = boots.best()
    row.update(boots=boots.count, guest_seconds=boots.guest,
               findings=[asdict(f) for f in boots.findings],
               status=KILLED if best else SURVIVED)
    if best:
        suites = {mutant.suite(o.test) for o in bug.seen}
        row.update(how=best.how, test=best.test, text=best.text,
                   boot=best.boot, guest_seconds=best.seconds,
                   foretold=_report_is_foretold(bug, best)
                   if best.how == kill.SPLAT
                   else mutant.suite(best.test) in suites)


def _report_is_foretold(bug, finding):
    return mutant.shows_on_console_alone(bug) and all(
        any(o.why in reason for reason in finding.reasons) for o in bug.seen)


def counts(rows):
    """{status: how many}"""
    found = Counter(row['status'] for row in rows)
    return {status: found[status] for status in STATUS}


def _short(text, width=_COLUMNS):
    text = ' '.join(text.split())
    return text if len(text) <= width else text[:width - 1] + '…'


def line(row):
    """One mutant in one line."""
    if row['status'] == KILLED:
        how = row['test'] if row['how'] == kill.TEST else \
            f'{row["how"]}: {row["text"]}'
        took = f' ({row["guest_seconds"]:.0f} s of guest time)'
        return _short(f'killed: {row["name"]}: {how}', 110) + took
    if row['status'] == SURVIVED:
        return f'SURVIVED: {row["name"]}'
    return _short(f'{row["status"]}: {row["name"]}: {row["text"]}', 150)


def unexpected(rows):
    """Rows that make the command fail: what is broken, and who survived
    without being known to.
    """
    return [r for r in rows if r['status'] == BROKEN or
            r['status'] == SURVIVED and not r['unseen']]


def by_luck(row):
    """Whether something else than a named test has killed it: no rule of the
    locks either, nor a report that it was tried for.
    """
    return row['status'] == KILLED and row['how'] not in kill.NAMED and \
        not (row['how'] == kill.SPLAT and row['foretold'])


def by_class(rows):
    """{class: Counter of statuses and, of the killed, hows}"""
    table = {}
    for row in rows:
        count = table.setdefault(row['class'] or '(none)', Counter())
        count[row['status']] += 1
        count[row['how']] += 1
        count['all'] += 1
    return dict(sorted(table.items()))


def figures(rows):
    """What a matrix is measured by, as {name: number}; None where there is
    nothing to measure.
    """
    killed = [r for r in rows if r['status'] == KILLED]
    tried = [r for r in rows if r['status'] in (KILLED, SURVIVED)]
    named = [r for r in killed if r['how'] in kill.NAMED]
    lucky = [r for r in killed if by_luck(r)]
    return {
        'killed_percent': 100 * len(killed) / len(tried) if tried else None,
        'named_percent': 100 * len(named) / len(tried) if tried else None,
        'foretold_percent': 100 * (len(killed) - len(named) - len(lucky)) /
        len(tried) if tried else None,
        'median_guest_seconds': median(r['guest_seconds'] for r in killed)
        if killed else None,
        'mean_build_seconds': mean(r['build_seconds'] for r in tried)
        if tried else None,
        'mean_boot_seconds': mean(r['boot_seconds'] for r in tried)
        if tried else None,
    }


def _table(rows):
    hows = [h for h in kill.HOW if any(r['how'] == h for r in rows)]
    lines = [f'  {"class":32}{"mutants":>8}' +
             ''.join(f'{h:>8}' for h in hows) + f'{"survived":>10}']
    classes = by_class(rows)
    # Those with survivors first, then the big ones.
    order = sorted(classes, key=lambda c: (-classes[c][SURVIVED],
                                           -classes[c]['all'], c))
    for name in order[:_LINES]:
        count = classes[name]
        lines.append(f'  {_short(name, 31):32}{count["all"]:8}' +
                     ''.join(f'{count[h] or "":>8}' for h in hows) +
                     f'{count[SURVIVED] or "":>10}')
    if len(order) > _LINES:
        lines.append(f'  … and {len(order) - _LINES} more classes, see report')
    return lines


def peers_killed(rows):
    """{name: (how many mutants the tests of others find, of how many that they
    were asked about)}
    """
    said = {}
    for row in rows:
        for name, says in row.get('peers', {}).items():
            said.setdefault(name, []).append(bool(says['killed']))
    return {name: (sum(said[name]), len(said[name])) for name in sorted(said)}


def _listed(rows, title, text):
    lines = ['  ' + _short(f'{title}: {r["name"]}: {text(r)}') for r in rows]
    if len(lines) > _LINES:
        lines[_LINES:] = [f'  … and {len(lines) - _LINES} more, see report']
    return lines


def summary(found):
    """The matrix on one screen; the last line is the count, as promised."""
    rows = found['rows']
    tried = [r for r in rows if r['status'] in (KILLED, SURVIVED)]
    survived = [r for r in rows if r['status'] == SURVIVED]
    lucky = [r for r in rows if by_luck(r)]
    lines = [f'Linux {found["release"]} ({found["arch"]}): '
             f'{len(rows)} mutants of {found["mutants"]}', *_table(rows)]
    lines += _listed(survived, 'survived',
                     lambda r: r['unseen'] or 'no test sees it')
    lines += _listed(lucky, 'by luck', lambda r: f'{r["how"]}: {r["text"]}')
    lines += _listed([r for r in rows if r['status'] == BROKEN], 'BROKEN',
                     lambda r: r['text'])
    lines += _listed([r for r in rows if r['status'] == KILLED and
                      r['unseen']], 'known to survive, but killed',
                     lambda r: r['test'])
    if tried:
        f = figures(rows)
        lines.append(f'{f["killed_percent"]:.1f} % killed, '
                     f'{f["named_percent"]:.1f} % by a named test, '
                     f'{f["foretold_percent"]:.1f} % by a report that '
                     f'the bug foretells')
        lines.append(f'a mutant took {f["mean_build_seconds"]:.1f} s to build and '
                     f'{f["mean_boot_seconds"]:.1f} s to boot')
    if len(survived) < len(tried):
        lines.append(f'from boot to detection: '
                     f'{f["median_guest_seconds"]:.1f} s of guest time '
                     f'(median)')
    for name, (killed, asked) in peers_killed(rows).items():
        lines.append(f'{name}: {killed} of {asked} killed')
    lines.append(f'report: {found["report"]}')
    number = found['counts']
    lines.append(f'{number[KILLED]} killed, {number[SURVIVED]} survived, '
                 f'{number[INAPPLICABLE]} not applicable')
    return '\n'.join(lines)
