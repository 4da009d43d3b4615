// SPDX-License-Identifier: GPL-2.0
// class: leak
// file: mm/slub.c
// history: synthetic
// observe: rollback_test:last_notifier.slab_allocates_after_veto: the slab that a CPU allocates from keeps the block online

@@
expression s;
@@
slab_mem_going_offline_callback(...)
{
<...
- flush_all_cpus_locked(s);
...>
}
