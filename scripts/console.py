# SPDX-License-Identifier: GPL-2.0
"""Find every report in a kernel console log that says the kernel misbehaved.

Reports are known by their whole header at the start of a message, never by a
word in it: "possible" alone also finds "possible CPUs", and a KUnit diagnostic
may quote any of these texts. RULES says where in the kernel each header comes
from, so that the tests can tell when a kernel no longer prints it.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Iterable, NamedTuple

BLOCK_LINES = 80        # kept of one report
REPORT_LINES = 300      # after which a report without its end is over

STAMP = re.compile(r'\[ *(\d+\.\d{6})\](?:\[ *[TC]\d+\])? ?')
KTAP = re.compile(r'\s*(?:#(?: |$)|(?:not )?ok \d|K?TAP version \d|1\.\.\d)')

TRACE_END = r'---\[ end '
BANNER_END = r'={20,}$'
ALONE = r'.'            # the header is the whole report
_CUT = 'cut-here'
_HEADLINES = ('warning', 'bug-at')      # what "cut here" was printed for
_DIES = ('bug-at', 'page-fault', 'list-corruption', 'double-fault', 'bug')

_LOCKDEP = 'kernel/locking/lockdep.c'
_STALL = 'kernel/rcu/tree_stall.h'
_SCHED = 'kernel/sched/core.c'
_SLUB = 'mm/slub.c'


class Rule(NamedTuple):
    """One header: how to know it, and the proof that the kernel prints it."""
    kind: str
    pattern: str                # matched at the start of a message
    source: str                 # the kernel file that prints it ...
    literal: str                # ... from this fragment of a format string
    example: str                # one such line
    joins: tuple = ()           # open reports of these kinds go on with it
    end: str | None = None      # its last line; default: that of the call trace


RULES = (
    # Reports in the usual frame, from "cut here" to "end trace".
    Rule(_CUT, r'-+\[ cut here \]-+', 'include/asm-generic/bug.h',
         '------------[ cut here ]------------',
         '------------[ cut here ]------------',
         joins=('list-corruption',), end=TRACE_END),
    Rule('warning', r'WARNING: (?:CPU: \d+ PID: \d+|\S+:\d+) at ', 'kernel/panic.c',
         'WARNING: CPU: %d PID: %d at %s:%d %pS',
         'WARNING: CPU: 1 PID: 71 at mm/memory_hotplug.c:1183 online_pages+0x1e3/0x250',
         end=TRACE_END),
    Rule('bug-at', r'kernel BUG at ', 'lib/bug.c',
         'kernel BUG at %s:%u!', 'kernel BUG at mm/slub.c:448!', end=TRACE_END),
    Rule('bug-at', r'Kernel BUG at .*\[verbose debug info', 'lib/bug.c',
         'Kernel BUG at %pB [verbose debug info unavailable]',
         'Kernel BUG at free_pages+0x4a/0x50 [verbose debug info unavailable]',
         end=TRACE_END),
    Rule('refcount', r'refcount_t: ', 'lib/refcount.c',
         'refcount_t: " str ".', 'refcount_t: underflow; use-after-free.',
         end=TRACE_END),
    Rule('list-corruption', r'list_(?:add|del) (?:corruption|double add)',
         'lib/list_debug.c', 'list_add corruption. prev is NULL.',
         'list_add corruption. prev is NULL.', end=TRACE_END),
    Rule('list-corruption', r'list_(?:add|del) (?:corruption|double add)',
         'lib/list_debug.c', 'list_add double add: new=%px, prev=%px, next=%px.',
         'list_add double add: new=ffff888003a1c0a8, prev=ffff888003a1c0a8, '
         'next=ffffffff82a3b1c0.', end=TRACE_END),
    Rule('list-corruption', r'list_(?:add|del) (?:corruption|double add)',
         'lib/list_debug.c',
         'list_del corruption. prev->next should be %px, but was %px. (prev=%px)',
         'list_del corruption. prev->next should be ffff888003a1c0a8, but was '
         'dead000000000100. (prev=ffff888003a1d0a8)', end=TRACE_END),
    Rule('list-corruption', r'list_(?:add|del) (?:corruption|double add)',
         'lib/list_debug.c', 'list_del corruption, %px->next is NULL',
         'list_del corruption, ffff888003a1c0a8->next is NULL', end=TRACE_END),
    Rule('odebug', r'ODEBUG: .* \(active state \d+\)',
         'lib/debugobjects.c', 'ODEBUG: %s %s (active state %u) ',
         'ODEBUG: free active (active state 0) object: ffff888003a1c0a8 object '
         'type: work_struct hint: vmstat_update+0x0/0x60', end=TRACE_END),
    Rule('odebug', r'ODEBUG: Out of memory', 'lib/debugobjects.c',
         'Out of memory. ODEBUG disabled', 'ODEBUG: Out of memory. ODEBUG disabled',
         end=ALONE),
    Rule('ubsan', r'UBSAN: \S+ in ', 'lib/ubsan.c', 'UBSAN: %s in %s:%d:%d',
         'UBSAN: array-index-out-of-bounds in mm/page_alloc.c:5312:21',
         end=TRACE_END),

    # Faults and the end of everything.
    Rule('page-fault', r'BUG: (?:kernel NULL pointer|unable to handle)',
         'arch/x86/mm/fault.c', 'BUG: kernel NULL pointer dereference, address: %px',
         'BUG: kernel NULL pointer dereference, address: 0000000000000008',
         end=TRACE_END),
    Rule('page-fault', r'BUG: (?:kernel NULL pointer|unable to handle)',
         'arch/x86/mm/fault.c', 'BUG: unable to handle page fault for address: %px',
         'BUG: unable to handle page fault for address: ffffc90000401000',
         end=TRACE_END),
    Rule('page-fault', r'BUG: (?:Kernel NULL pointer|Unable to handle)',
         'arch/powerpc/mm/fault.c', 'BUG: %s on %s at 0x%08lx',
         'BUG: Kernel NULL pointer dereference on read at 0x00000008',
         end=TRACE_END),
    Rule('page-fault', r'BUG: (?:Kernel NULL pointer|Unable to handle)',
         'arch/powerpc/mm/fault.c', 'BUG: Unable to handle kernel instruction fetch',
         'BUG: Unable to handle kernel instruction fetch (NULL pointer?)',
         end=TRACE_END),
    Rule('page-fault', r'Unable to handle kernel .* at virtual address',
         'arch/arm64/mm/fault.c', 'Unable to handle kernel %s at virtual address %016lx',
         'Unable to handle kernel NULL pointer dereference at virtual address '
         '0000000000000008', end=TRACE_END),
    Rule('double-fault', r'(?:traps: )?PANIC: double fault', 'arch/x86/kernel/traps.c',
         'PANIC: double fault, error_code: 0x%lx',
         'traps: PANIC: double fault, error_code: 0x0', end=TRACE_END),
    Rule('panic', r'PANIC: early exception', 'arch/x86/mm/extable.c',
         'PANIC: early exception 0x%02x IP %lx:%lx error %lx cr2 0x%lx',
         'PANIC: early exception 0x0e IP 10:ffffffff81000a51 error 0 cr2 0x8',
         end=TRACE_END),
    Rule('oops', r'\S.*: [0-9a-f]{4} \[#\d+\]', 'arch/x86/kernel/dumpstack.c',
         'Oops: %s: %04lx [#%d]', 'Oops: general protection fault, probably for '
         'non-canonical address 0xdead000000000108: 0000 [#1] SMP',
         joins=_DIES, end=TRACE_END),
    Rule('oops', r'Oops: .*, sig: \d+ \[#\d+\]', 'arch/powerpc/kernel/traps.c',
         'Oops: %s, sig: %ld [#%d]', 'Oops: Kernel access of bad area, sig: 11 [#1]',
         joins=_DIES, end=TRACE_END),
    Rule('oops', r'Internal error: .*: [0-9a-f]+ \[#\d+\]', 'arch/arm64/kernel/traps.c',
         'Internal error: %s: %016lx [#%d]',
         'Internal error: Oops: 0000000096000004 [#1] SMP',
         joins=_DIES, end=TRACE_END),
    Rule('serror', r'SError Interrupt on CPU', 'arch/arm64/kernel/traps.c',
         'SError Interrupt on CPU%d, code 0x%016lx -- %s',
         'SError Interrupt on CPU0, code 0x00000000bf000002 -- SError',
         end=TRACE_END),
    Rule('panic', r'Kernel panic - not syncing', 'kernel/panic.c',
         'Kernel panic - not syncing: %s',
         'Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b',
         end=TRACE_END),

    # lockdep: what it proved wrong, then what makes it blind.
    Rule('lockdep-circular', r'WARNING: possible circular locking dependency detected',
         _LOCKDEP, 'WARNING: possible circular locking dependency detected',
         'WARNING: possible circular locking dependency detected'),
    Rule('lockdep-recursive', r'WARNING: possible recursive locking detected',
         _LOCKDEP, 'WARNING: possible recursive locking detected',
         'WARNING: possible recursive locking detected'),
    Rule('lockdep-irq-order', r'WARNING: \S+-safe -> \S+-unsafe lock order detected',
         _LOCKDEP, 'WARNING: %s-safe -> %s-unsafe lock order detected',
         'WARNING: HARDIRQ-safe -> HARDIRQ-unsafe lock order detected'),
    Rule('lockdep-irq-inversion', r'WARNING: possible irq lock inversion dependency',
         _LOCKDEP, 'WARNING: possible irq lock inversion dependency detected',
         'WARNING: possible irq lock inversion dependency detected'),
    Rule('lockdep-inconsistent', r'WARNING: inconsistent lock state', _LOCKDEP,
         'WARNING: inconsistent lock state', 'WARNING: inconsistent lock state'),
    Rule('lockdep-wait-context', r'\[ BUG: Invalid wait context \]', _LOCKDEP,
         '[ BUG: Invalid wait context ]', '[ BUG: Invalid wait context ]'),
    Rule('lockdep-nest', r'WARNING: Nested lock was not taken', _LOCKDEP,
         'WARNING: Nested lock was not taken', 'WARNING: Nested lock was not taken'),
    Rule('lockdep-unlock', r'WARNING: bad unlock balance detected', _LOCKDEP,
         'WARNING: bad unlock balance detected!',
         'WARNING: bad unlock balance detected!'),
    Rule('lockdep-contention', r'WARNING: bad contention detected', _LOCKDEP,
         'WARNING: bad contention detected!', 'WARNING: bad contention detected!'),
    Rule('lockdep-freed', r'WARNING: held lock freed', _LOCKDEP,
         'WARNING: held lock freed!', 'WARNING: held lock freed!'),
    Rule('lockdep-still-held', r'WARNING: .*/\d+ still has locks held', _LOCKDEP,
         'WARNING: %s/%d still has locks held!',
         'WARNING: kworker/0:1/12 still has locks held!'),
    Rule('lockdep-user-space', r'WARNING: lock held when returning to user space',
         _LOCKDEP, 'WARNING: lock held when returning to user space!',
         'WARNING: lock held when returning to user space!'),
    Rule('lockdep-rcu', r'WARNING: suspicious RCU usage', _LOCKDEP,
         'WARNING: suspicious RCU usage', 'WARNING: suspicious RCU usage'),
    Rule('lockdep-collision', r'WARNING: chain_key collision', _LOCKDEP,
         'WARNING: chain_key collision', 'WARNING: chain_key collision'),
    Rule('lockdep-key', r'INFO: trying to register non-static key', _LOCKDEP,
         'INFO: trying to register non-static key.',
         'INFO: trying to register non-static key.'),
    Rule('lockdep-key', r'BUG: key \S+ has not been registered', _LOCKDEP,
         'BUG: key %px has not been registered!',
         'BUG: key ffff888003a1c0a8 has not been registered!'),
    Rule('lockdep-key', r'BUG: looking up invalid subclass', _LOCKDEP,
         'BUG: looking up invalid subclass: %u', 'BUG: looking up invalid subclass: 8'),
    *(Rule('lockdep-full', r'BUG: MAX_\w+ too low', _LOCKDEP,
           f'BUG: {table} too low!', f'BUG: {table} too low!')
      for table in ('MAX_LOCKDEP_ENTRIES', 'MAX_LOCKDEP_CHAINS',
                    'MAX_LOCKDEP_CHAIN_HLOCKS', 'MAX_LOCKDEP_KEYS',
                    'MAX_STACK_TRACE_ENTRIES', 'MAX_LOCK_DEPTH')),

    # Wrong context.
    Rule('atomic', r'BUG: sleeping function called from invalid context', _SCHED,
         'BUG: sleeping function called from invalid context at %s:%d',
         'BUG: sleeping function called from invalid context at mm/slub.c:3060'),
    Rule('atomic', r'BUG: scheduling while atomic', _SCHED,
         'BUG: scheduling while atomic: %s/%d/0x%08x',
         'BUG: scheduling while atomic: swapper/0/1/0x00000002'),
    Rule('atomic', r'BUG: scheduling in a non-blocking section', _SCHED,
         'BUG: scheduling in a non-blocking section: %s/%d/%i',
         'BUG: scheduling in a non-blocking section: kworker/0:1/12/1'),
    Rule('atomic', r'BUG: assuming (?:atomic|non migratable) context', _SCHED,
         'BUG: assuming atomic context at %s:%d',
         'BUG: assuming atomic context at mm/vmstat.c:377'),
    Rule('atomic', r'BUG: assuming (?:atomic|non migratable) context', _SCHED,
         'BUG: assuming non migratable context at %s:%d',
         'BUG: assuming non migratable context at mm/vmstat.c:377'),
    Rule('atomic', r'BUG: using \S+\(\) in preemptible', 'lib/smp_processor_id.c',
         'BUG: using %s%s() in preemptible [%08x] code: %s/%d',
         'BUG: using smp_processor_id() in preemptible [00000000] code: sh/71'),
    Rule('atomic', r'(?:workqueue: )?BUG: workqueue leaked', 'kernel/workqueue.c',
         'BUG: workqueue leaked atomic, lock or RCU: %s[%d]',
         'BUG: workqueue leaked atomic, lock or RCU: kworker/0:1[12]'),
    Rule('atomic', r'(?:softirq: )?huh, entered softirq', 'kernel/softirq.c',
         'huh, entered softirq %u %s %p with preempt_count %08x, exited with %08x?',
         'huh, entered softirq 9 RCU 000000003a1c0a80 with preempt_count 00000101, '
         'exited with 00000100?', end=ALONE),
    Rule('spinlock', r'BUG: (?:spinlock|rwlock) ', 'kernel/locking/spinlock_debug.c',
         'BUG: spinlock %s on CPU#%d, %s/%d',
         'BUG: spinlock bad magic on CPU#0, swapper/0/1'),
    Rule('spinlock', r'BUG: (?:spinlock|rwlock) ', 'kernel/locking/spinlock_debug.c',
         'BUG: rwlock %s on CPU#%d, %s/%d, %p',
         'BUG: rwlock recursion on CPU#0, swapper/0/1, 000000003a1c0a80'),

    # Nothing moves any more.
    Rule('rcu-stall', r'(?:rcu: )?INFO: \S+ detected stall', _STALL,
         'INFO: %s detected stalls on CPUs/tasks:',
         'rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:'),
    Rule('rcu-stall', r'(?:rcu: )?INFO: \S+ detected stall', _STALL,
         'INFO: %s detected stall, but suppressed full report due to a stuck CSD-lock.',
         'rcu: INFO: rcu_sched detected stall, but suppressed full report due to a '
         'stuck CSD-lock.'),
    Rule('rcu-stall', r'(?:rcu: )?INFO: \S+ self-detected stall on CPU', _STALL,
         'INFO: %s self-detected stall on CPU',
         'rcu: INFO: rcu_sched self-detected stall on CPU'),
    Rule('rcu-stall', r'(?:rcu: )?INFO: \S+ detected expedited stalls',
         'kernel/rcu/tree_exp.h', 'INFO: %s detected expedited stalls on CPUs/tasks: {',
         'rcu: INFO: rcu_sched detected expedited stalls on CPUs/tasks: { 1-... } '
         '26 jiffies s: 245 root: 0x2/.'),
    Rule('rcu-stall', r'(?:rcu: )?INFO: \S+ detected stall', 'kernel/rcu/tasks.h',
         'INFO: rcu_tasks detected stalls on tasks:',
         'INFO: rcu_tasks detected stalls on tasks:'),
    Rule('rcu-stall', r'(?:rcu: )?INFO: \S+ detected stall', 'kernel/rcu/tasks.h',
         'INFO: rcu_tasks_trace detected stalls on tasks:',
         'INFO: rcu_tasks_trace detected stalls on tasks:'),
    Rule('hung-task', r'INFO: task .* blocked for more than \d+ seconds',
         'kernel/hung_task.c', 'INFO: task %s:%d blocked for more than %ld seconds.',
         'INFO: task kworker/u8:1:11 blocked for more than 60 seconds.'),
    Rule('soft-lockup', r'(?:watchdog: )?BUG: soft lockup', 'kernel/watchdog.c',
         'BUG: soft lockup - CPU#%d stuck for %us! [%s:%d]',
         'watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [sh:71]'),
    Rule('hard-lockup', r'[\w :]*Watchdog detected hard LOCKUP', 'kernel/watchdog.c',
         'Watchdog detected hard LOCKUP on cpu %d',
         'watchdog: Watchdog detected hard LOCKUP on cpu 1'),
    Rule('hard-lockup', r'(?:watchdog: )?CPU \d+ (?:self-)?detected hard LOCKUP',
         'arch/powerpc/kernel/watchdog.c',
         'CPU %d detected hard LOCKUP on other CPUs %*pbl',
         'watchdog: CPU 0 detected hard LOCKUP on other CPUs 1'),
    Rule('hard-lockup', r'(?:watchdog: )?CPU \d+ (?:self-)?detected hard LOCKUP',
         'arch/powerpc/kernel/watchdog.c', 'CPU %d self-detected hard LOCKUP @ %pS',
         'watchdog: CPU 1 self-detected hard LOCKUP @ _raw_spin_lock+0x44/0xf0'),
    Rule('workqueue-lockup', r'(?:workqueue: )?BUG: workqueue lockup',
         'kernel/workqueue.c', 'BUG: workqueue lockup - pool',
         'BUG: workqueue lockup - pool cpus=1 node=0 flags=0x0 nice=0 stuck for 41s!'),
    Rule('csd-lock', r'smp: csd: Detected non-responsive CSD lock', 'kernel/smp.c',
         'csd: %s non-responsive CSD lock (#%d) on CPU#%d',
         'smp: csd: Detected non-responsive CSD lock (#1) on CPU#0, waiting '
         '5000000032 ns for CPU#01 do_flush_tlb_all+0x0/0x20(0x0).'),

    # Memory.
    Rule('kasan', r'BUG: KASAN: ', 'mm/kasan/report.c', 'BUG: KASAN: %s in %pS',
         'BUG: KASAN: slab-use-after-free in show_slab_objects+0x1a2/0x2f0',
         end=BANNER_END),
    Rule('kasan', r'KASAN: \S+ in range ', 'mm/kasan/report.c',
         'KASAN: %s in range [0x%016lx-0x%016lx]',
         'KASAN: null-ptr-deref in range [0x0000000000000008-0x000000000000000f]',
         joins=('oops', 'page-fault')),
    Rule('kcsan', r'BUG: KCSAN: ', 'kernel/kcsan/report.c',
         'BUG: KCSAN: %s in %ps / %ps',
         'BUG: KCSAN: data-race in build_zonelists / zone_watermark_ok',
         end=BANNER_END),
    Rule('kmsan', r'BUG: KMSAN: ', 'mm/kmsan/report.c', 'BUG: KMSAN: %s in %pSb',
         'BUG: KMSAN: uninit-value in next_zones_zonelist+0x61/0x90',
         end=BANNER_END),
    Rule('kfence', r'BUG: KFENCE: ', 'mm/kfence/report.c',
         'BUG: KFENCE: use-after-free %s in %pS',
         'BUG: KFENCE: use-after-free read in show_slab_objects+0x1a2/0x2f0',
         end=BANNER_END),
    Rule('kmemleak', r'kmemleak: \d+ new suspected memory leaks', 'mm/kmemleak.c',
         '%d new suspected memory leaks (see /sys/kernel/debug/kmemleak)',
         'kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)',
         end=ALONE),
    Rule('slub', r'BUG .* \(.*[Tt]ainted.*\): ', _SLUB, 'BUG %s (%s): %pV',
         'BUG kmalloc-64 (Not tainted): Right Redzone overwritten'),
    Rule('slub', r'SLUB:? \S+:? .*\d+ (?:partial )?slabs counted but counter=', _SLUB,
         'SLUB %s: %ld partial slabs counted but counter=%ld',
         'SLUB kmalloc-64: 3 partial slabs counted but counter=4', end=ALONE),
    Rule('slub', r'SLUB:? \S+:? .*\d+ (?:partial )?slabs counted but counter=', _SLUB,
         'SLUB: %s %ld slabs counted but counter=%ld',
         'SLUB: kmalloc-64 3 slabs counted but counter=4', end=ALONE),
    Rule('bad-page', r'BUG: Bad page ', 'mm/page_alloc.c',
         'BUG: Bad page state in process %s  pfn:%05lx',
         'BUG: Bad page state in process sh  pfn:10400'),
    Rule('bad-page', r'BUG: Bad page ', 'mm/memory.c',
         'BUG: Bad page map in process %s  pte:%08llx pmd:%08llx',
         'BUG: Bad page map in process sh  pte:10400067 pmd:10401067'),
    Rule('bad-page', r'BUG: Bad page ', 'mm/filemap.c',
         'BUG: Bad page cache in process %s  pfn:%05lx',
         'BUG: Bad page cache in process sh  pfn:10400'),
    Rule('bad-mm', r'BUG: Bad rss-counter state', 'kernel/fork.c',
         'BUG: Bad rss-counter state mm:%p type:%s val:%ld',
         'BUG: Bad rss-counter state mm:000000003a1c0a80 type:MM_ANONPAGES val:1',
         end=ALONE),
    Rule('bad-mm', r'BUG: non-zero pgtables_bytes on freeing mm', 'kernel/fork.c',
         'BUG: non-zero pgtables_bytes on freeing mm: %ld',
         'BUG: non-zero pgtables_bytes on freeing mm: 4096', end=ALONE),
    Rule('page-table', r'.*: Corrupted page table at address', 'arch/x86/mm/fault.c',
         '%s: Corrupted page table at address %lx',
         'sh: Corrupted page table at address 7f2a10400000', end=TRACE_END),
    Rule('alloc-failure', r'\S.*: page allocation failure: order:\d', 'mm/page_alloc.c',
         'page allocation failure: order:%u', 'kworker/0:1: page allocation failure: '
         'order:4, mode:0xcc0(GFP_KERNEL), nodemask=(null)'),
    Rule('alloc-failure', r'\S.*: vmalloc error: size \d+', 'mm/vmalloc.c',
         'vmalloc error: size %lu, failed to allocate pages',
         'sh: vmalloc error: size 16384, failed to allocate pages, '
         'mode:0xcc2(GFP_KERNEL|__GFP_HIGHMEM), nodemask=(null)'),
    Rule('alloc-failure', r'SLUB: Unable to allocate memory on', _SLUB,
         'SLUB: Unable to allocate memory on CPU %u (of node %d) on node %d',
         'SLUB: Unable to allocate memory on CPU 0 (of node 0) on node -1, '
         'gfp=0x820(GFP_ATOMIC)'),
    Rule('oom', r'\S.* invoked oom-killer: ', 'mm/oom_kill.c',
         '%s invoked oom-killer: gfp_mask=%#x(%pGg), order=%d',
         'sh invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE), order=0, '
         'oom_score_adj=0', end=r'.*: Killed process \d'),
    Rule('oom', r'.*[Oo]ut of memory.*: Killed process \d', 'mm/oom_kill.c',
         '%s: Killed process %d (%s) total-vm:%lukB',
         'Out of memory: Killed process 71 (sh) total-vm:4096kB, anon-rss:128kB',
         joins=('oom',), end=ALONE),

    # The object model: what is left behind when a device goes and comes again.
    Rule('sysfs', r'sysfs: cannot create duplicate filename', 'fs/sysfs/dir.c',
         "cannot create duplicate filename '%s/%s'",
         "sysfs: cannot create duplicate filename '/devices/system/memory/memory40'"),
    Rule('kobject', r'kobject: kobject .*something is seriously wrong', 'lib/kobject.c',
         'kobject (%p): tried to init an initialized object, something is seriously '
         'wrong.', 'kobject: kobject (000000003a1c0a80): tried to init an '
         'initialized object, something is seriously wrong.'),

    # Whatever else calls itself a bug, and what we cannot have read.
    Rule('bug', r'(?:\S+: )?BUG: ', 'arch/x86/kernel/traps.c',
         'BUG: %s stack guard page was hit at %p (stack is %p..%p)',
         'BUG: IRQ stack guard page was hit at 000000003a1c0a80 (stack is '
         '000000003a1c1000..000000003a1c5000)', end=TRACE_END),
    Rule('dropped', r'\*\* \d+ printk messages dropped \*\*', 'kernel/printk/printk.c',
         '** %lu printk messages dropped **', '** 37 printk messages dropped **',
         end=ALONE),
)

_COMPILED = [(re.compile(rule.pattern), rule) for rule in RULES]
_ANY = re.compile('|'.join(sorted({f'(?:{rule.pattern})' for rule in RULES})))
_TRACE_LINE = re.compile(r'\s|\[|---|[A-Z]\w+:|.*\+0x')


@dataclass
class Splat:
    """One report of the kernel."""
    kind: str
    title: str                  # its header, without time stamp
    line: int                   # where it starts, from 1
    time: float | None
    lines: list[str] = field(default_factory=list)
    count: int = 1


class _Report:
    """A splat that may still go on."""

    def __init__(self, rule, splat):
        self.splat = splat
        self.end = rule.end
        self.cut = rule.kind == _CUT    # its headline is yet to come
        self.length = 0
        self.traced = False

    def takes(self, rule, text):
        """Does a line that could head a report of its own belong to this one?"""
        if self.splat.kind == _CUT and rule.end != ALONE:
            self.splat.kind, self.splat.title = rule.kind, text
            self.cut = rule.kind not in _HEADLINES
            return rule.kind != _CUT
        if self.cut and rule.kind in _HEADLINES:
            self.cut = False
            return True
        if rule.kind == _CUT and self.splat.kind in rule.joins:
            self.cut = True
            return True
        return self.splat.kind in rule.joins

    def add(self, raw, text):
        """Add a line unless the report was over before. Return: can it go on?"""
        if not self.end and self.traced and not _TRACE_LINE.match(text):
            return False
        self.traced = self.traced or text.lower().startswith('call trace:')
        self.length += 1
        if self.length <= BLOCK_LINES:
            self.splat.lines.append(raw)
        if self.end:
            return self.length < REPORT_LINES and not re.match(self.end, text)
        return self.length < BLOCK_LINES


def message(line):
    """Split a console line: (its time stamp or None, its text)."""
    text = line.rstrip('\r\n')
    # Search, for firmware may have left its last line unfinished; but a test
    # may quote anything.
    if not KTAP.match(text) and (stamp := STAMP.search(text)):
        return float(stamp[1]), text[stamp.end():]
    return None, text


def match(text):
    """The first rule for a message, or None."""
    if not _ANY.match(text):
        return None
    return next(rule for pattern, rule in _COMPILED if pattern.match(text))


def scan(lines: Iterable[str]) -> list[Splat]:
    """Find every report in the lines of a console log, in their order."""
    splats = []
    report = None
    for number, line in enumerate(lines, 1):
        time, text = message(line)
        if KTAP.match(text):
            if report and not report.end:
                report = None
            continue
        rule = match(text)
        if rule and not (report and report.takes(rule, text)):
            report = _Report(rule, Splat(rule.kind, text, number, time))
            splats.append(report.splat)
        if report and not report.add(line.rstrip('\r\n'), text):
            report = None
    return splats


def _key(splat):
    """What reports of one problem have in common."""
    title = re.sub(r'0x[0-9a-f]+|\b[0-9a-f]{8,16}\b', 'N', splat.title)
    title = re.sub(r'(?<![\w.-])(?<!\.[chS]:)\d+', 'N', title)
    place = re.search(r'[\w/-]+\.[chS]:\d+', '\n'.join(splat.lines[:6]))
    return splat.kind, title, place and place[0]


def dedup(splats: Iterable[Splat]) -> list[Splat]:
    """Merge the reports of one problem into the first of them, with a count."""
    merged = {}
    for splat in splats:
        key = _key(splat)
        if key in merged:
            merged[key].count += splat.count
        else:
            merged[key] = replace(splat)
    return list(merged.values())
