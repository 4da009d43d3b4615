// SPDX-License-Identifier: GPL-2.0
/*
 * What is left of memory that has been removed: nothing, but that what others may
 * still look at is not freed under them.
 */
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/kprobes.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/uaccess.h>
#include <trace/events/kmem.h>

#include "memhp_compat.h"
#include "memhp_node.h"

#if defined(CONFIG_MEMORY_HOTREMOVE) && defined(CONFIG_KPROBES) && \
	defined(MEMHP_KNOWS_ARGUMENTS)

static struct memhp_node *get_node(struct kunit *test)
{
	struct memhp_node *node = memhp_node_get(test);

	if (!node)
		kunit_skip(test, "no node with nothing but offline memory");
	return node;
}

/**
 * struct calls - what a task hands to a function
 * @probe: on the function
 * @task: the task
 * @sum: of the first argument in all calls
 */
struct calls {
	struct kprobe probe;
	struct task_struct *task;
	long sum;
};

static int called(struct kprobe *probe, struct pt_regs *regs)
{
	struct calls *calls = container_of(probe, struct calls, probe);

	if (current == calls->task)
		calls->sum += regs_get_kernel_argument(regs, 0);
	return 0;
}

static void unprobe(void *probe)
{
	unregister_kprobe(probe);
}

static struct calls *watch_calls(struct kunit *test, const char *function)
{
	struct calls *calls = kunit_kzalloc(test, sizeof(*calls), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, calls);
	calls->task = current;
	calls->probe.symbol_name = function;
	calls->probe.pre_handler = called;
	KUNIT_ASSERT_EQ(test, register_kprobe(&calls->probe), 0);
	KUNIT_ASSERT_EQ(test,
			kunit_add_action_or_reset(test, unprobe, &calls->probe),
			0);
	return calls;
}

/*
 * nr_memmap_pages of /proc/vmstat counts the memmap of the node no longer. Another
 * counter has what was there at boot, until that is removed and added.
 */
static void memmap_counts_no_more(struct kunit *test)
{
	struct memhp_node *node = get_node(test);
	const long pages = PHYS_PFN(PHYS_PFN(node->size) * sizeof(struct page));
	struct calls *calls;

	if (!MEMHP_COUNTS_MEMMAP)
		kunit_skip(test, "before Linux 6.11, nobody counts memmaps");
	KUNIT_ASSERT_EQ(test, memhp_node_remove(node), 0);
	KUNIT_ASSERT_EQ(test, memhp_node_add(node), 0);
	calls = watch_calls(test, "memmap_pages_add");
	KUNIT_ASSERT_EQ(test, memhp_node_remove(node), 0);
	KUNIT_EXPECT_EQ(test, calls->sum, -pages);
	KUNIT_ASSERT_EQ(test, memhp_node_add(node), 0);
	KUNIT_EXPECT_EQ(test, calls->sum, 0);
}

static int hold_block(struct memory_block *mem, void *arg)
{
	get_device(&mem->dev);
	*(struct device **)arg = &mem->dev;
	return 1;
}

/* Nobody but us holds a memory block that has been removed. */
static void block_is_let_go(struct kunit *test)
{
	struct memhp_node *node = get_node(test);
	struct device *dev = NULL;

	walk_memory_blocks(node->start, node->size, &dev, hold_block);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	KUNIT_EXPECT_EQ(test, memhp_node_remove(node), 0);
	KUNIT_EXPECT_EQ(test, kref_read(&dev->kobj.kref), 1);
	put_device(dev);
}

static int count_block(struct memory_block *mem, void *nr)
{
	++*(int *)nr;
	return 0;
}

/* If one block of a range cannot be made, none of the others stays. */
static void block_is_in_the_way(struct kunit *test)
{
	const u64 size = memory_block_size_bytes();
	struct memhp_node *node = get_node(test);
	const u64 last = node->start + node->size - size;
	int nr = 0;

	if (node->start == last)
		kunit_skip(test, "node %d has only one block", node->nid);
	KUNIT_ASSERT_EQ(test, memhp_node_remove(node), 0);

	lock_device_hotplug();
	KUNIT_EXPECT_EQ(test, memhp_create_blocks(last, size), 0);
	KUNIT_EXPECT_EQ(test, memhp_create_blocks(node->start, node->size),
			-EEXIST);
	walk_memory_blocks(node->start, node->size, &nr, count_block);
	KUNIT_EXPECT_EQ_MSG(test, nr, 1, "memory blocks of node %d that stay",
			    node->nid);
	remove_memory_block_devices(last, size);
	unlock_device_hotplug();
}

/**
 * struct frees - how often a task frees something
 * @task: the task
 * @what: what it should not free
 * @nr: how often it did
 */
struct frees {
	struct task_struct *task;
	const void *what;
	int nr;
};

static void freed(void *data, unsigned long call_site, const void *ptr)
{
	struct frees *frees = data;

	if (in_task() && current == frees->task && ptr == frees->what)
		frees->nr++;
}

static void unwatch_frees(void *frees)
{
	unregister_trace_kfree(freed, frees);
	tracepoint_synchronize_unregister();
}

/*
 * Not with a kprobe: that changes code which other CPUs always are in, and one of
 * QEMU's (7.2, TCG) once met the breakpoint after it was gone, for which nobody is
 * responsible any more.
 */
static struct frees *watch_frees(struct kunit *test, const void *what)
{
	struct frees *frees = kunit_kzalloc(test, sizeof(*frees), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, frees);
	frees->task = current;
	frees->what = what;
	KUNIT_ASSERT_EQ(test, register_trace_kfree(freed, frees), 0);
	KUNIT_ASSERT_EQ(test,
			kunit_add_action_or_reset(test, unwatch_frees, frees),
			0);
	return frees;
}

/* pfn_valid() reads it under RCU: who removes a section does not free it. */
static void section_usage_outlives_readers(struct kunit *test)
{
	struct memhp_node *node = get_node(test);
	struct mem_section *section = __pfn_to_section(PHYS_PFN(node->start));
	struct frees *frees;

	KUNIT_ASSERT_NOT_NULL(test, section->usage);
	if (PageReserved(virt_to_page(section->usage)))
		kunit_skip(test, "the memory was there at boot, its usage is never freed");
	frees = watch_frees(test, section->usage);

	KUNIT_ASSERT_EQ(test, memhp_node_remove(node), 0);
	KUNIT_EXPECT_NULL(test, section->usage);
	KUNIT_EXPECT_EQ(test, frees->nr, 0);
}

static bool is_mapped(const void *address)
{
	char byte;

	return !copy_from_kernel_nofault(&byte, address, sizeof(byte));
}

/* Other nodes may have their memmap on the same page of page tables. */
static bool has_own_memmap(struct memhp_node *node)
{
	return IS_ALIGNED((unsigned long)pfn_to_page(PHYS_PFN(node->start)),
			  PMD_SIZE) &&
	       IS_ALIGNED(PHYS_PFN(node->size) * sizeof(struct page),
			  PMD_SIZE);
}

static void expect_mapped(struct kunit *test, struct memhp_node *node,
			  bool mapped)
{
	const unsigned long pfn = PHYS_PFN(node->start);

	KUNIT_EXPECT_EQ(test, is_mapped(__va(node->start)), mapped);
	KUNIT_EXPECT_EQ(test, is_mapped(__va(node->start + node->size) - 1),
			mapped);
	if (!mapped && !has_own_memmap(node))
		return;
	KUNIT_EXPECT_EQ(test, is_mapped(pfn_to_page(pfn)), mapped);
	KUNIT_EXPECT_EQ(test,
			is_mapped(pfn_to_page(pfn + PHYS_PFN(node->size) - 1)),
			mapped);
}

/* Neither what was in it nor its memmap can be read by its old address. */
static void memory_is_not_mapped(struct kunit *test)
{
	struct memhp_node *node = get_node(test);

	expect_mapped(test, node, true);
	KUNIT_ASSERT_EQ(test, memhp_node_remove(node), 0);
	expect_mapped(test, node, false);
	KUNIT_ASSERT_EQ(test, memhp_node_add(node), 0);
	expect_mapped(test, node, true);
}

#else

static void memmap_counts_no_more(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_HOTREMOVE, or no CONFIG_KPROBES");
}

static void block_is_let_go(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_HOTREMOVE, or no CONFIG_KPROBES");
}

static void block_is_in_the_way(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_HOTREMOVE, or no CONFIG_KPROBES");
}

static void section_usage_outlives_readers(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_HOTREMOVE, or no CONFIG_KPROBES");
}

static void memory_is_not_mapped(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_HOTREMOVE, or no CONFIG_KPROBES");
}

#endif

static struct kunit_case memhp_remove_cases[] = {
	KUNIT_CASE(memmap_counts_no_more),
	KUNIT_CASE(block_is_let_go),
	KUNIT_CASE(block_is_in_the_way),
	KUNIT_CASE(section_usage_outlives_readers),
	KUNIT_CASE(memory_is_not_mapped),
	{}
};

static struct kunit_suite memhp_remove_suite = {
	.name = "memhp_remove",
	.test_cases = memhp_remove_cases,
};

kunit_test_suite(memhp_remove_suite);

MODULE_DESCRIPTION("KUnit test for what is left of removed memory");
MODULE_LICENSE("GPL");
