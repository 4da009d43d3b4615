// SPDX-License-Identifier: GPL-2.0
/*
 * A machine whose firmware has its hotplug memory online at boot, as that of a
 * pseries does, is made to look like one where it is offline: before KUnit and
 * user space begin, all memory blocks of ZONE_MOVABLE are taken offline. The
 * tests put them online.
 *
 * On the kernel command line: memhp_begin.offline=1
 */
#include <linux/device.h>
#include <linux/init.h>
#include <linux/memory.h>
#include <linux/mmzone.h>
#include <linux/moduleparam.h>

static bool offline;
module_param(offline, bool, 0);
MODULE_PARM_DESC(offline, "take memory blocks of ZONE_MOVABLE offline at boot");

static int offline_block(struct memory_block *mem, void *arg)
{
	if (mem->zone && zone_idx(mem->zone) == ZONE_MOVABLE)
		WARN_ON(device_offline(&mem->dev));
	return 0;
}

static int __init memhp_begin_init(void)
{
	if (!offline)
		return 0;
	lock_device_hotplug();
	for_each_memory_block(NULL, offline_block);
	unlock_device_hotplug();
	return 0;
}
late_initcall(memhp_begin_init);
