# SPDX-License-Identifier: GPL-2.0
"""What one kernel showed: in each boot, of its locks, and in an audit. All of it
is plain data, so that a baseline's can be kept as JSON.

A boot:

  seconds     that it took
  limit       that it had, in seconds; null for the usual one
  userspace   whether its init ran
  ended       why it did not get to its end: "oops", "time limit" or ""
  last        the last line on its console
  tests       {name: [status, reason]}; see results.py, and "unexpected skip"
  suites      {name: seconds}
  races       how many data races KCSAN reported that fail no run
  problems    [{kind, key, text, test, place, callers, lines}]: what is wrong
              besides tests; kind is report, hang or run; test is the one that it
              was first seen in, or ""; place and callers are splats.stack()
"""

import re
from dataclasses import asdict

import audit
import console
import judge
import lockrules
import locksets
import locktable
import pipeline
import rules
import splats
from common import Fatal
from hotplug_graph import HotplugGraph, options

# The kinds of reasons that are about a single test.
_OF_TESTS = ('fail', 'crashed', 'missing', 'skip')
# Each is told by what came before it.
_FOLLOWS = ('splat', 'timeout', 'taint')
_TOOK = re.compile(r'memhp: took=(\S+) (\S+) (\S+)')
_STARTED = re.compile(r'# selftests: [\w-]+: (\S+)')
_SUITE = re.compile(r' {4}# Subtest: (\S+)')
_CASE = re.compile(r' {4}(?:not )?ok \d+ (\S+)')
_SUITE_END = re.compile(r'(?:not )?ok \d+ ')


def _running(log, started, splat):
    """The test that ran when something was reported: a KUnit case, or else a
    kselftest.

    started: the kselftests that began, in their order.
    """
    took = [m.groups() for line in log if (m := _TOOK.search(line))]
    if splat.time is not None:
        for name, begin, end in took:
            if float(begin) <= splat.time <= float(end):
                return name
    texts = [console.message(line)[1] for line in log]
    before = texts[:splat.line]
    ends = [i for i, t in enumerate(before) if _SUITE_END.match(t)]
    suite = next((m[1] for t in before[ends[-1] if ends else 0:][::-1]
                  if (m := _SUITE.match(t))), '')
    if suite:
        case = next((m[1] for t in texts[splat.line:]
                     if (m := _CASE.match(t))), '')
        return f'{suite}.{case}'.rstrip('.')
    ended = {name for name, _, _ in took}
    return next((name for name in started if name not in ended), '')


def _problems(found, reports, log, guest):
    """All that is wrong in a boot besides tests, and whether an oops ended
    it.
    """
    started = [m[1] for line in guest if (m := _STARTED.search(line))]
    seen, oops = {}, False
    for splat in reports:
        if splats.ends_boot(splat):
            oops = True
            continue
        text = splats.describe(splat)
        place, callers = splats.stack(splat)
        seen.setdefault(splats.key(text), {
            'kind': 'report', 'text': text, 'place': place,
            'callers': callers, 'lines': splat.lines,
            'test': _running(log, started, splat)})
    hang = any(r['kind'] == 'timeout' for r in found['reasons'])
    if not oops and not hang:
        for reason in found['reasons']:
            if reason['kind'] not in (*_OF_TESTS, *_FOLLOWS):
                seen.setdefault(splats.key(reason['text']), {
                    'kind': 'run', 'text': reason['text'], 'place': '',
                    'callers': [], 'lines': [], 'test': ''})
    return seen, oops, hang


def of_boot(found, reports, out, end, seconds, limit=None):
    """What a boot showed, from its results.json, the kernel's reports and the
    logs in a folder.

    end: what follows in its console log was provoked by us.
    """
    log = (out / 'console.log').read_bytes()[:end] \
        .decode(errors='replace').splitlines()
    guest = (out / 'guest.log').read_text(errors='replace').splitlines() \
        if (out / 'guest.log').exists() else []
    seen, oops, hang = _problems(found, reports, log, guest)
    last = next((console.message(line)[1].strip() for line in log[::-1]
                 if line.strip()), 'nothing')
    if hang:
        seen['hang'] = {
            'kind': 'hang', 'place': '', 'callers': [], 'lines': log[-40:],
            'text': f'no end after {limit or seconds:.0f} s; last on the '
                    f'console: {last}', 'test': ''}
    return {
        'seconds': seconds,
        'limit': limit,
        'userspace': bool(found['guest'].get('booted')),
        'ended': 'oops' if oops else 'time limit' if hang else '',
        'last': last,
        'tests': {t['name']: [
            'unexpected skip' if t['status'] == 'skip' and t['failed']
            else t['status'], t['reason']] for t in found['tests']},
        'suites': {s['name']: s['seconds'] for s in found['suites']
                   if s['seconds'] is not None},
        'races': sum(r['count'] for r in found['races']),
        'problems': [{'key': key, **p} for key, p in seen.items()],
    }


def came_up(boot):
    """Did a kernel get to its init, or to the KUnit suites before it?"""
    return boot['userspace'] or any(
        status in ('pass', 'fail') for status, _ in boot['tests'].values())


def _locks(built, booted, scenario, folder):
    """What lockset_test recorded, or why there is no record."""
    chosen = lockrules.LockRules(rules.Kernel(built.tree.release,
                                              built.kbuild.arch))
    try:
        found, record, _ = locksets.examine(built, booted, scenario.selection,
                                            folder, chosen)
    except Fatal as e:
        return {'boot': scenario.name, 'why': str(e)}
    return {
        'boot': scenario.name,
        'findings': [asdict(f) for all_ in found.values() for f in all_],
        'rows': dict(locktable.rows(record, chosen)),
        'order': [list(pair) for pair in locktable.order(record, chosen)],
        'cycle': (record.overhead() or [None])[0],
    }


def boots(built, conf, plan, out, progress, command, limits=None):
    """Boot a kernel in all of these scenarios: ({name: what the boot showed},
    what it showed of its locks or None). A kernel that does not come up is not
    booted again.

    limits: of each boot, in seconds, by its scenario.
    """
    found, locks = {}, None
    for scenario in plan:
        folder = out / scenario.name
        folder.mkdir(parents=True)
        limit = limits and limits.get(scenario.name)
        with progress.phase(f'boot {out.name} {scenario.name}'):
            booted = pipeline.run_scenario(built, scenario, conf, folder,
                                           progress, limit=limit)
        run, decided = judge.judge(built, booted, scenario.selection, folder)
        results = judge.write(built, booted, run, decided, folder, command,
                              progress.phases[-1:])
        outcome = booted.outcome
        found[scenario.name] = of_boot(
            results, run.splats, folder, outcome.console_end, outcome.seconds,
            limit)
        if locksets.PROGRAM in scenario.selection.programs:
            locks = _locks(built, booted, scenario, folder)
        if not came_up(found[scenario.name]):
            break
    return found, locks


def of_audit(kbuild, release):
    """What an audit of a built kernel finds, and which paths reach each
    function.
    """
    kernel = rules.Kernel(release, kbuild.arch)
    graph = audit.graph_of(kbuild.here)
    config = options(kbuild.here / '.config')
    found = audit.audit(graph, kernel, config)
    hotplug = HotplugGraph(graph, kernel, config)
    reached = {}
    for name, path in found.paths.items():
        for function in hotplug.walk(hotplug.roots(path),
                                     hotplug.free).parents:
            reached.setdefault(function.rpartition(':')[2], []).append(name)
    return {**audit.report(found), 'reached': reached}
