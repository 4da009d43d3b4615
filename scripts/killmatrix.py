# SPDX-License-Identifier: GPL-2.0
"""make mutants: the kill matrix. Each seeded bug of a folder is built and meets
the tests; what finds it, and after how long?

The unmodified kernel goes first, through all boots: what fails there could kill
nothing. An interrupted run is taken up again where it ended, as long as kernel
and tests are the same; so is a whole one if others (PEERS=1) have not had their
say yet.
"""

import hashlib
import json
import os
import queue
import shutil
import threading
import time
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

import kill
import kill_page
import kill_rows
import killplan
import mutant
import peers
import pipeline
import scenarios
import settings
from common import REPO, Fatal, entry, locked
from progress import Progress

_STATE = 'results.json'
# Two cores are for one guest, and for building what it gets next.
_CORES = 2
# What a boot may take, by the longest of the unmodified kernel: times, plus
# seconds.
_PATIENCE = 3, 60


class _Said(Progress):
    """The progress of one of several: its last line, on the common display.

    Raises KeyboardInterrupt in whoever reports, when all is to end.
    """

    def __init__(self, main, lock, stop, label):
        super().__init__(open(os.devnull, 'w'))
        self._main, self._lock, self._stop = main, lock, stop
        self._label = label

    def note(self, text):
        if self._stop.is_set():
            raise KeyboardInterrupt
        with self._lock:
            self._main.note(f'{self._label}: {text}')

    def close(self):
        self.out.close()


class _Matrix:
    """All that is known so far, and the file that it is kept in."""

    def __init__(self, out, facts):
        self.out = out
        self.facts = facts
        self.rows = {}
        self.control = None

    def write(self, finished=False):
        new = self.out / f'{_STATE}.new'
        new.write_text(json.dumps({
            'kind': 'mutants', 'finished': finished, **self.facts,
            'id': self.out.name, 'control': self.control,
            'counts': kill_rows.counts(self.rows.values()),
            'rows': [self.rows[n] for n in sorted(self.rows)]}, indent=1))
        new.replace(self.out / _STATE)


def _earlier(results, key):
    """What was left by matrices of the same kernel and tests, newest first."""
    for path in sorted(results.glob(f'*-mutants*/{_STATE}'), reverse=True):
        try:
            found = json.loads(path.read_text())
        except ValueError:
            continue
        if found.get('key') == key:
            yield path.parent, found


def _key(built, plan):
    """Of kernel and tests, and of which of them run in which boot."""
    digest = hashlib.sha256(built.image.read_bytes())
    for name in sorted(built.archives):
        digest.update(built.archives[name].read_bytes())
    digest.update(repr(plan).encode())
    return digest.hexdigest()


def _take_up(matrix, digests):
    """Go on with what the newest matrix of the same kernel has left to do."""
    for folder, found in _earlier(matrix.out.parent, matrix.facts['key']):
        if folder == matrix.out:
            continue
        matrix.control = matrix.control or found['control']
        done = found['finished'] and found['peers'] >= matrix.facts['peers']
        if done or found['mutants'] != matrix.facts['mutants']:
            continue
        for row in found['rows']:
            if digests.get(row['name']) == row['digest']:
                matrix.rows[row['name']] = row
        for path in folder.iterdir():
            if path.is_dir():
                path.rename(matrix.out / path.name)
        shutil.rmtree(folder)
        break


def _digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


class _Hunt:
    """The mutants of a folder against one kernel's tests."""

    def __init__(self, built, conf, matrix, plan, progress):
        self.built = built
        self.conf = conf
        self.matrix = matrix
        self.plan = plan
        self.progress = progress
        self.others = matrix.facts['peers']
        self.experience = killplan.Experience(
            mutant.read_all(mutant.MUTANTS))
        self.stop = threading.Event()
        self.lock = threading.Lock()

    @contextmanager
    def _saying(self, label):
        said = _Said(self.progress, self.lock, self.stop, label)
        try:
            yield said
        finally:
            said.close()

    def control(self):
        """The unmodified kernel: all must be well, and it takes how long?"""
        nothing = mutant.Mutant(Path(), '', [], [])
        quick, rest = killplan.boots(self.plan, nothing, self.experience, {})
        out = self.matrix.out / 'unmodified'
        shutil.rmtree(out, ignore_errors=True)
        with self._saying('unmodified') as said:
            boots = kill.run_all(self.built, [*quick, *rest], self.conf, out,
                                 said, self.stop)
        if boots.findings:
            raise Fatal(f'the unmodified kernel fails, so nothing that fails '
                        f'would say anything of a mutant: '
                        f'{boots.best().text} (see {out})')
        shutil.rmtree(out)
        self.matrix.control = {
            'peers': {}, 'boots': boots.count, 'guest_seconds': boots.guest,
            'silence': boots.silence, 'longest': boots.longest,
            'took': [[*unit, s] for unit, s in boots.took.items()]}
        self.matrix.write()

    def ask_others(self):
        """What do others say of the unmodified kernel?"""
        out = self.matrix.out / 'unmodified'
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        self.matrix.control['peers'] = peers.run(self.built, self.conf, out,
                                                 self.progress)
        shutil.rmtree(out)
        self.matrix.write()

    def _build(self, scratch, bug, row):
        """The kernel with a bug, or None where there is none to boot."""
        out = self.matrix.out / bug.name
        if not row['status']:
            shutil.rmtree(out, ignore_errors=True)
        out.mkdir(exist_ok=True)
        scratch.log = out / 'build.log'
        begin = time.monotonic()
        try:
            with self._saying(f'build {bug.name}') as scratch.progress:
                return scratch.build(bug)
        except Fatal as e:
            row.update(status=kill_rows.unbuilt(e), text=str(e))
            return None
        finally:
            row['build_seconds'] = time.monotonic() - begin

    def _limit(self):
        """Of a boot: one that takes so long would go on for ever."""
        return round(_PATIENCE[0] * self.matrix.control['longest'] +
                     _PATIENCE[1])

    def _hunt(self, image, bug, row):
        took = {(scenario, name): s
                for scenario, name, s in self.matrix.control['took']}
        named = killplan.by_its_own_word(bug, self.conf, self.built.tree.path)
        quick, rest = killplan.boots(self.plan, bug, self.experience, took,
                                     named)
        begin = time.monotonic()
        with self._saying(bug.name) as said:
            boots = kill.hunt(image, quick, rest, self.conf,
                              self.matrix.out / bug.name, said, self.stop,
                              self._limit(), _enough(bug))
        row['boot_seconds'] = time.monotonic() - begin
        kill_rows.judge(row, bug, boots)

    def _boot(self, image, bug, row):
        out = self.matrix.out / bug.name
        if not row['status']:
            self._hunt(image, bug, row)
        if self.others:
            row['peers'] = self._ask_others(image, out, bug.name)
        image.image.unlink()
        # What has nothing to say of the bug is not worth its space.
        said = {f['boot'] for f in row['findings']}
        said |= {p for p, found in row.get('peers', {}).items()
                 if found['killed']}
        for folder in out.iterdir():
            if folder.is_dir() and folder.name not in said:
                shutil.rmtree(folder)

    def _ask_others(self, image, out, label):
        with self._saying(label) as said:
            found = peers.run(image, self.conf, out, said)
        for name, says in found.items():
            # What it says of the unmodified kernel says nothing of a bug.
            if self.matrix.control['peers'][name]['killed']:
                says.update(killed='', what='fails without a bug, too')
        return found

    def _finish(self, row):
        with self.lock:
            self.matrix.rows[row['name']] = row
            self.matrix.write()
            self.progress.say(f'{len(self.matrix.rows)} of {self.total}: '
                              f'{kill_rows.line(row)}')

    def _feed(self, todo, scratch, built):
        """Build one mutant after the other, one ahead of the boots."""
        try:
            while not self.stop.is_set():
                try:
                    bug = todo.get_nowait()
                except queue.Empty:
                    break
                row = dict(self.matrix.rows.get(bug.name) or
                           kill_rows.new(bug, _digest(bug.path)))
                image = self._build(scratch, bug, row)
                if image:
                    built.put((image, bug, row))
                else:
                    self._finish(row)
        finally:
            built.put(None)

    def _eat(self, built):
        try:
            while (item := built.get()) is not None:
                self._boot(*item)
                self._finish(item[-1])
        except BaseException:
            # Who feeds may be waiting for room.
            self.stop.set()
            while built.get() is not None:
                pass
            raise

    def hunt(self, bugs):
        """Build and boot all of them."""
        self.total = len({*self.matrix.rows, *(bug.name for bug in bugs)})
        todo = queue.SimpleQueue()
        for bug in bugs:
            todo.put(bug)
        lanes = min(max(1, self.conf.jobs // _CORES), len(bugs))
        scratches = [mutant.Scratch(self.built, self.conf, None, None,
                                    f'mutant{n}') for n in range(lanes)]
        pool = ThreadPoolExecutor(2 * lanes)
        futures = []
        try:
            for scratch in scratches:
                built = queue.Queue(1)
                futures += [pool.submit(self._feed, todo, scratch, built),
                            pool.submit(self._eat, built)]
            wait(futures, return_when=FIRST_EXCEPTION)
            for future in futures:
                if future.done():
                    future.result()
        finally:
            self.stop.set()
            pool.shutdown()
            for scratch in scratches:
                scratch.remove()


def _enough(bug):
    """Which findings there is no need to look further than. A report that the
    bug foretells is one, where it foretells nothing else.
    """
    if mutant.shows_on_console_alone(bug):
        return *kill.NAMED, kill.SPLAT
    return kill.NAMED


def _is_done(matrix, bug):
    row = matrix.rows.get(bug.name)
    return row and (row['status'] in (kill_rows.BROKEN, kill_rows.INAPPLICABLE)
                    or 'peers' in row or not matrix.facts['peers'])


def _sort_out(matrix, folder, built):
    """The mutants that are to be built; rows for those that are not."""
    config = (built.kbuild.obj / '.config').read_text()
    bugs = []
    for path in mutant.paths(folder):
        try:
            bug = mutant.read(path)
        except Fatal as e:
            bug = mutant.Mutant(path, path.stem, [], [])
            row = kill_rows.new(bug, _digest(path))
            matrix.rows[bug.name] = {**row, 'status': kill_rows.BROKEN,
                                     'text': str(e)}
            continue
        why = bug.inapplicable(built.kbuild.arch, config, built.tree.path)
        if why:
            matrix.rows[bug.name] = {
                **kill_rows.new(bug, _digest(path)),
                'status': kill_rows.INAPPLICABLE, 'text': why}
        elif not _is_done(matrix, bug):
            bugs.append(bug)
    # Who survives takes longest. In no order but that, so that what there is of
    # a run that was interrupted is a fair sample of all.
    return sorted(bugs, key=lambda bug: (bool(bug.unseen), _digest(bug.path)))


def main():
    folder = mutant.folder(os.environ.get('MUTANTS') or mutant.MUTANTS)
    others = os.environ.get('PEERS') == '1'
    conf = settings.from_environment()
    progress = Progress(verbose=conf.verbose)
    with locked(conf.state), \
            pipeline.results_folder(conf, f'{conf.arch}-mutants') as out:
        built = pipeline.build(conf, progress, out)
        plan = scenarios.plan(conf.arch, built.selection, built.tree.path)
        name = folder.relative_to(REPO) if folder.is_relative_to(REPO) \
            else folder
        matrix = _Matrix(out, {
            'version': 1, 'key': _key(built, plan),
            'mutants': str(name),
            'release': built.tree.release, 'arch': conf.arch,
            'command': conf.command(
                f'mutants MUTANTS={name}{" PEERS=1" if others else ""}'),
            'peers': others,
            'report': str(out / 'report.html')})
        _take_up(matrix, {p.stem: _digest(p) for p in mutant.paths(folder)})
        if matrix.rows:
            progress.say(f'goes on: {len(matrix.rows)} are done')
        hunt = _Hunt(built, conf, matrix, plan, progress)
        bugs = _sort_out(matrix, folder, built)
        if bugs and not matrix.control:
            with progress.phase('unmodified kernel'):
                hunt.control()
        if bugs and others and not matrix.control['peers']:
            hunt.ask_others()
        if bugs:
            with progress.phase('mutants'):
                hunt.hunt(bugs)
        matrix.write(finished=True)
        found = json.loads((out / _STATE).read_text())
        (out / 'report.html').write_text(kill_page.render(found))
    print(kill_rows.summary(found))
    return 1 if kill_rows.unexpected(found['rows']) else 0


if __name__ == '__main__':
    entry(main)
