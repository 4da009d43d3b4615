// SPDX-License-Identifier: GPL-2.0
/*
 * A slab cache for each open file, for user space to drive: the kselftests
 * create, fill, empty, shrink and destroy caches while memory and CPUs come
 * and go.
 *
 * /sys/kernel/debug/memhp-cache takes one command a write:
 *
 *	create NAME SIZE	a cache that is never merged
 *	create NAME SIZE debug	the same with all that SLUB can check
 *	alloc NODE NR		objects on that node if it can be, else elsewhere
 *	free NODE		all objects that are on that node
 *				(NODE -1 is any, or all)
 *	shrink			kmem_cache_shrink()
 *	destroy			the cache, once it has no objects
 *	hold			who shrinks the cache next waits before that
 *	go			they go on, as they do when any such file is closed
 *
 * A file takes one command at a time: whoever is held goes on by way of another.
 *
 * The file says, when read, on which nodes the objects are, in the format of slab's
 * own files: "TOTAL N0=x N1=y". Whatever is left goes when the file is closed.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/init.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "memhp_cache_hold.h"
#include "memhp_compat.h"

#define MAX_SIZE	PAGE_SIZE
#define MAX_OBJECTS	65536U

struct object {
	struct list_head list;
};

struct test_cache {
	struct mutex lock;		/* for everything here */
	struct kmem_cache *cache;
	struct list_head objects;
	unsigned int nr;
};

static int node_of(const struct object *object)
{
	return page_to_nid(virt_to_page(object));
}

static int create(struct test_cache *t, const char *args)
{
	slab_flags_t flags = SLAB_NO_MERGE;
	char name[32], how[8] = "";
	unsigned int size;

	if (sscanf(args, "%31s %u %7s", name, &size, how) < 2 ||
	    size < sizeof(struct object) || size > MAX_SIZE)
		return -EINVAL;
	if (!strcmp(how, "debug"))
		flags |= SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE |
			 SLAB_POISON | SLAB_STORE_USER;
	if (t->cache)
		return -EEXIST;
	t->cache = kmem_cache_create(name, size, 0, flags, NULL);
	return t->cache ? 0 : -ENOMEM;
}

static int alloc(struct test_cache *t, const char *args)
{
	struct object *object;
	unsigned int nr;
	int node;

	if (sscanf(args, "%d %u", &node, &nr) != 2 || nr > MAX_OBJECTS - t->nr)
		return -EINVAL;
	if (!t->cache)
		return -ENOENT;
	if (node != NUMA_NO_NODE &&
	    (node < 0 || node >= MAX_NUMNODES || !node_online(node)))
		return -ENODEV;
	while (nr--) {
		object = kmem_cache_alloc_node(t->cache, GFP_KERNEL, node);
		if (!object)
			return -ENOMEM;
		list_add(&object->list, &t->objects);
		t->nr++;
	}
	return 0;
}

static void free_on(struct test_cache *t, int node)
{
	struct object *object, *next;

	list_for_each_entry_safe(object, next, &t->objects, list) {
		if (node != NUMA_NO_NODE && node_of(object) != node)
			continue;
		list_del(&object->list);
		kmem_cache_free(t->cache, object);
		t->nr--;
	}
}

static int free_node(struct test_cache *t, const char *args)
{
	int node, err = kstrtoint(args, 10, &node);

	if (!err)
		free_on(t, node);
	return err;
}

static int shrink(struct test_cache *t, const char *args)
{
	if (!t->cache)
		return -ENOENT;
	kmem_cache_shrink(t->cache);
	return 0;
}

static int hold(struct test_cache *t, const char *args)
{
	return t->cache ? memhp_cache_hold(t->cache) : -ENOENT;
}

static int let_go(struct test_cache *t, const char *args)
{
	memhp_cache_go();
	return 0;
}

static int destroy(struct test_cache *t, const char *args)
{
	if (!t->cache)
		return -ENOENT;
	if (t->nr)
		return -EBUSY;
	kmem_cache_destroy(t->cache);
	t->cache = NULL;
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct test_cache *t, const char *args);
} commands[] = {
	{ "create", create },
	{ "alloc", alloc },
	{ "free", free_node },
	{ "shrink", shrink },
	{ "hold", hold },
	{ "go", let_go },
	{ "destroy", destroy },
};

static ssize_t cache_write(struct file *file, const char __user *from,
			   size_t len, loff_t *pos)
{
	struct seq_file *seq = file->private_data;
	struct test_cache *t = seq->private;
	char text[64], *args = text, *name;
	int i, err = -EINVAL;

	if (len >= sizeof(text))
		return -E2BIG;
	if (copy_from_user(text, from, len))
		return -EFAULT;
	text[len] = '\0';
	args = strim(text);
	name = strsep(&args, " ");

	mutex_lock(&t->lock);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(name, commands[i].name))
			err = commands[i].run(t, args ?: "");
	mutex_unlock(&t->lock);
	return err ?: len;
}

static int cache_show(struct seq_file *seq, void *unused)
{
	struct test_cache *t = seq->private;
	struct object *object;
	unsigned int *on_node;
	int node;

	on_node = kcalloc(nr_node_ids, sizeof(*on_node), GFP_KERNEL);
	if (!on_node)
		return -ENOMEM;

	mutex_lock(&t->lock);
	list_for_each_entry(object, &t->objects, list)
		on_node[node_of(object)]++;
	seq_printf(seq, "%u", t->nr);
	mutex_unlock(&t->lock);

	for (node = 0; node < nr_node_ids; node++)
		if (on_node[node])
			seq_printf(seq, " N%d=%u", node, on_node[node]);
	seq_putc(seq, '\n');
	kfree(on_node);
	return 0;
}

static int cache_open(struct inode *inode, struct file *file)
{
	struct test_cache *t = kzalloc(sizeof(*t), GFP_KERNEL);
	int err;

	if (!t)
		return -ENOMEM;
	mutex_init(&t->lock);
	INIT_LIST_HEAD(&t->objects);
	err = single_open(file, cache_show, t);
	if (err)
		kfree(t);
	return err;
}

static int cache_release(struct inode *inode, struct file *file)
{
	struct seq_file *seq = file->private_data;
	struct test_cache *t = seq->private;

	memhp_cache_go();
	free_on(t, NUMA_NO_NODE);
	kmem_cache_destroy(t->cache);
	kfree(t);
	return single_release(inode, file);
}

static const struct file_operations cache_fops = {
	.owner = THIS_MODULE,
	.open = cache_open,
	.read = seq_read,
	.write = cache_write,
	.llseek = seq_lseek,
	.release = cache_release,
};

static int __init memhp_cache_init(void)
{
	/* Debugfs errors are not for its users to handle. */
	debugfs_create_file("memhp-cache", 0600, NULL, NULL, &cache_fops);
	return 0;
}
late_initcall(memhp_cache_init);
