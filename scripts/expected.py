# SPDX-License-Identifier: GPL-2.0
"""Lists of what is expected of a machine's kernel, each with its reason: the tests
that may skip, the reports that the kernel may give.
"""

import re
from pathlib import Path

import machine
from common import SCRIPTS


def load(path, kernel) -> dict[str, str]:
    """Read a list: what is expected, then a tab or two spaces, then the reason.
    What follows a line "[..6.2]" holds for kernels of that range alone.

    Without the file nothing is expected.
    """
    found, holds = {}, True
    path = Path(path)
    lines = path.read_text('utf-8').splitlines() if path.exists() else []
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if not line or line.startswith('#'):
            continue
        if line[0] == '[' and line[-1] == ']':
            holds = kernel.within(line[1:-1])
            continue
        fields = re.split(r'\t+ *| {2,}', line, maxsplit=1)
        if len(fields) != 2 or fields[0] in found:
            raise ValueError(f'{path}:{number}: not "what<TAB>reason", or a second '
                             f'time: {line}')
        if holds:
            found[fields[0]] = fields[1].strip()
    return found


def skips(kernel, name=machine.REFERENCE) -> dict[str, str]:
    """The tests that may skip on a machine with this kernel: on any, and there."""
    file = kernel.arch
    if name != machine.REFERENCE:
        file += f'-{name}'
    return {**load(SCRIPTS / 'expected-skips/old-kernels.txt', kernel),
            **load(SCRIPTS / f'expected-skips/{file}.txt', kernel)}


def reports(kernel) -> dict[str, str]:
    """The known reports of a kernel; see known_reports.py."""
    return load(SCRIPTS / f'known-reports/{kernel.arch}.txt', kernel)
