// SPDX-License-Identifier: GPL-2.0
/*
 * Compares what is derived from the online CPUs with the oracle: the limits of
 * the zones' per-CPU lists, the thresholds of the per-CPU counters, which nodes
 * have CPUs, and where the nodes' threads may run.
 */
#include <linux/cpu.h>
#include <linux/iopoll.h>
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/topology.h>

#include "memhp_cpu_expect.h"
#include "memhp_cpu_oracle.h"
#include "zonelist_oracle.h"

#define POLL_US		1000

/* Long enough for a kswapd that has nothing to do to fall asleep. */
#define KSWAPD_US	(2 * USEC_PER_SEC)

/**
 * memhp_kswapd() - a node's kswapd
 * @nid: the node
 *
 * Context: any. The node keeps its memory meanwhile.
 * Return: the thread, or NULL if the node has none.
 */
struct task_struct *memhp_kswapd(int nid)
{
	return NODE_DATA(nid)->kswapd;
}

/**
 * memhp_kcompactd() - a node's kcompactd
 * @nid: the node
 *
 * Context: any. The node keeps its memory meanwhile.
 * Return: the thread, or NULL if the node has none.
 */
struct task_struct *memhp_kcompactd(int nid)
{
#ifdef CONFIG_COMPACTION
	return NODE_DATA(nid)->kcompactd;
#else
	return NULL;
#endif
}

/* The low watermark may have been boosted when high_min was calculated. */
static bool follows(struct memhp_pageset is, struct memhp_pageset want)
{
	return is.high_max == want.high_max && is.batch == want.batch &&
	       (is.high_min == want.high_min ||
		(is.high_min > want.high_min &&
		 is.high_min <= want.high_min_boosted));
}

/**
 * expect_pagesets() - compare the limits of a zone's per-CPU lists
 * @test: the running test
 * @zone: a populated zone
 * @came: the CPU that was the last to come up, if nothing need have
 *	recalculated the limits since, or MEMHP_NO_CPU
 * @when: what happened before, for the message
 *
 * A CPU that comes up is not yet among the CPUs of its node when the limits are
 * recalculated. So the kernel adds one, but for the zones of all nodes. It is
 * tolerated that other nodes' limits count one CPU too many then.
 *
 * Context: process context. The caller holds cpu_hotplug_lock and
 *	mem_hotplug_lock.
 * Return: 1 if one CPU too many is counted, else 0.
 */
static int expect_pagesets(struct kunit *test, struct zone *zone, int came,
			   const char *when)
{
	struct memhp_pageset want, also, is;
	int cpu, nid = zone_to_nid(zone);
	int off = 0;

	want = memhp_pageset_expected(zone, memhp_split(nid, 0));
	also = want;
	if (came != MEMHP_NO_CPU && cpu_to_node(came) != nid)
		also = memhp_pageset_expected(zone, memhp_split(nid, 1));

	for_each_possible_cpu(cpu) {
		is = memhp_pageset_actual(zone, cpu);
		if (follows(is, want))
			continue;
		off = 1;
		KUNIT_EXPECT_TRUE_MSG(test, follows(is, also),
				      "%d:%s, CPU %d, %s: high %d..%d batch %d instead of %d..%d batch %d",
				      nid, zone->name, cpu, when,
				      is.high_min, is.high_max, is.batch,
				      want.high_min, want.high_max, want.batch);
	}
	return off;
}

static bool thresholds_follow(void)
{
	struct zone *zone;
	int cpu, nid;

	for_each_online_cpu(cpu) {
		for_each_populated_zone(zone)
			if (memhp_zone_threshold_actual(zone, cpu) !=
			    memhp_zone_threshold_expected(zone))
				return false;
		for_each_online_node(nid)
			if (memhp_node_threshold_actual(nid, cpu) !=
			    memhp_node_threshold_expected(nid))
				return false;
	}
	return true;
}

/*
 * A kswapd that is awake keeps its node's thresholds low: let it fall asleep.
 * Anybody may wake it again, so it is enough that they were right once.
 */
static void expect_thresholds(struct kunit *test, const char *when)
{
	struct zone *zone;
	int cpu, nid;
	bool follow;

	if (!read_poll_timeout(thresholds_follow, follow, follow, POLL_US,
			       KSWAPD_US, false))
		return;
	for_each_online_cpu(cpu) {
		for_each_populated_zone(zone)
			KUNIT_EXPECT_EQ_MSG(test,
					    memhp_zone_threshold_actual(zone, cpu),
					    memhp_zone_threshold_expected(zone),
					    "%d:%s, CPU %d, %s",
					    zone_to_nid(zone), zone->name, cpu,
					    when);
		for_each_online_node(nid)
			KUNIT_EXPECT_EQ_MSG(test,
					    memhp_node_threshold_actual(nid, cpu),
					    memhp_node_threshold_expected(nid),
					    "node %d, CPU %d, %s", nid, cpu,
					    when);
	}
}

/**
 * memhp_same_cpus() - compare two masks, as far as there are CPUs
 * @a: one mask
 * @b: the other
 *
 * On a kernel that knows one CPU only, a thread's mask has all bits set.
 *
 * Context: any.
 * Return: whether the same possible CPUs are in both.
 */
bool memhp_same_cpus(const struct cpumask *a, const struct cpumask *b)
{
	int cpu;

	for_each_possible_cpu(cpu)
		if (cpumask_test_cpu(cpu, a) != cpumask_test_cpu(cpu, b))
			return false;
	return true;
}

/**
 * memhp_expect_affinity() - compare where a thread may run
 * @test: the running test
 * @task: the thread, or NULL if there is none
 * @cpus: where it should
 * @when: what happened before, for the message
 *
 * Context: process context.
 */
void memhp_expect_affinity(struct kunit *test, struct task_struct *task,
			   const struct cpumask *cpus, const char *when)
{
	if (!task)
		return;
	KUNIT_EXPECT_TRUE_MSG(test, memhp_same_cpus(&task->cpus_mask, cpus),
			      "%s, %s: may run on %*pbl instead of %*pbl",
			      task->comm, when,
			      cpumask_pr_args(&task->cpus_mask),
			      cpumask_pr_args(cpus));
}

/**
 * memhp_expect_kcompactd() - compare where a node's kcompactd may run
 * @test: the running test
 * @nid: a node with memory
 * @when: what happened before, for the message
 *
 * When a CPU has come up, of whichever node, that is on the online CPUs of its
 * node, unless there are none.
 *
 * Context: process context, may sleep. The caller holds cpu_hotplug_lock, or
 *	takes care itself that no CPU goes or comes.
 */
void memhp_expect_kcompactd(struct kunit *test, int nid, const char *when)
{
	struct cpumask *cpus = kunit_kzalloc(test, cpumask_size(), GFP_KERNEL);

	KUNIT_EXPECT_NOT_NULL(test, cpus);
	if (!cpus)
		return;
	memhp_node_cpus(nid, cpus);
	if (!cpumask_empty(cpus))
		memhp_expect_affinity(test, memhp_kcompactd(nid), cpus, when);
	kunit_kfree(test, cpus);
}

/**
 * memhp_expect_numa_mem() - compare which node each CPU's memory is on
 * @test: the running test
 * @when: what happened before, for the message
 *
 * That is the node where an allocation for the kernel begins that a task on this
 * CPU makes: the first node of the fallback list of the CPU's own node that has
 * memory for the kernel. Only with CONFIG_HAVE_MEMORYLESS_NODES a CPU is told;
 * else it is the CPU's own node, by definition, and nothing is compared.
 *
 * Context: process context, may sleep. Takes cpu_hotplug_lock and
 *	mem_hotplug_lock for reading.
 */
void memhp_expect_numa_mem(struct kunit *test, const char *when)
{
	int cpu;

	if (!IS_ENABLED(CONFIG_HAVE_MEMORYLESS_NODES))
		return;
	cpus_read_lock();
	get_online_mems();
	for_each_online_cpu(cpu)
		KUNIT_EXPECT_EQ_MSG(test, cpu_to_mem(cpu),
				    zonelist_expected_node(test,
							   cpu_to_node(cpu),
							   gfp_zone(GFP_KERNEL)),
				    "numa_mem of CPU %d, %s", cpu, when);
	put_online_mems();
	cpus_read_unlock();
}

/**
 * memhp_expect_consumers() - compare what is derived from the online CPUs
 * @test: the running test
 * @came: the CPU that was the last to come up, or MEMHP_NO_CPU
 * @when: what happened before, for the message
 *
 * Context: process context, may sleep. Takes cpu_hotplug_lock and
 *	mem_hotplug_lock for reading.
 */
void memhp_expect_consumers(struct kunit *test, int came, const char *when)
{
	struct zone *zone;
	int nid, off = 0;

	cpus_read_lock();
	get_online_mems();
	for_each_populated_zone(zone)
		off += expect_pagesets(test, zone, came, when);
	expect_thresholds(test, when);
	for_each_online_node(nid) {
		KUNIT_EXPECT_EQ_MSG(test, node_state(nid, N_CPU),
				    memhp_node_has_cpus(nid),
				    "node %d, %s", nid, when);
		if (came != MEMHP_NO_CPU && node_state(nid, N_MEMORY))
			memhp_expect_kcompactd(test, nid, when);
	}
	put_online_mems();
	cpus_read_unlock();
	memhp_expect_numa_mem(test, when);

	if (off)
		kunit_info(test, "tolerated: %d zones count one CPU too many, %s\n",
			   off, when);
}

