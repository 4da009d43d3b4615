// SPDX-License-Identifier: GPL-2.0
/*
 * Slab caches of one's own. See slab_cache.h.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "slab_cache.h"

int slab_cache_open(struct slab_cache *cache)
{
	static unsigned int nr;
	int fd;

	snprintf(cache->name, sizeof(cache->name), "memhp_%d_%u", getpid(),
		 nr++);
	fd = open(SLAB_CACHE_FILE, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	cache->fd = fd;
	return 0;
}

void slab_cache_close(struct slab_cache *cache)
{
	if (cache->fd)
		close(cache->fd);
	cache->fd = 0;
}

int slab_cache_do(const struct slab_cache *cache, const char *fmt, ...)
{
	char text[ATTR_LEN];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return write(cache->fd, text, len) < 0 ? -errno : 0;
}

int slab_cache_create(const struct slab_cache *cache, bool debug)
{
	return slab_cache_do(cache, "create %s %d%s", cache->name,
			     SLAB_CACHE_SIZE, debug ? " debug" : "");
}

int slab_cache_objects(const struct slab_cache *cache, int node,
		       struct slab_count *count)
{
	char text[4096];
	ssize_t len;

	len = pread(cache->fd, text, sizeof(text) - 1, 0);
	if (len < 0)
		return -errno;
	text[len] = '\0';
	return slab_count_parse(text, node, count) ? 0 : -EBADMSG;
}

int slab_cache_read(const struct slab_cache *cache, const char *attr, int node,
		    struct slab_count *count)
{
	char path[PATH_LEN], text[4096];
	int err;

	snprintf(path, sizeof(path), SYSFS_SLAB "/%s/%s", cache->name, attr);
	err = attr_read(path, text, sizeof(text));
	if (err)
		return err;
	return slab_count_parse(text, node, count) ? 0 : -EBADMSG;
}

int slab_cache_write(const struct slab_cache *cache, const char *attr,
		     const char *value)
{
	char path[PATH_LEN];
	ssize_t ret;

	snprintf(path, sizeof(path), SYSFS_SLAB "/%s/%s", cache->name, attr);
	ret = attr_write(path, value, strlen(value));
	return ret < 0 ? ret : 0;
}

/* "    100 FUNCTION age=..." and then the stack, indented, without a number. */
int slab_cache_traced(const struct slab_cache *cache, unsigned long *nr)
{
	char path[PATH_LEN], line[1024];
	unsigned long count;
	FILE *file;

	snprintf(path, sizeof(path), DEBUGFS_SLAB "/%s/alloc_traces",
		 cache->name);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	*nr = 0;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, " %lu ", &count) == 1)
			*nr += count;
	fclose(file);
	return 0;
}

int slab_cache_reconcile(const struct slab_cache *cache, int node)
{
	struct slab_count mine, says, slots;
	int err;

	err = slab_cache_do(cache, "shrink");
	if (!err)
		err = slab_cache_objects(cache, node, &mine);
	if (!err)
		err = slab_cache_read(cache, "objects", node, &says);
	if (!err)
		err = slab_cache_read(cache, "total_objects", node, &slots);
	if (err)
		return err;
	if (says.total == says.sum && slots.total == slots.sum &&
	    says.total == mine.total && says.on_node == mine.on_node &&
	    says.on_node <= slots.on_node && says.total <= slots.total &&
	    !!says.total == !!slots.total)
		return 0;
	fprintf(stderr, "# %s: total, sum of nodes, on node %d:\n", cache->name,
		node);
	fprintf(stderr, "#   allocated       %4lu %4lu %4lu\n", mine.total,
		mine.sum, mine.on_node);
	fprintf(stderr, "#   objects         %4lu %4lu %4lu\n", says.total,
		says.sum, says.on_node);
	fprintf(stderr, "#   total_objects   %4lu %4lu %4lu\n", slots.total,
		slots.sum, slots.on_node);
	return -EBADMSG;
}
