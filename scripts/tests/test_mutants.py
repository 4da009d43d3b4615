# SPDX-License-Identifier: GPL-2.0
"""Each seeded bug is built into the kernel and must be found, by the test that
it says finds it; and so must what an experiment brings. Without MUTANTS=all,
only so many are built that each test has found one.

One bug is compiled while the guest with the one before it runs.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

import experiment
import judge
import mutant
import pipeline
from progress import Progress

OURS = mutant.read_all(mutant.MUTANTS)
if os.environ.get('MUTANTS') != 'all':
    OURS = mutant.one_for_each_test(OURS)
# What to apply; the last one says how it shows.
MUTANTS = {m.name: (m,) for m in OURS} | {
    m.name: experiment.patches(m) for m in experiment.read_all()}


@pytest.fixture(scope='module')
def hunt(request, built, conf, tmp_path_factory):
    """Builds and boots the mutants; verdict(name) waits for one's result."""
    wanted = [item.callspec.params['name'] for item in request.session.items
              if item.originalname == 'test_mutant_is_killed']
    folder = tmp_path_factory.mktemp('mutants')
    quiet = open(folder / 'progress', 'w')
    progress = Progress(quiet)
    scratch = mutant.Scratch(built, conf, progress, folder / 'build.log')

    def boot(bug, image):
        out = tmp_path_factory.mktemp(bug.name)
        chosen = mutant.scenario(bug, conf.arch, built.tree.path)
        return pipeline.run_scenario(image, chosen, conf, out,
                                     progress), chosen.selection, out

    builder, booter = ThreadPoolExecutor(1), ThreadPoolExecutor(1)

    def build_and_boot(bugs):
        return booter.submit(boot, bugs[-1], scratch.build(*bugs))

    futures = {name: builder.submit(build_and_boot, MUTANTS[name])
               for name in wanted}

    def verdict(name):
        booted, chosen, out = futures[name].result().result()
        return judge.judge(built, booted, chosen, out)[1]

    yield verdict
    for pool in (builder, booter):
        pool.shutdown(cancel_futures=True)
    scratch.remove()
    quiet.close()


@pytest.mark.parametrize('name', MUTANTS)
def test_mutant_is_killed(hunt, name):
    bug = MUTANTS[name][-1]
    decided = hunt(name)
    for seen in bug.seen:
        if seen.how == mutant.NOTHING:
            assert decided.ok, decided.reasons
        elif seen.how == mutant.CONSOLE:
            assert any(r.kind == 'splat' and seen.why in r.text
                       for r in decided.reasons), decided.reasons
        else:
            assert any(r.test.startswith(seen.test)
                       for r in decided.reasons), decided.reasons
