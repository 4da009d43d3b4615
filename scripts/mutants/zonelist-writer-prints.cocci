// SPDX-License-Identifier: GPL-2.0
// class: zonelist_update_seq
// file: mm/page_alloc.c
// history: 1007843a9190 ("mm/page_alloc: fix potential deadlock on zonelist_update_seq seqlock")
// observe: zonelist_retry.writer_prints_later: the writer prints to consoles in the middle of the rebuild

@@
@@
__build_all_zonelists(...)
{
<...
(
- printk_deferred_enter();
|
- printk_deferred_exit();
)
...>
}
