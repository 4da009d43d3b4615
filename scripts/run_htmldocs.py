# SPDX-License-Identifier: GPL-2.0
"""make htmldocs: the kernel's own, of the chapter that our pages are in.

Links from that chapter to others cannot resolve when it is built alone, so
only warnings about our own files count.
"""

import re

import overlay
import settings
import tree as trees
from common import Fatal, entry, locked
from kbuild import Kbuild
from progress import Progress

CHAPTER = 'admin-guide/mm'


def our_warnings(text):
    """The lines of a documentation build that complain about our files."""
    names = [re.escape(n) for n in overlay.files()]
    ours = re.compile(rf'(?:{"|".join(names)})\b.*\b(?:WARNING|ERROR|warning|'
                      rf'error)\b')
    return [line for line in text.splitlines() if ours.search(line)]


def main():
    conf = settings.from_environment()
    progress = Progress(verbose=conf.verbose)
    with locked(conf.state):
        log = conf.state / 'htmldocs.log'
        log.unlink(missing_ok=True)
        tree = trees.prepare(conf.kernel, conf.kdir, conf.state, progress, log)
        kernel = Kbuild(tree, conf.arch, conf.state, conf.jobs, progress, log)
        kernel.obj.mkdir(exist_ok=True)
        with progress.phase('htmldocs'):
            # From scratch: Sphinx says nothing twice about what did not change.
            kernel.make(f'SPHINXDIRS={CHAPTER}', 'SPHINXOPTS=-E',
                        'PYTHON3=/usr/bin/python3', 'htmldocs')
    found = our_warnings(log.read_text(errors='replace'))
    for line in found:
        print(line)
    if found:
        raise Fatal(f'{len(found)} warnings from our files (see {log})')
    print(kernel.obj / f'Documentation/output/{CHAPTER}/index.html')


if __name__ == '__main__':
    entry(main)
