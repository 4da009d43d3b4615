# SPDX-License-Identifier: GPL-2.0
"""Ctrl-C in each phase: the command ends soon, and leaves no process, no
temporary file and nothing half-written. What was interrupted can be taken up
again, and a KDIR= is as it was after all of this.
"""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

import kbuild
from common import REPO, child_env

PATIENCE = 120


def interrupt(state, when, *args, sig=signal.SIGINT):
    """Start "make run", and press Ctrl-C once its output matches."""
    proc = subprocess.Popen(
        ['make', '-C', str(REPO), 'run', f'O={state}', 'V=1', *args], env=child_env(),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, start_new_session=True)
    seen = []
    end = time.monotonic() + PATIENCE
    for line in proc.stdout:
        seen.append(line)
        if re.search(when, line):
            break
        assert time.monotonic() < end, ''.join(seen[-20:])
    else:
        raise AssertionError(f'never came to {when}: {"".join(seen[-20:])}')
    # A terminal sends it to all of the foreground process group.
    os.killpg(proc.pid, sig)
    rest = proc.communicate(timeout=30)[0]
    assert proc.returncode
    assert 'Traceback' not in rest, rest
    return rest


def processes_about(word):
    """Command lines of live processes that mention a path of ours."""
    found = []
    for path in Path('/proc').glob('[0-9]*/cmdline'):
        try:
            text = path.read_bytes().replace(b'\0', b' ').decode()
        except OSError:
            continue
        if str(word) in text and path.parent.name != str(os.getpid()):
            found.append(text)
    return found


def temporary_files():
    return set(Path('/tmp').glob('memhp-*'))


@pytest.fixture
def clean():
    """Nothing of ours in /tmp afterwards that was not there before."""
    before = temporary_files()
    yield
    assert temporary_files() <= before


@pytest.fixture
def state(tmp_path):
    yield tmp_path / 'state'
    assert not processes_about(tmp_path / 'state')
    shutil.rmtree(tmp_path / 'state')


def test_unpack(clean, state):
    interrupt(state, r'unpack: /usr/src')
    assert not list((state / 'trees').iterdir())


def fingerprint(tree):
    """A checksum over all that can be changed in a tree."""
    total = hashlib.sha256()
    for top, folders, files in os.walk(tree):
        folders.sort()
        for name in sorted(files):
            path = os.path.join(top, name)
            info = os.lstat(path)
            total.update(f'{path} {info.st_mode} {info.st_size} '
                         f'{info.st_mtime_ns} {info.st_ino}'.encode())
            if os.path.islink(path):
                total.update(os.readlink(path).encode())
            else:
                with open(path, 'rb') as f:
                    total.update(hashlib.file_digest(f, 'sha256').digest())
    return total.hexdigest()


def test_copy_and_build_of_a_kdir(clean, state, conf, built):
    kdir = built.tree.path
    before = fingerprint(kdir)
    args = (f'KDIR={kdir}', 'TESTS=zonelist')
    interrupt(state, r'copy: ', *args)
    interrupt(state, r'build kernel: +CC ', *args)
    done = subprocess.run(
        ['make', '-C', str(REPO), 'run', f'O={state}', *args],
        env=child_env(**kbuild.ccache_env(conf.state)), capture_output=True,
        text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ' passed, 0 failed, 0 skipped\n' in done.stdout
    assert fingerprint(kdir) == before


@pytest.mark.parametrize('sig', [signal.SIGINT, signal.SIGTERM])
def test_boot(clean, conf, built, sig):
    interrupt(conf.state, r'boot: tcg: .*Linux version|boot: kvm: ', sig=sig)
    assert not processes_about('qemu-system')
