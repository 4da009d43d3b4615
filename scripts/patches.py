# SPDX-License-Identifier: GPL-2.0
"""make patches: the overlay, and what we say in the kernel's own files, as a
series that "git am" takes, for one tree.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

import annotate
import overlay
import settings
import tree as trees
from common import REPO, Fatal, child_env, entry, locked
from progress import Progress

# Each part is one patch: what it is called and which of our files are in it.
PARTS = (
    ('lib/kunit', 'kunit: test zonelists and memory hotplug',
     'Suites that recompute the zonelists and compare them, at rest and\n'
     'across hotplug, and that rebuild, walk and allocate concurrently.'),
    ('tools/testing/selftests/memory-hotplug',
     'selftests/memory-hotplug: test block state and slab reads',
     'Drive one memory block through its states, and read all slab state\n'
     'while memory goes off- and online.'),
    ('Documentation/admin-guide/mm',
     'Documentation: admin-guide: memory hotplug locking and tests',
     'Which locks memory hotplug takes, what shows it, and how to run the\n'
     'tests that do.'),
)
ANNOTATIONS = (
    'mm/memory_hotplug: state the locking rules where they apply',
    'Which locks are held, and why, where zonelists are rebuilt; what the\n'
    'functions that take the hotplug locks expect of their callers; and\n'
    'assertions in the place of comments that nothing has checked.',
)


def _pristine(conf, names, dest):
    """Copy the kernel's own versions of these files."""
    if conf.kdir:
        if (conf.kdir / 'lib/kunit/Kconfig.memhp').exists():
            raise Fatal(f'{conf.kdir} has the overlay already: make the '
                        f'patches for a tree without it')
        for name in names:
            if not (conf.kdir / name).exists():
                raise Fatal(f'{conf.kdir} has no {name}: this kernel is not '
                            f'supported')
            (dest / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(conf.kdir / name, dest / name)
        return
    top = f'linux-source-{conf.kernel}'
    subprocess.run(['tar', '-xf', trees.tarball(conf.kernel), '-C', dest,
                    '--strip-components=1', *(f'{top}/{n}' for n in names)],
                   env=child_env(), check=True)


def _git(repo, *args):
    done = subprocess.run(['git', *args], cwd=repo, env=child_env(),
                          capture_output=True, text=True)
    if done.returncode:
        raise Fatal(f'git {args[0]} failed: {done.stderr.strip()}')
    return done.stdout


def _identity():
    """Whoever runs this, where git knows; else somebody plainly made up."""
    have = subprocess.run(['git', 'var', 'GIT_AUTHOR_IDENT'], cwd=REPO,
                          env=child_env(), capture_output=True)
    if have.returncode == 0:
        return []
    return ['-c', 'user.name=memhp', '-c', 'user.email=memhp@localhost']


def _commit(repo, who, subject, body=''):
    _git(repo, 'add', '-A', '-f')
    _git(repo, *who, 'commit', '-q', '-m', f'{subject}\n\n{body}')


def write_series(conf, out):
    """Write the patches to the folder out; returns their names."""
    mine = overlay.files()
    kernels = sorted({h.path for h in overlay.HOOKS})
    with tempfile.TemporaryDirectory(prefix='memhp-') as tmp:
        repo = Path(tmp)
        _pristine(conf, [*kernels, *overlay.REPLACED, *annotate.files()], repo)
        texts = dict(overlay.hooked_files(repo))
        who = _identity()
        _git(repo, 'init', '-q')
        _commit(repo, who, 'base')
        for part, subject, body in PARTS:
            for name in (n for n in mine if n.startswith(part)):
                (repo / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(REPO / name, repo / name)
            for name in (n for n in kernels if n.startswith(part)):
                (repo / name).write_text(texts[name])
            _commit(repo, who, subject, body)
        annotate.annotate(repo)
        _commit(repo, who, *ANNOTATIONS)
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        _git(repo, *who, 'format-patch', '-q', '-o', out,
             f'-{len(PARTS) + 1}')
    return sorted(p.name for p in out.iterdir())


def main():
    conf = settings.from_environment()
    trees.check(conf.kernel, conf.kdir)
    with locked(conf.state):
        name = conf.kdir.name if conf.kdir else f'linux-{conf.kernel}'
        out = conf.state / 'patches' / name
        progress = Progress()
        with progress.phase('patches'):
            names = write_series(conf, out)
    for patch in names:
        print(out / patch)


if __name__ == '__main__':
    entry(main)
