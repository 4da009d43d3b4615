// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/page_alloc.c
// history: 5a883813845a ("memory-hotplug: fix zone stat mismatch")
// observe: node_test:node.empty_node_counts_nothing: what CPUs have counted apart is lost with the per-CPU lists of the zone

@@
iterator name for_each_online_cpu;
identifier cpu, pzstats;
statement S;
@@
 zone_pcp_reset(...)
 {
-int cpu;
-struct per_cpu_zonestat *pzstats;
 <...
-for_each_online_cpu(cpu)
-	S
 ...>
 }
