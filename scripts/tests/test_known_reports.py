# SPDX-License-Identifier: GPL-2.0
"""Tests of known_reports.py: what is known passes, with its reason; what only looks
like it does not.
"""

import console
import expected
import known_reports
import pytest
from rules import Kernel

KNOWN = {'WARNING: at f <- g': 'since g does so'}


def report(*calls, head='WARNING: CPU: 3 PID: 0 at f+0x14/0x17', kind='warning'):
    return console.Splat(kind, head, 7, 1.0, [
        head, 'Call Trace:', *(f' {call}+0x9/0x118' for call in calls)])


@pytest.mark.parametrize('calls', [['g'], ['g', 'h']])
def test_known(calls):
    failing, ((splat, reason),) = known_reports.sort([report(*calls)], KNOWN)
    assert (failing, reason) == ([], 'since g does so')
    assert splat.title == ' <- '.join(['WARNING: at f', *calls])
    assert splat.line == 7


@pytest.mark.parametrize('other', [
    report(), report('h', 'g'), report('g2'),
    report('g', head='WARNING: CPU: 3 PID: 0 at f2+0x14/0x17'),
    report('g', head='WARNING: CPU: 3 PID: 0 at mm/f.c:3 f+0x14/0x17'),
    report('g', head='BUG: unable to handle page fault at f', kind='page-fault')])
def test_not_known(other):
    assert known_reports.sort([other], KNOWN) == ([other], [])


def test_no_kernel_after_the_fix_is_known_to_have_it():
    kernel = Kernel('6.12.117', 'ppc64le')
    assert any('idle_task_exit' in start for start in expected.reports(kernel))
    assert not expected.reports(Kernel('6.14.1', 'ppc64le'))
    assert not expected.reports(Kernel('6.12.117', 'x86_64'))
