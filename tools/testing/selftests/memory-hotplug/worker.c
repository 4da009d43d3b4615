// SPDX-License-Identifier: GPL-2.0
/*
 * Children that do something over and over. See worker.h.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stall.h"
#include "worker.h"

void progress_begin(struct progress *progress, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(progress->what, sizeof(progress->what), fmt, args);
	va_end(args);
}

void progress_step(struct progress *progress)
{
	__atomic_fetch_add(&progress->steps, 1, __ATOMIC_RELEASE);
}

void progress_round(struct progress *progress)
{
	__atomic_fetch_add(&progress->rounds, 1, __ATOMIC_RELEASE);
}

bool progress_stop(const struct progress *progress)
{
	return __atomic_load_n(&progress->stop, __ATOMIC_ACQUIRE);
}

void give_way(void)
{
	int i;

	/* They sleep for 5 ms, or for up to two ticks. */
	for (i = 0; i < 4; i++)
		nap();
}

unsigned long worker_rounds(const struct worker *worker)
{
	return __atomic_load_n(&worker->progress->rounds, __ATOMIC_ACQUIRE);
}

unsigned long worker_steps(const struct worker *worker)
{
	return __atomic_load_n(&worker->progress->steps, __ATOMIC_ACQUIRE);
}

int worker_start(struct worker *worker, const char *name,
		 int (*work)(struct progress *progress, void *arg), void *arg)
{
	struct progress *progress;
	int err;

	progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (progress == MAP_FAILED)
		return -errno;

	*worker = (struct worker){
		.name = name,
		.progress = progress,
		.since = now_ms(),
	};
	fflush(NULL);
	worker->pid = fork();
	if (!worker->pid) {
		err = work(progress, arg);
		__atomic_store_n(&progress->error, -err, __ATOMIC_RELEASE);
		_exit(err ? KSFT_FAIL : KSFT_PASS);
	}
	if (worker->pid < 0) {
		err = -errno;
		worker->pid = 0;
		return err;
	}
	return 0;
}

/* Does not reap it. */
static bool ended(const struct worker *worker, siginfo_t *info)
{
	info->si_pid = 0;
	return !worker->pid ||
	       (!waitid(P_PID, worker->pid, info, WEXITED | WNOHANG | WNOWAIT) &&
		info->si_pid);
}

bool worker_running(const struct worker *worker)
{
	siginfo_t info;

	return !ended(worker, &info);
}

/* A worker's own report: its error comes before its end. */
static int worker_check(struct worker *worker)
{
	const struct progress *progress = worker->progress;
	const unsigned long steps = worker_steps(worker);
	siginfo_t info;
	bool end;
	int err;

	end = ended(worker, &info);
	err = __atomic_load_n(&progress->error, __ATOMIC_ACQUIRE);
	if (err) {
		fprintf(stderr, "# %s: %s: %s\n", worker->name, progress->what,
			errname(err));
		return -err;
	}
	if (end && info.si_pid && info.si_code != CLD_EXITED) {
		fprintf(stderr, "# %s: %s: killed by %s\n", worker->name,
			progress->what, strsignal(info.si_status));
		return -ECHILD;
	}

	if (end || steps != worker->steps) {
		worker->steps = steps;
		worker->since = now_ms();
	}
	if (now_ms() - worker->since <= STALL_MS)
		return 0;
	fprintf(stderr, "# %s is stuck after %lu steps, %lu rounds: %s\n",
		worker->name, steps, worker_rounds(worker), progress->what);
	return -ETIMEDOUT;
}

int workers_check(struct worker *workers, size_t nr)
{
	int err, ret = 0;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (!workers[i].pid)
			continue;
		err = worker_check(&workers[i]);
		if (err)
			ret = err;
	}
	if (ret != -ETIMEDOUT)
		return ret;

	/* The one that is not stuck may hold what the others wait for. */
	for (i = 0; i < nr; i++)
		if (workers[i].pid)
			stall_show(workers[i].name, workers[i].pid);
	stall_dump_locks();
	return ret;
}

int workers_wait(struct worker *workers, size_t nr)
{
	bool behind, gone;
	int err;
	size_t i;

	do {
		behind = false;
		for (i = 0; i < nr; i++) {
			if (!workers[i].pid)
				continue;
			gone = !worker_running(&workers[i]);
			if (worker_rounds(&workers[i]) >= workers[i].target)
				continue;
			behind = true;
			err = workers_check(&workers[i], 1);
			if (!err && gone) {
				fprintf(stderr, "# %s has ended after %lu of %lu rounds\n",
					workers[i].name,
					worker_rounds(&workers[i]),
					workers[i].target);
				err = -ECHILD;
			}
			if (err)
				return err;
		}
		err = workers_check(workers, nr);
		if (err)
			return err;
		if (behind)
			nap();
	} while (behind);
	return 0;
}

int workers_join(struct worker *workers, size_t nr)
{
	bool running;
	int err, ret;
	size_t i;

	for (;;) {
		running = false;
		for (i = 0; i < nr; i++)
			running |= worker_running(&workers[i]);
		ret = workers_check(workers, nr);
		if (ret || !running)
			break;
		nap();
	}
	for (i = 0; !ret && i < nr; i++) {
		if (!workers[i].pid)
			continue;
		err = wait_child(workers[i].pid, NULL, STALL_MS);
		if (err)
			ret = err;
		else
			workers[i].pid = 0;
	}
	return ret;
}

int workers_stop(struct worker *workers, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (workers[i].pid)
			__atomic_store_n(&workers[i].progress->stop, true,
					 __ATOMIC_RELEASE);
	return workers_join(workers, nr);
}

int workers_kill(struct worker *workers, size_t nr)
{
	int err = 0;
	size_t i;

	for (i = 0; i < nr; i++)
		if (workers[i].pid)
			kill(workers[i].pid, SIGKILL);
	for (i = 0; i < nr; i++) {
		if (!workers[i].pid)
			continue;
		if (wait_child(workers[i].pid, NULL, STALL_MS)) {
			fprintf(stderr, "# %s does not die\n", workers[i].name);
			stall_show(workers[i].name, workers[i].pid);
			stall_dump_locks();
			err = -ETIMEDOUT;
		} else {
			workers[i].pid = 0;
		}
	}
	return err;
}
