# SPDX-License-Identifier: GPL-2.0
"""Read KUnit and kselftest results with the kernel's own KTAP parser.

The parser (tools/testing/kunit/kunit_parser.py of the tree under test) decides
what a test is and how it went. Around it this module does what it leaves out:
it says which lines of a log are KTAP, gives it the nested form it reads, keeps
reasons and exit codes, and reports what it would pass over in silence (no plan,
results beyond the plan, results nobody announced).
"""

import functools
import importlib
import inspect
import io
import re
import signal
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterable

import console

# What is KTAP. Anything else, such as "1..4 blocks", is a test's own output.
VERSION = re.compile(r'(\s*)K?TAP version \d+$')
SUBTEST = re.compile(r'\s*# Subtest: \S')
PLAN = re.compile(r'\s*1\.\.\d{1,4}(?:\s*#\s*(.*))?$')
RESULT = re.compile(r'(\s*)(not ok|ok)\s+(\d+)(?:\s+(.*))?$')
ALIKE = re.compile(r'\s*(?:1\.\.\d|not ok\b|ok\s+\d)')
NESTED = re.compile(r'\s+(?:K?TAP version \d+$|# Subtest: \S)')

DIRECTIVE = re.compile(r'(?:^|\s)#(?:\s+|(?=SKIP|TODO))(.*)$')
NAMELESS = ('SKIP', 'XFAIL', 'XPASS', 'TODO', 'ERROR')

# KUnit: the header of a suite, and of a case with parameters.
HEADER = re.compile(r'((?: {4}){1,2})# Subtest: (.*)')

# run_kselftest.sh: the header of a program; its result, which starts in the
# middle of a line where the program left its last one unfinished.
PROGRAM = re.compile(r'# (selftests: \S+: (\S+))$')
GLUED = re.compile(r'# (.*?)((?:not ok|ok) \d+ (selftests: \S+: \S+)(?: # .*)?)$')
HARNESS_RUN = re.compile(r'#\s+RUN\s+(\S+) \.\.\.$')

# KUnit's count of the parameters of a case, for which there is no plan.
STATISTICS = re.compile(r'\s*# (.+): pass:\d+ fail:\d+ skip:\d+ total:(\d+)$')

# What a failed assertion looks like in the log of a test.
KUNIT_FAILED = re.compile(r'.*((?:EXPECTATION|ASSERTION) FAILED at \S+)')
# "file.c:line:test:text", a failed assertion's or what the test says about it.
HARNESS_SAID = re.compile(r'#?\s*(\S+\.c:\d+):(\w+):(.*)')

# Lines that only pass through the parser, in the log of a test: the outcome of
# a test for us; output of a test that must not be taken for KTAP.
MARK = '\0outcome\0'
OUTPUT = '#\0'


@dataclass
class Test:
    """The result of one test."""
    name: str                   # suite.case, program:fixture.test, program
    suite: str                  # the KUnit suite or kselftest program
    status: str                 # pass, fail, skip, missing or crashed
    reason: str = ''            # why it was skipped or failed, where it is said
    log: list[str] = field(default_factory=list)
    seconds: float | None = None    # that it took, where that is known


@dataclass
class Ktap:
    """The results of one kind of tests and what was wrong with their report."""
    tests: list[Test] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    planned: int = 0            # suites or programs that were announced ...
    seen: int = 0               # ... and that gave a sign of life
    seconds: dict[str, float] = field(default_factory=dict)    # by suite


def parse_kunit(tree, console_lines: Iterable[str]) -> Ktap:
    """Read the KUnit results in a kernel's console log.

    A kernel that reports nothing may have nothing to run: whether suites are
    missing is for the caller to say.
    """
    stamped = [console.message(line) for line in console_lines]
    ktap = _parse(tree, [text for _, text in stamped], '.')
    ktap.errors += [text for _, text in stamped if text.startswith('kunit executor: ')]
    ktap.seconds = _durations(stamped)
    cases = _case_durations(stamped)
    for test in ktap.tests:
        test.seconds = cases.get(test.name)
    return ktap


def parse_kselftest(tree, guest_lines: Iterable[str]) -> Ktap:
    """Read the output of run_kselftest.sh in what the guest's init wrote."""
    section = []
    state = None
    for line in guest_lines:
        line = line.rstrip('\r\n')
        if line in ('memhp: kselftest=begin', 'memhp: kselftest=end'):
            state = line.rpartition('=')[2]
        elif state == 'begin':
            section.append(line)
    if not state:
        return Ktap()
    errors = ['the output breaks off'] if state == 'begin' else []
    ktap = _parse(tree, list(_nest(section, errors)), ':', errors)
    if not ktap.seen:
        ktap.errors.append('no program ran')
    return ktap


def _nest(lines, errors):
    """Turn the output of programs, prefixed with "# ", into nested KTAP."""
    program = inner = None      # inner: it has begun a KTAP report
    for line in lines:
        if (glued := GLUED.match(line)) and glued[3] == program:
            yield OUTPUT + glued[1]
            line = glued[2]
        if not program or not line.startswith('#'):
            if header := PROGRAM.match(line):
                program, inner = header[1], False
            elif RESULT.match(line):
                program = None
            yield line
            continue
        text = line[2:]
        version = VERSION.match(text)
        if version and not inner:
            inner = True
            yield from (f'    {text}', f'    # Subtest: {program}')
        elif inner and (ALIKE.match(text) or NESTED.match(text)):
            yield f'    {text}'
        else:
            if version or RESULT.match(text) or PLAN.match(text):
                errors.append(f'{program}: outside a KTAP report: {text}')
            yield OUTPUT + text


def _canonical(lines, errors):
    """Put KTAP in the form that the kernel's parser does not stumble over.

    It takes "ok 1 # SKIP why" for a diagnostic, loses reasons, and never comes
    to an end over a plan in the wrong place.
    """
    plan_due = False
    for line in lines:
        if VERSION.match(line) or SUBTEST.match(line):
            plan_due = True
            yield line
        elif result := RESULT.match(line):
            plan_due = False
            yield from _result(*result.groups())
        elif plan_due and (plan := PLAN.match(line)):
            plan_due = False
            if plan[1]:
                yield f'{MARK}\0{plan[1]}'
            yield line
        elif ALIKE.match(line):
            errors.append(f'out of place: {line.strip()}')
            yield OUTPUT + line
        else:
            yield line


def _result(indent, outcome, number, rest):
    """The lines for a result: its outcome for us, itself for the parser."""
    name, directive = rest or '', ''
    if found := DIRECTIVE.search(name):
        name, directive = name[:found.start()], found[1]
    name = name.strip()
    word, _, text = directive.partition(' ')
    if not name:
        name = text.strip() if word.upper() in NAMELESS else directive
    name = name.replace('#', '_') or f'test {number}'
    # A test that is not ok has failed, whatever it says after that.
    skip = ' # SKIP' if outcome == 'ok' and word.upper().startswith('SKIP') else ''
    yield f'{MARK}{outcome}\0{directive}'
    yield f'{indent}{outcome} {number} {name}{skip}'


def _documents(lines, errors):
    """Split at the version lines of the outermost level."""
    documents, early = [], []
    for line in lines:
        version = VERSION.match(line)
        if version and not version[1]:
            documents.append([])
        if documents:
            documents[-1].append(line)
        elif RESULT.match(line) or SUBTEST.match(line) or PLAN.match(line):
            early.append(line.strip())
    if early:
        errors.append(f'{len(early)} lines before any version line, first: {early[0]}')
    return documents


def _parse(tree, lines, separator, errors=()):
    ktap = Ktap(errors=list(errors))
    for document in _documents(lines, ktap.errors):
        # At the end of its input the parser looks at the last line once more:
        # that must not be a result.
        stream = iter([*_canonical(document, ktap.errors), '# end of log'])
        main, messages = _run_parser(tree, stream)
        # A missing subtest becomes a test of its own, or lowers "seen".
        ktap.errors += [message for message in messages
                        if not message.endswith('missing expected subtest!')]
        ktap.errors += [f'beyond the plan: {line.strip()}'
                        for line in stream if RESULT.match(line)]
        if main.expected_count is None:
            ktap.errors.append('no plan')
        ktap.planned += main.expected_count or 0
        for node in main.subtests:
            if not node.name:
                continue
            ktap.seen += 1
            if node.expected_count is None:
                ktap.errors.append(f'{node.name}: no plan')
            suite = node.name.rpartition(': ')[2]
            ktap.tests += _flatten(node, suite, suite, separator)
    if ktap.seen < ktap.planned:
        ktap.errors.append(f'{ktap.planned} planned, {ktap.seen} seen')
    ktap.errors = [error if count == 1 else f'{error} ({count} times)'
                   for error, count in Counter(ktap.errors).items()]
    return ktap


@functools.lru_cache
def _load_parser(tree):
    """The parser and the printer class of a kernel tree."""
    saved = sys.path[:], sys.dont_write_bytecode
    sys.path.insert(0, str(Path(tree, 'tools/testing/kunit')))
    sys.dont_write_bytecode = True      # the tree is not ours to write to
    try:
        for name in ('kunit_parser', 'kunit_printer'):
            sys.modules.pop(name, None)
        return (importlib.import_module('kunit_parser'),
                importlib.import_module('kunit_printer').Printer)
    finally:
        sys.path[:], sys.dont_write_bytecode = saved


def _run_parser(tree, stream):
    """Run the kernel's parser. Return its main test and its error messages."""
    parser, printer_class = _load_parser(str(tree))
    output = io.StringIO()
    printer = printer_class(output)
    if 'printer' in inspect.signature(parser.parse_run_tests).parameters:
        main = parser.parse_run_tests(stream, printer)      # newer kernels
    else:
        parser.stdout = printer
        main = parser.parse_run_tests(stream)
    return main, re.findall(r'\[ERROR\] Test: (?:: )?(.*)', output.getvalue())


def _outcome(node):
    """What the result line of a node said: ("ok", "not ok" or "", directive)."""
    # The parser leaves the last diagnostics of a test that lacks subtests with
    # the first of these.
    logs = [node.log] + [sub.log for sub in node.subtests if not sub.name]
    marks = [line for log in logs for line in log if line.startswith(MARK)]
    if not marks:
        return '', ''
    outcomes = [mark[len(MARK):].split('\0') for mark in marks]
    outcome, directive = outcomes[-1]
    if directive == 'SKIP':     # the runner's: the reason is with the plan
        directive = max((said for _, said in outcomes), key=len)
    return outcome, directive


def _give_back(node):
    """Without a plan the parser gives the first subtest's diagnostics to its parent."""
    if node.subtests and node.expected_count is None:
        for end, line in enumerate(node.log, 1):
            if line.startswith(MARK):
                node.subtests[0].log += node.log[:end]
                del node.log[:end]
                break


def _reason(directive):
    """What a directive says."""
    if directive.upper().startswith('SKIP'):
        return directive.partition(' ')[2].strip()
    if code := re.match(r'exit=(\d+)$', directive):
        try:
            return f'{directive} ({signal.Signals(int(code[1]) - 128).name})'
        except ValueError:      # it was not a signal
            pass
    return directive


def _log(node):
    return [line.removeprefix(OUTPUT) for line in node.log if not line.startswith(MARK)]


def _failed_assertion(log):
    """The first failed assertion in a log, in one line, or nothing."""
    for number, line in enumerate(log):
        if failed := KUNIT_FAILED.match(line):
            return ': '.join([failed[1], *map(str.strip, log[number + 1:number + 2])])
        if (failed := HARNESS_SAID.match(line)) and failed[3].startswith('Expected'):
            # The test's own words tell more than the values that it compared.
            said = HARNESS_SAID.match(log[number + 1]) if log[number + 1:] else None
            if said and said[2] == failed[2] and not said[3].startswith('Expected'):
                failed = said
            return f'{failed[3]} ({failed[1]})'
    return ''


def _without_result(name, suite, status, why, log):
    """A test that gave no result. If it said before that something is wrong, it
    has failed, whatever has become of it.
    """
    if failed := _failed_assertion(log):
        return Test(name, suite, 'fail', f'{failed}; {why}', log)
    return Test(name, suite, status, why, log)


def _flatten(node, name, suite, separator):
    """The tests at the ends of the tree, and nodes that fared worse than these."""
    _give_back(node)
    outcome, directive = _outcome(node)
    reason = _reason(directive)
    if not node.subtests:
        status = {'SUCCESS': 'pass', 'FAILURE': 'fail', 'SKIPPED': 'skip',
                  'NO_TESTS': 'missing'}.get(node.status.name, 'crashed')
        log = _log(node)
        if status == 'missing':
            return [_without_result(name, suite, status, 'ran no tests', log)]
        return [Test(name, suite, status, reason or _failed_assertion(log), log)]

    tests = []
    for number, sub in enumerate(node.subtests, 1):
        if sub.name:
            tests += _flatten(sub, f'{name}{separator}{sub.name}', suite, '.')
            continue
        log = _log(sub)
        started = [run[1] for line in log if (run := HARNESS_RUN.match(line))]
        label = started[-1] if started else f'(test {number} of {node.expected_count})'
        tests.append(_without_result(
            f'{name}{separator}{label}', suite, 'missing',
            f'{"started" if started else "planned"}, but gave no result', log))

    counted = [int(count[2]) for line in node.log
               if (count := STATISTICS.match(line)) and count[1] == node.name]
    if counted and counted[-1] > len(node.subtests):
        tests.append(Test(f'{name}{separator}(one of {counted[-1]})', suite, 'missing',
                          'counted, but gave no result'))

    statuses = {test.status for test in tests}
    all_good = statuses <= {'pass', 'skip'}
    if outcome == 'not ok' and (all_good or directive not in ('', 'exit=1')):
        tests.append(Test(name, suite, 'fail', reason or 'not ok', _log(node)))
    elif directive.startswith('SKIP') and statuses == {'pass'}:
        tests.append(Test(name, suite, 'skip', reason, _log(node)))
    elif not outcome and all_good:
        tests.append(_without_result(name, suite, 'crashed', 'gave no result',
                                     _log(node)))
    return tests


def _durations(stamped):
    """Seconds from the header of each KUnit suite to its result."""
    started, seconds = {}, {}
    for time, text in stamped:
        if time is None:
            continue
        if header := re.match(r'    # Subtest: (.*)', text):
            started[header[1]] = time
        elif result := RESULT.match(text):
            name = re.sub(r'\s+#.*|^-\s+', '', result[4] or '')
            if name in started:
                seconds[name] = round(time - started[name], 3)
    return seconds


def _case_durations(stamped):
    """Seconds of each KUnit case without parameters, and of each parameter: from
    the header or the result before its own result.
    """
    seconds, begun, last = {}, [], None     # begun: [name, its last result]
    for time, text in stamped:
        if header := HEADER.match(text):
            del begun[len(header[1]) // 4 - 1:]
            begun.append([header[2], 0])
        elif begun and (result := RESULT.match(text)):
            depth, number = len(result[1]) // 4, int(result[3])
            if depth > len(begun):
                continue
            leaf = depth == len(begun)
            del begun[depth:]
            if begun:
                # Lines get lost on a console, and with one of them a time.
                if leaf and number == begun[-1][1] + 1 and \
                        None not in (time, last):
                    name = re.sub(r'\s+#.*|^-\s+', '', result[4] or '')
                    seconds['.'.join([*(n for n, _ in begun), name])] = \
                        round(time - last, 3)
                begun[-1][1] = number
        else:
            continue
        last = time
    return seconds
