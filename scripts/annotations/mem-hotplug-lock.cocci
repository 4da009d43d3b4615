// SPDX-License-Identifier: GPL-2.0
// class: what holds mem_hotplug_lock, and cpu_hotplug_lock
// file: mm/memory_hotplug.c
// history: "with mem_hotplug_lock in write mode", say comments, unchecked
// observe: with violations/no-hotplug-locks.cocci, see there

@@
@@
+/**
+ * get_online_mems - Keep memory from going or coming
+ *
+ * Context: Process context. May sleep: it waits for memory hotplug to end. Not
+ * inside of mem_hotplug_begin(), nor with a lock held that memory hotplug or
+ * its notifiers take.
+ */
 void get_online_mems(...)
 {
 ...
 }

@@
@@
+/**
+ * put_online_mems - Let memory go and come again
+ *
+ * Context: Process context, after get_online_mems().
+ */
 void put_online_mems(...)
 {
 ...
 }

@@
@@
+/**
+ * mem_hotplug_begin - Begin to change what memory there is
+ *
+ * Takes cpu_hotplug_lock for reading, then mem_hotplug_lock for writing. So
+ * neither CPUs nor memory go or come until mem_hotplug_done(), but for what
+ * the caller does.
+ *
+ * Context: Process context. May sleep. Not with a lock held that CPU hotplug
+ * or a memory notifier takes. Whoever holds device_hotplug_lock as well has
+ * taken it before.
+ */
 void mem_hotplug_begin(...)
 {
 ...
 }

@@
@@
+/**
+ * mem_hotplug_done - End what mem_hotplug_begin() began
+ *
+ * Context: The task that has called mem_hotplug_begin().
+ */
 void mem_hotplug_done(...)
 {
 ...
 }

@@
@@
+/**
+ * add_memory - Add memory that has come with a device or from a hypervisor
+ * @nid: its node, or with MHP_NID_IS_MGID its memory group
+ * @start: its physical address, a multiple of the size of a memory block
+ * @size: its size, likewise
+ * @mhp_flags: MHP_NONE, or flags of that name
+ *
+ * Context: Process context. May sleep. Takes device_hotplug_lock: whoever holds
+ * it calls __add_memory(). Inside, takes cpu_hotplug_lock and mem_hotplug_lock,
+ * and takes them again if the memory comes online at once.
+ * Return: 0 or a negative error code.
+ */
 int add_memory(...)
 {
 ...
 }

@@
@@
+/**
+ * try_remove_memory - Remove memory whose blocks are all offline
+ * @start: its physical address, a multiple of the size of a memory block
+ * @size: its size, likewise
+ *
+ * Context: Process context. May sleep. With device_hotplug_lock held, which
+ * keeps the blocks offline. Takes cpu_hotplug_lock and mem_hotplug_lock.
+ * Return: 0 or a negative error code, -EBUSY if a block is online.
+ */
 int try_remove_memory(...)
 {
 ...
 }

// Two locks where the limits of per-CPU lists, the zonelists or a notifier
// depend on the CPUs, one where all that changes is the memory.

@@
identifier fn = {online_pages, offline_pages};
declaration d;
statement s;
@@
 fn(...)
 {
 ... when any
 d
+
+	lockdep_assert_cpus_held();
+	lockdep_assert_held_write(&mem_hotplug_lock);
 s
 ... when any
 }

@@
identifier fn = {__try_online_node, __add_pages, __remove_pages,
		 move_pfn_range_to_zone, remove_pfn_range_from_zone,
		 adjust_present_page_count};
declaration d;
statement s;
@@
 fn(...)
 {
 ... when any
 d
+
+	lockdep_assert_held_write(&mem_hotplug_lock);
 s
 ... when any
 }
