# SPDX-License-Identifier: GPL-2.0
"""Whether the paths that take cpu_hotplug_lock still need it: what the audit
says of a kernel, and what it said of each, as a file in scripts/rules a kernel.
"""

import re

import rules

_KIND = 'audit'


def needed(found):
    """{path: functions that need the lock} of the paths that take it."""
    takers, writers = ({
        p for s in found.sites if s.rule and s.rule['class'] == kind and
        lock in s.kinds for p in s.paths}
        for kind, lock in (('takes', 'mem_hotplug_lock'),
                           ('holds', 'cpu_hotplug_lock')))
    return {name: [s.function for s in found.sites if name in s.paths and
                   s.rule and s.rule['class'] == 'needs']
            for name in found.paths if name in takers - writers}


def stored_path(kernel):
    """Where what as_ini() says of such a kernel is checked in."""
    return rules.measured(_KIND, kernel)


def as_ini(found):
    """needed() as an .ini file; every() reads it."""
    major, minor = rules.version(found.kernel.release)
    lines = ['# SPDX-License-Identifier: GPL-2.0', '#',
             f'# Written by "make rules" from the audit of Linux '
             f'{major}.{minor}, {found.kernel.arch}. Not to be edited.', '#',
             '#   [path]   one that takes cpu_hotplug_lock',
             '#   needs    the functions on it that need the lock']
    for name, functions in needed(found).items():
        lines += ['', f'[{name}]', f'needs = {" ".join(functions)}'.rstrip()]
    return '\n'.join(lines) + '\n'


def stale(found, path=None):
    """Whether what is checked in for this kernel is not what was found."""
    path = path or stored_path(found.kernel)
    return path.exists() and path.read_text() != as_ini(found)


def every(arch, folder=rules.RULES):
    """{version: {path: functions that need the lock}}, the oldest first."""
    stored = {}
    for path in folder.glob(f'{_KIND}-*-{arch}.ini'):
        parser = rules.parse(path)
        version = re.fullmatch(rf'{_KIND}-(.*)-{arch}', path.stem)[1]
        stored[version] = {name: parser[name]['needs'].split()
                           for name in parser.sections()}
    return dict(sorted(stored.items(), key=lambda s: rules.version(s[0])))
