# SPDX-License-Identifier: GPL-2.0
"""The command that repeats a run says all that it depends on."""

import shlex

import settings

GIVEN = {'KERNEL': '6.12', 'ARCH': 'x86_64', 'SANITIZER': 'kcsan',
         'TESTS': 'zonelist*'}


def test_command_repeats_the_settings(monkeypatch):
    for name in (*GIVEN, 'KDIR', 'J', 'V', 'O'):
        monkeypatch.delenv(name, raising=False)
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    words = shlex.split(settings.from_environment().command('run'))
    assert words[:2] == ['make', 'run']
    assert dict(word.split('=') for word in words[2:]) == GIVEN
    monkeypatch.delenv('SANITIZER')
    assert 'SANITIZER' not in settings.from_environment().command('run')
