# SPDX-License-Identifier: GPL-2.0
"""make bench-baseline: store the runs of make bench that RUNS= names, three or
more, as what later ones are compared with. What is stored of other parts stays.
"""

import json
import os

import bench
import bench_compare
import settings
from common import Fatal, entry


def _read(conf, name):
    path = conf.state / 'results' / name / bench.RESULTS
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        raise Fatal(f'{path} is missing: RUNS= takes the names of folders that '
                    f'make bench has left in {path.parent.parent}')


def main():
    conf = settings.from_environment(settings.X86_64)
    old = bench_compare.load(conf.arch)
    base = bench_compare.merge([_read(conf, name) for name in
                                os.environ.get('RUNS', '').split()], old)
    lost = sorted({key.partition('/')[0] for key in
                   (old or base)['places'].keys() - base['places'].keys()})
    path = bench_compare.path(conf.arch)
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(base, indent=1) + '\n')
    if lost:
        print(f'not comparable any more, and left out: {", ".join(lost)}')
    print(f'{len(base["places"])} series: {path}')


if __name__ == '__main__':
    entry(main)
