// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: mm/vmscan.c
// history: b4a0215e11dc ("mm: fix null-ptr-deref in kswapd_is_running()")
// observe: none: it takes proactive compaction that looks at kswapd just while that ends, and KASAN to notice that the task has been freed

@@
identifier pgdat;
@@
kswapd_stop(...)
{
<...
(
- pgdat_kswapd_lock(pgdat);
|
- pgdat_kswapd_unlock(pgdat);
)
...>
}
