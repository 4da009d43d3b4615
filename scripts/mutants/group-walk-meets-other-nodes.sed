// SPDX-License-Identifier: GPL-2.0
// class: check
// file: drivers/base/memory.c
// history: synthetic
// observe: memhp_group.walk_meets_dynamic_groups: a walk meets groups of other nodes

/^int walk_dynamic_memory_groups(/,/^}/s/nid != NUMA_NO_NODE && group->nid != nid/false/
