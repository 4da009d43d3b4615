# SPDX-License-Identifier: GPL-2.0
"""What differs between the archs that we boot: how a kernel is built for one, how
its guest talks, and where the guest's own programs come from.

The machine itself is in scripts/machines/, the kernel's options in scripts/config/.
"""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Arch:
    """An arch."""
    name: str           # as in ARCH=
    uname: str          # as uname calls it, and kselftests their config.*
    kernel: str         # as the kernel's own ARCH= has it
    folder: str         # in the kernel's arch/
    debian: str         # as Debian calls it
    gnu: str            # as compilers do
    image: str          # what kbuild makes, for QEMU to boot
    line: tuple         # before the name of what is behind it, on QEMU's command
                        # line: adds the second serial line
    log: str            # the device of that, in /dev
    sysrq: bytes        # before a sysrq key on the console; b'' for a break
    fetched_firmware: bool = False  # see firmware.py

    @property
    def native(self):
        """Is it this host's?"""
        return os.uname().machine == self.uname

    @property
    def prefix(self):
        """Of the compiler's name; a host's own compiler has none."""
        return '' if self.native else f'{self.gnu}-linux-gnu-'

    def second_line(self, chardev):
        """The words that give QEMU's machine a second serial line."""
        option, value = self.line
        return [option, f'{value}{chardev}']


# What QEMU has two of on most machines. On others it is a card: no console of
# virtio's, which would have to allocate memory for whatever is written to it.
_SERIAL = ('-serial', 'chardev:')
_CARD = ('-device', 'pci-serial,chardev=')

# The console of a pseries is no serial line, and knows no break: Ctrl-O it is.
_CTRL_O = b'\x0f'

_ALL = (
    Arch('x86_64', 'x86_64', 'x86_64', 'x86', 'amd64', 'x86_64', 'vmlinux',
         _SERIAL, 'ttyS1', b''),
    Arch('ppc64le', 'ppc64le', 'powerpc', 'powerpc', 'ppc64el', 'powerpc64le',
         'vmlinux', _SERIAL, 'hvc1', _CTRL_O),
    Arch('arm64', 'aarch64', 'arm64', 'arm64', 'arm64', 'aarch64', 'Image',
         _CARD, 'ttyS0', b'', fetched_firmware=True),
)

ARCHES = {arch.name: arch for arch in _ALL}


def of(machine):
    """The arch of a machine description, which names it as the kernel does."""
    return next(a for a in _ALL if a.kernel == machine.linux_arch)
