// SPDX-License-Identifier: GPL-2.0
/*
 * A CPU that goes down and comes up. See cpu_cycle.h.
 */

#include <errno.h>

#include "cpu_cycle.h"

static int set(struct progress *progress, const struct cpu_cycle *cycle, bool up)
{
	int err;

	progress_begin(progress, "cpu%d: %s %s", cycle->cpu->id,
		       up ? "up by" : "down by", cpu_way_name(cycle->way));
	err = cpu_set(cycle->cpus, cycle->cpu, cycle->way, up);
	if (!err && cycle->way != CPU_SMT && cpu_up(cycle->cpu) != up)
		err = -EBADMSG;
	if (!err)
		progress_step(progress);
	give_way();
	return err;
}

int cpu_cycle_on(struct progress *progress, void *arg)
{
	const struct cpu_cycle *cycle = arg;
	int err = 0;

	while (!err && !progress_stop(progress)) {
		err = set(progress, cycle, false);
		if (!err)
			err = set(progress, cycle, true);
		if (!err)
			progress_round(progress);
	}
	return err;
}
