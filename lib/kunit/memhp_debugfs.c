// SPDX-License-Identifier: GPL-2.0
/*
 * What memory hotplug has to put back and user space cannot see otherwise, in
 * /sys/kernel/debug/memhp: every node's zonelists, and what is isolated or
 * disabled only while something goes on. One thing a line.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "zonelist_oracle.h"

static int zonelists_show(struct seq_file *m, void *v)
{
	char *text = kvmalloc(ZONELIST_TEXT_MAX, GFP_KERNEL);
	int nid, list;

	if (!text)
		return -ENOMEM;

	get_online_mems();
	for_each_node(nid) {
		for (list = 0; list < MAX_ZONELISTS; list++) {
			zonelist_print(text, ZONELIST_TEXT_MAX, nid, list);
			seq_printf(m, "node %d %s: %s\n", nid,
				   zonelist_name(list), text);
		}
	}
	put_online_mems();

	kvfree(text);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(zonelists);

/* With what the CPUs have counted and not yet added. */
static long node_count(pg_data_t *pgdat, enum node_stat_item item)
{
	long sum = atomic_long_read(&pgdat->vm_stat[item]);
	int cpu;

	for_each_online_cpu(cpu)
		sum += per_cpu_ptr(pgdat->per_cpu_nodestats,
				   cpu)->vm_node_stat_diff[item];
	return sum;
}

static long isolated_pageblocks(struct zone *zone)
{
#ifdef CONFIG_MEMORY_ISOLATION
	return READ_ONCE(zone->nr_isolate_pageblock);
#else
	return 0;
#endif
}

static int pending_show(struct seq_file *m, void *v)
{
	static const enum node_stat_item items[] = {
		NR_ISOLATED_ANON, NR_ISOLATED_FILE,
	};
	struct zone *zone;
	int nid, i;

	get_online_mems();
	seq_printf(m, "lru_disable_count: %d\n", atomic_read(&lru_disable_count));
	for_each_online_node(nid)
		for (i = 0; i < ARRAY_SIZE(items); i++)
			seq_printf(m, "node %d %s: %ld\n", nid,
				   node_stat_name(items[i]),
				   node_count(NODE_DATA(nid), items[i]));
	for_each_zone(zone)
		seq_printf(m, "node %d zone %s nr_isolate_pageblock: %ld\n",
			   zone_to_nid(zone), zone->name,
			   isolated_pageblocks(zone));
	put_online_mems();
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(pending);

static int __init memhp_debugfs_init(void)
{
	struct dentry *dir = debugfs_create_dir("memhp", NULL);

	debugfs_create_file("zonelists", 0400, dir, NULL, &zonelists_fops);
	debugfs_create_file("pending", 0400, dir, NULL, &pending_fops);
	return PTR_ERR_OR_ZERO(dir);
}
late_initcall(memhp_debugfs_init);
