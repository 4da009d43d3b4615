# SPDX-License-Identifier: GPL-2.0
"""The call graph of a built kernel, and what its functions refer to.

Read from the machine code of vmlinux.o: what a macro or an inline function
expands to is in there, as part of the function that it ended up in. Calls
through pointers are not: a function that has one is known to.

An address that a function takes of another one counts as a call: of a callback,
a work item, or a function for other CPUs.
"""

import bisect
import re
import subprocess
from collections import defaultdict
from dataclasses import dataclass, field

from common import Fatal, child_env

# What GCC calls the parts and copies that it makes of a function.
_CLONE = re.compile(r'\.(?:cold|part|isra|constprop)(?:\.\d+)?')

# Pieces of code that are patched over an instruction elsewhere; they jump back.
_PATCHES = ('.altinstr',)

# Made for each function or export; no names that anybody uses.
_GENERATED = ('__pfx_', '__UNIQUE_ID', '__ksym', '__kstr', '__SCK_')

_SECTION = re.compile(r'^ +\[ *(\d+)\] (\S+) ', re.M)

_LINE = re.compile(
    r'^(?:Disassembly of section (?P<section>\S+):'
    r'|(?P<start>[0-9a-f]+) <.+>:'
    r'| +[0-9a-f]+:\t(?P<insn>(?:[a-z]+ )*[a-z]\w* .*(?:<|\*|# ).*)'
    r'|\t\t\t(?P<at>[0-9a-f]+): (?P<kind>R_\w+)\t'
    r'(?P<symbol>\S+?)(?P<addend>[+-]0x[0-9a-f]+)?)$', re.M)

_JUMP = re.compile(r'(?:notrack |bnd )*(call|j\w+) +(\*?)([0-9a-f]*)')
_NEXT = re.compile(r'# ([0-9a-f]+)')
_RELATIVE = ('R_X86_64_PLT32', 'R_X86_64_PC32')

_ONLINE_MASK = '__cpu_online_mask'
_TRACEPOINT_CALLS = ('__SCT__tp_func_', '__traceiter_')
_STATIC_CALL = '__SCT__'
# What a tracer has called is nothing that the traced function relies on.
_TRACED = (*_TRACEPOINT_CALLS, '__fentry__')
# A tracepoint asks whether its own CPU is online, and under lockdep once more.
_TESTS_OF_TRACEPOINT = 2


def original(name):
    """The name of a function that GCC made parts or copies of."""
    return _CLONE.sub('', name)


def _run(*cmd):
    done = subprocess.run(cmd, env=child_env(), capture_output=True, text=True)
    if done.returncode:
        raise Fatal(f'{cmd[0]} failed: {done.stderr.strip()[:200]}')
    return done.stdout


class _Symbols:
    """Where the symbols of an object file are.

    A symbol's name here is "file.c:name" if several local ones are called so.
    """

    def __init__(self, path):
        sections = dict(_SECTION.findall(_run('readelf', '-SW', path)))
        found, homes, file = [], defaultdict(set), ''
        for line in _run('readelf', '-sW', path).splitlines():
            words = line.split()
            if len(words) < 8 or not words[0].endswith(':'):
                continue
            _, value, size, kind, bind, _, index, name = words[:8]
            if kind == 'FILE':
                file = name
            elif index in sections and kind != 'SECTION' and \
                    not name.startswith(_GENERATED):
                home = file if bind == 'LOCAL' else ''
                found.append((sections[index], int(value, 16), int(size, 0),
                              kind, original(name), home))
                homes[original(name)].add(home)
        self.homes = homes
        self.functions = set()
        self._by_section = defaultdict(list)
        self._globals = {}
        for section, value, size, kind, name, home in found:
            key = f'{home}:{name}' if home and len(homes[name]) > 1 else name
            self._by_section[section].append((value, size, key))
            if not home:
                self._globals[name] = key
            if kind == 'FUNC' or (kind == 'NOTYPE' and 'text' in section):
                self.functions.add(key)
        self._starts = {}
        for section, symbols in self._by_section.items():
            symbols.sort()
            self._starts[section] = [s[0] for s in symbols]

    def at(self, section, offset):
        """The symbol at a place, and how far into it that is."""
        i = bisect.bisect_right(self._starts.get(section, ()), offset) - 1
        if i < 0:
            return section, offset
        value, _, key = self._by_section[section][i]
        return key, offset - value

    def of_relocation(self, symbol, addend):
        if symbol.startswith('.'):
            return self.at(symbol, addend)
        name = original(symbol)
        return self._globals.get(name, name), addend


@dataclass
class Graph:
    """Functions by name; "file.c:name" where a name is not unique."""
    functions: set = field(default_factory=set)
    calls: dict = field(default_factory=lambda: defaultdict(set))
    takes: dict = field(default_factory=lambda: defaultdict(set))   # addresses
    refers: dict = field(default_factory=lambda: defaultdict(set))  # to data
    indirect: set = field(default_factory=set)  # have calls through a pointer
    pointers: dict = field(default_factory=lambda: defaultdict(dict))
    homes: dict = field(default_factory=dict)   # files with such a local name

    def find(self, text):
        """The function that somebody means by "name" or "file.c:name"; None
        if there is none, or several.
        """
        if text in self.functions:
            return text
        file, _, name = text.rpartition(':')
        alone = file and self.homes.get(name) == {file}
        return name if alone and name in self.functions else None

    def forget(self, functions):
        """Leave some functions out, as if they were not there."""
        self.functions -= functions
        self.indirect -= functions
        for function in functions:
            for kind in (self.calls, self.takes, self.refers):
                kind.pop(function, None)

    def uses(self, function):
        """All symbols that a function calls or refers to."""
        return self.calls.get(function, set()) | \
            self.takes.get(function, set()) | self.refers.get(function, set())


class _Reader:
    def __init__(self, symbols, graph):
        self.symbols = symbols
        self.graph = graph
        self.section = self.function = None
        self.insn = self.jump = None
        self.after = None           # address after the instruction
        self.unresolved = None      # target of a jump that had no relocation
        self.tests = defaultdict(int)
        self.tracepoints = defaultdict(int)

    def line(self, match):
        kind = match.lastgroup
        if kind == 'section':
            self._settle()
            self.section = match['section']
        elif self.section.startswith(_PATCHES):
            pass
        elif kind == 'start':
            self._settle()
            self.function = self.symbols.at(self.section,
                                            int(match['start'], 16))[0]
        elif kind == 'insn':
            self._instruction(match['insn'])
        else:
            self._relocation(match)

    def _settle(self):
        """The jump before had no relocation: it stays in its section."""
        if self.unresolved and self.unresolved != self.function:
            self.graph.calls[self.function].add(self.unresolved)
        self.unresolved = None

    def _instruction(self, text):
        self._settle()
        self.insn = text
        self.jump = _JUMP.match(text)
        after = _NEXT.search(text)
        self.after = int(after[1], 16) if after else None
        if not self.jump:
            return
        if self.jump[2]:
            # A jump through a table is a switch, not a call.
            if self.jump[1] == 'call' or '(,%' not in text:
                self.graph.indirect.add(self.function)
        elif self.jump[3]:
            self.unresolved = self.symbols.at(self.section,
                                              int(self.jump[3], 16))[0]

    def _relocation(self, match):
        graph, function = self.graph, self.function
        addend = int(match['addend'] or '0', 16)
        relative = match['kind'] in _RELATIVE
        if relative:
            # Relative to the end of the instruction, not to where it stands.
            addend += self.after - int(match['at'], 16) \
                if self.after and not self.jump else 4
        key, _ = self.symbols.of_relocation(match['symbol'], addend)
        if key.startswith(_TRACEPOINT_CALLS):
            self.tracepoints[function] += 1
        if self.jump and relative and not self.jump[2]:
            self.unresolved = None
            if key != function and not key.startswith(_TRACED):
                graph.calls[function].add(key)
        elif key == _ONLINE_MASK and self.insn and self.insn.startswith('bt '):
            self.tests[function] += 1
        elif key in self.symbols.functions:
            if key != function and not key.startswith(_STATIC_CALL):
                graph.takes[function].add(key)
        else:
            graph.refers[function].add(key)

    def finish(self):
        self._settle()
        for function, tests in self.tests.items():
            if tests > _TESTS_OF_TRACEPOINT * self.tracepoints[function]:
                self.graph.refers[function].add(_ONLINE_MASK)


def _pointers(path, symbols, graph):
    """Which data points to which functions, and at which offset."""
    section = ''
    for line in _run('readelf', '-rW', path).splitlines():
        if line.startswith('Relocation section'):
            section = line.split("'")[1].removeprefix('.rela')
        elif ' R_X86_64_64 ' in line and '.debug' not in section:
            words = line.split()
            addend = int(words[6], 16) if words[5:6] == ['+'] else 0
            target, _ = symbols.of_relocation(words[4], addend)
            if target in symbols.functions:
                owner, offset = symbols.at(section, int(words[0], 16))
                graph.pointers[owner][offset] = target


def defined(path):
    """The names of the functions in an archive."""
    return {original(line.split()[-1]) for line in
            _run('nm', '--defined-only', path).splitlines()
            if ' t ' in line.lower()}


def read(path):
    """The graph of an x86_64 object file."""
    symbols, graph = _Symbols(path), Graph()
    graph.functions = symbols.functions
    graph.homes = symbols.homes
    reader = _Reader(symbols, graph)
    for match in _LINE.finditer(_run('objdump', '-dr', '--no-show-raw-insn',
                                     path)):
        reader.line(match)
    reader.finish()
    _pointers(path, symbols, graph)
    return graph
