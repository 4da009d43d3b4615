# SPDX-License-Identifier: GPL-2.0
"""make experiment: what all suites and all boots say of a changed kernel, and
whether that is what scripts/rules/experiments.ini has of it.

An experiment is a semantic patch in scripts/experiments and a section of that
file with the same name. A line of its "result" is one thing that is wrong in
one boot: a test that failed, as the summary of a run has it, or a report of
the kernel and the functions that led to it.
"""

import os
from dataclasses import replace

import console
import mutant
import pipeline
import results
import rules
import run
import scenarios
import settings
import splats
from common import SCRIPTS, Fatal, entry, locked
from progress import Progress

EXPERIMENTS = SCRIPTS / 'experiments'
RECORDS = SCRIPTS / 'rules/experiments.ini'
# Goes with each of them.
ONCE = SCRIPTS / 'tell-once.cocci'

# Reasons that are about what happened, not about what did not.
_SEEN = ('fail', 'crashed', 'skip')


def read_all():
    """The experiments, as mutants."""
    return mutant.read_all(EXPERIMENTS)


def patches(bug):
    """What to apply for an experiment."""
    return mutant.read(ONCE), bug


def records():
    """All that is recorded of the experiments, by name."""
    return rules.parse(RECORDS)


def recorded(name, field='result'):
    """What is recorded of an experiment's result, a line each."""
    return records()[name][field].strip().splitlines()


def compare(found, always, sometimes=()):
    """Lines that say what is new and what did not come."""
    have = {splats.key(r): r for r in found}
    known = {splats.key(r) for r in (*always, *sometimes)}
    return [f'  new: {have[k]}' for k in have if k not in known] + \
           [f'  did not come: {r}' for r in always if splats.key(r) not in have]


def wrong(found, out):
    """All that is wrong in the boots whose results and logs are in the folder
    out, a line each. Of a boot that ended with an oops, not what is missing.
    """
    lines, ended = [], set()
    for log in sorted(out.glob('*/console.log')):
        with open(log, errors='replace') as f:
            for splat in console.scan(f):
                if splats.ends_boot(splat):
                    ended.add(log.parent.name)
                else:
                    lines.append(f'{log.parent.name}/{splats.describe(splat)}')
    lines = [r['text'] for r in found['reasons'] if r['kind'] != 'splat' and
             (r['kind'] in _SEEN or r['text'].partition('/')[0] not in ended)
             ] + lines
    return list({splats.key(line): line for line in lines}.values())


def conduct(conf, name, bugs):
    """Build a kernel with some semantic patches and boot all there is; returns
    what results.json says, and all that is wrong, a line each.
    """
    progress = Progress(verbose=conf.verbose)
    with locked(conf.state), \
            pipeline.results_folder(conf, f'{conf.arch}-{name}') as out:
        built = pipeline.build(replace(conf, tests=''), progress, out)
        plan = scenarios.until_an_oops(scenarios.every(
            conf.arch, built.selection, built.tree.path))
        scratch = mutant.Scratch(built, conf, progress, out / 'build.log')
        try:
            found = run.boot_all(scratch.build(*bugs), conf, plan, out,
                                 progress, f'experiment EXPERIMENT={name}')
        finally:
            scratch.remove()
        return found, wrong(found, out)


def main():
    conf = settings.from_environment()
    known = {bug.name: bug for bug in read_all()}
    name = os.environ.get('EXPERIMENT')
    if name not in known:
        raise Fatal(f'which one? make experiment EXPERIMENT= one of '
                    f'{", ".join(known)}')
    found, lines = conduct(conf, name, patches(known[name]))
    differs = compare(lines, recorded(name), recorded(name, 'sometimes'))
    print('\n'.join([results.summary(found), *lines, f'{name}: '
                     f'{"not " if differs else ""}what is recorded',
                     *differs]))
    return 1 if differs else 0


if __name__ == '__main__':
    entry(main)
