// SPDX-License-Identifier: GPL-2.0
// class: leak
// file: drivers/dax/kmem.c
// history: synthetic
// boot: driver-memory
// observe: dax_kmem_test:kmem.unbind_removes_and_bind_adds: 26 objects for memory blocks, 23 before

@@
identifier data;
@@
 dev_dax_kmem_remove(...)
 {
 <...
-memory_group_unregister(data->mgid);
 ...>
 }
