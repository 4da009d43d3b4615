// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: mm/page_alloc.c
// history: synthetic
// observe: memhp_zone.offline_is_refused: limits of per-CPU lists are set while a block goes offline

@@
@@
zone_pcp_update(...)
{
- mutex_lock(&pcp_batch_high_lock);
  ...
- mutex_unlock(&pcp_batch_high_lock);
}
