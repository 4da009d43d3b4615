# SPDX-License-Identifier: GPL-2.0
"""make locksets: takes each hotplug path in a guest, records which locks are
held where and in which order they are taken, and compares that with the rules.
"""

import json
from dataclasses import asdict, replace

import judge
import lockrecord
import lockrules
import locktable
import pipeline
import rules
import scenarios
import settings
from common import Fatal, entry, locked
from progress import Progress
from verdict import Reason

PROGRAM = 'lockset_test'
# In the results folder.
JSON, DOT, OBSERVED = 'locksets.json', 'lock-order.dot', 'observed.ini'


def _has(config, words):
    """Are all of these options set in the text of a .config?"""
    lines = set(config.splitlines())
    return all(f'CONFIG_{w}=y' in lines or f'CONFIG_{w}=m' in lines
               for w in words)


def paths_here(chosen, config):
    """The paths that the kernel with this .config has, and a test takes."""
    return [path for path in chosen.driven()
            if _has(config, chosen.paths[path].words('config'))]


def compare(record, chosen, here):
    """{what was checked: [Finding]}; an empty list is a pass."""
    found = dict(lockrecord.check_functions(record, chosen, here))
    found.update(lockrecord.check_order(record, chosen))
    for (before, after), seen in lockrecord.known_order(record,
                                                       chosen).items():
        found[before, after] = [] if seen else [lockrecord.Finding(
            '', '', after, f'locks.ini knows it to be taken with {before} '
            'held, but it never is')]
    for what, times in record.lost.items():
        found[what, ''] = [lockrecord.Finding(
            '', '', '', f'{what}: {times} entries were not recorded')] \
            if times else []
    return found


def stale(record, chosen, path=None):
    """Whether what is checked in for this kernel is not what was recorded."""
    path = path or locktable.observed_path(chosen.kernel)
    return path.exists() and \
        path.read_text() != locktable.as_ini(record, chosen)


def _write(out, found, record, chosen, decided):
    pairs = locktable.order(record, chosen)
    (out / DOT).write_text(locktable.dot(pairs, chosen))
    (out / OBSERVED).write_text(locktable.as_ini(record, chosen))
    (out / JSON).write_text(json.dumps({
        'kernel': asdict(chosen.kernel),
        'boot': [r.text for r in decided.reasons],
        'findings': [asdict(f) for all_ in found.values() for f in all_],
        'table': [{'path': path, 'locks': modes}
                  for path, modes in locktable.rows(record, chosen)],
        'order': [{'before': a, 'after': b, 'known': known}
                  for a, b, known in pairs],
        'edges': [asdict(e) for e in lockrecord.edges(record)],
        'sights': [{**asdict(sight), 'count': count}
                   for sight, count in record.sights.items()],
        'overhead': record.overhead(),
    }, indent=1) + '\n')


def recorded(built, out, chosen):
    """What a boot of PROGRAM, whose logs are in the folder out, has shown of
    locks: (what compare() says, the record).
    """
    lines = (out / 'guest.log').read_text(errors='replace').splitlines()
    record = lockrecord.parse(lines, chosen)
    config = (built.kbuild.here / '.config').read_text()
    return compare(record, chosen, paths_here(chosen, config)), record


def examine(built, booted, selection, out, chosen):
    """recorded(), and the boot's verdict."""
    decided = judge.judge(built, booted, selection, out)[1]
    return *recorded(built, out, chosen), decided


def with_findings(decided, found):
    """The verdict on a boot and on the locks that it has shown."""
    reasons = [Reason('locks', str(f)) for all_ in found.values() for f in all_]
    return replace(decided, failed=decided.failed + len(reasons),
                   reasons=[*decided.reasons, *reasons])


def plan(conf, built):
    """The one boot that all paths are taken in."""
    boots = scenarios.plan(conf.arch, built.selection, built.tree.path)
    if len(boots) != 1:
        raise Fatal(f'{PROGRAM} is in more than one boot of '
                    f'scripts/scenarios/{conf.arch}.ini')
    return boots[0]


def _overhead(record):
    times = record.overhead()
    if not times:
        return 'overhead: not measured'
    return ('overhead: a memory block online and offline takes {:.1f} ms, '
            '{:.1f} ms with probes: {:.2f} times as long'.format(*times))


def main():
    asked = settings.from_environment()
    conf = replace(asked, tests=PROGRAM)
    progress = Progress(verbose=conf.verbose)
    with locked(conf.state), \
            pipeline.results_folder(conf, f'{conf.arch}-locksets') as out:
        built = pipeline.build(conf, progress, out, 'kselftests')
        chosen = lockrules.LockRules(rules.Kernel(built.tree.release,
                                                  conf.arch))
        scenario = plan(conf, built)
        with progress.phase('boot'):
            booted = pipeline.run_scenario(built, scenario, conf, out,
                                           progress)
        run, decided = judge.judge(built, booted, scenario.selection, out)
        found, record = recorded(built, out, chosen)
        _write(out, found, record, chosen, decided)
        checked_in = locktable.observed_path(chosen.kernel)
        old = lockrecord.Finding(
            '', '', '', f'{checked_in} is not what was recorded: if that is '
            f'right, copy {out / OBSERVED} there')
        found[checked_in.name, ''] = [old] if stale(record, chosen) else []
        judge.write(built, booted, run, with_findings(decided, found), out,
                    asked.command('locksets'), progress.phases)
    print(*locktable.text(record, chosen), sep='\n')
    print(_overhead(record))
    for reason in decided.reasons:
        print(f'FAILED: {reason.text}')
    for finding in (f for all_ in found.values() for f in all_):
        print(f'FAILED: {finding}')
    failed = sum(map(bool, found.values()))
    print(f'results: {out / JSON}, {DOT}, {OBSERVED}')
    print(f'report: {out / "report.html"}')
    # A boot that is not all right is one more.
    print(f'{len(found) - failed} passed, {failed + (not decided.ok)} failed, '
          f'0 skipped')
    return 1 if failed or not decided.ok else 0


if __name__ == '__main__':
    entry(main)
