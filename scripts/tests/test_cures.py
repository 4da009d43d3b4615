# SPDX-License-Identifier: GPL-2.0
"""Bugs that the kernel itself has: each is shown by the test that its cure
names, and is gone when the cure, a semantic patch, is in the kernel.
"""

import judge
import mutant
import pipeline
import pytest
import suites
from common import SCRIPTS
from progress import Progress

CURES = [mutant.read(p) for p in sorted((SCRIPTS / 'cures').glob('*.cocci'))]


def decide(image, conf, out, test):
    """What running that test on that kernel shows."""
    out.mkdir()
    with open(out / 'progress', 'w') as quiet:
        chosen = suites.select(test.partition('.')[0], image.tree.path)
        booted = pipeline.run_guest(image, conf, out, Progress(quiet),
                                    selection=chosen)
    return judge.judge(image, booted, chosen, out)[1]


@pytest.mark.parametrize('cure', CURES, ids=lambda c: c.name)
def test_bug_and_cure(built, conf, tmp_path, cure):
    seen, = cure.seen
    sick = decide(built, conf, tmp_path / 'sick', seen.test)
    assert any(r.kind == 'splat' and seen.why in r.text
               for r in sick.reasons), sick.reasons

    with open(tmp_path / 'progress', 'w') as quiet:
        scratch = mutant.Scratch(built, conf, Progress(quiet),
                                 tmp_path / 'build.log')
        try:
            cured = decide(scratch.build(cure), conf, tmp_path / 'cured',
                           seen.test)
        finally:
            scratch.remove()
    assert not cured.reasons
