// SPDX-License-Identifier: GPL-2.0
// class: retry
// file: mm/page_alloc.c
// history: synthetic
// observe: memory_content_test:content.anon.survives_offline_under_load: pages in the lists of a CPU keep their block from going offline

@@
@@
zone_pcp_disable(...)
{
<...
- __drain_all_pages(...);
...>
}
