// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: mm/page_alloc.c
// history: synthetic
// observe: rollback_test:notifier.first.block_beside_another: the zone's per-CPU lists stay as they were while it was isolated

@@
identifier zone;
@@
zone_pcp_enable(struct zone *zone)
{
-__zone_set_pageset_high_and_batch(...);
 ...
}
