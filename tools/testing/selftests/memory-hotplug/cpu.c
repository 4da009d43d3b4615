// SPDX-License-Identifier: GPL-2.0
/*
 * CPUs as sysfs shows them. See cpu.h.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpu.h"
#include "memory_block.h"
#include "memory_guard.h"

/* SMT control takes down all at once: more than that takes too long. */
#define MAX_SECONDARY	16

static const char *const way_names[] = {
	[CPU_ONLINE] = "online",
	[CPU_TARGET] = "hotplug/target",
	[CPU_SMT] = "smt/control",
};

/* The state to go back to; the same in all processes of the program. */
static struct cpus at_start;

const char *cpu_way_name(enum cpu_way way)
{
	return way_names[way];
}

static void cpu_file(int id, const char *file, char *buf, size_t size)
{
	snprintf(buf, size, SYSFS_CPU "/cpu%d/%s", id, file);
}

void cpu_path(const struct cpu *cpu, enum cpu_way way, char *buf, size_t size)
{
	if (way == CPU_SMT)
		snprintf(buf, size, SYSFS_CPU "/%s", way_names[way]);
	else
		cpu_file(cpu->id, way_names[way], buf, size);
}

const char *cpu_value(const struct cpus *cpus, enum cpu_way way, bool up)
{
	switch (way) {
	case CPU_SMT:
		return up ? "on" : "off";
	case CPU_TARGET:
		return up ? cpus->top : "0";
	default:
		return up ? "1" : "0";
	}
}

int cpu_set(const struct cpus *cpus, const struct cpu *cpu, enum cpu_way way,
	    bool up)
{
	const char *value = cpu_value(cpus, way, up);
	char path[PATH_LEN];
	ssize_t ret;

	cpu_path(cpu, way, path, sizeof(path));
	ret = attr_write(path, value, strlen(value));
	return ret < 0 ? ret : 0;
}

int cpu_up(const struct cpu *cpu)
{
	return attr_listed(SYSFS_CPU "/online", cpu->id);
}

/* A CPU that is always up has no such file. */
bool cpu_marked_up(const struct cpu *cpu)
{
	char path[PATH_LEN], text[ATTR_LEN];

	cpu_file(cpu->id, "online", path, sizeof(path));
	return attr_read(path, text, sizeof(text)) || !strcmp(text, "1");
}

static int node_of(int id)
{
	struct dirent *entry;
	char path[PATH_LEN];
	int node = -1;
	DIR *dir;

	snprintf(path, sizeof(path), SYSFS_CPU "/cpu%d", id);
	dir = opendir(path);
	if (!dir)
		return -1;
	while (node < 0 && (entry = readdir(dir)))
		if (sscanf(entry->d_name, "node%d", &node) != 1)
			node = -1;
	closedir(dir);
	return node;
}

static void cpu_get(struct cpu *cpu)
{
	char path[PATH_LEN], text[ATTR_LEN];

	cpu->up = cpu_up(cpu) == 1;
	cpu->marked_up = cpu_marked_up(cpu);
	cpu->node = node_of(cpu->id);
	cpu_file(cpu->id, "online", path, sizeof(path));
	cpu->may_go = cpu->up && cpu->marked_up && !access(path, W_OK);
	cpu_file(cpu->id, "topology/thread_siblings_list", path, sizeof(path));
	cpu->secondary = cpu->may_go && !attr_read(path, text, sizeof(text)) &&
			 atoi(text) != cpu->id;
}

/* A line is like " 238: online". */
int cpu_step(const char *name, char *buf, size_t size)
{
	char line[ATTR_LEN], found[ATTR_LEN];
	int step, err = -ENOENT;
	FILE *file;

	file = fopen(SYSFS_CPU "/hotplug/states", "re");
	if (!file)
		return -errno;
	while (err && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%d: %255[^\n]", &step, found) != 2 ||
		    strcmp(found, name))
			continue;
		snprintf(buf, size, "%d", step);
		err = 0;
	}
	fclose(file);
	return err;
}

static int by_id(const void *a, const void *b)
{
	const struct cpu *x = a, *y = b;

	return x->id - y->id;
}

static int cpus_read(struct cpus *cpus)
{
	struct dirent *entry;
	struct cpu *cpu;
	int id;
	DIR *dir;

	dir = opendir(SYSFS_CPU);
	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		if (sscanf(entry->d_name, "cpu%d", &id) != 1)
			continue;
		cpu = realloc(cpus->cpu, (cpus->nr + 1) * sizeof(*cpu));
		if (!cpu)
			break;
		cpus->cpu = cpu;
		cpu += cpus->nr++;
		*cpu = (struct cpu){ .id = id };
		cpu_get(cpu);
		cpus->secondary += cpu->secondary;
	}
	closedir(dir);
	if (cpus->nr)
		qsort(cpus->cpu, cpus->nr, sizeof(*cpus->cpu), by_id);
	attr_read(SYSFS_CPU "/smt/control", cpus->smt, sizeof(cpus->smt));
	cpu_step("online", cpus->top, sizeof(cpus->top));
	return 0;
}

static unsigned int restore_at_start(void)
{
	return cpus_restore(&at_start);
}

void cpu_guard(void)
{
	if (!cpus_read(&at_start))
		memory_guard_also(restore_at_start);
}

const struct cpus *cpus_at_start(void)
{
	return cpu_way_find(&at_start, CPU_ONLINE, NULL) ? &at_start : NULL;
}

/*
 * "target" takes a CPU down without a change to what "online" says, and then
 * "online" does not bring it up: so both are tried.
 */
static bool cpu_restore(const struct cpus *cpus, const struct cpu *cpu)
{
	if (!cpu->may_go)
		return true;
	if (cpu_up(cpu) == 1 && cpu_marked_up(cpu))
		return true;
	if (cpu_up(cpu) == 1)
		cpu_set(cpus, cpu, CPU_TARGET, false);
	cpu_set(cpus, cpu, CPU_ONLINE, true);
	if (cpu_up(cpu) != 1)
		cpu_set(cpus, cpu, CPU_TARGET, true);
	if (cpu_up(cpu) == 1 && cpu_marked_up(cpu))
		return true;
	fprintf(stderr, "# cpu%d is not restored: it is %s, marked as %s\n",
		cpu->id, cpu_up(cpu) == 1 ? "up" : "down",
		cpu_marked_up(cpu) ? "up" : "down");
	return false;
}

unsigned int cpus_restore(const struct cpus *cpus)
{
	const char *const path = SYSFS_CPU "/smt/control";
	unsigned int failed = 0;
	char smt[ATTR_LEN] = "";
	size_t i;

	attr_read(path, smt, sizeof(smt));
	if (strcmp(smt, cpus->smt))
		attr_write(path, cpus->smt, strlen(cpus->smt));
	for (i = 0; i < cpus->nr; i++)
		failed += !cpu_restore(cpus, &cpus->cpu[i]);

	attr_read(path, smt, sizeof(smt));
	if (strcmp(smt, cpus->smt)) {
		fprintf(stderr, "# %s is not restored: \"%s\", not \"%s\"\n",
			path, smt, cpus->smt);
		failed++;
	}
	return failed;
}

static bool way_exists(const struct cpus *cpus, enum cpu_way way)
{
	switch (way) {
	case CPU_SMT:
		return !strcmp(cpus->smt, "on") && cpus->secondary &&
		       cpus->secondary <= MAX_SECONDARY;
	case CPU_TARGET:
		return cpus->top[0];
	default:
		return true;
	}
}

const struct cpu *cpu_way_find(const struct cpus *cpus, enum cpu_way way,
			       const struct cpu *not)
{
	const struct cpu *cpu, *found = NULL;

	if (!way_exists(cpus, way))
		return NULL;
	for (cpu = cpus->cpu; cpu < cpus->cpu + cpus->nr; cpu++) {
		if (cpu == not || !cpu->may_go ||
		    (way == CPU_SMT && !cpu->secondary))
			continue;
		if (!found || cpu->secondary > found->secondary)
			found = cpu;
	}
	return found;
}
