// SPDX-License-Identifier: GPL-2.0
// class:   a CPU that goes uses a memory map that is no longer known to be in use
// file:    kernel/sched/core.c
// history: 21641bd9a7a7
// arch:    powerpc
// observe: console during slab_cache_test:objects.of_a_cpu_that_goes: WARNING: at switch_mm_irqs_off
//
// Kernel threads run on with the map of the program before them, and so does the
// idle task that takes its CPU down, long after the CPU has left the masks of all
// maps. No program runs there once the CPU has been emptied: change to the kernel's
// own map then.

@@
@@
sched_cpu_wait_empty(...)
{
+	struct mm_struct *mm = current->active_mm;
+
	balance_hotplug_wait();
+	if (mm != &init_mm) {
+		mmgrab_lazy_tlb(&init_mm);
+		local_irq_disable();
+		current->active_mm = &init_mm;
+		switch_mm_irqs_off(mm, &init_mm, current);
+		local_irq_enable();
+		finish_arch_post_lock_switch();
+		mmdrop_lazy_tlb(mm);
+	}
	return 0;
}
