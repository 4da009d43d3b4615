# SPDX-License-Identifier: GPL-2.0
"""Render results as one self-contained page for people."""

import shlex
from pathlib import Path
from typing import Iterable

from pages import details, facts, items, page, text
from results import kernel_kind
from zonelist_figure import LOOK, OK

# How many reasons are read at once.
_REASONS = 20

# Figures have a light background of their own; on a dark screen they are turned
# over, hues kept.
_STYLE = '''
.lead { font-size: 1.1em; }
.reasons a { color: inherit; }
.suite { border-bottom: 1px solid var(--line); }
.suite summary { padding: .3em 0; }
.suite table { margin: 0 0 1em; }
.suite small { float: right; padding-left: 1em; }
@media (max-width: 30em) { .suite small { float: none; padding-left: 0; } }
.outcomes { width: auto; }
.swatch { display: inline-block; width: .8em; height: .8em; }
@media (prefers-color-scheme: dark) {
  .figure svg, .swatch { filter: invert(.93) hue-rotate(180deg); } }
'''


def render(results: dict, console_tail: Iterable[str] = (), figure='',
           more='') -> str:
    """Render the results of a run and the end of its console log as HTML.

    figure: the map of what zonelist readers saw, an <svg> element.
    more: what else there is to show of this run, HTML.
    """
    verdict = results['verdict']
    title = f'{"passed" if verdict == "pass" else "FAILED"}: {text(results["id"])}'
    tail = list(console_tail)
    parts = [
        f'<h1 class="{verdict}">{title}</h1>',
        _lead(results),
        _reasons(results),
        more,
        '<h2>Notes</h2>' if results['notes'] else '',
        items('notes', results['notes']),
        _made_with(results),
        _splats('What the kernel reported', results['splats']),
        _splats('Known reports, which do not fail the run',
                _explained(results['known'])),
        *_races(results['races']),
        *_suites(results),
        _locks(results['locksets']),
        _interleave(results['interleave'], figure),
        details('End of the console log', tail) if tail else '',
    ]
    return page(title, parts, _STYLE)


def _lead(results):
    kernel = results['kernel']
    return ('<p class="lead">{passed} passed, {failed} failed, {skipped} skipped: '
            .format(**results['counts']) +
            f'Linux {text(kernel["release"])} ({text(kernel_kind(kernel))})</p>')


def _reasons(results):
    """Why the run failed: the most telling reasons, the others when asked for."""
    if not results['reasons']:
        return ''
    rows = {test['name']: n for n, test in enumerate(results['tests'])}
    lines = []
    for reason in results['reasons']:
        line = text(reason['text'])
        if reason['test'] in rows:
            line = f'<a href="#test-{rows[reason["test"]]}">{line}</a>'
        lines.append(f'<li>{line}</li>')
    def shown(some):
        return '<ul class="reasons">\n{}\n</ul>'.format('\n'.join(some))
    more = lines[_REASONS:]
    return '<h2>Why</h2>\n' + shown(lines[:_REASONS]) + (
        f'\n<details><summary>… and {len(more)} more</summary>'
        f'{shown(more)}</details>' if more else '')


def _made_with(results):
    kernel = results['kernel']
    return facts({
        'kernel': f'{kernel["release"]} ({kernel_kind(kernel)})',
        'source': f'{kernel["source"]} {kernel["commit"]}',
        'config': kernel['config'],
        'machine': f'{results["machine"]}, {results["accel"]}',
        'host': results['host'],
        'phases': ', '.join(f'{phase["name"]} {phase["seconds"]:.1f} s'
                            for phase in results['phases']),
    }, results['command'])


def _splats(title, splats):
    if not splats:
        return ''
    blocks = [details(f'{splat["title"]} (console.log:{splat["line"]}'
                       + (f', {splat["count"]} times)' if splat['count'] > 1 else ')'),
                       splat['lines'])
              for splat in splats]
    return f'<h2>{title}</h2>\n' + '\n'.join(blocks)


def _explained(splats):
    return [{**splat, 'title': f'{splat["title"]}: {splat["reason"]}'}
            for splat in splats if splat['reason']]


def _races(races):
    yield _splats('Tolerated races on zonelists', _explained(races))
    yield _splats('Other races, not judged',
                  [race for race in races if not race['reason']])


def _suites(results):
    """All suites, a line each; what failed goes first, and is open."""
    tests = {}
    for number, test in enumerate(results['tests']):
        tests.setdefault((test['kind'], test['suite']), {})[number] = test
    found = []
    for suite in results['suites']:
        of_it = tests.get((suite['kind'], suite['name']), {})
        bad = not of_it or any(test['failed'] for test in of_it.values())
        found.append((not bad, _suite(suite, of_it, bad, results)))
    if found:
        yield '<h2>Tests</h2>'
    yield from (shown for _, shown in sorted(found, key=lambda f: f[0]))


def _suite(suite, tests, bad, results):
    counts = ', '.join(f'{suite[name]} {name}'
                       for name in ('passed', 'failed', 'skipped') if suite[name])
    head = (f'<b>{text(suite["name"])}</b> <span class="status">'
            f'{counts or "no result"}</span> '
            f'<small>{suite["kind"]}{_seconds(suite, ", ")}</small>')
    timed = any(test['seconds'] is not None for test in tests.values())
    rows = [_row(number, test, timed, results) for number, test in tests.items()]
    table = ('<table>\n<tr><th>Test</th><th>Status</th>'
             + ('<th class="number">Time</th>' if timed else '') + '</tr>\n'
             + '\n'.join(rows) + '\n</table>') if rows else ''
    return (f'<details class="suite"{" open" if bad else ""}><summary class="'
            f'{"fail" if bad else "pass"}">{head}</summary>\n{table}</details>')


def _row(number, test, timed, results):
    look = 'fail' if test['failed'] else test['status']
    said = [text(test['name'])]
    if test['reason']:
        said.append(f'<div>{text(test["reason"])}</div>')
    if look == 'skip':
        said.append(f'<div>expected: {text(test["expected_skip"])}</div>')
    time = f'<td class="number">{_seconds(test)}</td>' if timed else ''
    row = (f'<tr class="{look}" id="test-{number}"><td>{"".join(said)}</td>'
           f'<td class="status">{test["status"]}</td>{time}</tr>')
    if not test['failed']:
        return row
    # As wide as the screen is.
    log = details('log', test['log'], opened=True) if test['log'] else ''
    return (f'{row}\n<tr><td colspan="{3 if timed else 2}">{log}again: '
            f'<code>{text(_again(test, results))}</code></td></tr>')


def _seconds(timed, before=''):
    return '' if timed['seconds'] is None else f'{before}{timed["seconds"]:.2f} s'


def _again(test, results):
    """The command that runs this test once more, on the kernel of this run."""
    folders = Path(results['report']).parent.parts
    run = results['id']
    if 'results' in folders:        # a boot's has the run's above it
        run = '/'.join(folders[-folders[::-1].index('results'):])
    return f'make repro RUN={run} TEST={shlex.quote(test["name"])}'


def _locks(locksets):
    if not locksets:
        return ''
    head = ''.join(f'<th class="turned">{text(title)}</th>'
                   for title in locksets['locks'].values())
    rows = '\n'.join(
        f'<tr><td title="{text(path["title"])}">{text(path["path"])}</td>'
        + ''.join(f'<td>{text(path["held"].get(name, ""))}</td>'
                  for name in locksets['locks']) + '</tr>'
        for path in locksets['paths'])
    return ('<h2>Which locks each path holds</h2>\n<p>Somewhere on it, for reading '
            f'(r) or writing (w).</p>\n<div class="grid"><table>\n<tr><th>path</th>'
            f'{head}</tr>\n{rows}\n</table></div>')


def _interleave(counted, figure):
    if not counted:
        return ''
    outcomes, pairs = counted['outcomes'], max(counted['outcomes']['pairs'], 1)
    rows = '\n'.join(
        f'<tr><td><span class="swatch" style="background: {colour}"></span> '
        f'{name}: the reader {meaning}</td>'
        f'<td class="number">{outcomes[name]}</td>'
        f'<td class="number">{100 * outcomes[name] / pairs:.2f} %</td>'
        '</tr>' for name, (colour, meaning) in {'ok': OK, **LOOK}.items())
    shown = (f'<details class="figure"><summary>Pair by pair</summary>\n'
             f'<div class="scroll">{figure}</div></details>' if figure else '')
    return (f'<h2>What a zonelist reader saw</h2>\n<p>{counted["pairs"]} of '
            f'{counted["planned"]} pairs of a reader position and a writer store '
            f'in {counted["ms"]} ms ({counted["per_second"]}/s), '
            f'{counted["transitions"]} transitions.</p>\n<div class="scroll">'
            f'<table class="outcomes">\n{rows}\n</table></div>\n{shown}')
