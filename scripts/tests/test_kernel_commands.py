# SPDX-License-Identifier: GPL-2.0
"""The kernel's own commands work on the overlaid tree."""

import subprocess

import machine
import run_htmldocs
import run_kunit
from common import REPO, child_env


def make(conf, *args):
    return subprocess.run(['make', '--no-print-directory', '-C', REPO,
                           f'O={conf.state}', *args],
                          env=child_env(), capture_output=True, text=True)


def test_kunit_under_uml(conf):
    """Needs no kernel but its own: "make check" runs it beside the others."""
    done = make(conf, 'kunit')
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert 'Testing complete. Ran 89 tests: passed: 5, skipped: 84' in \
        done.stdout


def test_kunit_py_boots_our_machine(built):
    """With the kernel that is built already, for the sake of time."""
    done = subprocess.run(
        ['/usr/bin/python3', 'tools/testing/kunit/kunit.py', 'exec',
         f'--arch={built.kbuild.arch}',
         f'--qemu_config={machine.path_of(built.kbuild.arch)}',
         f'--build_dir={built.kbuild.obj}', 'zonelist'],
        cwd=built.tree.path, env=child_env(), stdin=subprocess.DEVNULL,
        capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]
    assert 'Ran 8 tests: passed: 8' in done.stdout


def test_kunit_py_configures_our_machine(built, tmp_path):
    """kunit.py fails unless the kernel gets every option that is asked for."""
    cmd = run_kunit.command(built.tree.path, built.kbuild.arch, 1)
    cmd[cmd.index('run')] = 'config'
    cmd = [w for w in cmd if not w.startswith(('--build_dir', '--jobs'))]
    done = subprocess.run([*cmd, f'--build_dir={tmp_path}'],
                          cwd=built.tree.path, env=child_env(),
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    text = (tmp_path / '.config').read_text()
    assert 'CONFIG_ACPI_HOTPLUG_MEMORY=y' in text


def test_kunit_of_another_arch(tmp_path, monkeypatch):
    monkeypatch.setattr(run_kunit.kbuild, 'ccache', lambda: True)
    cmd = run_kunit.command(tmp_path, 'arm64', 1, 'zonelist')
    assert '--cross_compile=aarch64-linux-gnu-' in cmd
    assert 'CC=ccache aarch64-linux-gnu-gcc' in cmd and cmd[-1] == 'zonelist'
    assert not any('cross' in w for w in run_kunit.command(tmp_path, 'um', 1))


def test_htmldocs_has_no_warning_from_us(conf, built):
    done = make(conf, 'htmldocs')
    assert done.returncode == 0, done.stdout + done.stderr
    page = (built.kbuild.obj / 'Documentation/output/admin-guide/mm'
            '/memory-hotplug-testing.html')
    text = page.read_text()
    # The kernel-doc of our suites is rendered into it.
    assert 'zonelist_expected' in text and 'memhp_block_get' in text


def test_htmldocs_warnings_of_ours_are_found():
    log = ('x/Documentation/admin-guide/mm/ksm.rst:1: WARNING: theirs\n'
           'x/Documentation/admin-guide/mm/memory-hotplug-testing.rst:7: '
           'WARNING: ours\n'
           './lib/kunit/zonelist_oracle.c:9: warning: ours, from kernel-doc\n')
    assert len(run_htmldocs.our_warnings(log)) == 2


def test_kselftest_in_the_guest(conf, built):
    done = make(conf, 'kselftest', 'TESTS=mem-on-off-test.sh')
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith('1 passed, 0 failed, 0 skipped\n')


def test_kunit_command_needs_no_machine_under_uml(built):
    cmd = run_kunit.command(built.tree.path, 'um', 1)
    assert not any(word.startswith('--qemu_config') for word in cmd)
