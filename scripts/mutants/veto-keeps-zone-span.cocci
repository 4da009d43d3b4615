// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: mm/memory_hotplug.c
// history: synthetic
// observe: rollback_test:notifier.first.only_block: the zone still spans the block that nobody wanted
// observe: rollback_test:notifier.last.only_block: the same, with a veto after all others agreed
// observe: rollback_test:notifier.last.block_beside_another: the zone has grown
// observe: rollback_test:last_notifier.errno_is_passed_on: the same, after many vetoes

@@
@@
online_pages(...)
{
<...
 memory_notify(MEM_CANCEL_ONLINE, ...);
- remove_pfn_range_from_zone(...);
...>
}
