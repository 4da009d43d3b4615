# SPDX-License-Identifier: GPL-2.0
"""boot.json: what it takes to boot again what was booted, exactly.

It lies next to the logs of the boot:

  version        1
  scenario       of scripts/scenarios, "" for none
  selection      the tests, as suites.Selection has them
  extra_cmdline  kernel parameters of the scenario, or of the command
  cmdline        the whole kernel command line
  qemu           {cmdline, words}: of the machine, without what the runner adds
  accel          "kvm", "tcg" or "tcg,thread=single"
  limit          of the boot, in seconds
  kernel         {release, source, commit, tree, arch, sanitizer}
  image          the kernel's place in the store: see kernels.py
  archives       {program: place} of the initramfs, "" is the base
  machine        of scripts/machines, by name; a file without it has the
                 reference
"""

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import kernels
import machine as machine_
import suites
import tree as trees
from common import Fatal

NAME = 'boot.json'


@dataclass(frozen=True)
class Record:
    """What boot.json says."""
    scenario: str
    selection: suites.Selection
    extra_cmdline: str
    cmdline: str
    qemu: dict
    accel: str
    limit: float
    kernel: dict
    image: str
    archives: dict
    machine: str = machine_.REFERENCE

    def places(self):
        """All that is needed of the store."""
        return [self.image, *self.archives.values()]

    def tree(self):
        """The tree that the kernel was built from."""
        path = Path(self.kernel['tree'])
        if not path.exists():
            raise Fatal(f'{path} is gone, whose parser reads the results: '
                        f'"make run" of that kernel makes it again')
        return trees.Tree(path, self.kernel['source'], self.kernel['release'],
                          self.kernel['commit'], Path(self.kernel.get('tools', path)))

    def params(self):
        """The machine, with the words that it had then."""
        return replace(machine_.load(self.tree().path, self.kernel['arch']),
                       kernel_command_line=self.qemu['cmdline'],
                       extra_qemu_params=self.qemu['words'])


def make(built, archives, state, **boot):
    """The record of a boot; keeps its kernel and archives.

    boot: the fields that are not about what was built.
    """
    tree, kbuild = built.tree, built.kbuild
    return Record(
        qemu={'cmdline': built.machine.kernel_command_line,
              'words': list(built.machine.extra_qemu_params)},
        kernel={'release': tree.release, 'source': tree.source,
                'commit': tree.commit, 'tree': str(tree.path),
                'tools': str(tree.testing), 'arch': kbuild.arch,
                'sanitizer': kbuild.sanitizer},
        image=kernels.keep(built.image, built.kbuild.target.image, state),
        archives={program: kernels.keep(path, f'{program or "base"}.cpio',
                                        state)
                  for program, path in archives.items()},
        machine=built.machine_name, **boot)


def write(record, out):
    """Leave it in the folder out: all of it, or nothing."""
    new = out / f'{NAME}.new'
    new.write_text(json.dumps({'version': 1, **asdict(record)}, indent=1) +
                   '\n')
    os.replace(new, out / NAME)


def read(folder):
    """The record in a folder."""
    path = folder / NAME
    try:
        found = json.loads(path.read_text())
        if found.pop('version') != 1:
            raise ValueError
        chosen = found.pop('selection')
        for key in ('cases', 'within'):
            chosen[key] = tuple(chosen[key])
        return Record(selection=suites.Selection(**chosen), **found)
    except (KeyError, TypeError, ValueError):
        raise Fatal(f'{path} is damaged: remove it')


def folders(top):
    """The folders in and below one that have a record."""
    return sorted(path.parent for path in top.rglob(NAME))


def used(results):
    """All that the records below a folder need of the store."""
    return {place for folder in folders(results)
            for place in read(folder).places()}
