# SPDX-License-Identifier: GPL-2.0
"""make run, make kselftest: overlay, build, boot, and give a verdict."""

import sys

import judge
import pipeline
import results
import settings
from common import entry, locked
from progress import Progress


def run(conf, only=None, target='run'):
    """One whole run; returns what results.json says.

    only: "kselftests" leaves the KUnit suites out.
    """
    progress = Progress(verbose=conf.verbose)
    name = '-'.join(filter(None, (
        conf.arch, conf.kdir.name if conf.kdir else conf.kernel,
        conf.sanitizer)))
    with locked(conf.state), pipeline.results_folder(conf, name) as out:
        built = pipeline.build(conf, progress, out, only)
        with progress.phase('boot'):
            boot = pipeline.run_guest(built, conf, out, progress)
        with progress.phase('judge'):
            facts, decided = judge.judge(built, boot, built.selection, out)
        return judge.write(built, boot, facts, decided, out,
                           conf.command(target), progress.phases)


def main(target):
    conf = settings.from_environment()
    only = 'kselftests' if target == 'kselftest' else None
    found = run(conf, only, target)
    print(results.summary(found))
    return 0 if found['verdict'] == 'pass' else 1


if __name__ == '__main__':
    entry(main, *sys.argv[1:])
