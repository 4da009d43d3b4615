# SPDX-License-Identifier: GPL-2.0
"""Tests of report.py: one page, complete, with nothing from elsewhere."""

import re
from html.parser import HTMLParser

import pytest

import ktap
import report
import zonelist_figure
import zonelist_map
from console import Splat
from races import Races
from test_results import failing, make
from test_zonelist_map import log

NASTY = '<script>alert("&")</script>\x00\x1b[31m'
ESCAPED = '&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;'
VOID = ('meta', 'br')
# Elements that show or run what is elsewhere.
FOREIGN = {'script', 'link', 'img', 'iframe', 'object', 'embed', 'audio',
           'video', 'source', 'base', 'form'}


class Checker(HTMLParser):
    """Holds the page to proper nesting; collects the elements, their attributes
    and the style sheets.
    """

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.attributes, self.style = [], [], [], ''
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == 'style':
            self.style += data


def check_self_contained(page):
    """One file that needs nothing else, on light and dark screens and on those
    of a phone.
    """
    checker = Checker(page)
    assert not FOREIGN & set(checker.tags)
    for name, value in checker.attributes:
        assert name not in ('src', 'srcset', 'data') and name[:2] != 'on'
        assert name != 'href' or not re.match(r'[a-z]+:|//', value)
    assert not re.search(r'url\(|@import', checker.style + ''.join(
        value for name, value in checker.attributes if name == 'style'))
    assert ('name', 'viewport') in checker.attributes
    assert ('content', 'width=device-width, initial-scale=1') in \
        checker.attributes
    assert 'color-scheme: light dark' in checker.style
    assert '@media (prefers-color-scheme: dark)' in checker.style


@pytest.fixture
def page():
    made = make([failing(log=[NASTY]), failing('missing', 'storm.stay here'),
                 ktap.Test('zonelist.order', 'zonelist', 'pass', seconds=1.5),
                 ktap.Test('zonelist.far', 'zonelist', 'skip', NASTY)],
                splats=[Splat('bug', f'BUG: {NASTY}', 12, 1.0, ['BUG:', NASTY], 3)],
                programs=['gone'], interleave=zonelist_map.parse(log()),
                locksets={'locks': {'a': 'a_lock', 'b': NASTY}, 'paths': [
                    {'path': 'go', 'title': NASTY, 'held': {'b': 'rw'}}]})
    figure = zonelist_figure.draw(made, made['interleave']['maps'])
    made['command'] = f'make run TESTS="{NASTY}"'
    return report.render(made, ['tail of the console', NASTY], figure)


def test_everything_is_there(page):
    for text in ('FAILED', '1 passed, 4 failed, 1 skipped', 'storm.walk', 'zonelist.order',
                 'expected: one node only', 'console.log:12, 3 times', '6.12.117',
                 'build 3.2 s, boot 5.0 s', 'tail of the console', 'to repeat',
                 'no result: kselftest gone', '<b>gone</b>', '1.50 s',
                 'What a zonelist reader saw', '30 transitions', '<svg ',
                 'writer stopped after store', 'a_lock', '<td></td><td>rw</td>',
                 'missed: the reader misses'):
        assert text in page


def test_everything_is_escaped(page):
    checker = Checker(page)
    assert 'script' not in checker.tags
    assert '\0' not in page and '\x1b' not in page
    # log, skip, splat twice, its reason, command, console, lock, path
    assert page.count(ESCAPED) == 9


def test_self_contained(page):
    check_self_contained(page)
    check_self_contained(report.render(make()))


@pytest.mark.parametrize('old, new', [
    ('<h1', '<script src="x.js"></script><h1'),
    ('<h1', '<img><h1'),
    ('<h1', '<p onclick="x()"></p><h1'),
    ('<h1', '<a href="https://example.org"></a><h1'),
    ('<h1', '<a href="//example.org"></a><h1'),
    ('<h1', '<p style="background: url(x.png)"></p><h1'),
    ('</head>', '<link rel="stylesheet" href="x.css"></head>'),
    ('</style>', '@import "x.css";</style>'),
    ('<meta name="viewport"', '<meta name="other"'),
    ('width=device-width', 'width=1000'),
    ('light dark', 'light'),
    ('prefers-color-scheme: dark', 'print'),
    ('</body>', '</p></body>'),
])
def test_what_is_not_self_contained(old, new):
    page = report.render(make())
    assert old in page
    with pytest.raises((AssertionError, IndexError)):
        check_self_contained(page.replace(old, new))


def test_reasons_come_first(page):
    assert page.index('class="reasons"') < page.index('<dl>') < page.index('<table>')


def test_reason_leads_to_its_test(page):
    assert '<a href="#test-0">failed: storm.walk: why</a>' in page
    assert '<tr class="fail" id="test-0"><td>storm.walk<div>why</div>' in page
    checker = Checker(page)
    ids = [value for name, value in checker.attributes if name == 'id']
    assert len(ids) == len(set(ids))
    assert {value[1:] for name, value in checker.attributes
            if name == 'href'} <= set(ids)


def test_two_tests_of_one_name():
    checker = Checker(report.render(make([failing(), failing()])))
    assert [value for name, value in checker.attributes
            if name == 'id'] == ['test-0', 'test-1']


def test_many_reasons_are_not_all_shown():
    page = report.render(make([failing(name=f'storm.walk{i}')
                               for i in range(30)]))
    Checker(page)
    assert '… and 10 more' in page
    assert page.count('<li><a href="#test-') == 30


def test_failed_test_says_how_to_repeat_it(page):
    assert 'make repro RUN=20250101-120000 TEST=storm.walk' in page
    assert 'TEST=&#x27;storm.stay here&#x27;' in page
    assert 'TEST=zonelist' not in page
    made = make([failing()])
    made['report'] = '/a/results/b/build/results/20250101/in-use/report.html'
    assert 'RUN=20250101/in-use TEST=storm' in report.render(made)


def test_what_failed_goes_first_and_is_open(page):
    order = [page.index(f'<b>{name}</b>') for name in ('storm', 'gone',
                                                       'zonelist')]
    assert order == sorted(order)
    assert page.count('<details class="suite" open>') == 2
    assert page.count('<details class="suite">') == 1


def test_logs_of_failures_are_open_and_splats_are_not(page):
    assert page.count('<details open>') == 1
    assert page.count('<details>') == 2
    assert page.count('<details class="figure">') == 1


def test_time_is_shown_where_it_is_known(page):
    assert page.count('<th class="number">Time</th>') == 1
    assert page.count('<td class="number">1.50 s</td>') == 1
    assert page.count('<td class="number"></td>') == 1      # skipped beside it


def test_pass_has_no_reasons():
    page = report.render(make())
    Checker(page)
    assert '<h1 class="pass">passed: 20250101-120000</h1>' in page
    assert '<small>kunit, 0.00 s</small>' in page
    for absent in ('class="reasons"', 'What the kernel reported', 'End of the console log',
                   'What a zonelist reader saw', 'Which locks', 'make repro', 'Notes',
                   '<details class="suite" open>'):
        assert absent not in page


def test_races():
    race = Splat('zonelist-race', 'a writes, b reads', 7, 1.0, ['x'])
    page = report.render(make(races=Races([(race, NASTY)], [race])))
    Checker(page)
    assert page.index('Tolerated races on zonelists') < page.index(ESCAPED) < \
        page.index('Other races, not judged')
    assert 'races' not in report.render(make())


def test_known_reports():
    splat = Splat('warning', 'WARNING: at f <- g', 7, 1.0, ['x'])
    page = report.render(make(known=[(splat, NASTY)]))
    Checker(page)
    assert page.index('Known reports') < page.index(f'f &lt;- g: {ESCAPED}')
    assert '<h1 class="pass">' in page
    assert 'Known reports' not in report.render(make())


def test_look_and_reason_of_a_test(page):
    assert page.count('<tr class="fail"') == 2
    assert page.count('<tr class="skip"') == 1
    assert page.count('<tr class="pass"') == 1
    assert page.count('expected:') == 1
    assert page.count('<summary class="fail">') == 2    # a program gave nothing
    assert page.count('<summary class="pass">') == 1
    assert 'console.log:12)' in report.render(make(
        splats=[Splat('bug', 'BUG: x', 12, None, ['BUG: x'])]))
