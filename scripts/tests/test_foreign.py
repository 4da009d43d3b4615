# SPDX-License-Identifier: GPL-2.0
"""Programs for a guest of another arch: fetched once, or named as missing."""

import io

import pytest

import firmware
import foreign
from arches import ARCHES
from common import Fatal
from progress import Progress

PPC = ARCHES['ppc64le']


@pytest.fixture(name='quiet')
def _quiet():
    return Progress(io.StringIO())


def fake_apt(folder, monkeypatch, script):
    """An apt-get of ours in the place of the host's."""
    program = folder / 'bin/apt-get'
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\n{script}\n')
    program.chmod(0o755)
    monkeypatch.setenv('PATH', f'{program.parent}:/usr/bin:/bin')


def test_what_is_there_is_not_fetched(tmp_path, monkeypatch, quiet):
    fake_apt(tmp_path, monkeypatch, 'exit 1')
    folder = tmp_path / 'foreign/ppc64le'
    folder.mkdir(parents=True)
    assert foreign.fetch(PPC, tmp_path, quiet) == folder


def test_a_failure_is_said_in_one_line(tmp_path, monkeypatch, quiet):
    fake_apt(tmp_path, monkeypatch,
             'echo "E: Unable to locate package busybox-static"; exit 100')
    with pytest.raises(Fatal, match='Unable to locate package') as e:
        foreign.fetch(PPC, tmp_path, quiet)
    assert '\n' not in str(e.value)
    assert not list((tmp_path / 'foreign').iterdir())


def test_an_old_list_is_good_enough(tmp_path, monkeypatch, quiet):
    """If it is only the update that fails, the packages may be there."""
    monkeypatch.setattr(foreign, '_run', lambda cmd, folder, _: (
        folder / 'root').mkdir(exist_ok=True))
    fake_apt(tmp_path, monkeypatch, 'exit 100')
    assert foreign.fetch(PPC, tmp_path, quiet).is_dir()


def test_firmware_has_a_source_of_its_own(tmp_path, monkeypatch, quiet):
    """And nobody gets any where QEMU brings its own."""
    fake_apt(tmp_path, monkeypatch, f'echo "$@" >>{tmp_path}/calls; exit 1')
    firmware.fetch(PPC, tmp_path, quiet)
    assert not (tmp_path / 'calls').exists()
    with pytest.raises(Fatal, match='cannot get qemu-efi-aarch64 for'):
        firmware.fetch(ARCHES['arm64'], tmp_path, quiet)
    update, download = (tmp_path / 'calls').read_text().splitlines()
    for call in (update, download):
        assert '/sources.list ' in call and 'Dir::Etc::SourceParts=-' in call


def test_only_a_foreign_compiler_has_a_prefix(monkeypatch):
    monkeypatch.setattr('os.uname', lambda: type('U', (), {
        'machine': 'ppc64le'}))
    assert PPC.prefix == ''
    assert ARCHES['x86_64'].prefix == 'x86_64-linux-gnu-'
