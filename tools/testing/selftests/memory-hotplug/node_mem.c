// SPDX-License-Identifier: GPL-2.0
/*
 * Node masks, and where pages are. See node_mem.h.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <linux/mempolicy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "memory_block.h"
#include "node_mem.h"

#define WORD_BITS	(8 * sizeof(unsigned long))

/* Lists of a thousand nodes and a distance for each. */
#define MAX_TEXT	8192

void node_mask_set(struct node_mask *mask, int node)
{
	mask->bits[node / WORD_BITS] |= 1UL << node % WORD_BITS;
}

bool node_mask_test(const struct node_mask *mask, int node)
{
	return node >= 0 && node < MAX_NODES &&
	       mask->bits[node / WORD_BITS] >> node % WORD_BITS & 1;
}

unsigned int node_mask_weight(const struct node_mask *mask)
{
	unsigned int weight = 0;
	size_t i;

	for (i = 0; i < ARRAY_LEN(mask->bits); i++)
		weight += __builtin_popcountl(mask->bits[i]);
	return weight;
}

bool node_mask_equal(const struct node_mask *a, const struct node_mask *b)
{
	return !memcmp(a, b, sizeof(*a));
}

int node_mask_parse(struct node_mask *mask, const char *list)
{
	char *end;

	*mask = (struct node_mask){};
	while (*list) {
		long node = strtol(list, &end, 10), last = node;

		if (end == list)
			return -EINVAL;
		if (*end == '-')
			last = strtol(end + 1, &end, 10);
		if (node < 0 || last >= MAX_NODES)
			return -EINVAL;
		for (; node <= last; node++)
			node_mask_set(mask, node);
		if (*end && *end != ',')
			return -EINVAL;
		list = *end ? end + 1 : end;
	}
	return 0;
}

int node_mask_read(struct node_mask *mask, const char *path)
{
	char list[MAX_TEXT];
	int err = attr_read(path, list, sizeof(list));

	return err ? err : node_mask_parse(mask, list);
}

const char *node_mask_name(const struct node_mask *mask)
{
	static char bufs[4][ATTR_LEN];
	static unsigned int turn;
	char *buf = bufs[turn++ % ARRAY_LEN(bufs)];
	size_t len = 0;
	int node;

	snprintf(buf, ATTR_LEN, "none");
	for (node = 0; node < MAX_NODES && len < ATTR_LEN - 6; node++)
		if (node_mask_test(mask, node))
			len += snprintf(buf + len, ATTR_LEN - len, "%s%d",
					len ? "," : "", node);
	return buf;
}

/* The distances are in the order of the nodes that are online. */
int node_distance(int from, int to)
{
	char path[PATH_LEN], text[MAX_TEXT], *pos = text;
	struct node_mask online;
	int node, err;

	err = node_mask_read(&online, SYSFS_NODE "/online");
	if (err)
		return err;
	snprintf(path, sizeof(path), SYSFS_NODE "/node%d/distance", from);
	err = attr_read(path, text, sizeof(text));
	if (err)
		return err;
	for (node = 0; node < MAX_NODES; node++) {
		long distance;
		char *end;

		if (!node_mask_test(&online, node))
			continue;
		distance = strtol(pos, &end, 10);
		if (end == pos)
			return -EINVAL;
		if (node == to)
			return distance;
		pos = end;
	}
	return -ENOENT;
}

int node_nearest(int node, const struct node_mask *among,
		 struct node_mask *nearest)
{
	int other, distance, least = -1;

	*nearest = (struct node_mask){};
	for (other = 0; other < MAX_NODES; other++) {
		if (!node_mask_test(among, other))
			continue;
		distance = node_distance(node, other);
		if (distance < 0)
			return distance;
		if (least < 0 || distance < least) {
			*nearest = (struct node_mask){};
			least = distance;
		}
		if (distance == least)
			node_mask_set(nearest, other);
	}
	return least < 0 ? -ENOENT : 0;
}

int node_counter(int node, const char *file, const char *name,
		 unsigned long *value)
{
	char path[PATH_LEN], line[ATTR_LEN], prefix[ATTR_LEN];
	int err = -ENOENT;
	FILE *stream;

	snprintf(path, sizeof(path), SYSFS_NODE "/node%d/%s", node, file);
	snprintf(prefix, sizeof(prefix), "Node %d ", node);
	stream = fopen(path, "re");
	if (!stream)
		return -errno;
	while (err && fgets(line, sizeof(line), stream)) {
		const char *pos = line;

		if (!strncmp(pos, prefix, strlen(prefix)))
			pos += strlen(prefix);
		if (strncmp(pos, name, strlen(name)))
			continue;
		pos += strlen(name);
		if (*pos == ':')
			pos++;
		if (*pos == ' ' && sscanf(pos, " %lu", value) == 1)
			err = 0;
	}
	fclose(stream);
	return err;
}

int node_counters_settle(void)
{
	const ssize_t ret = attr_write("/proc/sys/vm/stat_refresh", "1", 1);

	return ret < 0 ? ret : 0;
}

int mem_policy_set(void *addr, size_t len, int mode,
		   const struct node_mask *mask)
{
	/* The kernel ignores the last bit that it is told of. */
	return syscall(SYS_mbind, addr, len, mode, mask->bits, MAX_NODES, 0) ?
	       -errno : 0;
}

int mem_policy_get(void *addr, int *mode, struct node_mask *mask)
{
	*mask = (struct node_mask){};
	return syscall(SYS_get_mempolicy, mode, mask->bits, MAX_NODES, addr,
		       addr ? MPOL_F_ADDR : 0) ? -errno : 0;
}

/* /proc/self/cpuset exists only with cpusets as they were in cgroup v1. */
bool mem_cpusets(void)
{
	char line[MAX_TEXT];
	bool found = false;
	FILE *file;

	file = fopen("/proc/self/status", "re");
	while (file && !found && fgets(line, sizeof(line), file))
		found = !strncmp(line, "Mems_allowed:", strlen("Mems_allowed:"));
	if (file)
		fclose(file);
	return found;
}

int mem_nodes_allowed(struct node_mask *mask)
{
	*mask = (struct node_mask){};
	return syscall(SYS_get_mempolicy, NULL, mask->bits, MAX_NODES, NULL,
		       MPOL_F_MEMS_ALLOWED) ? -errno : 0;
}

int mem_page_nodes(pid_t pid, void *addr, size_t nr, int *nodes)
{
	const size_t size = sysconf(_SC_PAGESIZE);
	void **pages;
	int err = 0;
	size_t i;

	pages = calloc(nr, sizeof(*pages));
	if (!pages)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		pages[i] = (char *)addr + i * size;
	if (syscall(SYS_move_pages, pid, nr, pages, NULL, nodes, 0))
		err = -errno;
	free(pages);
	return err;
}
