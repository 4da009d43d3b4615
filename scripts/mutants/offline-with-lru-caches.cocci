// SPDX-License-Identifier: GPL-2.0
// class: retry
// file: mm/memory_hotplug.c
// history: synthetic
// observe: memory_content_test:content.anon.survives_offline_under_load: an offline does not find pages that wait in a CPU's LRU cache, and does not end until the CPU needs it for others

@@
@@
 offline_pages(...)
 {
 <...
(
-lru_cache_disable();
|
-lru_cache_enable();
)
 ...>
 }
