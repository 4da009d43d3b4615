# SPDX-License-Identifier: GPL-2.0
"""make matrix: all boots over kernels, archs, machines, sanitizers and seeded
bugs, as jobs that have nothing to do with each other, here or on the workers of
HOSTS=file.

Kernels are built here, one after the other; workers boot them; the logs come
back and are judged here. An interrupted matrix is taken up again if kernels,
tests and machines are the same: a job whose results are there is not run again,
whether it passed or failed.
"""

import hashlib
import json
import os
import secrets
import shutil
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import boot
import bootrecord
import judge
import kbuild
import kernels
import kill
import kill_watch
import machine
import matrix_batch
import matrix_dispatch
import matrix_hosts
import matrix_mutants
import matrix_results
import matrix_stage
import mutant
import pipeline
import results
import scenarios
import settings
import tree as trees
from common import Fatal, entry, locked
from progress import Progress

_NONE = 'none'
_PLAN = 'jobs.json'
# A worker may be slow, or busy: tests have limits of their own.
_PATIENCE = 3


@dataclass(frozen=True)
class Cell:
    """One job: what is booted, and what it takes to judge that."""
    built: pipeline.Built
    scenario: scenarios.Scenario
    nonce: str
    job: matrix_stage.Job
    command: str
    bug: object = None      # the mutant.Mutant that the kernel has


def _words(name, default, known=None):
    """A variable of make as a list of words, or Fatal."""
    words = list(dict.fromkeys(os.environ.get(name, '').split())) or default
    for word in words:
        if known and word not in known:
            raise Fatal(f'{name} has {word}: known are {", ".join(known)}')
    return words


def _configurations(conf):
    """The settings of each kernel that is to be built."""
    given = [str(conf.kdir)] if conf.kdir else [conf.kernel]
    names = {}
    for kernel in _words('KERNELS', given):
        kdir = Path(kernel).absolute() if '/' in kernel else None
        name = kdir.name if kdir else kernel
        if name in names:
            raise Fatal(f'KERNELS has {name} twice: {names[name]}, {kernel}')
        names[name] = kernel
        for arch in _words('ARCHES', [conf.arch], kbuild.ARCHES):
            for sanitizer in _words('SANITIZERS', [conf.sanitizer or _NONE],
                                    (_NONE, *kbuild.SANITIZERS)):
                yield name, replace(
                    conf, kernel='' if kdir else kernel, kdir=kdir, arch=arch,
                    sanitizer='' if sanitizer == _NONE else sanitizer)


def _without_firmware(built, conf):
    """QEMU's words but for those about firmware that was fetched, which another
    host has elsewhere; and its place in the store, or ''.
    """
    words = list(built.machine.extra_qemu_params)
    if not built.kbuild.target.fetched_firmware:
        return words, ''
    at = words.index('-bios')
    place = kernels.keep(Path(words[at + 1]), 'firmware', conf.state)
    return words[:at] + words[at + 2:], place


def _cell(built, scenario, conf, command, bug=None):
    """The job that a boot is."""
    built = built.without(scenario.without)
    nonce = secrets.token_hex(8)
    params = built.machine
    words, place = _without_firmware(built, conf)
    job = matrix_stage.Job(
        firmware=place,
        machine={'linux_arch': params.linux_arch,
                 'qemu_arch': params.qemu_arch,
                 'kernel_command_line': params.kernel_command_line,
                 'extra_qemu_params': words},
        image=kernels.keep(built.image, built.kbuild.target.image, conf.state),
        archives=[kernels.keep(path, f'{name or "base"}.cpio', conf.state)
                  for name, path in
                  built.archives_for(scenario.selection).items()],
        cmdline=built.arguments(scenario.selection, scenario.cmdline, nonce),
        limit=_PATIENCE * pipeline.BOOT_LIMIT * built.kbuild.slowdown,
        silence=_PATIENCE * kill_watch.SILENCE if bug else 0)
    return Cell(built, scenario, nonce, job, command, bug)


def _command(conf, name, bug):
    """What runs all boots of a machine again, for people to paste."""
    words = [f'KERNELS={conf.kdir or conf.kernel}', f'ARCHES={conf.arch}',
             f'MACHINES={name}', f'SANITIZERS={conf.sanitizer or _NONE}']
    if conf.tests:
        words.append(f"TESTS='{conf.tests}'")
    if bug:
        words.append(f'MUTANTS={bug.path.parent}')
    return ' '.join(['make matrix', *words])


def _label(kernel, conf):
    """What the names of a kernel's jobs begin with."""
    return '-'.join(filter(None, (kernel, conf.arch, conf.sanitizer)))


def _boots(conf, built):
    """All that the reference does."""
    return (scenarios.plan if conf.tests else scenarios.every)(
        conf.arch, built.selection, built.tree.path)


def _cells(label, conf, built, boots, bug=None):
    """The jobs of one kernel, by name."""
    found = {}
    for name in machine.names(built.tree.path, conf.arch):
        if name not in _words('MACHINES', [name]):
            continue
        for scenario in boots if name == machine.REFERENCE \
                else scenarios.elsewhere(boots):
            title = '-'.join(filter(None, (
                label, bug and mutant.label(bug.name), name, scenario.name)))
            found[title] = _cell(built.on(name), scenario, conf,
                                 _command(conf, name, bug), bug)
    return found


def _cells_of_bugs(bred, conf, every):
    """The jobs of seeded bugs, by name."""
    cells = {}
    for one in bred:
        if one.built:
            jobs = _cells(one.kernel, conf, one.built,
                          matrix_mutants.boots(one, conf, every), one.bug)
            one.add_jobs(jobs)
            cells.update(jobs)
    return cells


def _check_machines(wanted, progress, out):
    """Fatal for an unknown machine, before anything is built. It takes a tree
    to read a description.
    """
    first = wanted[0]
    tree = trees.prepare(first.kernel, first.kdir, first.state, progress,
                         out / 'build.log')
    known = [name for one in wanted
             for name in machine.names(tree.path, one.arch)]
    _words('MACHINES', [], list(dict.fromkeys(known)))


def _build(conf, progress, out):
    """All kernels, with the jobs of all by name; and the seeded bugs in them."""
    wanted, cells, bugs = list(_configurations(conf)), {}, []
    folder = matrix_mutants.folder()
    _check_machines([one for _, one in wanted], progress, out)
    for kernel, one in wanted:
        built, label = pipeline.build(one, progress, out), _label(kernel, one)
        every = _boots(one, built)
        control = _cells(label, one, built, every)
        bred = matrix_mutants.breed(folder, label, control, built, one,
                                    progress, out) if folder else []
        cells.update(control | _cells_of_bugs(bred, one, every))
        bugs += bred
    if not cells:
        raise Fatal('no boot of TESTS= fits any of MACHINES=')
    return cells, bugs


def _key(cells):
    """Tells apart what is not the same jobs. A kernel with a seeded bug is built
    anew each time, and says when: there, the bug is what counts.
    """
    plan = {name: {**asdict(c.job), 'cmdline': c.job.cmdline.replace(
        c.nonce, '')} for name, c in cells.items()}
    for name, cell in cells.items():
        if cell.bug:
            plan[name]['image'] = kernels.digest(cell.bug.path)
    return hashlib.sha256(json.dumps(plan, sort_keys=True).encode()) \
        .hexdigest()


def _take_up(out, cells):
    """The results of an interrupted matrix that had the same jobs, by name."""
    key, done = _key(cells), {}
    for old in sorted(out.parent.glob('*-matrix*')):
        plan = old / _PLAN
        if old == out or (old / 'results.json').exists() or \
                not plan.exists() or json.loads(plan.read_text()) != key:
            continue
        for name in cells:
            if (old / name / 'results.json').exists():
                if (out / name).exists():
                    shutil.rmtree(out / name)
                shutil.move(old / name, out / name)
                done[name] = json.loads(
                    (out / name / 'results.json').read_text())
                done[name]['report'] = str(out / name / 'report.html')
        shutil.rmtree(old)
    (out / _PLAN).write_text(json.dumps(key) + '\n')
    return done


def _judge(cell, folder, told, conf):
    """From the logs of a job to its results."""
    built, scenario = cell.built, cell.scenario
    outcome = boot.Outcome(**told['outcome'])
    booted = pipeline.Boot(outcome, cell.nonce, told['cmdline'],
                           told['accel_text'])
    bootrecord.write(bootrecord.make(
        built, built.archives_for(scenario.selection), conf.state,
        scenario=scenario.name, selection=scenario.selection,
        extra_cmdline=scenario.cmdline, cmdline=told['cmdline'],
        accel=told['accel'], limit=cell.job.limit), folder)
    if cell.bug:
        facts, decided, said, _ = kill.judged(built, booted, scenario, folder)
    else:
        facts, decided = judge.judge(built, booted, scenario.selection, folder)
    found = judge.write(built, booted, facts, decided, folder, cell.command,
                        [('boot', outcome.seconds)], told['host'])
    if cell.bug:
        found['killed'] = matrix_mutants.says(said)
        results.write(folder, found)
    return found


def _run(cells, found, workers, conf, out, progress):
    """Run those of the jobs that are not done: as matrix_dispatch has it."""
    jobs = {name: c.job for name, c in cells.items() if name not in found}
    if jobs:
        yield from matrix_dispatch.Dispatch(jobs, workers, conf.state, out,
                                            progress).run()


def _conclude(cells, bugs, found, done, conf, out, progress):
    """Judge jobs as they come; returns what results.json says of all."""
    def say(name):
        progress.say(matrix_results.line(name, found[name], len(found),
                                         len(cells)))
    with progress.phase('jobs'), closing(done):
        for name, folder, told in done:
            found[name] = _judge(cells[name], folder, told, conf)
            say(name)
    for name in cells:
        if name not in found:
            found[name] = matrix_results.lost(name, cells[name], out)
            say(name)
    return matrix_results.write({name: found[name] for name in cells}, bugs,
                                out, progress.phases)


def _batch(folder, cells, bugs, conf, out, progress):
    """Fill a folder for others, or read what they have left there."""
    key = _key(cells)
    if not folder.exists():
        matrix_batch.write(folder, cells, key, conf.state)
        return None
    nonces = matrix_batch.nonces(folder, key)
    cells = {name: replace(c, nonce=nonces[name])
             for name, c in cells.items()}
    return _conclude(cells, bugs, {},
                     matrix_batch.results(folder, cells, out), conf, out,
                     progress)


def main():
    conf = settings.from_environment()
    hosts, batch = (os.environ.get(name) for name in ('HOSTS', 'BATCH'))
    folder = Path(batch).absolute() if batch else None
    workers = matrix_hosts.read(Path(hosts).absolute()) if hosts else \
        matrix_hosts.here(conf.jobs)
    matrix_dispatch.check()
    # Before anything is built for them.
    if folder:
        matrix_batch.check(folder)
    for e in matrix_hosts.probe(workers)[1]:
        raise e
    progress = Progress(verbose=conf.verbose)
    with locked(conf.state), \
            pipeline.results_folder(conf, 'matrix') as out:
        cells, bugs = _build(conf, progress, out)
        if folder:
            merged = _batch(folder, cells, bugs, conf, out, progress)
            if not merged:
                print(f'{len(cells)} jobs are in {folder}, which has their '
                      f'names: run each there with "python3 worker.pyz NAME '
                      f'/tmp", then give this command again')
                return 0
        else:
            found = _take_up(out, cells)
            if found:
                progress.say(f'goes on: {len(found)} of {len(cells)} jobs are '
                             f'done')
            merged = _conclude(
                cells, bugs, found,
                _run(cells, found, workers, conf, out, progress), conf, out,
                progress)
    print(matrix_results.summary(merged))
    return 0 if merged['verdict'] == 'pass' else 1


if __name__ == '__main__':
    entry(main)
