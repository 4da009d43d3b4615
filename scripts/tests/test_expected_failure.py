# SPDX-License-Identifier: GPL-2.0
"""EXPECTED_FAILURE() of the kselftests: a known bug hides no other failure. The
program is run here; it does nothing but that.
"""

import subprocess

import pytest

from common import REPO

OURS = 'tools/testing/selftests/memory-hotplug'
SOURCE = '''
#include "../kselftest_harness.h"
#include "expected_failure.h"

TEST(known)
{
	EXPECTED_FAILURE(return, "a bug");
}

TEST(known_and_another)
{
	EXPECT_EQ(1, 2);
	EXPECTED_FAILURE(return, "a bug");
}

TEST_HARNESS_MAIN
'''


@pytest.fixture(scope='module')
def result(tree, tmp_path_factory):
    program = tmp_path_factory.mktemp('expected') / 'program'
    subprocess.run(['gcc', '-D_GNU_SOURCE=', f'-I{REPO / OURS}',
                    f'-I{tree / OURS}', '-o', program, '-xc', '-'],
                   input=SOURCE, text=True, check=True)
    return subprocess.run([program], capture_output=True, text=True)


def test_known_bug(result):
    assert 'ok 1 global.known # XFAIL a bug\n' in result.stdout


def test_another_failure_is_not_hidden(result):
    assert 'not ok 2 global.known_and_another\n' in result.stdout
    assert result.returncode
