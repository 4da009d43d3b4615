# SPDX-License-Identifier: GPL-2.0
"""The kill matrix as one self-contained page."""

import kill
import kill_rows
import mutant
from pages import facts, page, text

_STYLE = '''
.killed { color: var(--pass); } .survived, .broken { color: var(--fail); }
.luck { color: var(--skip); }
'''
_MARKS = {kill.TEST: '●', kill.RULE: '◆', kill.CRASH: '†', kill.SPLAT: '!',
          kill.HANG: '∞', kill.OTHER: '?'}
_LEGEND = {kill.TEST: 'a test failed', kill.RULE: 'a rule of the locks broken',
           kill.CRASH: 'the kernel crashed', kill.SPLAT: 'a report on the '
           'console alone', kill.HANG: 'no end', kill.OTHER: 'something else'}


def _look(row):
    if row['status'] != kill_rows.KILLED:
        return row['status'].replace(' ', '-')
    return 'luck' if kill_rows.by_luck(row) else 'killed'


def _facts(found):
    numbers = kill_rows.figures(found['rows'])
    shown = {
        'mutants': found['mutants'],
        'kernel': f'{found["release"]} ({found["arch"]})',
        'killed': '{killed_percent:.1f} %, {named_percent:.1f} % by a named '
                  'test, {foretold_percent:.1f} % by a report that the bug '
                  'foretells',
        'a mutant': '{mean_build_seconds:.1f} s to build, '
                    '{mean_boot_seconds:.1f} s to boot (mean of wall time)',
        'to detection': '{median_guest_seconds:.1f} s of guest time (median)',
    }
    for name, value in shown.items():
        try:
            shown[name] = value.format(**numbers)
        except TypeError:
            shown[name] = 'none'        # was tried, or killed
    return facts(shown, found['command'])


def _cell(row, suite):
    hows = [f['how'] for f in row['findings']
            if mutant.suite(f['test']) == suite]
    if not hows:
        return '<td></td>'
    how = min(hows, key=kill.HOW.index)
    return f'<td title="{_LEGEND[how]}">{_MARKS[how]}</td>'


def _peer_cell(row, peer):
    says = row.get('peers', {}).get(peer)
    if not says:
        return '<td title="not asked">?</td>'
    mark = _MARKS[says['killed']] if says['killed'] else ''
    return f'<td title="{text(says["what"])}">{mark}</td>'


def _grid(rows):
    """Mutants by what was found in which suite."""
    rows = [r for r in rows if r['status'] in (kill_rows.KILLED,
                                               kill_rows.SURVIVED)]
    peers = kill_rows.peers_killed(rows)
    # Reports without a test are in the column without a name.
    suites = sorted({mutant.suite(f['test']) for r in rows
                     for f in r['findings']})
    head = ''.join(f'<th class="turned">{text(s) or "(no test)"}</th>'
                   for s in [*suites, *peers])
    body = '\n'.join(
        f'<tr><td class="{_look(r)}"><a href="#{text(r["name"])}">'
        f'{text(r["name"])}</a></td><td>{text(r["class"])}</td>' +
        ''.join(_cell(r, s) for s in suites) +
        ''.join(_peer_cell(r, p) for p in peers) + '</tr>'
        for r in sorted(rows, key=lambda r: (r['class'], r['name'])))
    legend = ', '.join(f'{_MARKS[h]} {_LEGEND[h]}' for h in kill.HOW)
    return (f'<h2>Matrix</h2><p>{legend}. Only what ran until the kernel was '
            f'killed is there.</p><div class="grid"><table><tr><th>mutant</th>'
            f'<th>class</th>{head}</tr>\n{body}</table></div>')


def _detail(row):
    shown = {
        'class': row['class'], 'changes': ' '.join(row['files']),
        'history': row['history'],
        'took': f'{row["build_seconds"]:.1f} s to build, '
                f'{row["boot_seconds"]:.1f} s in {row["boots"]} boots'
        if row['boots'] else '',
        'why': row['text'] or row['unseen'],
    }
    for peer, said in row.get('peers', {}).items():
        shown[peer] = said['what'] or 'sees nothing'
    lines = ''.join(f'<dt>{name}</dt><dd>{text(value)}</dd>'
                    for name, value in shown.items() if value)
    said = ''.join(
        f'<li><a href="{text(row["name"])}/{text(f["boot"])}/report.html">'
        f'{text(f["boot"])}</a>, {f["seconds"]:.1f} s: '
        f'{"<br>".join(text(r) for r in f["reasons"])}</li>'
        for f in row['findings'])
    observe = ''.join(f'<li>{text(o)}</li>' for o in row['observe'])
    return (f'<details id="{text(row["name"])}"><summary class="{_look(row)}">'
            f'{text(row["name"])}: {row["status"]} {row["how"]} '
            f'{text(row["test"])}</summary><dl>{lines}</dl>'
            f'<p>expected:</p><ul>{observe}</ul>'
            f'<p>found:</p><ul>{said or "<li>nothing</li>"}</ul></details>')


def _peers(rows):
    """How many mutants the tests of others kill."""
    killed = kill_rows.peers_killed(rows)
    if not killed:
        return ''
    asked = [r['status'] == kill_rows.KILLED for r in rows if r.get('peers')]
    body = ''.join(f'<tr><td>{text(name)}</td><td>{n} of {of}</td></tr>'
                   for name, (n, of) in {'ours': (sum(asked), len(asked)),
                                         **killed}.items())
    return f'<h2>Others on the same mutants</h2><table>{body}</table>'


def render(found):
    """A page of what results.json of a matrix says."""
    rows = found['rows']
    bad = kill_rows.unexpected(rows)
    counts = ', '.join(f'{n} {status}' for status, n in
                       found['counts'].items() if n)
    title = f'kill matrix: {counts}'
    return page(text(title), [
        f'<h1 class="{"fail" if bad else "pass"}">{text(title)}</h1>',
        _facts(found), _peers(rows), _grid(rows), '<h2>Mutants</h2>',
        *(_detail(r) for r in
          sorted(rows, key=lambda r: (r not in bad, r['name'])))], _STYLE)
