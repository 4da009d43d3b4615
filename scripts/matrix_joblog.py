# SPDX-License-Identifier: GPL-2.0
"""When the jobs of make matrix ran, and where: what GNU parallel's log of them
says.
"""

from dataclasses import dataclass

import svg

NAME = 'joblog.tsv'

_BAR = 14
_PITCH = 20
_LEFT = 16
_TOP = 46
_WIDTH = 720
_COLOURS = {'pass': '#009e73', 'fail': '#d55e00', 'bug': '#0072b2'}


@dataclass(frozen=True)
class Ran:
    """A job on a worker, until its logs were back."""
    worker: str
    begin: float        # seconds since 1970
    seconds: float

    @property
    def end(self):
        return self.begin + self.seconds


def read(path):
    """{job: Ran} of the jobs that a worker has brought to an end. There is no
    log if no job ran.
    """
    if not path.exists():
        return {}
    found = {}
    for line in path.read_text().splitlines():
        words = line.split('\t')
        if words[0] == 'Seq' or words[6:8] != ['0', '0']:
            continue
        # The command ends with the job's name and a folder.
        found[words[8].split()[-2]] = Ran(words[1], float(words[2]),
                                          float(words[3]))
    return found


def lanes(ran):
    """Jobs in rows, as few as it takes, so that those in a row do not overlap
    and are of one worker: [(worker, [jobs])].
    """
    rows = []
    for name in sorted(ran, key=lambda n: (ran[n].worker, ran[n].begin)):
        job = ran[name]
        for worker, row in rows:
            if worker == job.worker and ran[row[-1]].end <= job.begin:
                row.append(name)
                break
        else:
            rows.append((job.worker, [name]))
    return rows


def span(ran):
    """From when to when jobs ran."""
    return (min(r.begin for r in ran.values()),
            max(r.end for r in ran.values()))


def busy(ran):
    """The part of all rows' time in which a job ran, None without jobs."""
    if not ran:
        return None
    begin, end = span(ran)
    return sum(r.seconds for r in ran.values()) / \
        (len(lanes(ran)) * (end - begin))


def draw(ran, verdicts):
    """The figure of jobs over time, an element for a page."""
    begin, end = span(ran)
    scale = _WIDTH / (end - begin)
    rows = lanes(ran)
    title = f'Jobs over time, {100 * busy(ran):.0f} % busy'
    parts = [svg.text(_LEFT, 24, title, font_size=14, font_weight='bold')]
    for number, (worker, names) in enumerate(rows):
        y = _TOP + number * _PITCH
        where = 'this machine' if worker == ':' else worker
        for name in names:
            job = ran[name]
            parts.append(svg.tag(
                'rect', svg.tip(f'{name}: {job.seconds:.1f} s on {where}'),
                x=_LEFT + (job.begin - begin) * scale, y=y,
                width=max(job.seconds * scale - 1, 1.0), height=_BAR,
                fill=_COLOURS[verdicts[name]]))
        parts.append(svg.text(_LEFT + _WIDTH + 10, y + _BAR - 3, where))
    bottom = _TOP + len(rows) * _PITCH + 12
    parts += [svg.text(_LEFT, bottom, '0 s', fill=svg.FAINT),
              svg.text(_LEFT + _WIDTH, bottom, f'{end - begin:.0f} s',
                       text_anchor='end', fill=svg.FAINT)]
    return svg.figure(_LEFT + _WIDTH + 160, bottom + 14, title, parts)
