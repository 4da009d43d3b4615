# SPDX-License-Identifier: GPL-2.0
"""A message that only the console lacks is no reason to fail; any other is."""

import lost_messages

NONCE = 'a1'
END = f'[    9.000000] memhp: finished={NONCE}'
FIRST = '[    0.000000] Linux version 6.12.117 (root@vm)'
LATER = '[    4.000000] Policy zone: DMA32'
LOST = '** 1 printk messages dropped **'
WARN = '[    5.000000] WARNING: CPU: 1 PID: 71 at mm/page_alloc.c:1 f+0x1/0x2'


def scan(log, kmsg):
    splats, lost = lost_messages.scan(log, kmsg, NONCE)
    return [s.kind for s in splats], lost


def test_log_has_it():
    assert scan([FIRST, LATER, LOST, END],
                [FIRST, LATER, '[    5.0] 0 1 2', END]) == ([], 1)
    # What is older is not needed.
    assert scan([FIRST, LATER, WARN.replace('WARNING', 'W'), LOST, END],
                [LATER, END]) == ([], 1)


def test_what_was_lost_is_a_report():
    assert scan([FIRST, LATER, LOST, END], [FIRST, LATER, WARN, END]) == (
        ['warning'], 1)


def test_report_is_not_counted_twice():
    assert scan([FIRST, WARN, LOST, END], [FIRST, WARN, END]) == (
        ['warning'], 1)


def test_log_does_not_have_the_gap():
    for kmsg in ([], [FIRST], [END], [LATER, END],
                 [FIRST, END.replace(NONCE, 'b2')]):
        assert scan([FIRST, LATER, LOST, END], kmsg) == (['dropped'], 0)


def test_nothing_is_lost():
    assert scan([FIRST, WARN], []) == (['warning'], 0)
