// SPDX-License-Identifier: GPL-2.0
/*
 * A CPU that takes as long to go down as a test likes. See cpu_hold.h.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cpu_hold.h"
#include "memory_block.h"

static int take_down(struct progress *progress, void *arg)
{
	const struct cpu_hold *hold = arg;
	int err;

	progress_begin(progress, "cpu%d: %s", hold->cpu->id,
		       cpu_way_name(hold->way));
	err = cpu_set(hold->cpus, hold->cpu, hold->way, false);
	progress_step(progress);
	return err;
}

static bool half_way(const struct cpu_hold *hold)
{
	char text[ATTR_LEN] = "";

	return pread(hold->fd, text, sizeof(text) - 1, 0) > 0 &&
	       !strcmp(text, "holding\n");
}

int cpu_hold_start(struct cpu_hold *hold, const struct cpus *cpus,
		   const struct cpu *cpu, enum cpu_way way)
{
	char id[16];
	int fd, err;

	*hold = (struct cpu_hold){ .cpus = cpus, .cpu = cpu, .way = way };
	fd = open(CPU_HOLD_FILE, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	hold->fd = fd;
	snprintf(id, sizeof(id), "%d", cpu->id);
	if (write(fd, id, strlen(id)) < 0)
		return -errno;

	err = worker_start(&hold->worker, "CPU going down", take_down, hold);
	while (!err && !half_way(hold)) {
		nap();
		err = workers_check(&hold->worker, 1);
		if (!err && !worker_running(&hold->worker)) {
			fprintf(stderr, "# cpu%d: %s: down, and was not held\n",
				cpu->id, cpu_way_name(way));
			err = -ECHILD;
		}
	}
	return err;
}

bool cpu_hold_going(const struct cpu_hold *hold)
{
	return worker_running(&hold->worker) && half_way(hold);
}

/* Other children of the test have the file open as well: a close is no end. */
static void let_go(struct cpu_hold *hold)
{
	if (!hold->fd)
		return;
	if (write(hold->fd, "-1", 2) < 0)
		perror("# " CPU_HOLD_FILE);
	close(hold->fd);
	hold->fd = 0;
}

int cpu_hold_release(struct cpu_hold *hold)
{
	let_go(hold);
	return workers_join(&hold->worker, 1);
}

int cpu_hold_end(struct cpu_hold *hold)
{
	let_go(hold);
	return workers_kill(&hold->worker, 1);
}
