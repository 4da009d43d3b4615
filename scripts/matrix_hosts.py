# SPDX-License-Identifier: GPL-2.0
"""The workers of make matrix: this machine, or those that HOSTS=file names.

A line of the file is a login as GNU parallel has it:

  [N/][ssh option ...] [user@]host      N guests at a time there, as a rule half
  [N/]:                                 as many as it has CPUs; ":" is this host

What follows a "#" is a comment.
"""

import json
import os
import re
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from common import Fatal, child_env

# Nobody is there to be asked, and a worker that is switched off is not waited
# for. What a line says itself comes first, and so counts.
_SSH_OPTIONS = ('-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10',
                '-o', 'ServerAliveInterval=10', '-o', 'ServerAliveCountMax=3')
_LINE = re.compile(r'(?:(\d+)/)?\s*(?:(:)|(ssh(?: \S+)* )?(\S+))')
_TARGET = re.compile(r'(\w[\w.-]*@)?\w[\w.:-]*')
# Of a guest with four CPUs, two are busy as a rule.
_CPUS_A_GUEST = 2
_PATIENCE = 60

# Besides python3, which runs this.
_NEEDED = ('rsync', 'perl', 'setpriv')

_PROBE = '''
import json, os, shutil, sys
if sys.argv[1]:
    os.makedirs(sys.argv[1], 0o700, exist_ok=True)
print(json.dumps({'missing': [c for c in sys.argv[2:] if not shutil.which(c)],
                  'cpus': len(os.sched_getaffinity(0))}))
'''

# Whoever still runs there ends by itself, now that its login is gone.
_CLEAN = '''
import fcntl, os, shutil, sys, time
top, lock = sys.argv[1:]
end = time.monotonic() + 15
while os.path.exists(top):
    try:
        with open(os.path.join(top, lock), 'w') as f:
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(top, ignore_errors=True)
    except OSError:
        time.sleep(0.1)
    if time.monotonic() > end:
        sys.exit(top + ' is left there')
'''


@dataclass(frozen=True)
class Worker:
    """Where jobs run."""
    place: str              # in which file and line, for messages
    jobs: int               # at a time; 0 for what its CPUs allow
    ssh: tuple = ()         # the command that logs in, but for the target
    target: str = ''        # '' is this machine

    def __str__(self):
        return self.target or 'this machine'

    def login(self):
        """For GNU parallel's --sshloginfile."""
        words = ' '.join((*self.ssh, self.target)) if self.target else ':'
        return f'{self.jobs}/{words}'

    def python(self, text, *args, patience=_PATIENCE):
        """Run a piece of Python there; returns what it prints, or Fatal."""
        words = ['python3', '-', *args]
        if self.target:
            words = [*self.ssh, self.target, shlex.join(words)]
        try:
            done = subprocess.run(words, input=text, text=True,
                                  capture_output=True, env=child_env(),
                                  start_new_session=True, timeout=patience)
        except subprocess.TimeoutExpired:
            raise Fatal(f'{self.place}: {self}: no answer in {patience} s')
        if done.returncode:
            raise Fatal(f'{self.place}: {self}: {_why(done)}')
        return done.stdout


def _why(done):
    lines = done.stderr.strip().splitlines() or [f'exit {done.returncode}']
    return lines[-1].strip()


def here(jobs):
    """This machine, where J= is how many CPUs there are for it."""
    return [Worker('J=', max(1, jobs // _CPUS_A_GUEST))]


def _parse(place, line):
    match = _LINE.fullmatch(line)
    if not match or re.search(r'''[,"'\\$`;&|<>*?]''', line):
        raise Fatal(f'{place}: not [N/][ssh option ...] [user@]host, nor [N/]:'
                    f': {line}')
    number, local, ssh, target = match.groups()
    if number and not int(number):
        raise Fatal(f'{place}: no jobs at a time: {line}')
    if local:
        return Worker(place, int(number or 0))
    if not _TARGET.fullmatch(target):
        raise Fatal(f'{place}: {target} is not a host')
    return Worker(place, int(number or 0),
                  (*(ssh or 'ssh').split(), *_SSH_OPTIONS), target)


def read(path):
    """The workers that a file names, or Fatal."""
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as e:
        raise Fatal(f'cannot read HOSTS={path}: '
                    f'{getattr(e, "strerror", "it is not text")}')
    workers = []
    for number, line in enumerate(lines, 1):
        line = line.partition('#')[0].strip()
        place = f'HOSTS={path}, line {number}'
        if not line:
            continue
        worker = _parse(place, line)
        if any((w.ssh, w.target) == (worker.ssh, worker.target)
               for w in workers):
            raise Fatal(f'{place}: a second time: {line}')
        workers.append(worker)
    if not workers:
        raise Fatal(f'HOSTS={path} names no host')
    return workers


def _ready(worker, folder, qemus):
    found = json.loads(worker.python(_PROBE, str(folder), *_NEEDED, *qemus))
    if found['missing']:
        raise Fatal(f'{worker.place}: {worker} lacks '
                    f'{", ".join(found["missing"])}')
    return replace(worker, jobs=worker.jobs or
                   max(1, found['cpus'] // _CPUS_A_GUEST))


def _each(function, workers):
    """Of all workers at once: (worker, result or the Fatal)."""
    def one(worker):
        try:
            return worker, function(worker)
        except Fatal as e:
            return worker, e
    with ThreadPoolExecutor(max(1, len(workers))) as pool:
        return list(pool.map(one, workers))


def probe(workers, folder='', qemus=()):
    """See what each worker has, and make a folder there, if one is given.
    Returns those that are ready and a Fatal for each that is not.
    """
    found = [result for _, result in _each(
        lambda w: _ready(w, folder, qemus), workers)]
    return [f for f in found if isinstance(f, Worker)], \
        [f for f in found if isinstance(f, Fatal)]


def ship(workers, top, paths, folder):
    """Copy files, by their paths from a folder here, to the folder there.
    Returns a Fatal for each worker that did not get them.
    """
    def send(worker):
        if worker.target:
            done = subprocess.run(
                ['rsync', '-rLR', '--chmod=u+rwX', '-e', shlex.join(worker.ssh),
                 *paths, f'{worker.target}:{folder}/'],
                cwd=top, env=child_env(), stdin=subprocess.DEVNULL, text=True,
                capture_output=True, start_new_session=True)
            if done.returncode:
                raise Fatal(f'{worker.place}: {worker}: {_why(done)}')
        else:
            for path in paths:
                link = folder / path
                link.parent.mkdir(parents=True, exist_ok=True)
                if not link.exists():
                    os.symlink(top / path, link)
    return [result for _, result in _each(send, workers) if result]


def clean(workers, folder, lock):
    """Remove the folder on the workers, once nobody runs there any more;
    returns a Fatal for each that it may be left on.
    """
    return [result for _, result in _each(
        lambda w: w.python(_CLEAN, str(folder), lock), workers)
        if isinstance(result, Fatal)]
