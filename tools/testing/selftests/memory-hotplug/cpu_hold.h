/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A CPU that takes as long to go down as a test likes, with the help of
 * CONFIG_MEMHP_CPU_HOLD. It holds cpu_hotplug_lock for writing and what the
 * attribute takes that it goes down by.
 */

#ifndef CPU_HOLD_H
#define CPU_HOLD_H

#include <stdbool.h>

#include "cpu.h"
#include "worker.h"

#define CPU_HOLD_FILE	"/sys/kernel/debug/memhp-cpu-hold"

/**
 * struct cpu_hold - a CPU on its way down
 * @cpus:	all CPUs
 * @cpu:	the CPU
 * @way:	how it is taken down
 * @fd:		the open file, 0 if there is none
 * @worker:	the child that writes to the attribute
 *
 * All zero before cpu_hold_start().
 */
struct cpu_hold {
	const struct cpus *cpus;
	const struct cpu *cpu;
	enum cpu_way way;
	int fd;
	struct worker worker;
};

/**
 * cpu_hold_start() - take a CPU half way down
 * @hold:	the result
 * @cpus:	all CPUs
 * @cpu:	the CPU, up
 * @way:	how to take it down
 *
 * Return: 0, or a negative errno.
 */
int cpu_hold_start(struct cpu_hold *hold, const struct cpus *cpus,
		   const struct cpu *cpu, enum cpu_way way);

/**
 * cpu_hold_going() - whether the CPU is still half way down
 * @hold:	the CPU
 */
bool cpu_hold_going(const struct cpu_hold *hold);

/**
 * cpu_hold_release() - let the CPU go down, and wait for it
 * @hold:	the CPU
 *
 * Return: 0, or a negative errno.
 */
int cpu_hold_release(struct cpu_hold *hold);

/**
 * cpu_hold_end() - for a teardown: let it go, if that has not been done
 * @hold:	the CPU
 *
 * Return: 0, or -ETIMEDOUT if the child does not die.
 */
int cpu_hold_end(struct cpu_hold *hold);

#endif /* CPU_HOLD_H */
