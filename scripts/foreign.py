# SPDX-License-Identifier: GPL-2.0
"""Programs for a guest of another arch than the host's: Debian's packages,
fetched with lists of packages of our own, and unpacked in a folder of ours. The
host's own apt does not get to know of the other arch, and root is not needed.
"""

import subprocess
import tempfile
from pathlib import Path

from common import Fatal, child_env

# Of the package of the same name: where in it the program is.
PROGRAMS = {'busybox-static': 'bin/busybox', 'bash-static': 'bin/bash-static'}


def _apt(arch, folder):
    """apt-get with lists, an archive and a status of its own, in a folder."""
    for name in ('lists/partial', 'archives/partial'):
        (folder / name).mkdir(parents=True)
    (folder / 'status').touch()
    return ['apt-get', '-q', '-o', f'APT::Architecture={arch.debian}',
            '-o', f'APT::Architectures={arch.debian}',
            '-o', 'APT::Sandbox::User=root',
            '-o', f'Dir::State::Lists={folder}/lists',
            '-o', f'Dir::State::status={folder}/status',
            '-o', f'Dir::Cache={folder}']


def _run(cmd, folder):
    done = subprocess.run(cmd, cwd=folder, env=child_env(), text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode:
        why = next((line for line in done.stdout.splitlines()
                    if line.startswith('E: ')), f'{cmd[0]} failed')
        raise Fatal(f'cannot get {" and ".join(PROGRAMS)} for another arch: '
                    f'{why}; these are Debian\'s packages, and apt must be '
                    f'able to fetch them')


def fetch(arch, state, progress):
    """The folder with the programs for an arch, fetched if it is not there."""
    root = state / 'foreign' / arch.name
    if root.exists():
        return root
    root.parent.mkdir(exist_ok=True)
    with progress.phase(f'fetch programs for {arch.name}'), \
            tempfile.TemporaryDirectory(dir=root.parent) as tmp:
        folder = Path(tmp)
        apt = _apt(arch, folder)
        # A list that the mirror is about to replace is no reason to give up:
        # whether the packages can be fetched is.
        subprocess.run([*apt, 'update'], cwd=folder, env=child_env(),
                       stdin=subprocess.DEVNULL, capture_output=True)
        _run([*apt, 'download', *PROGRAMS], folder)
        for package in folder.glob('*.deb'):
            _run(['dpkg-deb', '-x', package, folder / 'root'], folder)
        (folder / 'root').rename(root)
    return root
