/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that a pseries gets from its hypervisor, or gives back to it, block by
 * block: /sys/kernel/dlpar.
 *
 * None of the helpers asserts: each returns 0 or a negative errno.
 */

#ifndef DLPAR_H
#define DLPAR_H

#include "../kselftest.h"
#include "block_range.h"
#include "host_port.h"
#include "memory_block.h"

#define DLPAR	"/sys/kernel/dlpar"

/**
 * dlpar_index() - what the hypervisor calls a memory block
 * @blocks:	all memory blocks
 * @id:		the block, which need not be there
 * @index:	the result
 *
 * Return: 0, -ENOENT if the firmware does not know it, or another negative errno.
 */
int dlpar_index(const struct memory_blocks *blocks, unsigned long id,
		unsigned int *index);

/**
 * dlpar_write() - ask for something, see attr_write()
 * @fmt:	as for printf()
 *
 * Return: 0, or a negative errno.
 */
int __printf(1, 2) dlpar_write(const char *fmt, ...);

/**
 * dlpar_wait() - wait until the kernel has all of a pc-dimm online
 * @dimm:	the device
 * @range:	its memory blocks
 *
 * Return: 0, or -ETIMEDOUT, or another negative errno.
 */
int dlpar_wait(const struct host_device *dimm, struct block_range *range);

#endif /* DLPAR_H */
