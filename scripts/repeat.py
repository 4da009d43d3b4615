# SPDX-License-Identifier: GPL-2.0
"""make repeat: all suites and all boots on the unmodified kernel, time and
again: does anything fail that does not always fail?

A round is every boot of "make run" and of "make kselftest", or those that
TESTS= takes. Nothing that fails ends it. Of a boot that passed, only its
results.json stays.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import judge
import pipeline
import run
import scenarios
import settings
import splats
from common import Fatal, entry, locked
from progress import Progress

TIMES = 20
_SHOWN = 20


@dataclass(frozen=True)
class Round:
    """One round, and what results.json says of it."""
    name: str
    found: dict
    boots: int


@dataclass(frozen=True)
class Failure:
    """What failed in some of the rounds."""
    what: str
    rounds: int
    first: str          # the folder, in that of the run


def times(text):
    """TIMES= as a number, or Fatal."""
    if not text:
        return TIMES
    if not text.isdecimal() or int(text) < 1:
        raise Fatal(f'TIMES={text} is not a number of rounds: give 1 or more')
    return int(text)


def plan(conf, built):
    """The boots of a round."""
    if conf.tests:
        return scenarios.plan(conf.arch, built.selection, built.tree.path)
    return scenarios.every(conf.arch, built.selection, built.tree.path)


def reports(found):
    """How many reports the kernel printed."""
    return sum(s['count'] for s in found['splats'])


def failures(rounds):
    """Each test that failed, and whatever else was wrong, as a Failure: those
    of most rounds first. Texts begin with their boot's name, "reference/".
    """
    seen = {}
    for round_ in rounds:
        for what in {splats.key(r['text'])
                     for r in round_.found['reasons']}:
            seen.setdefault(what, []).append(round_.name)
    return sorted((Failure(what, len(names),
                           f'{names[0]}/{what.partition("/")[0]}')
                   for what, names in seen.items()),
                  key=lambda f: (-f.rounds, f.what))


def line(round_):
    """A round in a line."""
    counts = round_.found['counts']
    return (f'{round_.name}: {round_.boots} boots, '
            f'{counts["passed"]} passed, {counts["failed"]} failed, '
            f'{counts["skipped"]} skipped, {reports(round_.found)} splats')


def summary(rounds, out):
    """What the rounds gave, as lines; the last one is the count."""
    total = {key: sum(r.found['counts'][key] for r in rounds)
             for key in ('passed', 'failed', 'skipped')}
    found = failures(rounds)
    more = len(found) - _SHOWN
    return [
        f'{len(rounds)} rounds, {sum(r.boots for r in rounds)} boots, '
        f'{sum(len(r.found["tests"]) for r in rounds)} tests, '
        f'{total["failed"]} failures, '
        f'{sum(reports(r.found) for r in rounds)} splats',
        *(f'  {f.what}: in {f.rounds} of {len(rounds)} rounds, first in '
          f'{out / f.first}' for f in found[:_SHOWN]),
        *([f'  … and {more} more, see report'] if more > 0 else []),
        f'report: {out / "report.html"}',
        f'{total["passed"]} passed, {total["failed"]} failed, '
        f'{total["skipped"]} skipped']


def prune(folder: Path):
    """Drop what nobody looks at: all of a boot that passed but its results."""
    for path in folder.iterdir():
        if path.name != 'results.json':
            path.unlink()


def repeat(built, conf, number, out, progress):
    """All rounds, each as it ends."""
    boots = plan(conf, built)
    width = len(str(number))
    for i in range(1, number + 1):
        name = f'round-{i:0{width}}'
        folder = out / name
        folder.mkdir()
        progress.phases.clear()
        found = run.boot_all(built, conf, boots, folder, progress, 'repeat')
        round_ = Round(name, found, len(boots))
        bad = {r['text'].partition('/')[0] for r in found['reasons']}
        for boot in boots:
            if boot.name not in bad:
                prune(folder / boot.name)
        progress.say(line(round_))
        yield round_


def conclude(rounds, out):
    """Write and print what the rounds come to: of those that there were, if it
    is interrupted. True if nothing failed.
    """
    done = []
    try:
        for round_ in rounds:
            done.append(round_)
    finally:
        if done:
            judge.write_all({r.name: r.found for r in done}, out, [])
            print(*summary(done, out), sep='\n')
    return all(r.found['verdict'] == 'pass' for r in done)


def main():
    conf = settings.from_environment()
    number = times(os.environ.get('TIMES'))
    progress = Progress(verbose=conf.verbose)
    with locked(conf.state), \
            pipeline.results_folder(conf, f'{conf.arch}-repeat') as out:
        built = pipeline.build(conf, progress, out)
        good = conclude(repeat(built, conf, number, out, progress), out)
    return 0 if good else 1


if __name__ == '__main__':
    entry(main)
