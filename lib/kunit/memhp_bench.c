// SPDX-License-Identifier: GPL-2.0
/*
 * What "make bench" cannot measure from user space, in
 * /sys/kernel/debug/memhp-bench:
 *
 *	rebuild		each read builds all zonelists anew, and says how many
 *			nanoseconds that took
 *	walk		the same for a walk of the longest zonelist of node 0
 *	caches		how many slab caches there are besides those of the
 *			kernel; a write makes it so many
 *
 * The locks that a rebuild needs are taken before the clock starts: waiting for
 * them is not what it costs.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/init.h>
#include <linux/ktime.h>
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "memhp_compat.h"

#define MAX_CACHES	4096

static int rebuild_show(struct seq_file *m, void *v)
{
	u64 begin, end;

	mem_hotplug_begin();
	begin = ktime_get_ns();
	build_all_zonelists(NULL);
	end = ktime_get_ns();
	mem_hotplug_done();
	seq_printf(m, "%llu\n", end - begin);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(rebuild);

static int walk_show(struct seq_file *m, void *v)
{
	struct zonelist *zonelist = node_zonelist(0, GFP_KERNEL);
	unsigned int seen = 0;
	struct zoneref *zref;
	struct zone *zone;
	u64 begin, end;

	get_online_mems();
	begin = ktime_get_ns();
	for_each_zone_zonelist(zone, zref, zonelist, MAX_NR_ZONES - 1)
		seen++;
	end = ktime_get_ns();
	put_online_mems();
	seq_printf(m, "%llu\n", seen ? end - begin : 0);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(walk);

static DEFINE_MUTEX(caches_lock);
static struct kmem_cache *caches[MAX_CACHES];
static unsigned int nr_caches;

static int caches_get(void *data, u64 *val)
{
	*val = nr_caches;
	return 0;
}

static int caches_set(void *data, u64 val)
{
	struct kmem_cache *cache;
	char name[24];
	int err = 0;

	if (val > MAX_CACHES)
		return -EINVAL;

	mutex_lock(&caches_lock);
	while (nr_caches > val)
		kmem_cache_destroy(caches[--nr_caches]);
	while (nr_caches < val) {
		snprintf(name, sizeof(name), "memhp_bench_%u", nr_caches);
		cache = kmem_cache_create(name, 64, 0, SLAB_NO_MERGE, NULL);
		if (!cache) {
			err = -ENOMEM;
			break;
		}
		caches[nr_caches++] = cache;
	}
	mutex_unlock(&caches_lock);
	return err;
}
DEFINE_DEBUGFS_ATTRIBUTE(caches_fops, caches_get, caches_set, "%llu\n");

static int __init memhp_bench_init(void)
{
	struct dentry *dir = debugfs_create_dir("memhp-bench", NULL);

	/* Debugfs errors are not for its users to handle. */
	debugfs_create_file("rebuild", 0400, dir, NULL, &rebuild_fops);
	debugfs_create_file("walk", 0400, dir, NULL, &walk_fops);
	debugfs_create_file_unsafe("caches", 0600, dir, NULL, &caches_fops);
	return 0;
}
late_initcall(memhp_bench_init);
