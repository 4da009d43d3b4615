// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/slub.c
// history: synthetic
// observe: slab_cache_test:objects.of_a_cpu_that_goes: cpu_slabs lacks what is in partial lists
// needs: CONFIG_SLUB_CPU_PARTIAL

/^static ssize_t show_slab_objects(/,/^}/s/slab = slub_percpu_partial_read_once(c);/slab = NULL;/
