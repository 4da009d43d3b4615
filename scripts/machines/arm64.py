# SPDX-License-Identifier: GPL-2.0
#
# The arm64 reference machine, QEMU's "virt", as a qemu_config for kunit.py; our
# own runner boots the same description. kunit.py starts QEMU with "-m 1024", so
# the boot memory of the nodes adds up to that.
#
#   node  CPUs  boot memory  pc-dimm  why
#      0  0-1   640 MiB      -        where the kernel lives
#      1  2-3   256 MiB      256 MiB  boot memory and hotplug memory in one node
#      2  -     128 MiB      128 MiB  memory without CPUs, and more of it
#      3  -     -            256 MiB  comes and goes as a whole
#
# Node 3 also has a virtio-mem device, which is empty until the host is asked to
# plug memory. The distances, and why the last node is the one that has nothing
# at boot: see x86_64.py.
#
# On arm64, boot memory never goes, so all memory that comes and goes is that of
# devices. QEMU lets "virt" have pc-dimms only with firmware that reads ACPI
# tables, which is UEFI: "make run" fetches it, see scripts/firmware.py. The kernel
# finds the pc-dimms in ACPI's name space, and leaves them offline: the tests put
# them online.

import os
from pathlib import Path
from runpy import run_path

from ..qemu_config import QemuArchParams

_REPO = Path(__file__).resolve().parents[2]
_QEMU = run_path(str(_REPO / 'scripts/qemu_words.py'))

# All that the machine is good for, since kunit.py adds nothing of its own.
_FRAGMENTS = ('scripts/config/base.config', 'scripts/config/arm64.config',
              'tools/testing/selftests/memory-hotplug/config',
              'tools/testing/selftests/memory-hotplug/config.aarch64')

# Where "make run" puts it, in the folder that O= names.
_FIRMWARE = (_REPO / (os.environ.get('O') or 'build') / 'foreign/arm64-firmware' /
             'usr/share/qemu-efi-aarch64/QEMU_EFI.fd')

QEMU_ARCH = QemuArchParams(
    linux_arch='arm64',
    kconfig='\n'.join((_REPO / f).read_text() for f in _FRAGMENTS),
    qemu_arch='aarch64',
    kernel_path='arch/arm64/boot/Image',
    kernel_command_line='console=ttyAMA0 movable_node',
    extra_qemu_params=[
        '-machine', 'virt,gic-version=3',
        '-cpu', 'cortex-a57',
        '-bios', str(_FIRMWARE),
        '-smp', '4,sockets=2,cores=2,threads=1',
        *_QEMU['four_nodes']('0-1', '2-3'),
    ])
