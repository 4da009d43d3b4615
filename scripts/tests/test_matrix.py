# SPDX-License-Identifier: GPL-2.0
"""Jobs on workers: two sshd on this machine, on ports of their own, and most of
the time a program in the place of QEMU. What is lost is made again elsewhere,
what fails is not.
"""

import getpass
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

import kernels
import kill_rows
import kill_watch
import machine
import matrix
import matrix_batch
import matrix_dispatch
import matrix_hosts
import matrix_joblog
import matrix_mutants
import matrix_page
import matrix_results
import matrix_stage
import matrix_worker
import mutant
import pipeline
import scenarios
import suites
from arches import ARCHES
from common import REPO, SCRIPTS, Fatal, child_env, locked
from progress import Progress

PATIENCE = 60

# In the place of QEMU: says when and where it begins, and takes its time. It
# ends with QEMU's own status if it is not to fail.
STANDIN = '''#!/bin/sh
here=$(dirname "$0")
for word; do
	case $word in
	*job=*) set -- ${word##*job=} ;;
	esac
done
set -- $SSH_CONNECTION - - - - "$@"
port=$4
while [ $# -gt 3 ]; do shift; done
echo "$1 $port $$" >>"$here/begun"
echo "Linux version of $1"
sleep "$2"
exit "$3"
'''


class Sshd:
    """A worker on a port of 127.0.0.1."""

    def __init__(self, folder, path):
        folder.mkdir()
        with socket.socket() as s:
            s.bind(('127.0.0.1', 0))
            self.port = s.getsockname()[1]
        for name in ('host', 'user'):
            subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '',
                            '-f', folder / name], check=True)
        (folder / 'known').write_text(
            f'[127.0.0.1]:{self.port} {(folder / "host.pub").read_text()}')
        (folder / 'config').write_text(
            f'ListenAddress 127.0.0.1:{self.port}\n'
            f'HostKey {folder}/host\n'
            f'AuthorizedKeysFile {folder}/user.pub\n'
            f'PidFile {folder}/pid\nStrictModes no\nUsePAM no\n'
            f'PasswordAuthentication no\n'
            f'SetEnv PATH={path}:/usr/sbin:/usr/bin:/sbin:/bin\n')
        self.proc = subprocess.Popen(
            ['/usr/sbin/sshd', '-D', '-e', '-f', folder / 'config'],
            stdin=subprocess.DEVNULL, stderr=open(folder / 'log', 'w'))
        self._wait(folder / 'log')
        self.line = (
            f'1/ssh -F none -p {self.port} -i {folder}/user '
            f'-o IdentitiesOnly=yes -o UserKnownHostsFile={folder}/known '
            f'{getpass.getuser()}@127.0.0.1')

    def _wait(self, log):
        end = time.monotonic() + PATIENCE
        while 'Server listening' not in log.read_text():
            assert self.proc.poll() is None, log.read_text()
            assert time.monotonic() < end
            time.sleep(0.05)

    def lose(self):
        """Be gone, with all logins; their programs are not told."""
        for pid in [*descendants(self.proc.pid, 'sshd'), self.proc.pid]:
            os.kill(pid, signal.SIGKILL)
        self.proc.wait()

    def end(self):
        if self.proc.poll() is None:
            self.proc.terminate()
            self.proc.wait()


def descendants(pid, name):
    """Processes of a name that a process started, and theirs."""
    children = Path(f'/proc/{pid}/task/{pid}/children').read_text().split()
    for child in children:
        if Path(f'/proc/{child}/comm').read_text().strip() == name:
            yield int(child)
            yield from descendants(child, name)


@pytest.fixture(scope='module')
def privsep():
    """What Debian's service makes for sshd, where it does not run."""
    folder = Path('/run/sshd')
    made = os.getuid() == 0 and not folder.exists()
    if made:
        folder.mkdir(0o755)
    yield
    if made:
        folder.rmdir()


@pytest.fixture
def bin_(tmp_path):
    """A folder that is in the workers' PATH, with the stand-in."""
    folder = tmp_path / 'bin'
    folder.mkdir()
    (folder / 'qemu-system-standin').write_text(STANDIN)
    (folder / 'qemu-system-standin').chmod(0o755)
    (folder / 'begun').write_text('')
    return folder


@pytest.fixture
def sshds(privsep, tmp_path, bin_):
    """Two workers."""
    both = []
    try:
        for name in 'ab':
            both.append(Sshd(tmp_path / name, bin_))
        yield both
    finally:
        for sshd in both:
            sshd.end()


# What a test has dispatched.
made = []


@pytest.fixture(autouse=True)
def clean(bin_):
    """Nothing is left on the workers, whatever happens."""
    made.clear()
    yield
    end = time.monotonic() + PATIENCE
    for name, _, pid in begun(bin_):
        while Path(f'/proc/{pid}').exists():
            assert time.monotonic() < end, name
            time.sleep(0.1)
    for jobs in made:
        assert not jobs._there.exists()


def begun(folder):
    """(job, port, pid) of each boot that began, in their order."""
    return [tuple(line.split())
            for line in (folder / 'begun').read_text().splitlines()]


def workers(tmp_path, *lines):
    hosts = tmp_path / 'hosts'
    hosts.write_text('# a comment\n\n' + ''.join(f'{x}\n' for x in lines))
    return matrix_hosts.read(hosts)


class Said(Progress):
    """Remembers what was said."""

    def __init__(self):
        super().__init__()
        self.lines = []

    def say(self, text):
        self.lines.append(text)


def dispatch(tmp_path, lines, **jobs):
    """Jobs for the stand-in, each "seconds status"."""
    state, out = tmp_path / 'state', tmp_path / 'out'
    out.mkdir()
    state.mkdir()
    (tmp_path / 'vmlinux').write_text('kernel')
    place = kernels.keep(tmp_path / 'vmlinux', 'vmlinux', state)
    made.append(matrix_dispatch.Dispatch(
        {name: matrix_stage.Job(
            {'linux_arch': 'powerpc', 'qemu_arch': 'standin',
             'kernel_command_line': 'quiet',
             'extra_qemu_params': []}, place, [place],
            f'job={name} {what}', PATIENCE) for name, what in jobs.items()},
        workers(tmp_path, *lines), state, out, Said()))
    return made[-1]


def when(folder, condition, act):
    """Act as soon as the condition holds for what has begun."""
    def wait():
        end = time.monotonic() + PATIENCE
        while not condition(begun(folder)) and time.monotonic() < end:
            time.sleep(0.05)
        act()
    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_a_worker_is_lost(tmp_path, sshds, bin_):
    """In mid-job: its job, and all others, run on the other worker."""
    lost, other = sshds
    jobs = dispatch(tmp_path, [lost.line, other.line],
                    one='2 0', two='2 0', three='0 0')
    thread = when(bin_, lambda b: any(p == str(lost.port) for _, p, _ in b),
                  lost.lose)
    done = {name: told for name, _, told in jobs.run()}
    thread.join()
    assert set(done) == {'one', 'two', 'three'}
    assert all(t['outcome']['kind'] == 'exited' for t in done.values())
    for name in done:
        text = (tmp_path / f'out/{name}/console.log').read_text()
        assert text == f'Linux version of {name}\n'
    ports = {}
    for name, port, _ in begun(bin_):
        ports.setdefault(name, []).append(int(port))
    twice = [name for name, p in ports.items() if len(p) > 1]
    assert len(twice) == 1 and ports[twice[0]] == [lost.port, other.port]
    assert all(p[-1] == other.port for p in ports.values())
    # Nobody can look there any more, and that is said.
    assert any(line.startswith(f'HOSTS={tmp_path}/hosts, line 3: ') and
               'may be left' in line for line in jobs._progress.lines)


def test_all_workers_are_lost(tmp_path, sshds, bin_):
    """What has no result then is not in it, and it ends. The folder stays that
    nobody can remove; not what ran in it.
    """
    lost = sshds[0]
    jobs = dispatch(tmp_path, [lost.line], one='0 0', two='30 0')
    thread = when(bin_, lambda b: any(n == 'two' for n, _, _ in b), lost.lose)
    assert [name for name, _, _ in jobs.run()] == ['one']
    thread.join()
    assert any('may be left' in line for line in jobs._progress.lines)
    # Waits for whoever still runs.
    assert not matrix_hosts.clean(matrix_hosts.here(1), jobs._there,
                                  matrix_worker.RUNNING)


def test_a_failure_is_a_result(tmp_path, sshds, bin_):
    """A guest that ends badly has run: nobody tries again."""
    jobs = dispatch(tmp_path, [s.line for s in sshds], good='0 0', bad='0 3')
    done = {name: told['outcome'] for name, _, told in jobs.run()}
    assert done['good']['kind'] == 'exited'
    assert done['bad']['kind'] == 'qemu-error'
    assert '(exit 3)' in done['bad']['text']
    assert sorted(name for name, _, _ in begun(bin_)) == ['bad', 'good']
    log = (tmp_path / 'out' / matrix_joblog.NAME).read_text().splitlines()
    assert len(log) == 2 and all(x.split('\t')[6] == '0' for x in log)


def test_this_machine_is_a_worker_too(tmp_path, sshds, bin_, monkeypatch):
    monkeypatch.setenv('PATH', f'{bin_}:{os.environ["PATH"]}')
    jobs = dispatch(tmp_path, ['1/:', sshds[0].line], one='1 0', two='1 0')
    assert {name for name, _, _ in jobs.run()} == {'one', 'two'}
    assert {port for _, port, _ in begun(bin_)} == {'-', str(sshds[0].port)}


def test_interrupted(tmp_path, sshds, bin_, monkeypatch):
    """Here and on a worker, as the fixture sees."""
    monkeypatch.setenv('PATH', f'{bin_}:{os.environ["PATH"]}')
    jobs = dispatch(tmp_path, ['1/:', sshds[0].line], one='60 0', two='60 0')

    def note(_):
        if len(begun(bin_)) == 2:
            raise KeyboardInterrupt
    jobs._progress.note = note
    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        list(jobs.run())
    assert time.monotonic() - begin < 30
    assert not list((tmp_path / 'state').glob('matrix-*'))


def test_good_hosts(tmp_path):
    found = workers(tmp_path, '4/root@big.example.org  # big', 'ssh host', '2/:', 'ssh',
                    '# ssh none', 'ssh -p 2222 -i key me@lab')
    assert [(w.jobs, w.target) for w in found] == [
        (4, 'root@big.example.org'), (0, 'host'), (2, ''), (0, 'ssh'),
        (0, 'me@lab')]
    assert found[-1].ssh[:5] == ('ssh', '-p', '2222', '-i', 'key')
    assert found[-1].place.endswith('line 8')
    assert found[0].login().startswith('4/ssh -o BatchMode=yes ')
    assert found[2].login() == '2/:'


@pytest.mark.parametrize('line, text', (
    ('0/host', 'line 3: no jobs at a time'),
    ('two hosts', r'line 3: not \[N/\]\[ssh option'),
    ('host; reboot', r'line 3: not \[N/\]'),
    ('ssh -p 22 -host', 'line 3: -host is not a host'),
    ('host\n2/host', 'line 4: a second time'),
    ('', 'names no host')))
def test_bad_hosts(tmp_path, line, text):
    with pytest.raises(Fatal, match=text) as e:
        workers(tmp_path, line)
    assert '\n' not in str(e.value)


def test_no_hosts_file(tmp_path):
    done = subprocess.run(
        ['make', '-s', '-C', REPO, 'matrix', f'HOSTS={tmp_path}/none',
         f'O={tmp_path}/state'], env=child_env(), text=True,
        stdin=subprocess.DEVNULL, capture_output=True)
    assert done.returncode and not done.stdout
    assert done.stderr.startswith(
        f'memhp: cannot read HOSTS={tmp_path}/none: No such file')
    assert not (tmp_path / 'state').exists()


def test_no_login_to_build_for(tmp_path, sshds):
    """The command finds that before it builds anything."""
    workers(tmp_path, *(s.line for s in sshds))
    sshds[1].lose()
    done = subprocess.run(
        ['make', '-s', '-C', REPO, 'matrix', f'HOSTS={tmp_path}/hosts',
         f'O={tmp_path}/state'], env=child_env(), text=True,
        stdin=subprocess.DEVNULL, capture_output=True)
    assert done.returncode and not done.stdout
    assert done.stderr.startswith(f'memhp: HOSTS={tmp_path}/hosts, line 4: ')
    assert 'Connection refused' in done.stderr.splitlines()[0]
    assert not (tmp_path / 'state').exists()


@pytest.mark.parametrize('change, text', (
    (lambda s: s.lose(), 'line 3: .*Connection refused'),
    (lambda s: os.remove(s.proc.args[-1].parent / 'known'),
     'line 3: .*Host key verification failed')))
def test_no_login(tmp_path, sshds, bin_, change, text):
    """Found before anything runs, on any worker."""
    jobs = dispatch(tmp_path, [s.line for s in sshds], one='0 0')
    change(sshds[0])
    with pytest.raises(Fatal, match=text) as e:
        list(jobs.run())
    assert '\n' not in str(e.value)
    assert not begun(bin_)


def test_no_qemu(tmp_path, sshds, bin_):
    (bin_ / 'qemu-system-standin').unlink()
    jobs = dispatch(tmp_path, [sshds[0].line], one='0 0')
    with pytest.raises(Fatal, match='lacks qemu-system-standin'):
        list(jobs.run())


def cell(built, conf, name, selection, bug=None):
    """A job of make matrix."""
    return matrix._cell(
        built, scenarios.Scenario(name, '', (), selection), conf,
        'make matrix', bug)


def bred(name, *jobs, unseen='', control=(), **more):
    """A seeded bug with these jobs."""
    return matrix_mutants.Bred(
        mutant.Mutant(Path(f'{name}.cocci'), name, [], [], unseen=unseen),
        '6.12-x86_64', control, jobs=list(jobs), **more)


def test_judged_here(tmp_path, sshds, built, conf):
    """Real boots on workers: a test that fails has failed, once. Where the kernel
    has a bug, it has found that, and the guest ends there.
    """
    out = tmp_path / 'out'
    out.mkdir()
    chosen = suites.Selection([suites.CANARY], f'{suites.CANARY}.failure', [])
    with locked(conf.state):
        one = bred('bug', 'buggy')
        cells = {'job': cell(built, conf, 'canary', chosen),
                 'buggy': cell(built, conf, 'canary', chosen, one.bug)}
        said = Said()
        merged = matrix._conclude(cells, [one], {}, matrix._run(
            cells, {}, workers(tmp_path, *(s.line for s in sshds)), conf, out,
            said), conf, out, said)
    assert merged['verdict'] == 'fail'
    assert [t['name'] for t in merged['tests'] if t['failed']] == \
        [f'job/{suites.CANARY}.failure']
    # A host that is busy enough may add a soft lockup.
    failed = merged['counts']['failed']
    assert failed == len(merged['reasons'])
    assert matrix_results.summary(merged).splitlines()[-1] == \
        f'0 passed, {failed} failed, 0 skipped'
    row, = merged['mutants']
    assert row['status'] == kill_rows.KILLED
    assert row['jobs']['buggy']['how'] == 'test'
    assert row['jobs']['buggy']['test'] == f'{suites.CANARY}.failure'
    job, other = merged['jobs']
    assert (job['bug'], other['bug']) == ('', 'bug')
    assert job['machine'] == 'scripts/machines/x86_64.py'
    assert job['host'].startswith(f'{socket.gethostname()}: ')
    ran = matrix_joblog.read(out / matrix_joblog.NAME)
    assert set(ran) == set(cells) and '127.0.0.1' in ran['job'].worker
    assert 0.5 < merged['busy'] <= 1.0
    assert ran['job'].worker in (out / 'report.html').read_text()
    for name in ('results.json', 'junit.xml', 'report.html', 'job/report.html',
                 'job/console.log', 'job/guest.log', 'job/boot.json',
                 'buggy/report.html'):
        assert (out / name).stat().st_size
    # As a matrix that goes on reads it.
    kept = json.loads((out / 'buggy/results.json').read_text())
    assert matrix_mutants.row(one, {'buggy': kept}) == row
    assert 'ended when a test had failed' in [r['text'] for r in kept['reasons']]


def fake(built, conf, name):
    """A job that takes no kernel."""
    chosen = suites.Selection(['zonelist'], 'zonelist', [])
    return matrix.Cell(built, scenarios.Scenario(name, '', (), chosen), 'f00',
                       matrix_stage.Job({}, 'image', [], 'nonce=f00 a', 1),
                       'make matrix')


def test_a_lost_job_has_failed(tmp_path, built, conf):
    cells = {name: fake(built.on('16-cpus'), conf, name)
             for name in ('one', 'two')}
    merged = matrix_results.write(
        {name: matrix_results.lost(name, c, tmp_path)
         for name, c in cells.items()}, [], tmp_path, [])
    assert merged['verdict'] == 'fail'
    assert merged['counts'] == {'passed': 0, 'failed': 2, 'skipped': 0}
    assert merged['reasons'][0]['text'].startswith('one/lost: ')
    assert merged['machine'] == 'scripts/machines/x86_64.py, 16-cpus'


def test_goes_on(tmp_path, built, conf):
    """Where it was interrupted: what is done, failed or not, is not lost."""
    cells = {name: fake(built, conf, name) for name in ('one', 'two')}
    first, second, third = (tmp_path / f'{n}-matrix' for n in (1, 2, 3))
    first.mkdir()
    assert matrix._take_up(first, cells) == {}
    matrix_results.lost('one', cells['one'], first)
    second.mkdir()
    again = {name: replace(c, nonce='bad', job=replace(
        c.job, cmdline='nonce=bad a')) for name, c in cells.items()}
    done = matrix._take_up(second, again)
    assert list(done) == ['one'] and not first.exists()
    assert done['one']['report'] == str(second / 'one/report.html')
    # Other jobs, and one that has come to its end, have nothing for us.
    third.mkdir()
    assert matrix._take_up(third, {'one': cells['one']}) == {}
    assert second.exists()
    matrix_results.write(done, [], second, [])
    shutil.rmtree(third)
    third.mkdir()
    assert matrix._take_up(third, cells) == {}


def test_the_same_jobs(tmp_path, built, conf):
    """Of a kernel with a bug it is the bug that counts, not when it was built."""
    job = fake(built, conf, 'job')

    def key(image, text=None):
        bug = None
        if text:
            bug = mutant.Mutant(tmp_path / f'{text}.cocci', 'bug', [], [])
            bug.path.write_text(text)
        return matrix._key({'job': replace(job, bug=bug, job=replace(
            job.job, image=image))})
    assert key('now') != key('later')
    assert key('now', 'a') == key('later', 'a') != key('now', 'b')


def batched(cells, folder, conf, tmp_path, name):
    out = tmp_path / name
    out.mkdir()
    return matrix._batch(folder, cells, [], conf, out, Said())


def test_batch_folder_of_others(tmp_path):
    matrix_batch.check(tmp_path / 'new')
    with pytest.raises(Fatal, match='is not one that "make matrix"'):
        matrix_batch.check(tmp_path)
    with pytest.raises(Fatal, match='no is not a folder'):
        matrix_batch.check(tmp_path / 'no/new')


def test_batch(tmp_path, bin_, built, conf, monkeypatch):
    """What somebody else hands out, by the names of the jobs: what is there is
    judged by the nonce that the boot was given, what is not is lost.
    """
    conf = replace(conf, state=tmp_path / 'state')
    (tmp_path / 'state').mkdir()
    (tmp_path / 'vmlinux').write_text('kernel')
    place = kernels.keep(tmp_path / 'vmlinux', 'vmlinux', conf.state)
    built = replace(built, image=tmp_path / 'vmlinux',
                    archives=dict.fromkeys(built.archives,
                                           tmp_path / 'vmlinux'))
    cells = {name: replace(fake(built, conf, name), job=matrix_stage.Job(
        {'linux_arch': 'powerpc', 'qemu_arch': 'standin',
         'kernel_command_line': 'nonce=f00',
         'extra_qemu_params': []}, place, [place], 'nonce=f00 job=x 0 0', 9))
        for name in ('one', 'two')}
    folder = tmp_path / 'batch'
    assert batched(cells, folder, conf, tmp_path, 'first') is None
    assert (folder / 'names').read_text() == 'one\ntwo\n'
    monkeypatch.setenv('PATH', f'{bin_}:{os.environ["PATH"]}')
    subprocess.run(['python3', '-B', 'worker.pyz', 'two', tmp_path],
                   cwd=folder, check=True, timeout=PATIENCE)
    again = {name: replace(c, nonce='bad', job=replace(
        c.job, cmdline='nonce=bad job=x 0 0')) for name, c in cells.items()}
    found = batched(again, folder, conf, tmp_path, 'second')
    assert [j['name'] for j in found['jobs']] == ['one', 'two']
    assert {r['kind'] for r in found['reasons']
            if r['text'].startswith('one/')} == {'lost'}
    assert 'two/the kernel did not get to userspace' in [
        r['text'] for r in found['reasons']]
    assert 'nonce=f00' in (tmp_path / 'second/two/boot.json').read_text()
    with pytest.raises(Fatal, match='has other jobs'):
        batched({'one': cells['one']}, folder, conf, tmp_path, 'third')
    with pytest.raises(Fatal, match='is not one that "make matrix" has filled'):
        batched(cells, bin_, conf, tmp_path, 'fourth')


@pytest.mark.parametrize('variable, value, text', (
    ('ARCHES', 'x86_64 vax', 'ARCHES has vax: known are x86_64'),
    ('SANITIZERS', 'none ubsan', 'SANITIZERS has ubsan: known are none, kasan'),
    ('KERNELS', '/a/linux /b/linux', 'KERNELS has linux twice')))
def test_bad_axis(conf, monkeypatch, variable, value, text):
    monkeypatch.setenv(variable, value)
    with pytest.raises(Fatal, match=text):
        list(matrix._configurations(conf))


def test_axes(conf, monkeypatch):
    monkeypatch.setenv('KERNELS', '6.12 /a/linux')
    monkeypatch.setenv('SANITIZERS', 'none kasan')
    assert [(name, c.kernel, str(c.kdir), c.sanitizer)
            for name, c in matrix._configurations(conf)] == [
        ('6.12', '6.12', 'None', ''), ('6.12', '6.12', 'None', 'kasan'),
        ('linux', '', '/a/linux', ''), ('linux', '', '/a/linux', 'kasan')]


def test_machine_names(tree):
    """Skips are of machines that there are."""
    names = machine.names(tree, 'x86_64')
    files = {f'x86_64-{name}' for name in names} | {'x86_64'}
    assert {p.stem for p in (SCRIPTS / 'expected-skips').glob('x86_64*')} \
        <= files


def test_fetched_firmware_goes_along(tmp_path):
    """A worker has it elsewhere, if at all."""
    firmware = tmp_path / 'EFI.fd'
    firmware.write_text('UEFI')
    conf = SimpleNamespace(state=tmp_path)
    built = SimpleNamespace(
        machine=SimpleNamespace(extra_qemu_params=[
            '-cpu', 'x', '-bios', str(firmware), '-smp', '4']),
        kbuild=SimpleNamespace(target=ARCHES['arm64']))
    words, place = matrix._without_firmware(built, conf)
    assert words == ['-cpu', 'x', '-smp', '4']
    assert kernels.find(place, tmp_path).read_text() == 'UEFI'
    job = matrix_stage.Job({}, 'image', ['base'], '', 1, place)
    assert matrix_stage.places({'one': job}) == sorted(['base', 'image', place])
    built.kbuild.target = ARCHES['x86_64']
    words, place = matrix._without_firmware(built, conf)
    assert '-bios' in words and not place


def test_boots_of_a_machine(conf, built, monkeypatch):
    """All of them on the reference; elsewhere that of "make run"."""
    monkeypatch.setattr(kernels, 'keep', lambda path, name, state: name)
    conf = replace(conf, tests='')
    built = replace(built, selection=suites.select('', built.tree.path))
    cells = matrix._cells('6.12-x86_64', conf, built, matrix._boots(conf, built))
    def boots(name):
        return {c.scenario.name for c in cells.values()
                if c.built.machine_name == name}
    assert boots('reference') > {'run', 'reference', 'in-use'}
    assert len({json.dumps(c.job.machine) for c in cells.values()
                if c.scenario.name == 'run'}) == 4
    assert boots('16-cpus') == boots('2-nodes') == boots('16-nodes') == {'run'}
    assert pipeline.BOOT_LIMIT < cells['6.12-x86_64-reference-run'].job.limit


def test_boots_of_a_bug(tmp_path, conf, built, tree, monkeypatch):
    """Those of the test that it names, on each machine that can; else all."""
    monkeypatch.setattr(kernels, 'keep', lambda path, name, state: name)
    conf = replace(conf, tests='')
    built = replace(built, selection=suites.select('', tree))
    every = matrix._boots(conf, built)

    def jobs(*tests):
        bug = replace(bred('bug', built=built), bug=mutant.Mutant(
            tmp_path / 'a bug.cocci', 'a bug', [],
            [mutant.Observation(t, '', '') for t in tests]))
        cells = matrix._cells_of_bugs([bug], conf, every)
        assert bug.jobs == list(cells) and bool(cells) != bool(bug.status)
        assert all(c.bug == bug.bug and c.job.silence > kill_watch.SILENCE and
                   f'MUTANTS={tmp_path}' in c.command for c in cells.values())
        return {name.removeprefix('6.12-x86_64-a_bug-'): c.scenario.selection
                for name, c in cells.items()}
    found = jobs('zonelist_retry.slow_path_waits', 'memhp_cpu')
    assert set(found) == {f'{name}-reference' for name in (
        'reference', '2-nodes', '16-cpus', '16-nodes')}
    assert all(s.suites == ['zonelist_retry'] for s in found.values())
    # On other machines there is no boot with parameters of the reference.
    assert set(jobs('probe_test')) == {'reference-hidden-memory'}
    assert {n for n in jobs() if n.startswith('reference-')} == \
        {f'reference-{s.name}' for s in every}
    monkeypatch.setenv('MACHINES', '16-cpus')
    assert not jobs('probe_test')


def test_bugs_of_a_folder(tmp_path, conf, built, monkeypatch):
    """One that is built, and what becomes of each other."""
    class Scratch:
        def __init__(self, *args):
            pass

        def build(self, bug):
            if bug.name == 'same':
                raise mutant.Unchanged('changes nothing')
            (tmp_path / 'vmlinux').write_text(bug.name)
            return replace(built, image=tmp_path / 'vmlinux')

        def remove(self):
            (tmp_path / 'vmlinux').write_text('removed')
    monkeypatch.setattr(mutant, 'Scratch', Scratch)
    for name, head in {'built': 'mm/a.c', 'same': 'mm/a.c', 'none': '',
                       'power': 'mm/a.c\n// arch: powerpc'}.items():
        (tmp_path / f'{name}.cocci').write_text(
            f'// file: {head}\n' if head else '@@\n@@\n')
    conf = replace(conf, state=tmp_path)
    said = Said()
    found = {b.bug.name: b for b in matrix_mutants.breed(
        tmp_path, '6.12', ['job'], built, conf, said, tmp_path)}
    assert all(b.control == ['job'] for b in found.values())
    assert found['built'].built.image.read_text() == 'built'
    assert (tmp_path / 'vmlinux').read_text() == 'removed'
    assert [(n, b.status, bool(b.built)) for n, b in found.items()] == [
        ('built', '', True), ('none', kill_rows.BROKEN, False),
        ('power', kill_rows.INAPPLICABLE, False),
        ('same', kill_rows.INAPPLICABLE, False)]
    assert 'does not say' in found['none'].text


def told(*said, machine='here', verdict='pass'):
    """Of the results of a job, what counts for bugs."""
    found = {'machine': machine, 'verdict': verdict}
    return found | {'killed': matrix_mutants.says(*said)} if said else found


TOLD = {'test': told(('test', 's.c', 'bad')), 'splat': told(('splat', '', 'WARNING')),
        'nothing': told(None), 'lost': told(), 'good': told(),
        'bad': told(machine='there', verdict='fail'),
        'elsewhere': told(('other', '', 'no result'), machine='there')}


@pytest.mark.parametrize('jobs, status', (
    (('nothing', 'test'), kill_rows.KILLED),
    (('lost', 'splat'), kill_rows.KILLED),
    (('nothing', 'nothing'), kill_rows.SURVIVED),
    (('elsewhere',), kill_rows.SURVIVED),
    (('elsewhere', 'test'), kill_rows.KILLED),
    (('nothing', 'lost'), 'lost')))
def test_what_becomes_of_a_bug(jobs, status):
    """One machine that finds it is enough. A job that is lost finds nothing, nor
    does one on a machine that fails without a bug.
    """
    row = matrix_mutants.row(bred('bug', *jobs, control=['good', 'bad']), TOLD)
    assert row['status'] == status
    assert bool(matrix_mutants.reasons([row])) == (status != kill_rows.KILLED)
    shown = matrix_page.mutants([row])
    assert f'<td class="status">{status}</td>' in shown
    assert ('fails without a bug, too' in shown) == ('elsewhere' in jobs)
    assert 'test: s.c' in shown or 'test' not in jobs


def test_bugs_fail_a_matrix():
    rows = [matrix_mutants.row(b, TOLD) for b in (
        bred('found', 'test'), bred('luck', 'splat'), bred('left', 'nothing'),
        bred('known', 'nothing', unseen='nobody can'),
        bred('bad', status=kill_rows.BROKEN, text='does not apply'),
        bred('other', status=kill_rows.INAPPLICABLE, text='for powerpc'))]
    assert [r['text'] for r in matrix_mutants.reasons(rows)] == [
        '6.12-x86_64, left: no machine has a test that sees this bug',
        '6.12-x86_64, bad: does not apply']
    assert matrix_mutants.summary(rows) == [
        '  6.12-x86_64: 6 seeded bugs: 2 killed, 2 survived, 1 not applicable, '
        '1 broken; 1 by a named test']
