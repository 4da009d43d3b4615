# SPDX-License-Identifier: GPL-2.0
"""Which tests TESTS= selects, and what the guest is told then."""

import pytest

import suites
from common import Fatal


def test_all(tree):
    chosen = suites.select('', tree)
    assert {'zonelist', 'zonelist_interleave', 'zonelist_storm'} < \
        set(chosen.suites)
    assert not {suites.CANARY, suites.VANISH} & set(chosen.suites)
    assert {'memory_block_test', 'slab_read_test', 'mem-on-off-test.sh'} < \
        set(chosen.programs)
    words = chosen.cmdline().split()
    # One is not of this arch, and nobody else's harm.
    assert ('kunit.filter=module!=memhp_canary_kunit,'
            'module!=zonelist_vanish_kunit,'
            'module!=zonelist_numa_mem_kunit') in words
    assert not any(w.startswith('kunit.filter_glob') for w in words)


def test_suite_glob(tree):
    chosen = suites.select('zonelist_s*', tree)
    assert chosen.suites == ['zonelist_storm'] and not chosen.programs
    assert 'kunit.filter_glob=zonelist_s*' in chosen.cmdline()
    assert 'memhp.tests' not in chosen.cmdline()


def test_case_of_a_suite(tree):
    chosen = suites.select('zonelist.no_duplicates', tree)
    assert chosen.suites == ['zonelist']
    assert 'kunit.filter_glob=zonelist.no_duplicates' in chosen.cmdline()


def test_program(tree):
    chosen = suites.select('slab_r*', tree)
    assert chosen.programs == ['slab_read_test'] and not chosen.suites
    words = chosen.cmdline().split()
    assert 'kunit.enable=0' in words
    assert 'memhp.tests=memory-hotplug:slab_read_test' in words


def test_case_of_a_program(tree):
    name = 'memory_block_test:guard.sigkill.restores_block'
    chosen = suites.select(name, tree)
    assert chosen.programs == ['memory_block_test'] and not chosen.suites
    assert f'memhp.cases={name}' in chosen.cmdline().split()


def test_several_words(tree):
    chosen = suites.select('slab_read_test:node.* memory_block_test '
                           'memory_block_test:guard.* zonelist', tree)
    assert chosen.suites == ['zonelist']
    assert chosen.programs == ['slab_read_test', 'memory_block_test']
    assert chosen.cases == ('slab_read_test:node.*',)
    assert 'slab_read_test' not in suites.select('!slab_read_test',
                                                 tree).programs


@pytest.mark.parametrize('pattern', ['memory_block_test:guard.no', 'guard:*',
                                     '!nothing'])
def test_unknown_name(tree, pattern):
    with pytest.raises(Fatal, match='no test matches'):
        suites.select(pattern, tree)


def test_two_kunit_globs(tree):
    with pytest.raises(Fatal, match='KUnit takes one glob'):
        suites.select('zonelist zonelist_storm', tree)


def test_kselftests_only(tree):
    assert not suites.select('', tree, 'kselftests').suites


def test_the_canary_is_no_test(tree):
    with pytest.raises(Fatal, match='no test matches'):
        suites.select(suites.CANARY, tree)


def test_what_takes_the_kernel_down_is_asked_for_by_name(tree):
    assert suites.VANISH not in suites.select('zonelist_*', tree).suites
    chosen = suites.select(f'{suites.VANISH}.entry_becomes_the_end', tree)
    assert chosen.suites == [suites.VANISH]
    assert f'module!={suites.VANISH}' not in chosen.cmdline()


def test_suites_of_a_kernel_that_lacks_an_option(tree):
    option = f'CONFIG_{suites.VANISH.upper()}_KUNIT_TEST'
    every = suites.select('', tree)
    assert suites.select('', tree, without=[option]) == every
    with pytest.raises(Fatal, match=f'no test matches TESTS={suites.VANISH}'):
        suites.select(suites.VANISH, tree, without=[option])
    some = suites.select('', tree, without=['CONFIG_ZONELIST_KUNIT_TEST'])
    assert {*every.suites} - {*some.suites} == {'zonelist'}


def test_suites_of_an_arch(tree):
    """What an arch cannot have is not waited for there."""
    here, there = (set(suites.select('', tree, arch=arch).suites)
                   for arch in ('x86_64', 'ppc64le'))
    assert there - here == {'zonelist_numa_mem'} and here < there
    with pytest.raises(Fatal, match='no test matches TESTS=zonelist_numa_mem'):
        suites.select('zonelist_numa_mem', tree)
