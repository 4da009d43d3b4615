// SPDX-License-Identifier: GPL-2.0
// class: lock added
// file: mm/page-writeback.c
// history: synthetic
// observe: audit: unclassified: writeback_set_ratelimit uses mem_hotplug_lock: .* -> writeback_set_ratelimit
// observe: audit: unclassified: page_writeback_cpu_online uses mem_hotplug_lock: .* -> cpuhp_invoke_callback -> page_writeback_cpu_online

// It is also part of a callback of CPU hotplug, where that lock is a deadlock.
@@
@@
writeback_set_ratelimit(...)
{
+	get_online_mems();
+	put_online_mems();
...
}
