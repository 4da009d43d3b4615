// SPDX-License-Identifier: GPL-2.0
/*
 * A node that comes and goes. See node_place.h.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "block_kind.h"
#include "kernel_version.h"
#include "memory_guard.h"
#include "node_mem.h"
#include "node_place.h"

#define CPUSET_MS	5000
#define CPUSET_POLL_US	1000

unsigned long oom_kills(void)
{
	unsigned long kills = 0;
	char line[ATTR_LEN];
	FILE *file;

	file = fopen("/proc/vmstat", "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "oom_kill %lu", &kills) == 1)
			break;
	if (file)
		fclose(file);
	return kills;
}

/*
 * Before Linux 6.10 it is a worker that tells tasks which nodes they may use, some
 * time after memory has come or gone. Whoever calls us looks at what came of it.
 */
static void wait_for_cpuset(int node, bool has_memory)
{
	const long long end = now_ms() + CPUSET_MS;
	struct node_mask allowed;

	if (!kernel_before(6, 10))
		return;
	while (!mem_nodes_allowed(&allowed) &&
	       node_mask_test(&allowed, node) != has_memory && now_ms() < end)
		usleep(CPUSET_POLL_US);
}

int node_place_give(const struct node_place *place)
{
	int err = memory_block_write(place->block, "state", "online_movable");

	if (err)
		return err;
	wait_for_cpuset(place->node.id, true);
	return memory_node_listed("has_memory", place->node.id) == 1 ?
	       0 : -EPROTO;
}

int node_place_take(const struct node_place *place)
{
	unsigned long id;
	int err = memory_node_offline(place->blocks, place->node.id, &id);

	if (err)
		return err;
	wait_for_cpuset(place->node.id, false);
	return memory_node_listed("has_memory", place->node.id) ? -EPROTO : 0;
}

/* Stay on a CPU of one of these nodes. */
static int stay_on_node(const struct node_mask *nodes, int *local)
{
	cpu_set_t cpus, one;
	unsigned int node;
	int cpu;

	if (sched_getaffinity(0, sizeof(cpus), &cpus))
		return -errno;
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &cpus))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		if (sched_setaffinity(0, sizeof(one), &one) ||
		    getcpu(NULL, &node))
			return -errno;
		if (node_mask_test(nodes, node)) {
			*local = node;
			return 0;
		}
	}
	return -ENODEV;
}

int node_place_find(struct node_place *place, const char **reason)
{
	struct node_mask allowed;
	int node, err;

	*place = (struct node_place){ .other = -1 };
	place->blocks = memory_blocks_at_start(reason);
	if (!place->blocks)
		return -ENODEV;
	*reason = "a test before has not put the blocks back";
	if (memory_blocks_restore(place->blocks))
		return -EIO;

	*reason = "no node without boot memory and CPUs";
	if (block_pick(place->blocks, BLOCK_ANY, &place->node, &place->block) ||
	    !block_takes_kernel_zone(&place->node))
		return -ENODEV;
	place->page = sysconf(_SC_PAGESIZE);

	*reason = "cannot take the node's memory";
	err = node_place_take(place);
	if (err)
		return err;
	*reason = "get_mempolicy";
	err = mem_nodes_allowed(&allowed);
	if (err)
		return err;
	/* The last: not the one that the node's rank is mapped to. */
	for (node = 0; node < MAX_NODES; node++)
		if (node_mask_test(&allowed, node))
			place->other = node;
	*reason = "no two nodes that keep their memory";
	if (node_mask_weight(&allowed) < 2)
		return -ENODEV;
	*reason = "no CPU of a node that keeps its memory";
	err = stay_on_node(&allowed, &place->local);
	if (err)
		return err;

	*reason = "cannot give the node memory";
	err = node_place_give(place);
	if (err)
		return err;
	err = mem_nodes_allowed(&allowed);
	*reason = "the cpuset that this runs in has not got the node";
	if (!err && !node_mask_test(&allowed, place->node.id))
		return -ENODEV;
	place->oom_kills = oom_kills();
	return err;
}
