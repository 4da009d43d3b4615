// SPDX-License-Identifier: GPL-2.0
// class: lock dropped
// file: mm/slub.c
// history: synthetic
// observe: slab_cache_test:operation.shrink.during_slow_cpu_down: it flushes CPUs while one of them goes
// observe: slab_cache_test:operation.write_shrink.during_slow_cpu_down: the same through sysfs
// observe: slab_cache_test:operation.write_validate.during_slow_cpu_down: the same
// observe: slab_cache_test:operation.write_cpu_partial.during_slow_cpu_down: the same

@@
@@
flush_all(...)
{
- cpus_read_lock();
...
- cpus_read_unlock();
}
