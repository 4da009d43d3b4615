# SPDX-License-Identifier: GPL-2.0
"""Runs jobs of make matrix on workers, by GNU parallel, and brings back what
they logged. What that means is for others to judge.

A job on a worker ends with status 0 whenever its guest has run. Any other status
means that the worker was lost, or is not fit: only then GNU parallel tries again,
on another one. A job is done when its logs are here.
"""

import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path

import matrix_hosts
import matrix_joblog
import matrix_stage
import matrix_worker
from common import Fatal, child_env, stop_group

LOG = 'parallel.log'

_POLL = 0.2
# Logs that were lost on their way back, with a worker, are made once more.
_ROUNDS = 2
# What a worker gets to end QEMU and to remove its files, in ms.
_TERMSEQ = 'TERM,5000,KILL,100'
_ENDING = 15


class Dispatch:
    """Jobs, by name, and the folders that they take here and on workers."""

    def __init__(self, jobs, workers, state, out, progress):
        self.jobs = jobs
        self.workers = workers
        self.out = out
        self._state = state
        self._progress = progress
        # The same for all workers; nobody else's.
        self._there = Path('/tmp', f'memhp-matrix-{secrets.token_hex(4)}')

    @contextmanager
    def _ready(self):
        """The folder here. Whatever happens, nothing is left behind."""
        with tempfile.TemporaryDirectory(prefix='matrix-',
                                         dir=self._state) as tmp:
            here = Path(tmp)
            matrix_stage.write(here, self.jobs)
            (here / 'kernels').symlink_to(self._state / 'kernels')
            try:
                yield here
            finally:
                for e in matrix_hosts.clean(self.workers, self._there,
                                            matrix_worker.RUNNING):
                    self._progress.say(f'{e}; may be left: {self._there}')

    def _prepare(self, here):
        """Ship what all jobs share. Returns the workers that have it, and a
        Fatal for each other.
        """
        qemus = sorted({f'qemu-system-{j.machine["qemu_arch"]}'
                        for j in self.jobs.values()})
        ready, bad = matrix_hosts.probe(self.workers, self._there, qemus)
        paths = [matrix_stage.PROGRAM, *(
            f'kernels/{p}' for p in matrix_stage.places(self.jobs))]
        lost = matrix_hosts.ship(ready, here, paths, self._there)
        places = {str(e).partition(': ')[0] for e in lost}
        return [w for w in ready if w.place not in places], bad + lost

    def run(self):
        """Run the jobs. Each that is done, as it comes: (name, the folder with
        its logs, what outcome.json says). Those that never come are lost.
        """
        missing = set(self.jobs)
        with self._ready() as here:
            for number in range(_ROUNDS):
                ready, bad = self._prepare(here)
                if bad and not number:
                    raise bad[0]
                for e in bad:
                    self._progress.say(f'lost: {e}')
                if not ready:
                    return
                with closing(self._parallel(here, ready, sorted(missing))) \
                        as arrived:
                    for name in arrived:
                        missing.discard(name)
                        yield name, *matrix_stage.unpack(
                            here / f'{name}.tar.gz', self.out / name)
                if not missing:
                    return

    def _command(self, here, workers, names):
        logins, arguments = here / 'logins', here / 'names'
        logins.write_text(''.join(f'{w.login()}\n' for w in workers))
        arguments.write_text(''.join(f'{n}\n' for n in names))
        remote = ['--transferfile', 'jobs/{}.json', '--return', '{}.tar.gz',
                  '--cleanup'] if any(w.target for w in workers) else []
        return ['parallel', '--sshloginfile', str(logins), '--workdir',
                str(self._there), *remote,
                '--joblog', f'+{self.out / matrix_joblog.NAME}',
                # As often as there are workers to be lost, and once more.
                '--retries', str(len(workers) + 1), '--termseq', _TERMSEQ,
                '--arg-file', str(arguments),
                f'python3 -B {matrix_stage.PROGRAM} {{}} .']

    def _link(self, here, workers, names):
        """Give this machine, if it is a worker, its jobs."""
        if any(not w.target for w in workers):
            matrix_hosts.ship([w for w in workers if not w.target], here,
                              [f'jobs/{n}.json' for n in names], self._there)

    def _arrived(self, here, names):
        """Those of the names whose logs are here."""
        for name in names:
            local = self._there / f'{name}.tar.gz'
            # A login on this machine has it in the same place, and moves it.
            if not (here / local.name).exists() and \
                    any(not w.target for w in self.workers):
                try:
                    shutil.move(local, here / local.name)
                except FileNotFoundError:
                    continue
            if (here / local.name).exists():
                yield name

    def _parallel(self, here, workers, names):
        """Names of jobs, each when its logs are here."""
        self._link(here, workers, names)
        waiting = list(names)
        # Its own folder is not the user's.
        env = child_env(PARALLEL_HOME=str(here / 'parallel'))
        with open(self.out / LOG, 'ab') as log:
            proc = subprocess.Popen(
                self._command(here, workers, names), cwd=here, env=env,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True)
            try:
                while True:
                    ended = proc.poll() is not None
                    for name in list(self._arrived(here, waiting)):
                        waiting.remove(name)
                        yield name
                    if ended:
                        return
                    self._progress.note(f'{len(self.jobs) - len(waiting)} of '
                                        f'{len(self.jobs)} jobs are done')
                    time.sleep(_POLL)
            finally:
                if proc.poll() is None:
                    _end(proc)


def _end(proc):
    """End GNU parallel and what it started: it lets jobs go on if it is told
    once.
    """
    for _ in range(2):
        proc.send_signal(signal.SIGTERM)
        time.sleep(_POLL)
    try:
        proc.wait(_ENDING)
    except subprocess.TimeoutExpired:
        stop_group(proc)


def check():
    """Fatal unless GNU parallel is there."""
    try:
        said = subprocess.run(['parallel', '--version'], text=True,
                              capture_output=True, env=child_env()).stdout
    except FileNotFoundError:
        said = ''
    if not said.startswith('GNU parallel'):
        raise Fatal('GNU parallel is missing: apt-get install parallel (see '
                    'scripts/packages.txt)')
