// SPDX-License-Identifier: GPL-2.0
// class: the same assertion, reported once
// file: mm/slub.c kernel/cgroup/cpuset.c
// history: synthetic
// observe: console during memory_block_test: flush_all_cpus_locked
//
// Without cpu_hotplug_lock, each offline would bring a report for every slab
// cache, and tests would fail for no other reason than a busy console. So each
// assertion under memory hotplug is put where it is made, to report once; like
// lockdep_assert_cpus_held() itself, not before user space runs.

@@
@@
-lockdep_assert_cpus_held();
+WARN_ON_ONCE(system_state >= SYSTEM_RUNNING && debug_locks && !lockdep_is_cpus_held());
