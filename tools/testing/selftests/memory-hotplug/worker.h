/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Children that do something over and over, whose progress the test follows.
 * One that gets stuck is found, and so is who holds what it waits for.
 *
 * None of the helpers asserts. What went wrong is said on stderr, and a
 * negative errno is returned.
 */

#ifndef WORKER_H
#define WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "../kselftest.h"
#include "memory_block.h"

/* A worker that finishes no step for this long is stuck. */
#define STALL_MS	10000

/**
 * struct progress - what a worker is doing, in shared memory
 * @steps:	steps that it has finished
 * @rounds:	how often it has been through all of its steps
 * @error:	errno of the step that failed, 0 if none did
 * @stop:	whether it has to end after this step
 * @what:	the current step, or the one that failed
 */
struct progress {
	unsigned long steps;
	unsigned long rounds;
	int error;
	bool stop;
	char what[PATH_LEN];
};

/**
 * struct worker - a child, as its parent sees it
 * @name:	for messages
 * @pid:	its process, 0 if there is none
 * @progress:	what it reports
 * @target:	rounds that workers_wait() waits for
 * @steps:	those of @progress when they last changed
 * @since:	when that was
 *
 * All zero before worker_start().
 */
struct worker {
	const char *name;
	pid_t pid;
	struct progress *progress;
	unsigned long target;
	unsigned long steps;
	long long since;
};

/**
 * progress_begin() - in a worker: say what the next step is
 * @progress:	its own
 * @fmt:	as for printf()
 */
void __printf(2, 3)
progress_begin(struct progress *progress, const char *fmt, ...);

/**
 * progress_step() - in a worker: a step is done
 * @progress:	its own
 */
void progress_step(struct progress *progress);

/**
 * progress_round() - in a worker: a round is done
 * @progress:	its own
 */
void progress_round(struct progress *progress);

/**
 * progress_stop() - in a worker: whether to end
 * @progress:	its own
 */
bool progress_stop(const struct progress *progress);

/**
 * give_way() - in a worker: let others have device_hotplug_lock
 *
 * The kernel hands that lock to nobody: who wants it looks every few milliseconds
 * whether it is free. Somebody who always wants it back starves the others.
 */
void give_way(void);

/**
 * worker_start() - start a worker
 * @worker:	the worker
 * @name:	what to call it, kept by reference
 * @work:	what it does, in the child. Returns 0, or the negative errno of
 *		the step that it last began.
 * @arg:	passed to @work
 *
 * Return: 0, or a negative errno.
 */
int worker_start(struct worker *worker, const char *name,
		 int (*work)(struct progress *progress, void *arg), void *arg);

/**
 * worker_rounds() - how many rounds a worker has done
 * @worker:	the worker
 */
unsigned long worker_rounds(const struct worker *worker);

/**
 * worker_steps() - how many steps a worker has done
 * @worker:	the worker
 */
unsigned long worker_steps(const struct worker *worker);

/**
 * worker_running() - whether a worker has not come to its end
 * @worker:	the worker
 */
bool worker_running(const struct worker *worker);

/**
 * workers_check() - look for failed and for stuck workers
 * @workers:	array of them; those that were not started are left out
 * @nr:		size of the array
 *
 * Return: 0, or the negative errno of a step, or -ETIMEDOUT if a worker has
 * done no step for STALL_MS, or -ECHILD if one was killed.
 */
int workers_check(struct worker *workers, size_t nr);

/**
 * workers_wait() - wait until every worker has done its target of rounds
 * @workers:	array of them
 * @nr:		size of the array
 *
 * Return: 0, or a negative errno as workers_check() does, or -ECHILD if a
 * worker has ended before.
 */
int workers_wait(struct worker *workers, size_t nr);

/**
 * workers_join() - wait for workers that come to an end by themselves
 * @workers:	array of them
 * @nr:		size of the array
 *
 * Their progress can still be read afterwards.
 *
 * Return: 0, or a negative errno as workers_check() does.
 */
int workers_join(struct worker *workers, size_t nr);

/**
 * workers_stop() - have all workers end after their current step, and wait
 * @workers:	array of them
 * @nr:		size of the array
 *
 * Return: 0, or a negative errno as workers_check() does.
 */
int workers_stop(struct worker *workers, size_t nr);

/**
 * workers_kill() - for a teardown: kill the workers that are left
 * @workers:	array of them
 * @nr:		size of the array
 *
 * All are killed before the first is waited for: one may hold what another
 * waits for.
 *
 * Return: 0, or -ETIMEDOUT if one does not die within STALL_MS.
 */
int workers_kill(struct worker *workers, size_t nr);

#endif /* WORKER_H */
