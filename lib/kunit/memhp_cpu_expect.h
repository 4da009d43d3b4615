/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LIB_KUNIT_MEMHP_CPU_EXPECT_H
#define _LIB_KUNIT_MEMHP_CPU_EXPECT_H

#include <kunit/test.h>
#include <linux/cpumask.h>
#include <linux/sched.h>

#define MEMHP_NO_CPU	-1

struct task_struct *memhp_kswapd(int nid);
struct task_struct *memhp_kcompactd(int nid);
bool memhp_same_cpus(const struct cpumask *a, const struct cpumask *b);
void memhp_expect_affinity(struct kunit *test, struct task_struct *task,
			   const struct cpumask *cpus, const char *when);
void memhp_expect_kcompactd(struct kunit *test, int nid, const char *when);
void memhp_expect_numa_mem(struct kunit *test, const char *when);
void memhp_expect_consumers(struct kunit *test, int came, const char *when);

#endif
