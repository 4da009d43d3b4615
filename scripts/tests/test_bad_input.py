# SPDX-License-Identifier: GPL-2.0
"""Bad input: one line that says what is wrong, exit status, nothing left."""

import fcntl
import os
import re
import shutil
import subprocess

import pytest

from common import REPO, SCRIPTS, child_env

AS_NOBODY = (shutil.which('setpriv'), '--reuid=65534', '--regid=65534',
             '--clear-groups')
MAKEFILE = ('VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 0\nEXTRAVERSION =\n')


def make(*args):
    """Run one of our commands as a user would."""
    return subprocess.run(['make', '-C', str(REPO), *args], env=child_env(),
                          capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=300)


def complaint(done):
    """The one line of ours; make adds its own behind it."""
    assert done.returncode == 2, done.stdout + done.stderr
    lines = [x for x in done.stderr.splitlines()
             if x and not x.startswith(('make:', 'make['))]
    assert len(lines) == 1 and lines[0].startswith('memhp: '), lines
    assert 'Traceback' not in done.stdout + done.stderr
    return lines[0]


def let_anybody_in(folder):
    """Open a temporary folder to users other than its owner."""
    while folder.name != 'tmp':
        folder.chmod(0o755)
        folder = folder.parent


@pytest.fixture
def kdir(tmp_path):
    """As much of a kernel tree as it takes to be looked at."""
    tree = tmp_path / 'linux'
    for folder in ('mm', 'lib/kunit', 'Documentation/admin-guide/mm'):
        (tree / folder).mkdir(parents=True)
    (tree / 'Makefile').write_text(MAKEFILE)
    (tree / 'mm/page_alloc.c').write_text('\n')
    return tree


@pytest.fixture
def state(tmp_path):
    return tmp_path / 'state'


def leftovers(state):
    """What a refused command leaves in its O=: the lock file at most."""
    return [p for p in state.rglob('*')
            if p.name not in ('.lock', 'results', 'trees')] \
        if state.exists() else []


def run_with(state, *args):
    done = make('run', f'O={state}', *args)
    text = complaint(done)
    assert not leftovers(state)
    return text


def test_unknown_kernel(state):
    assert 'unknown KERNEL=4.4' in run_with(state, 'KERNEL=4.4')


def test_unknown_arch(state):
    assert 'unknown ARCH=vax' in run_with(state, 'ARCH=vax')


@pytest.mark.parametrize('script', ['audit', 'rules_doc'])
def test_arch_that_a_command_does_not_know(state, script):
    """Not by make, which would get the other arch's compiler first."""
    done = subprocess.run(
        ['/usr/bin/python3', '-B', SCRIPTS / f'{script}.py'],
        env=child_env(ARCH='ppc64le', O=str(state)), capture_output=True,
        text=True)
    assert done.returncode and done.stderr.splitlines() == [
        'memhp: unknown ARCH=ppc64le: known here are x86_64']


def test_unknown_sanitizer(state):
    assert 'unknown SANITIZER=msan: known are kasan, kcsan' in \
        run_with(state, 'SANITIZER=msan')


def test_sanitizer_is_not_for_kunit(state):
    done = make('kunit', f'O={state}', 'SANITIZER=kcsan')
    assert 'make kunit knows no SANITIZER=kcsan' in complaint(done)


def test_wrong_number_of_jobs(state):
    assert 'J=none' in run_with(state, 'J=none')


def test_kdir_does_not_exist(state, tmp_path):
    assert 'does not exist' in run_with(state, f'KDIR={tmp_path}/nowhere')


def test_kdir_is_no_kernel_tree(state, tmp_path):
    assert 'not a kernel tree' in run_with(state, f'KDIR={tmp_path}')


def test_kdir_is_a_program_with_a_makefile(state, tmp_path):
    (tmp_path / 'Makefile').write_text('all:\n')
    assert 'not a kernel tree' in run_with(state, f'KDIR={tmp_path}')


def test_kdir_is_too_old(state, kdir):
    (kdir / 'Makefile').write_text(MAKEFILE.replace('12', '0'))
    assert 'oldest supported' in run_with(state, f'KDIR={kdir}')


def test_kdir_has_a_file_in_our_place(state, kdir):
    (kdir / 'lib/kunit/zonelist_kunit.c').write_text('/* theirs */\n')
    assert 'in the way' in run_with(state, f'KDIR={kdir}')


def test_kdir_cannot_be_hooked(state, kdir):
    shutil.rmtree(kdir / 'lib')
    (kdir / 'lib/kunit').mkdir(parents=True)
    (kdir / 'lib/kunit/Makefile').write_text('# nothing\n')
    done = make('run', f'O={state}', f'KDIR={kdir}')
    assert 'not supported' in complaint(done)


def test_kdir_is_unreadable(tmp_path, kdir):
    """As somebody who is not root, whom permissions stop."""
    (kdir / 'Makefile').chmod(0)
    let_anybody_in(tmp_path)
    done = subprocess.run(
        [*AS_NOBODY, '/usr/bin/python3', '-B', str(REPO / 'scripts/run.py'),
         'run'], env={'PATH': os.environ['PATH'], 'KDIR': str(kdir),
                      'O': '/tmp/memhp-nobody'},
        capture_output=True, text=True, cwd='/')
    shutil.rmtree('/tmp/memhp-nobody', ignore_errors=True)
    assert done.returncode == 1
    assert done.stderr.startswith('memhp: cannot read')
    assert done.stderr.count('\n') == 1


def test_unknown_test(conf, built):
    done = make('run', f'O={conf.state}', 'TESTS=no_such_test')
    text = complaint(done)
    assert 'no test matches TESTS=no_such_test' in text
    assert 'zonelist_storm' in text and 'slab_read_test' in text


def test_two_runs_at_once(state):
    state.mkdir()
    with open(state / '.lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write('4711')
        lock.flush()
        assert 'in use by process 4711' in run_with(state)


def test_state_cannot_be_written():
    done = make('run', 'O=/proc/nowhere')
    assert 'cannot use O=/proc/nowhere' in complaint(done)


def test_no_space(tmp_path):
    """A file system of 64 MiB, in a mount name space of its own."""
    state = tmp_path / 'small'
    state.mkdir()
    script = (f'mount -t tmpfs -o size=64m none {state} && '
              f'make -C {REPO} run O={state}')
    done = subprocess.run(['unshare', '--mount', '--map-root-user', 'sh', '-c',
                           script], capture_output=True, text=True,
                          env={'PATH': os.environ['PATH']})
    assert 'no space' in complaint(done)


def test_qemu_is_missing(conf, built, tmp_path):
    """With a PATH that has everything but QEMU."""
    for folder in os.environ['PATH'].split(':'):
        for program in (os.scandir(folder) if os.path.isdir(folder) else ()):
            link = tmp_path / program.name
            if not program.name.startswith('qemu') and not link.is_symlink():
                link.symlink_to(program.path)
    done = subprocess.run(
        ['/usr/bin/python3', '-B', REPO / 'scripts/run.py', 'run'],
        env={'PATH': str(tmp_path), 'O': str(conf.state)},
        capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith('memhp: qemu-system-x86_64 is missing')


def test_setup_says_what_to_install(tmp_path):
    """Not root, and nothing in PATH but the shell's own tools."""
    let_anybody_in(tmp_path)
    for name in ('sh', 'id', 'dirname'):
        (tmp_path / name).symlink_to(shutil.which(name))
    done = subprocess.run(
        [*AS_NOBODY, '/bin/sh', REPO / 'scripts/setup.sh', 'run'],
        env={'PATH': str(tmp_path)}, capture_output=True, text=True)
    assert done.returncode == 1
    assert 'install with: sudo apt-get install' in done.stderr
    assert 'qemu-system-x86' in done.stderr


@pytest.mark.parametrize('kernel, sources', [
    ('6.12', {'6.12'}), ('6.1', {'6.1', '6.12'})])
def test_setup_gets_the_sources_that_a_kernel_takes(tmp_path, kernel, sources):
    """An old kernel is tested with the kselftests of a newer one."""
    let_anybody_in(tmp_path)
    shutil.copy(SCRIPTS / 'setup.sh', tmp_path)
    (tmp_path / 'packages.txt').write_text(
        (SCRIPTS / 'packages.txt').read_text().replace('/usr/src/', '/none/'))
    done = subprocess.run(
        [*AS_NOBODY, '/bin/sh', tmp_path / 'setup.sh', 'run'],
        env=child_env(KERNEL=kernel), capture_output=True, text=True)
    assert done.returncode == 1
    assert sources == set(re.findall(r'linux-source-(\S+)',
                                     done.stderr.splitlines()[0]))


def test_overlay_without_tree():
    assert 'make overlay TREE=' in complaint(make('overlay', 'TREE='))


def test_overlay_of_no_tree(tmp_path):
    done = make('overlay', f'TREE={tmp_path}')
    assert 'not a kernel tree' in complaint(done)
    assert not list(tmp_path.iterdir())


def test_verdict_without_patch(state):
    assert 'make verdict PATCH=' in complaint(make('verdict', f'O={state}',
                                                   'PATCH='))


@pytest.mark.parametrize('name, text, why', [
    ('x.txt', 'x', 'is none of .cocci, .sed, .patch, .diff'),
    ('x.cocci', '@@\n@@\n-a();\n', 'does not say "// file:"'),
    ('x.patch', 'no diff\n', 'does not say "// file:"'),
    ('x.diff', None, 'cannot read')])
def test_verdict_on_no_patch(state, tmp_path, name, text, why):
    if text:
        (tmp_path / name).write_text(text)
    assert why in complaint(make('verdict', f'O={state}',
                                 f'PATCH={tmp_path / name}'))
    assert not leftovers(state)


def test_verdict_on_no_kernel(state, tmp_path):
    (tmp_path / 'x.sed').write_text('// file: mm/slub.c\ns/a/b/\n')
    assert 'does not exist' in complaint(make(
        'verdict', f'O={state}', f'PATCH={tmp_path}/x.sed',
        f'KDIR={tmp_path}/nowhere'))
