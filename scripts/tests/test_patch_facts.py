# SPDX-License-Identifier: GPL-2.0
"""What is read from the logs of a boot, and when a kept baseline is the same."""

from types import SimpleNamespace

import console
import initramfs
import patch_baseline
import patch_facts

WARNING = '''\
[   {time}] ------------[ cut here ]------------
[   {time}] WARNING: CPU: 1 PID: 71 at flush_all_cpus_locked+0x17/0x1a0
[   {time}] RIP: 0010:flush_all_cpus_locked+0x17/0x1a0
[   {time}] Call Trace:
[   {time}]  ? __warn.cold+0x93/0xf2
[   {time}]  slab_memory_callback+0x50/0x90
[   {time}] ---[ end trace 0000000000000000 ]---
'''
OOPS = '[   9.000000] Kernel panic - not syncing: Fatal exception\n'
KUNIT = '''\
    # Subtest: zonelist
    ok 1 zonelist.order
ok 1 zonelist
    # Subtest: zonelist_cpuhp
    ok 1 mask_stable
{}    not ok 2 block_waits
not ok 2 zonelist_cpuhp
'''
TOOK = ('[    4.000000] memhp: took=dimm_test 1.00 4.00\n'
        '[    8.000000] memhp: took=node_test 5.00 8.00\n')
GUEST = ('# selftests: memory-hotplug: dimm_test\n'
         '# selftests: memory-hotplug: node_test\n'
         '# selftests: memory-hotplug: slab_read_test\n')


def read(tmp_path, log, reasons=(), guest='', limit=None):
    (tmp_path / 'console.log').write_text(log)
    (tmp_path / 'guest.log').write_text(guest)
    found = {'reasons': [{'kind': k, 'text': t} for k, t in reasons],
             'guest': {'booted': ['x']}, 'tests': [], 'suites': [],
             'races': []}
    return patch_facts.of_boot(found, console.scan(log.splitlines()), tmp_path,
                               None, 9.0, limit)


def first_seen(tmp_path, log, guest=''):
    problem, = read(tmp_path, log, guest=guest)['problems']
    return problem['test']


def test_first_seen_in_a_kunit_case(tmp_path):
    log = KUNIT.format(WARNING.format(time='1.000000'))
    assert first_seen(tmp_path, log) == 'zonelist_cpuhp.block_waits'


def test_first_seen_in_a_kselftest(tmp_path):
    log = KUNIT.format('') + WARNING.format(time='6.000000') + TOOK
    assert first_seen(tmp_path, log, GUEST) == 'node_test'


def test_first_seen_in_a_kselftest_without_an_end(tmp_path):
    log = TOOK + WARNING.format(time='8.500000')
    assert first_seen(tmp_path, log, GUEST) == 'slab_read_test'


def test_first_seen_in_no_test(tmp_path):
    assert not first_seen(tmp_path, WARNING.format(time='0.100000'))


def test_stack_of_a_report(tmp_path):
    problem, = read(tmp_path, WARNING.format(time='1.000000'))['problems']
    assert problem['place'] == 'flush_all_cpus_locked+0x17/0x1a0'
    assert problem['callers'] == ['slab_memory_callback+0x50/0x90']


def test_oops_ends_a_boot(tmp_path):
    found = read(tmp_path, WARNING.format(time='1.000000') + OOPS,
                 [('unfinished', "init did not get to its end")])
    assert found['ended'] == 'oops'
    assert [p['kind'] for p in found['problems']] == ['report']


def test_hang_says_where(tmp_path):
    found = read(tmp_path, '[    1.000000] calling  init_thing\n',
                 [('timeout', 'time limit'), ('boot', 'no userspace')],
                 limit=54.0)
    assert found['ended'] == 'time limit'
    problem, = found['problems']
    assert problem['text'] == ('no end after 54 s; last on the console: '
                               'calling  init_thing')


def test_other_things_are_wrong_with_a_boot(tmp_path):
    found = read(tmp_path, 'x\n', [('debug-locks', 'lockdep is off'),
                                   ('fail', 'failed: x'), ('splat', 'bug')])
    assert [p['text'] for p in found['problems']] == ['lockdep is off']


def test_kernel_that_dies_in_a_kunit_suite_came_up(tmp_path):
    found = read(tmp_path, OOPS)
    assert patch_facts.came_up(found)
    found['userspace'] = False
    assert not patch_facts.came_up(found)
    found['tests'] = {'a': ['missing', ''], 'b': ['crashed', '']}
    assert not patch_facts.came_up(found)
    found['tests']['c'] = ['pass', '']
    assert patch_facts.came_up(found)


def digest(tmp_path, content, tests=''):
    """Of a kernel whose initramfs was packed just now."""
    root, archive = tmp_path / 'root', tmp_path / 'base.cpio'
    root.mkdir(exist_ok=True)
    (root / 'init').unlink(missing_ok=True)
    (root / 'init').write_text(content)
    initramfs.pack(root, archive)
    image = tmp_path / 'vmlinux'
    image.write_text('kernel')
    return patch_baseline.digest(SimpleNamespace(
        image=image, archives={'': archive}, machine='m'), [], tests)


def test_baseline_is_known_by_what_is_booted(tmp_path):
    known = digest(tmp_path, 'init')
    assert digest(tmp_path, 'init') == known
    assert digest(tmp_path, 'tini') != known
    assert digest(tmp_path, 'init', 'zonelist') != known


def test_baseline_is_kept_whole_or_not_at_all(tmp_path):
    kept = patch_baseline.Kept(tmp_path, 'abc')
    (kept.begin() / 'vmlinux').write_text('kernel')
    kept.clean()
    assert not kept.exists() and not list(kept.folder.parent.iterdir())
    (kept.begin() / 'vmlinux').write_text('kernel')
    boots = tmp_path / 'boots'
    (boots / 'run').mkdir(parents=True)
    (boots / 'run/console.log').write_text('log')
    kept.keep({'boots': {}}, boots)
    kept.clean()
    assert kept.load(tmp_path / 'again') == {'boots': {}}
    assert (tmp_path / 'again/run/console.log').read_text() == 'log'
    assert (kept.folder / 'vmlinux').exists()
    kept.forget()
    assert not kept.exists()
