// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: mm/slub.c
// history: synthetic
// observe: rollback_test:last_notifier.slab_allocates_after_veto: the veto took slab's state of the node away, and the next online does not notice

@@
iterator name list_for_each_entry;
identifier offline_node;
@@
 slab_mem_offline_callback(...)
 {
 <...
-node_clear(offline_node, slab_nodes);
+{
+	struct kmem_cache *s;
+
+	list_for_each_entry(s, &slab_caches, list)
+		s->node[offline_node] = NULL;
+}
 ...>
 }

@@
identifier nid;
@@
 slab_mem_going_online_callback(...)
 {
 <...
-if (nid < 0)
-	return 0;
+if (nid < 0 || node_isset(nid, slab_nodes))
+	return 0;
 ...>
 }
