# SPDX-License-Identifier: GPL-2.0
"""Render results as one self-contained page for people."""

from typing import Iterable

from pages import details, facts, items, page, text
from results import kernel_kind

_STYLE = '.figure div { overflow-x: auto; }'


def render(results: dict, console_tail: Iterable[str] = (), figure='') -> str:
    """Render the results of a run and the end of its console log as HTML.

    figure: the map of what zonelist readers saw, an <svg> element.
    """
    verdict = results['verdict']
    title = f'{"passed" if verdict == "pass" else "FAILED"}: {text(results["id"])}'
    tail = list(console_tail)
    parts = [
        f'<h1 class="{verdict}">{title}</h1>',
        '<p>{passed} passed, {failed} failed, {skipped} skipped</p>'.format(
            **results['counts']),
        items('reasons', [reason['text'] for reason in results['reasons']]),
        items('notes', results['notes']),
        _made_with(results),
        _splats('What the kernel reported', results['splats']),
        *_races(results['races']),
        *(_suite(suite, results['tests']) for suite in results['suites']),
        _interleave(results['interleave'], figure),
        details('End of the console log', tail) if tail else '',
    ]
    return page(title, parts, _STYLE)


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


def _races(races):
    tolerated = [{**race, 'title': f'{race["title"]}: {race["reason"]}'}
                 for race in races if race['reason']]
    yield _splats('Tolerated races on zonelists', tolerated)
    yield _splats('Other races, not judged',
                  [race for race in races if not race['reason']])


def _interleave(counted, figure):
    if not counted:
        return ''
    outcomes = ', '.join(f'{name} {count}'
                         for name, count in counted['outcomes'].items())
    shown = (f'<details class="figure"><summary>Pair by pair</summary>\n'
             f'<div>{figure}</div></details>' if figure else '')
    return (f'<h2>What a zonelist reader saw</h2>\n<p>{counted["pairs"]} of '
            f'{counted["planned"]} pairs of a reader position and a writer store '
            f'in {counted["ms"]} ms ({counted["per_second"]}/s), '
            f'{counted["transitions"]} transitions.</p>\n<p>{outcomes}</p>\n'
            f'{shown}')


def _suite(suite, tests):
    seconds = '' if suite['seconds'] is None else f', {suite["seconds"]:.2f} s'
    rows = [_row(test) for test in tests
            if (test['kind'], test['suite']) == (suite['kind'], suite['name'])]
    if not rows:
        rows = ['<tr class="fail"><td>no result</td><td></td><td></td></tr>']
    return (f'<h2>{text(suite["name"])} <small>({suite["kind"]}{seconds})</small></h2>\n'
            '<table>\n<tr><th>Test</th><th>Status</th><th>Why</th></tr>\n'
            + '\n'.join(rows) + '\n</table>')


def _row(test):
    status = test['status']
    look = 'fail' if test['failed'] else status
    why = text(test['reason'])
    if look == 'skip':
        why += f'<br>expected: {text(test["expected_skip"])}'
    if test['log']:
        why += details('log', test['log'], opened=True)
    return (f'<tr class="{look}"><td>{text(test["name"])}</td>'
            f'<td class="status">{status}</td><td>{why}</td></tr>')
