# SPDX-License-Identifier: GPL-2.0
"""The locking rules: scripts/rules/*.ini, which people edit.

A section holds for all kernels and archs, unless it says which:

    kernels = 6.1..6.12     the first and the last version, either may lack
    arches = x86_64 arm64   as in ARCH=

Where the answer changes with the version, there is one section a range: what
follows an "@" in a section's name only tells these apart.
"""

import configparser
import re
from dataclasses import dataclass

from common import SCRIPTS, Fatal

RULES = SCRIPTS / 'rules'
# What a path may say besides its title and where it begins.
PATH_KEYS = ('config', 'drive', 'driven-on', 'undriven', 'holds')

_RANGE = re.compile(r'(\d+\.\d+)?(\.\.)?(\d+\.\d+)?')


def version(text):
    """Major and minor number of a kernel version, to be compared."""
    return tuple(int(n) for n in text.split('.')[:2])


def measured(kind, kernel):
    """Where what was measured on such a kernel is checked in."""
    major, minor = version(kernel.release)
    return RULES / f'{kind}-{major}.{minor}-{kernel.arch}.ini'


@dataclass(frozen=True)
class Kernel:
    """What a rule may depend on."""
    release: str        # "6.12.117"
    arch: str

    def within(self, text):
        """Is this kernel in a range like "6.1..6.12", "6.13.." or "6.12"?"""
        match = _RANGE.fullmatch(text)
        if not match or not (match[1] or match[3]):
            raise ValueError(f'not a range of versions: {text}')
        own = version(self.release)
        first, last = match[1], match[3] if match[2] else match[1]
        return (not first or version(first) <= own) and \
            (not last or own <= version(last))


class Rule:
    """One section of a file of rules."""

    def __init__(self, where, name, values):
        self.where = where      # for messages: the file
        self.section = name
        self.name = name.partition('@')[0].strip()
        self.values = values

    def __getitem__(self, key):
        """The text of a key, "" if it is not there."""
        return ' '.join(self.values.get(key, '').split())

    def words(self, key):
        return self[key].split()

    def lines(self, key):
        """The lines of a value that is a list."""
        found = (x.strip() for x in self.values.get(key, '').splitlines())
        return [x for x in found if x]

    def applies(self, kernel):
        arches = self.words('arches')
        if arches and kernel.arch not in arches:
            return False
        try:
            return not self['kernels'] or kernel.within(self['kernels'])
        except ValueError as e:
            raise Fatal(f'{self.where}: [{self.section}]: {e}')

    def __str__(self):
        return f'{self.where.name}: [{self.section}]'


def parse(path):
    """A file of sections, its keys as they are written; Fatal if it is none."""
    parser = configparser.ConfigParser(interpolation=None, delimiters='=')
    parser.optionxform = str
    try:
        with open(path, encoding='utf-8') as f:
            parser.read_file(f)
    except (OSError, configparser.Error) as e:
        raise Fatal(f'{path}: {e}')
    return parser


def read(subject, keys, required=(), folder=RULES):
    """All rules of scripts/rules/<subject>.ini, in their order.

    keys: those that a section may have, besides kernels and arches.
    """
    path = folder / f'{subject}.ini'
    parser = parse(path)
    known = {*keys, *required, 'kernels', 'arches'}
    found = []
    for name in parser.sections():
        values = dict(parser[name])
        for key in values:
            if key not in known:
                raise Fatal(f'{path}: [{name}]: unknown key "{key}": known '
                            f'are {", ".join(sorted(known))}')
        for key in required:
            if not values.get(key):
                raise Fatal(f'{path}: [{name}] does not say "{key} ="')
        found.append(Rule(path, name, values))
    return found


def of_kernel(rules, kernel):
    """Those that hold for this kernel, by name; Fatal if two of a name do."""
    found = {}
    for rule in rules:
        if rule.applies(kernel):
            if rule.name in found:
                raise Fatal(f'{rule.where}: [{rule.section}] and '
                            f'[{found[rule.name].section}] both hold for '
                            f'{kernel.release} on {kernel.arch}')
            found[rule.name] = rule
    return found
