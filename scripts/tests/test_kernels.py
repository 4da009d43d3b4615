# SPDX-License-Identifier: GPL-2.0
"""What was booted is kept, once for each content, for as long as it is used."""

import os

import pytest

import bootrecord
import initramfs
import kernels
import suites
from common import Fatal


def record(image, archive, **other):
    return bootrecord.Record(**{
        'scenario': 'reference', 'extra_cmdline': 'a=b', 'cmdline': 'quiet a=b',
        'selection': suites.Selection(['zonelist'], 'zonelist.x', ['one_test'],
                                      ('one_test:a.*',), ('one_test:*',)),
        'qemu': {'cmdline': 'quiet', 'words': ['-smp', '4']}, 'accel': 'tcg',
        'limit': 600, 'kernel': {'tree': '/nowhere'}, 'image': image,
        'archives': {'': archive}} | other)


@pytest.fixture
def image(tmp_path):
    path = tmp_path / 'vmlinux'
    path.write_bytes(b'one kernel')
    return path


def test_kept_when_the_next_is_built_in_place(image, tmp_path):
    first = kernels.keep(image, 'vmlinux', tmp_path)
    assert kernels.keep(image, 'vmlinux', tmp_path) == first
    image.write_bytes(b'another')
    second = kernels.keep(image, 'vmlinux', tmp_path)
    image.unlink()
    assert kernels.find(first, tmp_path).read_bytes() == b'one kernel'
    assert kernels.find(second, tmp_path).read_bytes() == b'another'


def test_equal_contents_are_kept_once(image, tmp_path):
    other = tmp_path / 'copy'
    other.write_bytes(image.read_bytes())
    assert kernels.keep(image, 'vmlinux', tmp_path) == \
        kernels.keep(other, 'vmlinux', tmp_path)
    assert len(list((tmp_path / 'kernels').rglob('vmlinux'))) == 1


def test_no_kernel_but_the_one_that_was_booted(image, tmp_path):
    place = kernels.keep(image, 'vmlinux', tmp_path)
    kept = kernels.find(place, tmp_path)
    kept.write_bytes(b'some kernel')
    with pytest.raises(Fatal, match='has changed'):
        kernels.find(place, tmp_path)
    kept.unlink()
    with pytest.raises(Fatal, match='is gone'):
        kernels.find(place, tmp_path)


def test_record_is_read_as_it_was_written(tmp_path):
    written = record('1/vmlinux', '2/base.cpio')
    bootrecord.write(written, tmp_path)
    assert bootrecord.read(tmp_path) == written


@pytest.mark.parametrize('text', ('', '{"version": 1}', '{"version": 2}', '[]'))
def test_damaged_record(tmp_path, text):
    (tmp_path / bootrecord.NAME).write_text(text)
    with pytest.raises(Fatal, match='is damaged'):
        bootrecord.read(tmp_path)


def test_what_nobody_refers_to_is_removed(image, tmp_path):
    places, results = [], tmp_path / 'results'
    for boot in ('old', 'new/mutant/boot'):
        image.write_text(boot)
        places.append(kernels.keep(image, 'vmlinux', tmp_path))
        (results / boot).mkdir(parents=True)
        bootrecord.write(record(places[-1], places[-1]), results / boot)
    kernels.sweep(tmp_path, bootrecord.used(results))
    assert kernels.find(places[0], tmp_path) and \
        kernels.find(places[1], tmp_path)
    (results / 'old' / bootrecord.NAME).unlink()
    kernels.sweep(tmp_path, bootrecord.used(results))
    assert kernels.find(places[1], tmp_path)
    with pytest.raises(Fatal, match='is gone'):
        kernels.find(places[0], tmp_path)


def test_equal_files_make_equal_archives(tmp_path):
    found = []
    for time in (1, 2):
        root = tmp_path / str(time)
        (root / 'bin').mkdir(parents=True)
        (root / 'bin/sh').write_text('echo')
        os.utime(root / 'bin/sh', (time, time))
        initramfs.pack(root, tmp_path / 'archive')
        found.append((tmp_path / 'archive').read_bytes())
    assert found[0] == found[1]
