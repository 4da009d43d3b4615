# SPDX-License-Identifier: GPL-2.0
"""Reads a machine description: a kunit qemu_config, the kernel's own format.

kunit.py takes the same file with --qemu_config=.
"""

import importlib.util
import sys

from common import SCRIPTS, Fatal


def path_of(arch):
    """The machine description that an arch is tested on."""
    path = SCRIPTS / 'machines' / f'{arch}.py'
    if not path.exists():
        raise Fatal(f'no machine for ARCH={arch}: {path} is missing')
    return path


def load(tree, arch, nodes=None):
    """The QemuArchParams of an arch, read with the tree's own class.

    nodes: of the machine with so many of them, instead of the reference.
    """
    path = path_of(arch)
    testing = str(tree / 'tools/testing')
    sys.path.insert(0, testing)
    try:
        # The name puts it next to the kernel's own, which it may import from.
        spec = importlib.util.spec_from_file_location(
            f'kunit.qemu_configs.memhp_{arch}', path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(testing)
    return module.with_nodes(nodes) if nodes else module.QEMU_ARCH
