// SPDX-License-Identifier: GPL-2.0
/*
 * A CPU that takes as long to go down as user space likes. For the kselftests:
 * who has to wait meanwhile?
 *
 * A CPU number written to /sys/kernel/debug/memhp-cpu-hold holds the next try to
 * take that CPU down, in the middle, under all locks: until -1 is written, the
 * file is closed, or the process is gone that opened it. Read, the file says
 * "idle", "armed" or "holding". One may have it open.
 */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/debugfs.h>
#include <linux/init.h>
#include <linux/kstrtox.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/wait.h>

#define NONE	(-1)

static atomic_t users = ATOMIC_INIT(0);
static enum cpuhp_state state;
static DECLARE_WAIT_QUEUE_HEAD(released);
static struct pid *opener;
static int held_cpu = NONE;
static bool holding;

/*
 * The opener's children have the file open too, and may be waiting for this very
 * CPU. So it is not enough to wait for the file to be closed.
 */
static bool opener_lives(void)
{
	struct task_struct *task;
	bool lives;

	rcu_read_lock();
	task = pid_task(opener, PIDTYPE_TGID);
	lives = task && !(READ_ONCE(task->flags) & PF_EXITING);
	rcu_read_unlock();
	return lives;
}

/* On the CPU itself, which is still online. */
static int hold(unsigned int cpu)
{
	if (READ_ONCE(held_cpu) != cpu)
		return 0;
	WRITE_ONCE(holding, true);
	/* Idle: that is no hung task. */
	while (!wait_event_idle_timeout(released, READ_ONCE(held_cpu) != cpu,
					HZ / 10))
		if (!opener_lives())
			break;
	WRITE_ONCE(holding, false);
	return 0;
}

static void let_go(void)
{
	WRITE_ONCE(held_cpu, NONE);
	wake_up_all(&released);
}

static ssize_t hold_write(struct file *file, const char __user *from,
			  size_t len, loff_t *pos)
{
	int cpu, err = kstrtoint_from_user(from, len, 10, &cpu);

	if (err)
		return err;
	if (cpu == NONE) {
		let_go();
		return len;
	}
	if (cpu < 0 || cpu >= nr_cpu_ids || !cpu_online(cpu))
		return -ENODEV;
	if (READ_ONCE(held_cpu) != NONE)
		return -EBUSY;
	WRITE_ONCE(held_cpu, cpu);
	return len;
}

static int hold_show(struct seq_file *seq, void *unused)
{
	if (READ_ONCE(holding))
		seq_puts(seq, "holding\n");
	else
		seq_puts(seq, READ_ONCE(held_cpu) == NONE ? "idle\n" : "armed\n");
	return 0;
}

static int hold_open(struct inode *inode, struct file *file)
{
	int err;

	if (atomic_cmpxchg(&users, 0, 1))
		return -EBUSY;
	opener = get_pid(task_tgid(current));
	err = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "memhp:hold",
					NULL, hold);
	if (err >= 0) {
		state = err;
		err = single_open(file, hold_show, NULL);
		if (!err)
			return 0;
		cpuhp_remove_state_nocalls(state);
	}
	put_pid(opener);
	atomic_set(&users, 0);
	return err;
}

static int hold_release(struct inode *inode, struct file *file)
{
	let_go();
	/* Waits for the CPU to be down. */
	cpuhp_remove_state_nocalls(state);
	put_pid(opener);
	atomic_set(&users, 0);
	return single_release(inode, file);
}

static const struct file_operations hold_fops = {
	.owner = THIS_MODULE,
	.open = hold_open,
	.read = seq_read,
	.write = hold_write,
	.llseek = seq_lseek,
	.release = hold_release,
};

static int __init memhp_cpu_hold_init(void)
{
	debugfs_create_file("memhp-cpu-hold", 0600, NULL, NULL, &hold_fops);
	return 0;
}
late_initcall(memhp_cpu_hold_init);
