// SPDX-License-Identifier: GPL-2.0
/*
 * Every node's zonelists, for user space to read: one list a line, in
 * /sys/kernel/debug/memhp/zonelists.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/memory_hotplug.h>
#include <linux/nodemask.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

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

static int __init memhp_debugfs_init(void)
{
	struct dentry *dir = debugfs_create_dir("memhp", NULL);

	debugfs_create_file("zonelists", 0400, dir, NULL, &zonelists_fops);
	return PTR_ERR_OR_ZERO(dir);
}
late_initcall(memhp_debugfs_init);
