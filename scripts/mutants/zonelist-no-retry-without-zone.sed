// SPDX-License-Identifier: GPL-2.0
// class: zonelist_update_seq
// file: mm/page_alloc.c
// history: 3d36424b3b58 ("mm/page_alloc: fix race condition between build_all_zonelists and page allocation")
// observe: zonelist_retry.slow_path_walks_again: an allocation whose list lacks its only node fails at once

/^nopage:/,/goto restart;/{
s/(cpuset_mems_cookie, ac) ||/(cpuset_mems_cookie, ac))/
/check_retry_zonelist(/d
}
