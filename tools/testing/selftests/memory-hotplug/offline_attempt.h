/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Taking a memory block offline in a child, so that it can last and can be
 * interrupted, and what makes it last: a page that cannot be migrated.
 */

#ifndef OFFLINE_ATTEMPT_H
#define OFFLINE_ATTEMPT_H

#include <sys/types.h>

/**
 * offline_attempt_start() - begin to take a block offline
 * @id:		the block
 * @delay_us:	when a timer sends it a signal, 0: never
 * @sig:	that signal
 *
 * The child catches SIGINT, SIGUSR1 and SIGALRM in such a way that the write
 * returns EINTR. It exits with the errno of the write.
 *
 * Return: the child, or -1.
 */
pid_t offline_attempt_start(unsigned long id, unsigned int delay_us, int sig);

/**
 * offline_attempt_waiting() - wait until an attempt sleeps in its write
 * @child:	the attempt
 *
 * It does not while it has a signal that it has not handled yet.
 *
 * Return: 0, -ETIMEDOUT, or another negative errno.
 */
int offline_attempt_waiting(pid_t child);

/**
 * offline_attempt_isolated() - wait until an attempt has isolated the block
 * @child:	the attempt
 * @node:	node of the block
 * @free:	free pages of the node's ZONE_MOVABLE before it began
 * @pages:	how many of these must be gone
 *
 * Return: 0, -ESRCH if the attempt has ended, -ETIMEDOUT, or another negative
 * errno.
 */
int offline_attempt_isolated(pid_t child, int node, unsigned long free,
			     unsigned long pages);

/**
 * offline_attempt_retried() - wait until an attempt has failed to migrate
 * @child:	the attempt
 * @times:	so many times more, a page or a huge page
 *
 * Return: 0, -ESRCH if the attempt has ended, -ETIMEDOUT, or another negative
 * errno.
 */
int offline_attempt_retried(pid_t child, unsigned int times);

/**
 * page_pin() - make the page that an address is in unmovable for a short while
 * @addr:	the address
 * @pipe:	a pipe that holds the page until a byte is read from it
 *
 * Return: 0, or a negative errno.
 */
int page_pin(void *addr, int pipe[2]);

/**
 * page_unpin() - let the page go
 * @pipe:	from page_pin(), which is closed; may be {-1, -1}
 */
void page_unpin(int pipe[2]);

#endif /* OFFLINE_ATTEMPT_H */
