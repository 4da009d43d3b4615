// SPDX-License-Identifier: GPL-2.0
// class: zonelist_update_seq
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_two_writers.second_rebuild_waits: readers notice writers, but writers do not exclude each other

@@
expression flags;
@@
__build_all_zonelists(...)
{
<...
(
- write_seqlock_irqsave(&zonelist_update_seq, flags);
+ local_irq_save(flags);
+ raw_write_seqcount_begin(&zonelist_update_seq.seqcount);
|
- write_sequnlock_irqrestore(&zonelist_update_seq, flags);
+ raw_write_seqcount_end(&zonelist_update_seq.seqcount);
+ local_irq_restore(flags);
)
...>
}
