// SPDX-License-Identifier: GPL-2.0
// class: lock added
// file: mm/page-writeback.c
// history: synthetic
// observe: audit: unclassified: writeback_set_ratelimit uses mem_hotplug_lock: .* -> writeback_set_ratelimit

@@
@@
writeback_set_ratelimit(...)
{
+	get_online_mems();
+	put_online_mems();
...
}
