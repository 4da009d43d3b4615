# SPDX-License-Identifier: GPL-2.0
"""Keeps what was booted, once for each content: O=/kernels/<digest>/<name>.

A kernel is built again, and a mutant's is thrown away. What a results folder
refers to stays, until a command begins and that folder is gone.
"""

import functools
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from common import Fatal

_DIGITS = 16


@functools.lru_cache(maxsize=None)
def _digest_of(path, *_):
    with open(path, 'rb') as f:
        return hashlib.file_digest(f, 'sha256').hexdigest()[:_DIGITS]


def digest(path):
    """Of a file's content; read once for as long as the file is the same."""
    s = path.stat()
    return _digest_of(path, s.st_ino, s.st_size, s.st_mtime_ns)


def _store(state):
    return state / 'kernels'


def keep(source, name, state):
    """Keep a copy of a file; returns where, as a path in the store. No link:
    the tools that finish an image write to it in place.
    """
    place = f'{digest(source)}/{name}'
    kept = _store(state) / place
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as tmp:
            os.replace(shutil.copyfile(source, Path(tmp) / name), kept)
    return place


def find(place, state):
    """A file that keep() kept, or Fatal if it is no longer what it was."""
    kept = _store(state) / place
    if not kept.exists():
        raise Fatal(f'{kept} is gone, which this boot had: run the tests anew')
    if digest(kept) != kept.parent.name:
        raise Fatal(f'{kept} has changed, and is not what was booted: remove '
                    f'it, and run the tests anew')
    return kept


def sweep(state, used):
    """Remove what is at none of these places."""
    wanted = {Path(place).parent.name for place in used}
    store = _store(state)
    for folder in store.iterdir() if store.exists() else ():
        if folder.name not in wanted:
            shutil.rmtree(folder)
