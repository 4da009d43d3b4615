# SPDX-License-Identifier: GPL-2.0
"""Which tests there are, and which of them TESTS= or a scenario asks for."""

import re
import subprocess
from dataclasses import dataclass
from fnmatch import fnmatchcase

import kbuild
from common import REPO, Fatal, child_env

# Only proves that failures are seen; see lib/kunit/memhp_canary_kunit.c.
CANARY = 'memhp_canary'
# Takes down a kernel that has the bug, as 6.12 has; only when asked by name.
VANISH = 'zonelist_vanish'
COLLECTION = 'memory-hotplug'


@dataclass(frozen=True)
class Selection:
    suites: list        # KUnit suites
    kunit_glob: str     # kunit.filter_glob=, '' for none
    programs: list      # kselftests
    cases: tuple = ()   # "program:glob" where not all of a program is to run
    within: tuple = ()  # likewise; a case has to match both

    def cmdline(self):
        """What the kernel and the guest's init are told."""
        words = []
        if not self.suites:
            words.append('kunit.enable=0')
        elif self.kunit_glob:
            words.append(f'kunit.filter_glob={self.kunit_glob}')
        # KUnit knows "all but", so that any of the suites can be chosen.
        others = () if self.kunit_glob or not self.suites else kunit_suites()
        left_out = [f'module!={name}_kunit' for name in
                    dict.fromkeys((CANARY, VANISH, *others))
                    if name not in self.suites]
        words.append('kunit.filter=' + ','.join(left_out))
        if self.programs:
            words.append('memhp.tests=' + ','.join(
                f'{COLLECTION}:{p}' for p in self.programs))
        for name, globs in (('cases', self.cases), ('within', self.within)):
            if globs:
                words.append(f'memhp.{name}=' + ','.join(globs))
        return ' '.join(words)


def kunit_suites(arch=None, without=()):
    """The names of our KUnit suites, from their sources: of all, or of those that
    there are on an arch, without those whose options a kernel lacks.
    """
    options = kbuild.requested(kbuild.fragments(arch)) if arch else {}
    options = options.keys() - {*without}
    names = []
    for path in sorted((REPO / 'lib/kunit').glob('*_kunit.c')):
        names += re.findall(r'struct kunit_suite \w+ = \{\s*\.name = "(\w+)"',
                            path.read_text())
    return [n for n in names if n != CANARY and
            (not arch or f'CONFIG_{n.upper()}_KUNIT_TEST' in options)]


def kselftests(tree):
    """The names of the kselftests, as the overlaid tree's Makefile has it."""
    folder = tree / 'tools/testing/selftests' / COLLECTION
    done = subprocess.run(
        ['make', '-s', '--no-print-directory', '-C', folder, 'emit_tests',
         f'COLLECTION={COLLECTION}', f'OUTPUT={folder}'],
        env=child_env(), capture_output=True, text=True)
    if done.returncode:
        raise Fatal(f'cannot list the kselftests: {done.stderr.strip()}')
    return [line.partition(':')[2] for line in done.stdout.split()]


# The harness knows a case by its fixture, variant and name. A fixture without
# variants has an empty one; what belongs to no fixture is "global".
_TEST = re.compile(r'^TEST(_F)?(?:_TIMEOUT|_SIGNAL)?\((\w+)(?:, *(\w+))?', re.M)
_VARIANT = re.compile(r'^FIXTURE_VARIANT_ADD\((\w+), *(\w+)\)', re.M)


def cases(tree, program):
    """The names of a kselftest's cases, read from its source, since asking
    the program would be running it. None where it has no such source.
    """
    source = tree / f'tools/testing/selftests/{COLLECTION}/{program}.c'
    if not source.exists():
        return []
    text = source.read_text()
    variants = {}
    for fixture, variant in _VARIANT.findall(text):
        variants.setdefault(fixture, []).append(variant)
    names = []
    for of_fixture, first, second in _TEST.findall(text):
        if not of_fixture:
            names.append(f'global.{first}')
        names += [f'{first}.{variant}.{second}' if variant else
                  f'{first}.{second}' for variant in
                  variants.get(first, ['']) if of_fixture]
    return names


def _some_cases(pattern, tree, programs):
    """The programs that have cases which "program:glob" matches."""
    program, _, glob = pattern.partition(':')
    return [p for p in programs if fnmatchcase(p, program) and
            any(fnmatchcase(c, glob) for c in cases(tree, p))]


def _select_one(pattern, tree, suites, programs):
    if ':' in pattern:
        chosen = _some_cases(pattern, tree, programs)
        glob = pattern.partition(':')[2]
        found = Selection([], '', chosen,
                          tuple(f'{p}:{glob}' for p in chosen))
    else:
        suite_part = pattern.partition('.')[0]
        chosen = [s for s in suites if fnmatchcase(s, suite_part) and
                  (s != VANISH or s == suite_part)]
        found = Selection(chosen, pattern if chosen else '',
                          [p for p in programs if fnmatchcase(p, pattern)])
    if not found.suites and not found.programs:
        raise Fatal(f'no test matches TESTS={pattern}: there are '
                    f'{", ".join(suites + programs)}, and cases of the latter '
                    f'as program:case')
    return found


def select(patterns, tree, only=None, arch='x86_64', without=()):
    """The tests that some words name: a glob for KUnit's "suite" or
    "suite.case", for kselftests or, as "program:case", for parts of them; with
    "!", kselftests to leave out. No word at all means all tests.

    only: "kselftests" leaves the KUnit suites out.
    arch: whose KUnit suites there are to choose from.
    without: options that this kernel cannot have, see kbuild.lacking().
    """
    suites = [] if only == 'kselftests' else kunit_suites(arch, without)
    programs = kselftests(tree)
    words = patterns.split()
    found = [_select_one(w, tree, suites, programs)
             for w in words if w[0] != '!']
    if not found:
        found = [Selection([s for s in suites if s != VANISH], '', programs)]
    without = {p for w in words if w[0] == '!'
               for p in _select_one(w[1:], tree, [], programs).programs}
    with_suites = [f for f in found if f.suites]
    if len(with_suites) > 1:
        raise Fatal(f'TESTS={patterns} names KUnit suites more than once: KUnit '
                    f'takes one glob')
    whole = {p for f in found if not f.cases for p in f.programs}
    return Selection(
        [s for f in with_suites for s in f.suites],
        with_suites[0].kunit_glob if with_suites else '',
        list(dict.fromkeys(p for f in found for p in f.programs
                           if p not in without)),
        tuple(c for f in found for c in f.cases
              if c.partition(':')[0] not in whole | without))
