# SPDX-License-Identifier: GPL-2.0
"""What make bench has measured, for people: lines for the screen, a figure, and
a page with all of it.
"""

from itertools import groupby

import growth_figure
from bench_data import readable
from pages import facts, page, text

FIGURE = 'bench.svg'
# A power that differs by more than this is worth a look.
_POWER = 0.3


def _growth(series):
    grows = series.growth()
    if grows is None:
        return 'does not grow' + (' (!)' if series.powers else '') \
            if len(series.points) > 1 else ''
    words = f'grows with N^{grows:.2f}'
    if series.powers is None:
        return words
    low, high = series.powers
    right = low - _POWER <= grows <= high + _POWER
    should = f'N^{low}' if low == high else f'N^{low} to N^{high}'
    return f'{words}, should with {should}{"" if right else " (!)"}'


def _values(series):
    if not series.axis:
        return readable(series.median(), series.unit)
    return ', '.join(f'{p.x}: {readable(p.median, series.unit)}'
                     for p in series.points)


def _noise(series):
    return f'± {100 * max(p.noise for p in series.points):.1f} %'


def table(series):
    """A line for each series, by parts."""
    lines, width = [], max((len(s.name) for s in series), default=0)
    for (part, kernel, clock, axis), some in groupby(
            series, key=lambda s: (s.part, s.kernel, s.clock, s.axis)):
        lines.append(f'{part}, kernel: {kernel}, {clock}' +
                     (f', over {axis}:' if axis else ':'))
        for one in some:
            told = '; '.join(filter(None, (_values(one), _growth(one))))
            lines.append(f'  {one.name:{width}}{_noise(one):>10}  {told}')
    return lines


def ratio_lines(ratios):
    return [f'  {r.value:7.2f}  {r.text}' +
            (f', at least {r.least}' if r.least is not None else '') +
            (': MISSED' if r.missed else '') for r in ratios]


def change_lines(changes, left, base):
    """What differs from the baseline by more than noise, the most first."""
    if base is None:
        return ['no baseline is stored for this arch']
    lines = [f'baseline: Linux {base["linux"]}, {base["compiler"]}: '
             f'{len(changes)} figures compared, '
             f'{sum(c.exceeds for c in changes)} changed by more than noise, '
             f'{left} not']
    for change in sorted(changes, key=lambda c: -abs(c.ratio - 1)):
        if change.exceeds:
            one = change.series
            where = f' at {change.x} {one.axis}' if one.axis else ''
            lines.append(
                f'  {one.key}{where}: {readable(change.old, one.unit)} -> '
                f'{readable(change.new, one.unit)}, '
                f'{100 * (change.ratio - 1):+.1f} %, noise '
                f'{100 * change.noise:.1f} %')
    return lines


def _formula(series):
    """What expected() is."""
    return f'{"a + b " if len(series.points) > 2 else ""}N^{series.powers[0]}'


def figure(release, series):
    """All that has an axis; None if nothing has."""
    panels = [growth_figure.Panel(
        f'{s.name}, {s.unit}', s.axis,
        tuple((p.x, p.median) for p in s.points), tuple(s.expected()),
        _formula(s) if s.expected() else '')
        for s in series if len(s.points) > 1]
    return growth_figure.draw(f'What hotplug costs: Linux {release}',
                              panels) if panels else None


def _section(title, lines):
    """A list of lines; nothing if it is empty."""
    if not lines:
        return ''
    return (f'<h2>{text(title)}</h2>\n'
            f'<pre>{text(chr(10).join(lines))}</pre>')


def render(found, ratios, series, compared, drawn):
    """The page.

    drawn: the figure(), if there is one.
    """
    return page('What memory hotplug costs', [
        '<h1>What memory hotplug costs</h1>',
        facts({what: found[what] for what in ('linux', 'compiler', 'qemu',
                                              'host')}, found['command']),
        _section('Ratios', ratio_lines(ratios)),
        _section('Against the baseline', compared),
        *([f'<h2>Growth</h2>\n<div class="scroll figure">{drawn}</div>']
          if drawn else ()),
        _section('Medians', table(series))])
