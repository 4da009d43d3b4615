// SPDX-License-Identifier: GPL-2.0
// class: migration
// file: mm/gup.c
// history: synthetic
// observe: pinned_memory_test:pinned.anon.long_term_leaves_zone_movable: what is pinned for long stays in ZONE_MOVABLE
// observe: pinned_memory_test:pinned.shmem.long_term_leaves_zone_movable: the same
// observe: pinned_memory_test:pinned.thp.long_term_leaves_zone_movable: the same
// observe: pinned_memory_test:pinned.hugetlb.long_term_leaves_zone_movable: the same

@@
expression folio;
@@
-folio_is_longterm_pinnable(folio)
+true
