// SPDX-License-Identifier: GPL-2.0
/*
 * Plugs a pc-dimm and waits for the kernel to notice. See dimm.h.
 */

#include <errno.h>

#include "dimm.h"
#include "memory_block.h"

int dimm_plug(struct host_port *port, int node, unsigned long long size,
	      struct host_device *dimm, struct block_range *range)
{
	const long long end = now_ms() + WRITE_TIMEOUT_MS;
	int err;

	err = host_plug_dimm(port, node, size, dimm);
	if (err)
		return err;
	*range = block_range_of(dimm->addr, dimm->size);
	/* The kernel links the blocks to the device last of all. */
	while (!block_file(range->first + range->nr - 1, "firmware_node")) {
		if (now_ms() > end)
			return -ETIMEDOUT;
		nap();
	}
	return 0;
}
