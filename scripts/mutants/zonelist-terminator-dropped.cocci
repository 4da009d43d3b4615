// SPDX-License-Identifier: GPL-2.0
// class: zonelist without an end
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_interleave.every_interleaving: the terminator is never stored

@@
identifier zonerefs;
@@
build_zonelists_in_node_order(...)
{
<...
- zonerefs->zone = NULL;
- zonerefs->zone_idx = 0;
...>
}
