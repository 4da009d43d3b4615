# SPDX-License-Identifier: GPL-2.0
"""make audit: what it finds in a small made-up kernel whose rules are right, and
in the same one with something wrong; and in the kernel that we build, with some
semantic patches on top.
"""

import re
from pathlib import Path

import pytest

import audit
import audit_answer
import callgraph
import mutant
import rules
import rules_doc
from common import Fatal
from hotplug_graph import options
from progress import Progress

SEEDS = mutant.read_all(Path(__file__).parent / 'audit')

KERNEL = rules.Kernel('6.12.117', 'x86_64')

RULES = {
    'paths': '[on]\ntitle = on\nentry = file.c:store\n'
             '[absent]\ntitle = not configured\nentry = nowhere\nconfig = NO\n',
    'consumers': '[mask]\nsymbols = cpu_mask\n'
                 '[lock]\nsymbols = take_lock\nstrict = yes\n',
    'sites': '[loop]\nuses =\n\tmask\nclass = tolerates\nwhy = x\n'
             '[notified]\nuses =\n\tlock\nclass = takes\nwhy = x\n'
             '[writer]\ncovers = yes\nclass = holds\nwhy = x\n'
             '[odd]\nuses =\n\tmask\nclass = needs\nwhy = x\nconfig = NO\n',
    'free': '[printing]\nfunctions = print_it not_in_this_kernel\nwhy = x\n',
    'edges': '[call_chain]\nthrough = yes\nwhy = x\n'
             '[walk]\ncalls =\n\tgeneric\n\tspecial if NO\nwhy = x\n'
             '[start -> thread]\ncut = a thread\nwhy = x\n',
    'operations': '[on]\nfunctions = print_it absent\nwhy = x\n',
    'callbacks': '[chain]\nregister = enlist\nhead = chain\n'
                 'callbacks =\n\tnotified\nwhy = x\n',
}

CALLS = {
    'store': 'loop print_it walk notify start writer',
    'print_it': 'console', 'console': 'quiet', 'notify': 'call_chain',
    'writer': 'written', 'init': 'enlist', 'notified': 'take_lock',
    'generic': 'harmless'}


@pytest.fixture
def graph():
    made = callgraph.Graph()
    for caller, callees in CALLS.items():
        made.calls[caller] |= set(callees.split())
    made.takes['start'].add('thread')
    for user in ('loop', 'quiet', 'written', 'thread'):
        made.refers[user].add('cpu_mask')
    made.refers['notify'].add('chain')
    made.refers['init'].add('notified_nb')
    made.pointers['notified_nb'] = {0: 'notified'}
    made.indirect = {'walk', 'call_chain'}
    made.functions = {*made.calls, *made.takes,
                      *(c for s in made.calls.values() for c in s), 'loop',
                      'quiet', 'thread'}
    made.homes = {'store': {'file.c'}}
    return made


@pytest.fixture
def failures(graph, tmp_path):
    """What the audit complains of; keywords replace text of the rules."""
    def run(**changes):
        for subject, text in RULES.items():
            old, new = changes.get(subject, ('', ''))
            assert old in text
            (tmp_path / f'{subject}.ini').write_text(
                text.replace(old, new) if old else text + new)
        found = audit.audit(graph, KERNEL, {'CONFIG_YES': 'y'}, tmp_path)
        assert found.passed == found.checked - len(found.failures)
        return found.failures
    return run


def test_right_rules_pass(failures):
    assert failures() == []


def test_unclassified_consumer_with_its_chain(failures, graph):
    graph.refers['harmless'].add('cpu_mask')
    assert failures() == ['unclassified: harmless uses mask: '
                          'store -> walk -> generic -> harmless']


def test_second_use_in_a_known_site(failures, graph):
    graph.calls['loop'].add('take_lock')
    assert failures() == ['unclassified: loop uses lock: store -> loop']


def test_vanished_site(failures, graph):
    graph.refers['loop'].clear()
    assert len(failures()) == 1 and 'vanished' in failures()[0]


def test_site_that_is_no_longer_reached(failures, graph):
    graph.calls['store'].remove('loop')
    assert 'sites.ini: [loop]: vanished' in failures()[0]


def test_lock_taken_below_a_function_that_is_free(failures, graph):
    graph.calls['quiet'].add('take_lock')
    assert failures() == ['unclassified: quiet uses lock: '
                          'store -> print_it -> console -> quiet']


def test_lock_taken_below_a_function_that_covers(failures, graph):
    graph.calls['written'].add('take_lock')
    assert failures() == ['unclassified: written uses lock: '
                          'store -> writer -> written']


def test_call_through_an_unlisted_pointer(failures, graph):
    graph.indirect.add('harmless')
    assert failures() == ['call through a pointer that edges.ini does not '
                          'list: store -> walk -> generic -> harmless']


def test_unlisted_user_of_a_function_that_passes_on(failures, graph):
    graph.calls['harmless'].add('call_chain')
    assert any('harmless' in f for f in failures())


def test_unlisted_callback(failures, graph):
    graph.calls['late_init'].add('enlist')
    graph.functions.add('late_init')
    graph.refers['late_init'].add('quiet_nb')
    graph.pointers['quiet_nb'] = {0: 'quiet'}
    assert failures() == ['callbacks.ini: [chain]: unlisted callback quiet, '
                          'registered in late_init']


def test_pointer_is_gone(failures, graph):
    graph.indirect.remove('walk')
    assert 'no call through a pointer any more' in failures()[0]


def test_cut_call_is_gone(failures, graph):
    graph.takes['start'].clear()
    assert 'no such call any more' in failures()[0]


def test_operation_on_no_path(failures, graph):
    graph.calls['aside'].add('print_it')
    graph.functions.add('aside')
    assert failures() == ['on no path of paths.ini: aside calls print_it']


def test_entry_is_gone(failures):
    assert 'no function shop' in failures(
        paths=('file.c:store', 'file.c:store\n\tshop'))[0]


def test_option_that_is_set(failures):
    assert 'no function special' in failures(edges=('if NO', 'if YES'))[0]


def test_version_range_of_one_name(failures):
    special = '\tspecial if NO'
    assert failures(edges=(special, '\tspecial if 6.13..')) == []
    assert 'no function special' in failures(
        edges=(special, '\tspecial if ..6.12'))[0]
    with pytest.raises(Fatal, match='not a range'):
        failures(edges=(special, '\tspecial if 6.12...'))


@pytest.mark.parametrize('stale', ('..6.11', '6.13..', '6.1..6.6'))
def test_stale_version_range(failures, stale):
    found = failures(sites=('[loop]\n', f'[loop]\nkernels = {stale}\n'))
    assert found == ['unclassified: loop uses mask: store -> loop']


@pytest.mark.parametrize('fits', ('6.12', '6.1..', '..6.12', '6.6..6.18'))
def test_version_range_that_fits(failures, fits):
    assert failures(sites=('[loop]\n', f'[loop]\nkernels = {fits}\n')) == []


def test_two_rules_for_one_kernel(failures):
    with pytest.raises(Fatal, match='both hold'):
        failures(sites=('', '[loop @ new]\nkernels = 6.12..\n'
                            'uses = mask\nclass = needs\nwhy = x\n'))


@pytest.mark.parametrize('wrong, why', (
    ('class = tolerated', 'unknown class'), ('class =', 'does not say'),
    ('class = takes\nclasss = x', 'unknown key'),
    ('class = takes\nkernels = new', 'not a range'),
    ('class = takes\nonly = of', 'has no path of')))
def test_malformed_rule(failures, wrong, why):
    with pytest.raises(Fatal, match=why):
        failures(sites=('class = takes', wrong))


def test_summary_names_what_failed(graph, failures, tmp_path):
    failures()
    graph.refers['harmless'].add('cpu_mask')
    found = audit.audit(graph, KERNEL, {}, tmp_path)
    text = audit.summary(found)
    assert 'tolerates the race: 1\n    loop' in text
    assert 'FAILED: unclassified: harmless' in text
    assert audit.report(found)['failures'] == found.failures


def test_answer_of_each_kernel_is_kept(tmp_path):
    def site(function, kind, uses, *paths):
        return audit.Site(function, {uses}, [], dict.fromkeys(paths),
                          {'class': kind})
    found = audit.Audit(KERNEL, [
        site('begin', 'takes', 'mem_hotplug_lock', 'on', 'add', 'cpu'),
        site('_cpu_up', 'holds', 'cpu_hotplug_lock', 'cpu'),
        site('loop', 'needs', 'mask', 'on', 'cpu')], [], 0, 0,
        dict.fromkeys(('on', 'add', 'cpu', 'idle')))
    newer, older = (tmp_path / f'audit-{v}-x86_64.ini' for v in (6.12, 6.1))
    assert not audit_answer.stale(found, newer)
    for path in newer, older:
        path.write_text(audit_answer.as_ini(found))
        assert not audit_answer.stale(found, path)
    every = audit_answer.every('x86_64', tmp_path)
    assert list(every) == ['6.1', '6.12']
    assert every['6.12'] == {'on': ['loop'], 'add': []}
    assert not audit_answer.every('ppc64le', tmp_path)
    found.sites.pop()
    assert audit_answer.stale(found, newer)


def audit_kernel(built, obj):
    return audit.audit(audit.graph_of(obj),
                       rules.Kernel(built.tree.release, built.kbuild.arch),
                       options(obj / '.config'))


@pytest.fixture(scope='module')
def clean(built):
    return audit_kernel(built, built.kbuild.obj)


@pytest.fixture(scope='module')
def seeded(built, conf, tmp_path_factory):
    """What the audit says of a kernel with all seeds at once."""
    folder = tmp_path_factory.mktemp('audit')
    with open(folder / 'progress', 'w') as quiet:
        scratch = mutant.Scratch(built, conf, Progress(quiet),
                                 folder / 'build.log')
        try:
            scratch.build(*SEEDS)
            return audit_kernel(built, scratch.path / built.kbuild.obj.name)
        finally:
            scratch.remove()


def test_this_kernel_is_classified(clean):
    assert clean.failures == []


@pytest.mark.parametrize('seed', SEEDS, ids=lambda s: s.name)
def test_seed_is_found(seeded, seed):
    for seen in seed.seen:
        assert any(re.match(seen.why, f) for f in seeded.failures), \
            seeded.failures


def test_nothing_but_the_seeds_is_found(seeded):
    known = [seen.why for seed in SEEDS for seen in seed.seen]
    for failure in seeded.failures:
        assert any(re.match(why, failure) for why in known), failure


def test_documentation_is_current(clean):
    assert rules_doc.stale(clean) == []


def test_edited_documentation_is_stale(clean, tmp_path):
    for name, text in rules_doc.texts(clean).items():
        (tmp_path / name).write_text(text)
    assert rules_doc.stale(clean, tmp_path) == []
    name, text = next(iter(rules_doc.texts(clean).items()))
    (tmp_path / name).write_text(text.replace('CPU', 'cpu', 1))
    assert rules_doc.stale(clean, tmp_path) == [name]
