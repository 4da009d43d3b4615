# SPDX-License-Identifier: GPL-2.0
"""A working copy of the kernel tree that is to be tested, under O=/trees.

Either Debian's linux-source tarball, unpacked, or a copy of any tree given as
KDIR=, which is only ever read.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import overlay
from common import SCRIPTS, Fatal, child_env, run_logged
from rules import version

KERNELS = re.findall(r'(?m)^all +run +linux-source-(\S+)',
                     (SCRIPTS / 'packages.txt').read_text())
_OLDEST = (6, 1)
# The first whose kselftest harness and KTAP parser have what we use. An older
# kernel is tested with these of this one, as kselftests are meant to be.
_TOOLS = (6, 12)
_GIB = 1 << 30
_NEED_TREE = 2 * _GIB + _GIB // 2    # unpacked source, and room to build it

# What "make mrproper" would remove, for a KDIR without git to ask.
_GENERATED = ('.git', '*.o', '*.a', '*.ko', '*.mod', '*.cmd', '*.order',
              '*.symvers', '*.rej', '*.orig', '__pycache__', '/vmlinux*',
              '/System.map', '/.config*', '/include/config',
              '/include/generated', '/arch/*/include/generated',
              '/arch/*/boot/bzImage', '/.tmp_*')


@dataclass(frozen=True)
class Tree:
    path: Path          # the working copy, ours to change
    source: str         # what it is a copy of, for people
    release: str        # 6.12.117
    commit: str         # of KDIR, where git knows it, else ''
    tools: Path | None = None   # where kselftests and KTAP parser are from, if
                                # that is another one

    @property
    def testing(self):
        """The tree whose kselftests and KTAP parser test this one."""
        return self.tools or self.path


def tarball(kernel):
    """Debian's source package of a kernel series."""
    return Path(f'/usr/src/linux-source-{kernel}.tar.xz')


def release_of(path):
    """The version that a tree's Makefile states; Fatal if it is no tree."""
    try:
        text = (path / 'Makefile').read_text()
    except FileNotFoundError:
        raise Fatal(f'{path} is not a kernel tree: it has no Makefile')
    except NotADirectoryError:
        raise Fatal(f'{path} is not a folder: give the top of a kernel tree')
    except OSError as e:
        raise Fatal(f'cannot read {e.filename}: {e.strerror}')
    except UnicodeDecodeError:
        raise Fatal(f'{path} is not a kernel tree: its Makefile is not text')
    parts = [re.search(rf'^{name} = *(\S*)$', text, re.M)
             for name in ('VERSION', 'PATCHLEVEL', 'SUBLEVEL', 'EXTRAVERSION')]
    if not all(parts) or not (path / 'mm/page_alloc.c').exists():
        raise Fatal(f'{path} is not a kernel tree: give the folder that has '
                    f'the kernel\'s Makefile and mm/')
    version, patch, sub, extra = (m.group(1) for m in parts)
    if (int(version), int(patch)) < _OLDEST:
        raise Fatal(f'{path} is Linux {version}.{patch}: the oldest supported '
                    f'is {_OLDEST[0]}.{_OLDEST[1]}')
    return f'{version}.{patch}.{sub}{extra}'


def check_space(state, need=_NEED_TREE):
    """Fatal unless the state folder's file system has this many bytes."""
    free = shutil.disk_usage(state).free
    if free < need:
        raise Fatal(f'no space: {free / _GIB:.1f} GiB free for O={state}, '
                    f'{need / _GIB:.1f} GiB needed; free some or give '
                    f'another O=')


def _unpack(kernel, state, progress, log):
    archive = tarball(kernel)
    if not archive.exists():
        raise Fatal(f'{archive} is missing: apt-get install '
                    f'linux-source-{kernel}')
    info = archive.stat()
    stamp = f'{archive} {info.st_size} {info.st_mtime_ns}\n'
    path = state / 'trees' / f'linux-source-{kernel}'
    stamp_file = path / '.memhp-source'
    if stamp_file.exists() and stamp_file.read_text() == stamp:
        return path

    check_space(state)
    path.parent.mkdir(exist_ok=True)
    with progress.phase('unpack'), \
            tempfile.TemporaryDirectory(dir=path.parent) as tmp:
        progress.note(str(archive))
        run_logged(['tar', '-xf', archive, '-C', tmp], log, progress)
        top = next(Path(tmp).iterdir())
        (top / '.memhp-source').write_text(stamp)
        if path.exists():
            shutil.rmtree(path)
        top.rename(path)
    return path


def _git(kdir, *args):
    """Output of a git command that writes nothing, '' where git has none."""
    try:
        return subprocess.run(
            ['git', '-c', 'safe.directory=*', '-C', kdir, *args],
            env=child_env(GIT_OPTIONAL_LOCKS='0'), capture_output=True,
            text=True, check=True).stdout.strip()
    except (subprocess.CalledProcessError, FileNotFoundError):
        return ''


def _left_out(kdir):
    """rsync exclude patterns: all in kdir that is not source, and not ours."""
    if (kdir / '.git').exists():
        ignored = _git(kdir, 'ls-files', '-oi', '--exclude-standard',
                       '--directory')
        patterns = ['/.git'] + ['/' + p for p in ignored.splitlines()]
    else:
        patterns = list(_GENERATED)
    return patterns + ['/' + p for p in overlay.touched()] + \
        ['/memhp-*', '/.memhp-*']


def _copy(kdir, state, progress, log):
    digest = hashlib.sha1(os.fsencode(kdir)).hexdigest()[:8]
    path = state / 'trees' / f'{kdir.name}-{digest}'
    if not path.exists():
        check_space(state)
    path.mkdir(parents=True, exist_ok=True)
    with progress.phase('copy'), \
            tempfile.NamedTemporaryFile('w', suffix='.exclude') as exclude:
        exclude.write('\n'.join(_left_out(kdir)) + '\n')
        exclude.flush()
        progress.note(str(kdir))
        run_logged(['rsync', '-a', '--delete',
                    f'--exclude-from={exclude.name}', f'{kdir}/', f'{path}/'],
                   log, progress)
    return path


def check(kernel, kdir):
    """Fatal unless KERNEL= / KDIR= name something that can be tested."""
    if kdir is None:
        if kernel not in KERNELS:
            raise Fatal(f'unknown KERNEL={kernel}: known are '
                        f'{", ".join(KERNELS)}; or give KDIR=')
        return
    if not os.access(kdir, os.R_OK | os.X_OK):
        why = 'is unreadable' if kdir.exists() else 'does not exist'
        raise Fatal(f'KDIR={kdir} {why}: give a kernel tree')
    release_of(kdir)
    overlay.check_conflicts(kdir)


def prepare(kernel, kdir, state, progress, log):
    """Bring the working copy up to date, our overlay included."""
    check(kernel, kdir)
    if kdir is None:
        path = _unpack(kernel, state, progress, log)
        pristine, source, commit = path, f'linux-source-{kernel}', ''
    else:
        path = _copy(kdir, state, progress, log)
        pristine, source = kdir, str(kdir)
        commit = _git(kdir, 'describe', '--always', '--dirty', '--abbrev=12')
    with progress.phase('overlay'):
        overlay.apply(pristine, path)
    release, tools = release_of(path), None
    if version(release) < _TOOLS:
        tools = prepare('.'.join(map(str, _TOOLS)), None, state, progress,
                        log).path
    return Tree(path, source, release, commit, tools)
