/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CPUs as sysfs shows them, the three ways in which it takes them down and up,
 * and what a guardian has to put back.
 *
 * None of the helpers asserts: each returns 0 or a negative errno.
 */

#ifndef CPU_H
#define CPU_H

#include <stdbool.h>
#include <stddef.h>

#define SYSFS_CPU	"/sys/devices/system/cpu"

/**
 * enum cpu_way - an attribute that takes CPUs down and up
 * @CPU_ONLINE:	cpuN/online
 * @CPU_TARGET:	cpuN/hotplug/target
 * @CPU_SMT:	smt/control, for all CPUs at once that are not the first one
 *		of their core
 */
enum cpu_way {
	CPU_ONLINE,
	CPU_TARGET,
	CPU_SMT,
};

/**
 * struct cpu - a CPU when the program started
 * @id:		the N of cpuN
 * @node:	the node that it belongs to, -1 if it was down
 * @up:		whether it was up
 * @marked_up:	what its "online" said: "target" does not change that
 * @may_go:	it was up, and sysfs can take it down
 * @secondary:	it was up, but not the first one of its core
 */
struct cpu {
	int id;
	int node;
	bool up;
	bool marked_up;
	bool may_go;
	bool secondary;
};

/**
 * struct cpus - all CPUs of the machine
 * @cpu:	array of them
 * @nr:		size of the array
 * @secondary:	how many of them are that
 * @smt:	smt/control, "" if there is none
 * @top:	what to write to "target" to bring a CPU up, "" if there is no
 *		"target"
 */
struct cpus {
	struct cpu *cpu;
	size_t nr;
	unsigned int secondary;
	char smt[32];
	char top[16];
};

/**
 * cpu_guard() - have the guardian bring CPUs up again
 *
 * To be called before memory_guard_enter().
 */
void cpu_guard(void);

/**
 * cpus_at_start() - the state that the guardian restores
 *
 * Return: the CPUs as cpu_guard() found them, NULL if none of them can go down.
 */
const struct cpus *cpus_at_start(void);

/**
 * cpus_restore() - put all CPUs and smt/control back
 * @cpus:	to the state that this says
 *
 * Says on stderr what could not be put back.
 *
 * Return: how many CPUs that is.
 */
unsigned int cpus_restore(const struct cpus *cpus);

/**
 * cpu_way_name() - the attribute, for messages
 * @way:	which one
 */
const char *cpu_way_name(enum cpu_way way);

/**
 * cpu_way_find() - find a CPU that can be taken down in a way
 * @cpus:	all CPUs
 * @way:	the way
 * @not:	a CPU to leave out, or NULL
 *
 * Return: a CPU that @way takes down, if possible a secondary one, or NULL.
 */
const struct cpu *cpu_way_find(const struct cpus *cpus, enum cpu_way way,
			       const struct cpu *not);

/**
 * cpu_up() - whether a CPU is up
 * @cpu:	the CPU
 *
 * Return: 1 or 0, or a negative errno.
 */
int cpu_up(const struct cpu *cpu);

/**
 * cpu_marked_up() - what the "online" of a CPU says
 * @cpu:	the CPU
 */
bool cpu_marked_up(const struct cpu *cpu);

/**
 * cpu_step() - what to write to "target" to have a CPU stop at a step
 * @name:	the step, as hotplug/states calls it
 * @buf:	its number
 * @size:	size of @buf
 *
 * Return: 0, -ENOENT if there is no such step, or another negative errno.
 */
int cpu_step(const char *name, char *buf, size_t size);

/**
 * cpu_path() - the file to write to
 * @cpu:	the CPU
 * @way:	the way to take it down and up
 * @buf:	the path
 * @size:	size of @buf
 */
void cpu_path(const struct cpu *cpu, enum cpu_way way, char *buf, size_t size);

/**
 * cpu_value() - what to write there
 * @cpus:	all CPUs
 * @way:	the way
 * @up:		whether to bring the CPU up or to take it down
 */
const char *cpu_value(const struct cpus *cpus, enum cpu_way way, bool up);

/**
 * cpu_set() - take a CPU down or bring it up, see attr_write()
 * @cpus:	all CPUs
 * @cpu:	the CPU
 * @way:	how
 * @up:		whether to bring it up or to take it down
 *
 * Return: 0, or a negative errno.
 */
int cpu_set(const struct cpus *cpus, const struct cpu *cpu, enum cpu_way way,
	    bool up);

#endif /* CPU_H */
