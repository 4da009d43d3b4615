/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LIB_KUNIT_ZONELIST_BEGIN_H
#define _LIB_KUNIT_ZONELIST_BEGIN_H

#include <kunit/test.h>
#include <linux/irq_work.h>
#include <linux/kprobes.h>

/**
 * struct zonelist_begin - be told when the test is about to rebuild zonelists
 * @fn: called before the first store, by the task that rebuilds, in hard-irq
 *	context
 * @probe: finds out
 * @work: leads to @fn
 * @writer: the task that rebuilds
 */
struct zonelist_begin {
	void (*fn)(struct zonelist_begin *begin);
	struct kprobe probe;
	struct irq_work work;
	struct task_struct *writer;
};

int zonelist_begin_watch(struct kunit *test, struct zonelist_begin *begin);

#endif
