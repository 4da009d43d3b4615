// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: drivers/virtio/virtio_mem.c
// history: synthetic
// boot: driver-memory
// observe: virtio_mem_test:virtio_mem.kernel_page_keeps_block: 0 bytes requested, 134217728 plugged, 1 of 0 blocks

@@
identifier vm, bb_id;
@@
 virtio_mem_bbm_offline_remove_and_unplug_bb(...)
 {
 <...
-virtio_mem_bbm_set_bb_state(vm, bb_id, VIRTIO_MEM_BBM_BB_ADDED);
 ...>
 }
