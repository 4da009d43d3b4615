# SPDX-License-Identifier: GPL-2.0
"""Files and lines of stacks of the kernel at hand."""

import re
import subprocess

import pytest

import decode


@pytest.fixture(scope='module')
def decoder(built):
    with decode.Decoder(built.kbuild) as decoder:
        yield decoder


@pytest.fixture(scope='module')
def call(built):
    """offline_pages() where it returns from its first call, and how much room
    it has, as a stack has it.
    """
    image = built.kbuild.obj / 'vmlinux'
    starts = sorted({int(line.split()[0], 16) for line in subprocess.run(
        ['nm', image], capture_output=True, text=True,
        check=True).stdout.splitlines() if line.split()[1] in 'tT'})
    code = subprocess.run(
        ['objdump', '-d', '--no-show-raw-insn', '--disassemble=offline_pages',
         image], capture_output=True, text=True, check=True).stdout
    places = [(int(m[1], 16), m[2]) for m in
              re.finditer(r'^ *([0-9a-f]+):\t(.*)$', code, re.M)]
    first = places[0][0]
    # The very first is for ftrace.
    after = next(places[i + 1][0] for i, (_, text) in enumerate(places)
                 if text.startswith('call') and i)
    room = next(s for s in starts if s > first) - first
    return f'offline_pages+{after - first:#x}/{room:#x}'


def test_caller_is_at_its_call(decoder, call, tree):
    lines = decoder.stack('', [call])
    place = re.search(r' at (\S+):(\d+)$', lines[-1])
    assert lines[0].startswith(f'{call}: ')
    assert place[1] == 'mm/memory_hotplug.c'
    text = (tree / place[1]).read_text().splitlines()
    start = next(i for i, line in enumerate(text)
                 if re.match(r'\w.*\boffline_pages\(', line))
    assert start < int(place[2]) < start + 250


def test_inlined_functions_are_told(decoder, call):
    room = call.rpartition('/')[2]
    frames = [f'offline_pages+{offset:#x}/{room}'
              for offset in range(0x10, int(room, 16) - 0x10, 0x40)]
    lines = decoder.stack('', frames)
    assert len([line for line in lines if ': not decoded' in line]) == 0
    assert any(line.startswith('    inlined into offline_pages at '
                               'mm/memory_hotplug.c:') for line in lines)


@pytest.mark.parametrize('frame, why', [
    ('entry_SYSCALL_64_after_hwframe+0x4b/0x53', 'assembly'),
    ('kmem_probe+0x10/0x20 [kmem]', 'in a module'),
    ('offline_pages+0x1/0x2', 'of its size'),
    ('0x1234', 'no function')])
def test_what_cannot_be_decoded(decoder, frame, why):
    line, = decoder.stack(frame, [])
    assert line.startswith(f'{frame}: not decoded: ') and why in line
