# SPDX-License-Identifier: GPL-2.0
"""What all our HTML pages share: one file each, for light and dark screens
down to the width of a phone, that needs nothing from elsewhere.
"""

from html import escape

from results import clean

# What is wider than the screen scrolls in a box of its own, never the page:
# .scroll, .grid and pre. Words that stand in a narrow column stay whole.
STYLE = '''
:root { color-scheme: light dark; --line: #8884;
        --pass: #17803d; --fail: #c62828; --skip: #8a6d00; }
@media (prefers-color-scheme: dark) {
  :root { --pass: #5fd38a; --fail: #ff8a80; --skip: #e2c044; } }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 70em;
       margin: 1em auto; padding: 0 1em; overflow-wrap: anywhere; }
h1 { font-size: 1.5em; line-height: 1.2; }
h2 { font-size: 1.2em; margin: 1.4em 0 .4em; }
h1.pass, .pass > .status { color: var(--pass); }
h1.fail, .fail > .status, .reasons { color: var(--fail); }
.skip > .status { color: var(--skip); }
ul { padding-left: 1.3em; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25em .6em;
         border-bottom: 1px solid var(--line); }
th, .status, .number { overflow-wrap: normal; white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1em 1em; }
dd { margin: 0; }
pre, .scroll, .grid { overflow-x: auto; }
.scroll { overflow-wrap: break-word; }
pre { padding: .5em; border: 1px solid var(--line); font-size: 12px;
      max-height: 40em; overflow-wrap: normal; }
td pre { white-space: pre-wrap; overflow-wrap: anywhere; }
.grid table { width: auto; font-size: 12px; }
.grid th { vertical-align: bottom; }
.grid th.turned { writing-mode: vertical-rl; transform: rotate(180deg);
                  padding: .6em .1em; }
.grid td { padding: .1em .35em; border-right: 1px solid var(--line);
           white-space: nowrap; }
summary { cursor: pointer; }
@media (max-width: 30em) {
  body { padding: 0 .6em; margin: .6em auto; }
  th, td { padding: .25em .3em; }
  dl { grid-template-columns: 1fr; }
  dt { font-weight: bold; margin-top: .3em; } }
'''


def page(title, parts, style=''):
    """A self-contained page of these parts; title is HTML."""
    body = '\n'.join(parts)
    return ('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f'<title>{title}</title>\n<style>{STYLE}{style}</style>\n</head>\n<body>\n'
            f'{body}\n</body>\n</html>\n')


def text(value):
    """Anything as HTML."""
    return escape(clean(str(value)))


def items(name, texts):
    """A list; nothing if it is empty."""
    if not texts:
        return ''
    lines = '\n'.join(f'<li>{text(line)}</li>' for line in texts)
    return f'<ul class="{name}">\n{lines}\n</ul>'


def details(title, lines, opened=False):
    """Lines that are shown when somebody asks for them."""
    return (f'<details{" open" if opened else ""}><summary>{text(title)}</summary>'
            f'<pre>{text(chr(10).join(lines))}</pre></details>')


def facts(found, command):
    """Names, what is known of each, and the command that repeats it. What is
    empty is left out.
    """
    rows = '\n'.join(f'<dt>{text(name)}</dt><dd>{text(value)}</dd>'
                     for name, value in found.items() if value)
    return (f'<dl>\n{rows}\n<dt>to repeat</dt>'
            f'<dd><code>{text(command)}</code></dd>\n</dl>')
