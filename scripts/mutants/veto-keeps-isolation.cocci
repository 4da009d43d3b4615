// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: mm/memory_hotplug.c
// history: synthetic
// observe: rollback_test:notifier.first.only_block: the block's pages stay isolated, and are missing among the free ones

@@
@@
offline_pages(...)
{
<...
- undo_isolate_page_range(...);
 memory_notify(MEM_CANCEL_OFFLINE, ...);
...>
}
