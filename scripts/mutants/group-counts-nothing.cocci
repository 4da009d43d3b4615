// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/memory_hotplug.c
// history: synthetic
// observe: auto_online_test:policy.auto_movable_ratio: what is online of the dimm counts twice
// observe: auto_online_test:policy.auto_movable_follows_kernel_block: nothing follows
// observe: virtio_mem_test:virtio_mem.kernel_block_allows_movable_one: it does not

@@
identifier group, movable, nr_pages;
@@
 adjust_present_page_count(struct page *page, struct memory_group *group,
			   long nr_pages)
 {
 ...
-if (group && movable)
-	group->present_movable_pages += nr_pages;
-else if (group && !movable)
-	group->present_kernel_pages += nr_pages;
 }
