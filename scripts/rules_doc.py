# SPDX-License-Identifier: GPL-2.0
"""make rules: the tables and figures of memory-hotplug-locking.rst, from the
rules and from the audit of a built kernel; of one that the tables are not
about, what differs.
"""

import re

import audit
import audit_answer
import experiment
import locks_doc
import pipeline
import rst
import rules
import settings
from common import REPO, entry, locked
from hotplug_graph import options
from progress import Progress

DOCS = REPO / 'Documentation/admin-guide/mm'
_PREFIX = 'memory-hotplug-locking-'
_PATH_KEYS = rules.PATH_KEYS, ('title', 'entry')
# What the tables are of; what other kernels have is compared with it alone.
_VERSION = (6, 12)
_NOTE = '''.. SPDX-License-Identifier: GPL-2.0
.. Written by "make rules" from scripts/rules of the project that this is part
.. of: edit the rules, not this.

'''


def sites(found):
    """All places of the audit, by class."""
    rows = []
    for name, group in audit.by_class(found).items():
        for site in group:
            if name not in ('takes', 'asserts'):
                rows.append((rst.call(site.function), audit.CLASSES[name],
                             rst.sentence(site.rule['why']),
                             site.rule['proof']))
    return rst.table((22, 16, 42, 20),
                     ('Place', 'What of it', 'Why', 'Shown by'), rows)


def answer(found):
    """Whether each path that takes cpu_hotplug_lock still needs it."""
    return rst.table(
        (40, 14, 46), ('Path', 'cpu_hotplug_lock', 'Because of'),
        [(rst.sentence(found.paths[name]['title']),
          'needed' if functions else 'not needed',
          ', '.join(map(rst.call, functions)) or
          'Nothing that it reaches relies on it.')
         for name, functions in audit_answer.needed(found).items()])


def versions(arch):
    """The same, of each kernel that was audited."""
    stored = audit_answer.every(arch)
    titles = {r.name: r['title'] for r in rules.read('paths', *_PATH_KEYS)}

    def cell(needed, name):
        if name not in needed:
            return 'does not take it'
        functions = ', '.join(map(rst.call, needed[name]))
        return f'needed: {functions}' if functions else 'not needed'
    return rst.table(
        (30, *[70 // len(stored)] * len(stored)),
        ('Path', *(f'Linux {version}' for version in stored)),
        [(rst.sentence(title), *(cell(n, name) for n in stored.values()))
         for name, title in titles.items()
         if any(name in needed for needed in stored.values())])


def _begin(line):
    """A function in which a path begins, and in which versions."""
    name, _, versions = line.partition(' if ')
    return rst.call(name) + (f' ({versions})' if versions else '')


def others():
    """The paths that no test takes, of all kernels."""
    every = rules.read('paths', *_PATH_KEYS)
    return rst.table(
        (34, 28, 38), ('Path', 'Begins in', 'Held, by reading'),
        [(rst.sentence(p['title']), ', '.join(map(_begin, p.lines('entry'))),
          rst.sentence(p['holds'])) for p in every if p['holds']])


def reasons(found):
    """What needs the lock, and what would have to change for it to go."""
    return rst.table(
        (24, 12, 24, 40),
        ('Because of', 'Since', 'In newer kernels', 'It could go if'),
        [(rst.call(s.function), s.rule['since'], s.rule['later'],
          rst.sentence(s.rule['instead']))
         for s in found.sites if s.rule and s.rule['class'] == 'needs'])


def history():
    """The commits that are verified."""
    every = rules.read('history', ('locks',),
                       ('title', 'date', 'release', 'what', 'verified'))
    return rst.table((12, 34, 54), ('Linux', 'Commit', 'What it changed'), [
        (r['release'], f'{r.name} ("{r["title"]}")', r['what'])
        for r in every if r['verified'] != 'no'])


def _told(parts):
    """Paragraphs, the first of each part in bold and the others below it."""
    lines = []
    for title, *others in parts:
        lines += [*rst.cell(f'**{" ".join(title.split())}**', '', ''), '']
        for text in others:
            lines += [*rst.cell(' '.join(text.split()), '  ', '  '), '']
    return '\n'.join(lines)


def claims():
    """What the thread says and what is known of it."""
    every = rules.read('claims', (),
                       ('claim', 'answer', 'evidence', 'versions'))
    return _told((f'{r.name}: {r["claim"]}', r['answer'],
                  f'Other versions: {r["versions"]}',
                  f'Shown by {_evidence(r)}.') for r in every)


def _evidence(rule):
    """Where a claim's answer comes from, short."""
    words = []
    for line in rule.lines('evidence'):
        kind, _, name = line.partition(' ')
        words.append({'audit': '"make audit"',
                      'locksets': '"make locksets"',
                      'mutant': f'{name}.cocci',
                      'cure': f'{name}.cocci',
                      'experiment': f'experiment {name}'}.get(kind, name))
    return ', '.join(words)


def _shown(line):
    """A line of an experiment's result, short: the test that failed, or who
    reported what for whom.
    """
    test = re.search(r'(?:failed|crashed): ([^:]+)', line)
    if test:
        return test[1]
    title, *frames = line.partition('/')[2].split(' <- ')
    return f'{title.replace(" at ", " ")}(), called by {rst.call(frames[0])}'


def experiments():
    """What kernels say that take cpu_hotplug_lock on fewer paths."""
    parser, parts = experiment.records(), []
    for name in parser.sections():
        section = parser[name]
        shown = dict.fromkeys(map(_shown, section['result'].strip()
                                  .splitlines()))
        parts.append((f'{name}: {section["what"]}',
                      f'Reported: {"; ".join(shown) or "nothing"}.',
                      f'Verdict: {section["verdict"]}.',
                      section['conclusion']))
    return _told(parts)


def needs_figure(found):
    """Who gets to what needs the lock, as DOT."""
    edges, ends = {}, set()
    for site in found.sites:
        if site.rule and site.rule['class'] == 'needs':
            ends.add(site.function)
            for name in ('memory-online', 'memory-offline'):
                chain = site.paths.get(name, [])
                edges.update(dict.fromkeys(zip(chain, chain[1:])))
    lines = [f'"{f}" [style=filled, fillcolor="#f4d6cc"];'
             for f in sorted(ends)]
    return rst.dot('needs', lines + [f'"{a}" -> "{b}";' for a, b in edges])


# Those whose columns fit on a page, outermost first.
_COLUMNS = ('device_hotplug_lock', 'cpu_hotplug_lock', 'mem_hotplug_lock',
            'slab_mutex', 'zonelist_update_seq')


def texts(found):
    """What is generated of this kernel: the text of each file, by its name."""
    kernel = found.kernel
    compared = {f'{_PREFIX}versions.txt': _NOTE + versions(kernel.arch)}
    if rules.version(kernel.release) != _VERSION:
        return compared
    tables = {'locks': locks_doc.locks(kernel),
              'paths': locks_doc.paths(kernel, _COLUMNS),
              'kernels': locks_doc.everywhere('cpu_hotplug_lock'),
              'functions': locks_doc.functions(kernel),
              'others': others(),
              'experiments': experiments(),
              'sites': sites(found), 'answer': answer(found),
              'reasons': reasons(found), 'history': history(),
              'claims': claims()}
    made = {f'{_PREFIX}{n}.txt': _NOTE + t for n, t in tables.items()}
    made[f'{_PREFIX}needs.dot'] = needs_figure(found)
    made[f'{_PREFIX}order.dot'] = locks_doc.order_figure(kernel)
    return made | compared


def stale(found, folder=DOCS):
    """The generated files that are not what they should be."""
    return [n for n, text in texts(found).items()
            if not (folder / n).exists() or (folder / n).read_text() != text]


def main():
    conf = settings.from_environment(settings.X86_64)
    progress = Progress(verbose=conf.verbose)
    with locked(conf.state), pipeline.results_folder(conf, 'rules') as out:
        built = audit.build(conf, progress, out / 'build.log')
        found = audit.audit(audit.graph_of(built.obj),
                            rules.Kernel(built.tree.release, conf.arch),
                            options(built.obj / '.config'))
    stored = audit_answer.stored_path(found.kernel)
    if not found.failures and \
            (not stored.exists() or audit_answer.stale(found)):
        stored.write_text(audit_answer.as_ini(found))
        print(stored)
    for name in stale(found):
        (DOCS / name).write_text(texts(found)[name])
        print(DOCS / name)


if __name__ == '__main__':
    entry(main)
