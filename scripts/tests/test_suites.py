# SPDX-License-Identifier: GPL-2.0
"""Which tests TESTS= selects, and what the guest is told then."""

import pytest

import suites
from common import Fatal


def test_all(tree):
    chosen = suites.select('', tree)
    assert chosen.suites == ['zonelist', 'zonelist_storm']
    assert {'memory_block_test', 'slab_read_test', 'mem-on-off-test.sh'} == \
        set(chosen.programs)
    words = chosen.cmdline().split()
    assert 'kunit.filter=module!=memhp_canary_kunit' in words
    assert not any(w.startswith('kunit.filter_glob') for w in words)


def test_suite_glob(tree):
    chosen = suites.select('zonelist_*', tree)
    assert chosen.suites == ['zonelist_storm'] and not chosen.programs
    assert 'kunit.filter_glob=zonelist_*' in chosen.cmdline()
    assert 'memhp.tests' not in chosen.cmdline()


def test_case_of_a_suite(tree):
    chosen = suites.select('zonelist.no_duplicates', tree)
    assert chosen.suites == ['zonelist']
    assert 'kunit.filter_glob=zonelist.no_duplicates' in chosen.cmdline()


def test_program(tree):
    chosen = suites.select('slab_*', tree)
    assert chosen.programs == ['slab_read_test'] and not chosen.suites
    words = chosen.cmdline().split()
    assert 'kunit.enable=0' in words
    assert 'memhp.tests=memory-hotplug:slab_read_test' in words


def test_kselftests_only(tree):
    assert not suites.select('', tree, 'kselftests').suites


def test_the_canary_is_no_test(tree):
    with pytest.raises(Fatal, match='no test matches'):
        suites.select(suites.CANARY, tree)
