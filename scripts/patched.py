# SPDX-License-Identifier: GPL-2.0
"""A patched kernel, built beside the one that it is compared with.

Sources and objects are copied, the former as hard links, and kbuild makes of
the copy what it wants to: a patch may change headers, Kconfig and Makefiles.
"""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import experiment
import initramfs
import mutant
import patching
from common import Fatal, child_env
from kbuild import Kbuild


class Copy:
    """The copy of a built kernel."""

    def __init__(self, built, conf, progress, log, path):
        self.built = built
        base = built.kbuild
        self.kbuild = Kbuild(base.tree, base.arch, conf.state, base.jobs,
                             progress, log, base.sanitizer, view=path)
        with progress.phase('copy tree and objects'):
            patching.copy_tree(base.tree.path, path)
            subprocess.run(['cp', '-a', base.obj, self.kbuild.here],
                           check=True, env=child_env())

    def compile(self):
        """Build what an audit takes."""
        self.kbuild.configure()
        self.kbuild.build_kernel(self.kbuild.target.image)

    def build(self, folder):
        """Build all of it; returns it as something to boot, whose image and
        archive are in a folder.
        """
        self.kbuild.build_kernel()
        image, archive = folder / 'vmlinux', folder / 'base.cpio'
        shutil.copyfile(self.kbuild.here / self.built.machine.kernel_path,
                        image)
        self._pack_modules(archive)
        return bootable(replace(self.built, kbuild=self.kbuild), folder)

    def _pack_modules(self, archive):
        """The baseline's base archive, with the modules of this kernel."""
        with tempfile.TemporaryDirectory(dir=self.kbuild.here) as tmp:
            root, own = Path(tmp, 'root'), Path(tmp, 'modules.cpio')
            self.kbuild.install_modules(root)
            initramfs.pack(root, own)
            archive.write_bytes(self.built.initrd.read_bytes() +
                                own.read_bytes())

    def tell_once(self):
        """Have the assertions under memory hotplug report once a boot: one
        that does not hold reports for each slab cache, and then tests fail for
        no other reason than a busy console. A tree or a patch that does not
        have them keeps what it has. Returns the files that were changed.
        """
        once, changed = mutant.read(experiment.ONCE), []
        for file in once.files:
            try:
                patching.apply(once.path, [file], self.kbuild.source)
                changed.append(file)
            except Fatal:
                continue
        return changed

    def restore(self, files, built=True):
        """Put files back as the baseline has them.

        built: as new ones, since what was made of them is out of date.
        """
        for file in files:
            base, copy = self.built.tree.path / file, self.kbuild.source / file
            copy.unlink(missing_ok=True)
            if base.exists():
                (shutil.copy if built else os.link)(base, copy)


def bootable(built, folder):
    """What Copy.build() has left in a folder, to boot."""
    return replace(built, image=folder / 'vmlinux',
                   archives={**built.archives, '': folder / 'base.cpio'})


@contextmanager
def copy_of(built, conf, progress, log):
    """A Copy that is gone afterwards."""
    base = built.tree.path
    path = base.with_name(f'{base.name}-verdict')
    try:
        yield Copy(built, conf, progress, log, path)
    finally:
        shutil.rmtree(path, ignore_errors=True)
