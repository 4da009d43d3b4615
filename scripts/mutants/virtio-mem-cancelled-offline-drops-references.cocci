// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: drivers/virtio/virtio_mem.c
// history: synthetic
// observe: virtio_mem_test:virtio_mem.veto_leaves_block_usable: node 3: managed: 8192, expected 0 + 16384

@@
identifier i;
expression pfn;
@@
 virtio_mem_fake_offline_cancel_offline(...)
 {
 <...
-page_ref_inc(pfn_to_page(pfn + i));
+page_ref_inc(pfn_to_page(pfn));
 ...>
 }
