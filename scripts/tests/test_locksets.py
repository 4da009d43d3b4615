# SPDX-License-Identifier: GPL-2.0
"""A kernel that departs from the rules on locks fails "make locksets", with
the place named. All seeded bugs are in one kernel: each shows elsewhere. With
ARCH=, that of another arch.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import lockrules
import locksets
import mutant
import pipeline
import rules
import settings
import suites
from progress import Progress

# What is said of each of them.
SEEDS = {
    # An order is inverted.
    Path(__file__).parent / 'locksets/order-inverted.cocci': (
        r'cpu_hotplug_lock: taken with mem_hotplug_lock held, against',),
    # A lock is taken on one more path.
    mutant.MUTANTS / 'slab-show-takes-mem-hotplug-lock.cocci': (
        r'slab-read, sysfs_emit_at, mem_hotplug_lock: must never be held, but '
        r'is by lockset_test, taken in show_slab_objects',),
    # A lock is not taken any more: in the device core, ...
    mutant.MUTANTS / 'online-attribute-without-device-lock.cocci': (
        r'memory-online, device_online, device_hotplug_lock: not held by '
        r'lockset_test',
        r'memory-offline, device_offline, device_hotplug_lock: not held',
        r'cpu-online, device_online, device_hotplug_lock: not held'),
    # ... in files of a CPU, ...
    mutant.MUTANTS / 'cpu-attributes-without-device-lock.cocci': (
        r'cpuhp-target, cpu_up, device_hotplug_lock: not held',),
    # ... and where only a driver asks for it.
    mutant.MUTANTS / 'remove-cpu-without-device-lock.cocci': (
        r'cpu-offline, device_offline, device_hotplug_lock: not held',),
}
# The same bugs on paths that one arch has, and a bug of that arch.
OF_ARCH = {
    'x86_64': {
        mutant.MUTANTS / 'cpu-attributes-without-device-lock.cocci': (
            r'smt-control, cpuhp_smt_disable, device_hotplug_lock: not held',)},
    'ppc64le': {
        mutant.MUTANTS / 'dlpar-without-device-lock.cocci': (
            r'dlpar-add, dlpar_add_lmb, device_hotplug_lock: not held',
            r'dlpar-remove, dlpar_remove_lmb, device_hotplug_lock: not held')},
}.get(settings.from_environment().arch, {})


@pytest.fixture(scope='module')
def seeded(built, conf, tmp_path_factory):
    """What "make locksets" says of a kernel with all of them."""
    folder = tmp_path_factory.mktemp('locksets')
    conf = replace(conf, tests=locksets.PROGRAM)
    selection = suites.select(conf.tests, built.tree.path, 'kselftests')
    chosen = lockrules.LockRules(rules.Kernel(built.tree.release, conf.arch))
    with open(folder / 'progress', 'w') as quiet:
        progress = Progress(quiet)
        scratch = mutant.Scratch(built, conf, progress, folder / 'build.log')
        try:
            kernel = replace(scratch.build(*map(mutant.read,
                                                {**SEEDS, **OF_ARCH})),
                             selection=selection)
            scenario = locksets.plan(conf, kernel)
            booted = pipeline.run_scenario(kernel, scenario, conf, folder,
                                           progress)
        finally:
            scratch.remove()
    found = locksets.examine(kernel, booted, scenario.selection, folder,
                             chosen)[0]
    return [str(f) for all_ in found.values() for f in all_]


@pytest.mark.parametrize('path', {**SEEDS, **OF_ARCH}, ids=lambda p: p.stem)
def test_seed_is_found(seeded, path):
    for said in (*SEEDS.get(path, ()), *OF_ARCH.get(path, ())):
        assert any(re.match(said, f) for f in seeded), seeded


def test_nothing_but_the_seeds_is_found(seeded):
    """All else is about the locks that they drop, add or invert."""
    for finding in seeded:
        assert re.search(r'device_hotplug_lock: not held|'
                         r'mem_hotplug_lock: must never be held|'
                         r'taken with mem_hotplug_lock held', finding), finding
