// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: drivers/virtio/virtio_mem.c
// history: synthetic
// observe: virtio_mem_test:virtio_mem.part_of_a_block: what the host got back counts as managed

@@
expression page, nr;
@@
 virtio_mem_fake_offline(...)
 {
 <...
-adjust_managed_page_count(page, nr);
 ...>
 }
