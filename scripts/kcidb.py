# SPDX-License-Identifier: GPL-2.0
"""Render results as a report to KCIDB, the database of kernel test results that
KernelCI collects: kcidb.json, in version 5.0 of its I/O schema. Nothing is sent
anywhere.

There is one checkout and one build; the tests are

  kunit.SUITE.CASE, kselftest.memory-hotplug.PROGRAM.CASE
                  one a test. A suite or program without result is MISS
  memhp.KIND      one for each report of the kernel, and for whatever else is
                  wrong with the run, by the kind that results.json has
  (no path)       all of them: the worst status

In a path, what is not a letter, a digit, "_" or "-" is "_"; the comment has the
name as it is. The boot of a test, where there are several, is not in its path
but in its environment.

  PASS   passed
  SKIP   skipped, as is expected on this machine
  FAIL   failed; a report of the kernel, and what else the kernel did wrong
  ERROR  crashed; whatever else is wrong, so that nobody knows
  MISS   planned, but gave no result, or skipped where nobody expects it
"""

import hashlib
import json
import re
from pathlib import Path

from results import clean, kernel_kind
from suites import COLLECTION

ORIGIN = 'memhp'
VERSION = {'major': 5, 'minor': 0}

# Of a test's log, the schema takes so many characters.
_EXCERPT = 16384
# The schema's own order, the worst first.
_STATUSES = ('FAIL', 'ERROR', 'MISS', 'PASS', 'SKIP')
_OF_TEST = {'pass': 'PASS', 'skip': 'SKIP', 'fail': 'FAIL', 'missing': 'MISS',
            'crashed': 'ERROR'}
# Kinds of reasons that are the kernel's doing, besides its reports.
_OF_KERNEL = ('boot', 'debug-locks', 'locks', 'taint')
# Kinds that are told as suites without tests and as reports.
_TOLD = ('no-result', 'splat')


def render(results: dict) -> dict:
    """What kcidb.json says of what results.json says."""
    # Unique among all runs anywhere: the guest says a random number.
    digest = hashlib.sha256(json.dumps(results, sort_keys=True).encode())
    run = f'{ORIGIN}:{results["id"]}-{digest.hexdigest()[:12]}'
    tests = [*_tests(results), *_suites(results), *_splats(results),
             *_reasons(results)]
    worst = min((test['status'] for test in tests), key=_STATUSES.index,
                default='MISS')
    tests.insert(0, {'path': '', 'status': worst,
                     'comment': ', '.join(f'{number} {name}' for name, number
                                          in results['counts'].items())})
    return _clean({
        'version': VERSION,
        'checkouts': [_checkout(results, run)],
        'builds': [_build(results, run)],
        'tests': [_filled({
            'id': f'{run}-{number}', 'origin': ORIGIN, 'build_id': run,
            'environment': _environment(results, test.pop('scenario', '')),
            **test}) for number, test in enumerate(tests)],
    })


def write(directory, results: dict) -> None:
    """Write kcidb.json."""
    text = json.dumps(render(results), indent=1, ensure_ascii=True)
    Path(directory, 'kcidb.json').write_text(text + '\n', 'ascii')


def _checkout(results, run):
    kernel = results['kernel']
    return _filled({
        'id': run, 'origin': ORIGIN, 'valid': True,
        'comment': f'Linux {kernel["release"]}, {kernel["source"]}',
        'git_commit_name': kernel['commit'],
    })


def _build(results, run):
    kernel = results['kernel']
    took = [phase['seconds'] for phase in results['phases']
            if phase['name'] == 'build kernel']
    return _filled({
        'id': run, 'origin': ORIGIN, 'checkout_id': run, 'status': 'PASS',
        'architecture': kernel['arch'],
        'config_name': '-'.join(filter(None, (
            ORIGIN, kernel['arch'], kernel['sanitizer']))),
        'comment': kernel_kind(kernel),
        'command': results['command'],
        'duration': sum(took) if took else None,
        'misc': {'config': kernel['config']},
    })


def _environment(results, scenario):
    return {'comment': f'{results["machine"]}, {results["accel"]}',
            'misc': _filled({'host': results['host'], 'scenario': scenario})}


def _path(kind, suite, rest=''):
    """(path, scenario) of a suite's test; a suite of one boot of several is
    called "scenario/suite".
    """
    scenario, _, name = suite.rpartition('/')
    top = [kind, COLLECTION] if kind == 'kselftest' else [kind]
    # Dots are what separates the parts of a case's name alone.
    words = [*top, name.replace('.', '_'), *rest.lstrip('.:').split('.')]
    return '.'.join(re.sub('[^a-zA-Z0-9_-]+', '_', word)
                    for word in words if word), scenario


def _tests(results):
    for test in results['tests']:
        path, scenario = _path(test['kind'], test['suite'],
                               test['name'].removeprefix(test['suite']))
        unexpected = test['status'] == 'skip' and test['failed']
        yield {
            'path': path, 'scenario': scenario,
            'status': 'MISS' if unexpected else _OF_TEST[test['status']],
            'comment': ': '.join(filter(None, (test['name'], test['reason']))),
            'log_excerpt': '\n'.join(test['log']),
            'duration': test['seconds'],
            'misc': _filled({'expected_skip': test['expected_skip']}),
        }


def _suites(results):
    for suite in results['suites']:
        if not suite['passed'] + suite['failed'] + suite['skipped']:
            path, scenario = _path(suite['kind'], suite['name'])
            yield {'path': path, 'scenario': scenario, 'status': 'MISS',
                   'comment': f'{suite["name"]}: no result'}


def _splats(results):
    for splat in results['splats']:
        yield {'path': 'memhp.splat', 'status': 'FAIL',
               'comment': splat['title'],
               'log_excerpt': '\n'.join(splat['lines']),
               'misc': {'count': splat['count']}}


def _reasons(results):
    for reason in results['reasons']:
        if not reason['test'] and reason['kind'] not in _TOLD:
            yield {'path': f'memhp.{reason["kind"]}',
                   'status': 'FAIL' if reason['kind'] in _OF_KERNEL
                   else 'ERROR',
                   'comment': reason['text']}


def _filled(found):
    """Without what is not known: the schema has no null."""
    return {key: value for key, value in found.items()
            if value or key == 'path'}


def _clean(value):
    """With all texts as clean() has them, and no longer than may be."""
    if isinstance(value, dict):
        found = {key: _clean(item) for key, item in value.items()}
        if 'log_excerpt' in found:
            found['log_excerpt'] = found['log_excerpt'][-_EXCERPT:]
        return found
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return clean(value) if isinstance(value, str) else value
