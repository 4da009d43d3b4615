# SPDX-License-Identifier: GPL-2.0
"""The jobs of make matrix, as a part of its page: which cell is green, when each
job ran, what became of seeded bugs, and what zonelist readers saw in each job.
"""

from urllib.parse import quote

import kill_rows
import matrix_joblog
import matrix_mutants
import zonelist_figure
from pages import text


def _row(job):
    look = 'pass' if job['verdict'] == 'pass' else 'fail'
    counts = ', '.join(f'{n} {what}' for what, n in job['counts'].items() if n)
    took = '' if job['seconds'] is None else f'{job["seconds"]:.0f} s'
    return (f'<tr class="{look}"><td><a href="{quote(job["name"])}/report.html">'
            f'{text(job["name"])}</a></td>'
            f'<td class="status">{text(counts or "no result")}</td>'
            f'<td class="number">{took}</td>'
            f'<td>{text(job["host"].partition(":")[0])}</td></tr>')


def jobs(found, ran):
    """A table of all jobs, those that failed first, and the figure of those
    that ran (as matrix_joblog has them).
    """
    rows = sorted((job for job in found['jobs'] if not job['bug']),
                  key=lambda job: job['verdict'] == 'pass')
    verdicts = {job['name']: 'bug' if job['bug'] else job['verdict']
                for job in found['jobs']}
    figure = (f'<div class="scroll figure">'
              f'{matrix_joblog.draw(ran, verdicts)}</div>' if ran else '')
    return ('<h2>Jobs</h2>\n<div class="scroll"><table>\n<tr><th>job</th>'
            '<th>results</th><th class="number">time</th><th>worker</th></tr>\n'
            + '\n'.join(map(_row, rows)) + f'\n</table></div>\n{figure}')


def _mutant(row):
    said = ''.join(
        f'<li><a href="{quote(job)}/report.html">{text(job)}</a>: '
        f'{text(matrix_mutants.outcome(says))}</li>'
        for job, says in row['jobs'].items())
    look = 'pass' if row['status'] == kill_rows.KILLED else 'fail' \
        if matrix_mutants.reasons([row]) else ''
    return (f'<tr class="{look}"><td>{text(row["name"])}</td>'
            f'<td>{text(row["kernel"])}</td>'
            f'<td class="status">{text(row["status"])}</td>'
            f'<td>{text(row["text"] or row["unseen"])}<ul>{said}</ul></td></tr>')


def mutants(rows):
    """A table of the seeded bugs, those that fail the matrix first."""
    if not rows:
        return ''
    rows = sorted(rows, key=lambda row: not matrix_mutants.reasons([row]))
    return ('<h2>Seeded bugs</h2>\n<div class="scroll"><table>\n'
            '<tr><th>bug</th><th>kernel</th><th>status</th>'
            '<th>what the jobs say</th></tr>\n' +
            '\n'.join(map(_mutant, rows)) + '\n</table></div>')


def interleavings(parts):
    """The maps of zonelist_interleave of those jobs that have one, from their
    results.json by name; each opens when it is asked for.
    """
    shown = []
    for name, part in parts.items():
        counted = part['interleave']
        if counted and counted['maps']:
            shown.append(
                f'<details class="figure"><summary>{text(name)}: '
                f'{counted["pairs"]} of {counted["planned"]} pairs</summary>\n'
                f'<div class="scroll">'
                f'{zonelist_figure.draw(part, counted["maps"])}</div></details>')
    return '\n'.join(['<h2>What zonelist readers saw, pair by pair</h2>',
                      *shown]) if shown else ''
