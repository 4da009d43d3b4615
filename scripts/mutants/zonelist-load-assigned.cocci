// SPDX-License-Identifier: GPL-2.0
// class: zonelist order
// file: mm/page_alloc.c
// history: 54d032ced983 ("mm/page_alloc: use accumulated load when building node fallback list")
// observe: zonelist.fallback_matches_oracle: what a node was loaded with by earlier lists is forgotten

@@
expression e;
@@
build_zonelists(...)
{
<...
- node_load[e] += 1;
+ node_load[e] = 1;
...>
}
