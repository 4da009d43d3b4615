/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LIB_KUNIT_MEMHP_OPERATION_H
#define _LIB_KUNIT_MEMHP_OPERATION_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/memory.h>
#include <linux/sched.h>

#include "memhp_cpu.h"

/**
 * struct memhp_operation - something that is done in a thread of its own
 * @fn: what to do; gets the operation, returns 0 or a negative errno
 * @cpus: the CPUs to do it with
 * @blocks: the memory blocks to do it with; NULL for none
 * @online_type: how to put them online
 * @path: how to take CPUs down and up
 * @task: the thread
 * @done: completed when @fn has returned
 * @ret: what @fn has returned
 * @running: the thread may still use this
 */
struct memhp_operation {
	int (*fn)(struct memhp_operation *op);
	const struct cpumask *cpus;
	struct memory_block *blocks[2];
	int online_type;
	enum memhp_cpu_path path;
	struct task_struct *task;
	struct completion done;
	int ret;
	bool running;
};

void memhp_operation_start(struct kunit *test, struct memhp_operation *op,
			   int (*fn)(struct memhp_operation *op),
			   const char *name);
void memhp_operation_finish(struct kunit *test, struct memhp_operation *op);
bool memhp_operation_waits(struct memhp_operation *op);
int memhp_op_cpus_down(struct memhp_operation *op);
int memhp_op_cpus_up(struct memhp_operation *op);
int memhp_op_first_cpu_down(struct memhp_operation *op);
int memhp_op_first_cpu_up(struct memhp_operation *op);
int memhp_op_blocks_online(struct memhp_operation *op);
int memhp_op_blocks_offline(struct memhp_operation *op);

#endif
