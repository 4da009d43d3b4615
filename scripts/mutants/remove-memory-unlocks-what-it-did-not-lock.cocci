// SPDX-License-Identifier: GPL-2.0
// class: lock imbalance
// file: mm/memory_hotplug.c
// history: b4223a510e2a ("mm/memory_hotplug: fix unpaired mem_hotplug_begin/done")
// observe: console during dax_kmem_test:kmem.unbind_while_online_keeps_memory: bad unlock balance

@@
identifier rc;
@@
 try_remove_memory(...)
 {
 ...
 rc = walk_memory_blocks(...);
-if (rc)
-	return rc;
+if (rc) {
+	mem_hotplug_done();
+	return rc;
+}
 ...
 }
