# SPDX-License-Identifier: GPL-2.0
"""make figures: draw the documentation's figures anew, from a run of now."""

from dataclasses import replace

import results
import run
import settings
import svg
import zonelist_cost
import zonelist_figure
import zonelist_map
from common import REPO, Fatal, entry
from progress import Progress

DOCS = REPO / 'Documentation/admin-guide/mm'
MAP = DOCS / 'memory-hotplug-zonelist-map.svg'
COST = DOCS / 'memory-hotplug-zonelist-cost.svg'


def main():
    conf = settings.from_environment(settings.X86_64)
    suite = zonelist_map.CASE.partition('.')[0]
    found = run.run(replace(conf, tests=suite))
    print(results.summary(found))
    if found['verdict'] != 'pass' or not found['interleave']:
        raise Fatal('that is not a run to draw figures of')
    some = zonelist_figure.for_docs(found['interleave']['maps'])
    MAP.write_text(svg.as_file(zonelist_figure.draw(found, some)))
    print(MAP)
    costs, out = zonelist_cost.run(conf, Progress())
    COST.write_text((out / zonelist_cost.FIGURE).read_text())
    print(zonelist_cost.table(costs))
    print(COST)


if __name__ == '__main__':
    entry(main)
