// SPDX-License-Identifier: GPL-2.0
/*
 * CPUs that come and go: what memory management has kept for a CPU is given back
 * when it goes, a step that failed is not undone, what is the case already is not
 * done again, and nobody brings CPUs up or down while that is disabled.
 */
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/device.h>
#include <linux/error-injection.h>
#include <linux/gfp.h>
#include <linux/kallsyms.h>
#include <linux/kernfs.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/swap.h>
#include <linux/vmstat.h>
#include <linux/workqueue.h>

#include "../../mm/internal.h"
#include "memhp_compat.h"
#include "memhp_cpu.h"

#ifdef CONFIG_HOTPLUG_CPU

/* Less than the kernel waits at least, which is 620 ms. */
#define DISABLED_MS	50

/* Who does not wait has finished by then. */
#define GRACE		msecs_to_jiffies(200)

static int get_cpu_to_take(struct kunit *test)
{
	const struct cpumask *cpus = memhp_cpus_get(test);

	if (!cpus)
		kunit_skip(test, "no node whose CPUs may all go down");
	return cpumask_first(cpus);
}

/**
 * struct traces - what a CPU is made to keep for itself
 * @folio: in its LRU cache
 * @mlocked: in its cache of pages that have been mlocked
 * @zone: counted one page more of, and of its node
 */
struct traces {
	struct folio *folio, *mlocked;
	struct zone *zone;
};

static void count(struct zone *zone, int delta)
{
	mod_zone_page_state(zone, NR_MLOCK, delta);
	mod_node_page_state(zone->zone_pgdat, NR_KERNEL_MISC_RECLAIMABLE,
			    delta);
}

static long leave_traces(void *arg)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct traces *traces = arg;

	if (!page)
		return -ENOMEM;
	traces->folio = folio_alloc(GFP_KERNEL, 0);
	if (traces->folio)
		folio_add_lru(traces->folio);
	traces->mlocked = folio_alloc(GFP_KERNEL, 0);
	if (traces->mlocked)
		mlock_new_folio(traces->mlocked);
	traces->zone = page_zone(page);
	count(traces->zone, 1);
	__free_page(page);
	return traces->folio && traces->mlocked ? 0 : -ENOMEM;
}

static void expect_no_list(struct kunit *test, int cpu, struct zone *zone)
{
	KUNIT_EXPECT_EQ_MSG(test,
			    per_cpu_ptr(zone->per_cpu_pageset, cpu)->count, 0,
			    "CPU %d has gone with pages of zone %s of node %d",
			    cpu, zone->name, zone_to_nid(zone));
}

static void expect_no_change(struct kunit *test, int cpu, const s8 *diff,
			     int nr, const char *what, int nid)
{
	int i, changes = 0;

	for (i = 0; i < nr; i++)
		changes += diff[i] != 0;
	KUNIT_EXPECT_EQ_MSG(test, changes, 0,
			    "CPU %d has gone with what it has counted for %s of node %d",
			    cpu, what, nid);
}

static void expect_no_event(struct kunit *test, int cpu)
{
	struct vm_event_state *state = &per_cpu(vm_event_states, cpu);
	int i, events = 0;

	for (i = 0; i < NR_VM_EVENT_ITEMS; i++)
		events += state->event[i] != 0;
	KUNIT_EXPECT_EQ_MSG(test, events, 0,
			    "CPU %d has gone with its counts of events", cpu);
}

/*
 * Free pages, pages on their way to an LRU list, and what has been counted: all
 * of it is where others can find it when the CPU has gone.
 */
static void cpu_takes_nothing_along(struct kunit *test)
{
	const int cpu = get_cpu_to_take(test);
	struct traces traces = {};
	pg_data_t *pgdat;
	struct zone *zone;

	KUNIT_ASSERT_EQ(test, work_on_cpu(cpu, leave_traces, &traces), 0);
	KUNIT_EXPECT_EQ(test, memhp_cpu_down(cpu, MEMHP_CPU_DEVICE), 0);

	for_each_populated_zone(zone) {
		expect_no_list(test, cpu, zone);
		expect_no_change(test, cpu,
				 per_cpu_ptr(zone->per_cpu_zonestats,
					     cpu)->vm_stat_diff,
				 NR_VM_ZONE_STAT_ITEMS, zone->name,
				 zone_to_nid(zone));
	}
	for_each_online_pgdat(pgdat)
		expect_no_change(test, cpu,
				 per_cpu_ptr(pgdat->per_cpu_nodestats,
					     cpu)->vm_node_stat_diff,
				 NR_VM_NODE_STAT_ITEMS, "all", pgdat->node_id);
	expect_no_event(test, cpu);
	KUNIT_EXPECT_TRUE_MSG(test, folio_test_lru(traces.folio),
			      "CPU %d has gone with a page in its LRU cache",
			      cpu);
	KUNIT_EXPECT_TRUE_MSG(test, folio_test_lru(traces.mlocked),
			      "CPU %d has gone with a page that was mlocked on it",
			      cpu);

	count(traces.zone, -1);
	folio_put(traces.folio);
	folio_put(traces.mlocked);
}

/*
 * The work that folds the counters of a CPU is not due any more when the CPU has
 * gone: it would fold those of another one.
 */
static void cpu_leaves_no_work(struct kunit *test)
{
	const int cpu = get_cpu_to_take(test);
	struct delayed_work *work;
	unsigned long addr;

	addr = kallsyms_lookup_name("vmstat_work");
	if (!addr)
		kunit_skip(test, "no vmstat_work, or no CONFIG_KALLSYMS_ALL");
	work = per_cpu_ptr((struct delayed_work __percpu *)addr, cpu);
	schedule_delayed_work_on(cpu, work, HZ);
	KUNIT_EXPECT_EQ(test, memhp_cpu_down(cpu, MEMHP_CPU_DEVICE), 0);
	KUNIT_EXPECT_FALSE_MSG(test, delayed_work_pending(work),
			       "vmstat_work of CPU %d is pending, and the CPU has gone",
			       cpu);
}

#if defined(CONFIG_COMPACTION) && defined(CONFIG_FUNCTION_ERROR_INJECTION) && \
	defined(MEMHP_KNOWS_ARGUMENTS)

static int calls_for_nobody;

/* The function is skipped then: it would crash, and the test would hang. */
static int set_cpus_of_nobody(struct kprobe *probe, struct pt_regs *regs)
{
	if (regs_get_kernel_argument(regs, 0))
		return 0;
	calls_for_nobody++;
	override_function_with_return(regs);
	return 1;
}

/*
 * A CPU comes up, and a node has no kcompactd, as if that could not be started.
 * Nobody else looks at the pointer meanwhile.
 */
static void node_lacks_kcompactd(struct kunit *test)
{
	const int cpu = get_cpu_to_take(test);
	pg_data_t *pgdat = NODE_DATA(cpu_to_node(0));
	struct task_struct *kcompactd = pgdat->kcompactd;
	struct kprobe probe = {
		.symbol_name = "set_cpus_allowed_ptr",
		.pre_handler = set_cpus_of_nobody,
	};

	KUNIT_ASSERT_EQ(test, memhp_cpu_down(cpu, MEMHP_CPU_DEVICE), 0);
	calls_for_nobody = 0;
	KUNIT_ASSERT_EQ(test, register_kprobe(&probe), 0);
	pgdat->kcompactd = NULL;
	KUNIT_EXPECT_EQ(test, memhp_cpu_up(cpu, MEMHP_CPU_DEVICE), 0);
	pgdat->kcompactd = kcompactd;
	unregister_kprobe(&probe);
	KUNIT_EXPECT_EQ_MSG(test, calls_for_nobody, 0,
			    "CPU %d has come up, and a kcompactd that node %d lacks would be told",
			    cpu, pgdat->node_id);
}

#else

static void node_lacks_kcompactd(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_COMPACTION, or no CONFIG_FUNCTION_ERROR_INJECTION");
}

#endif

/*
 * Whoever asks for the state that a CPU is in does not change anything. A file is
 * written by its own function: nothing is mounted yet.
 */
static void target_is_repeated(struct kunit *test)
{
	const int cpu = get_cpu_to_take(test);
	struct device *dev = get_cpu_device(cpu);
	struct device_attribute *attr;
	struct kernfs_node *file;
	char text[12];
	int len;

	file = kernfs_walk_and_get(dev->kobj.sd, "hotplug/target");
	if (!file)
		kunit_skip(test, "no CONFIG_SYSFS");
	attr = container_of(file->priv, struct device_attribute, attr);
	len = scnprintf(text, sizeof(text), "%d", CPUHP_ONLINE);
	KUNIT_EXPECT_EQ(test, attr->store(dev, attr, text, len), len);
	kernfs_put(file);
	KUNIT_EXPECT_TRUE(test, cpu_online(cpu));
	KUNIT_EXPECT_FALSE_MSG(test, cpu_dying(cpu),
			       "CPU %d is online, and about to go", cpu);
}

/* As suspend disables it: nobody takes a CPU down or brings one up. */
static void disabled_is_busy(struct kunit *test)
{
	const int cpu = get_cpu_to_take(test);

	cpu_hotplug_disable();
	KUNIT_EXPECT_EQ(test, memhp_cpu_down(cpu, MEMHP_CPU_BARE), -EBUSY);
	cpu_hotplug_enable();

	KUNIT_ASSERT_EQ(test, memhp_cpu_down(cpu, MEMHP_CPU_BARE), 0);
	cpu_hotplug_disable();
	KUNIT_EXPECT_EQ(test, memhp_cpu_up(cpu, MEMHP_CPU_BARE), -EBUSY);
	cpu_hotplug_enable();
	KUNIT_EXPECT_EQ(test, memhp_cpu_up(cpu, MEMHP_CPU_BARE), 0);
}

static void enable(struct work_struct *work)
{
	cpu_hotplug_enable();
}

/*
 * Whoever writes to the "online" file of a CPU does not notice that CPU hotplug
 * is disabled, if it is not for long.
 */
static void online_waits_while_disabled(struct kunit *test)
{
	const int cpu = get_cpu_to_take(test);
	struct delayed_work work;

	if (!MEMHP_CPU_ONLINE_WAITS)
		kunit_skip(test, "before Linux 6.6, it does notice");
	KUNIT_ASSERT_EQ(test, memhp_cpu_down(cpu, MEMHP_CPU_DEVICE), 0);
	INIT_DELAYED_WORK_ONSTACK(&work, enable);
	cpu_hotplug_disable();
	schedule_delayed_work(&work, msecs_to_jiffies(DISABLED_MS));
	KUNIT_EXPECT_EQ(test, memhp_cpu_up(cpu, MEMHP_CPU_DEVICE), 0);
	flush_delayed_work(&work);
	destroy_delayed_work_on_stack(&work);
}

/**
 * struct step - a step of CPU hotplug
 * @state: its number
 * @ups: how often it was done for a CPU that comes up
 * @downs: how often it was done for a CPU that goes down
 * @ret: what it returns
 * @meanwhile: what else it does for a CPU that goes down, or NULL
 */
struct step {
	int state;
	int ups, downs;
	int ret;
	void (*meanwhile)(void);
};

/* The kernel hands a step nothing but the number of the CPU. */
static struct step lower, upper;

static int lower_up(unsigned int cpu)
{
	lower.ups++;
	return lower.ret;
}

static int lower_down(unsigned int cpu)
{
	lower.downs++;
	return lower.ret;
}

static int upper_up(unsigned int cpu)
{
	upper.ups++;
	return upper.ret;
}

static int upper_down(unsigned int cpu)
{
	upper.downs++;
	if (upper.meanwhile)
		upper.meanwhile();
	return upper.ret;
}

static void remove_step(void *step)
{
	cpuhp_remove_state_nocalls(((struct step *)step)->state);
}

static void add_step(struct kunit *test, struct step *step, const char *name,
		     int (*up)(unsigned int cpu), int (*down)(unsigned int cpu))
{
	memset(step, 0, sizeof(*step));
	step->state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, name, up,
						down);
	KUNIT_ASSERT_GT(test, step->state, 0);
	KUNIT_ASSERT_EQ(test,
			kunit_add_action_or_reset(test, remove_step, step), 0);
}

static void expect_calls(struct kunit *test, struct step *step,
			 const char *name, int ups, int downs)
{
	KUNIT_EXPECT_EQ_MSG(test, step->ups, ups, "%s step, upwards", name);
	KUNIT_EXPECT_EQ_MSG(test, step->downs, downs, "%s step, downwards",
			    name);
	step->ups = 0;
	step->downs = 0;
}

/* What was done is undone when a step fails, but not the step that failed. */
static void failed_step_is_not_undone(struct kunit *test)
{
	const int cpu = get_cpu_to_take(test);

	add_step(test, &lower, "memhp:lower", lower_up, lower_down);
	add_step(test, &upper, "memhp:upper", upper_up, upper_down);
	KUNIT_ASSERT_LT(test, lower.state, upper.state);

	lower.ret = -ENOMEM;
	KUNIT_EXPECT_EQ(test, memhp_cpu_down(cpu, MEMHP_CPU_DEVICE), -ENOMEM);
	lower.ret = 0;
	expect_calls(test, &upper, "upper", 1, 1);
	expect_calls(test, &lower, "lower", 0, 1);

	KUNIT_ASSERT_EQ(test, memhp_cpu_down(cpu, MEMHP_CPU_DEVICE), 0);
	expect_calls(test, &upper, "upper", 0, 1);
	expect_calls(test, &lower, "lower", 0, 1);

	upper.ret = -ENOMEM;
	KUNIT_EXPECT_EQ(test, memhp_cpu_up(cpu, MEMHP_CPU_DEVICE), -ENOMEM);
	upper.ret = 0;
	expect_calls(test, &upper, "upper", 1, 0);
	expect_calls(test, &lower, "lower", 1, 1);

	KUNIT_EXPECT_EQ(test, memhp_cpu_up(cpu, MEMHP_CPU_DEVICE), 0);
	expect_calls(test, &upper, "upper", 1, 0);
	expect_calls(test, &lower, "lower", 1, 0);
}

static DECLARE_COMPLETION(disabled);
static bool has_waited;

static void disable(struct work_struct *work)
{
	cpu_hotplug_disable();
	complete(&disabled);
	cpu_hotplug_enable();
}

static DECLARE_WORK(disabling, disable);

static void disable_meanwhile(void)
{
	reinit_completion(&disabled);
	queue_work(system_unbound_wq, &disabling);
	has_waited = !wait_for_completion_timeout(&disabled, GRACE);
}

/*
 * Who disables CPU hotplug may be sure that it is over: if a CPU is on its way
 * down, that is waited for.
 */
static void disable_waits_for_cpu(struct kunit *test)
{
	const int cpu = get_cpu_to_take(test);

	add_step(test, &upper, "memhp:upper", upper_up, upper_down);
	upper.meanwhile = disable_meanwhile;
	KUNIT_EXPECT_EQ(test, memhp_cpu_down(cpu, MEMHP_CPU_BARE), 0);
	flush_work(&disabling);
	KUNIT_EXPECT_EQ(test, upper.downs, 1);
	KUNIT_EXPECT_TRUE_MSG(test, has_waited,
			      "CPU hotplug is disabled, and CPU %d goes down",
			      cpu);
}

#else /* !CONFIG_HOTPLUG_CPU */

static void cpu_takes_nothing_along(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_HOTPLUG_CPU");
}

static void cpu_leaves_no_work(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_HOTPLUG_CPU");
}

static void node_lacks_kcompactd(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_HOTPLUG_CPU");
}

static void target_is_repeated(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_HOTPLUG_CPU");
}

static void disabled_is_busy(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_HOTPLUG_CPU");
}

static void online_waits_while_disabled(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_HOTPLUG_CPU");
}

static void failed_step_is_not_undone(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_HOTPLUG_CPU");
}

static void disable_waits_for_cpu(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_HOTPLUG_CPU");
}

#endif

static struct kunit_case memhp_cpu_cases[] = {
	KUNIT_CASE(cpu_takes_nothing_along),
	KUNIT_CASE(cpu_leaves_no_work),
	KUNIT_CASE(node_lacks_kcompactd),
	KUNIT_CASE(target_is_repeated),
	KUNIT_CASE(failed_step_is_not_undone),
	KUNIT_CASE(disabled_is_busy),
	KUNIT_CASE(disable_waits_for_cpu),
	KUNIT_CASE(online_waits_while_disabled),
	{}
};

static struct kunit_suite memhp_cpu_suite = {
	.name = "memhp_cpu",
	.test_cases = memhp_cpu_cases,
};

kunit_test_suite(memhp_cpu_suite);

MODULE_DESCRIPTION("KUnit test for what CPUs that come and go leave behind");
MODULE_LICENSE("GPL");
