# SPDX-License-Identifier: GPL-2.0
"""The overlay: idempotent, incremental, and with the annotations the same
thing as the patches.
"""

import re
import shutil
import subprocess

import pytest

import annotate
import overlay
import patches
import settings
from common import REPO, Fatal, child_env


@pytest.fixture
def bare(built, tmp_path):
    """The kernel's own files that we touch, as the kernel has them."""
    tree = tmp_path / 'linux'
    names = {h.path for h in overlay.HOOKS} | set(overlay.REPLACED)
    for name in names | {'Makefile', *annotate.files()}:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        text = (built.tree.path / name).read_text().splitlines()
        lines = {h.line for h in overlay.HOOKS if h.path == name}
        (tree / name).write_text(
            ''.join(f'{x}\n' for x in text if x not in lines))
    return tree


def stamps(tree):
    return {p: p.stat().st_mtime_ns for p in tree.rglob('*') if p.is_file()}


def test_lays_every_file_and_hook(bare):
    changed = overlay.apply(bare, bare)
    assert 'lib/kunit/zonelist_kunit.c' in changed
    for name in overlay.files():
        assert (bare / name).read_bytes() == (REPO / name).read_bytes()
    for hook in overlay.HOOKS:
        lines = (bare / hook.path).read_text().splitlines()
        assert lines.count(hook.line) == 1


def test_second_time_changes_nothing(bare):
    overlay.apply(bare, bare)
    before = stamps(bare)
    assert overlay.apply(bare, bare) == []
    assert stamps(bare) == before


def test_an_edit_changes_one_file(bare):
    overlay.apply(bare, bare)
    (bare / 'lib/kunit/zonelist_kunit.c').write_text('/* old */\n')
    assert overlay.apply(bare, bare) == ['lib/kunit/zonelist_kunit.c']


def test_dropped_file_and_hook_go_away(bare):
    overlay.apply(bare, bare)
    manifest = bare / overlay.MANIFEST
    (bare / 'lib/kunit/dropped.c').write_text('\n')
    with open(bare / 'lib/kunit/Makefile', 'a') as makefile:
        makefile.write('obj-y += dropped.o\n')
    with open(manifest, 'a') as out:
        out.write('lib/kunit/dropped.c\n')
        out.write('lib/kunit/Makefile\tobj-y += dropped.o\n')
    overlay.apply(bare, bare)
    assert not (bare / 'lib/kunit/dropped.c').exists()
    assert 'dropped' not in (bare / 'lib/kunit/Makefile').read_text()


def test_a_file_of_theirs_is_not_overwritten(bare):
    theirs = bare / 'lib/kunit/zonelist_kunit.c'
    theirs.write_text('/* theirs */\n')
    with pytest.raises(Fatal, match='in the way'):
        overlay.apply(bare, bare)
    assert theirs.read_text() == '/* theirs */\n'
    assert not (bare / overlay.MANIFEST).exists()


def test_a_tree_without_anchor_is_refused_whole(bare):
    (bare / 'lib/kunit/Kconfig').write_text('# empty\n')
    before = stamps(bare)
    with pytest.raises(Fatal, match='lib/kunit/Kconfig'):
        overlay.apply(bare, bare)
    assert stamps(bare) == before


def test_make_overlay(bare):
    done = subprocess.run(['make', '-C', REPO, 'overlay', f'TREE={bare}'],
                          env=child_env(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (bare / 'lib/kunit/zonelist_kunit.c').exists()


def test_patches_are_the_overlay(bare, conf, tmp_path):
    plain = tmp_path / 'plain'
    shutil.copytree(bare, plain)
    overlay.apply(bare, bare)
    annotate.annotate(bare)

    def git(*args):
        subprocess.run(['git', '-c', 'user.name=t', '-c', 'user.email=t@t',
                        *args], cwd=plain, check=True, capture_output=True)

    git('init', '-q')
    git('add', '-A', '-f')
    git('commit', '-qm', 'base')
    series = tmp_path / 'series'
    names = patches.write_series(
        settings.Settings(conf.kernel, plain, conf.arch, tmp_path, 1, False,
                          ''), series)
    assert len(names) == len(patches.PARTS) + 1
    git('am', *[str(series / n) for n in names])

    (bare / overlay.MANIFEST).unlink()
    ours = {p.relative_to(bare): p.read_bytes()
            for p in bare.rglob('*') if p.is_file()}
    theirs = {p.relative_to(plain): p.read_bytes()
              for p in plain.rglob('*')
              if p.is_file() and '.git' not in p.relative_to(plain).parts[:1]}
    assert theirs == ours


def test_patches_pass_checkpatch(bare, conf, built, tmp_path):
    series = tmp_path / 'series'
    patches.write_series(
        settings.Settings(conf.kernel, bare, conf.arch, tmp_path, 1, False,
                          ''), series)
    # Who sends it signs it off and edits MAINTAINERS. That Kconfig sources
    # Kconfig.memhp looks to checkpatch like a file that names itself.
    ignore = 'FILE_PATH_CHANGES,EMBEDDED_FILENAME'
    for patch in series.iterdir():
        done = subprocess.run(
            ['perl', built.tree.path / 'scripts/checkpatch.pl', '--strict',
             '--no-tree', '--no-signoff', '--quiet', '--ignore', ignore,
             patch], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize('file, function', (
    ('drivers/base/core.c', 'device_online'),
    ('drivers/base/core.c', 'lock_device_hotplug_sysfs'),
    ('mm/memory_hotplug.c', 'adjust_present_page_count'),
    ('mm/memory_hotplug.c', 'mem_hotplug_begin'),
    ('mm/page_alloc.c', 'build_all_zonelists')))
def test_patches_say_what_finds_no_place(bare, conf, tmp_path, file,
                                         function):
    source = bare / file
    source.write_text(re.sub(rf'\b{function}\(', f'other_{function}(',
                             source.read_text()))
    with pytest.raises(Fatal, match=r'\.cocci ') as failed:
        patches.write_series(
            settings.Settings(conf.kernel, bare, conf.arch, tmp_path, 1, False,
                              ''), tmp_path / 'series')
    assert len(str(failed.value).splitlines()) == 1
    assert not (tmp_path / 'series').exists()


def test_patches_say_which_file_is_missing(bare, conf, tmp_path):
    (bare / 'drivers/base/core.c').unlink()
    with pytest.raises(Fatal, match='drivers/base/core.c'):
        patches.write_series(
            settings.Settings(conf.kernel, bare, conf.arch, tmp_path, 1, False,
                              ''), tmp_path / 'series')
