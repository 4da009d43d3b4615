# SPDX-License-Identifier: GPL-2.0
"""What is known of baselines: O=/baselines/<digest>/ has facts.json, the image and
the archive that were booted, and the boots' folders in boots/. The digest is of
all that was booted.
"""

import hashlib
import json
import os
import shutil

import experiment

# Of facts.json, see patch_facts.py.
_VERSION = 1


def digest(built, plan, tests):
    """Of a kernel, the programs and how it is booted."""
    total = hashlib.sha256(f'{_VERSION} {tests} {built.machine} '.encode())
    total.update(experiment.ONCE.read_bytes())
    total.update(built.image.read_bytes())
    for name in sorted(built.archives):
        total.update(built.archives[name].read_bytes())
    for scenario in plan:
        total.update(repr(scenario).encode())
    return total.hexdigest()[:16]


class Kept:
    """The place of one baseline."""

    def __init__(self, state, name):
        self.folder = state / 'baselines' / name
        self.new = self.folder.with_suffix('.new')

    def exists(self):
        return self.folder.exists()

    def begin(self):
        """A folder for the image; the baseline is kept once facts are there."""
        shutil.rmtree(self.new, ignore_errors=True)
        self.new.mkdir(parents=True)
        return self.new

    def keep(self, facts, boots):
        shutil.copytree(boots, self.new / 'boots', copy_function=os.link)
        (self.new / 'facts.json').write_text(json.dumps(facts))
        self.new.rename(self.folder)

    def load(self, boots):
        """Its facts; the boots' folders go to the folder boots."""
        shutil.copytree(self.folder / 'boots', boots, copy_function=os.link)
        return json.loads((self.folder / 'facts.json').read_text())

    def forget(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def clean(self):
        """Leave nothing that is not whole."""
        shutil.rmtree(self.new, ignore_errors=True)
