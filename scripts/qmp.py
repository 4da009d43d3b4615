# SPDX-License-Identifier: GPL-2.0
"""QEMU's monitor protocol: commands, their answers, and events."""

import json
import select
import socket
import time
from collections import deque

# QEMU answers at once, or it is stuck.
_PATIENCE = 5


class QmpError(Exception):
    """QEMU refused a command: why, in its own words."""


class Qmp:
    """One monitor, on a socket that is connected to it."""

    def __init__(self, connected):
        self._socket = connected
        self._socket.settimeout(_PATIENCE)
        self._data = b''
        self._events = deque()
        self._message(time.monotonic() + _PATIENCE)     # its greeting
        self.command('qmp_capabilities')

    def _message(self, end):
        """The next message, None if there is none in time."""
        while b'\n' not in self._data:
            left = max(end - time.monotonic(), 0)
            if not select.select([self._socket], [], [], left)[0]:
                return None
            data = self._socket.recv(65536)
            if not data:
                raise ConnectionError('QEMU is gone')
            self._data += data
        line, _, self._data = self._data.partition(b'\n')
        return json.loads(line)

    def command(self, name, **arguments):
        """What a command returns; QmpError if QEMU refuses it."""
        request = {'execute': name, 'arguments': arguments}
        self._socket.sendall(json.dumps(request).encode() + b'\n')
        end = time.monotonic() + _PATIENCE
        while True:
            answer = self._message(end)
            if answer is None:
                raise TimeoutError(f'no answer to {name}')
            if 'event' in answer:
                self._events.append(answer)
            elif 'error' in answer:
                raise QmpError(answer['error']['desc'])
            else:
                return answer.get('return')

    def event(self, patience=0):
        """The next event, None if there is none in time."""
        end = time.monotonic() + patience
        while not self._events:
            message = self._message(end)
            if message is None:
                return None
            if 'event' in message:
                self._events.append(message)
        return self._events.popleft()

    def fileno(self):
        """For select(): has it something to read? Drain event() first."""
        return self._socket.fileno()

    def close(self):
        self._socket.close()


def connect(path):
    """The monitor that QEMU serves at a path."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(_PATIENCE)
        connection.connect(path)
        return Qmp(connection)
    except BaseException:
        connection.close()
        raise
