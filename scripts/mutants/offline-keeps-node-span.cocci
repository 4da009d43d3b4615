// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/memory_hotplug.c
// history: synthetic
// observe: dimm_test:dimm.node_comes_and_goes: a node that has no memory any more stays online

@@
identifier pgdat, node_start_pfn, node_end_pfn;
@@
 update_pgdat_span(struct pglist_data *pgdat)
 {
 ...
+if (!node_end_pfn)
+	return;
 pgdat->node_start_pfn = node_start_pfn;
 pgdat->node_spanned_pages = node_end_pfn - node_start_pfn;
 }
