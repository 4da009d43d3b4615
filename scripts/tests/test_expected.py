# SPDX-License-Identifier: GPL-2.0
"""Tests of expected.py: each line has a reason, and holds where it says."""

import re
from dataclasses import replace

import pytest

import expected
import suites
from common import REPO
from rules import Kernel

KERNEL = Kernel('6.12.117', 'x86_64')


def test_load(tmp_path):
    path = tmp_path / 'x86_64.txt'
    assert expected.load(path, KERNEL) == {}
    path.write_text('# comment\n\nstorm.a node with memory\tno block\n b.c  two  spaces \n'
                    '[..6.2]\nold.kernel\ttoo old\n[6.12..]\nnew.kernel\ttoo new\n')
    both = {'storm.a node with memory': 'no block', 'b.c': 'two  spaces'}
    assert expected.load(str(path), KERNEL) == {**both, 'new.kernel': 'too new'}
    assert expected.load(path, replace(KERNEL, release='6.1.192')) == {
        **both, 'old.kernel': 'too old'}


@pytest.mark.parametrize('line', ['no.reason', 'one space', 'a.b\tc\na.b\td',
                                  'a.b\tc\n[..6.12]\na.b\td'])
def test_load_rejects(tmp_path, line):
    path = tmp_path / 'x86_64.txt'
    path.write_text(line + '\n')
    with pytest.raises(ValueError, match='x86_64.txt:'):
        expected.load(path, KERNEL)


OLD = expected.SCRIPTS / 'expected-skips/old-kernels.txt'
MACHINES = sorted({*OLD.parent.glob('*.txt')} - {OLD})


@pytest.mark.parametrize('release', ['6.1.192', '6.12.117'])
@pytest.mark.parametrize('path', MACHINES, ids=lambda path: path.stem)
def test_skips_of_a_machine(path, release):
    arch, _, name = path.stem.partition('-')
    kernel = Kernel(release, arch)
    own, old = expected.load(path, kernel), expected.load(OLD, kernel)
    assert expected.skips(kernel, *filter(None, [name])) == {**old, **own}
    assert bool(old) == (release == '6.1.192')


def test_skips_are_tests():
    kunit = '\n'.join(path.read_text() for path in
                      (REPO / 'lib/kunit').glob('*_kunit.c'))
    names = {name for path in (OLD, *MACHINES) for release in ('6.1', '6.12')
             for name in expected.load(path, Kernel(release, ''))}
    for name in names:
        if ':' in name:
            program, _, case = name.partition(':')
            assert case in suites.cases(REPO, program), name
        else:
            suite, case, *_ = name.split('.')
            assert suite in suites.kunit_suites(), name
            assert re.search(rf'KUNIT_CASE\w*\({case}\b', kunit), name


def test_reports_of_each_arch():
    for path in (expected.SCRIPTS / 'known-reports').glob('*.txt'):
        kernel = replace(KERNEL, arch=path.stem)
        assert expected.load(path, kernel) == expected.reports(kernel)
