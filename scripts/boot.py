# SPDX-License-Identifier: GPL-2.0
"""Boots a kernel in QEMU, watches it, and ends it in any case.

Two serial lines: the first is the kernel's console (console.log), the second
belongs to the guest's init (guest.log). At its end, init sends the kernel's log
through a virtio port (kmsg.log), since the console may lack some of it. A guest
that exceeds its time limit is asked for all task stacks and held locks, by sysrq
over the serial line, and is killed.
"""

import json
import os
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import arches
import qmp
from common import Fatal, child_env, stop_group
from guest_port import GuestPort

# What says that an accelerator really runs this kernel.
_ALIVE = 'Linux version'
_POLL = 0.1

# With KVM a kernel says its first word in well under a second.
_KVM_PATIENCE = 4

# When the kernel stops the machine, all CPUs but one wait for that one, with
# interrupts off. On a host with too few CPUs it comes to its turn so seldom that
# the waiting ones count as locked up. One thread that does what each CPU has to
# do, and goes on when that waits, is faster then.
_CROWD = 4

# How much of the console before the time limit is kept with the stacks.
_BEFORE_STUCK = 8192

# Panics end the guest. One that we provoke with an NMI prints all tasks, held
# locks and all CPUs' stacks. Lockdep says at debug level that a table is full.
_CMDLINE = 'loglevel=8 panic=-1 unknown_nmi_panic panic_print=0x49'


@dataclass(frozen=True)
class Outcome:
    kind: str           # exited, stopped, timeout or qemu-error
    text: str
    seconds: float
    console_end: int    # what follows in console.log was provoked by us


class _Ending(NamedTuple):
    kind: str
    text: str


class _Tail:
    """Follows a growing file, line by line."""

    def __init__(self, path):
        self.name = path.name
        self._path = path
        self._offset = 0

    def lines(self):
        try:
            with open(self._path, 'rb') as f:
                f.seek(self._offset)
                data = f.read()
        except FileNotFoundError:
            return []
        end = data.rfind(b'\n') + 1
        self._offset += end
        return data[:end].decode(errors='replace').splitlines()


def _no_core():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _command(machine, accel, image, initrd, cmdline, *serial):
    """A QEMU command line, where the words of serial say where its serial
    lines and its monitor go.
    """
    return [
        f'qemu-system-{machine.qemu_arch}', '-nodefaults', '-nographic',
        '-no-reboot', '-accel', accel, '-kernel', str(image),
        '-initrd', str(initrd), '-append', cmdline, *serial,
        *machine.extra_qemu_params]


def plain_command(machine, accel, image, initrd, cmdline):
    """The QEMU command line for people: all is on the terminal, and nobody
    plugs the memory that the guest asks for.
    """
    return _command(machine, accel, image, initrd, cmdline,
                    '-chardev', 'stdio,id=console,mux=on',
                    '-serial', 'chardev:console',
                    *arches.of(machine).second_line('console'),
                    '-mon', 'chardev=console')


class Watch:
    """Follows a guest's logs as they grow, and may end it before its time."""

    def line(self, log, text):
        """A line of the log with this name is there."""

    def enough(self):
        """The kind of the outcome and its text, to end the guest now."""
        return None


class Guest:
    """One machine with one kernel: boot() may be called once."""

    def __init__(self, machine, image, initrd, cmdline, out, limit, progress,
                 watch=None):
        self.machine = machine
        self.image = image
        self.initrd = initrd
        self.cmdline = f'{machine.kernel_command_line} {_CMDLINE} {cmdline}'
        self.out = Path(out)
        self.limit = limit
        self.progress = progress
        self.watch = watch or Watch()

    def command(self, accel, monitor, port):
        """The QEMU command line."""
        return [
            *_command(
                self.machine, accel, self.image, self.initrd, self.cmdline,
                '-chardev', 'stdio,id=console,signal=off',
                '-serial', 'chardev:console',
                '-chardev', f'file,id=guest,path={self.out / "guest.log"}',
                *arches.of(self.machine).second_line('guest'),
                '-qmp', f'unix:{monitor},server=on,wait=off'),
            *port.arguments(),
            '-chardev', f'file,id=kmsg,path={self.out / "kmsg.log"}',
            '-device', 'virtserialport,name=org.memhp.kmsg,chardev=kmsg']

    def boot(self, accel):
        """Boot with the accelerator that choose_accel() has found."""
        outcome, _ = self._boot_with(accel, None)
        return outcome

    def starts_with(self, accel, patience):
        """Does the kernel begin to run with this accelerator? And if not,
        why not, in one line.
        """
        outcome, alive = self._boot_with(accel, patience)
        return alive, outcome.text

    def _boot_with(self, accel, patience):
        begin, end = time.monotonic(), None
        with tempfile.TemporaryDirectory(prefix='memhp-') as tmp, \
                open(self.out / 'console.log', 'wb') as console, \
                open(self.out / 'qemu.log', 'wb') as errors, \
                open(self.out / 'port.log', 'w') as requests, \
                GuestPort(tmp, requests) as port:
            monitor = os.path.join(tmp, 'qmp')
            # If we are killed, so is QEMU.
            cmd = ['setpriv', '--pdeathsig', 'KILL',
                   *self.command(accel, monitor, port)]
            try:
                proc = subprocess.Popen(cmd, stdin=subprocess.PIPE,
                                        stdout=console, stderr=errors,
                                        env=child_env(), preexec_fn=_no_core,
                                        start_new_session=True)
            except FileNotFoundError as e:
                raise Fatal(f'{e.filename} is missing: see '
                            f'scripts/packages.txt')
            try:
                ending = self._watch(proc, begin, accel, patience)
                if ending.kind == 'timeout' and patience is None:
                    end = os.path.getsize(self.out / 'console.log')
                    self._interrogate(proc, monitor, end)
            finally:
                proc.stdin.close()
                if proc.poll() is None:
                    stop_group(proc)
        seconds = time.monotonic() - begin
        log = (self.out / 'console.log').read_bytes()
        if ending.kind == 'exited' and proc.returncode:
            ending = _Ending('qemu-error', self._qemu_error(proc.returncode))
        text = ending.text or f'QEMU ended after {seconds:.1f} s'
        return Outcome(ending.kind, text, seconds, end or len(log)), \
            _ALIVE.encode() in log

    def _qemu_error(self, code):
        text = (self.out / 'qemu.log').read_text(errors='replace').strip()
        why = text.splitlines()[0] if text else 'without a word'
        if code < 0:
            return f'{why} ({signal.Signals(-code).name})'
        return f'{why} (exit {code})'

    def _watch(self, proc, begin, accel, patience):
        """Show what the guest does until it ends, or has to: an _Ending.

        With patience: only until its kernel has begun to run, at most so long.
        """
        limit = patience or self.limit
        tails = [_Tail(self.out / 'console.log'), _Tail(self.out / 'guest.log')]
        while proc.poll() is None:
            if time.monotonic() - begin > limit:
                return _Ending('timeout', f'no end after {limit} s')
            for tail in tails:
                for line in tail.lines():
                    if patience and _ALIVE in line:
                        return _Ending('stopped', 'it runs')
                    self.progress.note(f'{accel}: {line.strip()}')
                    self.watch.line(tail.name, line)
            if enough := self.watch.enough():
                return _Ending(*enough)
            time.sleep(_POLL)
        return _Ending('exited', '')

    def _interrogate(self, proc, path, end):
        """Ask a stuck guest for its stacks and locks, onto the console.

        By sysrq first. Before the kernel has opened its console for init, and
        with interrupts off, nobody listens: then an NMI makes the kernel
        panic, and panic_print= has it print the same.
        """
        console = self.out / 'console.log'
        try:
            monitor = qmp.connect(path)
            prefix = arches.of(self.machine).sysrq
            for key in b'tld':
                if not prefix:
                    monitor.command('chardev-send-break', id='console')
                proc.stdin.write(prefix + bytes([key]))
                proc.stdin.flush()
                self._settle(console)
            if console.stat().st_size == end:
                monitor.command('inject-nmi')
                self._settle(console)
            monitor.close()
        except (OSError, ValueError, qmp.QmpError):
            # QEMU itself does not answer: what the console has is all.
            pass
        with open(console, 'rb') as f:
            f.seek(max(end - _BEFORE_STUCK, 0))
            (self.out / 'stuck.log').write_bytes(f.read())

    @staticmethod
    def _settle(path, quiet=0.5, patience=15):
        """Wait until a file stops growing."""
        end = time.monotonic() + patience
        size, since = path.stat().st_size, time.monotonic()
        while time.monotonic() < end and time.monotonic() - since < quiet:
            time.sleep(_POLL)
            if path.stat().st_size != size:
                size, since = path.stat().st_size, time.monotonic()


def choose_accel(guest, state):
    """The fastest accelerator that boots this guest, and what to say of it."""
    accel, text = _kvm_or_tcg(guest, state)
    cpus, own = _cpus(guest.machine), os.cpu_count()
    if accel == 'tcg' and cpus > _CROWD * own:
        accel = 'tcg,thread=single'
        text = f'{accel} ({cpus} CPUs on {own}), {text}'
    return accel, text


def _cpus(machine):
    """How many CPUs a machine has."""
    words = machine.extra_qemu_params
    return int(words[words.index('-smp') + 1].partition(',')[0]) \
        if '-smp' in words else 1


def _kvm_or_tcg(guest, state):
    """Likewise, of KVM and TCG.

    Decided by booting: that /dev/kvm opens says nothing, QEMU may abort or the
    guest may hang. It depends on the host and on QEMU only, so it is found out
    once per boot of the host.
    """
    machine = guest.machine
    if not arches.of(machine).native:
        return 'tcg', f'tcg (this host is {os.uname().machine})'
    if not os.access('/dev/kvm', os.R_OK | os.W_OK):
        return 'tcg', 'tcg (no /dev/kvm)'
    qemu = Path(shutil.which(f'qemu-system-{machine.qemu_arch}'))
    key = (Path('/proc/sys/kernel/random/boot_id').read_text().strip() +
           f' {qemu.stat().st_mtime_ns}')
    memo = state / f'accel-{machine.qemu_arch}.json'
    if memo.exists():
        known = json.loads(memo.read_text())
        if known['key'] == key:
            return known['accel'], known['text']
    alive, why = guest.starts_with('kvm', _KVM_PATIENCE)
    accel = 'kvm' if alive else 'tcg'
    text = 'kvm' if alive else f'tcg (kvm does not boot here: {why})'
    memo.write_text(json.dumps({'key': key, 'accel': accel, 'text': text}))
    return accel, text


def check_qemu(machine):
    """Fatal unless the machine's QEMU is there."""
    name = f'qemu-system-{machine.qemu_arch}'
    if not shutil.which(name):
        raise Fatal(f'{name} is missing: apt-get install it (see '
                    f'scripts/packages.txt)')
