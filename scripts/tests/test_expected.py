# SPDX-License-Identifier: GPL-2.0
"""Tests of expected.py: each line has a reason, and holds where it says."""

from dataclasses import replace

import pytest

import expected
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


def test_lists_of_each_arch_can_be_read():
    for folder, read in (('expected-skips', expected.skips),
                         ('known-reports', expected.reports)):
        for path in (expected.SCRIPTS / folder).glob('*.txt'):
            arch, _, name = path.stem.partition('-')
            assert expected.load(path, replace(KERNEL, arch=arch)) == \
                (read(replace(KERNEL, arch=arch), name) if name else
                 read(replace(KERNEL, arch=arch)))
