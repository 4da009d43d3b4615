# SPDX-License-Identifier: GPL-2.0
"""The command line: make's variables, which reach us as environment."""

import os
from dataclasses import dataclass
from pathlib import Path

import kbuild
from common import REPO, Fatal


# For what reads machine code, or what is recorded of one arch.
X86_64 = ('x86_64',)


@dataclass(frozen=True)
class Settings:
    kernel: str
    kdir: Path | None
    arch: str
    state: Path
    jobs: int
    verbose: bool
    tests: str
    sanitizer: str = ''

    @property
    def source(self):
        """The word that tells make which kernel this is about."""
        return f'KDIR={self.kdir}' if self.kdir else f'KERNEL={self.kernel}'

    def command(self, target):
        """The command that repeats this, for people to paste."""
        words = ['make', target, self.source]
        words.append(f'ARCH={self.arch}')
        if self.sanitizer:
            words.append(f'SANITIZER={self.sanitizer}')
        if self.tests:
            words.append(f"TESTS='{self.tests}'")
        return ' '.join(words)


def _jobs(text):
    if not text:
        return len(os.sched_getaffinity(0))
    if not text.isdecimal() or int(text) < 1:
        raise Fatal(f'J={text} is not a number of jobs: give 1 or more')
    return int(text)


def from_environment(archs=tuple(kbuild.ARCHES)):
    """Settings as make's variables have them; Fatal for what cannot be.

    archs: that the command knows, where they are not all that we boot.
    """
    get = os.environ.get
    arch = get('ARCH') or 'x86_64'
    if arch not in archs:
        raise Fatal(f'unknown ARCH={arch}: known here are {", ".join(archs)}')
    sanitizer = get('SANITIZER') or ''
    if sanitizer and sanitizer not in kbuild.SANITIZERS:
        raise Fatal(f'unknown SANITIZER={sanitizer}: known are '
                    f'{", ".join(kbuild.SANITIZERS)}')
    kdir = get('KDIR')
    return Settings(
        kernel=get('KERNEL') or '6.12',
        kdir=Path(kdir).absolute() if kdir else None,
        arch=arch,
        state=(REPO / (get('O') or 'build')).absolute(),
        jobs=_jobs(get('J')),
        verbose=get('V') == '1',
        tests=get('TESTS') or '',
        sanitizer=sanitizer)
