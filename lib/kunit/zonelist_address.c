// SPDX-License-Identifier: GPL-2.0
/*
 * Says where the zonelists are, so that a report of KCSAN, which has an
 * address, can be told to be about a zonelist or not.
 */
#include <linux/init.h>
#include <linux/kconfig.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/printk.h>

static int __init print_zonelist_addresses(void)
{
	int nid;

	if (!IS_ENABLED(CONFIG_KCSAN))
		return 0;

	for_each_node(nid) {
		unsigned long lists = (unsigned long)NODE_DATA(nid)->node_zonelists;

		pr_info("memhp: zonelists=%lx-%lx\n", lists,
			lists + sizeof(NODE_DATA(nid)->node_zonelists));
	}
	return 0;
}
late_initcall(print_zonelist_addresses);
