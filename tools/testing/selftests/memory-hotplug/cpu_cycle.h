/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A CPU that goes down and comes up, over and over.
 */

#ifndef CPU_CYCLE_H
#define CPU_CYCLE_H

#include "cpu.h"
#include "worker.h"

/**
 * struct cpu_cycle - what cpu_cycle_on() works on
 * @cpus:	all CPUs of the machine
 * @cpu:	the CPU
 * @way:	how it goes down and comes up
 */
struct cpu_cycle {
	const struct cpus *cpus;
	const struct cpu *cpu;
	enum cpu_way way;
};

/**
 * cpu_cycle_on() - a worker that takes a CPU down and up until it is stopped
 * @progress:	its own; once down and once up is a round
 * @arg:	a struct cpu_cycle
 *
 * Looks at the CPU after each of both, unless it is one of those that other
 * workers take down and up as well (CPU_SMT).
 *
 * Return: 0, -EBADMSG if the CPU is not as it should be, or another negative
 * errno.
 */
int cpu_cycle_on(struct progress *progress, void *arg);

#endif /* CPU_CYCLE_H */
