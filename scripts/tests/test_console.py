# SPDX-License-Identifier: GPL-2.0
"""Tests of console.py: every badness is found, once, and nothing else is."""

import re

import pytest

import console

# From real boots of the kernels under test. Much of it sounds bad.
CLEAN = '''
SeaBIOS (version 1.16.2-debian-1.16.2-1)
Booting from ROM..[    0.000000] Linux version 6.12.117 (root@vm) #3 SMP
[    0.000000] Command line: console=ttyS0 panic=-1 oops=panic panic_on_warn=1
[    0.000000] [Firmware Bug]: TSC doesn't count with P0 frequency!
[    0.047340] smpboot: Allowing 4 possible CPUs, 0 hotplug CPUs
[    0.096538] rcu: Hierarchical RCU implementation.
[    0.096553] rcu: \tRCU lockdep checking is enabled.
[    0.131576] Lock dependency validator: Copyright (c) 2006 Red Hat, Inc., Ingo Molnar
[    0.132300] ... MAX_LOCKDEP_ENTRIES:     32768
[    0.132614]  memory used by lock dependency info: 6429 kB
[    0.475801] Spectre V2 : WARNING: Unprivileged eBPF is enabled, data leaks possible!
[    0.671365] kprobes: kprobe jump-optimization is enabled. All kprobes are optimized if possible.
[    0.700000] kmemleak: Kernel memory leak detector initialized (mem pool available: 15786)
[    0.700100] kfence: initialized - using 2097152 bytes for 255 objects
[    0.700200] kasan: KernelAddressSanitizer initialized (generic)
[    0.710000] Warning: unable to open an initial console.
[    1.162370] KTAP version 1
[    1.162400] 1..1
[    1.163055]     KTAP version 1
[    1.163289]     # Subtest: zonelist
[    1.163300]     1..2
[    1.176000]     # order: WARNING: possible recursive locking detected
[    1.176044]     ok 1 order # SKIP BUG: unable to handle page fault for address: 0
[    1.177000]     # text: EXPECTATION FAILED at lib/kunit/zonelist_kunit.c:12
[    1.177000]     Expected line == "Kernel panic - not syncing", but
[    1.177100]     not ok 2 text
[    1.188728] # zonelist: [    1.000000] BUG: MAX_LOCKDEP_ENTRIES too low!
# zonelist: [    1.000000] BUG: MAX_LOCKDEP_ENTRIES too low!
[    1.188848] not ok 1 zonelist
[    2.000000] memhp: booted=4711
[    2.100000] migrating pfn 10400 failed ret:1 type:0
[    2.100100] page: refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x10400
[    2.100200] page dumped because: unmovable page
[    2.200000] FAULT_INJECTION: forcing a failure.
[    2.200100] Call Trace:
[    2.200200]  <TASK>
[    2.200300]  should_failslab+0x9/0x20
[    2.200400]  </TASK>
[    2.300000] Offlined Pages 32768
[    2.300100] Built 2 zonelists, mobility grouping on.  Total pages: 119707
[    2.400000] memhp: timeout=300 s: ./node_test
[    2.400100] sysrq: Show Locks Held
[    2.400200] Showing all locks held in the system:
[    2.400300] 2 locks held by node_test/92:
[    2.400400]  #0: ffff888003a1c0a8 (device_hotplug_lock){+.+.}-{4:4}, at: state_store+0x41
[    2.400500] =============================================
[    2.500000] reboot: Power down
'''.splitlines()

WARN = '''
[    3.000001] ------------[ cut here ]------------
[    3.000002] online_pages: zone is empty
[    3.000003] WARNING: CPU: 1 PID: 71 at mm/memory_hotplug.c:1183 online_pages+0x1e3/0x250
[    3.000004] Call Trace:
[    3.000005]  <TASK>
[    3.000006]  memory_subsys_online+0x4a/0x90
[    3.000007]  </TASK>
[    3.000008] irq event stamp: 4711
[    3.000009] ---[ end trace 0000000000000000 ]---
'''.strip().splitlines()

CIRCULAR = '''
[    4.000001] ======================================================
[    4.000002] WARNING: possible circular locking dependency detected
[    4.000003] 6.12.117 #3 Not tainted
[    4.000004] ------------------------------------------------------
[    4.000005] sh/71 is trying to acquire lock:
[    4.000006] ffffffff82a3b1c0 (cpu_hotplug_lock){++++}-{0:0}, at: online_pages+0x1e3/0x250
[    4.000007] but task is already holding lock:
[    4.000008] stack backtrace:
[    4.000009] Call Trace:
[    4.000010]  <TASK>
[    4.000011]  check_noncircular+0x13e/0x150
[    4.000012]  </TASK>
'''.strip().splitlines()

OOPS = '''
[    5.000001] BUG: kernel NULL pointer dereference, address: 0000000000000008
[    5.000002] #PF: supervisor read access in kernel mode
[    5.000003] Oops: Oops: 0000 [#1] SMP
[    5.000004] RIP: 0010:build_zonelists+0x1e3/0x250
[    5.000005] Call Trace:
[    5.000006]  <TASK>
[    5.000007]  </TASK>
[    5.000008] ---[ end trace 0000000000000000 ]---
[    5.000009] RIP: 0010:build_zonelists+0x1e3/0x250
[    5.000010] Kernel panic - not syncing: Fatal exception
[    5.000011] ---[ end Kernel panic - not syncing: Fatal exception ]---
'''.strip().splitlines()

CONVERSION = re.compile(r'%[-#0 +*.\d]*(?:ll|[lzht])?(?:p[A-Za-z]*|[A-Za-z])')


def kinds(lines):
    return [splat.kind for splat in console.scan(lines)]


def name(rule):
    return f'{rule.kind}-{rule.literal[:30]}'


def test_clean_boot():
    assert console.scan(CLEAN) == []


@pytest.mark.parametrize('rule', console.RULES, ids=name)
@pytest.mark.parametrize('prefix', ['', '[    1.234567] ', '[   12.345678][   T71] ',
                                    '[    0.000001][    C0] '])
def test_example(rule, prefix):
    splats = console.scan([*CLEAN, f'{prefix}{rule.example}\r\n'])
    assert [(splat.kind, splat.title) for splat in splats] == [(rule.kind, rule.example)]
    assert splats[0].line == len(CLEAN) + 1
    assert (splats[0].time is None) == (prefix == '')


@pytest.mark.parametrize('rule', console.RULES, ids=name)
def test_kernel_prints_it(rule, tree):
    source = tree / rule.source
    assert rule.literal in source.read_text('utf-8', 'replace')


@pytest.mark.parametrize('rule', console.RULES, ids=name)
def test_example_is_of_the_literal(rule):
    literal = rule.literal.replace('" str "', '%s')     # REFCOUNT_WARN()
    pattern = '.+'.join(map(re.escape, CONVERSION.split(literal)))
    assert re.search(pattern, rule.example)


def test_no_header_of_lockdep_is_unknown(tree):
    source = (tree / 'kernel/locking/lockdep.c').read_text('utf-8')
    headers = re.findall(r'"((?:WARNING: |BUG: |\[ BUG: |INFO: trying)[^"]*?)(?:\\n)?"',
                         source)
    assert len(headers) > 20
    for header in headers:
        assert console.match(CONVERSION.sub('1', header)), header


def test_ktap_is_not_the_kernel_speaking():
    for prefix in ('# ', '    # ', 'ok 1 ', '        not ok 2 '):
        for rule in console.RULES:
            assert kinds([f'[    1.234567] {prefix}{rule.example}']) == []


def test_only_whole_headers_at_the_start():
    assert kinds(['[    1.0] x', '[    1.234567] smpboot: 4 possible CPUs',
                  '[    1.234567]  WARNING: possible recursive locking detected',
                  '[    1.234567] test says: BUG: KASAN: wild-access']) == []


def test_warn_is_one_report_with_its_message():
    splat, = console.scan([*CLEAN, *WARN, *CLEAN])
    assert splat.kind == 'warning'
    assert splat.title == WARN[2].partition('] ')[2]
    assert splat.line == len(CLEAN) + 1
    assert splat.time == 3.000001
    assert splat.lines == WARN


def test_message_of_a_warn_gives_the_kind():
    lines = [WARN[0], '[    3.000002] refcount_t: underflow; use-after-free.', *WARN[2:]]
    splat, = console.scan(lines)
    assert (splat.kind, splat.title) == ('refcount',
                                         'refcount_t: underflow; use-after-free.')
    assert splat.lines == lines


def test_lockdep_report_is_counted_once():
    splat, = console.scan([*CIRCULAR, *CLEAN])
    assert splat.kind == 'lockdep-circular'
    assert splat.lines == CIRCULAR[1:]


def test_warn_within_a_lockdep_report_is_another():
    assert kinds(CIRCULAR[:6] + WARN + CIRCULAR[6:]) == ['lockdep-circular', 'warning']


def test_oops_goes_on_from_its_cause_and_panic_is_another():
    assert kinds([*OOPS, *CLEAN]) == ['page-fault', 'panic']


def test_ktap_in_the_middle_of_an_oops():
    assert kinds([*OOPS[:2], '[    5.000002]     # storm: walks 12', *OOPS[2:]]) == [
        'page-fault', 'panic']


def test_one_headline_for_a_cut():
    warning = WARN[2]
    hung = 'INFO: task a:1 blocked for more than 60 seconds.'
    assert kinds([WARN[0], warning, warning]) == ['warning', 'warning']
    refcount = [WARN[0], 'refcount_t: underflow; use-after-free.']
    assert kinds([*refcount, warning, warning]) == ['refcount', 'warning']
    assert kinds([*refcount, hung]) == ['refcount', 'hung-task']
    assert kinds([*OOPS[:3], warning]) == ['page-fault', 'warning']
    assert kinds([WARN[0], *WARN]) == ['cut-here', 'warning']
    assert kinds([WARN[0], '** 7 printk messages dropped **', *WARN[2:]]) == [
        'cut-here', 'dropped', 'warning']


def test_bug_after_list_corruption():
    assert kinds(['list_add corruption. prev is NULL.', WARN[0],
                  'kernel BUG at lib/list_debug.c:26!',
                  'Oops: invalid opcode: 0000 [#1] SMP', WARN[-1]]) == ['list-corruption']


def test_oom_kill_belongs_to_its_oom():
    assert kinds(['sh invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0',
                  ' <TASK>', ' </TASK>', 'Mem-Info:',
                  'Out of memory: Killed process 71 (sh) total-vm:4096kB',
                  'Out of memory: Killed process 72 (sh) total-vm:4096kB']) == ['oom', 'oom']


@pytest.mark.parametrize('line', WARN, ids=range(len(WARN)))
def test_console_breaks_off(line):
    assert len(console.scan(WARN[:WARN.index(line) + 1])) == 1


def test_unfinished_line_before_a_report():
    assert kinds(['login: [    3.0000', 'init: starting[    3.000001] '
                  'WARNING: CPU: 1 PID: 71 at mm/slub.c:1 f+0x1/0x2']) == ['warning']


def test_block_is_bounded():
    for head in (WARN[:3], ['rcu: INFO: rcu_sched self-detected stall on CPU']):
        endless, = console.scan([*head, *['[    3.100000] more'] * 1000])
        assert len(endless.lines) == console.BLOCK_LINES
    assert kinds([WARN[0], *['more'] * console.REPORT_LINES, WARN[2]]) == [
        'cut-here', 'warning']
    kasan, = console.scan(['=' * 66, 'BUG: KASAN: wild-access in f+0x1/0x2', 'Call Trace:',
                           ' f+0x1/0x2', 'Allocated by task 71:', '=' * 66, 'more'])
    assert len(kasan.lines) == 5
    ppc, = console.scan(['WARNING: suspicious RCU usage', 'Call Trace:',
                         '[c0000000] [c0000001] f+0x1/0x2', 'Offlined Pages 32768'])
    assert len(ppc.lines) == 3
    alone, = console.scan(['** 7 printk messages dropped **', 'Offlined Pages 32768'])
    assert len(alone.lines) == 1
    ktap, = console.scan(['INFO: task a:1 blocked for more than 60 seconds.',
                          'ok 1 zonelist', 'Offlined Pages 32768'])
    assert len(ktap.lines) == 1


def test_dedup_sees_through_what_varies():
    def hung(pid, ptr):
        return f'INFO: task kworker/u8:{pid}:{pid} blocked for more than {ptr} seconds.'
    splats = console.scan([hung(1, 60), hung(2, 120)])
    merged, = console.dedup(splats)
    assert (merged.count, merged.title) == (2, splats[0].title)
    assert [splat.count for splat in splats] == [1, 1]


def test_dedup_keeps_what_differs():
    other = [line.replace(':1183', ':1184') for line in WARN]
    assert len(console.dedup(console.scan(WARN + other + WARN))) == 2
    rcu = ['WARNING: suspicious RCU usage', '6.12.117 #3 Not tainted', '-----']
    assert len(console.dedup(console.scan(
        [*rcu, 'mm/slub.c:12 suspicious usage!', *rcu, 'mm/slub.c:99 suspicious usage!']))) == 2
    slub = 'BUG kmalloc-{} (Not tainted): Right Redzone overwritten'
    assert len(console.dedup(console.scan([slub.format(64), slub.format(128)]))) == 2
