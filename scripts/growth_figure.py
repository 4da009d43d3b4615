# SPDX-License-Identifier: GPL-2.0
"""A figure of what grows: a square for each quantity, both axes logarithmic,
what was measured beside the growth that one expects.
"""

import math
from dataclasses import dataclass

import svg

# With room for the labels of the axes, and so many squares beside each other.
_SIZE = 190
_PITCH = 290
_LEFT = 76
_TOP = 92
_ROW = _SIZE + 92
_ACROSS = 3
# Of the title and what the lines are.
_HEAD = 400

_MEASURED, _EXPECTED = '#0072b2', '#d55e00'


@dataclass(frozen=True)
class Panel:
    """One quantity: (x, y) pairs that were measured, others as one expects them,
    and what these are called.
    """
    title: str
    axis: str
    points: tuple
    expected: tuple = ()
    label: str = ''


def through_last(points, power):
    """What grows with a power of x, through the last of some points: in the
    beginning, what does not grow counts.
    """
    last_x, last_y = points[-1]
    return tuple((x, last_y * (x / last_x) ** power) for x, _ in points)


def _decades(values):
    """The powers of ten that these lie between."""
    low = math.floor(math.log10(min(values)))
    return low, max(low + 1, math.ceil(math.log10(max(values))))


def _panel(panel):
    """The lower left corner is at 0, 0."""
    xs = [x for x, _ in panel.points]
    low, high = _decades([y for _, y in (*panel.points, *panel.expected)])

    def across(x):
        return _SIZE * math.log(x / xs[0]) / math.log(xs[-1] / xs[0])

    def up(y):
        return -_SIZE * (math.log10(y) - low) / (high - low)

    def line(points, **look):
        text = ' '.join(f'{svg.number(across(x))},{svg.number(up(y))}'
                        for x, y in points)
        return svg.tag('polyline', points=text, fill='none', stroke_width=2,
                       **look)

    parts = [svg.text(0, -_SIZE - 14, panel.title, font_weight='bold')]
    for decade in range(low, high + 1):
        y = up(10 ** decade)
        parts += [svg.tag('path', d=f'M0 {svg.number(y)}h{_SIZE}',
                          stroke=svg.GRID),
                  svg.text(-8, svg.number(y + 4), f'{10 ** decade:,}',
                           text_anchor='end')]
    for x in xs:
        parts += [svg.tag('path', d=f'M{svg.number(across(x))} 0v-{_SIZE}',
                          stroke=svg.GRID),
                  svg.text(svg.number(across(x)), 16, str(x),
                           text_anchor='middle')]
    parts.append(svg.text(_SIZE / 2, 34, panel.axis, text_anchor='middle',
                          fill=svg.FAINT))
    if panel.expected:
        parts.append(line(panel.expected, stroke=_EXPECTED,
                          stroke_dasharray='5 4'))
    parts.append(line(panel.points, stroke=_MEASURED))
    parts += [svg.tag('circle', cx=across(x), cy=up(y), r=3.5, fill=_MEASURED)
              for x, y in panel.points]
    if panel.expected:
        x, y = panel.expected[0]
        parts.append(svg.text(svg.number(across(x) + 6), svg.number(up(y) + 4),
                              panel.label, fill=_EXPECTED))
    return ''.join(parts)


def draw(title, panels):
    """The figure, as an element for a page."""
    parts = [svg.text(16, 24, title, font_size=14, font_weight='bold'),
             svg.tag('path', d='M16 42h24', stroke=_MEASURED, stroke_width=2),
             svg.text(46, 46, 'measured'),
             svg.tag('path', d='M116 42h24', stroke=_EXPECTED, stroke_width=2,
                     stroke_dasharray='5 4'),
             svg.text(146, 46, 'expected growth, through the last point')]
    for number, panel in enumerate(panels):
        row, column = divmod(number, _ACROSS)
        x, y = _LEFT + column * _PITCH, _TOP + _SIZE + row * _ROW
        parts.append(svg.tag('g', _panel(panel), transform=f'translate({x} {y})'))
    rows = math.ceil(len(panels) / _ACROSS)
    return svg.figure(max(_HEAD, min(len(panels), _ACROSS) * _PITCH),
                      _TOP + rows * _ROW - 42, title, parts)
