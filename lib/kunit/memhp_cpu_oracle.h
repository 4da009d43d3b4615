/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LIB_KUNIT_MEMHP_CPU_ORACLE_H
#define _LIB_KUNIT_MEMHP_CPU_ORACLE_H

#include <linux/cpumask.h>
#include <linux/mmzone.h>

/**
 * struct memhp_pageset - limits of one CPU's lists of a zone's free pages
 * @high_min: the least that its "high" may be tuned to
 * @high_min_boosted: the same, if the low watermark was boosted as far as
 *	possible when it was calculated
 * @high_max: the most that its "high" may be tuned to
 * @batch: pages moved between the lists and the zone at a time
 */
struct memhp_pageset {
	int high_min;
	int high_min_boosted;
	int high_max;
	int batch;
};

void memhp_node_cpus(int nid, struct cpumask *cpus);
bool memhp_node_has_cpus(int nid);
int memhp_split(int nid, int more);
struct memhp_pageset memhp_pageset_expected(struct zone *zone, int split);
struct memhp_pageset memhp_pageset_actual(struct zone *zone, int cpu);
int memhp_zone_threshold_expected(struct zone *zone);
int memhp_zone_threshold_actual(struct zone *zone, int cpu);
int memhp_node_threshold_expected(int nid);
int memhp_node_threshold_actual(int nid, int cpu);

#endif
