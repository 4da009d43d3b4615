# SPDX-License-Identifier: GPL-2.0
"""A test of a run again: that it is this test, on this kernel, in this boot."""

import json
import re
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import replace

import pytest

import bootrecord
import common
import judge
import pipeline
import repro
import suites
from common import REPO, Fatal, child_env
from progress import Progress
from test_kernels import record

CANARY = f'{suites.CANARY}.failure'
BOTH = suites.Selection(['zonelist'], '', ['one_test', 'two.sh'],
                        ('one_test:a.*',), ('one_test:*', 'two.sh:*'))


def boot(results, name, tests, selection=BOTH, reasons=()):
    """As much of a boot's folder as it takes to find it."""
    folder = results / name
    folder.mkdir(parents=True)
    bootrecord.write(record('1/vmlinux', '2/base', selection=selection), folder)
    (folder / 'results.json').write_text(json.dumps({
        'tests': [{'name': n, 'failed': f} for n, f in tests.items()],
        'reasons': [{'test': n, 'text': f'failed: {n}'}
                    for n, f in tests.items() if f] + list(reasons)}))


@pytest.fixture
def results(tmp_path):
    boot(tmp_path, 'run/reference', {'zonelist.a.x y': True,
                                     'one_test:a.b': False})
    boot(tmp_path, 'run/in-use', {'one_test:a.b': True, 'two.sh': False})
    boot(tmp_path, 'old', {'zonelist.a.x y': False})
    (tmp_path / 'audit').mkdir()
    return tmp_path


@pytest.mark.parametrize('run, test, folder, name', (
    ('run', 'zonelist.a.x y', 'run/reference', 'zonelist.a.x y'),
    ('run', 'reference/zonelist.a.x y', 'run/reference', 'zonelist.a.x y'),
    ('run/reference', 'reference/one_test:a.b', 'run/reference',
     'one_test:a.b'),
    # Of two boots, the one where it failed.
    ('run', 'one_test:a.b', 'run/in-use', 'one_test:a.b'),
    ('run', 'reference/one_test:a.b', 'run/reference', 'one_test:a.b'),
    ('run/', 'two.sh', 'run/in-use', 'two.sh'),
    ('old', 'zonelist', 'old', 'zonelist')))
def test_found(results, run, test, folder, name):
    if test == 'two.sh':
        shutil.rmtree(results / 'run/reference')
    past = repro.find(results, run, test)
    assert (past.folder, past.test) == (results / folder, name)


@pytest.mark.parametrize('run, test, text', (
    ('', 'x', 'RUN= is missing.* the latest are run, old, audit'),
    ('nix', 'x', 'no run nix in .* the latest are run, old'),
    ('../', 'x', r'no run \.\./ in'),
    ('audit', 'x', 'RUN=audit has no boot.json'),
    ('run', '', 'TEST= is missing.* there failed '),
    ('run', 'zonelist.b', 'no test zonelist.b ran in RUN=run; there failed '
     'one_test:a.b, zonelist.a.x y'),
    ('old', 'zonelist.b', 'there are zonelist, one_test, two.sh, zonelist.a'),
    ('run', 'two.sh', 'more than one boot: give RUN= one of run/in-use, '
     'run/reference')))
def test_not_found(results, run, test, text):
    with pytest.raises(Fatal, match=text) as e:
        repro.find(results, run, test)
    assert '\n' not in str(e.value)


@pytest.mark.parametrize('test', ('two.sh', 'one_test:a.c', 'zonelist.b'))
def test_a_boot_without_results_can_be_repeated(results, test):
    (results / 'old/results.json').unlink()
    past = repro.find(results, 'old', test)
    assert past.folder == results / 'old' and not past.failed()
    assert repro.about(past.found, test) is None
    with pytest.raises(Fatal, match='no test three:a.b ran in RUN=old'):
        repro.find(results, 'old', 'three:a.b')


def test_its_tree_is_gone(results, conf):
    past = repro.find(results, 'old', 'two.sh')
    with pytest.raises(Fatal, match='/nowhere is gone.*"make run"'):
        repro.rebuilt(past.record, BOTH, conf, None)


@pytest.mark.parametrize('test, expected', (
    ('zonelist.a.x y', suites.Selection(['zonelist'], 'zonelist.a', [])),
    ('zonelist', suites.Selection(['zonelist'], 'zonelist', [])),
    ('one_test:a.b', suites.Selection([], '', ['one_test'], ('one_test:a.b',),
                                      ('one_test:*',))),
    ('one_test', suites.Selection([], '', ['one_test'], ('one_test:a.*',),
                                  ('one_test:*',))),
    ('two.sh:a b', suites.Selection([], '', ['two.sh'], (), ('two.sh:*',)))))
def test_only_this_test(test, expected):
    assert repro.only(BOTH, test) == expected


def test_reasons_of_the_test_else_of_the_boot(results):
    splat = {'test': '', 'text': 'warning: WARNING'}
    found = {'reasons': [{'test': 'a.b', 'text': 'one'},
                         {'test': 'a.b.c', 'text': 'two'},
                         {'test': 'a.bc', 'text': 'other'}, splat]}
    assert repro.about(found, 'a.b') == ['one', 'two']
    assert repro.about(found, 'a.d') == ['warning: WARNING']


@pytest.mark.parametrize('before, now, text', (
    (['took 31 s'], ['took 29.1 s'], 'FAILED as before'),
    (['took 31 s'], ['crashed'], 'FAILED, but not as before'),
    (['took 31 s'], [], 'passed'), ([], [], 'passed as before'),
    ([], ['crashed'], 'FAILED, and did not before'),
    (None, ['crashed'], 'FAILED'), (None, [], 'passed')))
def test_compare(before, now, text):
    assert repro.compare(before, now) == text


def run(conf, *args):
    return subprocess.Popen(
        ['make', '-s', '-C', str(REPO), 'repro', f'O={conf.state}', *args],
        env=child_env(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope='module')
def failed(built, conf, tmp_path_factory):
    """The id of a run with a test that failed, on a kernel that was thrown
    away.
    """
    image = tmp_path_factory.mktemp('mutant') / 'memhp-mutant.image'
    shutil.copyfile(built.image, image)
    chosen = suites.Selection([suites.CANARY], CANARY, [])
    with common.locked(conf.state), \
            pipeline.results_folder(conf, 'test-repro') as out:
        progress = Progress(sys.stdout)
        mutant = replace(built, image=image, selection=chosen)
        booted = pipeline.run_guest(mutant, conf, out, progress)
        judge.write(mutant, booted, *judge.judge(mutant, booted, chosen, out),
                    out, '', progress.phases)
    image.unlink()
    yield out.name
    shutil.rmtree(out)


def test_fails_again(failed, conf):
    out, err = run(conf, f'RUN={failed}', f'TEST={CANARY}').communicate()
    assert f'{CANARY}: FAILED as before\n' in out, out + err
    before, now = re.findall(r'^(?:before|now): +(.*)$', out, re.M)
    assert before == now and before.startswith(f'failed: {CANARY}')
    assert f'\nagain: make repro RUN={failed} TEST={CANARY}\n' in out
    assert out.endswith('\n0 passed, 1 failed, 0 skipped\n')


def test_pasted_command_boots_it(failed, conf):
    out, _ = run(conf, f'RUN={failed}', f'TEST={CANARY}').communicate()
    command = re.search('^without us: (.*)$', out, re.M)[1]
    done = subprocess.run(command, shell=True, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=120)
    assert f'not ok 1 {suites.CANARY}' in done.stdout, done.stderr
    assert 'memhp: tainted=' in done.stdout


def packet(stub, text):
    """Send a packet of gdb's remote protocol; returns the answer's payload."""
    stub.sendall(f'${text}#{sum(text.encode()) % 256:02x}'.encode())
    data = b''
    while not (found := re.search(rb'\$([^#]*)#..', data)):
        more = stub.recv(4096)
        assert more, data
        data += more
    stub.sendall(b'+')
    return found[1].decode()


def test_waits_for_a_debugger(failed, conf):
    proc = run(conf, f'RUN={failed}', f'TEST={CANARY}', 'GDB=1', 'V=1')
    place = r"gdb \S+/vmlinux -ex 'target remote 127.0.0.1:(\d+)'"
    for line in proc.stdout:
        if found := re.search(place, line):
            port = int(found[1])
        if re.search(r'\] boot$', line):
            break
    stub = None
    while not stub:
        try:
            stub = socket.create_connection(('127.0.0.1', port))
        except ConnectionRefusedError:
            assert proc.poll() is None
            time.sleep(0.1)
    with stub:
        stub.settimeout(60)
        # The first instruction of a reset CPU: nothing has run.
        assert packet(stub, '?').startswith('T05')
        assert packet(stub, 'c').startswith(('W', 'X'))
    out, err = proc.communicate(timeout=60)
    assert f'{CANARY}: FAILED as before\n' in out, out + err
