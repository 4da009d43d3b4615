/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records which locks are held where, with the help of CONFIG_MEMHP_LOCKSET.
 */

#ifndef LOCKSET_H
#define LOCKSET_H

#include <stdbool.h>

#define LOCKSET_FILE	"/sys/kernel/debug/memhp-lockset"

/*
 * In the folder that the program runs in: what to look for, a line for each
 * command of lib/kunit/memhp_lockset.c. Whoever has rules writes it.
 */
#define LOCKSET_LIST	"lockset.list"

/**
 * lockset_enter() - have the kernel look for all that is in LOCKSET_LIST
 *
 * To be called in main(), after memory_guard_enter(). It does so until the last
 * process of the program is gone.
 */
void lockset_enter(void);

/**
 * lockset_missing() - why nothing can be recorded
 *
 * Return: the reason, NULL if it can.
 */
const char *lockset_missing(void);

/**
 * lockset_failed() - the first line of LOCKSET_LIST that the kernel refused
 * @line:	the result
 *
 * Return: 0 if there is none, or a negative errno.
 */
int lockset_failed(const char **line);

/**
 * lockset_path() - say which path is taken from now on
 * @path:	its name, "" for none
 *
 * Return: 0, or a negative errno.
 */
int lockset_path(const char *path);

/**
 * lockset_arm() - switch all probes on or off
 * @on:		whether to look at functions; so it is at first
 *
 * Return: 0, or a negative errno.
 */
int lockset_arm(bool on);

/**
 * lockset_cpu() - have the kernel call remove_cpu() or add_cpu()
 * @cpu:	the CPU
 * @up:		whether to bring it up or to take it down
 *
 * No file in sysfs does that: they have ways of their own.
 *
 * Return: 0, or a negative errno.
 */
int lockset_cpu(int cpu, bool up);

/**
 * lockset_each() - what has been recorded
 * @line:	called with each line, without its newline
 *
 * Return: 0, or a negative errno.
 */
int lockset_each(void (*line)(const char *line));

/**
 * lockset_locks() - the locks that LOCKSET_LIST names
 * @nr:		how many
 */
const char *const *lockset_locks(unsigned int *nr);

#endif /* LOCKSET_H */
