// SPDX-License-Identifier: GPL-2.0
// class: zonelist order
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist.fallback_matches_oracle: every node is loaded, not just the first of those that are equally far

@@
symbol prev_node, node;
@@
build_zonelists(...)
{
<...
- prev_node = node;
...>
}
