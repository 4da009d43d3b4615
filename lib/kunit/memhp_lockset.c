// SPDX-License-Identifier: GPL-2.0
/*
 * Which locks does a task hold when it enters a function? For user space, which
 * takes the paths of memory and CPU hotplug one by one.
 *
 * /sys/kernel/debug/memhp-lockset takes one command a write:
 *
 *	lock NAME	look for locks of this name, as lockdep has it
 *	function NAME	look at who enters this function
 *	disarm		as if no function had been named
 *	arm		look at them again
 *	path NAME	from now on, what is seen belongs to this path
 *	path		see nothing any more
 *	remove-cpu N	take a CPU down as a driver does, by remove_cpu()
 *	add-cpu N	bring it up again, by add_cpu()
 *
 * and says, when read, what has been seen, a line for each combination, in the
 * order in which the locks were taken:
 *
 *	PATH TASK FUNCTION COUNT LOCK:MODE:WHERE ...
 *
 * MODE is r or w, with a t behind it if the lock was only tried; WHERE is the
 * function that took it. Device locks all have one name; that of a memory block
 * has "(memory)" behind it, that of a CPU "(cpu)". Two last lines say how much
 * could not be kept: "overflow N" and "missed N". One may have the file open;
 * all ends when it is closed.
 */
#include <linux/atomic.h>
#include <linux/cpu.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/init.h>
#include <linux/jhash.h>
#include <linux/kprobes.h>
#include <linux/kstrtox.h>
#include <linux/lockdep.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#define MAX_NAME	64
#define MAX_LOCKS	32
#define MAX_FUNCTIONS	160
#define MAX_PATHS	48
#define MAX_HELD	16
#define NR_SLOTS	4096
#define MAX_TRIES	64

static_assert(!(NR_SLOTS & (NR_SLOTS - 1)));

enum owner {
	OWNER_OTHER,
	OWNER_MEMORY,
	OWNER_CPU,
};

static const char *const owner_names[] = { "", "(memory)", "(cpu)" };

struct held {
	unsigned long where;
	u8 lock;
	u8 owner;
	u8 read;
	u8 tried;
};

/* What is compared: all zero where it is not used. */
struct sight {
	u16 path;
	u16 function;
	u32 nr;
	char comm[TASK_COMM_LEN];
	struct held held[MAX_HELD];
};

struct slot {
	struct sight sight;
	unsigned long count;
};

struct function {
	struct kprobe probe;
	char name[MAX_NAME];
};

struct lockset {
	struct mutex lock;		/* for all but the table */
	unsigned int nr_locks;
	char locks[MAX_LOCKS][MAX_NAME];
	unsigned int nr_functions;
	struct function functions[MAX_FUNCTIONS];
	unsigned int nr_paths;
	char paths[MAX_PATHS][MAX_NAME];
	unsigned int path;		/* 0: none, else its number plus 1 */
	unsigned long overflow;
	struct slot table[NR_SLOTS];
};

static atomic_t users = ATOMIC_INIT(0);
/* That of the one who has the file open. */
static struct lockset *lockset;

/*
 * For the table. No lock that lockdep knows: it would be among those that are
 * held. A CPU that has it never asks for it again: kprobes do not nest.
 */
static arch_spinlock_t table_lock = __ARCH_SPIN_LOCK_UNLOCKED;

/* What device locks have in common. */
static const struct lock_class_key *device_key;

/* Whose device lock it is. Its holder keeps the device alive. */
static __kprobes enum owner owner_of(const struct lockdep_map *map)
{
	const struct device *dev;

	if (map->key != device_key)
		return OWNER_OTHER;
	dev = container_of(map, struct device, mutex.dep_map);
	if (!dev->bus)
		return OWNER_OTHER;
	if (!strcmp(dev->bus->name, "memory"))
		return OWNER_MEMORY;
	return strcmp(dev->bus->name, "cpu") ? OWNER_OTHER : OWNER_CPU;
}

/* False if there are more locks than can be kept. */
static __kprobes bool look(const struct lockset *l, struct sight *sight)
{
	const int depth = lockdep_depth(current);
	int i, lock;

	for (i = 0; i < depth; i++) {
		const struct held_lock *hlock = &current->held_locks[i];
		struct held *held = &sight->held[sight->nr];

		for (lock = 0; lock < l->nr_locks; lock++)
			if (!strcmp(hlock->instance->name, l->locks[lock]))
				break;
		if (lock == l->nr_locks)
			continue;
		if (sight->nr == MAX_HELD)
			return false;
		held->lock = lock;
		held->owner = owner_of(hlock->instance);
		held->read = !!hlock->read;
		held->tried = hlock->trylock;
		held->where = hlock->acquire_ip;
		sight->nr++;
	}
	return true;
}

/* False if there is no room. */
static __kprobes bool keep(struct lockset *l, const struct sight *sight)
{
	u32 hash = jhash(sight, sizeof(*sight), 0);
	int i;

	for (i = 0; i < MAX_TRIES; i++) {
		struct slot *slot = &l->table[(hash + i) & (NR_SLOTS - 1)];

		if (!slot->count)
			slot->sight = *sight;
		else if (memcmp(&slot->sight, sight, sizeof(*sight)))
			continue;
		slot->count++;
		return true;
	}
	return false;
}

/* In any context: preemption is off, and nothing may sleep or allocate. */
static __kprobes int entered(struct kprobe *probe, struct pt_regs *regs)
{
	struct lockset *l = lockset;
	unsigned int path = READ_ONCE(l->path);
	struct sight sight;
	bool kept;

	if (!path)
		return 0;
	memset(&sight, 0, sizeof(sight));
	sight.path = path - 1;
	sight.function = container_of(probe, struct function, probe) -
			 l->functions;
	strscpy(sight.comm, current->comm, sizeof(sight.comm));
	kept = look(l, &sight);

	arch_spin_lock(&table_lock);
	if (!kept || !keep(l, &sight))
		l->overflow++;
	arch_spin_unlock(&table_lock);
	return 0;
}

/* When this returns, nobody writes to the table. */
static void stop(struct lockset *l)
{
	WRITE_ONCE(l->path, 0);
	/* kprobes run with preemption off. */
	synchronize_rcu();
}

static int set_path(struct lockset *l, const char *name)
{
	unsigned int i;

	stop(l);
	if (!*name)
		return 0;
	for (i = 0; i < l->nr_paths; i++)
		if (!strcmp(l->paths[i], name))
			break;
	if (i == MAX_PATHS)
		return -ENOSPC;
	if (i == l->nr_paths) {
		strscpy(l->paths[i], name, MAX_NAME);
		l->nr_paths++;
	}
	WRITE_ONCE(l->path, i + 1);
	return 0;
}

static int add_lock(struct lockset *l, const char *name)
{
	/* Whoever looks through the names must not see half of one. */
	if (l->nr_functions)
		return -EBUSY;
	if (l->nr_locks == MAX_LOCKS)
		return -ENOSPC;
	strscpy(l->locks[l->nr_locks++], name, MAX_NAME);
	return 0;
}

static int add_function(struct lockset *l, const char *name)
{
	struct function *f = &l->functions[l->nr_functions];
	int err;

	if (l->nr_functions == MAX_FUNCTIONS)
		return -ENOSPC;
	memset(f, 0, sizeof(*f));
	strscpy(f->name, name, MAX_NAME);
	f->probe.symbol_name = f->name;
	f->probe.pre_handler = entered;
	err = register_kprobe(&f->probe);
	if (!err)
		l->nr_functions++;
	return err;
}

static int arm(struct lockset *l, const char *unused)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < l->nr_functions && !err; i++)
		err = enable_kprobe(&l->functions[i].probe);
	return err;
}

static int disarm(struct lockset *l, const char *unused)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < l->nr_functions && !err; i++)
		err = disable_kprobe(&l->functions[i].probe);
	return err;
}

static int change_cpu(const char *text, int (*change)(unsigned int cpu))
{
	unsigned int cpu;
	int err = kstrtouint(text, 10, &cpu);

	if (err)
		return err;
	return cpu < nr_cpu_ids && cpu_present(cpu) ? change(cpu) : -ENODEV;
}

static int cpu_goes(struct lockset *l, const char *cpu)
{
	return change_cpu(cpu, remove_cpu);
}

static int cpu_comes(struct lockset *l, const char *cpu)
{
	return change_cpu(cpu, add_cpu);
}

static const struct {
	const char *name;
	int (*run)(struct lockset *l, const char *name);
} commands[] = {
	{ "lock", add_lock },
	{ "function", add_function },
	{ "disarm", disarm },
	{ "arm", arm },
	{ "path", set_path },
	{ "remove-cpu", cpu_goes },
	{ "add-cpu", cpu_comes },
};

static ssize_t lockset_write(struct file *file, const char __user *from,
			     size_t len, loff_t *pos)
{
	struct seq_file *seq = file->private_data;
	struct lockset *l = seq->private;
	char text[MAX_NAME + 16], *args = text, *name;
	int i, err = -EINVAL;

	if (len >= sizeof(text))
		return -E2BIG;
	if (copy_from_user(text, from, len))
		return -EFAULT;
	text[len] = '\0';
	args = strim(text);
	name = strsep(&args, " ");
	if (args && strlen(args) >= MAX_NAME)
		return -E2BIG;

	mutex_lock(&l->lock);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(name, commands[i].name))
			err = commands[i].run(l, args ?: "");
	mutex_unlock(&l->lock);
	return err ?: len;
}

static void show(struct seq_file *seq, const struct lockset *l,
		 const struct slot *slot)
{
	const struct sight *sight = &slot->sight;
	int i;

	seq_printf(seq, "%s ", l->paths[sight->path]);
	seq_escape(seq, sight->comm, " \t\n\\");
	seq_printf(seq, " %s %lu", l->functions[sight->function].name,
		   slot->count);
	for (i = 0; i < sight->nr; i++) {
		const struct held *held = &sight->held[i];

		seq_printf(seq, " %s%s:%s%s:%ps", l->locks[held->lock],
			   owner_names[held->owner], held->read ? "r" : "w",
			   held->tried ? "t" : "", (void *)held->where);
	}
	seq_putc(seq, '\n');
}

static int lockset_show(struct seq_file *seq, void *unused)
{
	struct lockset *l = seq->private;
	unsigned long missed = 0;
	int i, err = 0;

	mutex_lock(&l->lock);
	if (l->path) {
		err = -EBUSY;
		goto unlock;
	}
	for (i = 0; i < NR_SLOTS; i++)
		if (l->table[i].count)
			show(seq, l, &l->table[i]);
	for (i = 0; i < l->nr_functions; i++)
		missed += l->functions[i].probe.nmissed;
	seq_printf(seq, "overflow %lu\nmissed %lu\n", l->overflow, missed);
unlock:
	mutex_unlock(&l->lock);
	return err;
}

static int lockset_open(struct inode *inode, struct file *file)
{
	int err = -ENOMEM;

	if (atomic_cmpxchg(&users, 0, 1))
		return -EBUSY;
	lockset = vzalloc(sizeof(*lockset));
	if (lockset) {
		mutex_init(&lockset->lock);
		err = single_open(file, lockset_show, lockset);
		if (!err)
			return 0;
		vfree(lockset);
	}
	atomic_set(&users, 0);
	return err;
}

static int lockset_release(struct inode *inode, struct file *file)
{
	struct kprobe **probes;
	unsigned int i;

	stop(lockset);
	probes = kcalloc(lockset->nr_functions + 1, sizeof(*probes),
			 GFP_KERNEL | __GFP_NOFAIL);
	for (i = 0; i < lockset->nr_functions; i++)
		probes[i] = &lockset->functions[i].probe;
	/* All at once: each on its own would wait for all CPUs. */
	unregister_kprobes(probes, i);
	kfree(probes);
	vfree(lockset);
	atomic_set(&users, 0);
	return single_release(inode, file);
}

static const struct file_operations lockset_fops = {
	.owner = THIS_MODULE,
	.open = lockset_open,
	.read = seq_read,
	.write = lockset_write,
	.llseek = seq_lseek,
	.release = lockset_release,
};

static int __init memhp_lockset_init(void)
{
	struct device *cpu = get_cpu_device(0);

	if (!cpu)
		return -ENODEV;
	device_key = cpu->mutex.dep_map.key;
	debugfs_create_file("memhp-lockset", 0600, NULL, NULL, &lockset_fops);
	return 0;
}
late_initcall(memhp_lockset_init);
