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
import sys
import time
from pathlib import Path

import pytest

import kbuild
from common import REPO, SCRIPTS, child_env

PATIENCE = 120


def interrupt(state, when, *args, sig=signal.SIGINT, target='run'):
    """Start a command, and press Ctrl-C once its output matches."""
    proc = subprocess.Popen(
        ['make', '-C', str(REPO), target, f'O={state}', 'V=1', *args],
        env=child_env(),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, start_new_session=True,
        # nohup and a shell's background jobs leave SIGINT ignored; a terminal
        # does not.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
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
    """A checksum over all that shows a change in a tree: who writes to a file
    changes its mtime, who replaces it its inode. Not the ctime: a hard link to
    the file, as a scratch copy has them, changes that.
    """
    total = hashlib.sha256()
    for top, folders, files in os.walk(tree):
        folders.sort()
        for name in sorted(files):
            path = os.path.join(top, name)
            info = os.lstat(path)
            total.update(f'{path} {info.st_mode} {info.st_size} '
                         f'{info.st_mtime_ns} {info.st_ino}'.encode())
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


@pytest.mark.parametrize('when', [
    r'unmodified: tcg: .*Linux version|unmodified: kvm: ', r'build x: +CC '])
def test_mutants(clean, conf, built, tmp_path, when):
    shutil.copy(REPO / 'scripts/mutants/zonelist-node-skipped.cocci',
                tmp_path / 'x.cocci')
    # Tests that no matrix was made with yet, so that the unmodified kernel runs.
    interrupt(conf.state, when, f'MUTANTS={tmp_path}', 'TESTS=zonelist_retry',
              target='mutants')
    assert not processes_about('qemu-system')
    assert not list(built.tree.path.parent.glob('*-mutant*'))
    # What has been found out is kept for the next time; not here.
    shutil.rmtree(max((conf.state / 'results').glob('*-mutants*')))


@pytest.mark.parametrize('when', [r'build kernel: +CC +mm/slub',
                                  r'boot baseline reference: tcg: .*Linux version|'
                                  r'boot baseline reference: kvm: '])
def test_verdict(clean, conf, built, when):
    """A baseline that is not kept yet: its TESTS= are nobody else's."""
    before = fingerprint(built.tree.path / 'mm')
    interrupt(conf.state, when, f'PATCH={SCRIPTS}/experiments/drop.cocci',
              'TESTS=zonelist_retry', target='verdict')
    assert not list((conf.state / 'trees').glob('*-verdict'))
    assert not list((conf.state / 'baselines').glob('*.new'))
    # Also the guest's image is in one of these.
    assert not processes_about(conf.state / 'baselines')
    assert not processes_about(f'{built.tree.path}-verdict')
    assert fingerprint(built.tree.path / 'mm') == before


# A command of ours that runs another one, which has started something in a group
# of its own, as QEMU is.
_INNER = '''
import subprocess, sys
sys.path.insert(0, sys.argv[1])
import common
def main():
    sleeper = subprocess.Popen(['sleep', '600'], start_new_session=True)
    with open(sys.argv[2], 'w') as said:
        print(sleeper.pid, file=said)
    try:
        sleeper.wait()
    finally:
        common.stop_group(sleeper)
common.entry(main)
'''
_OUTER = '''
import sys
sys.path.insert(0, sys.argv[1])
import common
common.entry(common.run_ours, [sys.executable, '-B', '-c', sys.argv[3],
                               *sys.argv[1:3]])
'''


def test_whoever_runs_another_command_of_ours_is_terminated(tmp_path):
    """As kill has it: the signal comes to one process, not to a group."""
    said = tmp_path / 'pid'
    proc = subprocess.Popen([sys.executable, '-B', '-c', _OUTER, SCRIPTS, said,
                             _INNER], stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + PATIENCE
    while not said.exists() or not said.read_text():
        assert time.monotonic() < end
        time.sleep(0.05)
    proc.send_signal(signal.SIGTERM)
    assert proc.communicate(timeout=30)[1] == 'memhp: interrupted\n'
    assert not Path(f'/proc/{said.read_text().strip()}').exists()
