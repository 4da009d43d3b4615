// SPDX-License-Identifier: GPL-2.0
/*
 * Whoever shrinks a slab cache waits, for as long as user space likes, before it
 * has taken any lock of slab's. By way of the cache's file in sysfs it is a user
 * of that file, which cannot be removed meanwhile.
 *
 * A handler of a kprobe must not sleep. So it has the function return to another
 * one, which may, and which then does what the first one would have done.
 */
#include <linux/completion.h>
#include <linux/kprobes.h>
#include <linux/mutex.h>

#include "../../mm/slab.h"
#include "memhp_cache_hold.h"
#include "memhp_compat.h"

#ifdef CONFIG_PPC64
#include <asm/code-patching.h>

#define ENTRY_OF(fn)	ppc_function_entry(fn)
#else
#define ENTRY_OF(fn)	((unsigned long)(fn))
#endif

static DEFINE_MUTEX(lock);		/* for held, and the kprobe */
static bool held;			/* somebody is to be */
static struct kmem_cache *next;		/* whose next shrink it is */
static DECLARE_COMPLETION(go);

/* Gets what __kmem_cache_shrink() was given. */
static int memhp_cache_held(struct kmem_cache *cache)
{
	/* Whoever is killed need not wait. */
	wait_for_completion_killable(&go);
	return __kmem_cache_shrink(cache);
}

static int shrinks(struct kprobe *probe, struct pt_regs *regs)
{
	struct kmem_cache *cache = (void *)regs_get_kernel_argument(regs, 0);

	if (!cache || cmpxchg(&next, cache, NULL) != cache)
		return 0;
	instruction_pointer_set(regs, ENTRY_OF(memhp_cache_held));
	return 1;
}

/* That there is one keeps the kprobe from becoming a jump, which would go on. */
static void has_not_shrunk(struct kprobe *probe, struct pt_regs *regs,
			   unsigned long flags)
{
}

static struct kprobe probe = {
	.symbol_name = "__kmem_cache_shrink",
	.pre_handler = shrinks,
	.post_handler = has_not_shrunk,
};

/**
 * memhp_cache_hold() - let the next one who shrinks a cache wait
 * @cache: the cache
 *
 * Context: process context, may sleep.
 * Return: 0, or -EBUSY if somebody has asked for that and not let go, or another
 * negative errno if the function cannot be probed.
 */
int memhp_cache_hold(struct kmem_cache *cache)
{
	int err = -EBUSY;

	mutex_lock(&lock);
	if (!held) {
		reinit_completion(&go);
		WRITE_ONCE(next, cache);
		probe.flags = 0;
		probe.addr = NULL;
		err = register_kprobe(&probe);
		held = !err;
	}
	mutex_unlock(&lock);
	return err;
}

/**
 * memhp_cache_go() - let go of whoever waits
 *
 * Context: process context, may sleep.
 */
void memhp_cache_go(void)
{
	mutex_lock(&lock);
	if (held) {
		unregister_kprobe(&probe);
		WRITE_ONCE(next, NULL);
		complete_all(&go);
		held = false;
	}
	mutex_unlock(&lock);
}
