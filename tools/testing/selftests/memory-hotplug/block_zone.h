/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which zones a memory block may go to.
 */

#ifndef BLOCK_ZONE_H
#define BLOCK_ZONE_H

#include <stdbool.h>

#include "memory_block.h"

/**
 * block_zone_of_type() - where an online type puts an offline block
 * @id:		the block
 * @type:	"online", "online_kernel" or "online_movable"
 * @zone:	the zone, of ZONE_LEN bytes
 *
 * From valid_zones: the zone that it names first is the default one, the
 * others are what the block may be asked to go to.
 *
 * Return: whether there is such a zone.
 */
bool block_zone_of_type(unsigned long id, const char *type, char *zone);

/**
 * block_zones_expected() - what valid_zones of an offline block must say
 * @blocks:	all blocks of the machine
 * @id:		the block
 * @node:	its node
 * @zones:	the result
 * @size:	size of @zones
 *
 * Not from the kernel's answer but from the zones as /proc/zoneinfo shows
 * them: the block goes by default to the zone whose span it lies in; if it is
 * in none, or in a kernel zone as well as in ZONE_MOVABLE, the command line
 * decides (movable_node).
 *
 * Return: 0, -EOPNOTSUPP if another policy than contig-zones is in force, or
 * another negative errno.
 */
int block_zones_expected(const struct memory_blocks *blocks, unsigned long id,
			 int node, char *zones, size_t size);

#endif /* BLOCK_ZONE_H */
