# SPDX-License-Identifier: GPL-2.0
"""The kernel's configuration: what is requested is there, or is named."""

import pytest

import kbuild
from common import Fatal


def write(path, text):
    path.write_text(text)
    return path


def test_fragments_have_each_option_once():
    options = kbuild.requested(kbuild.fragments('x86_64'))
    for name in ('PROVE_LOCKING', 'BUG', 'SLUB_DEBUG', 'KUNIT', 'NUMA',
                 'MEMORY_HOTREMOVE', 'VIRTIO_MEM', 'ARCH_MEMORY_PROBE'):
        assert options[f'CONFIG_{name}'] == 'y'


def test_an_option_in_two_fragments_is_refused(tmp_path):
    one = write(tmp_path / 'one', 'CONFIG_BUG=y\n')
    two = write(tmp_path / 'two', '# more\nCONFIG_BUG=y\n')
    with pytest.raises(Fatal, match='CONFIG_BUG is in .*two and in .*one'):
        kbuild.requested([one, two])


def test_a_line_that_is_no_option_is_refused(tmp_path):
    with pytest.raises(Fatal, match='not a config option: BUG=y'):
        kbuild.requested([write(tmp_path / 'one', 'BUG=y\n')])


def test_missing_options_are_named(tmp_path):
    have = write(tmp_path / '.config', '# CONFIG_BUG is not set\nCONFIG_A=y\n')
    with pytest.raises(Fatal, match='CONFIG_BUG=y, CONFIG_NR_CPUS=16;'):
        kbuild.verify({'CONFIG_BUG': 'y', 'CONFIG_A': 'y',
                       'CONFIG_NR_CPUS': '16'}, have)


def test_the_built_kernel_has_them(built):
    kbuild.verify(kbuild.requested(kbuild.fragments(built.kbuild.arch)),
                  built.kbuild.obj / '.config')
