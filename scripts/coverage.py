# SPDX-License-Identifier: GPL-2.0
"""make coverage: which lines and branches of the hotplug code are executed, by
booting alone, by upstream's script, and by our kselftests in all their boots.

The kernel counts (CONFIG_GCOV_KERNEL), and the guest's init prints the counters
at its end. They are read by gcov, added up here, and drawn by genhtml.
"""

import base64
import gzip
import json
import re
import subprocess
from collections import defaultdict
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

import judge
import kbuild
import pipeline
import results
import scenarios
import settings
import suites
from common import SCRIPTS, Fatal, child_env, entry, locked
from progress import Progress

GOAL = 85
_SCRIPT = 'mem-on-off-test.sh'

# Of these files, functions with these names.
FILES = {
    'mm/memory_hotplug.c': ('*',),
    'drivers/base/memory.c': ('*',),
    'mm/page_alloc.c': ('*build*zonelist*', 'build_zonerefs*', 'set_zonelist*',
                        'find_next_best_node', 'zone_pcp_*',
                        'init_per_zone_wmark_min', 'setup_per_zone_*'),
    'mm/slub.c': ('slab_mem_*', 'slab_memory_callback', '*_show',
                  'show_slab_objects', 'show_stat', 'slab_attr_*'),
}
# Where a goal is set.
_WITH_GOAL = ('mm/memory_hotplug.c', 'drivers/base/memory.c')


@dataclass
class Counts:
    """What was executed, and how often."""
    lines: dict = field(default_factory=lambda: defaultdict(int))
    branches: dict = field(default_factory=dict)        # line: [count]
    functions: dict = field(default_factory=dict)       # name: (first, last)
    calls: dict = field(default_factory=lambda: defaultdict(int))

    def add(self, other):
        """Add another run of the same object's."""
        for line, count in other.lines.items():
            self.lines[line] += count
        for line, counts in other.branches.items():
            mine = self.branches.setdefault(line, [0] * len(counts))
            self.branches[line] = [a + b for a, b in zip(mine, counts)]
        for name, count in other.calls.items():
            self.calls[name] += count
        self.functions.update(other.functions)

    def share(self):
        """(lines hit, lines, branches hit, branches)."""
        branches = [c for counts in self.branches.values() for c in counts]
        return (sum(map(bool, self.lines.values())), len(self.lines),
                sum(map(bool, branches)), len(branches))


def _interesting(source, name):
    """Is this function of the file one that we look at?"""
    return any(fnmatchcase(name, glob) for glob in FILES[source])


def parse_gcov(document, source):
    """The counts of one source file in gcov's JSON, as far as we look at it."""
    counts = Counts()
    for file in document['files']:
        if not file['file'].endswith(source):
            continue
        for function in file['functions']:
            if _interesting(source, function['name']):
                counts.functions[function['name']] = (
                    function['start_line'], function['end_line'])
                counts.calls[function['name']] += function['execution_count']
        spans = list(counts.functions.values())
        for line in file['lines']:
            number = line['line_number']
            if not any(a <= number <= b for a, b in spans):
                continue
            counts.lines[number] += line['count']
            if line['branches']:
                # A line may be listed once for each function that it is in.
                found = [b['count'] for b in line['branches']]
                counts.branches.setdefault(number, []).extend(found)
    return counts


def _gcov(gcda, gcno, folder):
    """gcov's JSON for one object."""
    stem = folder / 'object'
    stem.with_suffix('.gcda').write_bytes(gcda)
    stem.with_suffix('.gcno').write_bytes(gcno.read_bytes())
    done = subprocess.run(
        ['gcov', '--json-format', '--branch-probabilities', '--stdout',
         stem.with_suffix('.gcda').name],
        cwd=folder, env=child_env(), capture_output=True)
    text = done.stdout
    if text[:2] == b'\x1f\x8b':
        text = gzip.decompress(text)
    if done.returncode or not text:
        raise Fatal(f'gcov failed: {done.stderr.decode().strip()}')
    return json.loads(text)


def collect(log, obj, folder):
    """{source: Counts} of what a guest has printed."""
    found = {source: Counts() for source in FILES}
    folder.mkdir(exist_ok=True)
    for line in log.read_text(errors='replace').splitlines():
        match = re.match(r'gcov: (\S+)\.gcda (\S+)$', line)
        if not match:
            continue
        for source in FILES:
            if match[1].endswith(f'/{source[:-2]}'):
                document = _gcov(base64.b64decode(match[2]),
                                 obj / f'{source[:-2]}.gcno', folder)
                found[source].add(parse_gcov(document, source))
    missing = [source for source, counts in found.items() if not counts.lines]
    if missing:
        raise Fatal(f'no counters for {", ".join(missing)}: see {log}')
    return found


def load_unreached(path):
    """What no test is expected to reach: {(source, function): reason}. Lines
    of the table: file, function, reason, two spaces or more between them.
    """
    table = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line and not line.startswith('#'):
            words = re.split(r' {2,}|\t+', line, maxsplit=2)
            if len(words) != 3:
                raise Fatal(f'{path}:{number}: not "file  function  reason"')
            table[words[0], words[1]] = words[2]
    return table


def without(counts, names):
    """The counts, less those of some functions."""
    spans = [counts.functions[n] for n in names if n in counts.functions]

    def outside(line):
        return not any(a <= line <= b for a, b in spans)
    return replace(
        counts,
        lines={n: c for n, c in counts.lines.items() if outside(n)},
        branches={n: c for n, c in counts.branches.items() if outside(n)})


def tracefile(found, tree):
    """The counts in the format of lcov."""
    out = []
    for source, counts in found.items():
        out += ['TN:', f'SF:{tree / source}']
        for name, (first, _) in sorted(counts.functions.items()):
            out += [f'FN:{first},{name}', f'FNDA:{counts.calls[name]},{name}']
        for line, branches in sorted(counts.branches.items()):
            out += [f'BRDA:{line},0,{i},{c or "-"}'
                    for i, c in enumerate(branches)]
        out += [f'DA:{n},{c}' for n, c in sorted(counts.lines.items())]
        out.append('end_of_record')
    return '\n'.join(out) + '\n'


def unreached_lines(counts):
    """{function: [line]} of what was compiled and not executed."""
    found = {}
    for name, (first, last) in sorted(counts.functions.items(),
                                      key=lambda item: item[1]):
        lines = [n for n in range(first, last + 1)
                 if n in counts.lines and not counts.lines[n]]
        if lines:
            found[name] = lines
    return found


def table(runs):
    """Rows of text: files by runs, lines and branches in per cent."""
    rows = [f'{"":24}' + ''.join(f'{name:>22}' for name in runs)]
    for source in FILES:
        row = f'{source:24}'
        for found in runs.values():
            hit, lines, branch_hit, branches = found[source].share()
            row += f'{100 * hit / lines:14.1f} %' \
                f'{100 * branch_hit / max(branches, 1):4.0f} %'
        rows.append(row)
    return rows


def judge_goal(found, expected):
    """What falls short of the goal, one line each, and the share of each file
    in reachable lines.
    """
    short, rows = [], []
    for source in _WITH_GOAL:
        names = [f for s, f in expected if s == source]
        gone = [n for n in names if n not in found[source].functions]
        reached = [n for n in names if found[source].calls.get(n)]
        short += [f'{source}: {n} is in the table of what is not reached, but '
                  f'{"is not there" if n in gone else "was called"}'
                  for n in gone + reached]
        hit, lines, *_ = without(found[source], names).share()
        share = 100 * hit / lines
        rows.append(f'{source}: {hit} of {lines} reachable lines, '
                    f'{share:.1f} % (goal {GOAL} %)')
        if share < GOAL:
            short.append(f'{source}: {share:.1f} % of the reachable lines, '
                         f'less than {GOAL} %')
    return short, rows


def _measure(built, conf, out, progress):
    """{run: {source: Counts}}, and how many boots failed."""
    everything = suites.select('', built.tree.path, 'kselftests')
    nothing = replace(everything, programs=[])
    script = replace(everything, programs=[_SCRIPT])
    ours = scenarios.plan(conf.arch, everything, built.tree.path)
    boots = [('boot', scenarios.Scenario('boot', '', (), nothing), 'keep'),
             ('upstream', scenarios.Scenario('upstream', '', (), script), 'reset')]
    boots += [('ours', scenario, 'reset') for scenario in ours]
    # "both" is boot and ours: what only a boot executes is not for tests.
    runs, failed = {'boot': {}, 'upstream': {}, 'ours': {}, 'both': {}}, 0
    for name, scenario, gcov in boots:
        folder = out / scenario.name
        folder.mkdir()
        with progress.phase(f'boot {scenario.name}'):
            booted = pipeline.run_scenario(built, scenario, conf, folder,
                                           progress, f'memhp.gcov={gcov}')
        if scenario.selection.programs:
            facts, decided = judge.judge(built, booted, scenario.selection,
                                         folder)
            print(results.summary(judge.write(
                built, booted, facts, decided, folder,
                conf.command('coverage'), progress.phases)))
            failed += not decided.ok
        found = collect(folder / 'guest.log', built.kbuild.obj,
                        folder / 'gcov')
        for source, counts in found.items():
            for run in [name] + ['both'] * (name != 'upstream'):
                runs.setdefault(run, {}).setdefault(source,
                                                    Counts()).add(counts)
    return runs, failed


def main():
    conf = replace(settings.from_environment(settings.X86_64), sanitizer=kbuild.GCOV)
    progress = Progress(verbose=conf.verbose)
    expected = load_unreached(SCRIPTS / 'coverage-unreached.txt')
    with locked(conf.state), \
            pipeline.results_folder(conf, f'{conf.arch}-coverage') as out:
        built = pipeline.build(conf, progress, out)
        runs, failed = _measure(built, conf, out, progress)
        info, html = out / 'coverage.info', out / 'html'
        info.write_text(tracefile(runs['both'], built.tree.path))
        subprocess.run(['genhtml', '--quiet', '--branch-coverage', '-o', html,
                        info], env=child_env(), check=True)
        with open(out / 'unreached.txt', 'w') as f:
            for source, counts in runs['both'].items():
                for name, lines in unreached_lines(counts).items():
                    why = expected.get((source, name), '')
                    print(source, name, ','.join(map(str, lines)), why,
                          sep='\t', file=f)
    short, rows = judge_goal(runs['both'], expected)
    print('Lines and branches that were executed; upstream and ours without '
          'the boot, both with it:', *table(runs), *rows, *short, sep='\n')
    print(f'not executed: {out / "unreached.txt"}')
    print(f'report: {html / "index.html"}')
    return 1 if failed or short else 0


if __name__ == '__main__':
    entry(main)
