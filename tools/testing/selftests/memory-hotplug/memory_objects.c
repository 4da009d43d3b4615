// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel has allocated to know memory blocks by. See memory_objects.h.
 */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "memory_block.h"
#include "memory_objects.h"

#define CACHES	"/sys/kernel/debug/slab"
#define TRACES	"alloc_traces"

/* Who allocates them. Which of these it is depends on what gets inlined. */
static const char *const functions[] = {
	"add_memory_block", "create_memory_block_devices",
	"memory_group_register", "memory_group_register_static",
	"create_altmaps_and_memory_blocks", "add_memory_resource",
};

static long count_cache(const char *cache)
{
	char path[PATH_LEN], line[1024], name[64];
	long sum = 0, count;
	FILE *file;
	size_t i;

	snprintf(path, sizeof(path), CACHES "/%.64s/" TRACES, cache);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	/* "  2 add_memory_block+0x33/0x160 age=...", and the stack below. */
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%ld %63[^+ ]+", &count, name) != 2)
			continue;
		for (i = 0; i < ARRAY_LEN(functions); i++)
			if (!strcmp(name, functions[i]))
				sum += count;
	}
	fclose(file);
	return sum;
}

long memory_objects(void)
{
	long sum = 0, count = -ENOENT;
	struct dirent *entry;
	DIR *dir;

	dir = opendir(CACHES);
	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		if (strncmp(entry->d_name, "kmalloc-", strlen("kmalloc-")))
			continue;
		count = count_cache(entry->d_name);
		if (count < 0)
			break;
		sum += count;
	}
	closedir(dir);
	return count < 0 ? count : sum;
}
