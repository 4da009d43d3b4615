# SPDX-License-Identifier: GPL-2.0
"""Configures and builds the kernel and the kselftests of a working copy.

The objects live in a folder inside the tree: kbuild then uses relative paths
only, so that ccache knows a file again in the copy of another tree.
"""

import os
import re
import shutil
from dataclasses import dataclass

import rules
from arches import ARCHES
from common import REPO, SCRIPTS, Fatal, child_env, run_logged


@dataclass(frozen=True)
class Sanitizer:
    """What a kernel with a sanitizer takes besides its config fragment."""
    slowdown: int           # time limits are multiplied by this
    make: tuple = ()        # words on make's command line


# The kernel leaves these two files out of KCSAN. One has the zonelists' writer
# and most of their readers, the other has a reader of its own.
SANITIZERS = {
    'kasan': Sanitizer(3),
    'kcsan': Sanitizer(3, ('KCSAN_SANITIZE_page_alloc.o=y',
                           'KCSAN_SANITIZE_slub.o=y')),
}
# Not detectors, but built the same way: see coverage.py, and bench.py for the
# kernel without any detector, and for the one with lockdep alone.
GCOV = 'gcov'
PLAIN = 'plain'
LOCKDEP = 'lockdep'
_VARIANTS = {
    **SANITIZERS,
    PLAIN: Sanitizer(1),
    LOCKDEP: Sanitizer(1),
    # A memory.o is also in the boot loader, which cannot count.
    GCOV: Sanitizer(1, tuple(
        f'GCOV_PROFILE_{stem}.o=$(if $(filter {folder},$(obj)),y)'
        for stem, folder in (('memory', 'drivers/base'),
                             ('memory_hotplug', 'mm'), ('page_alloc', 'mm'),
                             ('slub', 'mm')))),
}
_DEFAULT = Sanitizer(1)

_OPTION = re.compile(r'(CONFIG_\w+)=(.+)')


def fragments(arch, sanitizer=''):
    """The config fragments of the kernel that we boot."""
    names = ['base', arch]
    if sanitizer in (PLAIN, LOCKDEP):
        names += ['bench', *([LOCKDEP] if sanitizer == LOCKDEP else [])]
    else:
        names += ['debug', 'canary']
        if sanitizer:
            names.append(sanitizer)
    # As "make kselftest-merge" has it, which asks for one of the arch as well.
    config = REPO / 'tools/testing/selftests/memory-hotplug/config'
    of_arch = config.with_name(f'config.{ARCHES[arch].uname}')
    return [*(SCRIPTS / f'config/{name}.config' for name in names),
            REPO / 'lib/kunit/memhp.kunitconfig', config,
            *([of_arch] if of_arch.exists() else [])]


def requested(paths):
    """All options of these fragments; each may stand in one of them only."""
    options, home = {}, {}
    for path in paths:
        for line in path.read_text().splitlines():
            if not line or line.startswith('#'):
                continue
            match = _OPTION.fullmatch(line)
            if not match:
                raise Fatal(f'{path}: not a config option: {line}')
            name, value = match.groups()
            if name in options:
                raise Fatal(f'{name} is in {path} and in {home[name]}: '
                            f'keep one')
            options[name], home[name] = value, path
    return options


def lacking(kernel):
    """What there is no way to have on this kernel, of what is requested."""
    found = rules.read('lacking', (), ('why',), folder=SCRIPTS / 'config')
    return rules.of_kernel(found, kernel)


def verify(options, dotconfig, without=()):
    """Fatal unless the kernel's configuration has all that was requested, but
    for what it is without.
    """
    have = dict(_OPTION.findall(dotconfig.read_text()))
    there = [name for name in without if have.get(name) == options[name]]
    if there:
        raise Fatal(f'this kernel has {", ".join(there)}: correct '
                    f'scripts/config/lacking.ini')
    missing = [f'{name}={value}' for name, value in options.items()
               if have.get(name) != value and name not in without]
    if missing:
        raise Fatal(f'this kernel\'s configuration lacks what was requested: '
                    f'{", ".join(missing)}; it is unknown here or depends on '
                    f'something that is not set')


def ccache():
    """Is there a ccache on this host?"""
    return shutil.which('ccache') is not None


def ccache_env(state):
    """Our own cache, unless the user has one. Which headers a file includes is
    known from the dependencies that kbuild has the compiler write: to have it
    preprocessed first makes a build from cold a third more expensive.
    """
    return {'CCACHE_DIR': os.environ.get('CCACHE_DIR') or str(state / 'ccache'),
            'CCACHE_DEPEND': '1'}


# Only make, and what it starts, sees one folder in the place of another. Both
# root and anybody with user name spaces may do that.
_WITH_VIEW = ('unshare', '--mount', '--map-root-user', 'sh', '-c',
              'mount --bind "$0" "$1" && shift && exec "$@"')


class Kbuild:
    """The build of one tree for one arch.

    view: a folder that takes the place of the tree's, for make. objtool is
    built with absolute paths, and all objects depend on it: a copy of a tree
    and its objects is up to date only under the path that it was copied from.
    """

    def __init__(self, tree, arch, state, jobs, progress, log, sanitizer='',
                 view=None):
        self.tree = tree
        self.view = view
        self.arch = arch
        self.state = state
        self.target = ARCHES[arch]
        self.sanitizer = sanitizer
        self.slowdown = _VARIANTS.get(sanitizer, _DEFAULT).slowdown
        variant = f'-{sanitizer}' if sanitizer else ''
        self.obj = tree.path / f'memhp-{arch}{variant}'
        # Where others than make find the sources and the objects.
        self.source = view or tree.path
        self.here = self.source / self.obj.name
        self.jobs = jobs
        self.progress = progress
        self.log = log
        self.env = child_env(**ccache_env(state))

    def of(self, tree):
        """The same for another tree, without a sanitizer."""
        return Kbuild(tree, self.arch, self.state, self.jobs, self.progress,
                      self.log)

    def make_command(self, *args):
        """A make command line for this tree, arch and object folder."""
        cmd = ['make', '-C', str(self.tree.path), f'O={self.obj}',
               f'ARCH={self.target.kernel}', f'-j{self.jobs}',
               *_VARIANTS.get(self.sanitizer, _DEFAULT).make]
        prefix = self.target.prefix
        if prefix:
            cmd.append(f'CROSS_COMPILE={prefix}')
        if ccache():
            cmd += [f'CC=ccache {prefix}gcc', 'HOSTCC=ccache gcc']
        if self.view:
            cmd = [*_WITH_VIEW, str(self.view), str(self.tree.path), *cmd]
        return cmd + list(args)

    def make(self, *args):
        run_logged(self.make_command(*args), self.log, self.progress,
                   env=self.env)

    def configure(self):
        """Write .config from the fragments, and verify what came of it."""
        options = requested(fragments(self.arch, self.sanitizer))
        self.here.mkdir(exist_ok=True)
        allconfig = self.here / 'memhp.config'
        text = ''.join(f'{k}={v}\n' for k, v in options.items())
        with self.progress.phase('config'):
            if not self._configured(text):
                allconfig.write_text(text)
                self.make(f'KCONFIG_ALLCONFIG={allconfig}', 'allnoconfig')
        kernel = rules.Kernel(self.tree.release, self.arch)
        verify(options, self.here / '.config', lacking(kernel))

    def _kconfig_stamp(self):
        """What the configuration depends on besides the fragments: the
        Kconfig files, which kbuild lists when it has read them.
        """
        deps = self.here / 'include/config/auto.conf.cmd'
        names = re.findall(r'^\t(\S+)', deps.read_text(), re.M)
        stats = [(self.source / name).stat() for name in names]
        return ''.join(f'{name} {s.st_size} {s.st_mtime_ns} {s.st_ino}\n'
                       for name, s in zip(names, stats))

    def _configured(self, text):
        """Would configuring again change nothing?"""
        try:
            return ((self.here / 'memhp.config').read_text() == text and
                    (self.here / 'memhp.kconfig').read_text() ==
                    self._kconfig_stamp() and
                    (self.here / '.config').exists())
        except FileNotFoundError:
            return False

    def build_kernel(self, *targets):
        """Build the image and the modules, or these targets alone."""
        with self.progress.phase('build kernel'):
            self.make(*targets or (self.target.image, 'modules'))
        if not self.view:
            (self.obj / 'memhp.kconfig').write_text(self._kconfig_stamp())

    def install_modules(self, root):
        """The kernel's own "make modules_install", for modprobe in the guest."""
        with self.progress.phase('install modules'):
            self.make(f'INSTALL_MOD_PATH={root}', 'INSTALL_MOD_STRIP=1',
                      'modules_install')

    def install_kselftests(self, dest):
        """The kernel's own "make kselftest-install", statically linked."""
        with self.progress.phase('build kselftests'):
            self.make('TARGETS=memory-hotplug', 'FORCE_TARGETS=1',
                      'USERLDFLAGS=-static -s', f'INSTALL_PATH={dest}',
                      'kselftest-install')

