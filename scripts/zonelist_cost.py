# SPDX-License-Identifier: GPL-2.0
"""What the exhaustive zonelist test costs on machines of more and more nodes.

QEMU counts instructions instead of time (-icount), so that the guest's time is
a measure of its work, whatever else the host does.
"""

import math
from dataclasses import dataclass, replace

import judge
import machine
import pipeline
import suites
import svg
import zonelist_map
from common import Fatal, locked

NODES = (2, 4, 8, 16)
FIGURE = 'zonelist-cost.svg'

# 8 ns an instruction: about what TCG takes, so that what waits for a time to
# pass does not take longer than it should.
_COUNT = ['-icount', 'shift=3,sleep=off']
_LIMIT = 900

# The figure: a square for each quantity, with room for the labels of its axes.
_SIZE = 190
_PITCH = 290
_LEFT = 76
_TOP = 92


@dataclass(frozen=True)
class Cost:
    """What was measured on one machine."""
    nodes: int
    pairs: int
    transitions: int
    ms: int             # of the guest
    seconds: float      # of the host, the boot included


_MEASURED, _EXPECTED = '#0072b2', '#d55e00'

# What is drawn: the field, its title, and the power of the number of nodes
# that it should grow with.
QUANTITIES = (
    ('transitions', 'transitions', 2),
    ('pairs', 'pairs', 3),
    ('ms', 'guest time, ms', 3),
)


def measure(built, conf, out, progress, nodes):
    """Boot the suite on so many nodes; the logs go to the folder out."""
    params = machine.load(built.tree.path, built.kbuild.arch, nodes)
    params = replace(params,
                     extra_qemu_params=[*params.extra_qemu_params, *_COUNT])
    selection = suites.select(zonelist_map.CASE, built.tree.path)
    guest = replace(built, machine=params, selection=selection)
    booted = pipeline.run_guest(guest, conf, out, progress, limit=_LIMIT,
                                accel='tcg')
    run, decided = judge.judge(guest, booted, selection, out)
    # Such a machine has not all kinds of nodes that the reference has.
    why = [r.text for r in decided.reasons if r.kind != 'skip']
    if why:
        raise Fatal(f'on {nodes} nodes: {why[0]} (see {out})')
    found = run.interleave
    return Cost(nodes, found.pairs, found.transitions, found.ms,
                booted.outcome.seconds)


def measure_all(conf, progress):
    """Boot all machines. Returns the costs, and the folder that has the logs
    and the figure.
    """
    with locked(conf.state), \
            pipeline.results_folder(conf, f'{conf.arch}-cost') as out:
        built = pipeline.build(conf, progress, out)
        costs = []
        for nodes in NODES:
            logs = out / f'{nodes}-nodes'
            logs.mkdir()
            with progress.phase(f'{nodes} nodes'):
                costs.append(measure(built, conf, logs, progress, nodes))
        figure = svg.as_file(draw(built.tree.release, costs))
        (out / FIGURE).write_text(figure)
    return costs, out


def table(costs):
    """The costs as text, and with which power of the nodes they grow."""
    lines = ['nodes  transitions    pairs  guest ms  pairs/s  host s'
             '   transitions    pairs     time  grow with']
    for before, cost in zip([None, *costs], costs):
        line = (f'{cost.nodes:5}  {cost.transitions:11}  {cost.pairs:7}  '
                f'{cost.ms:8}  '
                f'{zonelist_map.per_second(cost.pairs, cost.ms):7}  '
                f'{cost.seconds:6.0f}')
        if before:
            line += ''.join(
                f'{f"N^{_power(before, cost, name):.1f}":>{width}}'
                for (name, _, _), width in zip(QUANTITIES, (14, 9, 9)))
        lines.append(line)
    return '\n'.join(lines)


def _power(one, other, name):
    """The power of the number of nodes that explains the growth."""
    return (math.log(getattr(other, name) / getattr(one, name)) /
            math.log(other.nodes / one.nodes))


def _decades(values):
    """The powers of ten that these lie between."""
    return (math.floor(math.log10(min(values))),
            math.ceil(math.log10(max(values))))


def _panel(costs, name, title, power):
    """One quantity over the number of nodes, both axes logarithmic; the lower
    left corner is at 0, 0.
    """
    xs = [cost.nodes for cost in costs]
    ys = [getattr(cost, name) for cost in costs]
    # As the largest machine says: on small ones, what does not grow counts.
    expected = [ys[-1] * (x / xs[-1]) ** power for x in xs]
    low, high = _decades(ys + expected)

    def across(x):
        return _SIZE * math.log(x / xs[0]) / math.log(xs[-1] / xs[0])

    def up(y):
        return -_SIZE * (math.log10(y) - low) / (high - low)

    def line(values, **look):
        points = ' '.join(f'{svg.number(across(x))},{svg.number(up(y))}'
                          for x, y in zip(xs, values))
        return svg.tag('polyline', points=points, fill='none', stroke_width=2,
                       **look)

    parts = [svg.text(0, -_SIZE - 14, title, font_weight='bold')]
    for decade in range(low, high + 1):
        y = up(10 ** decade)
        parts += [svg.tag('path', d=f'M0 {svg.number(y)}h{_SIZE}',
                          stroke=svg.GRID),
                  svg.text(-8, svg.number(y + 4), f'{10 ** decade}',
                           text_anchor='end')]
    for x in xs:
        parts += [svg.tag('path', d=f'M{svg.number(across(x))} 0v-{_SIZE}',
                          stroke=svg.GRID),
                  svg.text(svg.number(across(x)), 16, str(x),
                           text_anchor='middle')]
    parts += [svg.text(_SIZE / 2, 34, 'nodes', text_anchor='middle',
                       fill=svg.FAINT),
              line(expected, stroke=_EXPECTED, stroke_dasharray='5 4'),
              line(ys, stroke=_MEASURED)]
    parts += [svg.tag('circle', cx=across(x), cy=up(y), r=3.5, fill=_MEASURED)
              for x, y in zip(xs, ys)]
    parts.append(svg.text(svg.number(across(xs[0]) + 6),
                          svg.number(up(expected[0]) + 4),
                          f'N^{power}', fill=_EXPECTED))
    return ''.join(parts)


def draw(release, costs):
    """The figure of these costs, as an element for a page."""
    title = (f'What every interleaving of a walk and a rebuild costs: Linux '
             f'{release}')
    parts = [svg.text(16, 24, title, font_size=14, font_weight='bold'),
             svg.tag('path', d='M16 42h24', stroke=_MEASURED, stroke_width=2),
             svg.text(46, 46, 'measured'),
             svg.tag('path', d='M116 42h24', stroke=_EXPECTED, stroke_width=2,
                     stroke_dasharray='5 4'),
             svg.text(146, 46, 'expected growth, through the largest machine')]
    for number, quantity in enumerate(QUANTITIES):
        x = _LEFT + number * _PITCH
        parts.append(svg.tag('g', _panel(costs, *quantity),
                             transform=f'translate({x} {_TOP + _SIZE})'))
    return svg.figure(len(QUANTITIES) * _PITCH, _TOP + _SIZE + 50, title, parts)
