// SPDX-License-Identifier: GPL-2.0
// class: retry
// file: drivers/virtio/virtio_mem.c
// history: synthetic
// observe: none: the driver tries again after 50 s at the earliest, longer than a test may take

@@
identifier vm;
@@
 virtio_mem_run_wq(...)
 {
 <...
-hrtimer_start(&vm->retry_timer, ...);
 ...>
 }
