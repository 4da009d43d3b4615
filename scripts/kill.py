# SPDX-License-Identifier: GPL-2.0
"""What killed a seeded bug: which boots it meets, and what they say of it."""

from dataclasses import dataclass, field

import judge
import kill_watch
import locksets
import lockrules
import pipeline
import rules
import settings
from common import Fatal

# How a bug shows, the best way first. Only the first two name what is broken.
TEST, RULE, CRASH, SPLAT, HANG, OTHER = HOW = (
    'test', 'rule', 'crash', 'splat', 'hang', 'other')
NAMED = (TEST, RULE)


@dataclass
class Finding:
    """What one boot says."""
    how: str            # one of HOW
    test: str           # that failed, or ran when the kernel crashed or hung
    text: str
    boot: str           # its folder
    seconds: float      # of guest time since the first boot began
    reasons: list = field(default_factory=list)     # all there are


@dataclass
class Boots:
    """What some boots say, and how long tests took in them."""
    findings: list = field(default_factory=list)
    guest: float = 0.0          # seconds
    count: int = 0
    silence: float = 0.0        # the longest, in seconds
    longest: float = 0.0        # boot, in seconds of wall time
    # {(scenario, suite or program): seconds}
    took: dict = field(default_factory=dict)

    def best(self):
        """The finding that says most, the first one of these; or None."""
        return min(self.findings, key=lambda f: HOW.index(f.how), default=None)


def _wrong_locks(built, booted, scenario, out):
    """What the record of lockset_test has against the rules, a line each. They were
    made for x86_64: what other archs lack, and hold, they do not say.
    """
    if built.kbuild.arch not in settings.X86_64:
        return []
    chosen = lockrules.LockRules(rules.Kernel(built.tree.release,
                                              built.kbuild.arch))
    try:
        found = locksets.examine(built, booted, scenario.selection, out,
                                 chosen)[0]
    except Fatal:
        # The test has failed, which the verdict has.
        return []
    return [str(f) for all_ in found.values() for f in all_]


def _classify(reasons, wrong_locks):
    """(how, test, text) of the reasons of a verdict; None without any."""
    def first(*kinds):
        return next((r for r in reasons if r.kind in kinds), None)

    if failed := first('fail'):
        return TEST, failed.test, failed.text
    if wrong_locks:
        return RULE, locksets.PROGRAM, wrong_locks[0]
    running = first('crashed', 'missing')
    test = running.test if running else ''
    if splat := first('splat'):
        died = first('unfinished', 'boot')
        return CRASH if died else SPLAT, test, splat.text
    if hang := first('timeout'):
        return HANG, test, hang.text
    # Where all tests skip, as they may here, there is nothing to see.
    if {r.kind for r in reasons} - {'nothing-ran'}:
        return OTHER, reasons[0].test, reasons[0].text
    return None


def judged(built, booted, scenario, out):
    """What a boot says of a bug: as judge.judge(), (how, test, text) or None, and
    what its record of the locks has against the rules.
    """
    run, decided = judge.judge(built, booted, scenario.selection, out)
    wrong = _wrong_locks(built, booted, scenario, out) \
        if locksets.PROGRAM in scenario.selection.programs else []
    return run, decided, _classify(decided.reasons, wrong), wrong


def _boot(built, scenario, conf, out, progress, stop, boots, limit=None):
    """Boot one scenario; adds what it says to boots."""
    out.mkdir(parents=True)
    watch = kill_watch.Watch(stop)
    booted = pipeline.run_scenario(built, scenario, conf, out, progress,
                                   watch=watch, limit=limit)
    run, decided, said, wrong = judged(built, booted, scenario, out)
    boots.count += 1
    boots.guest += watch.seconds()
    boots.silence = max(boots.silence, watch.silence)
    boots.longest = max(boots.longest, booted.outcome.seconds)
    name = scenario.name.partition('-')[2]
    for ktap in (run.kunit, run.kselftest):
        boots.took.update({(name, s): t for s, t in ktap.seconds.items()})
    if said:
        judge.write(built, booted, run, decided, out, conf.command('mutants'),
                    ())
        boots.findings.append(Finding(
            *said, scenario.name, boots.guest,
            [r.text for r in decided.reasons] + wrong))
    return said


def run_all(built, scenarios, conf, out, progress, stop):
    """Boot all of them, whatever they say."""
    boots = Boots()
    for scenario in scenarios:
        _boot(built, scenario, conf, out / scenario.name, progress, stop,
              boots)
    return boots


def hunt(built, quick, rest, conf, out, progress, stop, limit, enough=NAMED):
    """Boot a kernel until a finding is enough, or all tests have run; at most
    for limit seconds each.

    enough: some of HOW.
    Of a kernel with any other finding, all quick boots are tried, for a test may
    say what is broken; just one if it does not get to its tests.
    """
    boots = Boots()
    for scenario in [*quick, *rest]:
        said = _boot(built, scenario, conf, out / scenario.name, progress, stop,
                     boots, limit)
        if said and said[0] in enough:
            break
        if boots.findings and boots.count >= len(quick):
            break
        if any(f.how in (CRASH, HANG) and not f.test for f in boots.findings):
            break
    return boots
