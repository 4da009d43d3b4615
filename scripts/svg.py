# SPDX-License-Identifier: GPL-2.0
"""The little of SVG that our figures need.

An element is made for a page that it stands in; as_file() makes it a file.
The colours are for a light background, which each figure brings along.
"""

from html import escape

INK = '#222222'
FAINT = '#767676'
GRID = '#c8ccd0'


def number(value):
    """A coordinate, no longer than need be."""
    return f'{value:.2f}'.rstrip('0').rstrip('.')


def tag(name, content=None, **attributes):
    """An element; "_" in a name stands for "-", class_ for class."""
    words = [name]
    for key, value in attributes.items():
        if isinstance(value, float):
            value = number(value)
        words.append(f'{key.rstrip("_").replace("_", "-")}='
                     f'"{escape(str(value))}"')
    if content is None:
        return f'<{" ".join(words)}/>'
    return f'<{" ".join(words)}>{content}</{name}>'


def text(x, y, content, **attributes):
    """A line of text."""
    return tag('text', escape(content), x=x, y=y, **attributes)


def tip(content):
    """What shows of the element that this is in, when it is pointed at."""
    return tag('title', escape(content))


def figure(width, height, title, parts):
    """The whole figure."""
    return tag('svg', '\n'.join(
        ['', tip(title),
         tag('rect', width='100%', height='100%', fill='#ffffff'),
         *parts, '']),
        viewBox=f'0 0 {number(width)} {number(height)}',
        width=float(width), height=float(height), role='img',
        font_family='sans-serif', font_size=11, fill=INK)


def as_file(element):
    """The text of a file with this figure alone."""
    return ('<?xml version="1.0" encoding="UTF-8"?>\n'
            '<!-- SPDX-License-Identifier: GPL-2.0 -->\n' +
            element.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ',
                            1) + '\n')
