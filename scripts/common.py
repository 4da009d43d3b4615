# SPDX-License-Identifier: GPL-2.0
"""What every host script shares: paths, the one-line error, child processes."""

import fcntl
import os
import platform
import shlex
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
SCRIPTS = REPO / 'scripts'

# Ours or our caller's make's: they mean something else to the kernel's.
_OUR_VARIABLES = ('ARCH', 'ARCHES', 'BATCH', 'GDB', 'HOSTS', 'J', 'KDIR',
                  'KERNEL', 'KERNELS', 'MACHINES', 'MUTANTS', 'O', 'PARTS',
                  'PATCH', 'PEERS', 'RUN', 'RUNS', 'SANITIZER', 'SANITIZERS',
                  'TEST', 'TESTS', 'TIMES', 'TREE', 'V', 'MAKEFLAGS',
                  'MAKELEVEL', 'MAKEOVERRIDES', 'MFLAGS')


class Fatal(Exception):
    """Ends the command with one line: what is wrong and what to do."""


class CommandFailed(Fatal):
    """A command of ours failed; cause is the line of its log that says why."""

    def __init__(self, command, cause, log):
        super().__init__(f'{command} failed: {cause} (see {log})')
        self.cause = cause


def entry(main, *args):
    """Run a script's main() and end with its status, or with one line.

    Being terminated is like Ctrl-C: what was started is ended first.
    """
    def interrupt(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    try:
        sys.exit(main(*args))
    except Fatal as e:
        sys.exit(f'memhp: {e}')
    except KeyboardInterrupt:
        sys.exit('memhp: interrupted')


def child_env(**extra):
    """The environment for the kernel's own commands."""
    env = {k: v for k, v in os.environ.items() if k not in _OUR_VARIABLES}
    env['LC_ALL'] = 'C'
    env.update(extra)
    return env


def host():
    """The machine that we run on, for people."""
    return (f'{platform.machine()}, {os.cpu_count()} CPUs, Linux '
            f'{platform.release()}')


def stop_group(proc, patience=3):
    """End a process that leads its own group, and all that it started.

    patience: seconds until it is killed, to end what is in other groups.
    """
    for sig, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, None)):
        try:
            os.killpg(proc.pid, sig)
        except ProcessLookupError:
            pass
        try:
            proc.wait(seconds)
            return
        except subprocess.TimeoutExpired:
            continue


def run_logged(cmd, log, progress, env=None, cwd=None):
    """Run a command, its output going to the file log and its last line to
    the progress display. Whatever interrupts us, the command ends with us.
    """
    with open(log, 'ab') as out:
        out.write(f'$ {shlex.join(map(str, cmd))}\n'.encode())
        out.flush()
        proc = subprocess.Popen(cmd, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, cwd=cwd,
                                env=env or child_env(),
                                start_new_session=True)
        try:
            for line in proc.stdout:
                out.write(line)
                progress.note(line.decode(errors='replace').strip())
            proc.wait()
        finally:
            if proc.poll() is None:
                stop_group(proc)
    if proc.returncode:
        raise CommandFailed(Path(cmd[0]).name, _cause(log), log)


# What our own commands have to end may be a build, guests, or jobs elsewhere.
_OURS_END = 30


def run_ours(cmd):
    """Run a command of ours from another one; returns its output. Fatal if it
    fails. Whatever interrupts us, it ends with us, and so does what it started.
    """
    with subprocess.Popen(cmd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, env=child_env(),
                          start_new_session=True) as proc:
        try:
            out, err = proc.communicate()
        finally:
            if proc.poll() is None:
                stop_group(proc, _OURS_END)
    if proc.returncode:
        raise Fatal(f'{shlex.join(map(str, cmd))} failed: {out[-300:]}{err}')
    return out


def _cause(log):
    """The line of a build log that most likely says what went wrong."""
    lines = Path(log).read_text(errors='replace').splitlines()
    for line in lines[::-1]:
        if ' error: ' in line or 'No space left' in line or \
                'fatal error' in line or line.startswith('***'):
            return line.strip()
    return lines[-1].strip() if lines else 'no output'


@contextmanager
def locked(state):
    """Hold a state folder (O=) for one command at a time."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        lock = open(state / '.lock', 'a+')
    except OSError as e:
        raise Fatal(f'cannot use O={state}: {e.strerror}; give another O=')
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Fatal(f'O={state} is in use by process '
                        f'{lock.read().strip() or "?"}: wait for it, or give '
                        f'another O=')
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
        lock.truncate(0)
