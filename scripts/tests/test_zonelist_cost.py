# SPDX-License-Identifier: GPL-2.0
"""What the exhaustive test costs over the number of nodes: measured and drawn."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

import machine
import svg
import zonelist_cost
from common import Fatal
from progress import Progress
from zonelist_cost import Cost

COSTS = [Cost(2, 1000, 10, 100, 9.4), Cost(4, 8000, 40, 500, 10),
         Cost(8, 64000, 160, 4000, 20)]
SVG = '{http://www.w3.org/2000/svg}'


@pytest.fixture
def quiet(tmp_path):
    with open(tmp_path / 'progress', 'w') as out:
        yield Progress(out)


def test_one_machine_is_measured(built, conf, tmp_path, quiet):
    cost = zonelist_cost.measure(built, conf, tmp_path, quiet, 2)
    # A list of two zones, and of three while the third one is there.
    assert cost.nodes == 2 and cost.pairs > 1000 and cost.ms > 100
    assert cost.transitions >= 2 * 2 * (6 + 8) / 4
    log = (tmp_path / 'console.log').read_text(errors='replace')
    assert 'nr_node_ids:2' in log


def test_a_failure_is_no_measurement(built, conf, tmp_path, quiet):
    params = replace(built.machine, extra_qemu_params=['-machine', 'none-such'])
    image = tmp_path / 'none'
    image.write_text('no kernel')
    broken = replace(built, machine=params, image=image)
    with pytest.raises(Fatal, match='on 2 nodes: QEMU failed'):
        zonelist_cost.measure(broken, conf, tmp_path, quiet, 2)


@pytest.mark.parametrize('nodes', zonelist_cost.NODES)
def test_machine_has_so_many_nodes(built, nodes):
    words = machine.sized(built.tree.path, 'x86_64', 'nodes',
                          nodes).extra_qemu_params
    assert sum(w.startswith('node,nodeid=') for w in words) == nodes
    assert sum(w.startswith('pc-dimm,') for w in words) == 1
    size = re.search(r'size=(\d+)M', ' '.join(words))
    rams = [int(r) for r in re.findall(r'id=ram\d+,size=(\d+)M',
                                       ' '.join(words))]
    assert sum(rams) == int(size[1]) and len(rams) == nodes


def test_table():
    head, *rows = zonelist_cost.table(COSTS).splitlines()
    assert head.split()[:4] == ['nodes', 'transitions', 'pairs', 'guest']
    assert rows[0].split() == ['2', '10', '1000', '100', '10000', '9']
    assert rows[1].split()[-3:] == ['N^2.0', 'N^3.0', 'N^2.3']
    assert rows[2].split()[-3:] == ['N^2.0', 'N^3.0', 'N^3.0']


def points(line):
    return [tuple(map(float, p.split(','))) for p in line.get('points').split()]


def test_figure():
    text = svg.as_file(zonelist_cost.draw('6.12.117', COSTS))
    root = ElementTree.fromstring(text.encode())
    panels = list(root.iter(f'{SVG}g'))
    assert len(panels) == 3
    for panel in panels:
        lines = panel.findall(f'{SVG}polyline')
        expected, measured = map(points, lines)
        # Equal steps to the right, upwards, and together at the end.
        assert measured[1][0] - measured[0][0] == pytest.approx(
            measured[2][0] - measured[1][0], abs=.02)
        assert measured[0][1] > measured[1][1] > measured[2][1]
        assert measured[2] == expected[2]
    # These grow just as they should.
    for panel in panels[:2]:
        expected, measured = map(points, panel.findall(f'{SVG}polyline'))
        assert measured == pytest.approx(expected)
    said = ' '.join(root.itertext())
    for words in ('6.12.117', 'transitions', 'guest time, ms', 'nodes', 'N^3'):
        assert words in said
