/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guardian that puts every memory block back, whatever becomes of the tests.
 */

#ifndef MEMORY_GUARD_H
#define MEMORY_GUARD_H

#include "memory_block.h"

/* How long a guardian may take, once the program is gone. */
#define RESTORE_TIMEOUT_MS	60000

/**
 * struct memory_guard - a running guardian
 * @pid:	its process
 * @fd:		the pipe that it watches: it acts when no process holds this
 *		end any more
 */
struct memory_guard {
	pid_t pid;
	int fd;
};

/**
 * memory_blocks_at_start() - the state that the guardian restores
 * @reason:	why there is none
 *
 * Return: the blocks as memory_guard_enter() found them, NULL if the machine
 * has no memory hotplug or if the user may not use it.
 */
const struct memory_blocks *memory_blocks_at_start(const char **reason);

/**
 * memory_guard_start() - start a guardian
 * @guard:	the result
 * @blocks:	what it will restore, once every process that holds @guard's
 *		pipe is gone, whatever it died of
 *
 * The guardian exits with 0 if all blocks are back, else with 1.
 *
 * Return: 0, or a negative errno.
 */
int memory_guard_start(struct memory_guard *guard,
		       const struct memory_blocks *blocks);

/**
 * memory_guard_also() - have the guardian put something else back as well
 * @restore:	what it calls before it restores memory blocks. Says on stderr
 *		what it could not put back, and returns how many those are.
 *
 * To be called before memory_guard_enter(), once.
 */
void memory_guard_also(unsigned int (*restore)(void));

/**
 * memory_guard_enter() - run the rest of the program under guard
 *
 * To be called first thing in main(). Returns in a new process; the calling
 * one waits for this one to end and for the guardian to put all memory blocks
 * back, then ends the same way. From here on, no process outlives its parent::
 *
 *   program ----- waits, passes SIGTERM, SIGINT and SIGHUP on as SIGKILL
 *    |-- guardian      in a session of its own
 *    `-- harness
 *         `-- tests, and what they start
 */
void memory_guard_enter(void);

#endif /* MEMORY_GUARD_H */
