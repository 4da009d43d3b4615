# SPDX-License-Identifier: GPL-2.0
"""A verdict on a patch as one self-contained page, to attach to a mail."""

import patch_compare
import patch_text
from patch_compare import BETTER, NOTED, WORSE
from pages import details, facts, items, page, text
from results import kernel_kind

_STYLE = '''
h1.worse, .worse > .status { color: var(--fail); }
h1.better, h1.same, .better > .status { color: var(--pass); }
h1.inconclusive, .unclear > .status { color: var(--skip); }
'''
_GRADES = {WORSE: 'worse', BETTER: 'better', NOTED: 'noted'}


def _grade(change):
    return _GRADES.get(change.grade, 'unclear')


def _table(head, rows):
    """rows: (class, cells), all of it HTML but the class."""
    cells = ''.join(f'<th>{h}</th>' for h in head)
    body = '\n'.join(
        f'<tr class="{look}">{"".join(row)}</tr>' for look, row in rows)
    return (f'<div class="scroll"><table>\n<tr>{cells}</tr>\n{body}\n'
            f'</table></div>')


def _cell(value, look=''):
    return f'<td class="{look}">{text(value)}</td>' if look else \
        f'<td>{text(value)}</td>'


def _made_with(result):
    kernel = result['kernel']
    return facts({
        'patch': result['patch']['path'],
        'kernel': f'{kernel["release"]} ({kernel_kind(kernel)})',
        'source': f'{kernel["source"]} {kernel["commit"]}',
        'config': kernel['config'],
        'applies': result['applies'] or 'yes',
        'builds': result['builds'] or ('' if result['applies'] else 'yes'),
        'both kernels': ', '.join(result['once']) and
        f'assertions in {", ".join(result["once"])} report once a boot',
        'baseline': 'kept from an earlier verdict' if result['kept'] else '',
    }, result['command'])


def _side_by_side(base, new):
    rows = []
    for name, before in base['boots'].items():
        after = new['boots'].get(name)
        cells = [_cell(name)]
        for boot in (before, after):
            if not boot:
                cells.append(_cell('not booted'))
                continue
            passed = sum(s == 'pass' for s, _ in boot['tests'].values())
            bad = sum(s not in ('pass', 'skip')
                      for s, _ in boot['tests'].values())
            ended = f'; ended by {boot["ended"]}' if boot['ended'] else ''
            cells.append(_cell(
                f'{passed} passed, {bad} failed, '
                f'{patch_text.plural(len(boot["problems"]), "report")}, '
                f'{boot["races"]} races, {boot["seconds"]:.0f} s{ended}'))
        look = 'worse' if after and len(after['problems']) > \
            len(before['problems']) else ''
        rows.append((look, cells))
    return '<h2>Side by side</h2>' + _table(
        ('Boot', 'Baseline', 'Patched'), rows)


def _changes(changes):
    rows = []
    for change in changes:
        rule = '<br>'.join(f'<b>{text(where)}</b> {text(why)}' for where, why
                           in [change.rule] if why) if change.rule else ''
        rows.append((_grade(change), [
            _cell(change.kind), _cell(_grade(change), 'status'),
            f'<td>{text(change.text)}<br>{rule}</td>',
            _cell(', '.join(change.boots)), _cell(change.evidence())]))
    return ('<h2>What differs</h2>' + _table(
        ('What', 'Is', 'How', 'Boots', 'Came'), rows)
            if rows else '<h2>What differs</h2><p>Nothing.</p>')


def _report(change):
    """A report of the kernel, decoded and as it came."""
    shown = details('files and lines', change.stack, opened=True) \
        if change.stack else ''
    seen = f', first seen in {text(change.test)}' if change.test else ''
    return (f'<h3>{text(change.text.split(" <- ")[0])}</h3>'
            f'<p>{_grade(change)}, in {text(", ".join(change.boots))}{seen}'
            f'</p>{shown}' + details('console', change.problem['lines']))


def _locks(base, new):
    rows = patch_compare.changed_rows(base['locks'], new['locks'])
    return items('locks', rows) or \
        f'<p>{text(patch_text.no_locks(base, new))}</p>'


def _audit(base, new):
    sites = patch_compare.changed_sites(base, new)
    if not sites:
        return '<p>No place appeared, none vanished.</p>'
    return _table(('', 'Function', 'Uses', 'Class', 'Rule', 'Calls'), [
        ('', [_cell(sign), _cell(site['function']), _cell(kind),
              _cell(site['class'] or 'not classified'),
              _cell(site['why'] or ''),
              _cell(' -> '.join(min(site['paths'].values(), key=len,
                                    default=[])))])
        for sign, site, kind in sites])


def _code(result):
    on, off = patch_compare.covered(result['changed'],
                                    result['patched']['audit'])
    rows = [('', [_cell(name), _cell(', '.join(on.get(name, ())) or
                                     'not covered by any path')])
            for name in (*on, *off)]
    return _table(('Function', 'Hotplug paths'), rows) if rows else \
        '<p>The machine code of all functions is the same.</p>'


def _timings(base, new):
    return _table(('What', 'Baseline', 'Patched', 'Times as long'), [
        ('', [_cell(what), _cell(f'{before:.1f}'), _cell(f'{after:.1f}'),
              _cell(f'{after / before:.2f}')])
        for what, before, after in patch_compare.timings(base, new)])


def _compared(result, changes):
    base, new = result['baseline'], result['patched']
    problems = [c for c in changes if c.problem and c.problem['lines']]
    return [
        _side_by_side(base, new),
        _changes(changes),
        *(['<h2>Reports of the kernel</h2>'] if problems else []),
        *map(_report, problems),
        '<h2>Locks that are held</h2>', _locks(base, new),
        '<h2>Places that the audit knows</h2>',
        _audit(base['audit'], new['audit']),
        '<h2>Functions whose machine code differs</h2>', _code(result),
        '<h2>Timings</h2><p>A single measurement each, on a machine that may '
        'have had other work: never a reason for a verdict.</p>',
        _timings(base, new)]


def render(result, changes):
    """The page of what verdict.json says."""
    title = f'{result["verdict"]}: {text(result["patch"]["path"])}'
    parts = [f'<h1 class="{result["verdict"]}">{title}</h1>',
             f'<p>{text(result["why"])}</p>', _made_with(result),
             items('reasons', result['warnings'])]
    if result['patched']:
        parts += _compared(result, changes)
    return page(title, [*parts, '<h2>The patch</h2>',
                        f'<pre>{text(result["patch"]["text"])}</pre>'], _STYLE)
