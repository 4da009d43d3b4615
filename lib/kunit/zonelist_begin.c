// SPDX-License-Identifier: GPL-2.0
/*
 * Tells a test that build_all_zonelists() is about to begin.
 *
 * A kprobe does, but its handler may run in a breakpoint exception, where
 * nobody can be woken up. An interrupt that it raises on its own CPU comes as
 * soon as the exception is over: interrupts are still on at that point.
 */
#include <linux/sched.h>

#include "memhp_compat.h"
#include "zonelist_begin.h"

static int begins(struct kprobe *probe, struct pt_regs *regs)
{
	struct zonelist_begin *begin = container_of(probe,
						    struct zonelist_begin,
						    probe);

	if (current == begin->writer)
		irq_work_queue(&begin->work);
	return 0;
}

static void interrupt(struct irq_work *work)
{
	struct zonelist_begin *begin = container_of(work, struct zonelist_begin,
						    work);

	begin->fn(begin);
}

static void unwatch(void *arg)
{
	struct zonelist_begin *begin = arg;

	unregister_kprobe(&begin->probe);
	irq_work_sync(&begin->work);
}

/**
 * zonelist_begin_watch() - call @begin->fn whenever the caller rebuilds
 * @test: the running test, with which this ends
 * @begin: with @fn filled in
 *
 * Context: process context, may sleep.
 * Return: 0, or a negative errno if the function cannot be probed.
 */
int zonelist_begin_watch(struct kunit *test, struct zonelist_begin *begin)
{
	int ret;

	begin->writer = current;
	begin->work = IRQ_WORK_INIT_HARD(interrupt);
	begin->probe.symbol_name = "build_all_zonelists";
	begin->probe.pre_handler = begins;
	ret = register_kprobe(&begin->probe);
	if (ret)
		return ret;
	return kunit_add_action_or_reset(test, unwatch, begin);
}
