// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: mm/page_isolation.c
// history: synthetic
// observe: console during memory_block_test:block.online_movable.online_then_offline: mm/page_alloc.c

@@
identifier zone, flags;
@@
 set_migratetype_isolate(...)
 {
 <...
(
-spin_lock_irqsave(&zone->lock, flags);
+flags = 0;
|
-spin_unlock_irqrestore(&zone->lock, flags);
)
 ...>
 }
