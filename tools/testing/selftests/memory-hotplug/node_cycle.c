// SPDX-License-Identifier: GPL-2.0
/*
 * A node that loses all of its candidate blocks and gets them back. See
 * node_cycle.h.
 */

#include "node_cycle.h"

int node_cycle_on(struct progress *progress, void *arg)
{
	const struct node_cycle *cycle = arg;
	const struct memory_node *node = cycle->node;
	const bool kernel = node->bare && !node->cpus;
	const char *step, *type;
	unsigned long id = 0;
	int err = 0;

	while (!err && !progress_stop(progress)) {
		type = kernel && progress->rounds % 2 ?
		       "online_kernel" : "online_movable";
		step = "offline";
		progress_begin(progress, "node %d: %s", node->id, step);
		err = memory_node_offline(cycle->blocks, node->id, &id);
		if (!err) {
			progress_step(progress);
			step = type;
			progress_begin(progress, "node %d: %s", node->id, step);
			err = memory_node_online(cycle->blocks, node->id,
						 NODE_MAX_BLOCKS, type, &id);
		}
		if (err) {
			progress_begin(progress, "node %d: memory%lu: %s",
				       node->id, id, step);
			break;
		}
		progress_step(progress);
		progress_round(progress);
	}
	return err;
}
