// SPDX-License-Identifier: GPL-2.0
// class: notifier skipped
// file: mm/memory_hotplug.c
// history: synthetic
// observe: virtio_mem_test:virtio_mem.veto_leaves_block_usable: vmem3: 67108864 bytes requested, 33554432 plugged, 1 of 1 blocks

@@
@@
offline_pages(...)
{
<...
- memory_notify(MEM_CANCEL_OFFLINE, ...);
...>
}
