// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/memory_hotplug.c
// history: 656d57119326 ("mm/memory_hotplug: fix updating the node span")
// observe: memhp_zone.block_comes_and_goes: the node begins at page 0

@@
identifier zone;
@@
 update_pgdat_span(...)
 {
 <...
-if (!zone->spanned_pages)
-	continue;
 ...>
 }
