# SPDX-License-Identifier: GPL-2.0
"""Firmware that a guest needs and the host's Debian does not have: UEFI for arm64.

Debian 12's (EDK2 2022.11) says that memory may be cached where its flash is, so the
kernel takes that for memory, finds no node that it belongs to, and gives up on all
nodes. Debian 13's (EDK2 2025.02) does not.
"""

import foreign

_PACKAGE = 'qemu-efi-aarch64'
_SOURCES = ('deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] '
            'http://deb.debian.org/debian trixie main')


def fetch(arch, state, progress):
    """Have it where the machine description of an arch looks for it."""
    if arch.fetched_firmware:
        foreign.unpacked(arch, [_PACKAGE],
                         state / 'foreign' / f'{arch.name}-firmware', progress,
                         _SOURCES)
