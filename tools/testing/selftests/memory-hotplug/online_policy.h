/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The arithmetic of memory_hotplug.online_policy=auto-movable.
 */

#ifndef ONLINE_POLICY_H
#define ONLINE_POLICY_H

#include <stdbool.h>

#include "host_port.h"
#include "memory_block.h"

#define POLICY_DIR		"/sys/module/memory_hotplug/parameters"
#define POLICY			POLICY_DIR "/online_policy"
#define POLICY_RATIO		POLICY_DIR "/auto_movable_ratio"
#define POLICY_NUMA_AWARE	POLICY_DIR "/auto_movable_numa_aware"

/* No machine has so little kernel memory. */
#define POLICY_RATIO_HUGE	1000000U

/**
 * struct policy_pages - what the policy compares, of all nodes, in pages
 * @kernel:	present in kernel zones
 * @movable:	present in ZONE_MOVABLE
 */
struct policy_pages {
	unsigned long kernel;
	unsigned long movable;
};

/**
 * policy_pages_read() - read /proc/zoneinfo
 * @pages:	the result
 *
 * Return: 0, or a negative errno.
 */
int policy_pages_read(struct policy_pages *pages);

/**
 * policy_pages_early() - whether all kernel memory was there at boot
 * @blocks:	all blocks when the program started
 * @port:	a host that knows which of them are devices
 *
 * The policy counts early memory only, and user space cannot see which it is.
 */
bool policy_pages_early(const struct memory_blocks *blocks,
			struct host_port *port);

/**
 * policy_ratio() - the least ratio that allows so much more movable memory
 * @pages:	what there is
 * @more:	pages
 *
 * Return: in percent.
 */
unsigned int policy_ratio(const struct policy_pages *pages, unsigned long more);

/**
 * policy_ratio_set() - set auto_movable_ratio
 * @ratio:	in percent
 *
 * Return: 0, or a negative errno.
 */
int policy_ratio_set(unsigned int ratio);

#endif /* ONLINE_POLICY_H */
