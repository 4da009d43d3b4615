// SPDX-License-Identifier: GPL-2.0
// class: state check removed
// file: mm/memory_hotplug.c
// history: synthetic
// observe: dax_kmem_test:kmem.unbind_while_online_keeps_memory: memory that is online and in use is removed

@@
@@
 check_memblock_offlined_cb(...)
 {
 <...
-return -EBUSY;
 ...>
 }
