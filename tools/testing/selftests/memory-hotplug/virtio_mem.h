/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Resizes a virtio-mem device and waits for the kernel to notice.
 */

#ifndef VIRTIO_MEM_H
#define VIRTIO_MEM_H

#include "block_range.h"
#include "host_port.h"

/**
 * virtio_mem_resize() - resize a device, and wait until it has that size and
 * the kernel has finished with its blocks
 * @port:	the port
 * @id:		the device
 * @range:	its blocks, up to any that may be there now or then
 * @size:	bytes, from the first block on
 *
 * A block that is being added is there before it belongs to its node, and must
 * not be asked for its zones until then, see dimm_wait_all().
 *
 * Return: 0, -ETIMEDOUT if that is not so after WRITE_TIMEOUT_MS, or a negative
 * errno, as host_resize().
 */
int virtio_mem_resize(struct host_port *port, const char *id,
		      const struct block_range *range, unsigned long long size);

#endif /* VIRTIO_MEM_H */
