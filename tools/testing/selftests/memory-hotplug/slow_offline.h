/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An offline of a memory block that takes as long as a test likes, because of
 * a page that cannot be migrated.
 *
 * All the time it holds device_hotplug_lock, cpu_hotplug_lock for reading and
 * mem_hotplug_lock for writing.
 */

#ifndef SLOW_OFFLINE_H
#define SLOW_OFFLINE_H

#include <stdbool.h>
#include <sys/types.h>

#include "memory_block.h"

/**
 * struct slow_offline - an offline under way
 * @id:		the block, alone in its zone
 * @pid:	the child that writes to its "state", 0 if there is none
 * @page:	the page
 * @pin:	the pipe that has a reference to it, if there is a page
 *
 * All zero before slow_offline_start().
 */
struct slow_offline {
	unsigned long id;
	pid_t pid;
	void *page;
	int pin[2];
};

/**
 * slow_offline_start() - start it, and wait until all locks are held
 * @slow:	the result
 * @blocks:	all blocks of the machine
 * @node:	a node. All of its candidate blocks are taken offline, then
 *		the first one goes online, and offline again.
 *
 * Says on stderr what went wrong.
 *
 * Return: 0, or a negative errno.
 */
int slow_offline_start(struct slow_offline *slow,
		       const struct memory_blocks *blocks, int node);

/**
 * slow_offline_going() - whether it is still under way
 * @slow:	the offline
 *
 * Says on stderr why, if it is not.
 */
bool slow_offline_going(const struct slow_offline *slow);

/**
 * slow_offline_abort() - interrupt it by a signal
 * @slow:	the offline
 *
 * Return: the errno with which the write to "state" ended, 0 if the block went
 * offline, or -ETIMEDOUT if it does not end.
 */
int slow_offline_abort(struct slow_offline *slow);

/**
 * slow_offline_unpin() - let go of the page
 * @slow:	the offline: if it is under way, it can finish now
 */
void slow_offline_unpin(struct slow_offline *slow);

/**
 * slow_offline_wait() - wait for it to end, now that the page is not pinned
 * @slow:	the offline
 *
 * Return: as slow_offline_abort().
 */
int slow_offline_wait(struct slow_offline *slow);

/**
 * slow_offline_end() - for a teardown: end whatever is left of it
 * @slow:	the offline
 *
 * Return: 0, or -ETIMEDOUT if the child does not die.
 */
int slow_offline_end(struct slow_offline *slow);

#endif /* SLOW_OFFLINE_H */
