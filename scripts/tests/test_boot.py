# SPDX-License-Identifier: GPL-2.0
"""Choosing the accelerator, and QEMU going wrong by itself."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import boot
import judge
import pipeline
from arches import ARCHES
from progress import Progress


@dataclass
class FakeMachine:
    linux_arch: str
    qemu_arch: str
    extra_qemu_params: tuple = ()


class FakeGuest:
    """Counts how often it is booted to see whether KVM works."""

    def __init__(self, arch, alive):
        self.machine = FakeMachine(arch, arch)
        self.alive = alive
        self.boots = 0

    def starts_with(self, accel, patience):
        self.boots += 1
        return self.alive, 'it aborted'


@pytest.fixture
def kvm(monkeypatch):
    """A host with a /dev/kvm that opens."""
    real = os.access
    monkeypatch.setattr(os, 'access', lambda path, mode:
                        path == '/dev/kvm' or real(path, mode))


HERE = os.uname().machine


@pytest.mark.parametrize('alive, expected', [(True, 'kvm'), (False, 'tcg')])
def test_kvm_is_used_if_it_boots(kvm, tmp_path, alive, expected):
    guest = FakeGuest(HERE, alive)
    accel, text = boot.choose_accel(guest, tmp_path)
    assert accel == expected
    assert alive or 'it aborted' in text
    # Found out once, remembered for as long as host and QEMU stay the same.
    assert boot.choose_accel(guest, tmp_path) == (accel, text)
    assert guest.boots == 1


def test_another_arch_is_emulated(kvm, tmp_path):
    guest = FakeGuest('powerpc', True)
    assert boot.choose_accel(guest, tmp_path)[0] == 'tcg'
    assert not guest.boots


def test_a_second_serial_line():
    """Where the machine has but one, it is a card."""
    for arch, words in (
            ('x86_64', ['-serial', 'chardev:guest']),
            ('arm64', ['-device', 'pci-serial,chardev=guest'])):
        assert ARCHES[arch].second_line('guest') == words


@pytest.mark.parametrize('cpus, expected', (
    (4, 'tcg'), (5, 'tcg,thread=single')))
def test_more_cpus_than_the_host_has(monkeypatch, tmp_path, cpus, expected):
    monkeypatch.setattr(os, 'cpu_count', lambda: 1)
    guest = FakeGuest('powerpc', True)
    guest.machine.extra_qemu_params = ['-m', '1G', '-smp', f'{cpus},cores={cpus}']
    accel, text = boot.choose_accel(guest, tmp_path)
    assert accel == expected
    assert text.startswith(f'{expected} (')


def test_qemu_error_fails_the_run(built, conf, tmp_path):
    """A machine that QEMU refuses."""
    params = replace(built.machine, extra_qemu_params=['-machine', 'none-such'])
    broken = replace(built, machine=params)
    with open(tmp_path / 'progress', 'w') as quiet:
        booted = pipeline.run_guest(broken, conf, tmp_path, Progress(quiet))
    _, decided = judge.judge(broken, booted, built.selection, tmp_path)
    assert not decided.ok
    assert decided.reasons[0].kind == 'qemu'
    assert 'unsupported machine type' in decided.reasons[0].text


def test_console_tail_is_followed_by_lines(tmp_path):
    path = Path(tmp_path / 'log')
    tail = boot._Tail(path)
    assert tail.lines() == []
    path.write_bytes(b'one\ntw')
    assert tail.lines() == ['one']
    path.write_bytes(b'one\ntwo\n')
    assert tail.lines() == ['two']
