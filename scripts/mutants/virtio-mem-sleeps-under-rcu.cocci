// SPDX-License-Identifier: GPL-2.0
// class: atomic sleep
// file: drivers/virtio/virtio_mem.c
// history: 425bec0032f5 ("virtio-mem: fix sleeping in RCU read side section in virtio_mem_online_page_cb()")
// observe: console during virtio_mem_test:virtio_mem.part_of_a_block: sleeping function called

@@
@@
 virtio_mem_online_page_cb(...)
 {
 <...
-rcu_read_unlock();
 virtio_mem_online_page(...);
+rcu_read_unlock();
 return;
 ...>
 }
