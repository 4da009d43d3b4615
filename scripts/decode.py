# SPDX-License-Identifier: GPL-2.0
"""Files and lines of a stack, of a kernel that is built without debug info: the
object that has a function is compiled once more, with it.
"""

import os
import re
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path

from common import child_env

_FRAME = re.compile(r'([\w.]+)\+0x([0-9a-f]+)/0x([0-9a-f]+)( \[\w+\])?')
_COMMAND = re.compile(r'^savedcmd_\S+ := (.*)$', re.M)
# Functions begin at multiples of this: what is between two of them is less.
_ALIGNED = 16
_PLACE = re.compile(r'(.+):(\d+|\?)(?: \(discriminator \d+\))?')


def _lines(*cmd, cwd=None):
    done = subprocess.run(cmd, capture_output=True, text=True, cwd=cwd,
                          env=child_env())
    return done.stdout.splitlines()


class _Undecoded(Exception):
    """Says why a frame has no line."""


class Decoder:
    """Decodes stacks of a kernel whose objects are in a folder."""

    def __init__(self, kbuild):
        self.obj = kbuild.here
        self.tree = kbuild.source
        self.env = kbuild.env
        self._tmp = tempfile.TemporaryDirectory(prefix='memhp-')
        self._homes = None
        self._images = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._tmp.cleanup()

    def stack(self, place, callers):
        """What splats.stack() gives, as lines: of each function where it was
        and, below, what that was inlined into.
        """
        # A caller is returned to behind the call.
        found = self._frame(place, 0) if place else []
        for caller in callers:
            found += self._frame(caller, 1)
        return found

    def _frame(self, text, back):
        match = _FRAME.fullmatch(text)
        try:
            if not match:
                raise _Undecoded('no function')
            return self._places(match, text, back)
        except _Undecoded as e:
            return [f'{text}: not decoded: {e}']

    def _object(self, name, room):
        """The object that has a function, and the function's size. The kernel
        knows only how much room there is up to the next one.
        """
        if self._homes is None:
            self._homes = defaultdict(set)
            for line in _lines('nm', '-AS', self.obj / 'vmlinux.a'):
                words = line.split()
                if len(words) == 4 and words[2] in 'tT':
                    self._homes[words[3]].add((words[0].split(':')[1],
                                               int(words[1], 16)))
        found = [(file, size) for file, size in self._homes.get(name, ())
                 if size <= room < size + _ALIGNED]
        if not found:
            raise _Undecoded('assembly, or no object has such a function of '
                             'its size')
        if len(found) > 1:
            raise _Undecoded(f'several objects have one: '
                             f'{", ".join(sorted(file for file, _ in found))}')
        file, size = found[0]
        return Path(os.path.relpath(self.obj / file, self.obj)), size

    def _image(self, name):
        """An object once more, with debug info and all of its sections at
        places of their own.
        """
        if name not in self._images:
            cmd = self.obj / name.parent / f'.{name.name}.cmd'
            text = _COMMAND.search(cmd.read_text())[1] if cmd.exists() else ''
            command = text.partition(' ; ')[0].replace('$(pound)', '#') \
                .replace('$$', '$')
            if ' -D__ASSEMBLY__' in command:
                raise _Undecoded('assembly')
            made = Path(self._tmp.name, f'{len(self._images)}.o')
            command = re.sub(r' -Wp,-MM?D,\S+', '', command).replace(
                f' -o {name} ', f' -g -o {made} ')
            done = subprocess.run(['sh', '-c', command], cwd=self.obj,
                                  capture_output=True, env=self.env)
            if done.returncode or not made.exists():
                raise _Undecoded(f'{name} cannot be compiled again')
            image = made.with_suffix('.elf')
            _lines('ld', '--unresolved-symbols=ignore-all', '--noinhibit-exec',
                   '-e', '0', '-o', image, made)
            self._images[name] = image
        return self._images[name]

    def _places(self, match, text, back):
        name, offset, size, module = match.groups()
        if module:
            raise _Undecoded('in a module')
        file, size = self._object(name, int(size, 16))
        image = self._image(file)
        start = next((int(words[0], 16)
                      for line in _lines('nm', '-S', image)
                      if len(words := line.split()) == 4 and
                      words[3] == name and int(words[1], 16) == size), None)
        if start is None:
            raise _Undecoded('with debug info its size is another one')
        lines = _lines('addr2line', '-ife', image,
                       hex(start + int(offset, 16) - back))
        places = [f'{function} at {self._file(place)}'
                  for function, place in zip(lines[::2], lines[1::2])]
        if not places or '?' in lines[1]:
            raise _Undecoded('there is no line for it')
        return [f'{text}: {places[0]}',
                *(f'    inlined into {place}' for place in places[1:])]

    def _file(self, place):
        path, line = _PLACE.match(place).groups()
        path = os.path.normpath(self.obj / path)
        return f'{os.path.relpath(path, self.tree)}:{line}'
