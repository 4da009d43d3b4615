/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Plugs a pc-dimm and waits for the kernel to notice.
 */

#ifndef DIMM_H
#define DIMM_H

#include "block_range.h"
#include "host_port.h"

/**
 * dimm_missing() - why no pc-dimm is a device that its memory blocks are bound to
 *
 * It is with ACPI. A pseries adds blocks one by one and has them online at once:
 * see dlpar.h.
 *
 * Return: the reason, NULL if it is one.
 */
const char *dimm_missing(void);

/**
 * dimm_plug() - plug a pc-dimm and wait until the kernel has finished with it
 * @port:	the port
 * @node:	the node
 * @size:	bytes
 * @dimm:	the new device
 * @range:	its memory blocks
 *
 * Return: 0, -ETIMEDOUT if the last block does not come or is not bound to the
 * device, or a negative errno, as host_plug_dimm().
 */
int dimm_plug(struct host_port *port, int node, unsigned long long size,
	      struct host_device *dimm, struct block_range *range);

/**
 * dimm_wait() - wait until the kernel has finished with a pc-dimm
 * @dimm:	the device
 * @range:	its memory blocks
 *
 * Return: 0, or -ETIMEDOUT, as dimm_plug().
 */
int dimm_wait(const struct host_device *dimm, struct block_range *range);

/**
 * dimm_wait_all() - wait until the kernel has finished with all pc-dimms
 * @port:	the port
 *
 * Linux 6.12 oopses when valid_zones of a memory block is read that is being
 * added: the block is there before it knows its node.
 *
 * Return: 0, or a negative errno, as dimm_plug().
 */
int dimm_wait_all(struct host_port *port);

#endif /* DIMM_H */
