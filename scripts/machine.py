# SPDX-License-Identifier: GPL-2.0
"""Reads a machine description: a kunit qemu_config, the kernel's own format.

kunit.py takes the same file with --qemu_config=.
"""

import importlib.util
import sys

from common import SCRIPTS, Fatal

REFERENCE = 'reference'


def path_of(arch):
    """The machine description that an arch is tested on."""
    path = SCRIPTS / 'machines' / f'{arch}.py'
    if not path.exists():
        raise Fatal(f'no machine for ARCH={arch}: {path} is missing')
    return path


def text(arch, name=REFERENCE):
    """A machine, for people: where it is described."""
    return f'scripts/machines/{arch}.py' + (
        '' if name == REFERENCE else f', {name}')


def _read(tree, arch):
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
    return module


def names(tree, arch):
    """The machines that an arch has, the reference first."""
    return [REFERENCE, *getattr(_read(tree, arch), 'MACHINES', ())]


def load(tree, arch, name=REFERENCE):
    """The QemuArchParams of an arch, read with the tree's own class.

    name: of a machine of names().
    """
    module = _read(tree, arch)
    if name == REFERENCE:
        return module.QEMU_ARCH
    return module.MACHINES[name]


def sized(tree, arch, what, number):
    """That of the machine with so many "nodes", "blocks" or "cpus"."""
    return getattr(_read(tree, arch), f'with_{what}')(number)
