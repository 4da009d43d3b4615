# SPDX-License-Identifier: GPL-2.0
"""What is read from the log of the jobs, and what a matrix' page shows of it."""

import matrix_joblog
import matrix_page
import pages
import zonelist_map
from test_report import check_self_contained
from test_results import make
from test_zonelist_map import log

LOG = """Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand
1\ta\t100.0\t10.0\t0\t0\t0\t0\tpython3 -B worker.pyz one .
2\tb\t100.0\t1.0\t0\t0\t255\t0\tpython3 -B worker.pyz two .
3\ta\t110.0\t5.0\t0\t0\t0\t0\tpython3 -B worker.pyz two .
4\tb\t100.0\t20.0\t0\t0\t0\t0\tpython3 -B worker.pyz three .
5\tb\t105.0\t5.0\t0\t0\t0\t0\tpython3 -B worker.pyz four .
6\tb\t110.0\t1.0\t0\t0\t0\t9\tpython3 -B worker.pyz five .
"""


def read(tmp_path, log=LOG):
    path = tmp_path / matrix_joblog.NAME
    path.write_text(log)
    return matrix_joblog.read(path)


def test_a_try_that_was_lost_is_not_the_job(tmp_path):
    ran = read(tmp_path)
    assert ran['two'] == matrix_joblog.Ran('a', 110.0, 5.0)
    assert set(ran) == {'one', 'two', 'three', 'four'}


def test_no_job_ran(tmp_path):
    assert matrix_joblog.read(tmp_path / 'none') == {}
    assert matrix_joblog.busy(read(tmp_path, LOG[:LOG.index('1')])) is None


def test_a_row_is_one_job_at_a_time(tmp_path):
    ran = read(tmp_path)
    assert matrix_joblog.lanes(ran) == [
        ('a', ['one', 'two']), ('b', ['three']), ('b', ['four'])]
    # 40 s of three rows of 20 s.
    assert matrix_joblog.busy(ran) == 40 / 60


def job(name, verdict='pass', seconds=1.0):
    failed = int(verdict != 'pass')
    return {'name': name, 'verdict': verdict, 'seconds': seconds,
            'host': 'h: 2 CPUs', 'bug': '',
            'counts': {'passed': 3, 'failed': failed, 'skipped': 0}}


def test_page(tmp_path):
    """All jobs are there, those that failed first; one without a result, too."""
    names = ('one', 'two', 'three', 'four')
    found = {'jobs': [*map(job, names), job('<lost>', 'fail', None)]}
    shown = matrix_page.jobs(found, read(tmp_path))
    assert shown.index('&lt;lost&gt;') < shown.index('>one<')
    assert '3 passed, 1 failed' in shown
    for name, where in zip(names, 'aabb'):
        assert f'href="{name}/report.html"' in shown
        assert f' on {where}</title>' in shown
    assert '67 % busy' in shown
    check_self_contained(pages.page('t', [shown]))
    assert '<svg' not in matrix_page.jobs(found, {})


def test_maps_of_all_jobs():
    made = make(interleave=zonelist_map.parse(log()))
    shown = matrix_page.interleavings({'<one>': made, 'two': make(),
                                       'three': made})
    assert shown.count('<svg') == shown.count('<details') == 2
    assert '&lt;one&gt;: 1024 of 1024 pairs' in shown and '>two' not in shown
    check_self_contained(pages.page('t', [shown]))
    assert not matrix_page.interleavings({'two': make()})
