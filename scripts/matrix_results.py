# SPDX-License-Identifier: GPL-2.0
"""The results of the jobs of make matrix, as those of one run.

results.json is as results.py has it for a run of several boots, a job in the
place of a scenario. What is said of kernel, machine and host is of all jobs;
interleave is null, since each job has its own; and there is one thing more:

  jobs     [{name, release, arch, sanitizer, machine, host, verdict, counts,
             seconds, bug}]; seconds is null for a job that was lost; bug is ""
             unless its kernel has a seeded bug: then it is to fail
  mutants  as matrix_mutants.py has it; what their jobs say is in there alone
  busy     the part of the time of all places for a guest that were used in which
           there was one, from the first job to the last; null where no job ran
"""

import kcidb
import machine
import matrix_joblog
import matrix_mutants
import matrix_page
import report
import results
import verdict
from results import clean

_SHOWN = 40


def lost(name, cell, out):
    """The results of a job that no worker brought to an end."""
    built, folder = cell.built, out / name
    folder.mkdir(exist_ok=True)
    why = verdict.Reason('lost', 'lost: no worker brought this job to an end')
    run = verdict.Run(nonce=cell.nonce, boot=verdict.Boot('lost'), guest={},
                      console={})
    tree, build = built.tree, built.kbuild
    found = results.collect(
        run, verdict.Verdict(0, 1, 0, [why], []), results.Info(
            id=name, machine=machine.text(build.arch, built.machine_name),
            accel='', host='',
            kernel={'release': tree.release, 'source': tree.source,
                    'arch': build.arch, 'sanitizer': build.sanitizer,
                    'config': str(build.obj / '.config'),
                    'commit': tree.commit},
            command=cell.command, report=str(folder / 'report.html'),
            phases=[]))
    results.write(folder, found)
    kcidb.write(folder, found)
    (folder / 'report.html').write_text(report.render(found))
    return found


def _seconds(found):
    return found['phases'][-1]['seconds'] if found['phases'] else None


def line(name, found, number, total):
    """A job that is done, in a line."""
    counts, seconds = found['counts'], _seconds(found)
    took = '' if seconds is None else f', {seconds:.0f} s'
    where = f' on {found["host"].partition(":")[0]}' if found['host'] else ''
    said = matrix_mutants.outcome(found['killed']) if 'killed' in found else \
        (f'{counts["passed"]} passed, {counts["failed"]} failed, '
         f'{counts["skipped"]} skipped')
    return f'{number} of {total}: {name}: {said}{took}{where}'


def _all(texts):
    """Of all jobs, each once."""
    return ', '.join(dict.fromkeys(filter(None, texts)))


def _add_mutants(found, bugs, jobs):
    """What became of the seeded bugs; it may fail the matrix."""
    found['mutants'] = [matrix_mutants.row(bred, jobs) for bred in bugs]
    reasons = matrix_mutants.reasons(found['mutants'])
    if reasons:
        found['verdict'] = 'fail'
    found['reasons'] = found['reasons'] + reasons
    found['counts'] = {**found['counts'],
                       'failed': found['counts']['failed'] + len(reasons)}


def write(jobs, bugs, out, phases):
    """Leave the results of all jobs in the folder out, which may have a log of
    them; returns results.json.

    bugs: the seeded ones, each a matrix_mutants.Bred.
    """
    parts = list(jobs.values())
    ran = matrix_joblog.read(out / matrix_joblog.NAME)
    bug_of = {name: bred.bug.name for bred in bugs for name in bred.jobs}
    found = results.merge({n: p for n, p in jobs.items() if n not in bug_of},
                          out.name, str(out / 'report.html'), phases)
    found |= {key: _all(p[key] for p in parts)
              for key in ('machine', 'accel', 'host', 'command')}
    found['kernel'] = {key: _all(p['kernel'][key] for p in parts)
                       for key in parts[0]['kernel']}
    found['jobs'] = [{
        'name': name, **{key: p['kernel'][key]
                         for key in ('release', 'arch', 'sanitizer')},
        **{key: p[key] for key in ('machine', 'host', 'verdict', 'counts')},
        'seconds': _seconds(p), 'bug': bug_of.get(name, '')}
        for name, p in jobs.items()]
    found['busy'] = matrix_joblog.busy(ran)
    found['interleave'] = None
    _add_mutants(found, bugs, jobs)
    results.write(out, found)
    (out / 'report.html').write_text(report.render(
        found, more=f'{matrix_page.jobs(found, ran)}\n'
                    f'{matrix_page.mutants(found["mutants"])}\n'
                    f'{matrix_page.interleavings(jobs)}'))
    return found


def summary(found):
    """The results on one screen, jobs that failed first."""
    jobs = sorted((j for j in found['jobs'] if not j['bug']),
                  key=lambda j: j['verdict'] == 'pass')
    bad = sum(j['verdict'] != 'pass' for j in jobs)
    counts = found['counts']
    lines = [f'{"PASSED" if found["verdict"] == "pass" else "FAILED"}: '
             f'{len(jobs)} jobs, {bad} failed']
    lines += results.capped(
        [f'  {j["name"]:48}{j["counts"]["passed"]:4} passed'
         f'{j["counts"]["failed"]:4} failed{j["counts"]["skipped"]:4} skipped'
         for j in jobs], _SHOWN)
    lines += matrix_mutants.summary(found['mutants'])
    lines += results.capped([f'  {results.shorten(clean(r["text"]))}'
                             for r in found['reasons']], results.REASON_LINES)
    return '\n'.join([*lines, f'report: {found["report"]}',
                      f'{counts["passed"]} passed, {counts["failed"]} failed, '
                      f'{counts["skipped"]} skipped'])
