// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: drivers/virtio/virtio_mem.c
// history: synthetic
// observe: virtio_mem_test:virtio_mem.part_of_a_block: node 3: managed: 8192, expected 0 + 16384

@@
identifier page;
expression nr;
@@
 virtio_mem_fake_online(...)
 {
 <...
-adjust_managed_page_count(page, nr);
 ...>
 }
