// SPDX-License-Identifier: GPL-2.0
// class: use after free
// file: mm/sparse-vmemmap.c
// history: 5ec8e8ea8b77 ("mm/sparsemem: fix race in accessing memory_section->usage")
// observe: memhp_remove.section_usage_outlives_readers: the task that removes a section frees what pfn_valid() may read

@@
identifier ms;
@@
 section_deactivate(...)
 {
 <...
-kfree_rcu(ms->usage, rcu);
+kfree(ms->usage);
 ...>
 }
