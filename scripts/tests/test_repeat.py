# SPDX-License-Identifier: GPL-2.0
"""The same again and again: what is counted, and what is kept."""

import os
import subprocess

import pytest

import repeat
import scenarios
import suites
from common import REPO, Fatal, child_env
from repeat import Failure, Round
from test_bad_input import complaint, make

SPLAT = 'run/warning: WARNING: CPU: 1 PID: {} at flush_all+0x1b4/0x1c0'


def found(passed, *texts, count=0):
    return {'counts': {'passed': passed, 'failed': len(texts), 'skipped': 1},
            'reasons': [{'test': '', 'text': text} for text in texts],
            'tests': [None] * (passed + 1),
            'splats': [{'count': count}] * bool(count)}


ROUNDS = [
    Round('round-1', found(5), 2),
    Round('round-2', found(4, 'in-use/failed: a_test:x.y: took 31 s'), 2),
    Round('round-3', found(3, 'in-use/failed: a_test:x.y: took 9 s',
                           SPLAT.format(7), count=3), 2),
    Round('round-4', found(5, SPLAT.format(81), count=1), 2)]


def test_failures_are_counted_by_rounds():
    assert repeat.failures(ROUNDS[1:]) == [
        Failure('in-use/failed: a_test:x.y', 2, 'round-2/in-use'),
        Failure('run/warning: WARNING: CPU: # PID: # at flush_all+#/#', 2,
                'round-3/run')]
    assert repeat.failures(ROUNDS[:2]) == [
        Failure('in-use/failed: a_test:x.y', 1, 'round-2/in-use')]
    assert not repeat.failures(ROUNDS[:1])


def test_summary(tmp_path):
    lines = repeat.summary(ROUNDS, tmp_path)
    assert lines[0] == '4 rounds, 8 boots, 21 tests, 4 failures, 4 splats'
    assert lines[1] == ('  in-use/failed: a_test:x.y: in 2 of 4 rounds, first '
                        f'in {tmp_path}/round-2/in-use')
    assert lines[-1] == '17 passed, 4 failed, 4 skipped'
    assert len(lines) == 5


def test_what_is_interrupted(tmp_path, monkeypatch, capsys):
    """The rounds until then count."""
    def interrupted():
        yield from ROUNDS[:2]
        raise KeyboardInterrupt

    written = {}
    monkeypatch.setattr(repeat.judge, 'write_all',
                        lambda boots, *_: written.update(boots))
    with pytest.raises(KeyboardInterrupt):
        repeat.conclude(interrupted(), tmp_path)
    assert list(written) == ['round-1', 'round-2']
    assert capsys.readouterr().out.startswith('2 rounds, 4 boots, ')


def test_summary_is_short(tmp_path):
    texts = [f'run/failed: a_test:{n}' for n in range(30)]
    lines = repeat.summary([Round('round-1', found(0, *texts), 1)], tmp_path)
    assert '  … and 10 more, see report' in lines
    assert len(lines) == 24


def test_a_round_in_a_line():
    assert repeat.line(ROUNDS[2]) == \
        'round-3: 2 boots, 3 passed, 2 failed, 1 skipped, 3 splats'


@pytest.mark.parametrize('text, number', (('', 20), (None, 20), ('7', 7)))
def test_times(text, number):
    assert repeat.times(text) == number


@pytest.mark.parametrize('text', ('0', '-1', 'often', '2.5'))
def test_no_times(text):
    with pytest.raises(Fatal, match=f'TIMES={text} is not a number of rounds'):
        repeat.times(text)


def test_bad_times_builds_nothing(tmp_path):
    assert 'TIMES=0 is not' in complaint(
        make('repeat', f'O={tmp_path}/state', 'TIMES=0'))
    assert not (tmp_path / 'state').exists()


def test_a_round_has_all_boots(conf, built):
    names = [s.name for s in scenarios.every(
        conf.arch, suites.select('', built.tree.path), built.tree.path)]
    assert names[:2] == ['run', 'reference'] and 'in-use' in names


def repeated(conf, *args):
    """Run the command; its output and its folder."""
    done = subprocess.run(
        ['make', '-s', '-C', str(REPO), 'repeat', f'O={conf.state}',
         'TIMES=2', *args], env=child_env(), capture_output=True, text=True,
        stdin=subprocess.DEVNULL)
    out = max((conf.state / 'results').glob('*-repeat'), key=os.path.getmtime)
    return done, out


def test_what_passes(conf, built):
    done, out = repeated(conf, 'TESTS=zonelist.no_duplicates')
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(
        ': 1 boots, 1 passed, 0 failed, 0 skipped, 0 splats\n') == 2
    assert '\n2 rounds, 2 boots, 2 tests, 0 failures, 0 splats\n' in done.stdout
    assert done.stdout.endswith('\n2 passed, 0 failed, 0 skipped\n')
    for n in (1, 2):
        boot = out / f'round-{n}/reference'
        assert [p.name for p in boot.iterdir()] == ['results.json']


def test_what_fails(conf, built, tmp_path, monkeypatch):
    """Nothing stops, and the logs of what failed are kept."""
    monkeypatch.setattr(repeat, 'plan', lambda *_: [scenarios.Scenario(
        'canary', '', (), suites.Selection([suites.CANARY],
                                           f'{suites.CANARY}.warn', []))])
    with open(tmp_path / 'progress', 'w') as quiet:
        rounds = list(repeat.repeat(built, conf, 2, tmp_path,
                                    repeat.Progress(quiet)))
    lines = repeat.summary(rounds, tmp_path)
    assert lines[0].startswith('2 rounds, 2 boots, 2 tests, ')
    assert any(text.startswith('  canary/warning: WARNING') and
               text.endswith(f'in 2 of 2 rounds, first in {tmp_path}/'
                             'round-1/canary') for text in lines)
    assert (tmp_path / 'round-2/canary/console.log').exists()
