# SPDX-License-Identifier: GPL-2.0
"""What the tests of the host tooling share: the modules and a built kernel."""

import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SCRIPTS))

import common  # noqa: E402
import pipeline  # noqa: E402
import settings  # noqa: E402
from progress import Progress  # noqa: E402


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


@pytest.fixture(scope='session')
def tree(built):
    """The kernel source tree of that build."""
    return built.tree.path
