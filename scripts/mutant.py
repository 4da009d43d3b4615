# SPDX-License-Identifier: GPL-2.0
"""Seeded bugs: semantic patches that break the kernel on purpose.

A mutant is a .cocci file whose leading comment says what it is:

    // class:    what kind of bug
    // file:     the file in the kernel tree that it changes
    // history:  the commit that fixed such a bug, or "synthetic"
    // observe:  test: what it says when it fails
        or       console during test: what the kernel reports meanwhile
        or, of a cure, expected failure of test: what its result says

with an "observe" line for each test that must find it.

They are applied to a copy of the working copy, made of hard links, and built
in a copy of its object folder: the kernel that is tested is never touched. The
one object that a mutant changes is put back before the next one.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from common import SCRIPTS, Fatal, child_env
from kbuild import Kbuild

MUTANTS = SCRIPTS / 'mutants'


@dataclass(frozen=True)
class Observation:
    """How a mutant shows."""
    test: str           # that finds it
    console: bool       # it is the kernel that reports it, meanwhile
    expected: bool      # the test expects it, and says so in its result
    why: str            # what is said then


@dataclass(frozen=True)
class Mutant:
    path: Path
    name: str
    file: str
    seen: list          # of Observation


def _observation(text):
    test, _, why = text.partition(': ')
    name = test.removeprefix('console during ')
    bare = name.removeprefix('expected failure of ')
    return Observation(bare, name != test, bare != name, why)


def read(path):
    """A mutant, from its header."""
    lines = re.findall(r'^// (class|file|history|observe): +(.+)$',
                       path.read_text(), re.M)
    found = dict(lines)
    for key in ('class', 'file', 'history', 'observe'):
        if key not in found:
            raise Fatal(f'{path} does not say "// {key}:"')
    return Mutant(path, path.stem, found['file'],
                  [_observation(v) for k, v in lines if k == 'observe'])


def ours():
    """The mutants of this project."""
    return [read(p) for p in sorted(MUTANTS.glob('*.cocci'))]


def _apply(mutant, tree):
    """Change the file in tree, as a new file; Fatal if nothing changes."""
    source = tree / mutant.file
    if not source.exists():
        raise Fatal(f'{mutant.path}: this tree has no {mutant.file}')
    changed = source.with_name(f'.{source.name}.memhp-new')
    done = subprocess.run(
        ['spatch', '--very-quiet', '--sp-file', mutant.path, source,
         '-o', changed], env=child_env(), capture_output=True, text=True)
    try:
        if done.returncode:
            raise Fatal(f'{mutant.path} does not apply: '
                        f'{(done.stderr.strip() or "spatch failed")[:200]}')
        if not changed.exists() or \
                changed.read_bytes() == source.read_bytes():
            raise Fatal(f'{mutant.path} changes nothing in {mutant.file}')
        changed.replace(source)
    finally:
        changed.unlink(missing_ok=True)


class Scratch:
    """Where mutants of one built kernel are built, one after the other."""

    def __init__(self, built, settings, progress, log):
        self.built = built
        self.settings = settings
        self.progress = progress
        self.log = log
        base = built.tree.path
        self.path = base.with_name(f'{base.name}-mutant')
        if self.path.exists():
            shutil.rmtree(self.path)
        shutil.copytree(base, self.path, copy_function=os.link, symlinks=True,
                        ignore=self._not_objects)

    def _not_objects(self, folder, names):
        top = Path(folder) == self.built.tree.path
        return [n for n in names if top and n.startswith('memhp-')]

    def build(self, mutant):
        """Build the kernel with this bug in it."""
        base = self.built.kbuild
        kernel = Kbuild(base.tree, base.arch, self.settings.state, base.jobs,
                        self.progress, self.log, base.sanitizer,
                        view=self.path)
        obj = self.path / base.obj.name
        if not obj.exists():
            subprocess.run(['cp', '-a', base.obj, obj], check=True,
                           env=child_env())
        try:
            _apply(mutant, self.path)
            kernel.build_kernel(kernel.image_target())
        finally:
            self._restore(mutant.file, obj)
        # Where the next mutant's build leaves it alone.
        image = self.path / f'memhp-{mutant.name}.image'
        os.replace(obj / self.built.machine.kernel_path, image)
        return replace(self.built, image=image)

    def _restore(self, file, obj):
        """Put a source file and its object back, so that nothing of this
        mutant gets into the next one. As if just made, the object is older
        than nothing but what is linked from it.
        """
        base = self.built.kbuild
        (self.path / file).unlink(missing_ok=True)
        os.link(base.tree.path / file, self.path / file)
        if not file.endswith('.c'):
            shutil.rmtree(obj)
            return
        source = Path(file)
        for name in (source.with_suffix('.o'),
                     source.with_name(f'.{source.stem}.o.cmd')):
            shutil.copyfile(base.obj / name, obj / name)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)
