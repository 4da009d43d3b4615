// SPDX-License-Identifier: GPL-2.0
/*
 * The only thing in a rebuild of the zonelists that depends on the online CPUs:
 * with CONFIG_HAVE_MEMORYLESS_NODES, it tells each of them which node its memory
 * is on (numa_mem, cpu_to_mem()). A CPU that comes up finds that out by itself,
 * shortly before it is online. So a rebuild in between would tell it nothing,
 * and it would go on with what was true before.
 *
 * That moment is forced here, and the other way round: a CPU is held when it has
 * looked, and is not online yet; a memory block is held when it has told all
 * CPUs. What keeps the two apart, and what does the CPU end up with?
 *
 * A node is needed that has CPUs, and no memory but an offline block. As soon as
 * its CPUs run when that is online, they have pages there that cannot move. So
 * each case in which the block goes online for the kernel uses up a node, which
 * keeps its memory.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/iopoll.h>
#include <linux/kprobes.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/timekeeping.h>
#include <linux/topology.h>

#include "memhp_block.h"
#include "memhp_compat.h"
#include "memhp_cpu.h"
#include "memhp_cpu_expect.h"
#include "memhp_node.h"
#include "memhp_operation.h"

#define PATIENCE_US	(20 * USEC_PER_SEC)
#define POLL_US		1000
/* Long enough for something that nothing holds up to happen. */
#define GRACE_US	(500 * USEC_PER_MSEC)
/*
 * At its entry, a function is probed by way of ftrace, which is off on a CPU that
 * is not online yet. Some instructions later it is a breakpoint.
 */
#define BEHIND_ENTRY	(4 * sizeof(u32))
/* A CPU that nobody lets go must not be taken for one that hangs. */
#define HOLD_NS		(5 * NSEC_PER_SEC)

static struct memhp_operation cpu_op;
static struct memhp_operation block_op = {
	.online_type = MMOP_ONLINE_KERNEL,
};

/**
 * struct holding - a CPU that is held on its way up
 * @probe: at the beginning of notify_cpu_starting(), which powerpc calls when the
 *	CPU knows its numa_mem, and is not online yet
 * @cpu: which CPU
 * @held: it is there
 * @leave: it may go on
 */
static struct holding {
	struct kprobe probe;
	int cpu;
	bool held;
	bool leave;
} holding;

/* On the CPU that comes up, with interrupts off: all it can do is to spin. */
static int hold_cpu(struct kprobe *probe, struct pt_regs *regs)
{
	u64 end = ktime_get_mono_fast_ns() + HOLD_NS;

	if (raw_smp_processor_id() != holding.cpu)
		return 0;
	WRITE_ONCE(holding.held, true);
	while (!READ_ONCE(holding.leave) && ktime_get_mono_fast_ns() < end)
		cpu_relax();
	return 0;
}

static void let_cpu_go(void *unused)
{
	WRITE_ONCE(holding.leave, true);
	unregister_kprobe(&holding.probe);
}

static void hold_at_start(struct kunit *test, int cpu)
{
	holding = (struct holding) {
		.cpu = cpu,
		.probe.symbol_name = "notify_cpu_starting",
		.probe.offset = BEHIND_ENTRY,
		.probe.pre_handler = hold_cpu,
	};
	KUNIT_ASSERT_EQ(test, register_kprobe(&holding.probe), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, let_cpu_go, NULL),
			0);
}

/**
 * struct block_parking - a memory block that is held on its way
 * @nb: the notifier that holds it
 * @parked: completed when it is there, with mem_hotplug_lock held
 * @leave: completed when it may go on
 */
static struct block_parking {
	struct notifier_block nb;
	struct completion parked, leave;
} parking;

/* The zonelists have been rebuilt by now, and the CPUs have been told. */
static int park_block(struct notifier_block *nb, unsigned long event, void *arg)
{
	if (event == MEM_ONLINE) {
		complete(&parking.parked);
		wait_for_completion_timeout(&parking.leave,
					    usecs_to_jiffies(PATIENCE_US));
	}
	return NOTIFY_OK;
}

static void close_parking(void *unused)
{
	complete_all(&parking.leave);
	unregister_memory_notifier(&parking.nb);
}

static void open_parking(struct kunit *test)
{
	init_completion(&parking.parked);
	init_completion(&parking.leave);
	parking.nb.notifier_call = park_block;
	KUNIT_ASSERT_EQ(test, register_memory_notifier(&parking.nb), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, close_parking,
							NULL), 0);
}

/* The CPUs of a node without memory, and a block that gives it some. */
static void get_node(struct kunit *test, enum memhp_cpu_path path)
{
	struct memory_block *mem;

	mem = memhp_block_get(test, MEMHP_NODE_WITHOUT_LOCAL_MEMORY);
	if (!mem)
		kunit_skip(test, "no offline memory block on a node with CPUs and without memory");
	block_op.blocks[0] = mem;
	cpu_op.cpus = memhp_cpus_of(test, memhp_block_nid(mem));
	if (!cpu_op.cpus)
		kunit_skip(test, "a CPU of node %d must not go down",
			   memhp_block_nid(mem));
	cpu_op.path = path;
}

static void expect_numa_mem(struct kunit *test, int cpu, int nid,
			    const char *when)
{
	KUNIT_EXPECT_EQ_MSG(test, cpu_to_mem(cpu), nid,
			    "numa_mem of CPU %d, %s", cpu, when);
	memhp_expect_numa_mem(test, when);
}

/* As long as there is no memory, each CPU that comes finds that it is elsewhere. */
static void is_elsewhere_without_memory(struct kunit *test)
{
	int cpu, nid;

	get_node(test, MEMHP_CPU_DEVICE);
	cpu = cpumask_first(cpu_op.cpus);
	nid = memhp_block_nid(block_op.blocks[0]);

	memhp_rebuild_zonelists();
	KUNIT_EXPECT_NE(test, cpu_to_mem(cpu), nid);
	memhp_expect_numa_mem(test, "zonelists rebuilt");
	KUNIT_ASSERT_EQ(test, memhp_op_cpus_down(&cpu_op), 0);
	memhp_expect_numa_mem(test, "CPUs down");
	KUNIT_ASSERT_EQ(test, memhp_op_cpus_up(&cpu_op), 0);
	memhp_expect_numa_mem(test, "CPUs up");
}

/* What only user pages may use is not where a CPU's memory is. */
static void ignores_movable_memory(struct kunit *test)
{
	struct memory_block *mem;
	int cpu, nid;

	get_node(test, MEMHP_CPU_DEVICE);
	mem = block_op.blocks[0];
	cpu = cpumask_first(cpu_op.cpus);
	nid = memhp_block_nid(mem);

	KUNIT_ASSERT_EQ(test, memhp_block_online(mem, MMOP_ONLINE_MOVABLE), 0);
	KUNIT_EXPECT_NE(test, cpu_to_mem(cpu), nid);
	memhp_expect_numa_mem(test, "movable memory online");
	KUNIT_ASSERT_EQ(test, memhp_op_cpus_down(&cpu_op), 0);
	KUNIT_ASSERT_EQ(test, memhp_op_cpus_up(&cpu_op), 0);
	memhp_expect_numa_mem(test, "movable memory online, CPUs up");
	KUNIT_ASSERT_EQ(test, memhp_block_offline(mem), 0);
	memhp_expect_numa_mem(test, "movable memory offline");
}

static bool block_waits_or_is_done(void)
{
	return memhp_operation_waits(&block_op) ||
	       completion_done(&block_op.done);
}

/*
 * The CPU has looked, and is not online yet. The block waits, on one path for
 * device_hotplug_lock, on the other for cpu_hotplug_lock.
 */
static void block_comes_while_cpu_starts(struct kunit *test)
{
	const struct memhp_cpu_path_param *p = test->param_value;
	int cpu, nid, ret;
	bool is;

	get_node(test, p->path);
	cpu = cpumask_first(cpu_op.cpus);
	nid = memhp_block_nid(block_op.blocks[0]);
	KUNIT_ASSERT_EQ(test, memhp_op_cpus_down(&cpu_op), 0);

	hold_at_start(test, cpu);
	memhp_operation_start(test, &cpu_op, memhp_op_first_cpu_up, "cpu");
	ret = read_poll_timeout(READ_ONCE, is, is, POLL_US, PATIENCE_US, false,
				holding.held);
	KUNIT_ASSERT_EQ_MSG(test, ret, 0, "CPU %d does not start", cpu);

	memhp_operation_start(test, &block_op, memhp_op_blocks_online, "block");
	ret = read_poll_timeout(block_waits_or_is_done, is, is, POLL_US,
				PATIENCE_US, false);
	KUNIT_EXPECT_EQ(test, ret, 0);
	ret = read_poll_timeout(completion_done, is, is, POLL_US, GRACE_US,
				false, &block_op.done);
	KUNIT_EXPECT_NE_MSG(test, ret, 0,
			    "the block goes online while CPU %d starts", cpu);
	KUNIT_EXPECT_FALSE(test, cpu_online(cpu));

	WRITE_ONCE(holding.leave, true);
	memhp_operation_finish(test, &cpu_op);
	memhp_operation_finish(test, &block_op);
	expect_numa_mem(test, cpu, nid, "the CPU up, the block online");
}

static bool cpu_waits_or_is_done(void)
{
	return memhp_operation_waits(&cpu_op) || completion_done(&cpu_op.done);
}

/*
 * The other way round: all CPUs have been told, and the block is not done yet.
 * The CPU waits. If it did not, it would find the new lists: no harm.
 */
static void cpu_comes_while_block_does(struct kunit *test)
{
	int cpu, nid, ret;
	bool is;

	get_node(test, MEMHP_CPU_BARE);
	cpu = cpumask_first(cpu_op.cpus);
	nid = memhp_block_nid(block_op.blocks[0]);
	KUNIT_ASSERT_EQ(test, memhp_op_cpus_down(&cpu_op), 0);

	open_parking(test);
	memhp_operation_start(test, &block_op, memhp_op_blocks_online, "block");
	KUNIT_ASSERT_GT(test,
			wait_for_completion_timeout(&parking.parked,
						    usecs_to_jiffies(PATIENCE_US)),
			0);

	memhp_operation_start(test, &cpu_op, memhp_op_first_cpu_up, "cpu");
	ret = read_poll_timeout(cpu_waits_or_is_done, is, is, POLL_US,
				PATIENCE_US, false);
	KUNIT_EXPECT_EQ(test, ret, 0);
	ret = read_poll_timeout(cpu_online, is, is, POLL_US, GRACE_US, false,
				cpu);
	KUNIT_EXPECT_NE_MSG(test, ret, 0,
			    "CPU %d comes while the block goes online", cpu);

	complete_all(&parking.leave);
	memhp_operation_finish(test, &block_op);
	memhp_operation_finish(test, &cpu_op);
	expect_numa_mem(test, cpu, nid, "the block online, the CPU up");
}

static struct kunit_case zonelist_numa_mem_cases[] = {
	KUNIT_CASE(ignores_movable_memory),
	KUNIT_CASE(is_elsewhere_without_memory),
	KUNIT_CASE(cpu_comes_while_block_does),
	KUNIT_CASE_PARAM(block_comes_while_cpu_starts, memhp_cpu_path_gen_params),
	{}
};

static struct kunit_suite zonelist_numa_mem_suite = {
	.name = "zonelist_numa_mem",
	.test_cases = zonelist_numa_mem_cases,
};

kunit_test_suite(zonelist_numa_mem_suite);

MODULE_DESCRIPTION("KUnit test for the node that a CPU's memory is on");
MODULE_LICENSE("GPL");
