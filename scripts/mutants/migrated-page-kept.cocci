// SPDX-License-Identifier: GPL-2.0
// class: leak
// file: mm/memory_hotplug.c
// history: synthetic
// observe: memory_content_test:content.anon.survives_offline_under_load: a page that has been migrated is never free, and the offline does not end
// observe: node_cpuset_test:cpuset.this_node_too.follows_the_node: the same

@@
identifier folio;
@@
 do_migrate_range(...)
 {
 <...
 put_folio:
-	folio_put(folio);
+	;
 ...>
 }
