// SPDX-License-Identifier: GPL-2.0
/*
 * CPUs go down and come up while memory blocks go online and offline and
 * zonelists are rebuilt. Two questions: which lock keeps a CPU from going
 * while a memory block is on its way, and what does everything in memory
 * management that is derived from the online CPUs end up with.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/iopoll.h>
#include <linux/kthread.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/topology.h>

#include "../../mm/internal.h"
#include "memhp_block.h"
#include "memhp_compat.h"
#include "memhp_cpu.h"
#include "memhp_cpu_expect.h"
#include "memhp_cpu_oracle.h"
#include "memhp_node.h"
#include "memhp_operation.h"
#include "zonelist_oracle.h"

#define PATIENCE_US	(20 * USEC_PER_SEC)
#define PATIENCE	usecs_to_jiffies(PATIENCE_US)
#define POLL_US		1000
#define REBUILDS	4	/* by the rebuilder, in one phase */

/* Long enough for something that nothing holds up to happen. */
#define GRACE_US	(500 * USEC_PER_MSEC)
#define GRACE		usecs_to_jiffies(GRACE_US)

static struct memhp_operation cpu_op, rebuild_op;
static struct memhp_operation block_op = {
	.online_type = MMOP_ONLINE_MOVABLE,
};

/* Every second time without a lock, so that it runs into everything. */
static int rebuilds(struct memhp_operation *op)
{
	int i;

	for (i = 0; i < REBUILDS; i++) {
		if (i % 2)
			build_all_zonelists(NULL);
		else
			memhp_rebuild_zonelists();
		cond_resched();
	}
	return 0;
}

/* As onlining or offlining a memory block does in the end. */
static void recalculate(void)
{
	mem_hotplug_begin();
	setup_per_zone_wmarks();
	refresh_zone_stat_thresholds();
	mem_hotplug_done();
}

/* Once all CPUs are up: nothing shall remind of those that were down. */
static void forget(void *unused)
{
	int nid;

	for_each_node_state(nid, N_MEMORY)
		if (memhp_kswapd(nid) && !cpumask_empty(cpumask_of_node(nid)))
			set_cpus_allowed_ptr(memhp_kswapd(nid),
					     cpumask_of_node(nid));
	recalculate();
	memhp_rebuild_zonelists();
}

/* The CPUs of one node, to be taken down and up. */
static const struct cpumask *get_cpus(struct kunit *test)
{
	const struct cpumask *cpus;

	/* First, so that it comes last in the end. */
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, forget, NULL), 0);
	cpus = memhp_cpus_get(test);
	if (!cpus) {
		kunit_remove_action(test, forget, NULL);
		kunit_skip(test, "no node whose CPUs may all go down");
	}
	return cpus;
}

static void take_down(struct kunit *test, int cpu, enum memhp_cpu_path path)
{
	KUNIT_ASSERT_EQ_MSG(test, memhp_cpu_down(cpu, path), 0, "CPU %d", cpu);
	KUNIT_ASSERT_FALSE_MSG(test, cpu_online(cpu), "CPU %d", cpu);
}

static void bring_up(struct kunit *test, int cpu, enum memhp_cpu_path path)
{
	KUNIT_ASSERT_EQ_MSG(test, memhp_cpu_up(cpu, path), 0, "CPU %d", cpu);
	KUNIT_ASSERT_TRUE_MSG(test, cpu_online(cpu), "CPU %d", cpu);
}

/*
 * Compare after a rebuild, since CPU hotplug does not rebuild, and the order
 * of nodes depends on which of them have CPUs.
 */
static void expect_lists(struct kunit *test, const char *when)
{
	char *expected, *actual;
	int nid, list;

	get_online_mems();
	for_each_node(nid) {
		for (list = 0; list < MAX_ZONELISTS; list++) {
			expected = zonelist_expected(test, nid, list);
			actual = zonelist_actual(test, nid, list);
			KUNIT_EXPECT_STREQ_MSG(test, actual, expected,
					       "%s list of node %d, %s",
					       zonelist_name(list), nid, when);
			kunit_kfree(test, expected);
			kunit_kfree(test, actual);
		}
	}
	put_online_mems();
	memhp_expect_numa_mem(test, when);
}

/*
 * Wake a kswapd, and wait until it has noticed: it has gone to sleep once more
 * then, briefly at first, and has its node's thresholds low until it sleeps for
 * good.
 */
static void nudge(struct kunit *test, struct task_struct *kswapd)
{
	const unsigned long before = READ_ONCE(kswapd->nvcsw);
	unsigned long now;

	wake_up_process(kswapd);
	KUNIT_EXPECT_EQ(test,
			read_poll_timeout(READ_ONCE, now, now != before,
					  POLL_US, PATIENCE_US, false,
					  kswapd->nvcsw), 0);
}

/*
 * Before any CPU has gone. The limits of the per-CPU lists are not as found:
 * boot has freed memory since they were calculated.
 */
static void consumers_at_rest(struct kunit *test)
{
	struct cpumask *cpus = kunit_kzalloc(test, cpumask_size(), GFP_KERNEL);
	int nid;

	KUNIT_ASSERT_NOT_NULL(test, cpus);
	recalculate();
	memhp_expect_consumers(test, MEMHP_NO_CPU, "at rest");
	for_each_node_state(nid, N_MEMORY)
		if (memhp_kswapd(nid))
			nudge(test, memhp_kswapd(nid));
	memhp_expect_consumers(test, MEMHP_NO_CPU, "kswapds woken");

	cpus_read_lock();
	for_each_node_state(nid, N_MEMORY) {
		memhp_node_cpus(nid, cpus);
		if (cpumask_empty(cpus))
			cpumask_copy(cpus, &kthreadd_task->cpus_mask);
		memhp_expect_affinity(test, memhp_kswapd(nid), cpus, "at rest");
		memhp_expect_affinity(test, memhp_kcompactd(nid), cpus, "at rest");
	}
	cpus_read_unlock();
}

/* CPUs go one after the other, until a node has none, and come back. */
static void consumers_follow_cpus(struct kunit *test)
{
	const struct memhp_cpu_path_param *p = test->param_value;
	const struct cpumask *cpus = get_cpus(test);
	char when[32];
	int cpu;

	for_each_cpu(cpu, cpus) {
		take_down(test, cpu, p->path);
		snprintf(when, sizeof(when), "CPU %d down", cpu);
		memhp_expect_consumers(test, MEMHP_NO_CPU, when);
	}
	for_each_cpu(cpu, cpus) {
		bring_up(test, cpu, p->path);
		snprintf(when, sizeof(when), "CPU %d up", cpu);
		memhp_expect_consumers(test, cpu, when);
	}
}

/*
 * Each list is what it was, or already what it should be. Nothing rebuilds them
 * when CPUs go or come, so it may be the former: count those.
 */
static void expect_old_or_new_lists(struct kunit *test, char **before,
				    const char *when)
{
	int nid, list, stale = 0;
	char *expected, *actual;

	get_online_mems();
	for_each_node(nid) {
		for (list = 0; list < MAX_ZONELISTS; list++, before++) {
			expected = zonelist_expected(test, nid, list);
			actual = zonelist_actual(test, nid, list);
			if (expected && actual && strcmp(actual, expected)) {
				stale++;
				expected = *before;
			}
			KUNIT_EXPECT_STREQ_MSG(test, actual, expected,
					       "%s list of node %d, %s",
					       zonelist_name(list), nid, when);
		}
	}
	put_online_mems();
	kunit_info(test, "%d lists wait for a rebuild, %s\n", stale, when);
}

static char **all_lists(struct kunit *test)
{
	int nid, list, i = 0;
	char **lists;

	lists = kunit_kcalloc(test, nr_node_ids * MAX_ZONELISTS,
			      sizeof(*lists), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, lists);
	for_each_node(nid) {
		for (list = 0; list < MAX_ZONELISTS; list++) {
			lists[i] = zonelist_actual(test, nid, list);
			KUNIT_ASSERT_NOT_NULL(test, lists[i++]);
		}
	}
	return lists;
}

/* The lists depend on which nodes have CPUs, but only a rebuild looks. */
static void lists_follow_at_next_rebuild(struct kunit *test)
{
	const struct cpumask *cpus = get_cpus(test);
	char **before;
	int cpu;

	before = all_lists(test);
	for_each_cpu(cpu, cpus)
		take_down(test, cpu, MEMHP_CPU_DEVICE);
	expect_old_or_new_lists(test, before, "a node's CPUs down");
	memhp_rebuild_zonelists();
	expect_lists(test, "a node's CPUs down");

	before = all_lists(test);
	for_each_cpu(cpu, cpus)
		bring_up(test, cpu, MEMHP_CPU_DEVICE);
	expect_old_or_new_lists(test, before, "a node's CPUs up");
	memhp_rebuild_zonelists();
	expect_lists(test, "a node's CPUs up");
}

/* Make a node's thread run while none of its CPUs is online. */
static void run_abroad(struct kunit *test, struct task_struct *task,
		       const struct cpumask *cpus)
{
	bool home;
	int ret;

	wake_up_process(task);
	ret = read_poll_timeout(memhp_same_cpus, home, !home, POLL_US,
				PATIENCE_US, false, &task->cpus_mask, cpus);
	KUNIT_EXPECT_EQ_MSG(test, ret, 0, "%s does not wake up", task->comm);
	memhp_expect_affinity(test, task, cpu_possible_mask,
			      "the CPUs of its node are down");
}

/*
 * A node's kswapd and kcompactd may run anywhere once they had to run when none
 * of its CPUs was online. kcompactd goes home when one comes back. kswapd need
 * not.
 */
static void threads_lose_their_cpus(struct kunit *test)
{
	const struct cpumask *cpus = get_cpus(test);
	int cpu, nid = cpu_to_node(cpumask_first(cpus));
	struct task_struct *kswapd = memhp_kswapd(nid);
	bool home;

	if (!kswapd || !memhp_kcompactd(nid))
		kunit_skip(test, "no kswapd or kcompactd on node %d", nid);

	for_each_cpu(cpu, cpus)
		take_down(test, cpu, MEMHP_CPU_DEVICE);
	run_abroad(test, kswapd, cpus);
	run_abroad(test, memhp_kcompactd(nid), cpus);

	for_each_cpu(cpu, cpus) {
		bring_up(test, cpu, MEMHP_CPU_DEVICE);
		memhp_expect_kcompactd(test, nid, "a CPU of its node is back");
	}
	home = memhp_same_cpus(&kswapd->cpus_mask, cpus);
	if (!home)
		memhp_expect_affinity(test, kswapd, cpu_possible_mask,
				      "the CPUs of its node are back");
	kunit_info(test, "%s: %s\n", kswapd->comm,
		   home ? "home again" : "may run anywhere from now on");
}

/**
 * struct parking - where an operation is held halfway
 * @nb: the notifier that holds a memory block operation
 * @event: what the operation is about to do then
 * @state: the CPU hotplug state that holds a CPU which comes up
 * @parked: completed when the operation is there
 * @leave: completed when it may go on
 */
static struct parking {
	struct notifier_block nb;
	unsigned long event;
	int state;
	struct completion parked, leave;
} parking;

static void park(void)
{
	complete(&parking.parked);
	wait_for_completion_timeout(&parking.leave, PATIENCE);
}

static void open_parking(void)
{
	init_completion(&parking.parked);
	init_completion(&parking.leave);
}

static int park_block(struct notifier_block *nb, unsigned long event, void *arg)
{
	if (event == parking.event)
		park();
	return NOTIFY_OK;
}

static void close_block_parking(void *unused)
{
	complete_all(&parking.leave);
	unregister_memory_notifier(&parking.nb);
}

/* Holds a memory block operation inside mem_hotplug_begin(). */
static void open_block_parking(struct kunit *test, unsigned long event)
{
	open_parking();
	parking.nb.notifier_call = park_block;
	parking.event = event;
	KUNIT_ASSERT_EQ(test, register_memory_notifier(&parking.nb), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test,
							close_block_parking,
							NULL), 0);
}

static int park_cpu(unsigned int cpu)
{
	park();
	return 0;
}

static void close_cpu_parking(void *unused)
{
	complete_all(&parking.leave);
	cpuhp_remove_state_nocalls(parking.state);
}

/* Holds a CPU that comes, when its share in the zones' limits is calculated. */
static void open_cpu_parking(struct kunit *test)
{
	open_parking();
	parking.state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN,
						  "memhp/kunit:prepare",
						  park_cpu, NULL);
	KUNIT_ASSERT_GT(test, parking.state, 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, close_cpu_parking,
							NULL), 0);
}

static void wait_until_parked(struct kunit *test)
{
	KUNIT_ASSERT_GT_MSG(test, wait_for_completion_timeout(&parking.parked,
							      PATIENCE), 0,
			    "nothing gets where it is to be held");
}

/* Somebody waits for cpu_hotplug_lock for writing, or has it. */
static bool cpu_writer(void)
{
	if (!cpus_read_trylock())
		return true;
	cpus_read_unlock();
	return false;
}

static bool held_up_or_gone(enum memhp_cpu_path path, int cpu)
{
	if (!cpu_active(cpu) || completion_done(&cpu_op.done))
		return true;
	if (path == MEMHP_CPU_BARE)
		return cpu_writer();
	return memhp_operation_waits(&cpu_op);
}

struct stable_param {
	const char *desc;
	unsigned long event;
	enum memhp_cpu_path path;
};

static const struct stable_param stable_params[] = {
	{
		.desc = "block online, CPU by device core",
		.event = MEM_GOING_ONLINE,
		.path = MEMHP_CPU_DEVICE,
	}, {
		.desc = "block online, bare CPU",
		.event = MEM_GOING_ONLINE,
		.path = MEMHP_CPU_BARE,
	}, {
		.desc = "block offline, CPU by device core",
		.event = MEM_GOING_OFFLINE,
		.path = MEMHP_CPU_DEVICE,
	}, {
		.desc = "block offline, bare CPU",
		.event = MEM_GOING_OFFLINE,
		.path = MEMHP_CPU_BARE,
	},
};

static void describe_stable(const struct stable_param *param, char *desc)
{
	strscpy(desc, param->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(stable, stable_params, describe_stable);

/*
 * No CPU goes while a memory block is on its way. On the path through the
 * device core it is device_hotplug_lock that holds it up, and the CPU does not
 * get as far as cpu_hotplug_lock; on the other path it is the latter.
 */
static void mask_stable_during_hotplug(struct kunit *test)
{
	const struct stable_param *p = test->param_value;
	const struct cpumask *cpus = get_cpus(test);
	bool online = p->event == MEM_GOING_ONLINE;
	int cpu = cpumask_first(cpus);
	struct memory_block *mem;
	bool is;
	int ret;

	mem = memhp_block_get(test, MEMHP_NODE_WITH_MEMORY);
	if (!mem)
		kunit_skip(test, "no offline memory block on a node with memory");
	if (!online)
		KUNIT_ASSERT_EQ(test, memhp_block_online(mem,
							 MMOP_ONLINE_MOVABLE),
				0);

	open_block_parking(test, p->event);
	block_op.blocks[0] = mem;
	block_op.blocks[1] = NULL;
	memhp_operation_start(test, &block_op, online ? memhp_op_blocks_online :
			      memhp_op_blocks_offline, "block");
	wait_until_parked(test);

	cpu_op.cpus = cpus;
	cpu_op.path = p->path;
	memhp_operation_start(test, &cpu_op, memhp_op_first_cpu_down, "cpu");
	ret = read_poll_timeout(held_up_or_gone, is, is, POLL_US, PATIENCE_US,
				false, p->path, cpu);
	KUNIT_EXPECT_EQ_MSG(test, ret, 0, "CPU %d neither goes nor waits", cpu);
	ret = read_poll_timeout(cpu_active, is, !is, POLL_US, GRACE_US, false,
				cpu);
	KUNIT_EXPECT_NE_MSG(test, ret, 0,
			    "CPU %d goes while the block is on its way", cpu);
	KUNIT_EXPECT_EQ_MSG(test, cpu_writer(), p->path == MEMHP_CPU_BARE,
			    "it is not the expected lock that CPU %d waits for",
			    cpu);

	complete_all(&parking.leave);
	memhp_operation_finish(test, &block_op);
	memhp_operation_finish(test, &cpu_op);
	KUNIT_EXPECT_FALSE(test, cpu_online(cpu));
}

/*
 * A memory block goes online while a CPU comes up: the CPU is counted already
 * where its zones' limits are calculated, but it is not online yet. The block
 * waits for it. If it did not, it would calculate the limits without the CPU,
 * and nothing would put that right.
 */
static void block_waits_for_cpu(struct kunit *test)
{
	const struct cpumask *cpus = get_cpus(test);
	int cpu = cpumask_first(cpus);

	block_op.blocks[0] = memhp_block_get(test, MEMHP_NODE_WITH_MEMORY);
	block_op.blocks[1] = NULL;
	if (!block_op.blocks[0])
		kunit_skip(test, "no offline memory block on a node with memory");
	take_down(test, cpu, MEMHP_CPU_BARE);

	open_cpu_parking(test);
	cpu_op.cpus = cpus;
	cpu_op.path = MEMHP_CPU_BARE;
	memhp_operation_start(test, &cpu_op, memhp_op_first_cpu_up, "cpu");
	wait_until_parked(test);
	memhp_operation_start(test, &block_op, memhp_op_blocks_online, "block");
	KUNIT_EXPECT_EQ_MSG(test, wait_for_completion_timeout(&block_op.done,
							      GRACE), 0,
			    "the block does not wait for the CPU");

	complete_all(&parking.leave);
	memhp_operation_finish(test, &cpu_op);
	memhp_operation_finish(test, &block_op);
	memhp_expect_consumers(test, cpu, "a CPU up, a block online");
}

/* Both at once, and rebuilds; what comes of it must not depend on the order. */
static void at_once(struct kunit *test,
		    int (*cpu_fn)(struct memhp_operation *op),
		    int (*block_fn)(struct memhp_operation *op),
		    const char *when)
{
	memhp_operation_start(test, &rebuild_op, rebuilds, "rebuild");
	memhp_operation_start(test, &cpu_op, cpu_fn, "cpu");
	memhp_operation_start(test, &block_op, block_fn, "block");
	memhp_operation_finish(test, &rebuild_op);
	memhp_operation_finish(test, &cpu_op);
	memhp_operation_finish(test, &block_op);

	memhp_expect_consumers(test, cpu_fn == memhp_op_cpus_up ?
			       cpumask_last(cpu_op.cpus) : MEMHP_NO_CPU, when);
	memhp_rebuild_zonelists();
	expect_lists(test, when);
}

static void get_blocks(struct kunit *test)
{
	block_op.blocks[0] = memhp_block_get(test, MEMHP_NODE_WITH_MEMORY);
	block_op.blocks[1] = memhp_block_get(test, MEMHP_NODE_WITHOUT_MEMORY);
	if (!block_op.blocks[0] && !block_op.blocks[1])
		kunit_skip(test, "no offline memory block");
}

/* Zones are populated while CPUs go, and emptied while they come. */
static void consumers_follow_populate(struct kunit *test)
{
	const struct memhp_cpu_path_param *p = test->param_value;

	cpu_op.cpus = get_cpus(test);
	cpu_op.path = p->path;
	get_blocks(test);

	at_once(test, memhp_op_cpus_down, memhp_op_blocks_online,
		"CPUs down, blocks online");
	at_once(test, memhp_op_cpus_up, memhp_op_blocks_offline,
		"CPUs up, blocks offline");
}

/* Zones are emptied while CPUs go, and populated while they come. */
static void consumers_follow_empty(struct kunit *test)
{
	const struct memhp_cpu_path_param *p = test->param_value;

	cpu_op.cpus = get_cpus(test);
	cpu_op.path = p->path;
	get_blocks(test);

	KUNIT_ASSERT_EQ(test, memhp_op_blocks_online(&block_op), 0);
	memhp_expect_consumers(test, MEMHP_NO_CPU, "blocks online");
	at_once(test, memhp_op_cpus_down, memhp_op_blocks_offline,
		"CPUs down, blocks offline");
	at_once(test, memhp_op_cpus_up, memhp_op_blocks_online,
		"CPUs up, blocks online");
}

static struct kunit_case zonelist_cpuhp_cases[] = {
	KUNIT_CASE(consumers_at_rest),
	KUNIT_CASE_PARAM(mask_stable_during_hotplug, stable_gen_params),
	KUNIT_CASE(block_waits_for_cpu),
	KUNIT_CASE_PARAM(consumers_follow_cpus, memhp_cpu_path_gen_params),
	KUNIT_CASE_PARAM(consumers_follow_populate, memhp_cpu_path_gen_params),
	KUNIT_CASE_PARAM(consumers_follow_empty, memhp_cpu_path_gen_params),
	KUNIT_CASE(lists_follow_at_next_rebuild),
	KUNIT_CASE(threads_lose_their_cpus),
	{}
};

static struct kunit_suite zonelist_cpuhp_suite = {
	.name = "zonelist_cpuhp",
	.test_cases = zonelist_cpuhp_cases,
};

kunit_test_suite(zonelist_cpuhp_suite);

MODULE_DESCRIPTION("KUnit test for zonelists and CPU masks under CPU hotplug");
MODULE_LICENSE("GPL");
