// SPDX-License-Identifier: GPL-2.0
// class: zonelist_update_seq
// file: mm/page_alloc.c
// history: synthetic
// observe: zonelist_retry.slow_path_waits: a slow path that begins in the middle of a rebuild takes the list as it is

@@
@@
zonelist_iter_begin(...)
{
<...
- return read_seqbegin(&zonelist_update_seq);
+ return raw_read_seqcount(&zonelist_update_seq.seqcount);
...>
}
