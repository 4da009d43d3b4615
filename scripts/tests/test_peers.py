# SPDX-License-Identifier: GPL-2.0
"""What the peers find is told from what they do not; the control is in the
kernel that we test.
"""

import pytest

import console
import ktap
import mutant
import peers
import verdict
from common import Fatal
from progress import Progress
from verdict import Boot, Run

PROGRAM = 'a.sh'
LOG = ['[    9.500000] memhp: booted=1', '[   40.200000] the end']
WARNING = console.Splat('warning', 'WARNING: at f', 1, 12.34)
PANIC = console.Splat('panic', 'Kernel panic - not syncing', 1, 17.0)
FINISHED = {'booted': ['1'], 'finished': ['1'], 'debug_locks': ['1'],
            'tainted': ['0'], 'lockdep': ['chains: 1 [max: 9]']}


def killed(status='pass', reason='', splats=(), boot=Boot('exited'), guest=None,
           **said):
    """What is made of such a boot."""
    guest = FINISHED if guest is None else guest
    run = Run(nonce='1', boot=boot, guest=guest, splats=splats,
              console={**guest, **said}, programs=[PROGRAM],
              kselftest=ktap.Ktap([ktap.Test(PROGRAM, PROGRAM, status,
                                             reason)] if status else []))
    found = peers.killed(run, verdict.decide(run), PROGRAM, LOG)
    return found['killed'], found['guest_seconds']


TOOK = {'took': [f'{PROGRAM} 10.0 30.2']}


def test_survived():
    assert killed(**TOOK) == ('', 30.2)


@pytest.mark.parametrize('status', ('fail', 'skip', 'missing', 'crashed', ''))
def test_the_peer_says_so(status):
    assert killed(status, **TOOK) == (peers.TEST, 30.2)


def test_the_console_says_so():
    assert killed(splats=[WARNING], **TOOK) == (peers.SPLAT, 12.3)


def test_the_peer_goes_before_the_console():
    assert killed('fail', splats=[WARNING], **TOOK) == (peers.TEST, 30.2)


def test_lockdep_off():
    assert killed(guest={**FINISHED, 'debug_locks': ['0']})[0] == peers.SPLAT


def test_a_full_table_is_no_bug():
    assert killed(guest={**FINISHED, 'lockdep': ['chains: 9 [max: 9]']},
                  **TOOK) == ('', 30.2)


def test_crash():
    assert killed('', splats=[WARNING, PANIC], guest={'booted': ['1']}) == \
        (peers.CRASH, 12.3)
    assert killed('', guest={}) == (peers.CRASH, 40.2)


def test_hang():
    assert killed('', boot=Boot('timeout', 'no end after 120 s'),
                  guest={'booted': ['1']}, splats=[WARNING]) == \
        (peers.HANG, 40.2)
    # One that was ended, after which all went on.
    assert killed('fail', 'TIMEOUT 60 seconds', timeout=['60 s: ./a.sh'],
                  **TOOK) == (peers.HANG, 30.2)


def test_a_program_comes_with_its_libraries():
    names = [p.name for p in peers.with_libraries('stress-ng')]
    assert names[0] == 'stress-ng' and 'libc.so.6' in names
    assert any(n.startswith('ld-linux') for n in names)


def test_a_program_is_missing():
    with pytest.raises(Fatal, match='no-such-peer is missing: apt-get'):
        peers.with_libraries('no-such-peer')


@pytest.fixture
def quiet(tmp_path):
    with open(tmp_path / 'progress', 'w') as f:
        yield Progress(f)


def test_unmodified_kernel_survives(built, conf, tmp_path, quiet):
    found = peers.run(built, conf, tmp_path, quiet)
    assert set(found) == {peers.UPSTREAM, peers.STRESS_NG}
    for peer in found.values():
        assert not peer['killed'], peer
    # They did something, too.
    said = {name: (tmp_path / name / 'guest.log').read_text()
            for name in found}
    assert 'offline->online memory' in said[peers.UPSTREAM]
    assert 'millisecs per offline action' in said[peers.STRESS_NG]


def test_a_dropped_lock_is_found(built, conf, tmp_path, quiet):
    bug = mutant.read(mutant.MUTANTS / 'mem-hotplug-begin-without-cpu-lock.cocci')
    scratch = mutant.Scratch(built, conf, quiet, tmp_path / 'build.log')
    try:
        found = peers.run(scratch.build(bug), conf, tmp_path, quiet)
    finally:
        scratch.remove()
    for peer in found.values():
        assert peer['killed'] == peers.SPLAT, found
        assert 'WARNING' in peer['what']
