// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: drivers/virtio/virtio_mem.c
// history: synthetic
// observe: virtio_mem_test:virtio_mem.online_block_makes_room: 268435456 bytes requested, 134217728 plugged, 1 of 2 blocks

@@
identifier vm, size;
@@
 virtio_mem_memory_notifier_cb(...)
 {
 <...
-atomic64_sub(size, &vm->offline_size);
 ...>
 }
