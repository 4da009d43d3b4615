# SPDX-License-Identifier: GPL-2.0
"""Tests of splats.py: who is said to have called whom, on each arch."""

import console
import pytest
import splats

HEAD = '[    1.000000] WARNING: CPU: 1 PID: 7 at mm/x.c:8 f+0x140/0x170'
X86_64 = [HEAD, 'RIP: 0010:f+0x140/0x170', 'Call Trace:', ' <TASK>',
          ' ? maybe+0x1/0x2', ' g+0x98/0x118', ' h+0x1/0x2 [module]']
PPC64LE = [HEAD,
           'NIP [c000000000062ab0] f+0x140/0x170',
           'LR [c0000000000629f8] f+0x88/0x170',
           'Call Trace:',
           '[c0000000019a7d60] [c0000000019a7da0] maybe+0x7da0/0x8000 (unreliable)',
           '[c0000000019a7da0] [c000000000114ad0] g+0x98/0x118',
           '[c0000000019a7df0] [c00000000009f6d8] h+0x1/0x2 [module]']
# The function that warns has no stack frame: its place in the stack is an older one's.
PPC64LE_LEAF = [HEAD,
                'NIP [c000000000062ab0] f+0x150/0x170',
                'LR [c000000000114ad0] g+0x98/0x118',
                'Call Trace:',
                '[c0000000019a7d60] [c0000000019a7da0] maybe+0x7da0/0x8000 (unreliable)',
                '[c0000000019a7da0] [c0000000006ef31c] stale+0x38/0xc8']
ARM64 = [HEAD, 'pc : f+0x140/0x170', 'lr : elsewhere+0x88/0x170', 'Call trace:',
         ' g+0x98/0x118', ' h+0x1/0x2 [module]']


@pytest.mark.parametrize('lines', [X86_64, PPC64LE, ARM64])
def test_callers(lines):
    splat, = console.scan(lines)
    assert splats.describe(splat) == 'WARNING: at mm/x.c:8 f <- g <- h'
    assert splats.stack(splat) == ('f+0x140/0x170', ['g+0x98/0x118',
                                                     'h+0x1/0x2 [module]'])


def test_caller_of_a_function_without_a_frame():
    splat, = console.scan(PPC64LE_LEAF)
    assert splats.describe(splat) == 'WARNING: at mm/x.c:8 f <- g <- stale'
