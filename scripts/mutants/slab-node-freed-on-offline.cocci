// SPDX-License-Identifier: GPL-2.0
// class: use after free
// file: mm/slub.c
// history: 666716fd267d ("mm, slub: stop freeing kmem_cache_node structures on node offline")
// observe: none: a kmem_cache_node must be freed between the instruction that gets it and those that use it; no test can hold somebody there

@@
iterator name list_for_each_entry;
identifier offline_node;
@@
slab_mem_offline_callback(...)
{
<...
 node_clear(offline_node, slab_nodes);
+{
+	struct kmem_cache_node *n;
+	struct kmem_cache *s;
+
+	list_for_each_entry(s, &slab_caches, list) {
+		n = get_node(s, offline_node);
+		if (!n)
+			continue;
+		s->node[offline_node] = NULL;
+		kmem_cache_free(kmem_cache_node, n);
+	}
+}
...>
}
