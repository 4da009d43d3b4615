# SPDX-License-Identifier: GPL-2.0
"""Boots a kernel in QEMU, watches it, and ends it in any case.

Two serial lines: ttyS0 is the kernel's console (console.log), ttyS1 belongs to
the guest's init (guest.log). A guest that exceeds its time limit is asked for
all task stacks and held locks, by sysrq over the serial line, and is killed.
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

import qmp
from common import Fatal, child_env, stop_group
from guest_port import GuestPort

# What says that an accelerator really runs this kernel.
_ALIVE = 'Linux version'
_POLL = 0.1

# With KVM a kernel says its first word in well under a second.
_KVM_PATIENCE = 4

# How much of the console before the time limit is kept with the stacks.
_BEFORE_STUCK = 8192

# Panics end the guest. One that we provoke with an NMI prints all tasks, held
# locks and all CPUs' stacks. Lockdep says at debug level that a table is full.
_CMDLINE = 'loglevel=8 panic=-1 unknown_nmi_panic panic_print=0x49'


@dataclass(frozen=True)
class Outcome:
    kind: str           # exited, timeout or qemu-error
    text: str
    seconds: float
    console_end: int    # what follows in console.log was provoked by us


class _Tail:
    """Follows a growing file, line by line."""

    def __init__(self, path):
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


class Guest:
    """One machine with one kernel: boot() may be called once."""

    def __init__(self, machine, image, initrd, cmdline, out, limit, progress):
        self.machine = machine
        self.image = image
        self.initrd = initrd
        self.cmdline = f'{machine.kernel_command_line} {_CMDLINE} {cmdline}'
        self.out = Path(out)
        self.limit = limit
        self.progress = progress

    def command(self, accel, monitor, port):
        """The QEMU command line."""
        return [
            f'qemu-system-{self.machine.qemu_arch}', '-nodefaults',
            '-nographic', '-no-reboot', '-accel', accel,
            '-kernel', str(self.image), '-initrd', str(self.initrd),
            '-append', self.cmdline,
            '-chardev', 'stdio,id=console,signal=off',
            '-serial', 'chardev:console',
            '-chardev', f'file,id=guest,path={self.out / "guest.log"}',
            '-serial', 'chardev:guest',
            '-qmp', f'unix:{monitor},server=on,wait=off',
            *self.machine.extra_qemu_params, *port.arguments()]

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
                in_time = self._watch(proc, begin, accel, patience)
                if not in_time and patience is None:
                    end = os.path.getsize(self.out / 'console.log')
                    self._interrogate(proc, monitor, end)
            finally:
                proc.stdin.close()
                if proc.poll() is None:
                    stop_group(proc)
        seconds = time.monotonic() - begin
        log = (self.out / 'console.log').read_bytes()
        if not in_time:
            kind = 'timeout'
            text = f'no end after {patience or self.limit} s'
        elif proc.returncode:
            kind, text = 'qemu-error', self._qemu_error(proc.returncode)
        else:
            kind, text = 'exited', f'QEMU ended after {seconds:.1f} s'
        return Outcome(kind, text, seconds, end or len(log)), _ALIVE.encode() in log

    def _qemu_error(self, code):
        text = (self.out / 'qemu.log').read_text(errors='replace').strip()
        why = text.splitlines()[0] if text else 'without a word'
        if code < 0:
            return f'{why} ({signal.Signals(-code).name})'
        return f'{why} (exit {code})'

    def _watch(self, proc, begin, accel, patience):
        """Show what the guest does; False when it exceeds its time.

        With patience: only until its kernel has begun to run, at most so long.
        """
        limit = patience or self.limit
        tails = [_Tail(self.out / 'console.log'), _Tail(self.out / 'guest.log')]
        while proc.poll() is None:
            if time.monotonic() - begin > limit:
                return False
            for tail in tails:
                for line in tail.lines():
                    if patience and _ALIVE in line:
                        return True
                    self.progress.note(f'{accel}: {line.strip()}')
            time.sleep(_POLL)
        return True

    def _interrogate(self, proc, path, end):
        """Ask a stuck guest for its stacks and locks, onto the console.

        By sysrq first. Before the kernel has opened its console for init, and
        with interrupts off, nobody listens: then an NMI makes the kernel
        panic, and panic_print= has it print the same.
        """
        console = self.out / 'console.log'
        try:
            monitor = qmp.connect(path)
            for key in b'tld':
                monitor.command('chardev-send-break', id='console')
                proc.stdin.write(bytes([key]))
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
    """The fastest accelerator that boots this guest, and what to say of it.

    Decided by booting: that /dev/kvm opens says nothing, QEMU may abort or the
    guest may hang. It depends on the host and on QEMU only, so it is found out
    once per boot of the host.
    """
    machine = guest.machine
    if os.uname().machine != machine.qemu_arch:
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
