# SPDX-License-Identifier: GPL-2.0
"""make run, make kselftest: overlay, build, boot, and give a verdict."""

import sys

import judge
import pipeline
import results
import scenarios
import settings
from common import entry, locked
from progress import Progress


def _boot(built, conf, scenario, out, progress, target, phase='boot'):
    """Boot one scenario; returns what results.json in the folder out says."""
    out.mkdir(exist_ok=True)
    with progress.phase(phase):
        boot = pipeline.run_scenario(built, scenario, conf, out, progress)
    facts, decided = judge.judge(built, boot, scenario.selection, out)
    return judge.write(built, boot, facts, decided, out, conf.command(target),
                       progress.phases)


def boot_all(built, conf, plan, out, progress, target):
    """Boot several scenarios; returns what results.json says of all."""
    found = {s.name: _boot(built, conf, s, out / s.name, progress, target,
                           f'boot {s.name}') for s in plan}
    return judge.write_all(found, out, progress.phases)


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
        every = target == 'kselftest' or conf.tests
        plan = (scenarios.plan if every else scenarios.quick)(
            conf.arch, built.selection, built.tree.path)
        if len(plan) == 1:
            return _boot(built, conf, plan[0], out, progress, target)
        return boot_all(built, conf, plan, out, progress, target)


def main(target):
    conf = settings.from_environment()
    only = 'kselftests' if target == 'kselftest' else None
    found = run(conf, only, target)
    print(results.summary(found))
    return 0 if found['verdict'] == 'pass' else 1


if __name__ == '__main__':
    entry(main, *sys.argv[1:])
