# SPDX-License-Identifier: GPL-2.0
"""From the logs of a boot to a verdict, and to the files that report it."""

import re

import common
import console
import expected
import kcidb
import known_reports
import ktap
import lockrecord
import lockrules
import locktable
import lost_messages
import machine
import races
import report
import results
import rules
import svg
import verdict
import zonelist_figure
import zonelist_map
from common import SCRIPTS, Fatal

# How much of the console report.html shows.
_TAIL = 60

# What of a console is KUnit's report: the parser wants no less.
_KTAP = re.compile(r'\s*(KTAP version|TAP version|\d+\.\.\d+|ok |not ok |#)')


def _lines(path, end=None):
    """A log's lines, decoded as far as it goes."""
    data = path.read_bytes()[:end] if path.exists() else b''
    return data.decode(errors='replace').splitlines()


def tolerated_races():
    """The table of races on zonelists that do not fail a run."""
    return races.load_tolerated(SCRIPTS / 'tolerated-races.txt')


def _write_ktap(out, log, guest):
    """Save what the tests said, without what was said around it."""
    messages = (console.message(line)[1] for line in log)
    kunit = [text for text in messages if _KTAP.match(text)]
    (out / 'kunit.ktap').write_text('\n'.join(kunit + ['']))
    marks = [i for i, line in enumerate(guest)
             if line.startswith('memhp: kselftest=')] + [len(guest)]
    program = guest[marks[0] + 1:marks[1]] if len(marks) > 1 else []
    (out / 'kselftest.ktap').write_text('\n'.join(program + ['']))


def locksets(built, guest):
    """Which locks lockset_test saw held, as results.json has it; nothing where it
    did not run, or not to its end. What is wrong with it "make locksets" says.
    """
    chosen = lockrules.LockRules(rules.Kernel(built.tree.release,
                                              built.kbuild.arch))
    try:
        record = lockrecord.parse(guest, chosen)
    except (Fatal, ValueError):     # a log may break off within a line
        return None
    return locktable.data(locktable.rows(record, chosen), chosen)


def judge(built, boot, selection, out):
    """What is known of a boot whose logs are in the folder out, and what to
    think of it: a verdict.Run and its verdict.Verdict.
    """
    tools = built.tree.testing
    log = _lines(out / 'console.log', boot.outcome.console_end)
    guest = _lines(out / 'guest.log')
    sanitizer = built.kbuild.sanitizer
    facts, benign = verdict.facts(log), races.Races()
    splats, lost = lost_messages.scan(log, _lines(out / 'kmsg.log'), boot.nonce)
    zonelists = races.zonelists(facts)
    if sanitizer == 'kcsan':
        splats, benign = races.sort(splats, zonelists, tolerated_races())
    kernel = rules.Kernel(built.tree.release, built.kbuild.arch)
    splats, known = known_reports.sort(splats, expected.reports(kernel))
    run = verdict.Run(
        nonce=boot.nonce,
        boot=verdict.Boot(boot.outcome.kind, boot.outcome.text),
        guest=verdict.facts(guest),
        console=facts,
        splats=splats, lost=lost,
        kunit=ktap.parse_kunit(tools, log) if selection.suites
        else ktap.Ktap(),
        kselftest=ktap.parse_kselftest(tools, guest) if selection.programs
        else ktap.Ktap(),
        suites=selection.suites,
        programs=selection.programs,
        expected_skips=expected.skips(kernel, built.machine_name),
        sanitizer=sanitizer, zonelists=zonelists, races=benign, known=known,
        interleave=zonelist_map.parse(log),
        locksets=locksets(built, guest))
    run.kselftest.seconds.update(verdict.took(facts))
    return run, verdict.decide(run)


def write(built, boot, run, decided, out, command, phases, host=''):
    """Leave results.json, junit.xml, kcidb.json, report.html, the raw KTAP and
    the map of zonelist_interleave in the folder out; returns what results.json
    says.

    host: that it ran on, if that is not this one.
    """
    tree = built.tree
    log = _lines(out / 'console.log', boot.outcome.console_end)
    _write_ktap(out, log, _lines(out / 'guest.log'))
    info = results.Info(
        id=out.name,
        kernel={'release': tree.release, 'source': tree.source,
                'arch': built.kbuild.arch,
                'sanitizer': built.kbuild.sanitizer,
                'config': str(built.kbuild.obj / '.config'),
                'commit': tree.commit},
        machine=machine.text(built.kbuild.arch, built.machine_name),
        accel=boot.accel, command=command,
        host=host or common.host(),
        report=str(out / 'report.html'), phases=phases)
    found = results.collect(run, decided, info)
    results.write(out, found)
    kcidb.write(out, found)
    _write_page(found, out, log[-_TAIL:])
    return found


def _write_page(found, out, tail=()):
    figure = ''
    if found['interleave'] and found['interleave']['maps']:
        figure = zonelist_figure.draw(found, found['interleave']['maps'])
        (out / 'zonelist-map.svg').write_text(svg.as_file(figure))
    (out / 'report.html').write_text(report.render(found, tail, figure))


def write_all(boots, out, phases):
    """Leave the results of several boots, each in a folder of its own in out,
    as one: results.json, junit.xml, kcidb.json and report.html.
    """
    found = results.merge(boots, out.name, str(out / 'report.html'), phases)
    results.write(out, found)
    kcidb.write(out, found)
    _write_page(found, out)
    return found
