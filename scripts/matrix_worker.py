# SPDX-License-Identifier: GPL-2.0
"""On a worker: boot one job of make matrix, and pack up what it logged.

It runs in the folder that matrix_stage.py describes. Its status is 0 whenever
the guest has run, whatever came of that: anything else means that the worker is
not fit for this job.
"""

import fcntl
import json
import os
import platform
import sys
import tarfile
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace

import boot
import common
import kill_watch
from progress import Progress

# Held, shared, by whoever runs; who cleans up waits for it.
RUNNING = 'running.lock'


@contextmanager
def _flock(name, how):
    with open(name, 'w') as f:
        fcntl.flock(f, how)
        yield


def _boot(job, out, initrd, progress):
    """Boot the job; returns what outcome.json says."""
    machine = SimpleNamespace(**job['machine'])
    if job['firmware']:
        machine.extra_qemu_params += [
            '-bios', str(Path('kernels', job['firmware']).absolute())]
    watch = kill_watch.Watch(threading.Event(), job['silence']) \
        if job['silence'] else None
    guest = boot.Guest(machine,
                       Path('kernels', job['image']).absolute(), initrd,
                       job['cmdline'], out, job['limit'], progress, watch)
    # One guest finds out whether there is KVM, for all that come.
    with _flock('accel.lock', fcntl.LOCK_EX):
        accel, text = boot.choose_accel(guest, Path('.'))
    outcome = guest.boot(accel)
    return {'outcome': asdict(outcome), 'accel': accel, 'accel_text': text,
            'cmdline': guest.cmdline,
            'host': f'{platform.node()}: {common.host()}'}


def main(name, scratch):
    """scratch: where sockets and temporary files go."""
    job = json.loads(Path(f'jobs/{name}.json').read_text())
    with _flock(RUNNING, fcntl.LOCK_SH), \
            tempfile.TemporaryDirectory(
                prefix='memhp-', dir=Path(scratch).absolute()) as tmp, \
            open(os.devnull, 'w') as nowhere:
        tempfile.tempdir = tmp
        out, initrd = Path(tmp, name), Path(tmp, 'initrd.cpio')
        out.mkdir()
        with open(initrd, 'wb') as together:
            for place in job['archives']:
                together.write(Path('kernels', place).read_bytes())
        found = _boot(job, out, initrd, Progress(nowhere))
        (out / 'outcome.json').write_text(json.dumps(found))
        # All of it, or nothing.
        packed = Path(f'.{name}.tar.gz')
        with tarfile.open(packed, 'w:gz') as tar:
            for path in sorted(out.iterdir()):
                tar.add(path, path.name)
        packed.rename(f'{name}.tar.gz')
    return 0


if __name__ == '__main__':
    common.entry(main, *sys.argv[1:])
