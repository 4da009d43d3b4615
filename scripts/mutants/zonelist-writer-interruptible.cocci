// SPDX-License-Identifier: GPL-2.0
// class: zonelist_update_seq
// file: mm/page_alloc.c
// history: 1007843a9190 ("mm/page_alloc: fix potential deadlock on zonelist_update_seq seqlock")
// observe: zonelist_retry.slow_path_waits: an interrupt comes in the middle of the rebuild, where an allocation would never end

@@
expression flags;
@@
__build_all_zonelists(...)
{
<...
(
- write_seqlock_irqsave(&zonelist_update_seq, flags);
+ write_seqlock(&zonelist_update_seq);
+ flags = 0;
|
- write_sequnlock_irqrestore(&zonelist_update_seq, flags);
+ write_sequnlock(&zonelist_update_seq);
)
...>
}
