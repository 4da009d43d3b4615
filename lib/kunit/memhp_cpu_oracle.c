// SPDX-License-Identifier: GPL-2.0
/*
 * What follows from the online CPUs, worked out a second time from the CPUs,
 * their nodes, and the sizes and watermarks of the zones; and what it is.
 *
 * The rules:
 *
 * - A zone's per-CPU lists share its low watermark among the CPUs of its node, or
 *   among all CPUs if the node has none. Since Linux 6.7 they may grow, and then
 *   share an eighth of its pages. They hold at least four batches each.
 * - Fragmentation may boost the watermarks for some time, by one and a half
 *   times the high one at most, or by one page block.
 * - A batch is a 4096th of the zone, and at most a quarter of a MiB; half as
 *   much is added, and that is rounded down to one less than a power of two.
 *   It is at least one page.
 * - A CPU may gather a number of changes to a zone's counters before it folds
 *   them: twice the binary digits of the number of CPUs, times one and the
 *   binary digits of the zone's size in units of 128 MiB, and at most 125. For
 *   the counters of a node, it is that of its largest zone.
 */
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/pgtable.h>
#include <linux/sizes.h>
#include <linux/topology.h>

#include "memhp_compat.h"
#include "memhp_cpu_oracle.h"

#define HIGH_MAX_FRACTION	8
#define BATCH_FRACTION		4096
#define BATCHES_AT_LEAST	4
#define BOOST_PERCENT		150
#define THRESHOLD_MAX		125

/**
 * memhp_node_cpus() - the online CPUs of a node
 * @nid: the node
 * @cpus: where to put them
 *
 * Asks each CPU for its node, not the node for its CPUs.
 *
 * Context: any. The caller holds cpu_hotplug_lock.
 */
void memhp_node_cpus(int nid, struct cpumask *cpus)
{
	int cpu;

	cpumask_clear(cpus);
	for_each_online_cpu(cpu)
		if (cpu_to_node(cpu) == nid)
			cpumask_set_cpu(cpu, cpus);
}

static int node_cpus(int nid)
{
	int cpu, nr = 0;

	for_each_online_cpu(cpu)
		nr += cpu_to_node(cpu) == nid;
	return nr;
}

/**
 * memhp_node_has_cpus() - does a node have CPUs that are online?
 * @nid: the node
 *
 * Context: any. The caller holds cpu_hotplug_lock.
 * Return: whether it does.
 */
bool memhp_node_has_cpus(int nid)
{
	return node_cpus(nid);
}

/**
 * memhp_split() - how many CPUs share the limits of a node's zones
 * @nid: the node
 * @more: CPUs to count besides those of the node that are online
 *
 * Context: any. The caller holds cpu_hotplug_lock.
 * Return: the number of CPUs.
 */
int memhp_split(int nid, int more)
{
	return node_cpus(nid) + more ?: num_online_cpus();
}

/**
 * memhp_pageset_expected() - what the limits of a zone's per-CPU lists should be
 * @zone: a populated zone
 * @split: how many CPUs share them
 *
 * Context: any. The caller holds mem_hotplug_lock.
 * Return: the limits.
 */
struct memhp_pageset memhp_pageset_expected(struct zone *zone, int split)
{
	unsigned long pages = zone_managed_pages(zone);
	unsigned long low = zone->_watermark[WMARK_LOW];
	unsigned long batch, least, boost;
	struct memhp_pageset l;

	boost = max(pageblock_nr_pages,
		    mult_frac(zone->_watermark[WMARK_HIGH], BOOST_PERCENT, 100));

	batch = max(1UL, min(pages / BATCH_FRACTION, SZ_256K / PAGE_SIZE));
	batch += batch / 2;
	l.batch = max(1UL, (1UL << ilog2(batch)) - 1);
	least = BATCHES_AT_LEAST * l.batch;
	l.high_min = max(least, low / split);
	l.high_min_boosted = max(least, (low + boost) / split);
	l.high_max = MEMHP_PCP_HAS_RANGE ?
		     max(least, pages / HIGH_MAX_FRACTION / split) : 0;
	return l;
}

/**
 * memhp_pageset_actual() - what the limits of a zone's per-CPU lists are
 * @zone: a populated zone
 * @cpu: a possible CPU
 *
 * Context: any. The caller holds mem_hotplug_lock.
 * Return: the limits.
 */
struct memhp_pageset memhp_pageset_actual(struct zone *zone, int cpu)
{
	struct per_cpu_pages *pcp = per_cpu_ptr(zone->per_cpu_pageset, cpu);

	return (struct memhp_pageset) {
		.high_min = memhp_pcp_high_min(pcp),
		.high_max = memhp_pcp_high_max(pcp),
		.batch = READ_ONCE(pcp->batch),
	};
}

static int binary_digits(unsigned long n)
{
	int digits = 0;

	for (; n; n /= 2)
		digits++;
	return digits;
}

/**
 * memhp_zone_threshold_expected() - what the threshold of a zone's counters should be
 * @zone: a populated zone
 *
 * Context: any. The caller holds cpu_hotplug_lock and mem_hotplug_lock.
 * Return: the threshold, 0 on a kernel that knows only one CPU.
 */
int memhp_zone_threshold_expected(struct zone *zone)
{
	unsigned long units = zone_managed_pages(zone) / (SZ_128M / PAGE_SIZE);
	int threshold;

	if (!IS_ENABLED(CONFIG_SMP))
		return 0;
	threshold = 2 * binary_digits(num_online_cpus()) *
		    (1 + binary_digits(units));
	return min(threshold, THRESHOLD_MAX);
}

/**
 * memhp_zone_threshold_actual() - what the threshold of a zone's counters is
 * @zone: a populated zone
 * @cpu: an online CPU
 *
 * Context: any. The caller holds mem_hotplug_lock.
 * Return: the threshold, 0 on a kernel that knows only one CPU.
 */
int memhp_zone_threshold_actual(struct zone *zone, int cpu)
{
#ifdef CONFIG_SMP
	return READ_ONCE(per_cpu_ptr(zone->per_cpu_zonestats,
				     cpu)->stat_threshold);
#else
	return 0;
#endif
}

/**
 * memhp_node_threshold_expected() - what the threshold of a node's counters should be
 * @nid: an online node
 *
 * Context: any. The caller holds cpu_hotplug_lock and mem_hotplug_lock.
 * Return: the threshold, 0 if the node has no memory.
 */
int memhp_node_threshold_expected(int nid)
{
	struct zone *zones = NODE_DATA(nid)->node_zones;
	int i, threshold = 0;

	for (i = 0; i < MAX_NR_ZONES; i++)
		if (zones[i].present_pages)
			threshold = max(threshold,
					memhp_zone_threshold_expected(&zones[i]));
	return threshold;
}

/**
 * memhp_node_threshold_actual() - what the threshold of a node's counters is
 * @nid: an online node
 * @cpu: an online CPU
 *
 * Context: any.
 * Return: the threshold.
 */
int memhp_node_threshold_actual(int nid, int cpu)
{
	return READ_ONCE(per_cpu_ptr(NODE_DATA(nid)->per_cpu_nodestats,
				     cpu)->stat_threshold);
}
