# SPDX-License-Identifier: GPL-2.0
"""Which boots a selection of tests takes, and what each of them runs."""

import pytest

import kbuild
import scenarios
import suites
from common import Fatal

INI = '''
[quick]
tests = memory_block_test:guard.* mem-on-off-test.sh
[reference]
tests = * !slab_read_test
[other]
cmdline = mem=896M
without = movable_node quiet
tests = slab_read_test:node.bare.* memory_block_test:block.online.*
'''


@pytest.fixture(autouse=True)
def table(tmp_path, monkeypatch):
    (tmp_path / 'scenarios').mkdir()
    (tmp_path / 'scenarios/x86_64.ini').write_text(INI)
    monkeypatch.setattr(scenarios, 'SCRIPTS', tmp_path)


def plan(tree, tests, only=None):
    return {s.name: s for s in scenarios.plan(
        'x86_64', suites.select(tests, tree, only), tree)}


def test_everything(tree):
    found = plan(tree, '')
    assert set(found) == {'reference', 'other'}
    assert 'zonelist' in found['reference'].selection.suites
    assert not found['other'].selection.suites
    assert found['other'].cmdline == 'mem=896M'
    assert found['other'].without == ('movable_node', 'quiet')
    assert 'slab_read_test' not in found['reference'].selection.programs
    assert found['other'].selection.programs == ['memory_block_test',
                                                 'slab_read_test']


def test_a_case_runs_where_its_boot_has_it(tree):
    found = plan(tree, 'slab_read_test:*empty_refill')
    assert set(found) == {'other'}
    words = found['other'].selection.cmdline().split()
    assert 'memhp.cases=slab_read_test:*empty_refill' in words
    assert 'memhp.within=slab_read_test:node.bare.*' in words


def test_a_boot_for_other_machines(tree):
    boots = list(plan(tree, '').values())
    assert [s.name for s in scenarios.elsewhere(boots)] == ['reference']
    assert not scenarios.elsewhere(boots[1:])
    every = scenarios.every('x86_64', suites.select('', tree), tree)
    assert [s.name for s in scenarios.elsewhere(every)] == ['run']


def test_words_are_left_out(built):
    params = built.without(('movable_node',)).machine
    assert 'movable_node' in built.machine.kernel_command_line.split()
    assert 'movable_node' not in params.kernel_command_line.split()
    assert 'console=ttyS0' in params.kernel_command_line.split()


def test_kunit_needs_one_boot(tree):
    assert set(plan(tree, 'zonelist')) == {'reference'}


def test_what_no_boot_has(tree):
    with pytest.raises(Fatal, match='no boot in .* runs slab_read_test'):
        plan(tree, 'slab_read_test:node.boot.*')


def test_quick(tree):
    found, = scenarios.quick('x86_64', suites.select('', tree), tree)
    assert found.name == 'reference'
    assert 'zonelist' in found.selection.suites
    assert found.selection.programs == ['memory_block_test',
                                        'mem-on-off-test.sh']
    assert 'memhp.cases=memory_block_test:guard.*' in found.selection.cmdline()


# What is about one arch.
OF_ARCH = {'dlpar_test': 'ppc64le'}


@pytest.mark.parametrize('arch', kbuild.ARCHES)
def test_the_boots_of_an_arch_run_every_kselftest(tree, arch, monkeypatch):
    monkeypatch.undo()
    every = suites.select('', tree)
    assert not OF_ARCH.keys() - set(every.programs)
    boots = scenarios.plan(arch, every, tree)
    assert {p for b in boots for p in b.selection.programs} == \
        {p for p in every.programs if OF_ARCH.get(p, arch) == arch}
    assert boots[0].selection.suites == every.suites
    assert scenarios.quick(arch, every, tree)
