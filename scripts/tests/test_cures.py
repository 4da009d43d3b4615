# SPDX-License-Identifier: GPL-2.0
"""Bugs that the kernel itself has: each is shown by the test that its cure
names, and is gone when the cure, a semantic patch, is in the kernel. Of those that
only one arch has, with ARCH=.
"""

import judge
import mutant
import pipeline
import pytest
import settings
import suites
from arches import ARCHES
from common import SCRIPTS
from progress import Progress

ARCH = ARCHES[settings.from_environment().arch]
CURES = [cure for cure in mutant.read_all(SCRIPTS / 'cures')
         if cure.arch in ('', ARCH.folder)]


def decide(image, conf, out, test):
    """What running that test on that kernel shows."""
    out.mkdir()
    with open(out / 'progress', 'w') as quiet:
        chosen = suites.select(test if ':' in test else test.partition('.')[0],
                               image.tree.path)
        booted = pipeline.run_guest(image, conf, out, Progress(quiet),
                                    selection=chosen)
    return judge.judge(image, booted, chosen, out)


def expected_failure(run, name):
    """What the result of a test says of a bug that it expects, if it saw it."""
    return ' '.join(t.reason for t in run.kselftest.tests
                    if t.name == name and t.reason.startswith('XFAIL'))


@pytest.mark.parametrize('cure', CURES, ids=lambda c: c.name)
def test_bug_and_cure(built, conf, tmp_path, cure):
    seen, = cure.seen
    run, sick = decide(built, conf, tmp_path / 'sick', seen.test)
    if seen.how == mutant.EXPECTED:
        assert not sick.reasons
        assert seen.why in expected_failure(run, seen.test)
    else:
        reported = [r.text for r in sick.reasons if r.kind == 'splat'] + \
            [splat.title for splat, _ in run.known]
        assert any(seen.why in text for text in reported), sick.reasons

    with open(tmp_path / 'progress', 'w') as quiet:
        scratch = mutant.Scratch(built, conf, Progress(quiet),
                                 tmp_path / 'build.log')
        try:
            run, cured = decide(scratch.build(cure), conf, tmp_path / 'cured',
                                seen.test)
        finally:
            scratch.remove()
    assert not cured.reasons and not run.known
    assert not expected_failure(run, seen.test)
