// SPDX-License-Identifier: GPL-2.0
// class: lock-order
// file: mm/slub.c
// history: e4f8e513c3d3 ("mm/slub: fix a deadlock in show_slab_objects()")
// observe: slab_read_test:node.bare.readers_finish_during_slow_offline: the reader waits for an offline to end

@@
identifier nodes;
@@
 show_slab_objects(...)
 {
 ...
 if (!nodes)
	return -ENOMEM;
+get_online_mems();
 ...
+put_online_mems();
 kfree(nodes);
 ...
 }
