// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/page_alloc.c
// history: 203c06eef579 ("mm/page_alloc: split pcp->high across all online CPUs for cpuless nodes")
// observe: zonelist_cpuhp.consumers_at_rest: each CPU may keep as much of a node without CPUs as if it were the only one

@@
identifier nr_split_cpus;
@@
zone_highsize(...)
{
<...
- nr_split_cpus = num_online_cpus();
+ nr_split_cpus = 1;
...>
}
