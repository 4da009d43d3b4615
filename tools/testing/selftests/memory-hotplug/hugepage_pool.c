// SPDX-License-Identifier: GPL-2.0
/*
 * The pools of 2 MiB huge pages that the nodes have. See hugepage_pool.h.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "hugepage_pool.h"
#include "memory_block.h"
#include "memory_guard.h"

#define MAX_NODES	1024

/* How long a process that has ended may hold on to a huge page. */
#define RELEASE_MS	5000

/* As they were at the start; -1 where a node has none. */
static long at_start[MAX_NODES];

static void pool_path(char *path, int node, const char *name)
{
	snprintf(path, PATH_LEN,
		 SYSFS_NODE "/node%d/hugepages/hugepages-2048kB/%s", node, name);
}

int hugepage_pool_read(int node, const char *name, unsigned long *nr)
{
	char path[PATH_LEN], text[ATTR_LEN];
	int err;

	pool_path(path, node, name);
	err = attr_read(path, text, sizeof(text));
	if (!err)
		*nr = strtoul(text, NULL, 10);
	return err;
}

unsigned long hugepage_pool_free(void)
{
	unsigned long nr, sum = 0;
	int node;

	for (node = 0; node < MAX_NODES; node++)
		if (at_start[node] >= 0 &&
		    !hugepage_pool_read(node, "free_hugepages", &nr))
			sum += nr;
	return sum;
}

static int set_size(int node, unsigned long nr)
{
	char path[PATH_LEN], text[ATTR_LEN];
	unsigned long is;
	ssize_t ret;
	int len, err;

	pool_path(path, node, "nr_hugepages");
	len = snprintf(text, sizeof(text), "%lu", nr);
	ret = attr_write(path, text, len);
	if (ret < 0)
		return ret;
	err = hugepage_pool_read(node, "nr_hugepages", &is);
	if (err)
		return err;
	return is == nr ? 0 : -ENOMEM;
}

int hugepage_pool_add(int node, unsigned long nr)
{
	unsigned long is;
	int err;

	err = hugepage_pool_read(node, "nr_hugepages", &is);
	return err ? err : set_size(node, is + nr);
}

unsigned int hugepage_pool_restore(void)
{
	const long long end = now_ms() + RELEASE_MS;
	unsigned int failed = 0;
	unsigned long is;
	int node, err;

	for (node = 0; node < MAX_NODES; node++) {
		if (at_start[node] < 0 ||
		    hugepage_pool_read(node, "nr_hugepages", &is) ||
		    is == (unsigned long)at_start[node])
			continue;
		while ((err = set_size(node, at_start[node])) == -ENOMEM &&
		       now_ms() < end)
			nap();
		if (!err)
			continue;
		fprintf(stderr, "# node %d: %ld huge pages are not restored: %s\n",
			node, at_start[node], errname(err));
		failed++;
	}
	return failed;
}

void hugepage_pool_guard(void)
{
	unsigned long nr;
	int node;

	for (node = 0; node < MAX_NODES; node++)
		at_start[node] = hugepage_pool_read(node, "nr_hugepages", &nr) ?
				 -1 : (long)nr;
	memory_guard_also(hugepage_pool_restore);
}
