// SPDX-License-Identifier: GPL-2.0
// class: rollback
// file: mm/page_alloc.c
// history: synthetic
// observe: offline_interrupt_test:offline.sigint.while_it_retries: the per-CPU lists of the zone stay disabled
// observe: offline_interrupt_test:offline.sigint.after_any_delay: the same
// observe: pinned_memory_test:pinned.anon.offline_waits_until_interrupted: the same

@@
@@
 zone_pcp_enable(...)
 {
-__zone_set_pageset_high_and_batch(...);
 ...
 }
