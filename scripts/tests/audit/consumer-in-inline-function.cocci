// SPDX-License-Identifier: GPL-2.0
// class: consumer added
// file: mm/vmscan.c
// history: synthetic
// observe: audit: unclassified: kswapd_run uses CPU masks: .* -> online_pages -> kswapd_run

// A macro, in a function that gets inlined.
@@
@@
+static inline unsigned int count_cpus_up(void)
+{
+	return cpumask_weight(cpu_online_mask);
+}
+
kswapd_run(...)
{
+	if (!count_cpus_up())
+		return;
...
}
