# SPDX-License-Identifier: GPL-2.0
"""make repro: one test of a run again, on the very kernel that it ran on, if
need be in a debugger.

RUN= is the id of a run, or the folder of a boot in it. Boots of several
scenarios, or of several mutants, may have run the test: the one where it failed
is taken.
"""

import json
import math
import os
import re
import shlex
import socket
from dataclasses import dataclass
from pathlib import Path

import boot
import bootrecord
import judge
import kernels
import pipeline
import results
import settings
import suites
from common import Fatal, entry, locked
from kbuild import Kbuild
from progress import Progress

_SHOWN = 8
# Where gdb's own documentation, and ours, has a stub; any other will do.
_PORT = 1234
_VARIES = re.compile(r'0x[0-9a-f]+|\d+(\.\d+)?')


@dataclass(frozen=True)
class Past:
    """A boot that ran the test, and what came of that."""
    folder: Path
    record: bootrecord.Record
    found: dict             # of results.json; empty if it did not get there
    test: str               # as the boot's own results.json has it

    def failed(self):
        return bool(about(self.found, self.test))


def _list(names):
    """Some of these names, in a line."""
    more = f', and {len(names) - _SHOWN} more' if len(names) > _SHOWN else ''
    return f'{", ".join(names[:_SHOWN])}{more}'


def about(found, test):
    """What is wrong with a test, a line each: else, what is wrong with its run
    as a whole. None where nobody knows.
    """
    if not found:
        return None
    def of_test(name):
        return name == test or re.match(rf'{re.escape(test)}[.:]', name)
    own = [r['text'] for r in found['reasons'] if of_test(r['test'])]
    return own or [r['text'] for r in found['reasons']
                   if not r['test']]


def _own_name(folder, test):
    """The name of a test without those folders that lead to its boot."""
    for i in range(len(folder.parts)):
        prefix = '/'.join(folder.parts[i:]) + '/'
        if test.startswith(prefix):
            return test.removeprefix(prefix)
    return test


def _names(record, found):
    """The tests that a boot ran, and the suites and programs they are of."""
    chosen = record.selection
    return [*chosen.suites, *chosen.programs,
            *(t['name'] for t in found.get('tests', ()))]


def _ran(record, found, test):
    """Did a boot run a test? One without results was to run it."""
    if found:
        return test in _names(record, found)
    return {test.partition('.')[0], test.partition(':')[0]} & \
        {*record.selection.suites, *record.selection.programs}


def _boots(results_, run):
    """The folders of the boots that RUN= names, or Fatal."""
    top = results_ / run
    if not run or not top.is_dir() or \
            not top.resolve().is_relative_to(results_.resolve()):
        known = sorted((p.name for p in results_.glob('*/')), reverse=True)
        asked = f'no run {run} in {results_}' if run else \
            f'RUN= is missing: which folder of {results_}'
        raise Fatal(f'{asked}; the latest are {_list(known) or "none"}')
    found = bootrecord.folders(top)
    if not found:
        raise Fatal(f'RUN={run} has no {bootrecord.NAME}, so booted nothing '
                    f'or is too old: run its tests anew')
    return found


def find(results_, run, test):
    """The boot to repeat, or Fatal."""
    past, names, wrong = [], [], []
    for folder in _boots(results_, run):
        record, path = bootrecord.read(folder), folder / 'results.json'
        found = json.loads(path.read_text()) if path.exists() else {}
        name = _own_name(folder.relative_to(results_), test)
        names += _names(record, found)
        wrong += [t['name'] for t in found.get('tests', ()) if t['failed']]
        if _ran(record, found, name):
            past.append(Past(folder, record, found, name))
    if not past:
        asked = f'no test {test} ran in RUN={run}' if test else \
            f'TEST= is missing: which test of RUN={run}'
        raise Fatal(f'{asked}; there ' + (
            f'failed {_list(wrong)}' if wrong else
            f'are {_list(list(dict.fromkeys(names)))}'))
    past = [p for p in past if p.failed()] or past
    if len(past) > 1:
        choice = [str(p.folder.relative_to(results_)) for p in past]
        raise Fatal(f'TEST={test} ran in more than one boot: give RUN= one of '
                    f'{_list(choice)}')
    return past[0]


def only(selection, test):
    """Of what was selected, this test alone. KUnit knows no parameters."""
    suite, program = test.partition('.')[0], test.partition(':')[0]
    if suite in selection.suites:
        return suites.Selection([suite], '.'.join(test.split('.')[:2]), [])

    def of_program(globs):
        return tuple(g for g in globs if g.partition(':')[0] == program)
    # What a script names has no place on a kernel command line.
    case = re.fullmatch(r'\w+:[\w.]+', test)
    return suites.Selection(
        [], '', [program], (test,) if case else of_program(selection.cases),
        of_program(selection.within))


def rebuilt(record, selection, conf, progress):
    """What pipeline.build() once gave, as far as a boot takes it."""
    tree, kernel = record.tree(), record.kernel
    return pipeline.Built(
        tree, Kbuild(tree, kernel['arch'], conf.state, conf.jobs, progress,
                     None, kernel['sanitizer']),
        record.params(), kernels.find(record.image, conf.state),
        {program: kernels.find(place, conf.state)
         for program, place in record.archives.items()}, selection,
        record.machine)


def _free_port():
    for port in (_PORT, 0):
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                s.bind(('127.0.0.1', port))
                return s.getsockname()[1]
            except OSError:
                continue
    raise Fatal('GDB=1 finds no free port on 127.0.0.1')


def compare(before, now):
    """Whether what is wrong is what was wrong, in a word or two."""
    if before is None:
        return 'FAILED' if now else 'passed'
    if not now:
        return 'passed' if before else 'passed as before'
    if not before:
        return 'FAILED, and did not before'
    same = [{_VARIES.sub('#', line) for line in lines}
            for lines in (before, now)]
    return 'FAILED as before' if same[0] == same[1] else \
        'FAILED, but not as before'


def _lines(what, lines):
    said = ['not known, without results.json'] if lines is None else lines
    return [f'{what:8}{line}' for line in said or ['nothing is wrong']]


def repeat(past, conf, gdb, command):
    """Boot again; returns what results.json says of it, and the QEMU command
    line for people.
    """
    progress = Progress(verbose=conf.verbose)
    record = past.record
    selection = only(record.selection, past.test)
    built = rebuilt(record, selection, conf, progress)
    # An initramfs of other origin is one archive, with all programs in it.
    whole = None if set(selection.programs) <= set(record.archives) \
        else built.initrd
    limit = record.limit
    if gdb:
        stub = f'127.0.0.1:{_free_port()}'
        built = built.with_qemu('-gdb', f'tcp:{stub}', '-S')
        limit = math.inf
        print(f"The guest waits for: gdb {built.image} -ex 'target remote "
              f"{stub}'", 'It has symbols, but no lines. "hbreak function" '
              'and "continue" let it begin; Ctrl-C here ends it.', sep='\n',
              flush=True)
    with pipeline.results_folder(conf, 'repro') as out:
        try:
            with progress.phase('boot'):
                booted = pipeline.run_guest(
                    built, conf, out, progress, selection,
                    record.extra_cmdline, limit, whole, record.accel,
                    scenario=record.scenario)
        finally:
            if gdb:
                # It would wait for a debugger whenever it is repeated.
                (out / bootrecord.NAME).unlink(missing_ok=True)
        initrd = out / 'initrd.cpio'
        initrd.write_bytes(b''.join(
            built.archives[name].read_bytes()
            for name in ['', *(() if whole else selection.programs)]))
        facts, decided = judge.judge(built, booted, selection, out)
        found = judge.write(built, booted, facts, decided, out, command,
                            progress.phases)
        return found, boot.plain_command(built.machine, record.accel,
                                         built.image, initrd, booted.cmdline)


def main():
    conf = settings.from_environment()
    run, test, gdb = (os.environ.get(name, '')
                      for name in ('RUN', 'TEST', 'GDB'))
    with locked(conf.state):
        past = find(conf.state / 'results', run, test)
        command = f'make repro RUN={run} TEST={shlex.quote(test)}'
        found, qemu = repeat(past, conf, gdb == '1', command)
    before, now = about(past.found, past.test), about(found, past.test)
    print(results.summary(found).rpartition('\n')[0])
    print(f'{past.test}: {compare(before, now)}',
          *_lines('before:', before), *_lines('now:', now),
          f'again: {command}', f'without us: {shlex.join(qemu)}',
          results.summary(found).rpartition('\n')[2], sep='\n')
    return 0 if found['verdict'] == 'pass' else 1


if __name__ == '__main__':
    entry(main)
