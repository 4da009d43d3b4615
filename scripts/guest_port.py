# SPDX-License-Identifier: GPL-2.0
"""Serves the port through which a guest asks for memory to be plugged.

A virtio-serial port of the name org.memhp.0. The guest writes a line, and gets
a line; Documentation/admin-guide/mm/memory-hotplug-testing.rst has them all.
"""

import os
import select
import socket
import threading

import qmp
from guest_devices import Devices, Refused, parse_node, parse_size

NAME = 'org.memhp.0'

_LONGEST = 512
_ID = 'memhp-port'


def _words(text):
    return ','.join(f'{k}={v}' for k, v in text.items())


class _Session:
    """Answers requests, with the devices of one guest."""

    def __init__(self, devices):
        self._devices = devices
        self._changed = False
        # How many words follow, and who takes them.
        self._requests = {
            'list': (0, self._list), 'reset': (0, self._reset),
            'plug-dimm': (2, self._plug_dimm),
            'unplug-dimm': (1, self._unplug_dimm),
            'resize': (2, self._resize)}

    def answer(self, request):
        """The answer to a request, or '' if that is an empty line."""
        if len(request) > _LONGEST:
            return '? error too long'
        tag, *words = request.split() or ['']
        if not tag:
            return ''
        try:
            return ' '.join([tag, 'ok', *self._serve(words)])
        except (Refused, qmp.QmpError) as e:
            return f'{tag} error {" ".join(str(e).split())}'

    def _serve(self, words):
        name, *arguments = words or ['']
        if name not in self._requests:
            raise Refused('unknown request')
        number, serve = self._requests[name]
        if len(arguments) != number:
            raise Refused(f'{name} takes {number} words')
        if name != 'list':
            self._changed = True
        return serve(*arguments)

    def handle(self, event):
        """To be called with every event of the monitor; what came of it."""
        self._devices.handle(event)
        data = event.get('data', {})
        # The guest's program is gone, whatever it died of.
        if event['event'] == 'VSERPORT_CHANGE' and data['id'] == _ID and \
                not data['open'] and self._changed:
            return self.answer('- reset')
        return ''

    def _list(self):
        for name, dimm in self._devices.dimms().items():
            yield 'dimm,' + _words({
                'id': name, 'node': dimm['node'], 'size': dimm['size'],
                'addr': hex(dimm['addr'])})
        for name, mem in self._devices.virtio_mems().items():
            yield 'virtio-mem,' + _words({
                'id': name, 'node': mem['node'], 'size': mem['size'],
                'addr': hex(mem['memaddr']),
                'requested': mem['requested-size'], 'max': mem['max-size'],
                'block': mem['block-size']})

    def _plug_dimm(self, node, size):
        if not node.startswith('node=') or not size.startswith('size='):
            raise Refused('plug-dimm takes node=N size=SIZE')
        return [self._devices.plug_dimm(
            parse_node(node.removeprefix('node=')),
            parse_size(size.removeprefix('size=')))]

    def _unplug_dimm(self, name):
        self._devices.unplug_dimm(name)
        return ()

    def _resize(self, name, size):
        self._devices.resize(name, parse_size(size))
        return ()

    def _reset(self):
        self._devices.reset()
        self._changed = False
        return ()


class GuestPort:
    """A thread that serves one guest, from before QEMU starts.

    It ends when QEMU does, or when the with statement is left.
    """

    def __init__(self, folder, log):
        self._log = log
        self._lock = threading.Lock()
        self._stopped = False
        self._sockets = []
        self._paths = [os.path.join(folder, name)
                       for name in ('port', 'port-qmp')]
        self._thread = threading.Thread(target=self._run, name='guest-port')

    def __enter__(self):
        # QEMU connects to us, so it need not be waited for.
        self._listeners = []
        for path in self._paths:
            listener = self._keep(socket.socket(socket.AF_UNIX))
            listener.bind(path)
            listener.listen(1)
            self._listeners.append(listener)
        self._thread.start()
        return self

    def __exit__(self, *_):
        with self._lock:
            self._stopped = True
            for connection in self._sockets:
                try:
                    # Also wakes up who waits for it.
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        self._thread.join()
        for connection in self._sockets:
            connection.close()

    def arguments(self):
        """What QEMU's command line needs."""
        port, monitor = self._paths
        return ['-device', 'virtio-serial-pci',
                '-chardev', f'socket,id={_ID}-chardev,path={port}',
                '-device', f'virtserialport,id={_ID},name={NAME},'
                           f'chardev={_ID}-chardev',
                '-chardev', f'socket,id={_ID}-qmp,path={monitor}',
                '-mon', f'chardev={_ID}-qmp,mode=control']

    def _keep(self, connection):
        with self._lock:
            self._sockets.append(connection)
            if self._stopped:
                raise ConnectionError('stopped')
        return connection

    def _run(self):
        try:
            port, monitor = (self._keep(listener.accept()[0])
                             for listener in self._listeners)
            self._serve(port, qmp.Qmp(monitor))
        except (OSError, ValueError):
            # QEMU has ended, or we have: so has the guest.
            pass

    def _serve(self, port, monitor):
        session = _Session(Devices(monitor))
        data = b''
        while True:
            # What has happened before a request, first.
            while event := monitor.event():
                self._say('event', f'{event} {session.handle(event)}')
            ready = select.select([port, monitor], [], [])[0]
            if monitor in ready or port not in ready:
                continue
            read = port.recv(4096)
            if not read:
                return
            *lines, data = (data + read).split(b'\n')
            # Enough to see that it is too long.
            data = data[:_LONGEST + 1]
            for line in lines:
                request = line.decode(errors='replace')
                self._say('request', request)
                answer = session.answer(request)
                self._say('answer', answer)
                if answer:
                    port.sendall(answer.encode() + b'\n')

    def _say(self, what, text):
        self._log.write(f'{what}: {text[:_LONGEST]}\n')
        self._log.flush()
