/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LIB_KUNIT_MEMHP_NODE_H
#define _LIB_KUNIT_MEMHP_NODE_H

#include <kunit/test.h>
#include <linux/types.h>

struct acpi_device;

/* Memory that is there at boot belongs to none. */
#define MEMHP_NO_GROUP	-1

/**
 * struct memhp_node - a node that can be taken away and brought back
 * @nid: its number
 * @mgid: the memory group of its memory blocks, or MEMHP_NO_GROUP
 * @start: physical address at which its memory begins
 * @size: bytes of memory
 * @firmware: the ACPI device that its memory blocks are bound to, or NULL
 * @removed: its memory has been taken away
 * @lent: its memory belongs to another node for now
 */
struct memhp_node {
	int nid;
	int mgid;
	u64 start, size;
	struct acpi_device *firmware;
	bool removed;
	bool lent;
};

void memhp_rebuild_zonelists(void);
struct memhp_node *memhp_node_get(struct kunit *test);
int memhp_node_remove(struct memhp_node *node);
int memhp_node_add(struct memhp_node *node);
int memhp_node_lend(struct memhp_node *node, int nid);
int memhp_node_blocks(struct memhp_node *node);

#endif
