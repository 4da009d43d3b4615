# SPDX-License-Identifier: GPL-2.0
"""Seeded bugs as jobs of make matrix: MUTANTS=folder, as make mutants takes it.

Each is a kernel of its own, beside the one without. On each machine it meets the
boots of the test that it names, or all if it names none, and is to fail there.
One that no machine finds fails the matrix, unless it says itself that no test can
see it. "make mutants" tries what promises most first, and no more than it takes;
here each machine tells what it finds by itself.

A row, as results.json of a matrix has it:

  name, class, unseen   as in kill_rows.py
  kernel                what it was built into: the beginning of its jobs' names
  status                likewise; "lost" if no job has told anything
  text                  why it is not applicable, or broken
  jobs                  {job: {how, test, text}}; how is "" if all passed, or if
                        the machine fails without a bug, too, as text says then
"""

import os
from dataclasses import dataclass, field, replace

import kernels
import kill
import kill_rows
import killplan
import mutant
from common import Fatal

LOST = 'lost'


@dataclass
class Bred:
    """A seeded bug in one kernel."""
    bug: mutant.Mutant
    kernel: str
    control: list               # names of the jobs without the bug
    built: object = None        # pipeline.Built, if there is one with the bug
    status: str = ''            # else why not
    text: str = ''
    jobs: list = field(default_factory=list)    # names of those with it

    def add_jobs(self, names):
        """These are all its jobs."""
        self.jobs = list(names)
        if not self.jobs:
            self.status = kill_rows.INAPPLICABLE
            self.text = 'none of MACHINES= has the boot that it shows in'


def folder():
    """The folder with the bugs, or None without MUTANTS=."""
    return mutant.folder(os.environ['MUTANTS']) if os.environ.get('MUTANTS') \
        else None


def _build(bred, path, scratch, built, state):
    """Fill in a Bred; Fatal if the bug cannot be built."""
    bred.bug = mutant.read(path)
    config = (built.kbuild.obj / '.config').read_text()
    bred.text = bred.bug.inapplicable(built.kbuild.arch, config,
                                      built.tree.path)
    if bred.text:
        bred.status = kill_rows.INAPPLICABLE
        return
    image = scratch.build(bred.bug)
    place = kernels.keep(image.image, built.kbuild.target.image, state)
    image.image.unlink()
    bred.built = replace(built, image=kernels.find(place, state))


def breed(where, kernel, control, built, conf, progress, out):
    """All bugs of the folder where in one kernel, each as a Bred.

    control: names of the jobs of the kernel without.
    """
    paths, found = mutant.paths(where), []
    scratch = mutant.Scratch(built, conf, progress, out / 'build.log', 'matrix')
    try:
        with progress.phase(f'{len(paths)} seeded bugs'):
            for number, path in enumerate(paths, 1):
                progress.note(f'{number} of {len(paths)}: {path.stem}')
                bred = Bred(mutant.Mutant(path, path.stem, [], []), kernel,
                            list(control))
                try:
                    _build(bred, path, scratch, built, conf.state)
                except Fatal as e:
                    bred.status, bred.text = kill_rows.unbuilt(e), str(e)
                found.append(bred)
    finally:
        scratch.remove()
    return found


def boots(bred, conf, every):
    """The boots that a bug meets on the reference, of all that there are."""
    return killplan.by_its_own_word(bred.bug, conf,
                                    bred.built.tree.path) or every


def _status(said):
    if any(says['how'] not in ('', LOST) for says in said):
        return kill_rows.KILLED
    return LOST if any(says['how'] == LOST for says in said) else \
        kill_rows.SURVIVED


def row(bred, jobs):
    """What the jobs, results.json by name, say of a bug."""
    failing = {jobs[name]['machine'] for name in bred.control
               if jobs[name]['verdict'] != 'pass'}
    said = {name: jobs[name].get('killed', says((LOST, '', '')))
            if jobs[name]['machine'] not in failing
            else says(('', '', 'fails without a bug, too'))
            for name in bred.jobs}
    return {'name': bred.bug.name, 'class': bred.bug.kind,
            'unseen': bred.bug.unseen, 'kernel': bred.kernel,
            'status': bred.status or _status(said.values()),
            'text': bred.text, 'jobs': said}


def says(said):
    """What a boot says, (how, test, text) or None, as results.json has it."""
    return dict(zip(('how', 'test', 'text'), said or ('', '', '')))


def outcome(said):
    """What a job says, in a few words."""
    if said['how'] in ('', LOST):
        return said['how'] or said['text'] or 'sees nothing'
    return f'{said["how"]}: {said["test"] or said["text"]}'


def reasons(rows):
    """What of it fails a matrix, as results.json has reasons."""
    return [{'kind': r['status'], 'test': '',
             'text': f'{r["kernel"]}, {r["name"]}: {_why(r)}'}
            for r in rows if r['status'] in (LOST, kill_rows.BROKEN) or
            r['status'] == kill_rows.SURVIVED and not r['unseen']]


def _why(row):
    if row['status'] == kill_rows.SURVIVED:
        return 'no machine has a test that sees this bug'
    return row['text'] or 'no worker brought its jobs to an end'


def summary(rows):
    """The bugs of each kernel in a line."""
    lines = []
    for kernel in dict.fromkeys(r['kernel'] for r in rows):
        some = [r for r in rows if r['kernel'] == kernel]
        named = sum(any(says['how'] in kill.NAMED
                        for says in r['jobs'].values()) for r in some)
        counts = kill_rows.counts(some)
        lines.append(f'  {kernel}: {len(some)} seeded bugs: ' + ', '.join(
            f'{n} {status}' for status, n in counts.items() if n) +
            f'; {named} by a named test')
    return lines
