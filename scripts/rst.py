# SPDX-License-Identifier: GPL-2.0
"""Tables and figures in the markup of the kernel's documentation."""

import textwrap

_WIDTH = 79
_FIRST, _FURTHER, _INSIDE = '   * - ', '     - ', '       '


def cell(text, lead, further=_INSIDE):
    """The lines of a paragraph, the first of which begins in another way."""
    return textwrap.wrap(text, _WIDTH, initial_indent=lead,
                         subsequent_indent=further, break_long_words=False,
                         break_on_hyphens=False) or [lead.rstrip()]


def table(widths, header, rows):
    """A list-table of plain text."""
    lines = ['.. list-table::', '   :header-rows: 1',
             f'   :widths: {" ".join(map(str, widths))}', '']
    for row in [header, *rows]:
        for i, text in enumerate(row):
            lines += cell(text, _FURTHER if i else _FIRST)
    return '\n'.join(lines) + '\n'


def sentence(text):
    """A phrase as it stands in a rule, as a sentence; a name stays."""
    named = set('_()>') & set(text.partition(' ')[0])
    return text if named else text[:1].upper() + text[1:]


def call(function):
    """A function as text; Sphinx makes a link of it where it can."""
    return f'{function}()'


def dot(name, lines):
    """A directed graph, from top to bottom: a page is not wide."""
    return '\n'.join([
        '// SPDX-License-Identifier: GPL-2.0', f'digraph {name} {{',
        '\trankdir=TB;', '\tnode [shape=box, fontname="sans-serif", '
        'fontsize=10];', '\tedge [fontname="sans-serif", fontsize=9];',
        *(f'\t{line}' for line in lines), '}']) + '\n'
