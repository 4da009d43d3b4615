# SPDX-License-Identifier: GPL-2.0
"""Seeded bugs: changes that break the kernel on purpose.

A mutant is a semantic patch (.cocci), a sed script or a diff (.sed, .patch)
whose leading comment says what it is:

    // class:    what kind of bug
    // file:     the files in the kernel tree that it changes, in one line; a
                 diff need not say it
    // history:  the commit that fixed such a bug, or "synthetic"
    // arch:     the only arch that has it; else all have
    // needs:    what it takes to show; each CONFIG_ option in there must be =y
    // boot:     the section of scripts/scenarios/ in which it shows; else it
                 does in the first one that runs the tests
    // observe:  what shows. Of our own mutants,
                 test: what it says when it fails
        or       console during test: what the kernel reports meanwhile
        or       rule of lockset_test: what its record has against the rules, a
                 part of what locksets.compare() says
        or       none: why no test can see it; then it may survive
        or, of a cure, expected failure of test: what its result says
        or, of an experiment, nothing during test

with an "observe" line for each test that must find it.

They are applied to a copy of the working copy, made of hard links, and built
in a copy of its object folder: the kernel that is tested is never touched. The
objects that a mutant changes are put back before the next one.

Those in scripts/cures, scripts/experiments and scripts/annotations have such a
header, too.
"""

import filecmp
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import patching
import scenarios
import suites
from arches import ARCHES
from common import SCRIPTS, CommandFailed, Fatal, child_env
from kbuild import Kbuild

MUTANTS = SCRIPTS / 'mutants'

# It is the kernel that reports it, meanwhile; the record of the locks that are
# held; the test expects it, and says so in its result; all passes.
CONSOLE, RULE, EXPECTED, NOTHING = HOW = (
    'console during ', 'rule of ', 'expected failure of ', 'nothing during ')

# All that a kernel consists of, but for what says when it was built.
_OBJECT = 'vmlinux.o'

_HEADER = re.compile(
    r'^(?://|#) *(class|file|history|observe|arch|needs|boot): *(.*?)\s*$', re.M)


class Unchanged(Fatal):
    """A mutant changes nothing that is compiled."""


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
    kind: str = ''      # its class
    history: str = ''
    arch: str = ''
    needs: str = ''
    boot: str = ''      # the name of a scenario
    unseen: str = ''    # why no test can see it

    def inapplicable(self, arch, config, tree):
        """Why the kernel of an arch with this text of a .config cannot have it;
        '' if it can.
        """
        wanted = next(iter(self.arch.split()), '')
        if (tree / 'arch' / wanted).is_dir() and \
                wanted not in ('', ARCHES[arch].folder):
            return f'for {wanted}'
        have = set(config.splitlines())
        lacks = [o for o in re.findall(r'\bCONFIG_\w+', self.needs)
                 if f'{o}=y' not in have]
        return f'needs {", ".join(lacks)}' if lacks else ''


def _observation(text):
    test, _, why = text.partition(': ')
    how = next((h for h in HOW if test.startswith(h)), '')
    return Observation(test.removeprefix(how), how, why)


def read(path):
    """A mutant, from its header."""
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as e:
        raise Fatal(f'cannot read {path}: {e}')
    lines = _HEADER.findall(text)
    found = dict(lines)
    files = found.get('file', '').split()
    if not files and path.suffix != '.cocci':
        files = patching.diff_files(path)
    if not files:
        raise Fatal(f'{path} does not say "// file:", which file it changes')
    return Mutant(path, path.stem, files,
                  [_observation(v) for k, v in lines
                   if k == 'observe' and not v.startswith('none: ')],
                  *(found.get(key, '')
                    for key in ('class', 'history', 'arch', 'needs', 'boot')),
                  next((v.removeprefix('none: ') for k, v in lines
                        if k == 'observe' and v.startswith('none: ')), ''))


def paths(folder):
    """The files of a folder that may be mutants."""
    return sorted(p for p in folder.iterdir() if p.suffix in patching.SUFFIXES)


def label(name):
    """The name of a mutant, for files and commands."""
    return re.sub(r'[^\w.-]', '_', name)


def folder(path):
    """A folder with mutants that somebody names, or Fatal."""
    found = Path(path).absolute()
    if not found.is_dir():
        raise Fatal(f'MUTANTS={found} is not a folder: give one with .cocci, '
                    f'.sed or .patch files')
    if not paths(found):
        raise Fatal(f'MUTANTS={found} has no .cocci, .sed or .patch file')
    names = {}
    for file in paths(found):
        other = names.setdefault(label(file.stem), file)
        if other != file:
            raise Fatal(f'MUTANTS={found} has {other.name} and {file.name}: '
                        f'give one of them another name')
    return found


def read_all(folder):
    """The mutants of a folder."""
    return [read(p) for p in paths(folder)]


def shows_on_console_alone(bug):
    """Whether all that is foretold is what the kernel reports."""
    return bool(bug.seen) and all(o.how == CONSOLE for o in bug.seen)


def suite(test):
    """The KUnit suite or kselftest that a test belongs to."""
    return re.split('[.:]', test)[0]


def one_for_each_test(mutants, but=()):
    """As few of the mutants as it takes for each KUnit suite and kselftest, but
    for some, to find one, or nearly: those that more of them find come first.
    """
    tests = {m.name: {suite(o.test) for o in m.seen} for m in mutants}
    seen, chosen = set(but), []
    while left := [m for m in mutants if tests[m.name] - seen]:
        best = max(left, key=lambda m: len(tests[m.name] - seen))
        seen |= tests[best.name]
        chosen.append(best)
    return chosen


def scenario(mutant, arch, tree):
    """The boot of the KUnit case or the kselftests' cases that are to find
    it.
    """
    tests = ' '.join(dict.fromkeys(o.test for o in mutant.seen))
    plan = scenarios.plan(arch, suites.select(tests, tree, arch=arch),
                          tree)
    for boot in plan:
        if mutant.boot in ('', boot.name):
            return boot
    raise Fatal(f'{mutant.path}: no test that it names runs in the boot '
                f'{mutant.boot}')


def apply(mutant, tree):
    """Change the files in tree, as new files; Fatal if one stays the same."""
    patching.apply(mutant.path, mutant.files, tree)


class Scratch:
    """Where mutants of one built kernel are built, one after the other."""

    def __init__(self, built, settings, progress, log, name='mutant'):
        self.built = built
        self.settings = settings
        self.progress = progress
        self.log = log
        base = built.tree.path
        self.path = base.with_name(f'{base.name}-{name}')
        patching.copy_tree(base, self.path)

    def build(self, *mutants):
        """Build the kernel with these bugs in it; Unchanged if it has none."""
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
            kernel.build_kernel(kernel.target.image)
            if filecmp.cmp(base.obj / _OBJECT, obj / _OBJECT, shallow=False):
                raise Unchanged(
                    f'changes nothing that is compiled in this kernel: '
                    f'{mutants[-1].path}')
        except CommandFailed as e:
            raise Fatal(f'the kernel does not compile with {mutants[-1].path}: '
                        f'{e.cause}')
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
            if (base.tree.path / file).exists():
                os.link(base.tree.path / file, self.path / file)
        if not all(self._is_object(file) for file in files):
            # A header or the like: nobody knows what was made of it.
            shutil.rmtree(obj)
            return
        for source in map(Path, files):
            for name in (source.with_suffix('.o'),
                         source.with_name(f'.{source.stem}.o.cmd')):
                shutil.copyfile(base.obj / name, obj / name)

    def _is_object(self, file):
        return file.endswith('.c') and \
            (self.built.kbuild.obj / file).with_suffix('.o').exists()

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)
