# SPDX-License-Identifier: GPL-2.0
"""Live progress: which phase runs, for how long, and on what."""

import shutil
import sys
import time
from contextlib import contextmanager

# On a terminal the line is redrawn at most this often; in a log, a sign of
# life is printed this often.
_REDRAW = 0.1
_HEARTBEAT = 30


class Progress:
    """One line a phase, plus what is being done right now.

    phases holds the finished ones as (name, seconds).
    """

    def __init__(self, out=None, verbose=False):
        self.out = out or sys.stdout
        self.verbose = verbose
        self.tty = self.out.isatty()
        self.phases = []
        self._begin = time.monotonic()
        self._name = None
        self._shown = 0.0

    def _elapsed(self):
        return f'[{time.monotonic() - self._begin:6.1f}s]'

    def _clear(self):
        if self.tty:
            self.out.write('\r\033[K')

    def say(self, text):
        """Print a line that stays."""
        self._clear()
        print(f'{self._elapsed()} {text}', file=self.out, flush=True)

    def note(self, text):
        """Show what is being done now, e.g. the file being compiled."""
        if self.verbose:
            self.say(f'{self._name}: {text}')
            return
        now = time.monotonic()
        if now - self._shown < (_REDRAW if self.tty else _HEARTBEAT):
            return
        self._shown = now
        if self.tty:
            width = shutil.get_terminal_size().columns - 1
            line = f'{self._elapsed()} {self._name}: {text}'
            self.out.write(f'\r\033[K{line[:width]}')
            self.out.flush()
        else:
            self.say(f'{self._name}: {text}')

    @contextmanager
    def phase(self, name):
        """Time a phase; a line says that it began and how it ended."""
        outer, self._name = self._name, name
        begin = time.monotonic()
        self._shown = begin
        if not self.tty:
            self.say(name)
        try:
            yield
        except BaseException:
            self.say(f'{name}: stopped after '
                     f'{time.monotonic() - begin:.1f} s')
            raise
        finally:
            self._name = outer
        seconds = time.monotonic() - begin
        self.phases.append((name, seconds))
        self.say(f'{name}: {seconds:.1f} s')
