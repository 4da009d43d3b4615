# SPDX-License-Identifier: GPL-2.0
"""make audit: which code on the hotplug paths looks at the CPUs, asserts a
hotplug lock or takes one, and what the rules say of each such place.

Fails for a place that scripts/rules/sites.ini does not classify, and for one
that it does and that is gone; and if the paths that need cpu_hotplug_lock are
not those that are checked in for this kernel.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field

import audit_answer
import callgraph
import pipeline
import rules
import settings
import tree as trees
from common import Fatal, entry, locked
from hotplug_graph import HotplugGraph, options
from kbuild import Kbuild
from progress import Progress

# Classes of sites, in the order in which they are shown.
CLASSES = {
    'needs': 'needs cpu_hotplug_lock',
    'device': 'serialised by device_hotplug_lock',
    'tolerates': 'tolerates the race',
    'unreachable': 'not reached in practice',
    'asserts': 'asserts a lock',
    'takes': 'takes a lock',
    'holds': 'runs where a lock keeps the CPUs as they are',
}


@dataclass
class Site:
    """A function on a hotplug path, and what it uses."""
    function: str
    kinds: set
    chain: list             # the shortest of all
    paths: dict = field(default_factory=dict)   # and that of each path
    rule: object = None


@dataclass
class Audit:
    kernel: rules.Kernel
    sites: list
    failures: list          # what is wrong, a line each
    checked: int            # how many things could have been wrong
    reached: int
    paths: dict             # of rules

    @property
    def passed(self):
        return self.checked - len(self.failures)

    def fail(self, text):
        self.failures.append(text)
        self.checked += 1


class _Auditor:
    def __init__(self, graph, kernel, config, folder):
        def load(*args):
            return rules.of_kernel(rules.read(*args, folder=folder), kernel)

        self.kernel = kernel
        self.graph = graph
        self.hotplug = HotplugGraph(graph, kernel, config, folder)
        self.consumers = load('consumers', ('own', 'strict'), ('symbols',))
        self.rules = {}
        for rule in load('sites', ('uses', 'covers', 'config', 'only',
                                   'proof', 'since', 'later',
                                   'instead'), ('class', 'why')).values():
            if rule['class'] not in CLASSES:
                raise Fatal(f'{rule}: unknown class {rule["class"]}: '
                                  f'known are {", ".join(CLASSES)}')
            if self.hotplug.configured(rule):
                self.rules[graph.find(rule.name) or rule.name] = rule
        paths = load('paths', rules.PATH_KEYS, ('title', 'entry'))
        self.paths = {n: p for n, p in paths.items()
                      if self.hotplug.configured(p)}
        for rule in self.rules.values():
            for name in rule.words('only'):
                if name not in paths:
                    raise Fatal(f'{rule}: paths.ini has no path {name}')
        self.operations = load('operations', (), ('functions', 'why'))
        self.failures = []

    def _kinds(self, function, strict):
        """What a function uses, of the strict kinds or of the others."""
        used = self.graph.uses(function)
        return {name for name, c in self.consumers.items()
                if bool(c['strict']) == strict and
                function not in c.words('own') and
                used & set(c.words('symbols'))}

    def _find(self):
        """All sites, by function."""
        hotplug, sites = self.hotplug, {}
        covers = {f for f, r in self.rules.items() if r['covers']}
        near = set(hotplug.free) | covers
        roots = {n: hotplug.roots(p) for n, p in self.paths.items()}
        every = [r for own in roots.values() for r in own]
        reach = hotplug.walk(every, near)
        self.reached = len(reach.parents)
        for function in hotplug.unlisted(reach):
            self.failures.append(
                'call through a pointer that edges.ini does not list: ' +
                ' -> '.join(reach.chain(function)))
        far = hotplug.walk(every, ())
        self._find_strays(far.parents)
        walks = ((False, near, reach), (True, (), far))
        for strict, ends, wide in walks:
            for function in wide.parents:
                kinds = self._kinds(function, strict)
                if kinds and (strict or function not in hotplug.free):
                    site = sites.setdefault(
                        function, Site(function, set(), wide.chain(function)))
                    site.kinds |= kinds
        for strict, ends, _ in walks:
            for name in self.paths:
                own = hotplug.walk(roots[name], ends)
                for site in sites.values():
                    if strict != (site.function in reach.parents) and \
                            site.function in own.parents:
                        site.paths[name] = own.chain(site.function)
        for site in sites.values():
            site.rule = self.rules.get(site.function)
            self._drop_idle_paths(site)
        return sites

    def _drop_idle_paths(self, site):
        """Leave the paths on which a site really runs."""
        only = site.rule.words('only') if site.rule else []
        for name in only:
            if name in self.paths and name not in site.paths:
                self.failures.append(f'{site.rule}: {name} does not reach it')
        site.paths = {n: c for n, c in site.paths.items()
                      if not only or n in only}

    def _find_strays(self, reached):
        """Complain of who does what a hotplug path does, and is on none."""
        for rule in self.operations.values():
            named = {self.graph.find(f) for f in rule.words('functions')}
            for function in sorted(self.graph.functions - set(reached)):
                for operation in sorted(named & self.graph.uses(function)):
                    self.failures.append(
                        f'on no path of paths.ini: {function} calls '
                        f'{operation}')

    def audit(self):
        sites = self._find()
        for site in sites.values():
            known = set(site.rule.lines('uses')) if site.rule else set()
            for kind in sorted(site.kinds - known):
                self.failures.append(
                    f'unclassified: {site.function} uses {kind}: ' +
                    ' -> '.join(site.chain))
        for function, rule in self.rules.items():
            have = sites[function].kinds if function in sites else set()
            for kind in rule.lines('uses'):
                if kind not in have:
                    self.failures.append(
                        f'{rule}: vanished: it uses {kind} no more, or no '
                        f'hotplug path comes by: drop the rule, or give it '
                        f'a range of versions')
        self.failures += self.hotplug.problems
        checked = sum(len(s.kinds) for s in sites.values()) + \
            len(self.hotplug.chains) + len(self.failures)
        return Audit(self.kernel,
                     sorted(sites.values(), key=lambda s: s.function),
                     self.failures, checked, self.reached, self.paths)


def audit(graph, kernel, config, folder=rules.RULES):
    """Compare the sites of a call graph with the rules."""
    return _Auditor(graph, kernel, config, folder).audit()


def by_class(found):
    """Sites that the rules know, by class."""
    groups = defaultdict(list)
    for site in found.sites:
        if site.rule:
            groups[site.rule['class']].append(site)
    return {c: groups[c] for c in CLASSES if groups[c]}


def _wrapped(words, width=79, indent='    '):
    lines, line = [], indent
    for word in words:
        if len(line) + len(word) > width and line.strip():
            lines.append(line.rstrip())
            line = indent
        line += f'{word} '
    return [*lines, line.rstrip()]


def summary(found):
    """What fits one screen."""
    kernel = found.kernel
    lines = [f'Linux {kernel.release} ({kernel.arch}): {found.reached} '
             f'functions on {len(found.paths)} hotplug paths']
    for name, sites in by_class(found).items():
        lines.append(f'  {CLASSES[name]}: {len(sites)}')
        lines += _wrapped(s.function for s in sites)
    lines += [f'  FAILED: {text}' for text in found.failures]
    return '\n'.join(lines)


def report(found):
    """Everything, for audit.json."""
    return {
        'failures': found.failures,
        'sites': [{
            'function': s.function,
            'uses': sorted(s.kinds),
            'class': s.rule['class'] if s.rule else None,
            'why': s.rule['why'] if s.rule else None,
            'paths': s.paths,
        } for s in found.sites]}


def build(conf, progress, log):
    """The kernel, built up to vmlinux.o at least."""
    trees.check(conf.kernel, conf.kdir)
    tree = trees.prepare(conf.kernel, conf.kdir, conf.state, progress, log)
    kernel = Kbuild(tree, conf.arch, conf.state, conf.jobs, progress, log,
                    conf.sanitizer)
    kernel.configure()
    kernel.build_kernel()
    return kernel


def graph_of(obj):
    """The call graph of a kernel that is built there, without KUnit suites."""
    graph = callgraph.read(obj / 'vmlinux.o')
    graph.forget(callgraph.defined(obj / 'lib/kunit/built-in.a'))
    return graph


def main():
    conf = settings.from_environment(settings.X86_64)
    progress = Progress(verbose=conf.verbose)
    with locked(conf.state), pipeline.results_folder(conf, 'audit') as out:
        built = build(conf, progress, out / 'build.log')
        kernel = rules.Kernel(built.tree.release, conf.arch)
        with progress.phase('call graph'):
            graph = graph_of(built.obj)
        with progress.phase('audit'):
            found = audit(graph, kernel, options(built.obj / '.config'))
        if audit_answer.stale(found):
            found.fail(f'{audit_answer.stored_path(kernel)} is not what was '
                       f'found: if that is right, run make rules')
        (out / 'audit.json').write_text(json.dumps(report(found), indent=1))
    print(summary(found))
    print(f'report: {out / "audit.json"}')
    print(f'{found.passed} passed, {len(found.failures)} failed, 0 skipped')
    return 1 if found.failures else 0


if __name__ == '__main__':
    entry(main)
