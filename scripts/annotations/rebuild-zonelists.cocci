// SPDX-License-Identifier: GPL-2.0
// class: what build_all_zonelists() needs
// file: mm/page_alloc.c
// history: asked for in the thread of September 2019
// observe: with violations/no-hotplug-locks.cocci, see there

@@
@@
 build_all_zonelists(...)
 {
 <...
+		/*
+		 * Memory hotplug, which holds two locks here. mem_hotplug_lock,
+		 * for writing, keeps which zones are populated and which nodes
+		 * have memory. cpu_hotplug_lock, for reading, keeps the CPU
+		 * masks: other nodes prefer a node without CPUs, and with
+		 * CONFIG_HAVE_MEMORYLESS_NODES each online CPU is told which
+		 * node to take memory from. Readers of the lists hold neither.
+		 */
+		lockdep_assert_cpus_held();
 __build_all_zonelists(...);
 ...>
 }
