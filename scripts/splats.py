# SPDX-License-Identifier: GPL-2.0
"""A report of the kernel in one line: what it says, and the functions that led
there. Without what differs from one boot to the next, that tells whether it is
the same report.
"""

import re

import console

_FRAMES = 8
_PLACE = r'([\w.]+)(\+0x[0-9a-f]+/0x[0-9a-f]+\b(?: \[\w+\])?)'
# What the kernel is not sure of has a question mark on x86, and says so on powerpc,
# which tells two addresses first.
_FRAME = re.compile(rf' (?!\? ){_PLACE}')
_POWERPC_FRAME = re.compile(rf'\[\w+\] \[\w+\] {_PLACE}(?! \(unreliable\))')
# Where a function returns to that has made no stack frame yet; in itself if it has.
_POWERPC_LR = re.compile(rf'LR \[\w+\] {_PLACE}')
# x86, powerpc, arm64
_AT = re.compile(rf'(?:RIP: \w+:|NIP \[\w+\] |pc : ){_PLACE}')
# What prints a report, and is the same for all of a kind.
_PRINTER = re.compile(r'dump_stack|print_|check_|_*lock_acquire|'
                      r'validate_chain|nmi_|panic|oops_|(asm_)?exc_')
_TEST = re.compile(r'\S+/(?:crashed|failed|missing|unexpected skip): '
                   r'.+?(?=: |$)')
# What differs from one run to the next: addresses, CPUs, counts.
_VARIES = re.compile(r'0x[0-9a-f]+|\d+')


def _at(texts):
    """Where it happened, as (name, rest)."""
    return next((m.groups() for t in texts if (m := _AT.match(t))), ('', ''))


def _trace(splat):
    """The functions of a report's stack, innermost first, as [(name, rest)]."""
    texts = [console.message(line)[1] for line in splat.lines]
    here, _ = _at(texts)
    returns = [m.groups() for t in texts
               if (m := _POWERPC_LR.match(t)) and m[1] != here]
    start = next((i for i, t in enumerate(texts)
                  if t.lower().startswith('call trace:')), len(texts))
    found = [m.groups() for t in texts[start:]
             if (m := _FRAME.match(t) or _POWERPC_FRAME.match(t))]
    # With a frame, it is there as well.
    found = returns + found[found[:1] == returns:]
    return [f for f in found if not _PRINTER.match(f[0])]


def stack(splat):
    """(where it happened, or '', [who called that]), as the kernel prints it:
    "function+0x17/0x1a0".
    """
    place = _at(console.message(line)[1] for line in splat.lines)
    return ''.join(place), [''.join(frame) for frame in _trace(splat)]


def describe(splat):
    """A report in one line."""
    frames = [name for name, _ in _trace(splat)][:_FRAMES]
    title = re.sub(r'CPU: \d+ PID: \d+ |\+0x\S+', '', splat.title)
    return ' <- '.join([title, *frames])


def key(line):
    """What makes two lines of a result the same: the test, or what is reported
    and who called that.
    """
    test = _TEST.match(line)
    return test[0] if test else \
        _VARIES.sub('#', ' <- '.join(line.split(' <- ')[:2]))


def ends_boot(splat):
    """Did the kernel panic after an oops, as oops=panic has it?"""
    return splat.title.endswith(': Fatal exception')
