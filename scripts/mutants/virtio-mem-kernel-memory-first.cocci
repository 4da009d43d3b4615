// SPDX-License-Identifier: GPL-2.0
// class: zone-selection
// file: drivers/virtio/virtio_mem.c
// history: c740bb97cc84 ("virtio-mem: prioritize unplug from ZONE_MOVABLE in Sub Block Mode")
// observe: virtio_mem_test:virtio_mem.movable_block_goes_first: the block in the kernel zone is gone

@@
identifier mb_states;
@@
 virtio_mem_sbm_unplug_request(...)
 {
 ...
 const int mb_states[] = {
	...,
-	VIRTIO_MEM_SBM_MB_MOVABLE,
-	VIRTIO_MEM_SBM_MB_KERNEL,
+	VIRTIO_MEM_SBM_MB_KERNEL,
+	VIRTIO_MEM_SBM_MB_MOVABLE,
 };
 ...
 }
