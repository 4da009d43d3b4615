# SPDX-License-Identifier: GPL-2.0
"""Seeded bugs: semantic patches that break the kernel on purpose.

A mutant is a .cocci file whose leading comment says what it is:

    // class:    what kind of bug
    // file:     the files in the kernel tree that it changes, in one line
    // history:  the commit that fixed such a bug, or "synthetic"
    // observe:  test: what it says when it fails
        or       console during test: what the kernel reports meanwhile
        or, of a cure, expected failure of test: what its result says
        or, of an experiment, nothing during test

with an "observe" line for each test that must find it.

They are applied to a copy of the working copy, made of hard links, and built
in a copy of its object folder: the kernel that is tested is never touched. The
objects that a mutant changes are put back before the next one.

Those in scripts/cures, scripts/experiments and scripts/annotations have such a
header, too.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import scenarios
import suites
from common import SCRIPTS, Fatal, child_env
from kbuild import Kbuild

MUTANTS = SCRIPTS / 'mutants'

# It is the kernel that reports it, meanwhile; the test expects it, and says so
# in its result; all passes.
CONSOLE, EXPECTED, NOTHING = HOW = (
    'console during ', 'expected failure of ', 'nothing during ')


@dataclass(frozen=True)
class Observation:
    """How a mutant shows."""
    test: str           # that finds it
    how: str            # one of HOW, '' for a test that fails
    why: str            # what is said then


@dataclass(frozen=True)
class Mutant:
    path: Path
    name: str
    files: list
    seen: list          # of Observation


def _observation(text):
    test, _, why = text.partition(': ')
    how = next((h for h in HOW if test.startswith(h)), '')
    return Observation(test.removeprefix(how), how, why)


def read(path):
    """A mutant, from its header."""
    lines = re.findall(r'^// (class|file|history|observe): +(.+)$',
                       path.read_text(), re.M)
    found = dict(lines)
    for key in ('class', 'file', 'history', 'observe'):
        if key not in found:
            raise Fatal(f'{path} does not say "// {key}:"')
    return Mutant(path, path.stem, found['file'].split(),
                  [_observation(v) for k, v in lines if k == 'observe'])


def read_all(folder):
    """The mutants of a folder."""
    return [read(p) for p in sorted(folder.glob('*.cocci'))]


def one_for_each_test(mutants):
    """As many of the mutants as it takes for each KUnit suite and kselftest to
    find one.
    """
    seen, chosen = set(), []
    for mutant in mutants:
        tests = {re.split('[.:]', o.test)[0] for o in mutant.seen}
        if not tests <= seen:
            seen |= tests
            chosen.append(mutant)
    return chosen


def scenario(mutant, arch, tree):
    """The boot of the KUnit case or the kselftests' cases that are to find
    it.
    """
    tests = ' '.join(dict.fromkeys(o.test for o in mutant.seen))
    return scenarios.plan(arch, suites.select(tests, tree), tree)[0]


def apply(mutant, tree):
    """Change the files in tree, as new files; Fatal if one stays the same."""
    for file in mutant.files:
        _apply(mutant, file, tree)


def _apply(mutant, file, tree):
    source = tree / file
    if not source.exists():
        raise Fatal(f'{mutant.path}: this tree has no {file}')
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
            raise Fatal(f'{mutant.path} changes nothing in {file}')
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

    def build(self, *mutants):
        """Build the kernel with these bugs in it."""
        base = self.built.kbuild
        kernel = Kbuild(base.tree, base.arch, self.settings.state, base.jobs,
                        self.progress, self.log, base.sanitizer,
                        view=self.path)
        obj = self.path / base.obj.name
        if not obj.exists():
            subprocess.run(['cp', '-a', base.obj, obj], check=True,
                           env=child_env())
        try:
            for mutant in mutants:
                apply(mutant, self.path)
            kernel.build_kernel(kernel.image_target())
        finally:
            self._restore({f for m in mutants for f in m.files}, obj)
        # Where the next mutant's build leaves it alone.
        image = self.path / f'memhp-{mutants[-1].name}.image'
        os.replace(obj / self.built.machine.kernel_path, image)
        return replace(self.built, image=image)

    def _restore(self, files, obj):
        """Put source files and their objects back, so that nothing of this
        mutant gets into the next one. As if just made, the objects are older
        than nothing but what is linked from them.
        """
        base = self.built.kbuild
        for file in files:
            (self.path / file).unlink(missing_ok=True)
            os.link(base.tree.path / file, self.path / file)
        if not all(file.endswith('.c') for file in files):
            shutil.rmtree(obj)
            return
        for source in map(Path, files):
            for name in (source.with_suffix('.o'),
                         source.with_name(f'.{source.stem}.o.cmd')):
                shutil.copyfile(base.obj / name, obj / name)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)
