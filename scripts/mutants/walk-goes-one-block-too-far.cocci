// SPDX-License-Identifier: GPL-2.0
// class: off by one
// file: drivers/base/memory.c
// history: synthetic
// observe: dax_kmem_test:kmem.unbind_removes_and_bind_adds: the block behind the device is online, so nothing is removed

@@
expression start, size;
@@
 walk_memory_blocks(...)
 {
 <...
-phys_to_block_id(start + size - 1)
+phys_to_block_id(start + size)
 ...>
 }
