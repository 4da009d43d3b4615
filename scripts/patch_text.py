# SPDX-License-Identifier: GPL-2.0
"""A verdict on a patch, in one line and on one screen."""

import patch_compare
from patch_compare import BETTER, INCONCLUSIVE, NOTED, SAME, WORSE, some
from results import capped, clean, kernel_kind, shorten

_MOST = 3           # of a category's changes, or its other lines
_RATIOS = 3         # of the timings


def tests_run(facts):
    """How many tests gave a result."""
    return sum(status in ('pass', 'fail') for boot in facts['boots'].values()
               for status, _ in boot['tests'].values())


def plural(count, what):
    return f'{count} {what}{"" if count == 1 else "s"}'


def _covered(found):
    """What "the same" rests on."""
    new, changed = found['patched'], found['changed']
    text = (f'{plural(tests_run(new), "test")} in '
            f'{plural(len(new["boots"]), "boot")} as before; ')
    on, off = patch_compare.covered(changed, new['audit'])
    if not changed:
        return text + "its machine code is the baseline's"
    if not on and not off:
        return f'{text}it changes data alone, of {some(changed)}'
    return text + '; '.join(filter(None, (
        on and f'changed and on hotplug paths: {some(on)}',
        off and f'changed and not covered by any path: {some(off)}')))


def why(word, change, changes, found):
    """The one line behind the verdict."""
    if word == SAME:
        return _covered(found)
    text = patch_compare.headline(change, changes)
    evidence = change.evidence()
    if word == INCONCLUSIVE and change.grade == WORSE:
        return f'{text}; but {evidence}'
    return f'{text}; {evidence}' if evidence else text


def _lines(change):
    """A change, and below it how often it came, and where in the source."""
    sign = {WORSE: 'worse', BETTER: 'better', NOTED: 'noted'}.get(
        change.grade, 'unclear')
    about = '; '.join(filter(None, (
        change.stack and change.stack[0].rpartition(' at ')[2],
        change.kind == 'report' and change.test and
        f'first seen in {change.test}',
        change.evidence())))
    return [f'  {sign}: {change.text}'] + ([f'    {about}'] if about else [])


def _category(title, changes, kinds, no_change):
    own = [c for c in changes if c.kind in kinds]
    if not own:
        return [f'{title}: {no_change}']
    more = [f'  … and {len(own) - _MOST} more, see report'] \
        if len(own) > _MOST else []
    return [f'{title}: {plural(len(own), "change")}',
            *(line for c in own[:_MOST] for line in _lines(c)), *more]


def ratio(before, after):
    return f'{before:.1f} -> {after:.1f} ({after / before:.2f} times)'


def _built(result):
    if result['builds']:
        return [f'does not build: {result["builds"]}']
    functions = [f for fs in result['changed'].values() for f in fs]
    lines = [f'builds: {plural(len(result["changed"]), "object")} and '
             f'{plural(len(functions), "function")} differ'
             + (f': {some(functions)}' if functions else '')]
    return lines + capped([f'  {w}' for w in result['warnings']], _MOST)


def no_locks(base, new):
    """Why there is no change of locks to tell."""
    if not base['locks']:
        return 'not looked at: lockset_test is not in TESTS='
    if not new['locks']:
        return 'unknown: the patched kernel did not come to lockset_test'
    return 'as before'


def _compared(result, changes):
    """The lines of what was seen of both kernels."""
    base, new = result['baseline'], result['patched']
    seconds = [sum(b['seconds'] for b in k['boots'].values())
               for k in (base, new)]
    yield (f'baseline: {plural(tests_run(base), "test")} in '
           f'{plural(len(base["boots"]), "boot")}, {seconds[0]:.0f} s' +
           (', kept from an earlier verdict' if result['kept'] else ''))
    yield (f'patched: {plural(tests_run(new), "test")} in '
           f'{plural(len(new["boots"]), "boot")}, {seconds[1]:.0f} s')
    yield from _category('tests', changes, ('test',), 'as before')
    yield from _category('reports, hangs', changes, ('report', 'hang', 'run'),
                         'none that is new')
    rows = patch_compare.changed_rows(base['locks'], new['locks'])
    yield from _category('locksets', changes, ('locks',), no_locks(base, new))
    yield from capped([f'  {row}' for row in rows], _MOST)
    sites = patch_compare.changed_sites(base['audit'], new['audit'])
    yield from _category('audit', changes, ('audit',), 'no new failure')
    yield from capped([f'  {sign} {site["function"]}: {kind} '
                       f'({site["class"] or "not classified"})'
                       for sign, site, kind in sites], _MOST)
    rules = dict(c.rule for c in changes if c.rule and c.grade == WORSE)
    yield from capped([f'rule {where}: {text}'
                       for where, text in rules.items()], _MOST)
    yield 'timings, of a single measurement each: ' + ', '.join(
        f'{what} {ratio(*values)}' for what, *values in
        patch_compare.timings(base, new)[:_RATIOS])


def summary(result, changes):
    """The answer on one screen; its last line is the verdict."""
    kernel = result['kernel']
    lines = [f'{result["patch"]["path"]} on Linux {kernel["release"]} '
             f'({kernel_kind(kernel)}) from {kernel["source"]}']
    if result['applies']:
        lines.append(result['applies'])
    else:
        lines += [f'applies: {some(result["patch"]["files"])}',
                  *_built(result)]
    if result['patched']:
        lines += _compared(result, changes)
    return '\n'.join([*(shorten(clean(line)) for line in lines),
                      f'report: {result["report"]}',
                      f'verdict: {result["verdict"]} - '
                      f'{clean(result["why"])}'])
