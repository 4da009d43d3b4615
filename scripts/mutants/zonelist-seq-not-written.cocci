// SPDX-License-Identifier: GPL-2.0
// class: zonelist_update_seq
// file: mm/page_alloc.c
// history: 3d36424b3b58 ("mm/page_alloc: fix race condition between build_all_zonelists and page allocation")
// observe: zonelist_retry.slow_path_waits: writers exclude each other, but no reader notices them

@@
expression flags;
@@
__build_all_zonelists(...)
{
<...
(
- write_seqlock_irqsave(&zonelist_update_seq, flags);
+ spin_lock_irqsave(&zonelist_update_seq.lock, flags);
|
- write_sequnlock_irqrestore(&zonelist_update_seq, flags);
+ spin_unlock_irqrestore(&zonelist_update_seq.lock, flags);
)
...>
}
