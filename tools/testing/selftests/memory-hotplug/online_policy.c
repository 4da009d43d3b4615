// SPDX-License-Identifier: GPL-2.0
/*
 * The arithmetic of memory_hotplug.online_policy. See online_policy.h.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "block_range.h"
#include "online_policy.h"

int policy_pages_read(struct policy_pages *pages)
{
	char line[ATTR_LEN], zone[ZONE_LEN] = "";
	unsigned long present;
	FILE *file;
	int node;

	memset(pages, 0, sizeof(*pages));
	file = fopen("/proc/zoneinfo", "re");
	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Node %d, zone %15s", &node, zone) == 2 ||
		    sscanf(line, " present %lu", &present) != 1)
			continue;
		if (!strcmp(zone, ZONE_MOVABLE))
			pages->movable += present;
		else
			pages->kernel += present;
	}
	fclose(file);
	return pages->kernel ? 0 : -EPROTO;
}

bool policy_pages_early(const struct memory_blocks *blocks,
			struct host_port *port)
{
	struct host_device devices[HOST_DEVICES];
	int i, nr = host_devices(port, devices);
	const struct memory_block *block;

	for (i = 0; i < nr; i++) {
		const struct block_range range =
			block_range_of(devices[i].addr, devices[i].dimm ?
				       devices[i].size : devices[i].max);

		for (block = blocks->block; block < blocks->block + blocks->nr;
		     block++)
			if (!block->candidate && block->id >= range.first &&
			    block->id < range.first + range.nr)
				return false;
	}
	return nr >= 0;
}

unsigned int policy_ratio(const struct policy_pages *pages, unsigned long more)
{
	/* movable + more <= ratio * kernel / 100, rounded down */
	return (100 * (pages->movable + more) + pages->kernel - 1) /
	       pages->kernel;
}

int policy_ratio_set(unsigned int ratio)
{
	char value[16];
	ssize_t ret;

	snprintf(value, sizeof(value), "%u", ratio);
	ret = attr_write(POLICY_RATIO, value, strlen(value));
	return ret < 0 ? ret : 0;
}
