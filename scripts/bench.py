# SPDX-License-Identifier: GPL-2.0
"""make bench: what memory and CPU hotplug cost, over the number of nodes, memory
blocks, slab caches and CPUs, with and without detectors; what our helpers cost
beside a bare loop and beside others; how long it takes from command to verdict;
and how well a matrix uses its workers.

PARTS= names some of this. Leaves bench.json, bench.svg and report.html, compares
with the stored baseline, and fails if something has become slower by more than
the noise, or misses a limit.
"""

import json
import os
import platform
import re
import subprocess
from pathlib import Path

import bench_compare
import bench_data
import bench_matrix
import bench_page
import bench_parts
import bench_ratios
import bench_verdict
import pipeline
import settings
import svg
import zonelist_cost
from bench_data import DETECTORS, INSTRUCTIONS, Point, Series
from common import Fatal, child_env, entry, host, locked
from progress import Progress

RESULTS = 'bench.json'
INTERLEAVINGS = 'interleavings'
NAMES = (*(part.name for part in bench_parts.PARTS), INTERLEAVINGS,
         bench_verdict.PART, bench_matrix.PART)


def chosen(words):
    """The parts that PARTS= names, all by default; Fatal for what is none."""
    for word in words:
        if word not in NAMES:
            raise Fatal(f'PARTS has {word}: known are {", ".join(NAMES)}')
    return words or list(NAMES)


def _first_line(*command):
    done = subprocess.run(command, env=child_env(), capture_output=True,
                          text=True, check=True)
    return done.stdout.splitlines()[0]


def _processor():
    """The model of the host's CPUs, as far as Linux tells."""
    found = re.search(r'^model name\s*: (.*)', Path('/proc/cpuinfo').read_text(),
                      re.M)
    return found[1] if found else platform.machine()


def _interleavings(built, conf, out, progress):
    """The exhaustive zonelist test, which is too slow to be repeated; counting
    instructions, it need not be.
    """
    costs = zonelist_cost.measure_all(built, conf, out, progress)
    return [Series(INTERLEAVINGS, 'all-pairs', DETECTORS, INSTRUCTIONS, 'nodes',
                   (2, 3),
                   tuple(Point(c.nodes, (c.ms * 1000000,)) for c in costs))]


def _guests(conf, names, out, progress):
    """All that is measured in guests of our own, and the kernel's release."""
    kernels = bench_parts.Kernels(conf, progress, out)
    series = []
    with locked(conf.state):
        for part in bench_parts.PARTS:
            if part.name in names:
                series += bench_parts.measure(part, kernels, conf, out,
                                              progress)
        if INTERLEAVINGS in names:
            series += _interleavings(kernels(DETECTORS), conf, out, progress)
        return series, kernels.release()


def _measure(conf, names, out, progress):
    """All Series, and what they were measured on."""
    series, release = _guests(conf, names, out, progress)
    # These are commands of ours, which take the lock themselves.
    for part in (bench_verdict, bench_matrix):
        if part.PART in names:
            series += part.measure(conf, progress)
    command = f"{conf.command('bench')} PARTS='{' '.join(names)}'"
    return series, {
        'linux': release, 'compiler': _first_line('gcc', '--version'),
        'qemu': _first_line('qemu-system-x86_64', '--version'),
        'host': f'{_processor()}, {host()}', 'command': command,
        'series': bench_data.to_json(series)}


def main():
    conf = settings.from_environment(settings.X86_64)
    names = chosen(os.environ.get('PARTS', '').split())
    progress = Progress(verbose=conf.verbose)
    with pipeline.results_folder(conf, 'bench') as out:
        series, found = _measure(conf, names, out, progress)
        (out / RESULTS).write_text(json.dumps(found, indent=1) + '\n')
        ratios = bench_ratios.ratios(series)
        base = bench_compare.load(conf.arch)
        changes, left = bench_compare.compare(base, found, series) \
            if base else ([], 0)
        compared = bench_page.change_lines(changes, left, base)
        drawn = bench_page.figure(found['linux'], series)
        if drawn:
            (out / bench_page.FIGURE).write_text(svg.as_file(drawn))
        report = out / 'report.html'
        report.write_text(bench_page.render(found, ratios, series, compared,
                                            drawn))
    print(*bench_page.ratio_lines(ratios), *bench_page.table(series), *compared,
          f'report: {report}', sep='\n')
    wrong = [*(r.text for r in ratios if r.missed),
             *bench_verdict.missed(series),
             *dict.fromkeys(c.series.key for c in changes
                            if c.exceeds and c.ratio > 1)]
    if wrong:
        raise Fatal(f'too slow, or slower: {"; ".join(wrong)}')


if __name__ == '__main__':
    entry(main)
