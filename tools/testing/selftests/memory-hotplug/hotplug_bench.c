// SPDX-License-Identifier: GPL-2.0
/*
 * What memory and CPU hotplug cost, and reading the files about them. Not a
 * test: "make bench" runs it, and so may whoever changes the helpers.
 *
 *	hotplug_bench WHAT TIMES X
 *
 * prints a line for each thing that is measured, with a value in nanoseconds
 * for each time:
 *
 *	bench: NAME X VALUE VALUE ...
 *
 * X says what was changed between one call and another: how many slab caches
 * there are, for example.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../kselftest.h"
#include "cpu.h"
#include "memory_block.h"
#include "memory_guard.h"

#define MAX_TIMES	100

static const char *x;
static unsigned int times;

static long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* What one thing took, time by time. */
struct cost {
	const char *name;
	long long ns[MAX_TIMES];
};

static void print(const struct cost *cost)
{
	unsigned int i;

	printf("bench: %s %s", cost->name, x);
	for (i = 0; i < times; i++)
		printf(" %lld", cost->ns[i]);
	putchar('\n');
}

static void must(int err, const char *what)
{
	if (err)
		ksft_exit_fail_msg("%s: %s\n", what, errname(err));
}

static int open_to_write(const char *path)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);

	must(fd < 0 ? -errno : 0, path);
	return fd;
}

/* Nothing but the write, to a file that is kept open. */
static long long write_ns(int fd, const char *value)
{
	const long long begin = now_ns();

	must(pwrite(fd, value, strlen(value), 0) < 0 ? -errno : 0, value);
	return now_ns() - begin;
}

static unsigned long offline_block(void)
{
	const struct memory_blocks *blocks;
	const char *reason;
	size_t i;

	blocks = memory_blocks_at_start(&reason);
	if (!blocks)
		ksft_exit_skip("%s\n", reason);
	for (i = 0; i < blocks->nr; i++)
		if (blocks->block[i].candidate && !blocks->block[i].online)
			return blocks->block[i].id;
	ksft_exit_skip("no memory block is offline\n");
}

/*
 * A memory block, by bare writes and by the helpers of the tests in turn, so
 * that whatever changes over time changes for both alike.
 */
static void measure_block(void)
{
	static struct cost bare_on = { .name = "bare-online" };
	static struct cost bare_off = { .name = "bare-offline" };
	static struct cost ours_on = { .name = "ours-online" };
	static struct cost ours_off = { .name = "ours-offline" };
	const unsigned long id = offline_block();
	char path[PATH_LEN];
	long long begin;
	unsigned int i;
	int fd;

	snprintf(path, sizeof(path), SYSFS_MEMORY "/memory%lu/state", id);
	fd = open_to_write(path);
	/* The first time, slab and others allocate what they keep. */
	write_ns(fd, "online_movable");
	write_ns(fd, "offline");
	for (i = 0; i < times; i++) {
		bare_on.ns[i] = write_ns(fd, "online_movable");
		bare_off.ns[i] = write_ns(fd, "offline");

		begin = now_ns();
		must(memory_block_write(id, "state", "online_movable"), path);
		ours_on.ns[i] = now_ns() - begin;
		begin = now_ns();
		must(memory_block_offline(id), path);
		ours_off.ns[i] = now_ns() - begin;
	}
	close(fd);
	print(&bare_on);
	print(&bare_off);
	print(&ours_on);
	print(&ours_off);
}

static void measure_cpu(void)
{
	static struct cost down = { .name = "cpu-down" }, up = { .name = "cpu-up" };
	const struct cpus *cpus = cpus_at_start();
	const struct cpu *cpu;
	char path[PATH_LEN];
	unsigned int i;
	int fd;

	cpu = cpus ? cpu_way_find(cpus, CPU_ONLINE, NULL) : NULL;
	if (!cpu)
		ksft_exit_skip("no CPU can go\n");
	cpu_path(cpu, CPU_ONLINE, path, sizeof(path));
	fd = open_to_write(path);
	write_ns(fd, "0");
	write_ns(fd, "1");
	for (i = 0; i < times; i++) {
		down.ns[i] = write_ns(fd, "0");
		up.ns[i] = write_ns(fd, "1");
	}
	close(fd);
	print(&down);
	print(&up);
}

/* Read one file of each of a folder's folders. Returns how many there were. */
static unsigned int read_each(const char *folder, const char *file)
{
	char path[2 * PATH_LEN], text[4096];
	unsigned int nr = 0;
	struct dirent *entry;
	DIR *dir;

	dir = opendir(folder);
	must(dir ? 0 : -errno, folder);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s/%s", folder, entry->d_name,
			 file);
		if (!attr_read(path, text, sizeof(text)))
			nr++;
	}
	closedir(dir);
	return nr;
}

static void files(struct cost *cost, const char *folder, const char *file)
{
	long long begin;
	unsigned int i;

	must(read_each(folder, file) ? 0 : -ENOENT, folder);
	for (i = 0; i < times; i++) {
		begin = now_ns();
		read_each(folder, file);
		cost->ns[i] = now_ns() - begin;
	}
	print(cost);
}

/* All memory blocks: their states, and what the tests' helpers want to know. */
static void measure_blocks(void)
{
	static struct cost state = { .name = "read-states" };
	static struct cost whole = { .name = "read-blocks" };
	struct memory_blocks all;
	long long begin;
	unsigned int i;

	files(&state, SYSFS_MEMORY, "state");
	for (i = 0; i < times; i++) {
		begin = now_ns();
		must(memory_blocks_read(&all), SYSFS_MEMORY);
		whole.ns[i] = now_ns() - begin;
		free(all.block);
	}
	print(&whole);
}

static void measure_slab(void)
{
	static struct cost objects = { .name = "read-slab-objects" };

	files(&objects, SYSFS_SLAB, "objects");
}

static const struct {
	const char *name;
	void (*measure)(void);
} known[] = {
	{ "block", measure_block },
	{ "blocks", measure_blocks },
	{ "cpu", measure_cpu },
	{ "slab", measure_slab },
};

int main(int argc, char **argv)
{
	size_t i;

	if (argc != 4)
		ksft_exit_fail_msg("usage: %s WHAT TIMES X\n", argv[0]);
	times = strtoul(argv[2], NULL, 10);
	if (!times || times > MAX_TIMES)
		ksft_exit_fail_msg("%s: give 1 to %d times\n", argv[2],
				   MAX_TIMES);
	x = argv[3];
	for (i = 0; i < ARRAY_LEN(known); i++)
		if (!strcmp(argv[1], known[i].name))
			break;
	if (i == ARRAY_LEN(known))
		ksft_exit_fail_msg("%s: cannot measure that\n", argv[1]);

	cpu_guard();
	memory_guard_enter();
	known[i].measure();
	return KSFT_PASS;
}
