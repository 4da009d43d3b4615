# SPDX-License-Identifier: GPL-2.0
"""The kernel with our annotations: it passes, and without the locks each of
the assertions reports.
"""

import annotate
import console
import experiment
import judge
import mutant
import pipeline
import pytest
import scenarios
import splats
from progress import Progress

VIOLATION = mutant.read(
    annotate.ANNOTATIONS / 'violations/no-hotplug-locks.cocci')


@pytest.fixture(scope='module')
def boot(built, conf, tmp_path_factory):
    """Boots a kernel with some patches; returns what there is to say, and the
    folder with the logs.
    """
    folder = tmp_path_factory.mktemp('annotated')
    quiet = open(folder / 'progress', 'w')
    progress = Progress(quiet)
    scratch = mutant.Scratch(built, conf, progress, folder / 'build.log')

    def boot(scenario, *patches):
        out = tmp_path_factory.mktemp('boot')
        image = scratch.build(*patches)
        booted = pipeline.run_scenario(image, scenario, conf, out, progress)
        return judge.judge(built, booted, scenario.selection, out)[1], out

    yield boot
    scratch.remove()
    quiet.close()


def test_annotated_kernel_passes(boot, built, conf):
    quick, = scenarios.quick(conf.arch, built.selection, built.tree.path)
    decided, _ = boot(quick, *annotate.read())
    assert decided.ok, decided.reasons


@pytest.fixture(scope='module')
def reports(boot, conf, tree):
    """What the annotated kernel reports when nobody takes a hotplug lock."""
    chosen = mutant.scenario(VIOLATION, conf.arch, tree)
    _, out = boot(chosen, mutant.read(experiment.ONCE), *annotate.read(),
                  VIOLATION)
    with open(out / 'console.log', errors='replace') as log:
        return {splats.describe(splat) for splat in console.scan(log)}


@pytest.mark.parametrize('why', [o.why for o in VIOLATION.seen])
def test_assertion_reports(reports, why):
    assert any(f'WARNING: {why} ' in f'{report} ' for report in reports)


def test_each_assertion_is_violated(tree, tmp_path):
    """An annotation without a test would be one that may never report."""
    for file in annotate.files():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes((tree / file).read_bytes())

    def assertions():
        return sum((tmp_path / file).read_text().count(word)
                   for file in annotate.files()
                   for word in ('lockdep_assert', 'assert_device_hotplug'))

    before = assertions()
    annotate.annotate(tmp_path)
    # The helper's own definition and assertion are not two more.
    assert assertions() - before - 2 == len(VIOLATION.seen)
