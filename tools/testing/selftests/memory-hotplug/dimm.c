// SPDX-License-Identifier: GPL-2.0
/*
 * Plugs a pc-dimm and waits for the kernel to notice. See dimm.h.
 */

#include <errno.h>
#include <unistd.h>

#include "dimm.h"
#include "memory_block.h"

const char *dimm_missing(void)
{
	return access("/sys/firmware/acpi", F_OK) ?
	       "no ACPI, where a pc-dimm is a device" : NULL;
}

/* The kernel links the blocks to the device last of all. */
int dimm_wait(const struct host_device *dimm, struct block_range *range)
{
	const long long end = now_ms() + WRITE_TIMEOUT_MS;

	*range = block_range_of(dimm->addr, dimm->size);
	while (!block_file(range->first + range->nr - 1, "firmware_node")) {
		if (now_ms() > end)
			return -ETIMEDOUT;
		nap();
	}
	return 0;
}

int dimm_plug(struct host_port *port, int node, unsigned long long size,
	      struct host_device *dimm, struct block_range *range)
{
	int err = host_plug_dimm(port, node, size, dimm);

	return err ? err : dimm_wait(dimm, range);
}

int dimm_wait_all(struct host_port *port)
{
	struct host_device all[HOST_DEVICES];
	int i, nr = host_devices(port, all), err = nr < 0 ? nr : 0;
	struct block_range range;

	for (i = 0; i < nr && !err; i++)
		if (all[i].dimm)
			err = dimm_wait(&all[i], &range);
	return err;
}
