// SPDX-License-Identifier: GPL-2.0
// class: spurious-error
// file: mm/slub.c
// history: synthetic
// observe: slab_read_test:node.bare.readers_race_node_empty_refill: a read fails with EBUSY while slab's memory notifier runs

@@
identifier nodes;
@@
 show_slab_objects(...)
 {
 ...
 if (!nodes)
	return -ENOMEM;
+if (!mutex_trylock(&slab_mutex)) {
+	kfree(nodes);
+	return -EBUSY;
+}
+mutex_unlock(&slab_mutex);
 ...
 }
