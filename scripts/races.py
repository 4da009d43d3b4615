# SPDX-License-Identifier: GPL-2.0
"""Which of the data races that KCSAN reports are about zonelists, and which of
those are tolerated.

A race is about zonelists if its address is in one: the kernel that was booted
has said where they are (lib/kunit/zonelist_address.c). Neither inlining nor the
name of a function decides.
"""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Iterable, Mapping, NamedTuple, Sequence

from console import Splat, message

_TITLE = re.compile(r'BUG: KCSAN: data-race in (\S+)(?: / (\S+))?$')
_ACCESS = re.compile(r'(?:race at unknown origin, with )?'
                     r'(read|write|read-write)(?: \([\w, ]+\))? '
                     r'to 0x([0-9a-f]+) of (\d+) bytes by ')
_FRAME = re.compile(r' ?([\w.]+)\+0x[0-9a-f]+/0x[0-9a-f]+')

# Of a race with code that KCSAN does not see.
UNKNOWN = '?'

# They read on behalf of their caller, and it is the caller that must cope.
_HELPERS = ('__next_zones_zonelist',)


class Access(NamedTuple):
    """One side of a race."""
    writes: bool
    start: int
    end: int                    # the first address after it
    stack: tuple[str, ...]      # functions, innermost first

    @property
    def function(self) -> str:
        """Whose access it is."""
        return next((name for name in self.stack if name not in _HELPERS), UNKNOWN)


@dataclass
class Races:
    """The races that do not fail a run."""
    tolerated: list[tuple[Splat, str]] = field(default_factory=list)
    other: list[Splat] = field(default_factory=list)    # not about zonelists


def load_tolerated(path) -> dict[tuple[str, str], str]:
    """Read the table of races: writer, reader, reason; tabs or two spaces
    between them.
    """
    races = {}
    for number, line in enumerate(Path(path).read_text('utf-8').splitlines(), 1):
        line = line.strip()
        if not line or line.startswith('#'):
            continue
        fields = re.split(r'\t+ *| {2,}', line, maxsplit=2)
        if len(fields) != 3 or tuple(fields[:2]) in races:
            raise ValueError(f'{path}:{number}: not "writer<TAB>reader<TAB>reason", '
                             f'or a second time: {line}')
        races[fields[0], fields[1]] = fields[2]
    return races


def zonelists(facts: Mapping[str, Sequence[str]]) -> list[range]:
    """Where the kernel says that its zonelists are."""
    found = [re.fullmatch(r'([0-9a-f]+)-([0-9a-f]+)', text)
             for text in facts.get('zonelists', ())]
    return [range(int(match[1], 16), int(match[2], 16))
            for match in found if match]


def _function(symbol):
    """A function's name, without what the compiler makes of a copy of it."""
    return re.sub(r'\..*|\+0x.*', '', symbol)


def accesses(splat: Splat) -> list[Access]:
    """Both sides of a race, one if KCSAN knows no more, or none if the report
    is not as it should be: others may have printed in the middle of it.
    """
    title = _TITLE.match(splat.title)
    heads, stacks = [], []
    for line in splat.lines:
        _, text = message(line)
        if head := _ACCESS.match(text):
            heads.append(head)
            stacks.append([])
        elif stacks and (frame := _FRAME.match(text)):
            stacks[-1].append(_function(frame[1]))
    named = [_function(name) for name in title.groups() if name] if title else []
    if sorted(stack[0] for stack in stacks if stack) != sorted(named):
        return []
    return [Access('write' in head[1], int(head[2], 16),
                   int(head[2], 16) + int(head[3]), tuple(stack))
            for head, stack in zip(heads, stacks)]


def _touches(access, lists):
    return any(access.start < area.stop and area.start < access.end
               for area in lists)


def _sides(found):
    """(writer, reader) of a race; (writer, None) if both write."""
    if len(found) == 1:
        one, = found
        return (UNKNOWN, one.function) if not one.writes else (one.function, None)
    one, two = sorted(found, key=lambda access: not access.writes)
    return one.function, None if two.writes else two.function


def sort(splats: Iterable[Splat], lists: Sequence[range],
         tolerated: Mapping[tuple[str, str], str]) -> tuple[list[Splat], Races]:
    """Tell the reports that fail a run from the races that do not."""
    failing, races = [], Races()
    for splat in splats:
        found = accesses(splat) if splat.kind == 'kcsan' else []
        if not found:
            failing.append(splat)
        elif not any(_touches(access, lists) for access in found):
            races.other.append(splat)
        else:
            writer, reader = _sides(found)
            title = f'{writer} writes, {reader} reads' if reader else \
                f'{" and ".join(access.function for access in found)} write'
            named = replace(splat, kind='zonelist-race', title=title)
            if (writer, reader) in tolerated:
                races.tolerated.append((named, tolerated[writer, reader]))
            else:
                failing.append(named)
    return failing, races
