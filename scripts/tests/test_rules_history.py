# SPDX-License-Identifier: GPL-2.0
"""Checks of rules/history.ini and rules/claims.ini against what they name."""

import re

import pytest

import rules
import suites
from common import REPO, SCRIPTS

LOCKS = {'device_hotplug_lock', 'cpu_hotplug_lock', 'mem_hotplug_lock',
         'slab_mutex', 'zonelist_update_seq', 'pcp_batch_high_lock'}
CLAIMS = [f'C{n}' for n in range(1, 13)]
# What has decimal digits only is a size, or an address in an example.
HASH = re.compile(r'\b(?=\d*[a-f])[0-9a-f]{12}\b')


@pytest.fixture(scope='module', name='history')
def _history():
    return rules.read('history', ('locks',),
                      ('title', 'date', 'release', 'what', 'verified'))


@pytest.fixture(scope='module', name='shown')
def _shown(history):
    """The commits that a document may name."""
    return {c.section: c for c in history if c['verified'] != 'no'}


@pytest.fixture(scope='module', name='claims')
def _claims():
    return rules.read('claims', (),
                      ('claim', 'answer', 'evidence', 'versions'))


def _named():
    """Commits that our documents and cures name, and where. Seeded bugs have
    titles of their own.
    """
    for path in sorted([*REPO.glob('Documentation/**/*.rst'),
                        *SCRIPTS.glob('cures/*.cocci')]):
        text = path.read_text()
        for match in HASH.finditer(text):
            yield path, match[0], text[match.end():]


def test_commits_are_well_formed(history):
    for commit in history:
        assert HASH.fullmatch(commit.section), commit
        assert re.fullmatch(r'20\d\d-(0[1-9]|1[0-2])', commit['date']), commit
        assert re.fullmatch(r'\d+\.\d+(\.\d+)?', commit['release']), commit
        assert set(commit.words('locks')) <= LOCKS, commit


def test_commits_are_in_their_order(history):
    dates = [c['date'] for c in history]
    assert dates == sorted(dates)
    releases = [rules.version(c['release']) for c in history]
    assert releases == sorted(releases)


def test_commits_that_are_named_are_known(shown):
    named = list(_named())
    assert named
    for path, number, after in named:
        assert number in shown, path
        title = re.match(r'\s+\("(.*?)"\)', after, re.S)
        if title:
            assert ' '.join(title[1].split()) == shown[number]['title'], path


def test_all_claims_are_there(claims):
    assert [c.section for c in claims] == CLAIMS


def test_evidence_exists(claims, shown):
    names = {
        'test': {*suites.kunit_suites(),
                 *(p.stem for p in (REPO / 'tools/testing/selftests' /
                                    suites.COLLECTION).glob('*_test.c'))},
        'mutant': {p.stem for p in SCRIPTS.glob('mutants/*.cocci')},
        'experiment': {p.stem for p in SCRIPTS.glob('experiments/*.cocci')},
        'cure': {p.stem for p in SCRIPTS.glob('cures/*.cocci')},
        'commit': set(shown),
        'audit': {''},
        'locksets': {''},
    }
    for claim in claims:
        for line in claim.lines('evidence'):
            kind, _, name = line.partition(' ')
            assert name in names.get(kind, ()), f'{claim}: {line}'
