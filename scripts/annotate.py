# SPDX-License-Identifier: GPL-2.0
"""What we say in the kernel's own files: comments and assertions about locks,
put there by the semantic patches in scripts/annotations.

A rule that finds no place for what it adds is an error, other than spatch has
it: the tree at hand is not one for which the statement holds.
"""

import re
from collections import Counter

import mutant
from common import SCRIPTS, Fatal

ANNOTATIONS = SCRIPTS / 'annotations'

_RULE = re.compile(r'^@[^@\n]*@\n(.*?)^@@\n(.*?)(?=^@|\Z)', re.M | re.S)
_NAMES = re.compile(r'^identifier \w+ = \{([^}]*)\};', re.M)


def read():
    """The annotations, as mutants."""
    return mutant.read_all(ANNOTATIONS)


def files():
    """The kernel's files that they change."""
    return sorted({file for a in read() for file in a.files})


def _bare(line):
    return ' '.join(line.split())


def _expected(patch):
    """How often a semantic patch adds each line: as often as its rules have
    it, and a rule for any of several functions, once for each.
    """
    lines = Counter()
    for declared, body in _RULE.findall(patch.path.read_text()):
        names = _NAMES.search(declared)
        times = len(names[1].split(',')) if names else 1
        for line in re.findall(r'^\+(.*)', body, re.M):
            lines[_bare(line)] += times
    return lines


def _lines(patch, tree):
    return Counter(_bare(line) for file in patch.files
                   for line in (tree / file).read_text().splitlines())


def annotate(tree):
    """Annotate the files of a tree; Fatal if something finds no place."""
    for patch in read():
        before = _lines(patch, tree)
        mutant.apply(patch, tree)
        lost = _expected(patch) - (_lines(patch, tree) - before)
        del lost['']
        if lost:
            raise Fatal(f'{patch.path} does not apply: this tree has no place '
                        f'for "{max(lost, key=len)}"')
