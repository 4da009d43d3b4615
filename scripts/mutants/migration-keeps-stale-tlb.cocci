// SPDX-License-Identifier: GPL-2.0
// class: data
// file: mm/migrate.c
// history: synthetic
// observe: memory_content_test:content.anon.survives_offline_under_load: what another CPU writes goes to the page that has been copied already

@@
@@
 migrate_pages_batch(...)
 {
 <...
-try_to_unmap_flush();
 ...>
 }
