# SPDX-License-Identifier: GPL-2.0
"""Lays our files over a kernel tree, plus one-line hooks in its own files.

The one piece of code behind the working copy, "make overlay" and "make
patches". Idempotent: a file is written only if its content changes, so that
kbuild rebuilds only what did. A list of what was laid is kept in the tree, so
that what we drop later goes away there too.
"""

import re
from dataclasses import dataclass

from common import REPO, Fatal

ROOTS = ('lib/kunit', 'tools/testing/selftests/memory-hotplug',
         'Documentation/admin-guide/mm')

# Upstream has these two as well; ours contain all that theirs do.
REPLACED = ('tools/testing/selftests/memory-hotplug/Makefile',
            'tools/testing/selftests/memory-hotplug/config')

MANIFEST = '.memhp-overlay'


@dataclass(frozen=True)
class Hook:
    path: str           # a file of the kernel's
    line: str           # the line that it gets
    anchor: str         # regular expression: the line that it goes next to
    before: bool = False


HOOKS = (
    Hook('lib/kunit/Makefile', 'include $(srctree)/lib/kunit/Makefile.memhp',
         r'obj-\$\(CONFIG_KUNIT_EXAMPLE_TEST\).*'),
    Hook('lib/kunit/Kconfig', 'source "lib/kunit/Kconfig.memhp"',
         r'endif # KUNIT', before=True),
    Hook('Documentation/admin-guide/mm/index.rst',
         '   memory-hotplug-locking', r'   memory-hotplug'),
    Hook('Documentation/admin-guide/mm/index.rst',
         '   memory-hotplug-zonelists', r'   memory-hotplug-locking'),
    Hook('Documentation/admin-guide/mm/index.rst',
         '   memory-hotplug-testing', r'   memory-hotplug-zonelists'),
)


def files():
    """Our files, as paths in a kernel tree."""
    return sorted(str(p.relative_to(REPO))
                  for root in ROOTS for p in (REPO / root).rglob('*')
                  if p.is_file() and not p.name.endswith(('~', '.swp')))


def touched():
    """All paths in a tree that the overlay writes."""
    return sorted({*files(), *(h.path for h in HOOKS), MANIFEST})


def hooked(text, hook):
    """The text of a kernel file with the hook's line in it."""
    lines = text.splitlines()
    if hook.line in lines:
        return text
    for i, line in enumerate(lines):
        if re.fullmatch(hook.anchor, line):
            lines.insert(i if hook.before else i + 1, hook.line)
            return '\n'.join(lines) + '\n'
    raise Fatal(f'{hook.path} of this tree has no line like "{hook.anchor}" '
                f'to hook our files in at: this kernel is not supported')


def _read(path):
    try:
        return path.read_text()
    except OSError as e:
        raise Fatal(f'cannot read {path}: {e.strerror}')


def _write(path, data, mode):
    """Write if different; keeps the time stamp of what does not change.

    By way of a new file: an interrupted write leaves the old content, and a
    hard link elsewhere keeps it.
    """
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f'.{path.name}.memhp-new')
    try:
        new.write_bytes(data)
        new.chmod(mode)
        new.replace(path)
    except OSError as e:
        raise Fatal(f'cannot write {path}: {e.strerror}')
    finally:
        new.unlink(missing_ok=True)
    return True


def _manifest(tree):
    path = tree / MANIFEST
    return path.read_text().splitlines() if path.exists() else []


def check_conflicts(tree):
    """Fatal if the tree has files of its own where ours would go."""
    laid = set(_manifest(tree))
    for name in files():
        theirs = tree / name
        if not theirs.exists() or name in laid or name in REPLACED:
            continue
        if theirs.read_bytes() != (REPO / name).read_bytes():
            raise Fatal(f'{theirs} is in the way: it is not ours, and ours '
                        f'would go there; move it, or use another tree')


def _entries():
    return files() + [f'{h.path}\t{h.line}' for h in HOOKS]


def _remove_dropped(tree):
    """Take out what an earlier overlay laid and this one no longer has."""
    for entry in set(_manifest(tree)) - set(_entries()):
        name, _, line = entry.partition('\t')
        path = tree / name
        if not line:
            path.unlink(missing_ok=True)
        elif path.exists():
            lines = path.read_text().splitlines()
            path.write_text(''.join(f'{x}\n' for x in lines if x != line))


def hooked_files(pristine):
    """The kernel's files with our hooks in them, as (path, text)."""
    texts = {}
    for hook in HOOKS:
        text = texts.get(hook.path) or _read(pristine / hook.path)
        texts[hook.path] = hooked(text, hook)
    return sorted(texts.items())


def apply(pristine, tree):
    """Lay the overlay over tree; returns the paths that changed.

    The kernel's own files are hooked as they are in pristine, which is the
    tree itself unless it is a copy of one.
    """
    check_conflicts(pristine)
    _remove_dropped(tree)
    texts = hooked_files(pristine)
    changed = []
    for name in files():
        source = REPO / name
        if _write(tree / name, source.read_bytes(), source.stat().st_mode):
            changed.append(name)
    for name, text in texts:
        mode = (pristine / name).stat().st_mode
        if _write(tree / name, text.encode(), mode):
            changed.append(name)
    _write(tree / MANIFEST, '\n'.join(_entries() + ['']).encode(), 0o644)
    return changed
