# SPDX-License-Identifier: GPL-2.0
"""Functions whose machine code differs, of objects that are compiled here."""

import subprocess

import pytest

import changed_code

SOURCE = '''
int puts(const char *);
{before}
int first(int x) {{ return puts("one") + x; }}
int second(int x) {{ return first(x) + puts("two") {after}; }}
'''


@pytest.fixture
def compiled(tmp_path):
    def compiled(name, before='', after=''):
        folder = tmp_path / name
        folder.mkdir()
        source, made = tmp_path / 'x.c', folder / 'x.o'
        source.write_text(SOURCE.format(before=before, after=after))
        subprocess.run(['gcc', '-O2', '-fno-inline', '-c', source, '-o', made],
                       check=True)
        (folder / '.x.o.cmd').write_text('savedcmd_x.o := gcc\n\n'
                                         'source_x.o := ../x.c\n')
        return folder
    return compiled


def test_same_code(compiled):
    assert not changed_code.compare(compiled('a'), compiled('b'))


def test_only_what_differs(compiled):
    assert changed_code.compare(compiled('a'), compiled('b', after='+ x')) == \
        {'x.o': ['second']}


def test_what_moves_does_not_differ(compiled):
    new = 'int zero(int x) { return puts("a new string") * x; }'
    assert changed_code.compare(compiled('a'), compiled('b', before=new)) == \
        {'x.o': ['zero']}


def test_data_alone(compiled):
    assert changed_code.compare(
        compiled('a', before='int data = 1;'),
        compiled('b', before='int data = 2;')) == {'x.o': []}


def test_new_object(compiled, tmp_path):
    nothing = tmp_path / 'nothing'
    nothing.mkdir()
    assert changed_code.compare(nothing, compiled('b')) == \
        {'x.o': ['first', 'second']}
