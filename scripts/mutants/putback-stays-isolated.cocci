// SPDX-License-Identifier: GPL-2.0
// class: accounting
// file: mm/migrate.c
// history: synthetic
// observe: pinned_memory_test:pinned.anon.offline_waits_until_interrupted: pages that did not migrate count as isolated for ever

@@
identifier folio;
expression item, nr;
@@
 putback_movable_pages(...)
 {
 <...
-node_stat_mod_folio(folio, item, nr);
 ...>
 }
