# SPDX-License-Identifier: GPL-2.0
"""make kunit: the kernel's own kunit.py on the overlaid tree, output and all."""

import subprocess

import firmware
import kbuild
import machine
import settings
import tree as trees
from common import Fatal, child_env, entry, locked
from progress import Progress

KUNITCONFIG = 'lib/kunit/memhp.kunitconfig'


def command(tree, arch, jobs, tests=''):
    """The kunit.py command line; under UML it needs no machine."""
    cmd = ['/usr/bin/python3', 'tools/testing/kunit/kunit.py', 'run',
           f'--kunitconfig={KUNITCONFIG}', f'--jobs={jobs}',
           f'--build_dir={tree / f"memhp-kunit-{arch}"}']
    prefix = ''
    if arch != 'um':
        cmd += [f'--arch={arch}', f'--qemu_config={machine.path_of(arch)}']
        prefix = kbuild.ARCHES[arch].prefix
    if prefix:
        cmd.append(f'--cross_compile={prefix}')
    if kbuild.ccache():
        cmd += ['--make_options', f'CC=ccache {prefix}gcc']
    return cmd + [tests] if tests else cmd


def main():
    conf = settings.from_environment((*kbuild.ARCHES, 'um'))
    if conf.sanitizer:
        raise Fatal(f'make kunit knows no SANITIZER={conf.sanitizer}: give it '
                    f'to make run, with TESTS=')
    progress = Progress(verbose=conf.verbose)
    with locked(conf.state):
        log = conf.state / 'kunit.log'
        log.unlink(missing_ok=True)
        tree = trees.prepare(conf.kernel, conf.kdir, conf.state, progress, log)
        if conf.arch != 'um':
            firmware.fetch(kbuild.ARCHES[conf.arch], conf.state, progress)
        done = subprocess.run(
            command(tree.path, conf.arch, conf.jobs, conf.tests),
            cwd=tree.path, stdin=subprocess.DEVNULL,
            env=child_env(**kbuild.ccache_env(conf.state)))
    return done.returncode


if __name__ == '__main__':
    entry(main)
