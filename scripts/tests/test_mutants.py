# SPDX-License-Identifier: GPL-2.0
"""Each seeded bug is built into the kernel and must be found, by the test that
it says finds it. Without MUTANTS=all, only so many are built that each test has
found one. With it, what an experiment brings must show as well.

One bug is compiled while guests with the ones before it run, two at a time: a
test that is to fail may be slow.
"""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import experiment
import judge
import kill_watch
import lockrules
import locksets
import mutant
import pipeline
import rules
from progress import Progress

OURS = [m for m in mutant.read_all(mutant.MUTANTS) if m.arch in ('', 'x86')]
# What to apply; the last one says how it shows.
if os.environ.get('MUTANTS') == 'all':
    MUTANTS = {m.name: (m,) for m in OURS} | {
        m.name: experiment.patches(m) for m in experiment.read_all()}
else:
    # With this one the kernel crashes, and is waited for, and there are others
    # for its test.
    QUICK = [m for m in OURS if m.name != 'kswapd-pointer-kept']
    # test_locksets and test_killmatrix have a seed for these.
    MUTANTS = {m.name: (m,) for m in mutant.one_for_each_test(
        QUICK, but=('lockset_test', 'zonelist'))}


def watch_of(bug):
    """Ends the guest when all is seen that is to be seen: what goes on after a
    bug may take for ever.
    """
    if len(bug.seen) == 1 and not bug.seen[0].how:
        return kill_watch.Watch(threading.Event())
    return None


@pytest.fixture(scope='module')
def hunt(request, built, conf, tmp_path_factory):
    """Builds and boots the mutants; the result of one, when it has booted, is
    (verdict, what the record of lockset_test has against the rules).
    """
    wanted = [item.callspec.params['name'] for item in request.session.items
              if item.originalname == 'test_mutant_is_killed']
    folder = tmp_path_factory.mktemp('mutants')
    quiet = open(folder / 'progress', 'w')
    progress = Progress(quiet)
    scratch = mutant.Scratch(built, conf, progress, folder / 'build.log')

    def boot(bug, image):
        out = tmp_path_factory.mktemp(bug.name)
        chosen = mutant.scenario(bug, conf.arch, built.tree.path)
        return pipeline.run_scenario(
            image, chosen, conf, out, progress,
            watch=watch_of(bug)), chosen.selection, out

    builder, booter = ThreadPoolExecutor(1), ThreadPoolExecutor(2)

    def build_and_boot(bugs):
        return booter.submit(boot, bugs[-1], scratch.build(*bugs))

    futures = {name: builder.submit(build_and_boot, MUTANTS[name])
               for name in wanted}

    kernel = lockrules.LockRules(rules.Kernel(built.tree.release, conf.arch))

    def result(name):
        booted, chosen, out = futures[name].result().result()
        if all(seen.how != mutant.RULE for seen in MUTANTS[name][-1].seen):
            return judge.judge(built, booted, chosen, out)[1], []
        found, _, decided = locksets.examine(built, booted, chosen, out,
                                             kernel)
        return decided, [str(f) for all_ in found.values() for f in all_]

    yield result
    for pool in (builder, booter):
        pool.shutdown(cancel_futures=True)
    scratch.remove()
    quiet.close()


@pytest.mark.parametrize('name', MUTANTS)
def test_mutant_is_killed(hunt, name):
    bug = MUTANTS[name][-1]
    decided, wrong_locks = hunt(name)
    for seen in bug.seen:
        if seen.how == mutant.NOTHING:
            assert decided.ok, decided.reasons
        elif seen.how == mutant.RULE:
            assert any(seen.why in f for f in wrong_locks), wrong_locks
        elif seen.how == mutant.CONSOLE:
            assert any(r.kind == 'splat' and seen.why in r.text
                       for r in decided.reasons), decided.reasons
        else:
            assert any(r.test.startswith(seen.test)
                       for r in decided.reasons), decided.reasons
