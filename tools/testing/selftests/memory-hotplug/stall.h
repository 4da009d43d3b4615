/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What to say about a process that is stuck in the kernel.
 */

#ifndef STALL_H
#define STALL_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * stall_show() - say on stderr where a process is
 * @name:	what to call it
 * @pid:	the process
 *
 * Its state, what it waits for, and its kernel stack, as far as this kernel's
 * /proc tells.
 */
void stall_show(const char *name, pid_t pid);

/**
 * stall_stack_readable() - whether /proc shows kernel stacks
 */
bool stall_stack_readable(void);

/**
 * stall_wait_in() - wait until a process waits in a function of the kernel
 * @pid:	a child
 * @function:	the function, somewhere on its stack
 * @ms:		how long
 *
 * Gives up before if it waits somewhere else. Says on stderr where it is.
 *
 * Return: 0, or -ECHILD if it ended, or -ETIMEDOUT.
 */
int stall_wait_in(pid_t pid, const char *function, int ms);

/**
 * stall_dump_locks() - have the kernel log who holds what
 *
 * All held locks and all tasks, to the kernel log, by sysrq. Says on stderr
 * that they are there, or why they are not. Once in a process: it is a lot.
 */
void stall_dump_locks(void);

#endif /* STALL_H */
