// SPDX-License-Identifier: GPL-2.0
/*
 * Resizes a virtio-mem device and waits for the kernel to notice. See
 * virtio_mem.h.
 */

#include <errno.h>
#include <stdbool.h>

#include "memory_block.h"
#include "virtio_mem.h"

static bool has_blocks(const struct block_range *range, int node,
		       unsigned int nr)
{
	unsigned int i, linked = 0;

	for (i = 0; i < range->nr; i++)
		linked += block_node_entry(range->first + i, node);
	return block_range_here(range) == nr && linked == nr;
}

int virtio_mem_resize(struct host_port *port, const char *id,
		      const struct block_range *range, unsigned long long size)
{
	const unsigned int nr = (size + range->bytes - 1) / range->bytes;
	const long long end = now_ms() + WRITE_TIMEOUT_MS;
	struct host_device now;
	int err;

	err = host_resize(port, id, size);
	while (!err) {
		err = host_device_find(port, id, &now);
		if (err || (now.size == size && has_blocks(range, now.node, nr)))
			break;
		if (now_ms() > end)
			err = -ETIMEDOUT;
		nap();
	}
	return err;
}
