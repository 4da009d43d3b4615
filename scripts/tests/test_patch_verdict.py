# SPDX-License-Identifier: GPL-2.0
"""Verdicts on patches that are good, bad and no patches at all, each with one
boot.
"""

import json
from dataclasses import replace

import pytest

import common
import experiment
import patch_page
import patch_text
import patch_verdict
import scenarios
import suites
from common import Fatal
from progress import Progress
from test_patch_compare import FLUSH, NOT_HELD, boot, facts, judged, locks
from test_report import ESCAPED, NASTY, check_self_contained

# The quickest that tells a kernel without the lock.
TESTS = 'zonelist_cpuhp'

GOOD = '''\
--- a/mm/memory_hotplug.c
+++ b/mm/memory_hotplug.c
@@ -1,5 +1,5 @@
 // SPDX-License-Identifier: GPL-2.0-only
 /*
- *  linux/mm/memory_hotplug.c
+ *  linux/mm/memory_hotplug.c, where memory comes and goes
  *
  *  Copyright (C)
'''
HANGS = '''\
// file: mm/memory_hotplug.c
$a static int __init memhp_stuck(void)\\
{\\
	while (1)\\
		cpu_relax();\\
	return 0;\\
}\\
late_initcall(memhp_stuck);
'''
BROKEN = '''\
// file: mm/memory_hotplug.c
$a int memhp_broken = no_such_thing;
'''


@pytest.fixture(name='verdict')
def _verdict(built, conf, tmp_path):
    """Gives the verdict on a patch with this text: (its last line, the exit
    status, what verdict.json says).
    """
    def verdict(name, text):
        patch, out = tmp_path / name, tmp_path / f'{name}-out'
        patch.write_text(text)
        out.mkdir()
        tree = built.tree.path
        quick = replace(conf, tests=TESTS)
        chosen = replace(built, selection=suites.select(TESTS, tree))
        with open(out / 'progress', 'w') as quiet, common.locked(conf.state):
            text, status = patch_verdict.Verdict(
                chosen, quick, patch_verdict.read_patch(patch), out,
                Progress(quiet)).conclude()
        assert not tree.with_name(f'{tree.name}-verdict').exists()
        assert not list((conf.state / 'baselines').glob('*.new'))
        result = json.loads((out / 'verdict.json').read_text())
        assert f'report: {out}/report.html' in text
        assert (out / 'report.html').exists()
        return text.splitlines()[-1], status, result
    return verdict


def test_good_patch(verdict):
    line, status, result = verdict('good.patch', GOOD)
    assert line == ("verdict: same - 14 tests in 1 boot as before; its machine "
                    "code is the baseline's")
    assert status == 0 and not result['changes']
    assert result['once'] == ['mm/slub.c', 'kernel/cgroup/cpuset.c']


def test_lock_that_is_dropped(verdict):
    text = (experiment.EXPERIMENTS / 'drop.cocci').read_text()
    line, status, result = verdict('drop.cocci', text)
    # Some of its cases fail, unless the oops comes first, as it may.
    assert status == 1 and line.startswith('verdict: worse - ')
    assert 'zonelist_cpuhp' in line
    assert line.endswith('in 2 of 2 boots of the patched kernel, never on the '
                         'baseline')
    assert result['kept']
    assert list(result['changed']) == ['mm/memory_hotplug.o']


def test_patch_that_does_not_apply(verdict):
    line, status, result = verdict('lost.patch', GOOD.replace('(C)', '(D)'))
    assert status == 2 and line.startswith('verdict: inconclusive - ')
    assert 'does not apply: error: patch failed: mm/memory_hotplug.c:1' in line
    assert result['applies'] and not result['patched']


def test_patch_that_does_not_build(verdict):
    line, status, result = verdict('broken.sed', BROKEN)
    assert status == 1
    assert line.startswith('verdict: worse - it does not build: ')
    assert 'mm/memory_hotplug.c' in line and "error: 'no_such_thing'" in line \
        .replace('‘', "'").replace('’', "'")
    assert not result['patched']


def test_patch_that_hangs(verdict, monkeypatch):
    monkeypatch.setattr(patch_verdict, '_PATIENCE', 1)
    monkeypatch.setattr(patch_verdict, '_GRACE', 5)
    line, status, result = verdict('hangs.sed', HANGS)
    assert status == 1
    assert line.startswith('verdict: worse - the patched kernel hangs: no end '
                           'after ')
    assert 'last on the console: ' in line
    reference = result['patched']['boots']['reference']
    assert not reference['userspace']
    assert reference['limit'] == \
        result['baseline']['boots']['reference']['seconds'] + 5


def test_no_patch(tmp_path):
    with pytest.raises(Fatal, match='which patch'):
        patch_verdict.read_patch('')
    with pytest.raises(Fatal, match='cannot read'):
        patch_verdict.read_patch(tmp_path / 'nowhere.patch')
    with pytest.raises(Fatal, match='none of .cocci, .sed, .patch, .diff'):
        patch_verdict.read_patch(tmp_path / 'patch.txt')
    headless = tmp_path / 'headless.cocci'
    headless.write_text('@@\n@@\n-a();\n')
    with pytest.raises(Fatal, match='does not say "// file:"'):
        patch_verdict.read_patch(headless)


@pytest.fixture(name='narrowed')
def _narrowed(conf, built, tree):
    plan = {s.name: s for s in
            scenarios.every(conf.arch, built.selection, tree)}

    def narrowed(boot, *tests):
        return patch_verdict.narrowed(plan[boot], tests, tree), plan[boot]
    return narrowed


def test_only_what_differs_is_repeated(narrowed):
    again, _ = narrowed('run', 'zonelist_cpuhp.a.x', 'zonelist_cpuhp.a.y')
    assert (again.selection.suites, again.selection.kunit_glob) == \
        (['zonelist_cpuhp'], 'zonelist_cpuhp.a')
    assert not again.selection.programs
    again, _ = narrowed('run', 'zonelist_cpuhp.a', 'zonelist_cpuhp.b')
    assert again.selection.kunit_glob == 'zonelist_cpuhp'
    again, _ = narrowed('run', 'zonelist_cpuhp.a', 'zonelist.b')
    assert again.selection.kunit_glob == ''
    assert again.selection.suites == ['zonelist_cpuhp', 'zonelist']


def test_only_cases_that_differ_are_repeated(narrowed):
    again, whole = narrowed('reference', 'dimm_test', 'memory_walk_test:x')
    assert again.selection.programs == [
        p for p in whole.selection.programs
        if p in ('dimm_test', 'memory_walk_test')]
    assert not again.selection.suites and not again.selection.cases
    case = 'memory_attribute_test:blocks.modes'
    again, _ = narrowed('reference', case)
    assert again.selection.cases == (case,)
    again, _ = narrowed('reference', case, 'memory_attribute_test')
    assert not again.selection.cases


def test_what_no_test_shows_is_repeated_as_it_was(narrowed):
    again, whole = narrowed('reference', 'dimm_test', '')
    assert again == whole


def result(new, changes, word='worse'):
    """What verdict.json says of made-up facts."""
    return {'id': 'x', 'verdict': word, 'why': NASTY, 'report': 'report.html',
            'command': 'make verdict', 'kernel': {
                'release': '6.12', 'arch': 'x86_64', 'sanitizer': '',
                'source': 'linux', 'config': '.config', 'commit': ''},
            'patch': {'path': 'a.patch', 'files': ['mm/slub.c'], 'text': NASTY},
            'applies': '', 'builds': '', 'warnings': [], 'kept': True,
            'once': ['mm/slub.c'], 'changed': {'mm/slub.o': ['offline_pages']},
            'baseline': facts(), 'patched': new}


def test_page_and_screen():
    new = facts(boot({NASTY: 'fail'}, [FLUSH]), boot(), held=locks(
        NOT_HELD, cpu_hotplug_lock='r'), failures=['unclassified: x uses y'])
    _, _, changes = judged(new)
    changes[0].stack = ['offline_pages+0x1/0x2: offline_pages at mm/x.c:1']
    made = result(new, changes)
    page = patch_page.render(made, changes)
    check_self_contained(page)
    for text in (ESCAPED, 'offline_pages at mm/x.c:1', 'make verdict',
                 'sites.ini: [flush_all_cpus_locked]', 'unclassified: x uses y',
                 'memory-offline: cpu_hotplug_lock - -&gt; r',
                 'never on the baseline', 'boot reference'):
        assert text in page
    screen = patch_text.summary(made, changes).splitlines()
    assert len(screen) < 40
    assert all(len(line) <= 100 for line in screen[:-2])
    assert screen[-2:] == ['report: report.html',
                           'verdict: worse - <script>alert("&")</script>']


def test_locks_that_nobody_looked_at():
    made = result({**facts(), 'locks': None}, [])
    for shown in (patch_text.summary(made, []), patch_page.render(made, [])):
        assert 'the patched kernel did not come to lockset_test' in shown
    made['baseline'] = {**facts(), 'locks': None}
    assert 'lockset_test is not in TESTS=' in patch_text.summary(made, [])


def test_page_of_what_does_not_build():
    made = {**result(None, []), 'baseline': None, 'builds': 'x.c:1: error: y'}
    page = patch_page.render(made, [])
    check_self_contained(page)
    assert 'x.c:1: error: y' in page and ESCAPED in page
    assert 'does not build: x.c:1: error: y' in patch_text.summary(made, [])
