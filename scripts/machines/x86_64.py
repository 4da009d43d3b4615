# SPDX-License-Identifier: GPL-2.0
#
# The x86_64 reference machine, as a qemu_config for kunit.py; our own runner
# boots the same description. kunit.py starts QEMU with "-m 1024", so the boot
# memory of the nodes adds up to that.
#
#   node  CPUs  boot memory  pc-dimm  why
#      0  0-1   640 MiB      -        where the kernel lives
#      1  2-3   256 MiB      256 MiB  boot memory and hotplug memory in one node
#      2  -     128 MiB      128 MiB  memory without CPUs, and more of it
#      3  -     -            256 MiB  comes and goes as a whole
#
# Node 3 also has a virtio-mem device, which is empty until the host is asked to
# plug memory. CPUs 0 and 1 are siblings, and so are 2 and 3; qemu64 has no leaf
# that tells of siblings unless it is of Intel's make.
#
# One socket per node with CPUs, else the scheduler's topology check warns at
# boot. The distances are unequal, with two ties: nodes 0 and 1 are equally far
# from node 2, and from node 3 as well. At the first tie, both have opened a
# group of nodes once, so node 0 comes first; that loads node 0 once more, so
# node 1 comes first at the second. The node that has nothing at boot is the
# last one, because QEMU's SRAT gives the hotplug window to that node, and a
# node that SRAT never mentions cannot be onlined. "movable_node" leaves the
# pc-dimms offline at boot: the tests put them online.
#
# A busy host stops a CPU of the guest at any time, also between the reading of
# its two clocks. The kernel takes that for skew, gives the TSC up, and stops the
# machine to change to another clock: a CPU that a test holds with interrupts
# off, and that waits for one which is stopped by now, waits in vain. Therefore
# "tsc=nowatchdog".

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from runpy import run_path

from ..qemu_config import QemuArchParams

_REPO = Path(__file__).resolve().parents[2]
_QEMU = run_path(str(_REPO / 'scripts/qemu_words.py'))
_four_nodes, _node, _distance, _dimm, _virtio_mem = (
    _QEMU[name] for name in ('four_nodes', 'node', 'distance', 'dimm',
                             'virtio_mem'))

# All that the machine is good for, since kunit.py adds nothing of its own.
_FRAGMENTS = ('scripts/config/base.config', 'scripts/config/x86_64.config',
              'tools/testing/selftests/memory-hotplug/config',
              'tools/testing/selftests/memory-hotplug/config.x86_64')

_BOARD = ('-bios', 'qboot.rom', '-cpu', 'qemu64,vendor=GenuineIntel')

QEMU_ARCH = QemuArchParams(
    linux_arch='x86_64',
    kconfig='\n'.join((_REPO / f).read_text() for f in _FRAGMENTS),
    qemu_arch='x86_64',
    kernel_path='vmlinux',
    kernel_command_line='console=ttyS0 movable_node tsc=nowatchdog',
    extra_qemu_params=[
        *_BOARD,
        '-smp', '4,sockets=2,cores=1,threads=2',
        *_four_nodes('0-1', '2-3'),
    ])


def _with(*words):
    """The same kernel on other hardware."""
    return replace(QEMU_ARCH, extra_qemu_params=[*_BOARD, *words])


# What "make matrix" has besides the reference.
MACHINES = {
    # The memory of the reference, and as many CPUs as CONFIG_NR_CPUS allows.
    '16-cpus': _with(
        '-smp', '16,sockets=2,cores=4,threads=2',
        *_four_nodes('0-7', '8-15')),
    # One with all CPUs and boot memory, and one that comes and goes as a whole.
    '2-nodes': _with(
        '-smp', '4,sockets=1,cores=2,threads=2',
        '-m', 'size=1G,slots=8,maxmem=4G',
        *_node(0, '1G', '0-3'), *_node(1), *_distance(0, 1, 20),
        *_dimm(0, '256M'), *_dimm(1, '256M'), *_virtio_mem(1, '512M')),
    # Two halves, the other one farther away, and in each of them all nodes equally
    # far from each other. Two nodes have CPUs; the last one comes and goes.
    '16-nodes': _with(
        '-smp', '4,sockets=2,cores=1,threads=2',
        '-m', 'size=2560M,slots=8,maxmem=6G',
        *_node(0, '640M', '0-1'), *_node(8, '256M', '2-3'), *_node(15),
        *(word for nid in range(1, 15) if nid != 8
          for word in _node(nid, '128M')),
        *(word for a, b in combinations(range(16), 2) for word in _distance(
            a, b, 20 if a // 8 == b // 8 else 40)),
        *_dimm(8, '256M'), *_dimm(9, '128M'), *_dimm(15, '256M'),
        *_virtio_mem(15, '512M')),
}


def _sized(cpus, size, maxmem, *words):
    """The same kernel on a machine of which one quantity is changed, to see what
    that costs: one socket, and node 0 with all CPUs and a pc-dimm.
    """
    return _with('-smp', f'{cpus},sockets=1,cores={cpus},threads=1',
                 '-m', f'size={size}M,slots=4,maxmem={maxmem}M', *words)


def with_nodes(nodes):
    """So many nodes, all but the first one with memory alone. So lists grow by
    one zone a node, and what comes and goes is always the same.
    """
    size = 512 + 128 * (nodes - 1)
    return _sized(4, size, size + 1024, *_node(0, '512M', '0-3'),
                  *(arg for nid in range(1, nodes)
                    for arg in _node(nid, '128M')),
                  *_dimm(0, '128M'))


def with_cpus(cpus):
    """So many CPUs."""
    return _sized(cpus, 1024, 4096, *_node(0, '1G', f'0-{cpus - 1}'),
                  *_dimm(0, '256M'))


def with_blocks(blocks):
    """So many memory blocks, all but eight of them offline, with a memmap of
    their own. The host keeps no memory in reserve for them.
    """
    more = (blocks - 8) * 128
    dimm = ['-object', f'memory-backend-ram,id=dimm-ram0,size={more}M,'
                       'reserve=off',
            '-device', 'pc-dimm,id=dimm0,memdev=dimm-ram0,node=0']
    machine = _sized(4, 1024, 2048 + more, *_node(0, '1G', '0-3'),
                     *(dimm if more else ()))
    return replace(machine, kernel_command_line=' '.join((
        machine.kernel_command_line,
        'memory_hotplug.memmap_on_memory=1')))
