/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LIB_KUNIT_MEMHP_CPU_H
#define _LIB_KUNIT_MEMHP_CPU_H

#include <kunit/test.h>
#include <linux/cpumask.h>

/**
 * enum memhp_cpu_path - how a CPU is taken down and up
 * @MEMHP_CPU_DEVICE: as a write to its "online" file does, through the device
 *	core and under device_hotplug_lock
 * @MEMHP_CPU_BARE: as suspend does, with no lock but those of CPU hotplug
 */
enum memhp_cpu_path {
	MEMHP_CPU_DEVICE,
	MEMHP_CPU_BARE,
};

/**
 * struct memhp_cpu_path_param - the parameter of a test that is for each path
 * @desc: for people
 * @path: the path
 */
struct memhp_cpu_path_param {
	const char *desc;
	enum memhp_cpu_path path;
};

const void *memhp_cpu_path_gen_params(const void *prev, char *desc);
const struct cpumask *memhp_cpus_get(struct kunit *test);
const struct cpumask *memhp_cpus_of(struct kunit *test, int nid);
int memhp_cpu_down(int cpu, enum memhp_cpu_path path);
int memhp_cpu_up(int cpu, enum memhp_cpu_path path);

#endif
