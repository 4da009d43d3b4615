// SPDX-License-Identifier: GPL-2.0
// class: zonelist_update_seq
// file: mm/page_alloc.c
// history: 3d36424b3b58 ("mm/page_alloc: fix race condition between build_all_zonelists and page allocation")
// observe: zonelist_retry.slow_path_walks_again: an allocation fails because the list was being rewritten

@@
@@
check_retry_zonelist(...)
{
<...
- return read_seqretry(&zonelist_update_seq, seq);
+ return 0;
...>
}
