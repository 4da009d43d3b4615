// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: drivers/virtio/virtio_mem.c
// history: synthetic
// observe: virtio_mem_test:virtio_mem.part_of_a_block: the page allocator gets the whole block

@@
identifier do_online;
@@
 virtio_mem_online_page(...)
 {
 <...
-do_online = false;
+do_online = true;
 ...>
 }
