# SPDX-License-Identifier: GPL-2.0
"""Which boots a selection of tests takes: scripts/scenarios/<arch>.ini."""

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

import rules
import suites
from common import SCRIPTS, Fatal

_QUICK = 'quick'


@dataclass(frozen=True)
class Scenario:
    """One boot, and what is to run in it."""
    name: str
    cmdline: str
    without: tuple      # words of the machine's own command line
    selection: suites.Selection


def _read(arch):
    return rules.parse(SCRIPTS / f'scenarios/{arch}.ini')


def _matches(program, case, globs):
    """Is a case wanted, where globs may name some cases of its program?"""
    own = [g.partition(':')[2] for g in globs
           if g.partition(':')[0] == program]
    return not own or any(fnmatchcase(case, g) for g in own)


def _both(wanted, here, tree):
    """What of the wanted kselftests runs in the boot that has these."""
    programs = []
    for program in wanted.programs:
        # A script has no cases that anybody could choose from.
        names = suites.cases(tree, program) or ['']
        if program in here.programs and any(
                _matches(program, n, wanted.cases) and
                _matches(program, n, here.cases) for n in names):
            programs.append(program)

    def of_these(globs):
        return tuple(g for g in globs if g.partition(':')[0] in programs)
    return replace(wanted, programs=programs, cases=of_these(wanted.cases),
                   within=of_these(here.cases))


def plan(arch, wanted, tree):
    """The scenarios in which the wanted tests run, at least one."""
    parser, found = _read(arch), []
    names = [name for name in parser.sections() if name != _QUICK]
    for name in names:
        section = parser[name]
        here = suites.select(section['tests'], tree, 'kselftests')
        chosen = _both(wanted, here, tree)
        if name != names[0]:
            chosen = replace(chosen, suites=[], kunit_glob='')
        if chosen.suites or chosen.programs:
            found.append(Scenario(name, section.get('cmdline', ''),
                                  tuple(section.get('without', '').split()),
                                  chosen))
    if not found:
        raise Fatal(f'no boot in scripts/scenarios/{arch}.ini runs '
                    f'{", ".join(wanted.programs)}')
    return found


def quick(arch, wanted, tree):
    """The one scenario of "make run": all KUnit suites, some kselftests."""
    some = suites.select(_read(arch)[_QUICK]['tests'], tree, 'kselftests')
    return plan(arch, replace(wanted, programs=some.programs,
                              cases=some.cases), tree)[:1]


def every(arch, wanted, tree):
    """The boots of "make run" and of "make kselftest". All suites and all
    kselftests in one boot would be too much: a suite that removes memory
    behind ACPI's back, and an eject by ACPI, let lockdep see a cycle.
    """
    return [replace(quick(arch, wanted, tree)[0], name='run'),
            *plan(arch, replace(wanted, suites=[], kunit_glob=''), tree)]


def elsewhere(boots):
    """Of the boots, the one for machines other than the reference: the first
    one without parameters of its own, which are addresses of the reference.
    """
    return [s for s in boots if not s.cmdline][:1]


def until_an_oops(boots):
    """The same boots, each of which ends with an oops: what goes on after it
    mostly waits.
    """
    return [replace(s, cmdline=f'{s.cmdline} oops=panic'.strip())
            for s in boots]
