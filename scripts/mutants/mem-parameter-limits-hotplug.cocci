// SPDX-License-Identifier: GPL-2.0
// class: input-validation
// file: mm/memory_hotplug.c
// history: synthetic (the bug that "mm/hotplug: Only respect mem= parameter during boot stage" fixed)
// observe: probe_test:probe.hidden_memory_is_added: memory above what mem= says cannot be added

@@
expression start, size;
@@
 register_memory_resource(...)
 {
 <...
-start + size > max_mem_size && system_state < SYSTEM_RUNNING
+start + size > max_mem_size
 ...>
 }
