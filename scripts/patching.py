# SPDX-License-Identifier: GPL-2.0
"""Change a copy of the kernel tree as a semantic patch, a sed script or a diff
has it.

The copy is made of hard links: a file that changes is a new file, so the tree
that it was copied from keeps the old one. All of a change is made, or nothing.
"""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from common import Fatal, child_env

_DIFF_FILE = re.compile(
    r'^(?:--- a/|\+\+\+ b/|rename from |rename to )(\S+)', re.M)
# How spatch says, as an error, that there was nothing to do.
_UNCHANGED = 'there are no modified files'
SUFFIXES = ('.cocci', '.sed', '.patch', '.diff')


def _run(patch, cmd, tree, **env):
    try:
        done = subprocess.run(cmd, cwd=tree, env=child_env(**env), text=True,
                              errors='replace', capture_output=True)
    except FileNotFoundError as e:
        raise Fatal(f'{e.filename} is missing: see scripts/packages.txt')
    if done.returncode and _UNCHANGED not in done.stderr:
        lines = [line for line in done.stderr.strip().splitlines()
                 if not line.startswith('warning: ')]
        why = lines[0] if lines else 'it does not say why'
        raise Fatal(f'{patch} does not apply: {why[:200]}')
    return done.stdout


def diff_files(patch):
    """The files that a diff changes, makes, removes or renames."""
    text = Path(patch).read_text(errors='replace')
    return list(dict.fromkeys(_DIFF_FILE.findall(text)))


def _edited(patch, source, changed):
    """Let spatch or sed write to another file."""
    if patch.suffix == '.cocci':
        _run(patch, ['spatch', '--very-quiet', '--sp-file', patch,
                     source, '-o', changed], source.parent)
    else:
        # "//" begins a comment in our headers, but means something to sed.
        script = re.sub(r'(?m)^//.*\n?', '', patch.read_text())
        changed.write_text(_run(patch, ['sed', script, source], source.parent))


def copy_tree(tree, copy):
    """Copy the sources of a tree that we build in, as hard links."""
    def not_objects(folder, names):
        top = Path(folder) == tree
        return [n for n in names if top and n.startswith('memhp-')]

    if copy.exists():
        shutil.rmtree(copy)
    shutil.copytree(tree, copy, copy_function=os.link, symlinks=True,
                    ignore=not_objects)


def apply(patch, files, tree):
    """Change these files of a tree; Fatal, and the tree as it was, unless each
    of them changes. A diff says itself which files it changes.
    """
    patch, tree = Path(patch).absolute(), Path(tree).absolute()
    if patch.suffix in ('.patch', '.diff'):
        # The tree is no part of a repository around it: git would leave out
        # what is not in there, without a word.
        _run(patch, ['git', 'apply', patch], tree,
             GIT_CEILING_DIRECTORIES=str(tree.parent))
        return
    with tempfile.TemporaryDirectory(dir=tree, prefix='.memhp-') as tmp:
        news = {}
        for file in files:
            source, changed = tree / file, Path(tmp) / str(len(news))
            if not source.is_file():
                raise Fatal(f'{patch}: this tree has no {file}')
            _edited(patch, source, changed)
            if not changed.exists() or \
                    changed.read_bytes() == source.read_bytes():
                raise Fatal(f'{patch} changes nothing in {file}')
            news[source] = changed
        for source, changed in news.items():
            changed.chmod(source.stat().st_mode)
            os.replace(changed, source)
