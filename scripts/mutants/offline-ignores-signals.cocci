// SPDX-License-Identifier: GPL-2.0
// class: retry
// file: mm/memory_hotplug.c
// history: synthetic
// observe: offline_interrupt_test:offline.sigint.while_it_retries: no end of an offline that cannot succeed

@@
@@
 offline_pages(...)
 {
 <...
-signal_pending(current)
+0
 ...>
 }
