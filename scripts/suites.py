# SPDX-License-Identifier: GPL-2.0
"""Which tests there are, and which of them TESTS= asks for."""

import re
import subprocess
from dataclasses import dataclass
from fnmatch import fnmatchcase

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

    def cmdline(self):
        """What the kernel and the guest's init are told."""
        words = []
        if not self.suites:
            words.append('kunit.enable=0')
        elif self.kunit_glob:
            words.append(f'kunit.filter_glob={self.kunit_glob}')
        left_out = [f'module!={name}_kunit' for name in (CANARY, VANISH)
                    if name not in self.suites]
        words.append('kunit.filter=' + ','.join(left_out))
        if self.programs:
            words.append('memhp.tests=' + ','.join(
                f'{COLLECTION}:{p}' for p in self.programs))
        return ' '.join(words)


def kunit_suites():
    """The names of our KUnit suites, from their sources."""
    names = []
    for path in sorted((REPO / 'lib/kunit').glob('*_kunit.c')):
        names += re.findall(r'struct kunit_suite \w+ = \{\s*\.name = "(\w+)"',
                            path.read_text())
    return [n for n in names if n != CANARY]


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


def select(pattern, tree, only=None):
    """The tests that a glob names: KUnit "suite" or "suite.case", kselftest.

    only: "kselftests" leaves the KUnit suites out.
    """
    suites = [] if only == 'kselftests' else kunit_suites()
    programs = kselftests(tree)
    if not pattern:
        return Selection([s for s in suites if s != VANISH], '', programs)
    suite_part = pattern.partition('.')[0]
    chosen = Selection(
        [s for s in suites if fnmatchcase(s, suite_part) and
         (s != VANISH or s == suite_part)], pattern,
        [p for p in programs if fnmatchcase(p, pattern)])
    if not chosen.suites and not chosen.programs:
        raise Fatal(f'no test matches TESTS={pattern}: there are '
                    f'{", ".join(suites + programs)}')
    return chosen
