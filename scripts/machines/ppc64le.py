# SPDX-License-Identifier: GPL-2.0
#
# The ppc64le reference machine, a pseries, as a qemu_config for kunit.py; our own
# runner boots the same description. kunit.py starts QEMU with "-m 1024", so the
# boot memory of the nodes adds up to that. A memory block has 256 MiB.
#
#   node  CPUs  boot memory  pc-dimm  why
#      0  0-1   512 MiB      -        where the kernel lives
#      1  2-3   256 MiB      256 MiB  boot memory and hotplug memory in one node
#      2  -     256 MiB      256 MiB  memory without CPUs, and more of it
#      3  -     -            512 MiB  comes and goes as a whole
#    4-6  one   -            256 MiB  a CPU whose nearest memory is elsewhere
#
# Nodes 4 to 6 are what this machine is there for: with
# CONFIG_HAVE_MEMORYLESS_NODES, a rebuild of the zonelists tells each online CPU
# which node its memory is on (numa_mem), and the answer for their CPUs changes
# when the pc-dimm comes. Each of three tests uses up one of them. TCG has no
# threads of a core on a pseries.
#
# Firmware gives a pseries its pc-dimms as boot memory. "movable_node" puts them
# into ZONE_MOVABLE, since they may go, and "memhp_begin.offline=1" takes them
# offline before KUnit and the kselftests begin: as on x86_64, tests put them
# online.

from pathlib import Path
from runpy import run_path

from ..qemu_config import QemuArchParams

_REPO = Path(__file__).resolve().parents[2]
_QEMU = run_path(str(_REPO / 'scripts/qemu_words.py'))
_node, _distance, _dimm = (
    _QEMU[name] for name in ('node', 'distance', 'dimm'))

# All that the machine is good for, since kunit.py adds nothing of its own.
_FRAGMENTS = ('scripts/config/base.config', 'scripts/config/ppc64le.config',
              'tools/testing/selftests/memory-hotplug/config',
              'tools/testing/selftests/memory-hotplug/config.ppc64le')

# What TCG cannot do about Spectre and Meltdown.
_BROKEN = ','.join(f'cap-{name}=broken' for name in ('cfpc', 'sbbc', 'ibs'))

_LONELY = (4, 5, 6)

_DISTANCES = (
    (0, 1, 20), (0, 2, 40), (0, 3, 40),
    (1, 2, 40), (1, 3, 40),
    (2, 3, 20),
    *((nid, lonely, 40 if nid else 20)
      for lonely in _LONELY for nid in range(lonely)),
)


QEMU_ARCH = QemuArchParams(
    linux_arch='powerpc',
    kconfig='\n'.join((_REPO / f).read_text() for f in _FRAGMENTS),
    qemu_arch='ppc64',
    kernel_path='vmlinux',
    kernel_command_line='console=hvc0 movable_node '
                        'memhp_begin.offline=1',
    extra_qemu_params=[
        '-machine', f'pseries,x-vof=on,{_BROKEN},cap-ccf-assist=off',
        '-cpu', 'power9',
        '-smp', '7,sockets=7,cores=1,threads=1',
        '-m', 'size=1G,slots=16,maxmem=8G',
        *_node(0, '512M', '0-1'), *_node(1, '256M', '2-3'),
        *_node(2, '256M'), *_node(3),
        *(arg for nid in _LONELY for arg in _node(nid, cpus=str(nid))),
        *(arg for d in _DISTANCES for arg in _distance(*d)),
        *_dimm(1, '256M'), *_dimm(2, '256M'), *_dimm(3, '512M'),
        *(arg for nid in _LONELY for arg in _dimm(nid, '256M')),
    ])
