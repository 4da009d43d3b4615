// SPDX-License-Identifier: GPL-2.0
// class: assertion added
// file: mm/compaction.c
// history: synthetic
// observe: audit: unclassified: kcompactd_run uses assertion: .* -> kcompactd_run

@@
@@
kcompactd_run(...)
{
+	lockdep_assert_cpus_held();
...
}
