# SPDX-License-Identifier: GPL-2.0
"""What a seeded bug says of itself, and the boot that is chosen for it."""

import pytest

import mutant
from common import Fatal

BUG = '''// class: rollback
// file: mm/memory_hotplug.c
{boot}// observe: rollback_test:notifier.last.only_block: something is left
'''


@pytest.fixture
def bug(tmp_path):
    def write(boot=''):
        path = tmp_path / 'bug.cocci'
        path.write_text(BUG.format(boot=f'// boot: {boot}\n' if boot else ''))
        return mutant.read(path)
    return write


def test_the_first_boot_that_has_the_test(bug, tree):
    assert mutant.scenario(bug(), 'x86_64', tree).name == 'reference'


def test_the_boot_that_it_names(bug, tree):
    chosen = mutant.scenario(bug('driver-memory'), 'x86_64', tree)
    assert chosen.name == 'driver-memory'
    assert chosen.selection.programs == ['rollback_test']


def test_a_boot_that_has_not_got_the_test(bug, tree):
    with pytest.raises(Fatal, match='runs in the boot lonely-node'):
        mutant.scenario(bug('lonely-node'), 'x86_64', tree)


def test_a_rule_on_locks(tmp_path):
    path = tmp_path / 'bug.cocci'
    path.write_text('// file: mm/slub.c\n// observe: rule of lockset_test: '
                    'a-path, a_function, a_lock: not held\n')
    assert mutant.read(path).seen == [mutant.Observation(
        'lockset_test', mutant.RULE, 'a-path, a_function, a_lock: not held')]


@pytest.mark.parametrize('names, why', (
    (None, 'is not a folder: give one with'), ((), r'has no \.cocci'),
    (('README',), r'has no \.cocci'),
    (('a.cocci', 'a.sed'), r'has a\.cocci and a\.sed: give one of them another'),
    (('a b.sed', 'a_b.sed'), r'has a b\.sed and a_b\.sed: give'),
    (('a.cocci', 'b.sed', 'c d.patch'), '')))
def test_folder_of_somebody(tmp_path, names, why):
    folder = tmp_path / 'bugs'
    if names is not None:
        folder.mkdir()
    for name in names or ():
        (folder / name).write_text('')
    if not why:
        assert mutant.folder(folder) == folder
        return
    with pytest.raises(Fatal, match=why) as e:
        mutant.folder(folder)
    assert '\n' not in str(e.value)
