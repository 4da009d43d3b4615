# SPDX-License-Identifier: GPL-2.0
"""The folder that workers of make matrix run jobs in: what is put there for
them, and what they leave.

  worker.pyz          matrix_worker.py, with the modules that it takes
  jobs/<name>.json    what to boot
  kernels/<place>     as in the store: see kernels.py
  <name>.tar.gz       the guest's logs, and outcome.json
"""

import json
import tarfile
import zipfile
from dataclasses import asdict, dataclass

from common import SCRIPTS

PROGRAM = 'worker.pyz'
_MODULES = ('arches', 'boot', 'common', 'console', 'guest_devices', 'guest_port',
            'kill_watch', 'progress', 'qmp')


@dataclass(frozen=True)
class Job:
    """One boot, as a worker gets it."""
    # linux_arch, qemu_arch, kernel_command_line, extra_qemu_params
    machine: dict
    image: str          # a place in the store: see kernels.py
    archives: list      # likewise, of the initramfs, in their order
    cmdline: str        # what is added to the machine's
    limit: float        # seconds
    firmware: str = ''  # in the store as well, if the machine gets one from us
    # Of a kernel with a seeded bug: how many seconds it may say nothing. It ends
    # as kill_watch.py has it.
    silence: float = 0


def write(folder, jobs):
    """Put all there but the kernels."""
    (folder / 'jobs').mkdir()
    for name, job in jobs.items():
        (folder / f'jobs/{name}.json').write_text(json.dumps(asdict(job)))
    with zipfile.ZipFile(folder / PROGRAM, 'w') as out:
        out.write(SCRIPTS / 'matrix_worker.py', '__main__.py')
        for name in _MODULES:
            out.write(SCRIPTS / f'{name}.py', f'{name}.py')


def places(jobs):
    """What the jobs take of the store."""
    return sorted({place for job in jobs.values()
                   for place in (job.image, *job.archives, job.firmware)
                   if place})


def unpack(packed, folder):
    """What a worker left of a job, into a folder of its own. Returns that
    folder, and what outcome.json said.
    """
    folder.mkdir(exist_ok=True)
    with tarfile.open(packed) as tar:
        for member in tar:
            # Plain names only, whoever packed it.
            if member.isfile() and '/' not in member.name:
                tar.extract(member, folder, set_attrs=False)
    told = folder / 'outcome.json'
    found = json.loads(told.read_text())
    told.unlink()
    return folder, found
