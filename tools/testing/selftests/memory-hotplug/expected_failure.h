/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tests that show a bug which the kernel is known to have.
 */

#ifndef EXPECTED_FAILURE_H
#define EXPECTED_FAILURE_H

/**
 * EXPECTED_FAILURE() - end a test that saw a known bug of the kernel
 * @statement:	what to do then, "return"
 * @fmt:	which bug
 *
 * For a test that found exactly what the bug does. It passes if it finds what
 * is right, and fails if it finds anything else, now or before. The harness can
 * only expect a test to fail, in whatever way.
 */
#define EXPECTED_FAILURE(statement, fmt, ...) do { \
	if (_metadata->exit_code != KSFT_FAIL) { \
		snprintf(_metadata->results->reason, \
			 sizeof(_metadata->results->reason), fmt, \
			 ##__VA_ARGS__); \
		TH_LOG("known bug: %s", _metadata->results->reason); \
		_metadata->exit_code = KSFT_XFAIL; \
		_metadata->trigger = 0; \
	} \
	statement; \
} while (0)

#endif /* EXPECTED_FAILURE_H */
