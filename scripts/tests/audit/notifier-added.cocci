// SPDX-License-Identifier: GPL-2.0
// class: callback added
// file: mm/memory-tiers.c
// history: synthetic
// observe: audit: callbacks.ini: \[memory notifiers\]: unlisted callback memtier_told

@@
@@
+static int __meminit memtier_told(struct notifier_block *self,
+				  unsigned long action, void *arg)
+{
+	return action == MEM_ONLINE ? NOTIFY_OK : NOTIFY_DONE;
+}
+
static int __init memory_tier_init(void)
{
+	hotplug_memory_notifier(memtier_told, 0);
...
}
