// SPDX-License-Identifier: GPL-2.0
/*
 * CPUs for KUnit tests: find those of one node that may all go down, and take
 * them down and up on paths that hold different locks.
 */
#include <kunit/resource.h>
#include <linux/cpu.h>
#include <linux/device.h>
#include <linux/topology.h>

#include "memhp_compat.h"
#include "memhp_cpu.h"

static const struct memhp_cpu_path_param path_params[] = {
	{ "device core", MEMHP_CPU_DEVICE },
	{ "bare", MEMHP_CPU_BARE },
};

static void describe_path(const struct memhp_cpu_path_param *param, char *desc)
{
	strscpy(desc, param->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(path, path_params, describe_path);

/**
 * memhp_cpu_path_gen_params() - go through the paths, for KUNIT_CASE_PARAM()
 * @prev: the path before, or NULL
 * @desc: buffer for the description
 *
 * Context: any.
 * Return: the next &struct memhp_cpu_path_param, or NULL.
 */
const void *memhp_cpu_path_gen_params(const void *prev, char *desc)
{
	return path_gen_params(prev, desc);
}

#ifdef CONFIG_HOTPLUG_CPU

static bool may_go_down(int cpu)
{
	struct device *dev = get_cpu_device(cpu);

	return cpu && dev && !dev->offline_disabled;
}

/* Collect the online CPUs of a node, unless one of them has to stay. */
static bool whole_node(int nid, struct cpumask *cpus)
{
	int cpu;

	cpumask_clear(cpus);
	for_each_online_cpu(cpu) {
		if (cpu_to_node(cpu) != nid)
			continue;
		if (!may_go_down(cpu))
			return false;
		cpumask_set_cpu(cpu, cpus);
	}
	return !cpumask_empty(cpus);
}

/* Whichever path a failed assertion has left them down by. */
static void put_cpus(void *arg)
{
	struct cpumask *cpus = arg;
	int cpu;

	for_each_cpu(cpu, cpus)
		if (!cpu_online(cpu))
			memhp_cpu_up(cpu, get_cpu_device(cpu)->offline ?
					  MEMHP_CPU_DEVICE : MEMHP_CPU_BARE);
}

/* The first of these nodes all of whose CPUs may go down. */
static const struct cpumask *get_cpus(struct kunit *test,
				      const nodemask_t *nodes)
{
	struct cpumask *cpus = kunit_kzalloc(test, cpumask_size(), GFP_KERNEL);
	bool found = false;
	int nid;

	if (!cpus)
		return NULL;

	cpus_read_lock();
	for_each_node_mask(nid, *nodes) {
		found = whole_node(nid, cpus);
		if (found)
			break;
	}
	cpus_read_unlock();

	if (!found || kunit_add_action_or_reset(test, put_cpus, cpus))
		return NULL;
	return cpus;
}

/**
 * memhp_cpus_get() - find a node all of whose CPUs may go down
 * @test: the test that needs the CPUs
 *
 * CPU 0 is never among them. Those that are down when @test ends are brought
 * up.
 *
 * Context: process context, may sleep. Takes cpu_hotplug_lock.
 * Return: all online CPUs of one node, or NULL if the machine has no such node.
 */
const struct cpumask *memhp_cpus_get(struct kunit *test)
{
	return get_cpus(test, &node_online_map);
}

/**
 * memhp_cpus_of() - get the CPUs of a node, if all of them may go down
 * @test: the test that needs the CPUs
 * @nid: the node
 *
 * Those that are down when @test ends are brought up.
 *
 * Context: process context, may sleep. Takes cpu_hotplug_lock.
 * Return: all online CPUs of the node, or NULL if it has none, or one of them
 *	has to stay.
 */
const struct cpumask *memhp_cpus_of(struct kunit *test, int nid)
{
	const nodemask_t node = nodemask_of_node(nid);

	return get_cpus(test, &node);
}

/**
 * memhp_cpu_down() - take a CPU down
 * @cpu: the CPU
 * @path: by which path
 *
 * Context: process context, may sleep. Takes cpu_hotplug_lock and, if @path is
 *	MEMHP_CPU_DEVICE, device_hotplug_lock.
 * Return: 0 if it went down, or a negative errno; on MEMHP_CPU_DEVICE, 1 if it
 *	was down.
 */
int memhp_cpu_down(int cpu, enum memhp_cpu_path path)
{
	if (path == MEMHP_CPU_DEVICE)
		return remove_cpu(cpu);
	return cpu_device_down(get_cpu_device(cpu));
}

/**
 * memhp_cpu_up() - bring a CPU up
 * @cpu: the CPU
 * @path: the path by which it was taken down
 *
 * Context: process context, may sleep. Takes cpu_hotplug_lock and, if @path is
 *	MEMHP_CPU_DEVICE, device_hotplug_lock.
 * Return: 0 if it came up, or a negative errno; on MEMHP_CPU_DEVICE, 1 if it
 *	was up.
 */
int memhp_cpu_up(int cpu, enum memhp_cpu_path path)
{
	if (path == MEMHP_CPU_DEVICE)
		return add_cpu(cpu);
	return cpu_device_up(get_cpu_device(cpu));
}

#else /* !CONFIG_HOTPLUG_CPU */

const struct cpumask *memhp_cpus_get(struct kunit *test)
{
	return NULL;
}

const struct cpumask *memhp_cpus_of(struct kunit *test, int nid)
{
	return NULL;
}

int memhp_cpu_down(int cpu, enum memhp_cpu_path path)
{
	return -EOPNOTSUPP;
}

int memhp_cpu_up(int cpu, enum memhp_cpu_path path)
{
	return -EOPNOTSUPP;
}

#endif
