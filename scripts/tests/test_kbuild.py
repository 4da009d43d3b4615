# SPDX-License-Identifier: GPL-2.0
"""The kernel's configuration: what is requested is there, or is named."""

from pathlib import Path

import pytest

import kbuild
from common import Fatal
from rules import Kernel


def write(path, text):
    path.write_text(text)
    return path


def test_fragments_have_each_option_once():
    options = kbuild.requested(kbuild.fragments('x86_64'))
    for name in ('PROVE_LOCKING', 'BUG', 'SLUB_DEBUG', 'KUNIT', 'NUMA',
                 'MEMORY_HOTREMOVE', 'VIRTIO_MEM', 'ARCH_MEMORY_PROBE'):
        assert options[f'CONFIG_{name}'] == 'y'


@pytest.mark.parametrize('sanitizer', kbuild.SANITIZERS)
def test_fragments_with_a_sanitizer(sanitizer):
    plain = kbuild.requested(kbuild.fragments('x86_64'))
    options = kbuild.requested(kbuild.fragments('x86_64', sanitizer))
    assert options[f'CONFIG_{sanitizer.upper()}'] == 'y'
    assert plain.items() < options.items()


def test_each_kernel_has_its_own_objects(built):
    def make(sanitizer):
        kernel = kbuild.Kbuild(built.tree, 'x86_64', Path('/state'), 1, None,
                               None, sanitizer)
        return kernel.obj.name, ' '.join(kernel.make_command())

    names, commands = zip(*map(make, ('', 'kasan', 'kcsan')))
    assert names == ('memhp-x86_64', 'memhp-x86_64-kasan', 'memhp-x86_64-kcsan')
    assert [command.count('KCSAN_SANITIZE_page_alloc.o=y')
            for command in commands] == [0, 0, 1]


def test_files_that_kcsan_leaves_out(tree):
    """What is asked for on make's command line is still what it takes."""
    lines = (tree / 'mm/Makefile').read_text().splitlines()
    for word in kbuild.SANITIZERS['kcsan'].make:
        assert f'{word.removesuffix("=y")} := n' in lines


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


def test_what_a_kernel_lacks_is_not_missing(tmp_path):
    have = write(tmp_path / '.config', 'CONFIG_A=y\n')
    options = {'CONFIG_A': 'y', 'CONFIG_BUG': 'y', 'CONFIG_C': 'y'}
    kbuild.verify(options, have, {'CONFIG_BUG', 'CONFIG_C'})
    with pytest.raises(Fatal, match='lacks what was requested: CONFIG_C=y;'):
        kbuild.verify(options, have, {'CONFIG_BUG'})
    with pytest.raises(Fatal, match='has CONFIG_A: correct .*lacking.ini'):
        kbuild.verify(options, have, {'CONFIG_A', 'CONFIG_BUG', 'CONFIG_C'})


def test_what_old_kernels_lack():
    """All of it is requested, and the kernel that most of us test lacks none."""
    old = kbuild.lacking(Kernel('6.1.192', 'x86_64'))
    assert old.keys() <= kbuild.requested(kbuild.fragments('x86_64')).keys()
    assert 'CONFIG_MEMHP_CANARY_KUNIT_TEST' in old
    assert not kbuild.lacking(Kernel('6.12.117', 'x86_64'))


def test_the_built_kernel_has_them(built):
    kbuild.verify(kbuild.requested(kbuild.fragments(built.kbuild.arch)),
                  built.kbuild.obj / '.config')


def test_fragments_of_another_arch():
    here, there = (kbuild.requested(kbuild.fragments(arch))
                   for arch in ('x86_64', 'ppc64le'))
    assert here['CONFIG_VIRTIO_MEM'] == there['CONFIG_PPC_PSERIES'] == 'y'
    assert 'CONFIG_VIRTIO_MEM' not in there
    assert 'CONFIG_ACPI' not in there and 'CONFIG_PPC_PSERIES' not in here


def test_kselftests_name_an_arch_as_uname_does():
    options = kbuild.requested(kbuild.fragments('arm64'))
    assert options['CONFIG_VIRTIO_MEM'] == 'y'
    assert 'CONFIG_ARCH_MEMORY_PROBE' not in options


def test_another_arch_is_cross_compiled(built, monkeypatch):
    monkeypatch.setattr('os.uname', lambda: type('U', (), {
        'machine': 'x86_64'}))

    def words(arch):
        return kbuild.Kbuild(built.tree, arch, Path('/state'), 1, None,
                             None).make_command()

    assert {'ARCH=powerpc', 'CROSS_COMPILE=powerpc64le-linux-gnu-'} < \
        set(words('ppc64le'))
    assert {'ARCH=arm64', 'CROSS_COMPILE=aarch64-linux-gnu-'} < \
        set(words('arm64'))
    assert not any(w.startswith('CROSS_COMPILE') for w in words('x86_64'))
