# SPDX-License-Identifier: GPL-2.0
"""From settings to a guest that has run: what every booting command shares."""

import secrets
import shutil
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import boot
import bootrecord
import firmware
import foreign
import initramfs
import kbuild
import kernels
import lockrules
import machine
import rules
import suites
import tree as trees
from kbuild import Kbuild

# A whole boot with all suites takes about 65 s under TCG on two cores.
BOOT_LIMIT = 600


@dataclass(frozen=True)
class Built:
    tree: trees.Tree
    kbuild: Kbuild
    machine: object         # QemuArchParams
    image: Path
    archives: dict          # of the initramfs: '' is the base, then programs
    selection: suites.Selection
    machine_name: str = machine.REFERENCE

    @property
    def initrd(self):
        """The base, for programs of other origin."""
        return self.archives['']

    def archives_for(self, selection):
        """The archives that these tests need."""
        return {name: self.archives[name]
                for name in ['', *selection.programs]}

    def arguments(self, selection, extra_cmdline, nonce):
        """What the kernel and the guest's init are told in a boot."""
        return ' '.join(filter(None, (
            f'memhp.nonce={nonce}', f'memhp.slowdown={self.kbuild.slowdown}',
            f'memhp.log={self.kbuild.target.log}',
            selection.cmdline(), extra_cmdline)))

    def with_qemu(self, *words):
        """The same on a machine whose QEMU gets some more words."""
        params = replace(self.machine, extra_qemu_params=[
            *self.machine.extra_qemu_params, *words])
        return replace(self, machine=params)

    def on(self, name):
        """The same on another machine of the arch."""
        params = machine.load(self.tree.path, self.kbuild.arch, name=name)
        return replace(self, machine=params, machine_name=name)

    def without(self, words):
        """The same on a machine whose kernel is not told these words."""
        line = ' '.join(w for w in self.machine.kernel_command_line.split()
                        if w not in words)
        return replace(self, machine=replace(self.machine,
                                             kernel_command_line=line))


@contextmanager
def results_folder(settings, name):
    """A new folder build/results/<id>/, there before anything can fail."""
    results = settings.state / 'results'
    results.mkdir(parents=True, exist_ok=True)
    kernels.sweep(settings.state, bootrecord.used(results))
    stamp = time.strftime('%Y%m%d-%H%M%S')
    serial = 0
    while True:
        out = results / f'{stamp}-{name}{f"-{serial}" if serial else ""}'
        try:
            out.mkdir()
            break
        except FileExistsError:
            serial += 1
    try:
        yield out
    except BaseException:
        # Nothing but an empty log is nothing that anybody would look at.
        if not any(p.stat().st_size for p in out.iterdir()):
            shutil.rmtree(out)
        raise


def _install_kselftests(kernel, tree, dest):
    """Build them in the tree that they are from."""
    if tree.tools:
        kernel = kernel.of(replace(tree, path=tree.tools, tools=None,
                                   release=trees.release_of(tree.tools)))
        kernel.configure()
    kernel.install_kselftests(dest)


def build(settings, progress, out, only=None):
    """Everything up to a kernel and an initramfs that can be booted.

    only: "kselftests" selects no KUnit suites.
    """
    log = out / 'build.log'
    trees.check(settings.kernel, settings.kdir)
    tree = trees.prepare(settings.kernel, settings.kdir, settings.state,
                         progress, log)
    params = machine.load(tree.path, settings.arch)
    boot.check_qemu(params)
    selection = suites.select(
        settings.tests, tree.path, only, settings.arch,
        kbuild.lacking(rules.Kernel(tree.release, settings.arch)))
    kernel = Kbuild(tree, settings.arch, settings.state, settings.jobs,
                    progress, log, settings.sanitizer)
    firmware.fetch(kernel.target, settings.state, progress)
    kernel.configure()
    kernel.build_kernel()
    programs = suites.kselftests(tree.path)
    with tempfile.TemporaryDirectory(dir=kernel.obj) as tmp:
        root = Path(tmp)
        initramfs.stage(root, None if kernel.target.native else foreign.fetch(
            kernel.target, settings.state, progress))
        kernel.install_modules(root)
        _install_kselftests(kernel, tree, root / 'kselftest')
        initramfs.list_cases(root, [
            f'{p}:{c}' for p in programs for c in suites.cases(tree.path, p)])
        initramfs.list_locks(root, lockrules.LockRules(
            rules.Kernel(tree.release, settings.arch)).listing())
        archives = initramfs.pack_programs(root, programs, kernel.obj)
    return Built(tree, kernel, params, kernel.obj / params.kernel_path,
                 archives, selection)


@dataclass(frozen=True)
class Boot:
    outcome: boot.Outcome
    nonce: str
    cmdline: str
    accel: str


def run_guest(built, settings, out, progress, selection=None,
              extra_cmdline='', limit=None, initrd=None, accel=None,
              watch=None, scenario=''):
    """Boot the built kernel once, its logs going to the folder out, and what
    it takes to do so again.

    initrd: instead of one with the selected programs.
    accel: instead of the fastest that boots it.
    watch: a boot.Watch that may end the guest.
    scenario: its name, for the record.
    """
    selection = selection or built.selection
    archives = {'': initrd} if initrd else built.archives_for(selection)
    nonce = secrets.token_hex(8)
    limit = limit or BOOT_LIMIT * built.kbuild.slowdown
    cmdline = built.arguments(selection, extra_cmdline, nonce)
    with tempfile.NamedTemporaryFile(prefix='memhp-') as together:
        for archive in archives.values():
            together.write(archive.read_bytes())
        together.flush()
        guest = boot.Guest(built.machine, built.image, together.name, cmdline,
                           out, limit, progress, watch)
        text = accel
        if not accel:
            accel, text = boot.choose_accel(guest, settings.state)
            progress.say(f'accelerator: {text}')
        bootrecord.write(bootrecord.make(
            built, archives, settings.state, scenario=scenario,
            selection=selection, extra_cmdline=extra_cmdline,
            cmdline=guest.cmdline, accel=accel, limit=limit), out)
        return Boot(guest.boot(accel), nonce, guest.cmdline, text)


def run_scenario(built, scenario, settings, out, progress, extra_cmdline='',
                 limit=None, watch=None):
    """Boot the built kernel as a scenario has it, like run_guest()."""
    return run_guest(built.without(scenario.without), settings, out, progress,
                     selection=scenario.selection, limit=limit, watch=watch,
                     extra_cmdline=f'{scenario.cmdline} {extra_cmdline}'.strip(),
                     scenario=scenario.name)
