# SPDX-License-Identifier: GPL-2.0
"""The guest's port: what the runner answers, with a fake QEMU; and that it
ends, whenever QEMU does. tools/testing/selftests/memory-hotplug/device_test.c
has the real ones talk to each other.
"""

import json
import select
import socket
import threading
import time

import pytest

import guest_devices
import qmp
from guest_port import GuestPort

PATIENCE = 10
DIMM = {'id': 'dimm1', 'memdev': '/objects/dimm-ram1', 'node': 1, 'slot': 0,
        'size': 256 << 20, 'addr': 0x140000000}
VIRTIO_MEM = {'id': 'vmem3', 'node': 3, 'size': 0, 'max-size': 512 << 20,
              'requested-size': 0, 'memaddr': 0x160000000,
              'block-size': 2 << 20}


class FakeQemu(threading.Thread):
    """A monitor that obeys, and remembers what it was told."""

    acpi = True

    def __init__(self, monitor):
        super().__init__()
        self.monitor = monitor
        self.told = []
        self.devices = {'dimm1': ('dimm', dict(DIMM)),
                        'vmem3': ('virtio-mem', dict(VIRTIO_MEM))}
        self.objects = {'dimm-ram1'}
        # What a guest answers when it shall eject: an event, or silence.
        self.verdict = None
        self.refusal = None

    def send(self, **message):
        self.monitor.sendall(json.dumps(message).encode() + b'\n')

    def event(self, name, **data):
        self.send(event=name, data=data)

    def eject(self, name):
        """As if the guest had ejected it."""
        slot = self.devices[name][1]['slot']
        self.begin_to_eject(name)
        ost(self, None, 3, 0, slot)

    def begin_to_eject(self, name):
        del self.devices[name]
        self.event('DEVICE_DELETED', path=f'/machine/peripheral/{name}/x')
        self.event('DEVICE_DELETED', device=name)

    def run(self):
        self.send(QMP={})
        for line in self.monitor.makefile('r'):
            request = json.loads(line)
            name, arguments = request['execute'], request['arguments']
            if not name.startswith(('qmp_', 'query-')):
                self.told.append((name, arguments))
            if name == self.refusal or \
                    name.startswith('query-acpi') and not self.acpi:
                self.send(error={'class': 'GenericError', 'desc': 'not\nso'})
                continue
            result = getattr(self, name.replace('-', '_'), lambda **_: {})(
                **{k.replace('-', '_'): v for k, v in arguments.items()})
            self.send(**{'return': result})
            if name == 'device_del':
                (self.verdict or self.eject)(arguments['id'])

    def query_memory_devices(self):
        return [{'type': kind, 'data': data}
                for kind, data in self.devices.values()]

    def object_add(self, qom_type, id, size):
        self.objects.add(id)
        return {}

    def object_del(self, id):
        self.objects.remove(id)
        return {}

    def device_add(self, driver, id, memdev, node, **where):
        self.devices[id] = 'dimm', {
            'id': id, 'memdev': f'/objects/{memdev}', 'node': node, 'size': 1,
            'addr': 0x150000000, 'slot': 1, **where}
        return {}

    def qom_set(self, path, property, value):
        name = path.rpartition('/')[2]
        self.devices[name][1].update({property: value, 'size': value})
        return {}


class Host:
    """A GuestPort, a fake QEMU, and the guest's end of the port."""

    def __init__(self, folder):
        self.log = open(folder / 'port.log', 'w')
        self.server = GuestPort(str(folder), self.log)
        self.server.__enter__()
        self.port, monitor = (socket.socket(socket.AF_UNIX) for _ in range(2))
        paths = [a.partition('path=')[2] for a in self.server.arguments()
                 if 'path=' in a]
        self.port.settimeout(PATIENCE)
        self.port.connect(paths[0])
        monitor.connect(paths[1])
        self.answers = self.port.makefile('r')
        self.qemu = FakeQemu(monitor)
        self.qemu.start()
        assert self.ask('list').startswith('ok')

    def ask(self, request):
        self.port.sendall(f'7 {request}\n'.encode())
        tag, _, answer = self.answers.readline().strip().partition(' ')
        assert tag == '7'
        return answer

    def ask_nothing(self, patience):
        """Is there no answer for so long?"""
        return not select.select([self.port], [], [], patience)[0]

    def close(self):
        self.qemu.monitor.shutdown(socket.SHUT_RDWR)
        self.qemu.join(PATIENCE)
        self.server.__exit__()
        self.port.close()
        self.qemu.monitor.close()
        self.log.close()
        assert not self.server._thread.is_alive()


@pytest.fixture
def host(tmp_path):
    host = Host(tmp_path)
    yield host
    host.close()


def eventually(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_list(host):
    assert host.ask('list').split() == [
        'ok', 'dimm,id=dimm1,node=1,size=268435456,addr=0x140000000',
        'virtio-mem,id=vmem3,node=3,size=0,addr=0x160000000,requested=0,'
        'max=536870912,block=2097152']


def test_dimm_comes_and_goes(host):
    assert host.ask('plug-dimm node=3 size=128M') == 'ok memhp1'
    assert host.qemu.told == [
        ('object-add', {'qom-type': 'memory-backend-ram', 'id': 'memhp1-ram',
                        'size': 128 << 20}),
        ('device_add', {'driver': 'pc-dimm', 'id': 'memhp1',
                        'memdev': 'memhp1-ram', 'node': 3})]
    assert host.ask('unplug-dimm memhp1') == 'ok'
    assert 'memhp1' not in host.qemu.devices
    assert host.qemu.objects == {'dimm-ram1'}
    assert host.ask('plug-dimm node=0 size=1G') == 'ok memhp2'


def test_backend_goes_when_the_guest_ejects(host):
    host.ask('plug-dimm node=3 size=128M')
    host.qemu.eject('memhp1')
    eventually(lambda: 'memhp1-ram' not in host.qemu.objects)


def test_backend_goes_when_qemu_refuses_the_dimm(host):
    host.qemu.refusal = 'device_add'
    assert host.ask('plug-dimm node=99 size=128M') == 'error not so'
    assert host.qemu.objects == {'dimm-ram1'}


def ost(qemu, name, source, status, slot=1):
    info = {'source': source, 'status': status, 'slot': str(slot),
            'slot-type': 'DIMM'}
    # When it is gone, QEMU has forgotten its name.
    if name:
        info['device'] = name
    qemu.event('ACPI_DEVICE_OST', info=info)


def test_nothing_is_plugged_while_the_guest_ejects(host):
    host.ask('plug-dimm node=3 size=128M')
    host.qemu.begin_to_eject('memhp1')
    eventually(lambda: 'memhp1-ram' not in host.qemu.objects)
    host.port.sendall(b'8 plug-dimm node=3 size=128M\n')
    assert host.ask_nothing(0.3)
    ost(host.qemu, None, 0x103, 0x84)
    assert host.ask_nothing(0.3)
    assert len(host.qemu.told) == 3
    ost(host.qemu, None, 0x103, 0)
    assert host.answers.readline() == '8 ok memhp2\n'


def test_guest_does_not_finish_an_ejection(host, monkeypatch):
    monkeypatch.setattr(guest_devices, 'UNPLUG_PATIENCE', 0.2)
    host.ask('plug-dimm node=3 size=128M')
    host.qemu.verdict = host.qemu.begin_to_eject
    assert host.ask('unplug-dimm memhp1') == \
        'error the guest does not finish an ejection'


def test_without_acpi_an_ejection_ends_with_the_device(monkeypatch, request):
    monkeypatch.setattr(FakeQemu, 'acpi', False)
    host = request.getfixturevalue('host')
    host.ask('plug-dimm node=3 size=128M')
    host.qemu.verdict = host.qemu.begin_to_eject
    assert host.ask('unplug-dimm memhp1') == 'ok'
    assert host.ask('plug-dimm node=3 size=128M') == 'ok memhp2'


def test_guest_refuses_to_eject(host):
    def busy(name):
        ost(host.qemu, 'dimm1', 3, 0x83)        # somebody else's
        ost(host.qemu, name, 3, 0x84)           # in progress
        ost(host.qemu, name, 1, 0x83)           # about an insertion
        ost(host.qemu, name, 3, 0x82)
    host.ask('plug-dimm node=3 size=128M')
    host.qemu.verdict = busy
    assert host.ask('unplug-dimm memhp1') == 'error refused: ACPI status 0x82'
    host.qemu.verdict = lambda name: host.qemu.event(
        'MEM_UNPLUG_ERROR', device=name, msg='why not')
    assert host.ask('unplug-dimm memhp1') == 'error refused: why not'
    host.qemu.verdict = lambda name: host.qemu.event(
        'DEVICE_UNPLUG_GUEST_ERROR', device=name, path='x')
    assert host.ask('unplug-dimm memhp1') == \
        'error refused: DEVICE_UNPLUG_GUEST_ERROR'
    host.qemu.verdict = None
    assert host.ask('unplug-dimm memhp1') == 'ok'


def test_guest_does_not_answer_an_ejection(host, monkeypatch):
    monkeypatch.setattr(guest_devices, 'UNPLUG_PATIENCE', 0.2)
    host.ask('plug-dimm node=3 size=128M')
    host.qemu.verdict = lambda name: None
    assert host.ask('unplug-dimm memhp1') == 'error no end after 0.2 s'


def test_resize(host):
    assert host.ask('resize vmem3 64M') == 'ok'
    assert host.qemu.told == [('qom-set', {
        'path': '/machine/peripheral/vmem3', 'property': 'requested-size',
        'value': 64 << 20})]
    assert 'size=67108864' in host.ask('list')


@pytest.mark.parametrize('request_, why', [
    ('', 'unknown request'), ('plug', 'unknown request'),
    ('list all', 'list takes 0 words'),
    ('plug-dimm node=1', 'plug-dimm takes 2 words'),
    ('plug-dimm size=128M node=1', 'plug-dimm takes node=N size=SIZE'),
    ('plug-dimm node=x size=128M', 'not a node: x'),
    ('plug-dimm node=-1 size=128M', 'not a node: -1'),
    ('plug-dimm node=1 size=lots', 'not a size: lots'),
    ('plug-dimm node=1 size=', 'not a size: '),
    ('plug-dimm node=1 size=٣', 'not a size: ٣'),
    ('unplug-dimm dimm9', 'no such dimm: dimm9'),
    ('unplug-dimm vmem3', 'no such dimm: vmem3'),
    ('resize dimm1 1M', 'no such virtio-mem device: dimm1'),
    ('resize vmem3 1T', 'not a size: 1T'),
])
def test_bad_request(host, request_, why):
    assert host.ask(request_) == f'error {why}'.strip()
    assert not host.qemu.told


def test_bytes_that_are_no_request(host):
    host.port.sendall(b'\n  \n\xff\xfe \x00\n')
    assert host.answers.readline().endswith(' error unknown request\n')
    for _ in range(3):
        host.port.sendall(b'x' * 100000)
    host.port.sendall(b'\n')
    assert host.answers.readline() == '? error too long\n'
    assert host.ask('list').startswith('ok')


def test_request_in_pieces_and_two_at_once(host):
    host.port.sendall(b'1 li')
    host.port.sendall(b'st\n2 nothing\n')
    assert host.answers.readline().startswith('1 ok dimm')
    assert host.answers.readline() == '2 error unknown request\n'


def test_reset_puts_everything_back(host):
    host.ask('plug-dimm node=2 size=128M')
    host.ask('unplug-dimm dimm1')
    host.ask('resize vmem3 64M')
    assert host.ask('reset') == 'ok'
    assert set(host.qemu.devices) == {'dimm1', 'vmem3'}
    assert host.qemu.objects == {'dimm-ram1'}
    assert host.qemu.told[-1] == ('device_add', {
        'driver': 'pc-dimm', 'id': 'dimm1', 'memdev': 'dimm-ram1', 'node': 1,
        'addr': DIMM['addr'], 'slot': 0})
    assert host.qemu.devices['vmem3'][1]['requested-size'] == 0


def test_what_a_dead_program_leaves_is_put_back(host):
    host.ask('plug-dimm node=2 size=128M')
    host.qemu.event('VSERPORT_CHANGE', id='other', open=False)
    host.qemu.event('VSERPORT_CHANGE', id='memhp-port', open=True)
    assert host.ask('list').count('dimm,') == 2
    host.qemu.event('VSERPORT_CHANGE', id='memhp-port', open=False)
    eventually(lambda: set(host.qemu.devices) == {'dimm1', 'vmem3'})


def test_ends_when_qemu_does(host):
    host.qemu.monitor.shutdown(socket.SHUT_RDWR)
    host.server._thread.join(PATIENCE)
    assert not host.server._thread.is_alive()


def test_ends_when_qemu_never_comes(tmp_path):
    before = threading.active_count()
    with open(tmp_path / 'port.log', 'w') as log, \
            GuestPort(str(tmp_path), log):
        assert threading.active_count() == before + 1
    assert threading.active_count() == before


def test_ends_while_it_waits_for_an_ejection(tmp_path):
    host = Host(tmp_path)
    host.ask('plug-dimm node=3 size=128M')
    waits = threading.Event()
    host.qemu.verdict = lambda name: waits.set()
    host.port.sendall(b'1 unplug-dimm memhp1\n')
    assert waits.wait(PATIENCE)
    begin = time.monotonic()
    host.close()
    assert time.monotonic() - begin < guest_devices.UNPLUG_PATIENCE / 2


def test_monitor_says_why_it_refuses_and_keeps_events():
    ours, theirs = socket.socketpair()
    theirs.sendall(b'{"QMP": {}}\n{"event": "A"}\n{"return": {}}\n'
                   b'{"event": "B"}\n{"error": {"desc": "no"}}\n')
    monitor = qmp.Qmp(ours)
    with pytest.raises(qmp.QmpError, match='no'):
        monitor.command('x')
    assert [monitor.event()['event'] for _ in 'AB'] == ['A', 'B']
    assert monitor.event() is None
    theirs.close()
    with pytest.raises(ConnectionError):
        monitor.event(1)
    monitor.close()
