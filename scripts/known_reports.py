# SPDX-License-Identifier: GPL-2.0
"""Which of a kernel's reports come of a bug that kernels of its arch and version
are known to have, where no test can do without the code that has it.

scripts/known-reports/<arch>.txt names each by the beginning of what
splats.describe() says: the report, and the functions that led there.
"""

from dataclasses import replace

import splats


def _known(text, expected):
    return next((reason for start, reason in expected.items()
                 if text == start or text.startswith(f'{start} <- ')), None)


def sort(found, expected):
    """Tell the reports that fail a run from the known ones, which get their
    description as title: [splat], [(splat, reason)].
    """
    failing, known = [], []
    for splat in found:
        text = splats.describe(splat)
        if reason := _known(text, expected):
            known.append((replace(splat, title=text), reason))
        else:
            failing.append(splat)
    return failing, known
