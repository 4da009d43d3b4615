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


def _apt(arch, folder, sources):
    """apt-get with lists, an archive and a status of its own, in a folder, and
    with the host's sources, if it gets no others.
    """
    for name in ('lists/partial', 'archives/partial'):
        (folder / name).mkdir(parents=True)
    (folder / 'status').touch()
    where = []
    if sources:
        (folder / 'sources.list').write_text(f'{sources}\n')
        where = ['-o', f'Dir::Etc::SourceList={folder}/sources.list',
                 '-o', 'Dir::Etc::SourceParts=-']
    return ['apt-get', *where, '-q', '-o', f'APT::Architecture={arch.debian}',
            '-o', f'APT::Architectures={arch.debian}',
            '-o', 'APT::Sandbox::User=root',
            '-o', f'Dir::State::Lists={folder}/lists',
            '-o', f'Dir::State::status={folder}/status',
            '-o', f'Dir::Cache={folder}']


def _run(cmd, folder, packages):
    done = subprocess.run(cmd, cwd=folder, env=child_env(), text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode:
        why = next((line for line in done.stdout.splitlines()
                    if line.startswith('E: ')), f'{cmd[0]} failed')
        raise Fatal(f'cannot get {" and ".join(packages)} for another arch: '
                    f'{why}; these are Debian\'s packages, and apt must be '
                    f'able to fetch them')


def unpacked(arch, packages, root, progress, sources=''):
    """The folder root with what is in these packages for an arch, fetched if it
    is not there.

    sources: where from, as sources.list has it, if not where the host's own
    packages come from.
    """
    if root.exists():
        return root
    root.parent.mkdir(exist_ok=True)
    with progress.phase(f'fetch {" and ".join(packages)} for {arch.name}'), \
            tempfile.TemporaryDirectory(dir=root.parent) as tmp:
        folder = Path(tmp)
        apt = _apt(arch, folder, sources)
        # A list that the mirror is about to replace is no reason to give up:
        # whether the packages can be fetched is.
        subprocess.run([*apt, 'update'], cwd=folder, env=child_env(),
                       stdin=subprocess.DEVNULL, capture_output=True)
        _run([*apt, 'download', *packages], folder, packages)
        for package in folder.glob('*.deb'):
            _run(['dpkg-deb', '-x', package, folder / 'root'], folder, packages)
        (folder / 'root').rename(root)
    return root


def fetch(arch, state, progress):
    """The folder with the programs for an arch, fetched if it is not there."""
    return unpacked(arch, PROGRAMS, state / 'foreign' / arch.name, progress)
