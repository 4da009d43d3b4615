# SPDX-License-Identifier: GPL-2.0
"""Jobs of make matrix for others to hand out, e.g. Slurm: BATCH=folder.

The folder is as matrix_stage.py has it, kernels included, and must be where all
workers see it. The first time, the command fills it; the second time, it reads
what was left there. In addition it has

  names       the names of the jobs, one a line
  batch.json  {key, nonces: {name: nonce}}; the key tells apart other jobs
"""

import json
import shutil

import matrix_stage
from common import Fatal


def write(folder, cells, key, state):
    """Fill the folder."""
    jobs = {name: c.job for name, c in cells.items()}
    try:
        folder.mkdir()
    except OSError as e:
        raise Fatal(f'cannot make BATCH={folder}: {e.strerror}')
    for place in matrix_stage.places(jobs):
        copy = folder / 'kernels' / place
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(state / 'kernels' / place, copy)
    matrix_stage.write(folder, jobs)
    (folder / 'names').write_text(''.join(f'{name}\n' for name in jobs))
    (folder / 'batch.json').write_text(json.dumps(
        {'key': key, 'nonces': {name: c.nonce for name, c in cells.items()}}))


def _read(folder):
    try:
        return json.loads((folder / 'batch.json').read_text())
    except (OSError, ValueError):
        raise Fatal(f'BATCH={folder} exists, and is not one that "make matrix" '
                    f'has filled: give another')


def check(folder):
    """Before anything is built for it: Fatal if it can be neither made nor read."""
    if folder.exists():
        _read(folder)
    elif not folder.parent.is_dir():
        raise Fatal(f'cannot make BATCH={folder}: {folder.parent} is not a '
                    f'folder')


def nonces(folder, key):
    """What each boot was given, by job; Fatal if these were other jobs."""
    found = _read(folder)
    if found['key'] != key:
        raise Fatal(f'BATCH={folder} has other jobs: kernels, tests or '
                    f'variables have changed since it was filled')
    return found['nonces']


def results(folder, names, out):
    """Of the jobs that are done: (name, the folder with its logs, what
    outcome.json says).
    """
    for name in names:
        packed = folder / f'{name}.tar.gz'
        if packed.exists():
            yield name, *matrix_stage.unpack(packed, out / name)
