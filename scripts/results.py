# SPDX-License-Identifier: GPL-2.0
"""Write down what a run gave: results.json, junit.xml, a summary for the screen.

results.json, version 1:

  version    1
  id         of the run
  verdict    "pass" or "fail"
  counts     {passed, failed, skipped}; failed counts the tests that failed and
             the reasons that are not about a test, skipped the expected skips
  reasons    [{kind, text, test}], most telling first; test is "" where the
             reason is not about a test
  notes      [text], worth knowing, but no reason to fail
  kernel     {release, source, arch, sanitizer, config, commit}
  machine    name of the machine definition
  accel      "kvm" or "tcg"
  command    that repeats the run
  host       that it ran on
  report     path of the report for people
  phases     [{name, seconds}]
  suites     [{kind, name, passed, failed, skipped, seconds}]; kind is "kunit"
             or "kselftest", seconds may be null; all counts are 0 where an
             expected suite or program gave no result
  tests      [{kind, suite, name, status, failed, reason, expected_skip, seconds,
             log}]; status is pass, fail, skip, missing or crashed; failed is
             whether it fails the run, as an unexpected skip does; expected_skip
             says why the test may skip, or is null; seconds may be null; log is
             the end of a failed test's log
  splats     [{kind, title, line, time, count, lines}]; line is that in
             console.log, time may be null
  races      [{title, reason, line, time, count, lines}], data races that KCSAN
             reported and that do not fail the run; reason says why a race on
             zonelists is tolerated, or is null for one elsewhere
  known      [{title, reason, line, time, count, lines}], reports that do not fail
             the run, as kernels of its arch and version are known to give them
  guest      {key: [values]}, what the guest's init said
  interleave null, or what zonelist_interleave reported: {pairs, planned, ms,
             per_second, transitions, outcomes: {pairs, ok, missed, twice, index,
             excluded, emptied}, maps: [{dir, zone, list, reader, sched, stores,
             rows}]}; see scripts/zonelist_map.py
  locksets   null, or which locks lockset_test saw held on the paths of hotplug:
             {locks: {name: title}, paths: [{path, title, held: {name: mode}}]};
             a mode is r, w or rw

Where a run took several boots, each has a folder of its own, named after its
scenario, with a results.json like this one. The one above is of all of them:
names of suites and tests, and texts of reasons, notes and reports, begin with
"scenario/", and "guest" is {scenario: {key: [values]}}; interleave and locksets
are of the first boot that has them.
"""

import json
import os
import re
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Sequence
from xml.etree import ElementTree

from console import dedup
from verdict import Run, Verdict

LOG_LINES = 200

COLUMNS = 100
SUITE_LINES = 8
REASON_LINES = 8

_GREEN, _RED, _PLAIN = '\033[32m', '\033[31m', '\033[0m'
_ESCAPE = re.compile(r'\033\[[0-9;?]*[A-Za-z]')
# What XML 1.0 cannot hold is of no use on a terminal either.
_CONTROL = re.compile('[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]')


@dataclass
class Info:
    """What a run was made with."""
    id: str
    kernel: dict[str, str]      # release, source, arch, sanitizer, config, commit
    machine: str
    accel: str
    command: str
    host: str
    report: str
    phases: Sequence[tuple[str, float]]


def collect(run: Run, verdict: Verdict, info: Info) -> dict:
    """Put all there is to say about a run into the form of results.json."""
    tests, suites = [], []
    for kind, ktap, expected in (('kunit', run.kunit, run.suites),
                                 ('kselftest', run.kselftest, run.programs)):
        counts = {name: Counter() for name in expected}
        for test in ktap.tests:
            failed = run.failed(test)
            state = 'failed' if failed else 'passed' if test.status == 'pass' else 'skipped'
            counts.setdefault(test.suite, Counter())[state] += 1
            tests.append({
                'kind': kind, 'suite': test.suite, 'name': test.name,
                'status': test.status, 'failed': failed, 'reason': test.reason,
                'expected_skip': run.expected_skips.get(test.name),
                'seconds': test.seconds,
                'log': test.log[-LOG_LINES:] if failed else [],
            })
        suites += [{'kind': kind, 'name': name, 'passed': count['passed'],
                    'failed': count['failed'], 'skipped': count['skipped'],
                    'seconds': ktap.seconds.get(name)}
                   for name, count in counts.items()]
    return {
        'version': 1,
        'id': info.id,
        'verdict': 'pass' if verdict.ok else 'fail',
        'counts': {'passed': verdict.passed, 'failed': verdict.failed,
                   'skipped': verdict.skipped},
        'reasons': [asdict(reason) for reason in verdict.reasons],
        'notes': list(verdict.notes),
        'kernel': dict(info.kernel),
        'machine': info.machine,
        'accel': info.accel,
        'command': info.command,
        'host': info.host,
        'report': info.report,
        'phases': [{'name': name, 'seconds': seconds} for name, seconds in info.phases],
        'suites': suites,
        'tests': tests,
        'splats': [asdict(splat) for splat in dedup(run.splats)],
        'races': _races(run),
        'known': _explained(run.known),
        'guest': {key: list(values) for key, values in run.guest.items()},
        'interleave': run.interleave.summary(),
        'locksets': run.locksets,
    }


def merge(boots: dict, name: str, report: str, phases) -> dict:
    """One results.json from those of several boots, by scenario."""
    def prefixed(key, *fields):
        return [{**item, **{f: f'{scenario}/{item[f]}' for f in fields
                            if item[f]}}
                for scenario, found in boots.items() for item in found[key]]

    parts = list(boots.values())
    return {
        **parts[0],
        'id': name,
        'verdict': 'pass' if all(p['verdict'] == 'pass' for p in parts)
        else 'fail',
        'counts': {key: sum(p['counts'][key] for p in parts)
                   for key in parts[0]['counts']},
        'reasons': prefixed('reasons', 'text', 'test'),
        'notes': [f'{scenario}/{note}' for scenario, found in boots.items()
                  for note in found['notes']],
        'report': report,
        'phases': [{'name': name, 'seconds': s} for name, s in phases],
        'suites': prefixed('suites', 'name'),
        'tests': prefixed('tests', 'suite', 'name'),
        'splats': prefixed('splats', 'title'),
        'races': prefixed('races', 'title'),
        'known': prefixed('known', 'title'),
        'guest': {scenario: found['guest']
                  for scenario, found in boots.items()},
        **{key: next((part[key] for part in parts if part[key]), None)
           for key in ('interleave', 'locksets')},
    }


def _explained(found):
    """What (splat, reason) pairs say, as results.json has it."""
    reasons = {splat.title: reason for splat, reason in found}
    return [{'title': splat.title, 'reason': reasons[splat.title], 'line': splat.line,
             'time': splat.time, 'count': splat.count, 'lines': splat.lines}
            for splat in dedup(splat for splat, _ in found)]


def _races(run):
    return _explained(run.races.tolerated) + \
        _explained([(splat, None) for splat in run.races.other])


def write(directory, results: dict) -> None:
    """Write results.json and junit.xml."""
    directory = Path(directory)
    text = json.dumps(results, indent=1, ensure_ascii=True)
    (directory / 'results.json').write_text(text + '\n', 'ascii')
    (directory / 'junit.xml').write_bytes(junit(results))


def clean(text: str) -> str:
    """Strip what does no good on a terminal, in XML or in HTML."""
    return _CONTROL.sub('', _ESCAPE.sub('', text))


def junit(results: dict) -> bytes:
    """Render results as the XML that Jenkins and others know as JUnit's."""
    root = ElementTree.Element('testsuites', name=results['id'])
    for suite in results['suites']:
        element = _junit_suite(root, f'{suite["kind"]}.{suite["name"]}')
        _junit_time(element, suite)
        for test in results['tests']:
            if (test['kind'], test['suite']) == (suite['kind'], suite['name']):
                _junit_case(element, test)
    # What is wrong with the run as a whole: without it a consumer of this file
    # could take the run for a pass.
    of_run = [reason for reason in results['reasons'] if not reason['test']]
    if of_run:
        element = _junit_suite(root, 'run')
        for number, reason in enumerate(of_run, 1):
            case = ElementTree.SubElement(element, 'testcase', classname='run',
                                          name=f'{reason["kind"]}-{number}')
            _junit_outcome(case, 'error', reason['kind'], reason['text'])
    for element in root:
        _junit_counts(element, [element])
    _junit_counts(root, root)
    del root.attrib['skipped']      # the schema knows it in a suite only
    return ElementTree.tostring(root, encoding='utf-8', xml_declaration=True)


def _junit_suite(root, name):
    return ElementTree.SubElement(root, 'testsuite', name=clean(name))


def _junit_case(element, test):
    case = ElementTree.SubElement(element, 'testcase', name=clean(test['name']),
                                  classname=element.get('name'))
    _junit_time(case, test)
    if test['failed']:
        state = 'failure' if test['status'] in ('fail', 'skip') else 'error'
        _junit_outcome(case, state, test['status'], test['reason'],
                       '\n'.join(test['log']))
    elif test['status'] == 'skip':
        _junit_outcome(case, 'skipped', 'skip', test['reason'])


def _junit_time(element, timed):
    if timed['seconds'] is not None:
        element.set('time', f'{timed["seconds"]:.3f}')


def _junit_outcome(case, state, kind, message, text=''):
    outcome = ElementTree.SubElement(case, state, type=kind, message=clean(message))
    outcome.text = clean(text)


def _junit_counts(element, suites):
    for attribute, path in (('tests', 'testcase'), ('failures', 'testcase/failure'),
                            ('errors', 'testcase/error'),
                            ('skipped', 'testcase/skipped')):
        element.set(attribute, str(sum(len(suite.findall(path)) for suite in suites)))


def kernel_kind(kernel: dict) -> str:
    """What kind of kernel was run, in a word or two."""
    return ', '.join(filter(None, (kernel['arch'], kernel['sanitizer'])))


def summary(results: dict) -> str:
    """The results on one screen; the last line is the count, as promised."""
    failed = results['verdict'] == 'fail'
    kernel = results['kernel']
    paint = _RED if failed else _GREEN
    coloured = sys.stdout.isatty() and not os.environ.get('NO_COLOR')

    lines = [f'{"FAILED" if failed else "PASSED"}: Linux {kernel["release"]} '
             f'({kernel_kind(kernel)}) on {results["machine"]}, {results["accel"]}, '
             f'from {kernel["source"]}']
    bad_first = sorted(results['suites'], key=lambda suite: not _bad(suite))
    lines += capped([f'  {_suite_line(suite)}' for suite in bad_first], SUITE_LINES)
    lines += capped([f'  {reason["text"]}' for reason in results['reasons']],
                     REASON_LINES)
    if results['notes']:
        more = len(results['notes']) - 1
        lines.append(f'note: {results["notes"][0]}'
                     + (f' … and {more} more, see report' if more else ''))
    if results['phases']:
        lines.append(', '.join(f'{phase["name"]} {phase["seconds"]:.1f} s'
                               for phase in results['phases']))
    lines = [shorten(clean(line)) for line in lines]
    if coloured:
        lines[0] = f'{paint}{lines[0]}{_PLAIN}'
    counts = results['counts']
    return '\n'.join([*lines, f'report: {results["report"]}',
                      f'{counts["passed"]} passed, {counts["failed"]} failed, '
                      f'{counts["skipped"]} skipped'])


def _bad(suite):
    """Did a suite fail, or give nothing?"""
    return suite['failed'] or not suite['passed'] + suite['skipped']


def _suite_line(suite):
    if not suite['passed'] + suite['failed'] + suite['skipped']:
        return f'{suite["name"]:32} no result'
    seconds = '' if suite['seconds'] is None else f'{suite["seconds"]:9.2f} s'
    return (f'{suite["name"]:32}{suite["passed"]:4} passed{suite["failed"]:4} failed'
            f'{suite["skipped"]:4} skipped{seconds}')


def capped(lines, limit):
    """So many lines, and how many more there are."""
    if len(lines) <= limit:
        return lines
    return lines[:limit] + [f'  … and {len(lines) - limit} more, see report']


def shorten(line):
    """A line as long as a screen is wide."""
    line = line.replace('\n', ' ')
    return line if len(line) <= COLUMNS else line[:COLUMNS - 1] + '…'
