# SPDX-License-Identifier: GPL-2.0
"""Which functions of a rebuilt kernel have other machine code than before."""

import re
import subprocess

from callgraph import original
from common import child_env

# What changes with every build, whatever is built.
_STAMPED = ('init/version-timestamp.o',)

_PLACE = re.compile(r'^(?:Disassembly of section (\S+):|[0-9a-f]+ <(.+)>:)$')
# Where something stands, in the file or in a section.
_ADDRESS = re.compile(r'^\s*[0-9a-f]+:\s*|\b[0-9a-f]+ (?=<)')
# A piece of data of the file: other strings move it.
_DATA = re.compile(r'(\t\.)(?:LC\d+|([\w.]+))[+-]0x[0-9a-f]+$')


def functions(disassembly):
    """{function: its instructions} from what objdump -dr prints, without what
    depends on what is around it.
    """
    found, code = {}, None
    for line in disassembly.splitlines():
        place = _PLACE.match(line)
        if place:
            code = found.setdefault(original(place[2]), []) \
                if place[2] else None
        elif code is not None and line:
            code.append(_DATA.sub(r'\1\2', _ADDRESS.sub('', line)))
    return found


def _disassembled(path):
    if not path.exists():
        return {}
    done = subprocess.run(['objdump', '-dr', '--no-show-raw-insn', path],
                          capture_output=True, text=True, check=True,
                          env=child_env())
    return functions(done.stdout)


def _rebuilt(before, after):
    """The objects, of a source file each, that were made anew and differ."""
    for path in sorted(after.rglob('*.o')):
        name = path.relative_to(after)
        old, cmd = before / name, path.with_name(f'.{path.name}.cmd')
        if str(name) in _STAMPED or not cmd.exists() or \
                '\nsource_' not in cmd.read_text(errors='replace'):
            continue
        if not old.exists():
            yield str(name)
        elif old.stat().st_mtime_ns != path.stat().st_mtime_ns and \
                old.read_bytes() != path.read_bytes():
            yield str(name)


def compare(before, after):
    """Of two folders with objects: those objects that differ, as {name:
    [functions whose instructions differ]}. No function: only data does.
    """
    found = {}
    for name in _rebuilt(before, after):
        old, new = _disassembled(before / name), _disassembled(after / name)
        found[name] = sorted(f for f in old.keys() | new.keys()
                             if old.get(f) != new.get(f))
    return found
