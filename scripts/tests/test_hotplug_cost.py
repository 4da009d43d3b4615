# SPDX-License-Identifier: GPL-2.0
"""What make bench makes of the rates that a guest prints."""

import pytest

import hotplug_cost
from common import Fatal

LOG = '''
# bare: 200 operations in 2.000 s, online 2.72 ms, offline 32.86 ms
# ours: 200 operations in {ours} s, online 2.82 ms, offline 32.77 ms
# upstream: {upstream} operations in 2600 ms
'''


def rows(ours='2.010', upstream=20):
    text = LOG.format(ours=ours, upstream=upstream)
    return hotplug_cost.rows(hotplug_cost.parse(text), 'real time')


def test_fast_enough():
    lines, missed = rows()
    assert not missed
    assert any('ours / bare: 1.00' in line for line in lines)
    assert any('online 2.72 ms, offline 32.86 ms' in line for line in lines)


@pytest.mark.parametrize('change,text', [
    (dict(ours='2.200'), 'ours / bare is 0.91'),
    (dict(upstream=60), 'ours / upstream is 4.31')])
def test_too_slow(change, text):
    _, missed = rows(**change)
    assert any(text in line for line in missed)


def test_a_loop_is_missing():
    with pytest.raises(Fatal, match='gave only bare'):
        hotplug_cost.parse('bare: 2 operations in 1.0 s, x')
