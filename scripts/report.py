# SPDX-License-Identifier: GPL-2.0
"""Render results as one self-contained page for people."""

from html import escape
from typing import Iterable

from results import clean, kernel_kind

STYLE = '''
:root { color-scheme: light dark; --line: #8884; --pass: #17803d; --fail: #c62828;
        --skip: #8a6d00; }
@media (prefers-color-scheme: dark) {
  :root { --pass: #5fd38a; --fail: #ff8a80; --skip: #e2c044; } }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 70em; margin: 1em auto;
       padding: 0 1em; }
h1.pass, .pass > .status { color: var(--pass); }
h1.fail, .fail > .status, .reasons { color: var(--fail); }
.skip > .status { color: var(--skip); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25em .6em;
         border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1em 1em; }
dd { margin: 0; overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: .5em; border: 1px solid var(--line);
      font-size: 12px; max-height: 40em; }
summary { cursor: pointer; }
.figure div { overflow-x: auto; }
'''


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
    return page(title, parts)


def page(title, parts, style=''):
    """A self-contained page of these parts; title is HTML."""
    body = '\n'.join(parts)
    return ('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f'<title>{title}</title>\n<style>{STYLE}{style}</style>\n</head>\n<body>\n'
            f'{body}\n</body>\n</html>\n')


def text(value):
    """Anything as HTML."""
    return escape(clean(str(value)))


def items(name, texts):
    """A list; nothing if it is empty."""
    if not texts:
        return ''
    lines = '\n'.join(f'<li>{text(line)}</li>' for line in texts)
    return f'<ul class="{name}">\n{lines}\n</ul>'


def details(title, lines, opened=False):
    """Lines that are shown when somebody asks for them."""
    return (f'<details{" open" if opened else ""}><summary>{text(title)}</summary>'
            f'<pre>{text(chr(10).join(lines))}</pre></details>')


def _made_with(results):
    kernel = results['kernel']
    facts = {
        'kernel': f'{kernel["release"]} ({kernel_kind(kernel)})',
        'source': f'{kernel["source"]} {kernel["commit"]}',
        'config': kernel['config'],
        'machine': f'{results["machine"]}, {results["accel"]}',
        'host': results['host'],
        'phases': ', '.join(f'{phase["name"]} {phase["seconds"]:.1f} s'
                            for phase in results['phases']),
    }
    rows = '\n'.join(f'<dt>{name}</dt><dd>{text(value)}</dd>'
                     for name, value in facts.items())
    return (f'<dl>\n{rows}\n<dt>to repeat</dt>'
            f'<dd><code>{text(results["command"])}</code></dd>\n</dl>')


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
