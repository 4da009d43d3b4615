// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/slub.c
// history: synthetic
// observe: slab_read_test:node.boot.slab_state_survives_empty_refill: a cache's total is not the sum of its nodes
// observe: slab_cache_test:objects.keep_memory_online: what slab says is not what was allocated

@@
identifier node, nodes;
statement S;
@@
 show_slab_objects(...)
 {
 <...
-for (node = 0; node < nr_node_ids; node++) {
+for (node = 1; node < nr_node_ids; node++) {
	if (nodes[node])
		S
 }
 ...>
 }
