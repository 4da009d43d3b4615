# SPDX-License-Identifier: GPL-2.0
"""make lint: each of its checks finds what it is for, and one that could not look
at its files fails.
"""

import os
import shutil
import subprocess

import pytest

from common import SCRIPTS

BAD = {
    'tools/testing/selftests/memory-hotplug/bad.c':
        'int main(void)\n{\n\tint unused;\n\n\treturn 0; \n}\n',
    'tools/testing/selftests/memory-hotplug/bad.h':
        '/* SPDX-License-Identifier: GPL-2.0 */\n'
        '/**\n * twice() - double a number\n */\nint twice(int number);\n',
    '.ci/run': '#!/bin/sh\n# SPDX-License-Identifier: GPL-2.0\necho $1\n',
    'bad.py': '# SPDX-License-Identifier: GPL-2.0\nimport os\n',
}
FAILURES = ['checkpatch tools/testing/selftests/memory-hotplug/bad.c',
            'kernel-doc tools/testing/selftests/memory-hotplug/bad.h',
            'gcc -Wall -Wextra tools/testing/selftests/memory-hotplug/bad.c',
            'shellcheck', 'pyflakes', 'SPDX lines', 'white space',
            'W=1 and sparse']


@pytest.fixture
def lint(tree, tmp_path):
    """Runs lint.sh on files; make fails, for it would build a kernel."""
    repo, tools, objects = (tmp_path / n for n in ('repo', 'tools', 'objects'))
    (repo / 'scripts').mkdir(parents=True)
    for name in ('lint.sh', 'lint_check.sh'):
        shutil.copy(SCRIPTS / name, repo / 'scripts')
    for name, text in BAD.items():
        (repo / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / name).write_text(text)
    for command in (['git', 'init', '-q'], ['git', 'add', '-A']):
        subprocess.run(command, cwd=repo, check=True)
    objects.mkdir()
    tools.mkdir()
    (tools / 'make').write_text('#!/bin/sh\nexit 1\n')
    (tools / 'make').chmod(0o755)

    def run(**stubs):
        for name, text in stubs.items():
            (tools / name).write_text(text)
            (tools / name).chmod(0o755)
        done = subprocess.run(
            [repo / 'scripts/lint.sh', tree, objects], text=True,
            capture_output=True,
            env={**os.environ, 'PATH': f'{tools}:{os.environ["PATH"]}'})
        return done, [line.partition('  ')[2] for line in
                      done.stdout.splitlines() if line.startswith('FAILED  ')]
    return run


def test_each_check_finds_something(lint):
    done, failed = lint()
    assert done.returncode == 1
    assert set(FAILURES) <= set(failed), done.stdout
    assert done.stdout.splitlines()[-1].endswith(
        f' passed, {len(failed)} failed, 0 skipped')


def test_nothing_is_passed_over_without_parallel(lint):
    done, failed = lint(parallel='#!/bin/sh\nexit 127\n')
    assert done.returncode == 1
    assert {'checkpatch: parallel', 'kernel-doc: parallel'} <= set(failed)
