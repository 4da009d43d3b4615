# SPDX-License-Identifier: GPL-2.0
"""Draws what a zonelist reader saw, from results.json: one small map for each
list, a cell for each pair of reader position and writer store.
"""

from itertools import groupby

import svg
from zonelist_map import (COUNTS, DIGITS, DIRECTIONS, OUTCOMES, READERS,
                          SCHEDULES)

# Colours that the colour-blind can tell apart, and what each stands for.
OK = ('#e4e9ee', 'sees every zone that it asks for, once')
LOOK = {
    'missed': ('#e69f00', 'misses a zone that has memory throughout'),
    'twice': ('#56b4e9', 'sees a zone twice'),
    'index': ('#009e73', 'sees a zone with the index of another'),
    'excluded': ('#d55e00', 'sees a zone that its filter excludes'),
    'emptied': ('#332288', 'sees only zones without memory'),
}

_CELL = 8
_MARGIN = 16
_LEFT = 46          # of a map, for its row labels
_TOP = 20           # of a map, for its name
_BOTTOM = 34        # of a map, for its column labels
_COLUMN = 150       # what a map's name needs
_LINE = 17
_NARROW = 640       # the text above the maps is so wide


def _list_order(a_map):
    kind, _, nid = a_map['list'].partition(':')
    return kind, int(nid)


def _order(a_map):
    node, _, zone = a_map['zone'].partition(':')
    return (int(node), zone, READERS.index(a_map['reader']),
            SCHEDULES.index(a_map['sched']),
            DIRECTIONS.index(a_map['dir']), *_list_order(a_map))


def _section(a_map):
    return a_map['zone'], a_map['reader'], a_map['sched']


def _bands(digit):
    """The outcomes of a cell, each with its share of the cell's height."""
    value = DIGITS.index(digit)
    names = [n for bit, n in enumerate(OUTCOMES) if value >> bit & 1]
    return [(name, i / len(names), 1 / len(names))
            for i, name in enumerate(names)]


def _cells(a_map):
    """The cells that are not ok: a path for each outcome."""
    paths = {}
    for row, digits in enumerate(a_map['rows']):
        column = 0
        for digit, run in groupby(digits):
            length = len(list(run))
            for name, offset, share in _bands(digit):
                width = svg.number(length * _CELL)
                paths.setdefault(name, []).append(
                    f'M{svg.number(column * _CELL)} '
                    f'{svg.number((row + offset) * _CELL)}'
                    f'h{width}v{svg.number(share * _CELL)}h-{width}z')
            column += length
    return [svg.tag('path', d=''.join(paths[name]), fill=LOOK[name][0])
            for name in OUTCOMES if name in paths]


def _ticks(count):
    """Where the labels of an axis go: two steps an entry, the last its end."""
    entries = count // 2
    every = 1 if entries <= 10 else 4
    for entry in range(entries):
        if entry == entries - 1:
            yield (2 * entry + 1) * _CELL, 'end'
        elif entry % every == 0 and entry < entries - every / 2 - .5:
            yield (2 * entry + 1) * _CELL, str(entry)


def _panel(a_map):
    """One map; its cells begin at 0, 0."""
    rows, columns = len(a_map['rows']), a_map['stores']
    width, height = columns * _CELL, rows * _CELL
    lines = ''.join(f'M0 {y}h{width}' for y in range(0, height + 1, 2 * _CELL))
    lines += ''.join(f'M{x} 0v{height}' for x in range(0, width + 1, 2 * _CELL))
    kind, _, nid = a_map['list'].partition(':')
    kind = {'thisnode': 'THISNODE'}.get(kind, kind)
    parts = [
        svg.text(0, -6, f'node {nid} {kind}, {a_map["dir"]}'),
        svg.tag('rect', width=width, height=height, fill=OK[0]),
        *_cells(a_map),
        svg.tag('path', d=lines, stroke='#ffffff', stroke_width=1),
    ]
    small = {'font_size': 9, 'fill': svg.FAINT}
    parts += [svg.text(x, height + 10, label, text_anchor='middle', **small)
              for x, label in _ticks(columns)]
    parts += [svg.text(-4, y + 3, label, text_anchor='end', **small)
              for y, label in _ticks(rows)]
    return ''.join(parts)


def _head(section):
    zone, reader, sched = section
    node, _, name = zone.partition(':')
    how = {'raw': 'raw walk', 'kernel': 'iterator for GFP_KERNEL'}[reader]
    return f'{name} of node {node} comes and goes: {how}, {sched}'


def _draw_section(section, maps, top):
    """The maps of a section, one line each for online and for offline.

    Returns the parts, and how far right and down they reach.
    """
    columns, x = {}, _MARGIN
    for _, same in groupby(sorted(maps, key=_list_order), key=_list_order):
        same = list(same)
        columns[same[0]['list']] = x + _LEFT
        width = _LEFT + _CELL * max(m['stores'] for m in same)
        x += max(width, _COLUMN)
    parts = [svg.text(_MARGIN, top + 14, _head(section), font_weight='bold')]
    y = top + 22
    for _, line in groupby(maps, key=lambda m: m['dir']):
        line = list(line)
        y += _TOP
        height = _CELL * max(len(m['rows']) for m in line)
        for m in line:
            parts.append(svg.tag(
                'g', _panel(m),
                transform=f'translate({columns[m["list"]]} {y})'))
        parts.append(svg.text(
            0, 0, 'reader paused after', text_anchor='middle', fill=svg.FAINT,
            transform=f'translate({_MARGIN + 10} {svg.number(y + height / 2)})'
                      f' rotate(-90)'))
        y += height + _BOTTOM
        parts.append(svg.text(_MARGIN + _LEFT, y - 10,
                              'writer stopped after store', fill=svg.FAINT))
    # The last map's name begins where its cells do.
    return parts, x + _LEFT, y


def _legend(counts, top):
    """What the colours mean, with how many pairs there are of each."""
    parts, y = [], top
    total = counts['pairs']
    rows = [('ok', *OK)] + [(name, *LOOK[name]) for name in OUTCOMES]
    for name, colour, meaning in rows:
        share = 100 * counts[name] / total
        parts.append(svg.tag('rect', x=_MARGIN, y=y - 9, width=11, height=11,
                             fill=colour))
        parts.append(svg.text(_MARGIN + 18, y,
                              f'{name}: the reader {meaning}'))
        parts.append(svg.text(_NARROW - 90, y, f'{counts[name]}',
                              text_anchor='end'))
        parts.append(svg.text(_NARROW - 30, y, f'{share:.2f} %',
                              text_anchor='end'))
        y += _LINE
    return parts, y


_READ_IT = (
    'A cell is one pair: where the reader was when it was overtaken, and how '
    'far the writer had come.',
    'The numbers are entries. The reader takes two steps an entry (its index, '
    'its zone), the writer has two',
    'stores (its zone, its index). A cell with several outcomes has a band of '
    'each. reader-first: the reader',
    'stops, the writer comes to its store, the reader goes on. writer-first: '
    'the writer comes to its store,',
    'the reader begins and stops, the writer ends, the reader goes on.',
)


def _count(maps):
    counts = dict.fromkeys(COUNTS, 0)
    for digit in (d for m in maps for row in m['rows'] for d in row):
        value = DIGITS.index(digit)
        counts['pairs'] += 1
        counts['ok'] += not value
        for bit, name in enumerate(OUTCOMES):
            counts[name] += value >> bit & 1
    return counts


def draw(results, maps):
    """The figure of these maps of a run, as an element for a page."""
    kernel = results['kernel']
    title = (f'What a reader of a zonelist sees while it is rewritten: Linux '
             f'{kernel["release"]}, {kernel["arch"]}')
    parts = [svg.text(_MARGIN, 24, title, font_size=14, font_weight='bold'),
             svg.text(_MARGIN, 42, f'{results["machine"]}: '
                      f'{_count(maps)["pairs"]} pairs in {len(maps)} maps',
                      fill=svg.FAINT)]
    y = 66
    for line in _READ_IT:
        parts.append(svg.text(_MARGIN, y, line))
        y += _LINE
    legend, y = _legend(_count(maps), y + 8)
    parts += legend
    right = _NARROW
    for section, of_it in groupby(sorted(maps, key=_order), key=_section):
        drawn, width, y = _draw_section(section, list(of_it), y + 6)
        parts += drawn
        right = max(right, width)
    return svg.figure(right, y + _MARGIN, title, parts)


def for_docs(maps):
    """The few maps that the documentation shows: what the raw walk of a
    fallback list sees as the first zone comes and goes.
    """
    some = [m for m in maps
            if m['reader'] == 'raw' and m['list'].startswith('fallback:')]
    first = min(some, key=_order)['zone'] if some else None
    return [m for m in some if m['zone'] == first]
