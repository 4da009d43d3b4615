// SPDX-License-Identifier: GPL-2.0
/*
 * Which zones a memory block may go to. See block_zone.h.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "block_zone.h"

#define ONLINE_POLICY	"/sys/module/memory_hotplug/parameters/online_policy"

/* The kernel zone that a block goes to if it lies in none. */
#define ZONE_DEFAULT	"Normal"

bool block_zone_of_type(unsigned long id, const char *type, char *zone)
{
	char zones[ATTR_LEN], *save, *tok;

	if (memory_block_read(id, "valid_zones", zones, sizeof(zones)))
		return false;
	for (tok = strtok_r(zones, " ", &save); tok;
	     tok = strtok_r(NULL, " ", &save)) {
		const bool movable = !strcmp(tok, ZONE_MOVABLE);

		if (!strcmp(type, "online") ||
		    movable == !strcmp(type, "online_movable")) {
			snprintf(zone, ZONE_LEN, "%s", tok);
			return true;
		}
	}
	return false;
}

/* "movable_node" anywhere on the command line: nothing takes it back. */
static int movable_node_given(bool *given)
{
	char cmdline[4096], *save, *tok;
	int err;

	err = attr_read("/proc/cmdline", cmdline, sizeof(cmdline));
	if (err)
		return err;
	*given = false;
	for (tok = strtok_r(cmdline, " ", &save); tok;
	     tok = strtok_r(NULL, " ", &save)) {
		/* What follows is for init. */
		if (!strcmp(tok, "--"))
			break;
		*given |= !strcmp(tok, "movable_node");
	}
	return 0;
}

/* The zones of the node that the block lies in: the lowest kernel zone. */
static int zones_around(unsigned long first, unsigned long last, int node,
			char *kernel, bool *in_movable)
{
	unsigned long start, spanned = 0;
	char line[ATTR_LEN], name[ZONE_LEN] = "";
	bool in_normal = false, in_lower = false;
	int id, here = -1;
	FILE *file;

	*in_movable = false;
	snprintf(kernel, ZONE_LEN, "%s", "");

	file = fopen("/proc/zoneinfo", "re");
	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Node %d, zone %15s", &id, name) == 2) {
			here = id;
			spanned = 0;
		}
		if (here != node)
			continue;
		if (sscanf(line, " spanned %lu", &spanned) == 1)
			continue;
		/* The last line about a zone, if that has pages. */
		if (sscanf(line, " start_pfn: %lu", &start) != 1)
			continue;
		if (last < start || first >= start + spanned)
			continue;
		if (!strcmp(name, ZONE_MOVABLE)) {
			*in_movable = true;
		} else if (!strcmp(name, ZONE_DEFAULT)) {
			in_normal = true;
		} else if (!in_lower) {
			in_lower = true;
			snprintf(kernel, ZONE_LEN, "%s", name);
		}
	}
	fclose(file);

	if (in_normal && !in_lower)
		snprintf(kernel, ZONE_LEN, "%s", ZONE_DEFAULT);
	return 0;
}

int block_zones_expected(const struct memory_blocks *blocks, unsigned long id,
			 int node, char *zones, size_t size)
{
	const unsigned long first = id * blocks->pages;
	char policy[ATTR_LEN], kernel[ZONE_LEN];
	bool in_movable, movable;
	int err;

	err = attr_read(ONLINE_POLICY, policy, sizeof(policy));
	if (err)
		return err;
	if (strcmp(policy, "contig-zones"))
		return -EOPNOTSUPP;

	err = movable_node_given(&movable);
	if (err)
		return err;
	err = zones_around(first, first + blocks->pages - 1, node, kernel,
			   &in_movable);
	if (err)
		return err;

	if (!!kernel[0] != in_movable)
		movable = in_movable;
	if (!kernel[0])
		snprintf(kernel, sizeof(kernel), "%s", ZONE_DEFAULT);
	if (movable)
		snprintf(zones, size, "%s %s", ZONE_MOVABLE, kernel);
	else
		snprintf(zones, size, "%s %s", kernel, ZONE_MOVABLE);
	return 0;
}
