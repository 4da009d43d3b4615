# SPDX-License-Identifier: GPL-2.0
#
# Words of QEMU's command line that machine descriptions are made of. They read
# this file with runpy, since kunit.py loads a description as if it were in the
# kernel's tree, where it has no neighbours.


def node(nid, size=None, cpus=None):
    """A NUMA node with so much boot memory, and these CPUs."""
    numa = f'node,nodeid={nid}'
    if cpus:
        numa += f',cpus={cpus}'
    if not size:
        return ['-numa', numa]
    return ['-object', f'memory-backend-ram,id=ram{nid},size={size}',
            '-numa', f'{numa},memdev=ram{nid}']


def distance(src, dst, val):
    """From a node to another, and back."""
    return ['-numa', f'dist,src={src},dst={dst},val={val}']


def dimm(nid, size):
    """A pc-dimm, the only one of its node."""
    return ['-object', f'memory-backend-ram,id=dimm-ram{nid},size={size}',
            '-device', f'pc-dimm,id=dimm{nid},memdev=dimm-ram{nid},node={nid}']


def virtio_mem(nid, size):
    """A virtio-mem device that may become so large, and is empty."""
    return ['-object', f'memory-backend-ram,id=vmem-ram{nid},size={size}',
            '-device', f'virtio-mem-pci,id=vmem{nid},memdev=vmem-ram{nid},'
                       f'node={nid},requested-size=0']


# Unequal, with two ties: see x86_64.py.
_DISTANCES = (
    (0, 1, 20), (0, 2, 30), (0, 3, 25),
    (1, 2, 30), (1, 3, 25),
    (2, 3, 20),
)


def four_nodes(cpus, more_cpus):
    """The memory of a reference machine, with these CPUs on nodes 0 and 1."""
    return ['-m', 'size=1G,slots=8,maxmem=4G',
            *node(0, '640M', cpus), *node(1, '256M', more_cpus),
            *node(2, '128M'), *node(3),
            *(word for d in _DISTANCES for word in distance(*d)),
            *dimm(1, '256M'), *dimm(2, '128M'), *dimm(3, '256M'),
            *virtio_mem(3, '512M')]
