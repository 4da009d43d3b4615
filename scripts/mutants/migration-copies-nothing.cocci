// SPDX-License-Identifier: GPL-2.0
// class: data
// file: mm/migrate.c
// history: synthetic
// observe: memory_content_test:content.anon.survives_offline_under_load: the page that takes the place of another one has none of its data
// observe: memory_content_test:content.mlocked.survives_offline_under_load: the same
// observe: memory_content_test:content.thp.survives_offline_under_load: the same
// observe: memory_content_test:content.shmem.survives_offline_under_load: the same
// observe: memory_content_test:content.memfd.survives_offline_under_load: the same
// observe: memory_content_test:content.tmpfs.survives_offline_under_load: the same
// observe: memory_content_test:content.file.survives_offline_under_load: the same
// observe: memory_content_test:content.hugetlb.survives_offline_under_load: the same

@@
identifier rc;
expression dst, src;
@@
-rc = folio_mc_copy(dst, src);
+rc = 0;
