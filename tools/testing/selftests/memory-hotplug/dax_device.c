// SPDX-License-Identifier: GPL-2.0
/*
 * A dax device whose memory nobody uses. See dax_device.h.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dax_device.h"
#include "memory_block.h"

#define DAX	"/sys/bus/dax/devices"

/* Its name, "" if there is none. */
static char device[64];

int dax_device_read(const char *attr, char *value)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), DAX "/%s/%s", device, attr);
	return attr_read(path, value, ATTR_LEN);
}

ssize_t dax_device_write(const char *attr, const char *value)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), DAX "/%s/%s", device, attr);
	return attr_write(path, value, strlen(value));
}

int dax_device_range(struct block_range *range)
{
	char resource[ATTR_LEN], size[ATTR_LEN];
	int err = dax_device_read("resource", resource);

	if (!err)
		err = dax_device_read("size", size);
	if (!err)
		*range = block_range_of(strtoull(resource, NULL, 16),
					strtoull(size, NULL, 10));
	return err;
}

bool dax_device_bound(const char *driver)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), DAX_DRIVERS "/%s/%s", driver, device);
	return !access(path, F_OK);
}

ssize_t dax_driver_write(const char *driver, const char *file)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), DAX_DRIVERS "/%s/%s", driver, file);
	return attr_write(path, device, strlen(device));
}

static bool all_offline(void)
{
	struct block_range range;
	char state[ATTR_LEN];
	unsigned long id;

	if (dax_device_range(&range))
		return false;
	for (id = range.first; id < range.first + range.nr; id++)
		if (memory_block_read(id, "state", state, sizeof(state)) ||
		    strcmp(state, "offline"))
			return false;
	return range.nr;
}

const char *dax_device(void)
{
	return device[0] ? device : NULL;
}

const char *dax_device_find(void)
{
	struct dirent *entry;
	DIR *dir;

	dir = opendir(DAX);
	if (!dir)
		return NULL;
	while ((entry = readdir(dir))) {
		snprintf(device, sizeof(device), "%.63s", entry->d_name);
		if (device[0] != '.' && dax_device_bound(DAX_KMEM) &&
		    all_offline())
			break;
		device[0] = '\0';
	}
	closedir(dir);
	return dax_device();
}
