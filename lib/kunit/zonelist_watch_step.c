// SPDX-License-Identifier: GPL-2.0
/*
 * Kprobes on each store instruction of the functions that write zonelists, for
 * zonelist_watch.c: for an arch without hardware watchpoints. A probe knows where
 * its instruction is about to store, and asks after the store whether anybody
 * watches that place. Loads, and stores by anybody else, go unseen.
 */
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <asm/inst.h>
#include <asm/sstep.h>

#include "memhp_compat.h"
#include "zonelist_watch.h"

#define WATCHES_MAX	4
#define PROBES_MAX	64
#define STACK_POINTER	1
#define PACA		13

/* As far as the compiler has left them as functions. */
static const char * const writers[] = {
	"__build_all_zonelists", "build_zonelists",
	"build_zonelists_in_node_order", "build_thisnode_zonelists",
	"build_zonerefs_node",
};

static struct zonelist_watch *armed[WATCHES_MAX];
static DEFINE_MUTEX(armed_lock);
static struct kprobe probes[PROBES_MAX];
static int nr_probes;
static DEFINE_PER_CPU(unsigned long, about_to_store_to);

static int before_store(struct kprobe *probe, struct pt_regs *regs)
{
	struct instruction_op op;

	analyse_instr(&op, regs, ppc_inst(probe->opcode));
	__this_cpu_write(about_to_store_to, op.ea);
	return 0;
}

static void after_store(struct kprobe *probe, struct pt_regs *regs,
			unsigned long flags)
{
	unsigned long place = __this_cpu_read(about_to_store_to);
	struct zonelist_watch *watch;
	int i;

	for (i = 0; i < WATCHES_MAX; i++) {
		/* Its place, too. */
		watch = smp_load_acquire(&armed[i]);
		if (watch && place - watch->place < watch->len)
			watch->hit(watch, regs);
	}
}

/*
 * The stack has no zonelists, and a function may begin or end there. Nor has what
 * the CPU has to itself. Among that is whether it has interrupts disabled, which an
 * exception, as a probe is one, puts back as it was before the store.
 */
static bool is_store(u32 *insn)
{
	const int base = (*insn >> 16) & 0x1f;
	struct instruction_op op;
	struct pt_regs regs = {};

	analyse_instr(&op, &regs, ppc_inst_read(insn));
	return GETTYPE(op.type) == STORE && base != STACK_POINTER && base != PACA;
}

static int probe_writer(const char *name)
{
	unsigned long start = kallsyms_lookup_name(name), size, offset;
	u32 *insn;
	int ret;

	if (!start)
		return 0;
	if (!kallsyms_lookup_size_offset(start, &size, &offset))
		return -ENOENT;
	for (insn = (u32 *)start; insn < (u32 *)(start + size); insn++) {
		if (!is_store(insn))
			continue;
		if (nr_probes == PROBES_MAX)
			return -ENOSPC;
		probes[nr_probes] = (struct kprobe) {
			.addr = (kprobe_opcode_t *)insn,
			.pre_handler = before_store,
			.post_handler = after_store,
		};
		ret = register_kprobe(&probes[nr_probes]);
		if (ret)
			return ret;
		nr_probes++;
	}
	return 0;
}

static void remove_probes(void *unused)
{
	while (nr_probes)
		unregister_kprobe(&probes[--nr_probes]);
}

int zonelist_watch_begin(struct kunit *test)
{
	int i, ret = kunit_add_action_or_reset(test, remove_probes, NULL);

	for (i = 0; i < ARRAY_SIZE(writers) && !ret; i++)
		ret = probe_writer(writers[i]);
	return ret;
}

int zonelist_watch_slots(void)
{
	return WATCHES_MAX;
}

bool zonelist_watch_sees_loads(void)
{
	return false;
}

int zonelist_watch_arm(struct zonelist_watch *watch, void *field, int len,
		       enum zonelist_access access)
{
	int i, ret = -ENOSPC;

	if (access != ZONELIST_STORES || !nr_probes)
		return -EOPNOTSUPP;
	mutex_lock(&armed_lock);
	for (i = 0; i < WATCHES_MAX && ret; i++) {
		if (armed[i])
			continue;
		watch->place = (unsigned long)field;
		watch->len = len;
		/* Whoever finds it armed finds its place. */
		smp_store_release(&armed[i], watch);
		ret = 0;
	}
	mutex_unlock(&armed_lock);
	return ret;
}

void zonelist_watch_disarm(struct zonelist_watch *watch)
{
	int i;

	mutex_lock(&armed_lock);
	for (i = 0; i < WATCHES_MAX; i++) {
		if (armed[i] != watch)
			continue;
		WRITE_ONCE(armed[i], NULL);
		/* Handlers run with interrupts off. */
		synchronize_rcu();
	}
	mutex_unlock(&armed_lock);
}
