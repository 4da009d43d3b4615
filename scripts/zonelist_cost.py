# SPDX-License-Identifier: GPL-2.0
"""What the exhaustive zonelist test costs on machines of more and more nodes.

QEMU counts instructions instead of time (-icount), so that the guest's time is
a measure of its work, whatever else the host does.
"""

import math
from dataclasses import dataclass, replace

import growth_figure
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


@dataclass(frozen=True)
class Cost:
    """What was measured on one machine."""
    nodes: int
    pairs: int
    transitions: int
    ms: int             # of the guest
    seconds: float      # of the host, the boot included


# What is drawn: the field, its title, and the power of the number of nodes
# that it should grow with.
QUANTITIES = (
    ('transitions', 'transitions', 2),
    ('pairs', 'pairs', 3),
    ('ms', 'guest time, ms', 3),
)


def measure(built, conf, out, progress, nodes):
    """Boot the suite on so many nodes; the logs go to the folder out."""
    params = machine.sized(built.tree.path, built.kbuild.arch, 'nodes', nodes)
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


def measure_all(built, conf, out, progress):
    """Boot all machines, their logs going to folders in out."""
    costs = []
    for nodes in NODES:
        logs = out / f'interleavings-{nodes}'
        logs.mkdir()
        with progress.phase(f'interleavings, {nodes} nodes'):
            costs.append(measure(built, conf, logs, progress, nodes))
    return costs


def run(conf, progress):
    """Build, and boot all machines. Returns the costs, and the folder that has
    the logs and the figure.
    """
    with locked(conf.state), \
            pipeline.results_folder(conf, f'{conf.arch}-cost') as out:
        built = pipeline.build(conf, progress, out)
        costs = measure_all(built, conf, out, progress)
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


def draw(release, costs):
    """The figure of these costs, as an element for a page."""
    panels = []
    for name, title, power in QUANTITIES:
        points = tuple((cost.nodes, getattr(cost, name)) for cost in costs)
        panels.append(growth_figure.Panel(
            title, 'nodes', points, growth_figure.through_last(points, power),
            f'N^{power}'))
    return growth_figure.draw(
        f'What every interleaving of a walk and a rebuild costs: Linux '
        f'{release}', panels)
