// SPDX-License-Identifier: GPL-2.0
// class: zonelist_update_seq
// file: mm/page_alloc.c
// history: 3d36424b3b58 ("mm/page_alloc: fix race condition between build_all_zonelists and page allocation")
// observe: zonelist_retry.rebuild_before_oom: out of memory with a list that has been rebuilt since

/should_compact_retry(ac, order/,/__alloc_pages_may_oom(/{
s/(cpuset_mems_cookie, ac) ||/(cpuset_mems_cookie, ac))/
/check_retry_zonelist(/d
}
