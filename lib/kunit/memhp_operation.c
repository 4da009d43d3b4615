// SPDX-License-Identifier: GPL-2.0
/*
 * What a KUnit test has done by a thread of its own, because it may have to wait
 * for what the test holds: CPUs go down and come up, memory blocks go online and
 * offline.
 */
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/sched/task.h>

#include "memhp_block.h"
#include "memhp_operation.h"

#define PATIENCE	(20 * HZ)

static int run_operation(void *arg)
{
	struct memhp_operation *op = arg;

	op->ret = op->fn(op);
	complete_all(&op->done);
	return 0;
}

/**
 * memhp_operation_start() - begin an operation
 * @test: the running test
 * @op: the operation, which must be static, lest a thread that never ends use
 *	memory of a test that has
 * @fn: what to do
 * @name: of the thread
 *
 * Context: process context, may sleep.
 */
void memhp_operation_start(struct kunit *test, struct memhp_operation *op,
			   int (*fn)(struct memhp_operation *op),
			   const char *name)
{
	KUNIT_ASSERT_FALSE_MSG(test, op->running,
			       "an earlier operation has not ended");
	op->fn = fn;
	init_completion(&op->done);
	op->task = kthread_create(run_operation, op, "memhp_%s", name);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, op->task);
	get_task_struct(op->task);
	op->running = true;
	wake_up_process(op->task);
}

/**
 * memhp_operation_finish() - wait for an operation to end
 * @test: the running test, which fails if it does not, or did not succeed
 * @op: the operation
 *
 * Context: process context, may sleep.
 */
void memhp_operation_finish(struct kunit *test, struct memhp_operation *op)
{
	KUNIT_ASSERT_GT_MSG(test,
			    wait_for_completion_timeout(&op->done, PATIENCE), 0,
			    "%s does not end", op->task->comm);
	op->running = false;
	KUNIT_EXPECT_EQ_MSG(test, op->ret, 0, "%s failed", op->task->comm);
	put_task_struct(op->task);
}

/**
 * memhp_operation_waits() - is an operation waiting for something?
 * @op: an operation that has been started, and not been finished
 *
 * Context: any.
 * Return: whether its thread sleeps, and no signal would wake it.
 */
bool memhp_operation_waits(struct memhp_operation *op)
{
	return READ_ONCE(op->task->__state) == TASK_UNINTERRUPTIBLE;
}

/**
 * memhp_op_cpus_down() - an operation: take all of its CPUs down
 * @op: the operation
 *
 * Context: process context, may sleep. See memhp_cpu_down().
 * Return: 0 or a negative errno.
 */
int memhp_op_cpus_down(struct memhp_operation *op)
{
	int cpu, ret;

	for_each_cpu(cpu, op->cpus) {
		ret = memhp_cpu_down(cpu, op->path);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * memhp_op_cpus_up() - an operation: bring all of its CPUs up
 * @op: the operation
 *
 * Context: process context, may sleep. See memhp_cpu_up().
 * Return: 0 or a negative errno.
 */
int memhp_op_cpus_up(struct memhp_operation *op)
{
	int cpu, ret;

	for_each_cpu(cpu, op->cpus) {
		ret = memhp_cpu_up(cpu, op->path);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * memhp_op_first_cpu_down() - an operation: take the first of its CPUs down
 * @op: the operation
 *
 * Context: process context, may sleep. See memhp_cpu_down().
 * Return: 0 or a negative errno.
 */
int memhp_op_first_cpu_down(struct memhp_operation *op)
{
	return memhp_cpu_down(cpumask_first(op->cpus), op->path);
}

/**
 * memhp_op_first_cpu_up() - an operation: bring the first of its CPUs up
 * @op: the operation
 *
 * Context: process context, may sleep. See memhp_cpu_up().
 * Return: 0 or a negative errno.
 */
int memhp_op_first_cpu_up(struct memhp_operation *op)
{
	return memhp_cpu_up(cpumask_first(op->cpus), op->path);
}

/**
 * memhp_op_blocks_online() - an operation: put its memory blocks online
 * @op: the operation
 *
 * Context: process context, may sleep. See memhp_block_online().
 * Return: 0 or a negative errno.
 */
int memhp_op_blocks_online(struct memhp_operation *op)
{
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(op->blocks); i++) {
		if (!op->blocks[i])
			continue;
		ret = memhp_block_online(op->blocks[i], op->online_type);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * memhp_op_blocks_offline() - an operation: take its memory blocks offline
 * @op: the operation
 *
 * Context: process context, may sleep. See memhp_block_offline().
 * Return: 0 or a negative errno.
 */
int memhp_op_blocks_offline(struct memhp_operation *op)
{
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(op->blocks); i++) {
		if (!op->blocks[i])
			continue;
		ret = memhp_block_offline(op->blocks[i]);
		if (ret)
			return ret;
	}
	return 0;
}
