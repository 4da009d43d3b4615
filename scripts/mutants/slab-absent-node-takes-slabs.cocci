// SPDX-License-Identifier: GPL-2.0
// class: leak
// file: mm/slub.c
// history: 0715e6c516f1 ("mm, slub: prevent kmalloc_node crashes and memory leaks")
// observe: memhp_slab.node_without_memory: each object for a node without memory takes a slab of its own

@@
expression s, node;
@@
-if (!node_isset(node, slab_nodes)) {
-	node = NUMA_NO_NODE;
-} else {
	stat(s, ALLOC_NODE_MISMATCH);
	goto deactivate_slab;
-}
