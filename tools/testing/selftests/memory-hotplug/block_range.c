// SPDX-License-Identifier: GPL-2.0
/*
 * The memory blocks of one device. See block_range.h.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "block_range.h"
#include "memory_block.h"

#define FIRMWARE_MAP	"/sys/firmware/memmap"

unsigned long long block_bytes(void)
{
	char buf[ATTR_LEN];

	if (attr_read(SYSFS_MEMORY "/block_size_bytes", buf, sizeof(buf)))
		return 0;
	return strtoull(buf, NULL, 16);
}

struct block_range block_range_of(unsigned long long addr,
				  unsigned long long size)
{
	const unsigned long long bytes = block_bytes();

	return (struct block_range){
		.first = addr / bytes,
		.nr = size / bytes,
		.bytes = bytes,
	};
}

struct block_range block_range_within(unsigned long long addr,
				      unsigned long long size)
{
	const unsigned long long bytes = block_bytes();
	const unsigned long long skipped = (bytes - addr % bytes) % bytes;

	return block_range_of(addr + skipped,
			      size > skipped ? size - skipped : 0);
}

bool block_file(unsigned long id, const char *file)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), SYSFS_MEMORY "/memory%lu/%s", id, file);
	return !access(path, F_OK);
}

bool block_here(unsigned long id)
{
	return block_file(id, ".");
}

unsigned int block_range_here(const struct block_range *range)
{
	unsigned int i, here = 0;

	for (i = 0; i < range->nr; i++)
		here += block_here(range->first + i);
	return here;
}

int block_range_wait(const struct block_range *range, unsigned int nr)
{
	const long long end = now_ms() + WRITE_TIMEOUT_MS;

	while (block_range_here(range) != nr) {
		if (now_ms() > end)
			return -ETIMEDOUT;
		nap();
	}
	return 0;
}

int block_state_wait(unsigned long id, const char *state)
{
	const long long end = now_ms() + WRITE_TIMEOUT_MS;
	char now[ATTR_LEN];

	for (;;) {
		if (!memory_block_read(id, "state", now, sizeof(now)) &&
		    !strcmp(now, state))
			return 0;
		if (now_ms() > end)
			return -ETIMEDOUT;
		nap();
	}
}

bool block_node_entry(unsigned long id, int node)
{
	char path[PATH_LEN];
	struct stat st;

	snprintf(path, sizeof(path), SYSFS_NODE "/node%d/memory%lu", node, id);
	return !lstat(path, &st);
}

int block_zone(unsigned long id, char *zone)
{
	char zones[ATTR_LEN];
	int err = memory_block_read(id, "valid_zones", zones, sizeof(zones));

	if (!err)
		snprintf(zone, ZONE_LEN, "%.*s", (int)strcspn(zones, " "),
			 zones);
	return err;
}

/* The next line of /proc/iomem that has to do with a range. */
static bool iomem_next(FILE *file, const struct block_range *range,
		       bool *covers, char *name)
{
	const unsigned long long start = range->first * range->bytes;
	const unsigned long long end = start + range->nr * range->bytes - 1;
	unsigned long long first, last;
	char line[ATTR_LEN];
	int pos;

	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (sscanf(line, " %llx-%llx : %n", &first, &last, &pos) != 2 ||
		    first > end || last < start)
			continue;
		*covers = first <= start && last >= end;
		snprintf(name, ATTR_LEN, "%s", line + pos);
		return true;
	}
	return false;
}

bool iomem_find(const struct block_range *range, const char *name)
{
	bool covers, found = false;
	char this[ATTR_LEN];
	FILE *file;

	file = fopen("/proc/iomem", "re");
	if (!file)
		return false;
	while (!found && iomem_next(file, range, &covers, this))
		found = covers && !strcmp(this, name);
	fclose(file);
	return found;
}

int iomem_count(const struct block_range *range)
{
	char name[ATTR_LEN];
	bool covers;
	FILE *file;
	int nr = 0;

	file = fopen("/proc/iomem", "re");
	if (!file)
		return -errno;
	while (iomem_next(file, range, &covers, name))
		nr++;
	fclose(file);
	return nr;
}

static bool firmware_map_entry(const char *entry, const char *attr,
			       const char *expected)
{
	char path[PATH_LEN + 64], value[ATTR_LEN];

	snprintf(path, sizeof(path), FIRMWARE_MAP "/%s/%s", entry, attr);
	return !attr_read(path, value, sizeof(value)) &&
	       !strcmp(value, expected);
}

bool firmware_map_find(const struct block_range *range, const char *type)
{
	const unsigned long long addr = range->first * range->bytes;
	char start[32], end[32];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	snprintf(start, sizeof(start), "0x%llx", addr);
	snprintf(end, sizeof(end), "0x%llx",
		 addr + range->nr * range->bytes - 1);
	dir = opendir(FIRMWARE_MAP);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir)))
		found = firmware_map_entry(entry->d_name, "start", start) &&
			firmware_map_entry(entry->d_name, "end", end) &&
			firmware_map_entry(entry->d_name, "type", type);
	closedir(dir);
	return found;
}

static bool firmware_map_value(const char *entry, const char *attr,
			       unsigned long long *value)
{
	char path[PATH_LEN + 64], text[ATTR_LEN];

	snprintf(path, sizeof(path), FIRMWARE_MAP "/%s/%s", entry, attr);
	if (attr_read(path, text, sizeof(text)))
		return false;
	*value = strtoull(text, NULL, 16);
	return true;
}

bool block_range_hidden(struct block_range *range)
{
	const unsigned long long bytes = block_bytes();
	unsigned long long addr, last;
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	dir = opendir(FIRMWARE_MAP);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir))) {
		if (!firmware_map_entry(entry->d_name, "type", "System RAM") ||
		    !firmware_map_value(entry->d_name, "start", &addr) ||
		    !firmware_map_value(entry->d_name, "end", &last))
			continue;
		for (addr = (addr + bytes - 1) / bytes * bytes;
		     !found && addr + bytes - 1 <= last; addr += bytes) {
			*range = block_range_of(addr, bytes);
			found = !block_here(range->first) &&
				!iomem_count(range);
		}
	}
	closedir(dir);
	return found;
}
