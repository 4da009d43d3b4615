# SPDX-License-Identifier: GPL-2.0
"""make overlay TREE=: lay our files and hooks over somebody's kernel tree."""

import os
from pathlib import Path

import overlay
import tree as trees
from common import Fatal, entry


def main():
    name = os.environ.get('TREE')
    if not name:
        raise Fatal('which tree? make overlay TREE=/path/to/linux')
    path = Path(name).absolute()
    release = trees.release_of(path)
    if not os.access(path, os.W_OK):
        raise Fatal(f'cannot write to TREE={path}')
    changed = overlay.apply(path, path)
    for file in changed:
        print(f'  {file}')
    print(f'{path} (Linux {release}): {len(changed)} files written')


if __name__ == '__main__':
    entry(main)
