// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: mm/memory_hotplug.c
// history: synthetic
// observe: rollback_test:notifier.first.only_block: a node is in has_memory that got none
// observe: rollback_test:last_notifier.slab_allocates_after_veto: the same for has_normal_memory

@@
identifier arg, nid;
@@
online_pages(...)
{
...
 const int nid = ...;
<...
 node_states_check_changes_online(..., &arg);
+node_states_set_node(nid, &arg);
...>
}
