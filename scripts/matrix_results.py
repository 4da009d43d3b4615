# SPDX-License-Identifier: GPL-2.0
"""The results of the jobs of make matrix, as those of one run.

results.json is as results.py has it for a run of several boots, a job in the
place of a scenario. What is said of kernel, machine and host is of all jobs;
interleave is null, since each job has its own; and there is one thing more:

  jobs  [{name, release, arch, sanitizer, machine, host, verdict, counts,
          seconds}]; seconds is null for a job that was lost
  busy  the part of the time of all places for a guest that were used in which
        there was one, from the first job to the last; null where no job ran
"""

import kcidb
import machine
import matrix_joblog
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
    return (f'{number} of {total}: {name}: {counts["passed"]} passed, '
            f'{counts["failed"]} failed, {counts["skipped"]} skipped'
            f'{took}{where}')


def _all(texts):
    """Of all jobs, each once."""
    return ', '.join(dict.fromkeys(filter(None, texts)))


def write(jobs, out, phases):
    """Leave the results of all jobs in the folder out, which may have a log of
    them; returns results.json.
    """
    parts = list(jobs.values())
    ran = matrix_joblog.read(out / matrix_joblog.NAME)
    found = results.merge(jobs, out.name, str(out / 'report.html'), phases)
    found |= {key: _all(p[key] for p in parts)
              for key in ('machine', 'accel', 'host', 'command')}
    found['kernel'] = {key: _all(p['kernel'][key] for p in parts)
                       for key in parts[0]['kernel']}
    found['jobs'] = [{
        'name': name, **{key: p['kernel'][key]
                         for key in ('release', 'arch', 'sanitizer')},
        **{key: p[key] for key in ('machine', 'host', 'verdict', 'counts')},
        'seconds': _seconds(p)} for name, p in jobs.items()]
    found['busy'] = matrix_joblog.busy(ran)
    found['interleave'] = None
    results.write(out, found)
    (out / 'report.html').write_text(report.render(
        found, more=f'{matrix_page.jobs(found, ran)}\n'
                    f'{matrix_page.interleavings(jobs)}'))
    return found


def summary(found):
    """The results on one screen, jobs that failed first."""
    jobs = sorted(found['jobs'], key=lambda j: j['verdict'] == 'pass')
    bad = sum(j['verdict'] != 'pass' for j in jobs)
    counts = found['counts']
    lines = [f'{"FAILED" if bad else "PASSED"}: {len(jobs)} jobs, {bad} failed']
    lines += results.capped(
        [f'  {j["name"]:48}{j["counts"]["passed"]:4} passed'
         f'{j["counts"]["failed"]:4} failed{j["counts"]["skipped"]:4} skipped'
         for j in jobs], _SHOWN)
    lines += results.capped([f'  {results.shorten(clean(r["text"]))}'
                             for r in found['reasons']], results.REASON_LINES)
    return '\n'.join([*lines, f'report: {found["report"]}',
                      f'{counts["passed"]} passed, {counts["failed"]} failed, '
                      f'{counts["skipped"]} skipped'])
