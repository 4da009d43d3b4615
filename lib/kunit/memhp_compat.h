/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the suites use and Linux 6.1 has not got yet, so that they are written as
 * for a new kernel and have no version in them.
 *
 * What is a macro is tested for; a function has come with the version that stands
 * here. What has no description of its own here is described in the new kernel.
 */

#ifndef MEMHP_COMPAT_H
#define MEMHP_COMPAT_H

#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/console.h>
#include <linux/err.h>
#include <linux/memory.h>
#include <linux/mmzone.h>
#include <linux/ptrace.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/version.h>

#define MEMHP_BEFORE(major, minor)	\
	(KERNEL_VERSION(major, minor, 0) >	\
	 KERNEL_VERSION(LINUX_VERSION_MAJOR, LINUX_VERSION_PATCHLEVEL, 0))

/* Attributes say how long a case takes. Nobody reads them there. */
#ifndef KUNIT_CASE_SLOW
#define KUNIT_CASE_SLOW(test_name) KUNIT_CASE(test_name)
#endif

#ifndef KUNIT_CASE_PARAM_ATTR
#define KUNIT_CASE_PARAM_ATTR(test_name, gen_params, ...)	\
	KUNIT_CASE_PARAM(test_name, gen_params)
#endif

/* It ends the test, but the compiler is not told. */
#ifndef KUNIT_FAIL_AND_ABORT
#define KUNIT_FAIL_AND_ABORT(test, fmt, ...)				\
	do {								\
		KUNIT_ASSERT_FAILURE(test, fmt, ##__VA_ARGS__);		\
		unreachable();						\
	} while (0)
#endif

#if defined(CONFIG_HAVE_FUNCTION_ARG_ACCESS_API)
#define MEMHP_KNOWS_ARGUMENTS
#elif defined(CONFIG_PPC64)
#define MEMHP_KNOWS_ARGUMENTS

static inline unsigned long regs_get_kernel_argument(struct pt_regs *regs,
						     unsigned int n)
{
	return n < 8 ? regs->gpr[3 + n] : 0;
}
#endif

#if MEMHP_BEFORE(6, 5)
typedef void kunit_action_t(void *ctx);

/* Tells an action from other resources, in whichever file it was added. */
#define MEMHP_ACTION	"memhp_action"

/**
 * struct memhp_action - a function that is called when a test has ended
 * @res:	has it called. It comes first: KUnit frees it, and means all of this
 * @fn:		the function, NULL if it is not to be called any more
 * @ctx:	its argument
 */
struct memhp_action {
	struct kunit_resource res;
	kunit_action_t *fn;
	void *ctx;
};

static inline void memhp_action_run(struct kunit_resource *res)
{
	struct memhp_action *action =
		container_of(res, struct memhp_action, res);

	if (action->fn)
		action->fn(action->ctx);
}

static inline bool memhp_action_match(struct kunit *test,
				      struct kunit_resource *res, void *wanted)
{
	struct memhp_action *a, *b = wanted;

	if (!kunit_resource_name_match(test, res, MEMHP_ACTION))
		return false;
	a = container_of(res, struct memhp_action, res);
	return a->fn == b->fn && a->ctx == b->ctx;
}

/**
 * kunit_add_action() - call a function when the test ends
 * @test:	the test
 * @fn:		the function
 * @ctx:	its argument
 *
 * Context: may sleep
 * Return: 0 or -ENOMEM
 */
static inline int kunit_add_action(struct kunit *test, kunit_action_t *fn,
				   void *ctx)
{
	struct memhp_action *action = kzalloc(sizeof(*action), GFP_KERNEL);

	if (!action)
		return -ENOMEM;
	action->fn = fn;
	action->ctx = ctx;
	action->res.name = MEMHP_ACTION;
	action->res.should_kfree = true;
	return __kunit_add_resource(test, NULL, memhp_action_run, &action->res,
				    action);
}

/**
 * kunit_add_action_or_reset() - the same, but call it now if that fails
 * @test:	the test
 * @fn:		the function
 * @ctx:	its argument
 *
 * Context: may sleep
 * Return: 0 or -ENOMEM
 */
static inline int kunit_add_action_or_reset(struct kunit *test,
					    kunit_action_t *fn, void *ctx)
{
	int err = kunit_add_action(test, fn, ctx);

	if (err)
		fn(ctx);
	return err;
}

/**
 * kunit_release_action() - call a function that was added now, and not later
 * @test:	the test
 * @fn:		the function, the last that was added of several
 * @ctx:	its argument
 *
 * Context: whatever @fn may be called in
 */
static inline void kunit_release_action(struct kunit *test, kunit_action_t *fn,
					void *ctx)
{
	struct memhp_action wanted = { .fn = fn, .ctx = ctx };

	kunit_destroy_resource(test, memhp_action_match, &wanted);
}

/**
 * kunit_remove_action() - a function that was added is not to be called
 * @test:	the test
 * @fn:		the function, the last that was added of several
 * @ctx:	its argument
 *
 * Context: any
 */
static inline void kunit_remove_action(struct kunit *test, kunit_action_t *fn,
				       void *ctx)
{
	struct memhp_action wanted = { .fn = fn, .ctx = ctx };
	struct kunit_resource *res =
		kunit_find_resource(test, memhp_action_match, &wanted);

	if (!res)
		return;
	container_of(res, struct memhp_action, res)->fn = NULL;
	kunit_remove_resource(test, res);
	kunit_put_resource(res);
}
#endif

#if MEMHP_BEFORE(6, 2)
/**
 * console_is_registered() - is this console in use?
 * @console: the console
 *
 * Context: may sleep. Takes console_lock.
 * Return: whether it is.
 */
static inline bool console_is_registered(struct console *console)
{
	struct console *other;
	bool found = false;

	console_lock();
	for_each_console(other)
		found |= other == console;
	console_unlock();
	return found;
}
#endif

/* Whether a CPU's file waits where CPU hotplug is disabled for a moment. */
#define MEMHP_CPU_ONLINE_WAITS	(!MEMHP_BEFORE(6, 6))

/* Whether /proc/vmstat has nr_memmap_pages. */
#define MEMHP_COUNTS_MEMMAP	(!MEMHP_BEFORE(6, 11))

#if MEMHP_BEFORE(6, 3)
#define mlock_new_folio(folio) mlock_new_page(&(folio)->page)
#endif

/* There, nothing is merged of which kmemleak is to know nothing. */
#ifndef SLAB_NO_MERGE
#define SLAB_NO_MERGE SLAB_NOLEAKTRACE
#endif

/* MAX_ORDER was the first order that does not exist, then the last that does. */
#ifndef MAX_PAGE_ORDER
#if MEMHP_BEFORE(6, 4)
#define MAX_PAGE_ORDER (MAX_ORDER - 1)
#else
#define MAX_PAGE_ORDER MAX_ORDER
#endif
#endif

/**
 * memhp_zone_is_low() - has a zone a part of min_free_kbytes?
 * @zone: the zone
 *
 * Context: any.
 * Return: whether it has. ZONE_MOVABLE had, too, before Linux 6.6.
 */
static inline bool memhp_zone_is_low(struct zone *zone)
{
	return !is_highmem(zone) && (MEMHP_BEFORE(6, 6) || zone_idx(zone) != ZONE_MOVABLE);
}

#ifdef CONFIG_MEMORY_HOTPLUG
/**
 * memhp_has_own_memmap() - does a memory block have its memmap within?
 * @block: the memory block
 *
 * Context: any. The block stays.
 * Return: whether it does.
 */
static inline bool memhp_has_own_memmap(struct memory_block *block)
{
#if MEMHP_BEFORE(6, 6)
	return block->nr_vmemmap_pages;
#else
	return block->altmap;
#endif
}

/**
 * memhp_create_blocks() - make memory blocks as the kernel does
 * @start: physical address of the first
 * @size: of all of them
 *
 * Context: process context, may sleep. The caller holds device_hotplug_lock.
 * Return: 0 or a negative errno.
 */
static inline int memhp_create_blocks(unsigned long start, unsigned long size)
{
#if MEMHP_BEFORE(6, 6)
	return create_memory_block_devices(start, size, 0, NULL);
#else
	return create_memory_block_devices(start, size, NULL, NULL);
#endif
}
#endif

/*
 * How much a CPU keeps in its lists of free pages is a number until 6.7, and from
 * then on a range.
 */
#define MEMHP_PCP_HAS_RANGE	(!MEMHP_BEFORE(6, 7))

/**
 * memhp_pcp_high_min() - the least that a CPU's lists are cut down to
 * @pcp: the lists
 *
 * Context: any.
 * Return: the number of pages.
 */
static inline int memhp_pcp_high_min(struct per_cpu_pages *pcp)
{
#if MEMHP_BEFORE(6, 7)
	return READ_ONCE(pcp->high);
#else
	return READ_ONCE(pcp->high_min);
#endif
}

/**
 * memhp_pcp_high_max() - the most that a CPU's lists may hold
 * @pcp: the lists
 *
 * Context: any.
 * Return: the number of pages, 0 if there is no range.
 */
static inline int memhp_pcp_high_max(struct per_cpu_pages *pcp)
{
#if MEMHP_BEFORE(6, 7)
	return 0;
#else
	return READ_ONCE(pcp->high_max);
#endif
}

/**
 * memhp_zone_high_min() - what the lists of a zone have as their least
 * @zone: the zone
 *
 * Context: any.
 * Return: where the zone has the number of pages.
 */
static inline int *memhp_zone_high_min(struct zone *zone)
{
#if MEMHP_BEFORE(6, 7)
	return &zone->pageset_high;
#else
	return &zone->pageset_high_min;
#endif
}

/**
 * memhp_zone_high_max() - what the lists of a zone have as their most
 * @zone: the zone
 *
 * Context: any.
 * Return: the number of pages, 0 if there is no range.
 */
static inline int memhp_zone_high_max(struct zone *zone)
{
#if MEMHP_BEFORE(6, 7)
	return 0;
#else
	return zone->pageset_high_max;
#endif
}

#if MEMHP_BEFORE(6, 7)
static inline struct shrinker *shrinker_alloc(unsigned int flags,
					      const char *name)
{
	struct shrinker *shrinker = kzalloc(sizeof(*shrinker), GFP_KERNEL);

	if (shrinker) {
		shrinker->flags = flags;
		shrinker->seeks = DEFAULT_SEEKS;
	}
	return shrinker;
}

static inline void shrinker_register(struct shrinker *shrinker)
{
	WARN_ON(register_shrinker(shrinker, "memhp"));
}

static inline void shrinker_free(struct shrinker *shrinker)
{
	unregister_shrinker(shrinker);
	kfree(shrinker);
}
#endif

#ifndef IS_ERR_PCPU
#define IS_ERR_PCPU(ptr)	IS_ERR((const void *)(__force unsigned long)(ptr))
#define PTR_ERR_PCPU(ptr)	PTR_ERR((const void *)(__force unsigned long)(ptr))
#endif

#endif /* MEMHP_COMPAT_H */
