/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A dax device whose memory nobody uses, and the drivers that take it.
 *
 * None of the helpers asserts.
 */

#ifndef DAX_DEVICE_H
#define DAX_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "block_range.h"

#define DAX_DRIVERS	"/sys/bus/dax/drivers"
/* Makes memory of it. */
#define DAX_KMEM	"kmem"
/* Makes a character device of it. */
#define DAX_DEVICE	"device_dax"

/**
 * dax_device_find() - find a device that kmem has, with all memory offline
 *
 * To be called once, in main(), before dax_device().
 *
 * Return: its name, or NULL.
 */
const char *dax_device_find(void);

/**
 * dax_device() - the device that was found
 *
 * Return: its name, or NULL.
 */
const char *dax_device(void);

/**
 * dax_device_read() - read an attribute of the device
 * @attr:	"resource", "size", ...
 * @value:	ATTR_LEN bytes for its value
 *
 * Return: 0, or a negative errno.
 */
int dax_device_read(const char *attr, char *value);

/**
 * dax_device_write() - write an attribute of the device
 * @attr:	"memmap_on_memory", ...
 * @value:	what to write, see attr_write()
 *
 * Return: as attr_write().
 */
ssize_t dax_device_write(const char *attr, const char *value);

/**
 * dax_device_range() - the memory blocks that kmem makes of the device
 * @range:	the result
 *
 * Return: 0, or a negative errno.
 */
int dax_device_range(struct block_range *range);

/**
 * dax_device_bound() - whether a driver has the device
 * @driver:	DAX_KMEM or DAX_DEVICE
 */
bool dax_device_bound(const char *driver);

/**
 * dax_driver_write() - tell a driver about the device
 * @driver:	DAX_KMEM or DAX_DEVICE
 * @file:	"bind", "unbind", "new_id", "remove_id"
 *
 * Return: as attr_write().
 */
ssize_t dax_driver_write(const char *driver, const char *file);

#endif /* DAX_DEVICE_H */
