# SPDX-License-Identifier: GPL-2.0
"""Packs the guest's root: busybox, bash, our init and the kselftests."""

import os
import shutil
import subprocess
from pathlib import Path

from common import SCRIPTS, Fatal, child_env
from suites import COLLECTION


def _static(name, folder=None):
    """A statically linked program of the host, or of a folder with those of
    another arch, or Fatal.
    """
    path = shutil.which(name, path=folder and f'{folder}/bin')
    if not path:
        raise Fatal(f'{name} is missing: apt-get install it (see '
                    f'scripts/packages.txt)')
    if b'/ld-linux' in Path(path).read_bytes():
        raise Fatal(f'{path} is not statically linked, and the guest has no '
                    f'libraries: apt-get install {name.split("-")[0]}-static')
    return path


def stage(root, foreign=None):
    """Fill a folder with all but the kselftests, which go to root/kselftest.

    foreign: the folder with the programs of the guest's arch, if that is not
    the host's.
    """
    for folder in ('bin', 'guest', 'kselftest'):
        (root / folder).mkdir(parents=True, exist_ok=True)
    shutil.copy2(_static('busybox', foreign), root / 'bin/busybox')
    shutil.copy2(_static('bash-static', foreign), root / 'bin/bash')
    shutil.copy2(SCRIPTS / 'guest/init', root / 'init')
    shutil.copy2(SCRIPTS / 'guest/timeout', root / 'guest/timeout')


def list_cases(root, cases):
    """Tell the guest's init which cases the kselftests have: it matches
    "program:case" names with globs.
    """
    (root / 'guest/cases').write_text(''.join(f'{c}\n' for c in cases))


def list_locks(root, listing):
    """Give lockset_test what it tells the kernel to look for."""
    (root / f'kselftest/{COLLECTION}/lockset.list').write_text(listing)


def with_programs(archive, programs, timeout, folder, files=()):
    """A copy of an archive, in a folder, whose kselftests are these programs.

    timeout: of each of them, in seconds.
    files: of the host that the guest has in the same places.
    """
    root = folder / 'root'
    tests = root / f'kselftest/{COLLECTION}'
    tests.mkdir(parents=True)
    for program in programs:
        shutil.copy2(program, tests)
    for file in files:
        place = root / file.relative_to('/')
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, place)
    (tests / 'settings').write_text(f'timeout={timeout}\n')
    (root / 'kselftest/kselftest-list.txt').write_text(
        ''.join(f'{COLLECTION}:{p.name}\n' for p in programs))
    extra, initrd = folder / 'extra.cpio', folder / 'initrd.cpio'
    pack(root, extra)
    initrd.write_bytes(archive.read_bytes() + extra.read_bytes())
    return initrd


def pack(root, archive, without=()):
    """Pack a staged folder into a cpio archive that the kernel unpacks.

    Such archives may be concatenated: files of a later one replace those of
    an earlier one.

    without: files of it that are left out, names within the folder.
    """
    names = [os.path.relpath(os.path.join(top, name), root)
             for top, folders, files in os.walk(root)
             for name in folders + files]
    _pack([n for n in names if n not in without], root, archive)


def pack_programs(root, programs, folder):
    """Pack the base of a staged folder, and each of these programs, into
    archives of their own: a guest unpacks those that it needs. Returns
    {program: archive}, where '' is the base.
    """
    names = {p: f'kselftest/{COLLECTION}/{p}' for p in programs}
    found = {p: folder / f'memhp-initramfs-{p or "base"}.cpio'
             for p in ['', *programs]}
    pack(root, found[''], names.values())
    for program, name in names.items():
        _pack([name], root, found[program])
    return found


def _pack(names, root, archive):
    """Equal files make equal archives, whenever they were made."""
    for name in names:
        os.utime(root / name, (0, 0), follow_symlinks=False)
    with open(archive, 'wb') as out:
        subprocess.run(['cpio', '-o', '-H', 'newc', '-R', '0:0', '--quiet',
                        '--reproducible'],
                       input='\n'.join(sorted(names)).encode(), stdout=out,
                       cwd=root, env=child_env(), check=True)
