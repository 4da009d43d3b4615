# SPDX-License-Identifier: GPL-2.0
"""make verdict PATCH=: a kernel with a patch beside the same one without it, in all
boots and all tests or in those that TESTS= names, and an answer.

The exit status is 0 for the same and for better, 1 for worse, and 2 where it
cannot tell. verdict.json, version 1:

  version, id, verdict, why, report, command
  kernel      {release, source, arch, sanitizer, config, commit}
  accel       "kvm" or "tcg"
  patch       {path, files, text}
  applies     "", or why it does not
  builds      "", or why it does not
  warnings    what the compiler says of the patched kernel alone
  kept        whether the baseline was known from an earlier verdict
  once        the files in which assertions were made to report once, in both
  changed     {object: [functions]} whose machine code differs
  baseline, patched   {boots, locks, audit}, see patch_facts.py; or null
  changes     [patch_compare.Change], with evidence and confirmed
  phases      [[name, seconds]]
"""

import json
import os
import re
import sys
from dataclasses import asdict, replace
from pathlib import Path

import changed_code
import decode
import mutant
import patch_baseline
import patch_compare
import patch_facts
import patch_page
import patch_text
import patched
import patching
import pipeline
import scenarios
import settings
import suites
from common import CommandFailed, Fatal, entry, locked
from patch_compare import INCONCLUSIVE, WORSE, Change
from progress import Progress

_STATUS = {'same': 0, 'better': 0, WORSE: 1, INCONCLUSIVE: 2}
# A boot has so many times the baseline's seconds, and so many more.
_PATIENCE, _GRACE = 3, 30
_DECODED = 8        # reports
_WARNING = re.compile(r'\S+\.[chS]:\d+(?::\d+)?: warning: .*')


def read_patch(name):
    """The patch that PATCH= names, as a mutant; Fatal if it is none."""
    if not name:
        raise Fatal('which patch? make verdict PATCH=/path/to/a '
                    f'{", ".join(patching.SUFFIXES)}')
    path = Path(name).absolute()
    if path.suffix not in patching.SUFFIXES:
        raise Fatal(f'PATCH={name} is none of {", ".join(patching.SUFFIXES)}')
    return mutant.read(path)


def narrowed(scenario, tests, tree):
    """The same boot with these tests alone; with all of its tests if one of
    them is not known.
    """
    chosen = scenario.selection
    whole, cases, units = set(), [], set()
    for test in tests:
        program, _, case = test.partition(':')
        if program in chosen.programs:
            if case in suites.cases(tree, program):
                cases.append(test)
            else:
                whole.add(program)
        elif test.partition('.')[0] in chosen.suites:
            units.add('.'.join(test.split('.')[:2]))
        else:
            return scenario
    own = {unit.partition('.')[0] for unit in units}
    glob = min(units if len(units) == 1 else own) if len(own) == 1 else \
        chosen.kunit_glob
    programs = [p for p in chosen.programs
                if p in whole or any(c.startswith(f'{p}:') for c in cases)]
    return replace(scenario, selection=replace(
        chosen, programs=programs,
        suites=[s for s in chosen.suites if s in own],
        kunit_glob=glob if own else '',
        cases=tuple(c for c in cases if c.partition(':')[0] not in whole),
        within=tuple(g for g in chosen.within
                     if g.partition(':')[0] in programs)))


class _Failed(Exception):
    """The patched kernel does not come to be; a Change says why."""

    def __init__(self, change):
        super().__init__(change.text)
        self.change = change


class Verdict:
    """One verdict on one patch, for a kernel that is built."""

    def __init__(self, built, conf, patch, out, progress):
        self.built = built
        self.conf = conf
        self.patch = patch
        self.out = out
        self.progress = progress
        self.command = f'{conf.command("verdict")} PATCH={patch.path}'
        tree = self.built.tree.path
        self.plan = scenarios.until_an_oops(
            (scenarios.plan if conf.tests else scenarios.every)(
                conf.arch, self.built.selection, tree))
        self.kept = patch_baseline.Kept(conf.state, patch_baseline.digest(
            self.built, self.plan, conf.tests))
        self.found = {'applies': '', 'builds': '', 'warnings': [],
                      'kept': self.kept.exists(), 'once': [], 'changed': {},
                      'baseline': None, 'patched': None}

    def conclude(self):
        """All of it; returns the answer for the screen, and the status."""
        try:
            with patched.copy_of(self.built, self.conf, self.progress,
                                 self.out / 'patched-build.log') as copy:
                changes = self._compared(copy)
        except _Failed as e:
            changes = [e.change]
        finally:
            self.kept.clean()
        word, change = patch_compare.decide(changes)
        if any(c.grade == patch_compare.BETTER and not c.confirmed()
               for c in changes):
            # It may be the baseline that showed what it does not always show.
            self.kept.forget()
        return self._answer(word, change, changes)

    def _applied(self, copy):
        """Change the copy; what is made of it is up to date as before."""
        kbuild = self.built.kbuild
        why = self.patch.inapplicable(self.conf.arch,
                                      (kbuild.here / '.config').read_text(),
                                      self.built.tree.path)
        try:
            if why:
                raise Fatal(f'{self.patch.path} is not for this kernel: {why}')
            mutant.apply(self.patch, copy.kbuild.source)
        except Fatal as e:
            self.found['applies'] = str(e)
            raise _Failed(Change('build', 'applies', str(e),
                                 patch_compare.UNCLEAR))

    def _made(self, make, *args):
        """Build something of the patched kernel."""
        try:
            return make(*args)
        except CommandFailed as e:
            if 'No space left' in e.cause:
                raise
            why, grade = e.cause, WORSE
        except Fatal as e:
            why, grade = str(e), patch_compare.UNCLEAR
        self.found['builds'] = why
        raise _Failed(Change('build', 'builds', f'it does not build: {why}',
                             grade))

    def _compared(self, copy):
        """The Changes that the patch brings."""
        self._applied(copy)
        if not self.kept.exists():
            self._build_baseline(copy)
        new, audit = self._build(copy)
        base, image = self._baseline()
        if not all(map(patch_facts.came_up, base['boots'].values())):
            raise _Failed(Change('run', 'baseline', 'the baseline does not '
                                 'boot', patch_compare.UNCLEAR))
        seconds = {name: b['seconds'] for name, b in base['boots'].items()}
        limits = {name: _PATIENCE * s + _GRACE for name, s in seconds.items()}
        # The shortest first: what hangs early hangs in all of them.
        boots, locks = patch_facts.boots(
            new, self.conf, sorted(self.plan, key=lambda s: seconds[s.name]),
            self.out / 'patched', self.progress, self.command, limits)
        self.found['patched'] = {'boots': boots, 'locks': locks,
                                 'audit': audit}
        changes = patch_compare.compare(base, self.found['patched'])
        for boot, own in patch_compare.to_repeat(changes).items():
            self._repeat(boot, own, new, image, limits[boot])
        self._decode(changes, copy)
        return changes

    def _build_baseline(self, copy):
        """Build what the baseline boots, for it to be kept, in the copy; the
        patch is back in there afterwards.
        """
        copy.restore(self.patch.files, built=False)
        files = copy.tell_once()
        copy.build(self.kept.begin())
        copy.restore(files)
        mutant.apply(self.patch, copy.kbuild.source)

    def _build(self, copy):
        """The patched kernel, to boot, and its audit."""
        self._made(copy.compile)
        with self.progress.phase('audit'):
            self.found['changed'] = changed_code.compare(
                self.built.kbuild.here, copy.kbuild.here)
            audit = patch_facts.of_audit(copy.kbuild, self.built.tree.release)
        self.found['once'] = copy.tell_once()
        folder = copy.kbuild.source / 'memhp-image'
        folder.mkdir()
        new = self._made(copy.build, folder)
        self.found['warnings'] = self._warnings()
        return new, audit

    def _baseline(self):
        """What the baseline shows, now or earlier, and what to boot."""
        out = self.out / 'baseline'
        if self.found['kept']:
            facts = self.kept.load(out)
        else:
            with self.progress.phase('audit baseline'):
                audit = patch_facts.of_audit(self.built.kbuild,
                                             self.built.tree.release)
            boots, locks = patch_facts.boots(
                patched.bootable(self.built, self.kept.new), self.conf,
                self.plan, out, self.progress, self.command)
            facts = {'boots': boots, 'locks': locks, 'audit': audit}
            self.kept.keep(facts, out)
        self.found['baseline'] = facts
        return facts, patched.bootable(self.built, self.kept.folder)

    def _repeat(self, boot, changes, new, image, limit):
        """Boot both kernels once more, with what differs alone."""
        scenario = next(s for s in self.plan if s.name == boot)
        scenario = narrowed(scenario, [c.test for c in changes],
                            self.built.tree.path)
        again = []
        for kernel, name in ((new, 'patched-again'), (image, 'baseline-again')):
            boots, locks = patch_facts.boots(
                kernel, self.conf, [scenario], self.out / name, self.progress,
                self.command, {boot: limit})
            again.append((boots[boot], locks))
        for change in changes:
            change.again = tuple(patch_compare.came(change, *facts)
                                 for facts in again)

    def _decode(self, changes, copy):
        """Files and lines of the patched kernel's new reports."""
        reports = [c for c in changes if c.kind == 'report' and
                   c.grade == WORSE]
        with self.progress.phase('decode stacks'), \
                decode.Decoder(copy.kbuild) as decoder:
            for change in reports[:_DECODED]:
                change.stack = decoder.stack(change.problem['place'],
                                             change.problem['callers'])

    def _warnings(self):
        """What the compiler warned of. Ours and upstream's files have none."""
        log = (self.out / 'patched-build.log').read_text(errors='replace')
        return list(dict.fromkeys(_WARNING.findall(log)))

    def _answer(self, word, change, changes):
        built, found = self.built, self.found
        why = patch_text.why(word, change, changes, found)
        result = {
            'version': 1, 'id': self.out.name, 'verdict': word, 'why': why,
            'report': str(self.out / 'report.html'), 'command': self.command,
            'kernel': {'release': built.tree.release,
                       'source': built.tree.source, 'arch': self.conf.arch,
                       'sanitizer': self.conf.sanitizer,
                       'config': str(built.kbuild.obj / '.config'),
                       'commit': built.tree.commit},
            'patch': {'path': str(self.patch.path), 'files': self.patch.files,
                      'text': self.patch.path.read_text(errors='replace')},
            **found, 'phases': self.progress.phases,
            'changes': [{**asdict(c), 'evidence': c.evidence(),
                         'confirmed': c.confirmed()} for c in changes]}
        (self.out / 'verdict.json').write_text(
            json.dumps(result, indent=1) + '\n')
        (self.out / 'report.html').write_text(patch_page.render(result,
                                                                changes))
        return patch_text.summary(result, changes), _STATUS[word]


def main():
    try:
        conf = settings.from_environment(settings.X86_64)
        patch = read_patch(os.environ.get('PATCH'))
        progress = Progress(verbose=conf.verbose)
        with locked(conf.state), pipeline.results_folder(
                conf, f'{conf.arch}-verdict-{patch.name}') as out:
            built = pipeline.build(conf, progress, out)
            text, status = Verdict(built, conf, patch, out,
                                   progress).conclude()
    except Fatal as e:
        # Bad input says nothing of a patch.
        print(f'memhp: {e}', file=sys.stderr)
        return _STATUS[INCONCLUSIVE]
    print(text)
    return status


if __name__ == '__main__':
    entry(main)
