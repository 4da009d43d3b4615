# SPDX-License-Identifier: GPL-2.0
"""The working copy of a KDIR=: its sources, all of them, and nothing else."""

import io
import subprocess

import pytest

import overlay
import tree as trees
from progress import Progress


@pytest.fixture
def kdir(tmp_path):
    path = tmp_path / 'linux'
    for name in ('Makefile', 'mm/slub.c', 'mm/slub.o', 'include/config/x',
                 '.config', 'lib/kunit/Kconfig'):
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(f'{name}\n')
    return path


def git(path, *args):
    subprocess.run(['git', '-c', 'user.name=t', '-c', 'user.email=t@t', *args],
                   cwd=path, check=True, capture_output=True)


def copy(kdir, tmp_path):
    state = tmp_path / 'state'
    state.mkdir(exist_ok=True)
    path = trees._copy(kdir, state, Progress(io.StringIO()), state / 'log')
    return path, {str(p.relative_to(path)) for p in path.rglob('*')
                  if p.is_file()}


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """There need not be room for a whole kernel."""
    monkeypatch.setattr(trees, 'check_space', lambda state: None)


def test_plain_tree_without_what_a_build_left(kdir, tmp_path):
    _, names = copy(kdir, tmp_path)
    # lib/kunit/Kconfig is written by the overlay, from KDIR's, with a hook.
    assert names == {'Makefile', 'mm/slub.c'}
    assert 'lib/kunit/Kconfig' in overlay.touched()


def test_git_tree_with_changes_without_what_it_ignores(kdir, tmp_path):
    (kdir / '.gitignore').write_text('*.o\n.config\n/include/config/\n')
    git(kdir, 'init', '-q')
    git(kdir, 'add', '-A')
    git(kdir, 'commit', '-qm', 'base')
    (kdir / 'mm/slub.c').write_text('changed\n')
    (kdir / 'mm/new.c').write_text('not added yet\n')
    path, names = copy(kdir, tmp_path)
    assert names == {'Makefile', 'mm/slub.c', 'mm/new.c', '.gitignore'}
    assert (path / 'mm/slub.c').read_text() == 'changed\n'
    assert trees._git(kdir, 'describe', '--always',
                      '--dirty').endswith('-dirty')


def test_second_copy_follows_and_keeps_our_objects(kdir, tmp_path):
    path, _ = copy(kdir, tmp_path)
    (path / 'memhp-x86_64').mkdir()
    (path / 'memhp-x86_64/vmlinux').write_text('built\n')
    before = (path / 'Makefile').stat().st_mtime_ns
    (kdir / 'mm/slub.c').unlink()
    (kdir / 'mm/slab.c').write_text('\n')
    _, names = copy(kdir, tmp_path)
    assert names == {'Makefile', 'mm/slab.c', 'memhp-x86_64/vmlinux'}
    assert (path / 'Makefile').stat().st_mtime_ns == before


def test_two_trees_of_one_name_are_kept_apart(kdir, tmp_path):
    other = tmp_path / 'other/linux'
    other.parent.mkdir()
    kdir_path, _ = copy(kdir, tmp_path)
    kdir.rename(other)
    assert copy(other, tmp_path)[0] != kdir_path


@pytest.mark.parametrize('release, tools', (
    ('6.1.192', True), ('6.11.3', True), ('6.12.0', False), ('7.0.1', False)))
def test_old_kernel_is_tested_with_a_newer_ones_tools(kdir, tmp_path, release,
                                                      tools, monkeypatch):
    newer = tmp_path / 'newer'
    monkeypatch.setattr(trees, 'check', lambda *_: None)
    monkeypatch.setattr(trees, '_unpack', lambda *_: newer)
    monkeypatch.setattr(overlay, 'apply', lambda *_: None)
    monkeypatch.setattr(trees, 'release_of', lambda path: '6.12.117'
                        if path == newer else release)
    tree = trees.prepare('', kdir, tmp_path, Progress(io.StringIO()),
                         tmp_path / 'log')
    assert tree.release == release and tree.path != newer
    assert tree.testing == (newer if tools else tree.path)
