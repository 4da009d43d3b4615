# SPDX-License-Identifier: GPL-2.0
"""The memory devices of a running guest: plug, unplug, resize, put back."""

import re
import time

from qmp import QmpError

# A guest that offlines a block which is in use may take a while.
UNPLUG_PATIENCE = 60
_POLL = 0.05

# What ACPI_DEVICE_OST says of an ejection: who asked for it, and how it ended.
_EJECT_SOURCES = (0x3, 0x103)
_OST_SUCCESS = 0
_OST_IN_PROGRESS = 0x84

_UNITS = {'': 1, 'K': 1 << 10, 'M': 1 << 20, 'G': 1 << 30}


class Refused(Exception):
    """Why a request was not, or could not be, fulfilled."""


def parse_size(text):
    """Bytes, from "128M"."""
    found = re.fullmatch(r'(\d{1,15})([KMG]?)', text, re.ASCII)
    if not found:
        raise Refused(f'not a size: {text}')
    return int(found[1]) * _UNITS[found[2]]


def parse_node(text):
    """The number of a node."""
    if not re.fullmatch(r'\d{1,4}', text, re.ASCII):
        raise Refused(f'not a node: {text}')
    return int(text)


def _ejection(event):
    """What the guest says about an ejection, None if about something else."""
    info = event.get('data', {}).get('info', {})
    if event['event'] == 'ACPI_DEVICE_OST' and \
            info['source'] in _EJECT_SOURCES:
        return info
    return None


class Devices:
    """The pc-dimms and virtio-mem devices that QEMU has, by their ids."""

    def __init__(self, monitor):
        self._qmp = monitor
        self._serial = 0
        self._dimms_at_start = self.dimms()
        self._requested_at_start = {
            i: d['requested-size'] for i, d in self.virtio_mems().items()}
        # Objects that outlive their devices, unless we delete them.
        self._backends = {i: d['memdev']
                          for i, d in self._dimms_at_start.items()}
        self._slots = {i: d['slot'] for i, d in self._dimms_at_start.items()}
        # The device is gone, but the guest has not finished: what is plugged
        # there now, it takes for what it has just ejected.
        self._ejecting = set()
        self._acpi = self._has_acpi()

    def _has_acpi(self):
        """Does a guest say how an ejection ends? On a pseries it has ended when
        the device is gone.
        """
        try:
            self._qmp.command('query-acpi-ospm-status')
        except QmpError:
            return False
        return True

    def _all(self, kind):
        found = {}
        for device in self._qmp.command('query-memory-devices'):
            if device['type'] == kind and device['data'].get('id'):
                found[device['data']['id']] = device['data']
        return found

    def dimms(self):
        return self._all('dimm')

    def virtio_mems(self):
        return self._all('virtio-mem')

    def handle(self, event):
        """To be called with every event of the monitor."""
        name = event.get('data', {}).get('device')
        if event['event'] == 'DEVICE_DELETED' and name in self._backends:
            backend = self._backends.pop(name)
            self._qmp.command('object-del', id=backend.rpartition('/')[2])
            slot = self._slots.pop(name)
            if self._acpi:
                self._ejecting.add(slot)
        info = _ejection(event)
        if info and info['status'] != _OST_IN_PROGRESS:
            self._ejecting.discard(int(info['slot']))

    def _finish_ejections(self):
        end = time.monotonic() + UNPLUG_PATIENCE
        self._drain()
        while self._ejecting:
            event = self._qmp.event(max(end - time.monotonic(), 0))
            if not event:
                raise Refused('the guest does not finish an ejection')
            self.handle(event)

    def plug_dimm(self, node, size):
        """Return the id of a new pc-dimm."""
        self._serial += 1
        name = f'memhp{self._serial}'
        self._plug(name, f'{name}-ram', node, size)
        return name

    def _plug(self, name, backend, node, size, **where):
        self._finish_ejections()
        self._qmp.command('object-add', **{
            'qom-type': 'memory-backend-ram', 'id': backend, 'size': size})
        try:
            self._qmp.command('device_add', driver='pc-dimm', id=name,
                              memdev=backend, node=node, **where)
        except QmpError:
            self._qmp.command('object-del', id=backend)
            raise
        self._backends[name] = backend
        self._slots[name] = self.dimms()[name]['slot']

    def unplug_dimm(self, name):
        """Return when it is gone, or say why it is not."""
        if name not in self.dimms():
            raise Refused(f'no such dimm: {name}')
        self._drain()
        self._qmp.command('device_del', id=name)
        end = time.monotonic() + UNPLUG_PATIENCE
        while (left := end - time.monotonic()) > 0:
            event = self._qmp.event(left)
            if not event:
                break
            self.handle(event)
            what, data = event['event'], event.get('data', {})
            if what == 'DEVICE_DELETED' and data.get('device') == name:
                self._finish_ejections()
                return
            if what in ('MEM_UNPLUG_ERROR', 'DEVICE_UNPLUG_GUEST_ERROR') and \
                    data.get('device') == name:
                raise Refused(f'refused: {data.get("msg", what)}')
            info = _ejection(event)
            if info and info.get('device') == name and \
                    info['status'] not in (_OST_SUCCESS, _OST_IN_PROGRESS):
                raise Refused(f'refused: ACPI status {info["status"]:#x}')
        raise Refused(f'no end after {UNPLUG_PATIENCE} s')

    def _drain(self):
        while event := self._qmp.event():
            self.handle(event)

    def resize(self, name, size):
        """Ask the guest to bring a virtio-mem device to a size."""
        if name not in self.virtio_mems():
            raise Refused(f'no such virtio-mem device: {name}')
        self._qmp.command('qom-set', path=f'/machine/peripheral/{name}',
                          property='requested-size', value=size)

    def reset(self):
        """Bring all devices back to what they were when the guest started."""
        for name, size in self._requested_at_start.items():
            if self.virtio_mems()[name]['requested-size'] != size:
                self.resize(name, size)
        for name in self.dimms():
            if name not in self._dimms_at_start:
                self.unplug_dimm(name)
        self._drain()
        here = self.dimms()
        for name, dimm in self._dimms_at_start.items():
            if name not in here:
                self._plug(name, dimm['memdev'].rpartition('/')[2],
                           dimm['node'], dimm['size'], addr=dimm['addr'],
                           slot=dimm['slot'])
        end = time.monotonic() + UNPLUG_PATIENCE
        while wrong := [i for i, d in self.virtio_mems().items()
                        if d['size'] != d['requested-size']]:
            if time.monotonic() > end:
                raise Refused(f'{wrong[0]} does not reach its size')
            time.sleep(_POLL)
