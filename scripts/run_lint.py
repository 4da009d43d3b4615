# SPDX-License-Identifier: GPL-2.0
"""make lint: brings tree and objects up to date, and runs lint.sh on them."""

import subprocess
import tempfile
from pathlib import Path

import pipeline
import settings
from common import SCRIPTS, child_env, entry, locked
from progress import Progress


def main():
    conf = settings.from_environment()
    progress = Progress(verbose=conf.verbose)
    with locked(conf.state), tempfile.TemporaryDirectory() as out:
        built = pipeline.build(conf, progress, Path(out))
        return subprocess.run(
            [SCRIPTS / 'lint.sh', built.tree.path, built.kbuild.obj],
            env=child_env(), stdin=subprocess.DEVNULL).returncode


if __name__ == '__main__':
    entry(main)
