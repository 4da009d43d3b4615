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


class Checker(HTMLParser):
    """Holds the page to proper nesting; collects the elements and their text."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.attributes = [], [], []
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


@pytest.fixture
def page():
    made = make([failing(log=[NASTY]), failing('missing'),
                 ktap.Test('zonelist.order', 'zonelist', 'pass'),
                 ktap.Test('zonelist.far', 'zonelist', 'skip', NASTY)],
                splats=[Splat('bug', f'BUG: {NASTY}', 12, 1.0, ['BUG:', NASTY], 3)],
                programs=['gone'], interleave=zonelist_map.parse(log()))
    figure = zonelist_figure.draw(made, made['interleave']['maps'])
    made['command'] = f'make run TESTS="{NASTY}"'
    return report.render(made, ['tail of the console', NASTY], figure)


def test_everything_is_there(page):
    for text in ('FAILED', '1 passed, 4 failed, 1 skipped', 'storm.walk', 'zonelist.order',
                 'expected: one node only', 'console.log:12, 3 times', '6.12.117',
                 'build 3.2 s, boot 5.0 s', 'tail of the console', 'to repeat',
                 'no result: kselftest gone', '<td>no result</td>',
                 'What a zonelist reader saw', '30 transitions', '<svg ',
                 'writer stopped after store'):
        assert text in page


def test_everything_is_escaped(page):
    checker = Checker(page)
    assert 'script' not in checker.tags
    assert '\0' not in page and '\x1b' not in page
    # log, skip, splat twice, its reason, block, command, console
    assert page.count(ESCAPED) >= 6


def test_nothing_from_elsewhere(page):
    checker = Checker(page)
    assert not {'script', 'link', 'img', 'iframe'} & set(checker.tags)
    assert not {'src', 'href', 'onclick'} & {name for name, _ in checker.attributes}
    assert not re.search(r'url\(|@import|https?://', page)
    assert 'prefers-color-scheme: dark' in page
    assert 'width=device-width' in page


def test_reasons_come_first(page):
    assert page.index('class="reasons"') < page.index('<dl>') < page.index('<table>')


def test_logs_of_failures_are_open_and_splats_are_not(page):
    assert page.count('<details open>') == 1
    assert page.count('<details>') == 2


def test_pass_has_no_reasons():
    page = report.render(make())
    Checker(page)
    assert '<h1 class="pass">passed: 20250101-120000</h1>' in page
    assert '(kunit, 0.00 s)' in page
    for absent in ('class="reasons"', 'What the kernel reported', 'End of the console log',
                   'What a zonelist reader saw'):
        assert absent not in page


def test_races():
    race = Splat('zonelist-race', 'a writes, b reads', 7, 1.0, ['x'])
    page = report.render(make(races=Races([(race, NASTY)], [race])))
    Checker(page)
    assert page.index('Tolerated races on zonelists') < page.index(ESCAPED) < \
        page.index('Other races, not judged')
    assert 'races' not in report.render(make())


def test_look_and_reason_of_a_test(page):
    assert page.count('<tr class="fail">') == 3         # two tests, a program without
    assert page.count('<tr class="skip">') == 1
    assert page.count('<tr class="pass">') == 1
    assert page.count('expected:') == 1
    assert 'console.log:12)' in report.render(make(
        splats=[Splat('bug', 'BUG: x', 12, None, ['BUG: x'])]))
