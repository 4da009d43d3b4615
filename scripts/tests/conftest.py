# SPDX-License-Identifier: GPL-2.0
"""What the tests of the host tooling share: the modules, a kernel tree."""

import os
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SCRIPTS))

import common  # noqa: E402
import pipeline  # noqa: E402
import settings  # noqa: E402
from progress import Progress  # noqa: E402


def _find_tree():
    if path := os.environ.get('MEMHP_TREE'):
        return Path(path)
    build = SCRIPTS.parent / 'build'
    trees = [build / 'linux-source-6.12', *sorted(build.glob('trees/*'), reverse=True)]
    return next((tree for tree in trees if (tree / 'Kbuild').exists()), None)


@pytest.fixture(scope='session')
def tree():
    """A kernel source tree."""
    found = _find_tree()
    if not found:
        pytest.skip('no kernel tree: set MEMHP_TREE')
    return found


@pytest.fixture(scope='session')
def conf():
    """The settings that "make check" was called with."""
    return settings.from_environment()


@pytest.fixture(scope='session')
def built(conf, tmp_path_factory):
    """The kernel and initramfs that "make run" boots."""
    out = tmp_path_factory.mktemp('build')
    with common.locked(conf.state):
        return pipeline.build(conf, Progress(), out)
