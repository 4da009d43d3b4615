// SPDX-License-Identifier: GPL-2.0
/*
 * Where a memory block comes from. See block_kind.h.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "block_kind.h"

#define SYSTEM_RAM	"System RAM"

static const char *const kind_names[] = {
	[BLOCK_PLAIN]		= "boot memory or probed",
	[BLOCK_DIMM]		= "ACPI memory device",
	[BLOCK_VIRTIO_MEM]	= "virtio-mem",
	[BLOCK_KMEM]		= "dax/kmem",
	[BLOCK_OTHER]		= "unknown",
	[BLOCK_ANY]		= "any",
};

const char *block_kind_name(enum block_kind kind)
{
	return kind_names[kind];
}

static bool is_acpi_memory(unsigned long id)
{
	char hid[ATTR_LEN];

	return !memory_block_read(id, "firmware_node/hid", hid, sizeof(hid)) &&
	       !strcmp(hid, "PNP0C80");
}

enum block_kind block_kind_read(const struct memory_blocks *blocks,
				unsigned long id)
{
	const unsigned long long size =
		(unsigned long long)blocks->pages * sysconf(_SC_PAGESIZE);
	const unsigned long long first = id * size, last = first + size - 1;
	enum block_kind kind = BLOCK_OTHER;
	unsigned long long from, to;
	char line[ATTR_LEN];
	int pos;
	FILE *file;

	if (is_acpi_memory(id))
		return BLOCK_DIMM;

	file = fopen("/proc/iomem", "re");
	if (!file)
		return BLOCK_OTHER;
	while (fgets(line, sizeof(line), file)) {
		const char *name = line;

		line[strcspn(line, "\n")] = '\0';
		pos = 0;
		if (sscanf(line, " %llx-%llx : %n", &from, &to, &pos) != 2 ||
		    !pos || to < first || from > last)
			continue;
		name += pos;
		if (strncmp(name, SYSTEM_RAM, strlen(SYSTEM_RAM)))
			continue;
		name += strlen(SYSTEM_RAM);
		if (!strcmp(name, " (virtio_mem)"))
			kind = BLOCK_VIRTIO_MEM;
		else if (!strcmp(name, " (kmem)"))
			kind = BLOCK_KMEM;
		else if (!*name && kind == BLOCK_OTHER)
			kind = BLOCK_PLAIN;
	}
	fclose(file);
	return kind;
}

bool block_takes_kernel_zone(const struct memory_node *node)
{
	return node->bare && !node->cpus;
}

int block_pick(const struct memory_blocks *blocks, enum block_kind kind,
	       struct memory_node *node, unsigned long *id)
{
	struct memory_node this = { .id = -1 };
	int best = -1, score;
	size_t i;

	for (i = 0; i < blocks->nr; i++) {
		const struct memory_block *block = &blocks->block[i];

		if (!block->candidate)
			continue;
		if (kind != BLOCK_ANY &&
		    block_kind_read(blocks, block->id) != kind)
			continue;
		if (block->node != this.id &&
		    memory_node_read(blocks, block->node, &this))
			continue;
		score = 4 * !block->online + 2 * block_takes_kernel_zone(&this) +
			this.bare;
		if (score > best) {
			best = score;
			*node = this;
			*id = block->id;
		}
	}
	return best < 0 ? -ENOENT : 0;
}
