// SPDX-License-Identifier: GPL-2.0
/*
 * Takes each path on which memory or CPUs come and go, and has the kernel
 * record which locks are held on it. Whether these are the right ones is for
 * others to say: all that is recorded is printed in the end.
 *
 * A case has the name that the rules give the path, with "_" for "-".
 */

#define _GNU_SOURCE
#include <errno.h>
#include <linux/mempolicy.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "attr_guard.h"
#include "block_range.h"
#include "cpu.h"
#include "dax_device.h"
#include "dimm.h"
#include "dlpar.h"
#include "host_port.h"
#include "lock_order.h"
#include "lockset.h"
#include "memory_block.h"
#include "memory_guard.h"
#include "node_mem.h"
#include "slab_cache.h"
#include "virtio_mem.h"

#define AUTO_ONLINE	SYSFS_MEMORY "/auto_online_blocks"

/* What an offline has to move elsewhere. */
#define NR_PAGES	64

/* With probes, and as often without. */
#define TURNS		11

/* On arm64, a probe that comes or goes stops the machine. */
#define TURNS_TIMEOUT_S	180

/* What there is to take the paths with. */
struct guest {
	const struct memory_blocks *blocks;
	struct host_port port;
	int node;			/* comes and goes with its memory */
	struct host_device device;	/* virtio-mem, if that node has one */
	struct host_device dimm;
	struct block_range range;	/* the one block of either of them */
	struct host_device home[HOST_DEVICES];	/* dimms that come back in the end */
	int nr_home;
	struct slab_cache cache;
	void *pages;
};

FIXTURE(lockset) {
	struct guest guest;
};

static void set(struct __test_metadata *_metadata, const char *path,
		const char *value)
{
	ssize_t ret = attr_write(path, value, strlen(value));

	ASSERT_LT(0, ret) {
		TH_LOG("%s: write \"%s\": %s", path, value, errname(ret));
	}
}

/* Nothing else of the node is there, so it comes with the block, and goes. */
static void wait_node(struct __test_metadata *_metadata, int node, bool here)
{
	const long long until = now_ms() + WRITE_TIMEOUT_MS;
	char path[PATH_LEN];

	snprintf(path, sizeof(path), SYSFS_NODE "/node%d", node);
	while (!access(path, F_OK) != here) {
		ASSERT_LT(now_ms(), until) {
			TH_LOG("node%d is %s", node,
			       here ? "not there" : "there");
		}
		nap();
	}
}

/* Has the kernel finished with a pc-dimm? A pseries has it online by then. */
static int wait_dimm(const struct host_device *dimm, struct block_range *range)
{
	return dimm_missing() ? dlpar_wait(dimm, range) :
				dimm_wait(dimm, range);
}

static bool node_is_empty(int node)
{
	return !memory_node_listed("has_memory", node) &&
	       !memory_node_listed("has_cpu", node);
}

static void unplug(struct __test_metadata *_metadata, struct guest *guest,
		   const struct host_device *dimm)
{
	int err = host_unplug_dimm(&guest->port, dimm->id);

	ASSERT_EQ(0, err) {
		TH_LOG("%s: %s: %s", dimm->id, errname(err),
		       guest->port.answer);
	}
}

FIXTURE_SETUP(lockset)
{
	struct guest *guest = &self->guest;
	struct host_device all[HOST_DEVICES];
	const char *reason, *line;
	int err, nr, i;

	guest->port.fd = -1;
	guest->node = -1;
	guest->pages = MAP_FAILED;
	guest->blocks = memory_blocks_at_start(&reason);
	if (!guest->blocks)
		SKIP(return, "%s", reason);
	reason = lockset_missing();
	if (reason)
		SKIP(return, "%s", reason);
	err = lockset_failed(&line);
	ASSERT_EQ(0, err) {
		TH_LOG("\"%s\": %s", line, errname(err));
	}
	err = host_port_open(&guest->port, &reason);
	if (err == -ENODEV)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0, err) {
		TH_LOG("%s: %s: %s", reason, errname(err), guest->port.answer);
	}
	ASSERT_EQ(0U, attr_guard_restore());
	set(_metadata, AUTO_ONLINE, "offline");

	nr = host_devices(&guest->port, all);
	ASSERT_LE(0, nr);
	/* Rather one with a virtio-mem device. */
	for (i = 0; i < nr; i++)
		if (node_is_empty(all[i].node) &&
		    (guest->node < 0 || !all[i].dimm))
			guest->node = all[i].node;
	if (guest->node < 0)
		SKIP(return, "no node has nothing but memory devices");
	/* The node shall come with what a test plugs, and go with it. */
	for (i = 0; i < nr; i++) {
		if (all[i].node != guest->node)
			continue;
		if (!all[i].dimm) {
			guest->device = all[i];
			continue;
		}
		unplug(_metadata, guest, &all[i]);
		guest->home[guest->nr_home++] = all[i];
	}
	wait_node(_metadata, guest->node, false);
}

FIXTURE_TEARDOWN(lockset)
{
	struct guest *guest = &self->guest;

	if (!lockset_missing())
		EXPECT_EQ(0, lockset_path(""));
	if (guest->pages != MAP_FAILED)
		EXPECT_EQ(0, munmap(guest->pages,
				    NR_PAGES * sysconf(_SC_PAGESIZE)));
	slab_cache_close(&guest->cache);
	if (dax_device() && !dax_device_bound(DAX_KMEM))
		EXPECT_LT(0, dax_driver_write(DAX_KMEM, "bind"));
	/* Before memory comes back, which shall not go online by itself. */
	EXPECT_EQ(0U, attr_guard_restore());
	EXPECT_EQ(0, host_port_close(&guest->port)) {
		TH_LOG("not put back: %s", guest->port.answer);
	}
	while (guest->nr_home--)
		EXPECT_EQ(0, wait_dimm(&guest->home[guest->nr_home],
				       &guest->range));
	if (guest->blocks)
		EXPECT_EQ(0U, memory_blocks_restore(guest->blocks));
}

/* The path is taken from here to end(). */
static void begin(struct __test_metadata *_metadata, const char *path)
{
	ASSERT_EQ(0, lockset_path(path));
}

static void end(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, lockset_path(""));
}

/* The dimm that a case has plugged. */
static void unplug_own(struct __test_metadata *_metadata, struct guest *guest)
{
	unplug(_metadata, guest, &guest->dimm);
	wait_node(_metadata, guest->node, false);
}

static void plug(struct __test_metadata *_metadata, struct guest *guest)
{
	int err = host_plug_dimm(&guest->port, guest->node, block_bytes(),
				 &guest->dimm);

	if (!err)
		err = wait_dimm(&guest->dimm, &guest->range);
	ASSERT_EQ(0, err) {
		TH_LOG("no dimm: %s: %s", errname(err), guest->port.answer);
	}
}

/* One block of the virtio-mem device, or none. */
static void resize(struct __test_metadata *_metadata, struct guest *guest,
		   bool here)
{
	int err;

	guest->range = block_range_of(guest->device.addr, block_bytes());
	err = virtio_mem_resize(&guest->port, guest->device.id, &guest->range,
				here ? block_bytes() : 0);
	ASSERT_EQ(0, err) {
		TH_LOG("%s: %s: %s", guest->device.id, errname(err),
		       guest->port.answer);
	}
	wait_node(_metadata, guest->node, here);
}

static void write_block(struct __test_metadata *_metadata,
			struct guest *guest, const char *attr,
			const char *value)
{
	int err = memory_block_write(guest->range.first, attr, value);

	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu/%s: write \"%s\": %s", guest->range.first,
		       attr, value, errname(err));
	}
}

/* As plug(), and offline: on a pseries, it comes online. */
static void plug_offline(struct __test_metadata *_metadata,
			 struct guest *guest)
{
	plug(_metadata, guest);
	if (dimm_missing())
		write_block(_metadata, guest, "state", "offline");
}

/* Pages in the block, so that an offline has something to migrate. */
static void fill(struct __test_metadata *_metadata, struct guest *guest)
{
	const size_t size = NR_PAGES * sysconf(_SC_PAGESIZE);
	struct node_mask mask = {};

	guest->pages = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, guest->pages);
	node_mask_set(&mask, guest->node);
	ASSERT_EQ(0, mem_policy_set(guest->pages, size, MPOL_BIND, &mask));
	memset(guest->pages, 1, size);
}

TEST_F(lockset, memory_online)
{
	plug_offline(_metadata, &self->guest);
	begin(_metadata, "memory-online");
	write_block(_metadata, &self->guest, "state", "online_movable");
	end(_metadata);
	write_block(_metadata, &self->guest, "state", "offline");
	begin(_metadata, "memory-online");
	write_block(_metadata, &self->guest, "online", "1");
	end(_metadata);
	write_block(_metadata, &self->guest, "state", "offline");
	unplug_own(_metadata, &self->guest);
}

TEST_F(lockset, memory_offline)
{
	plug_offline(_metadata, &self->guest);
	write_block(_metadata, &self->guest, "state", "online_movable");
	fill(_metadata, &self->guest);
	begin(_metadata, "memory-offline");
	write_block(_metadata, &self->guest, "state", "offline");
	end(_metadata);
	write_block(_metadata, &self->guest, "state", "online_movable");
	begin(_metadata, "memory-offline");
	write_block(_metadata, &self->guest, "online", "0");
	end(_metadata);
	unplug_own(_metadata, &self->guest);
}

TEST_F(lockset, memory_auto_online)
{
	set(_metadata, AUTO_ONLINE, "online_movable");
	begin(_metadata, "memory-auto-online");
	plug(_metadata, &self->guest);
	end(_metadata);
	write_block(_metadata, &self->guest, "state", "offline");
	unplug_own(_metadata, &self->guest);
}

/* By a driver, which lets add_memory_driver_managed() take the lock. */
TEST_F(lockset, memory_add)
{
	if (!self->guest.device.id[0])
		SKIP(return, "the node has no virtio-mem device");
	begin(_metadata, "memory-add");
	resize(_metadata, &self->guest, true);
	end(_metadata);
	resize(_metadata, &self->guest, false);
}

/* Of a block that is offline. */
TEST_F(lockset, memory_remove)
{
	plug_offline(_metadata, &self->guest);
	begin(_metadata, "memory-remove");
	unplug_own(_metadata, &self->guest);
	end(_metadata);
}

/* Of a block that is online: what virtio-mem does with a block all unplugged. */
TEST_F(lockset, memory_offline_and_remove)
{
	if (!self->guest.device.id[0])
		SKIP(return, "the node has no virtio-mem device");
	resize(_metadata, &self->guest, true);
	write_block(_metadata, &self->guest, "state", "online_movable");
	begin(_metadata, "memory-offline-and-remove");
	resize(_metadata, &self->guest, false);
	end(_metadata);
}

/* What is added so stays until the next boot. */
TEST_F(lockset, memory_probe)
{
	struct block_range range;
	char addr[32];

	if (access(SYSFS_MEMORY "/probe", F_OK) || !block_range_hidden(&range))
		SKIP(return, "no RAM is hidden from the kernel by mem=");
	snprintf(addr, sizeof(addr), "%#llx", range.first * range.bytes);
	begin(_metadata, "memory-probe");
	set(_metadata, SYSFS_MEMORY "/probe", addr);
	end(_metadata);
	ASSERT_TRUE(block_here(range.first));
}

/* The machine gives memory. */
TEST_F(lockset, memory_plug)
{
	begin(_metadata, dimm_missing() ? "dlpar-add" : "acpi-memory-plug");
	plug(_metadata, &self->guest);
	end(_metadata);
	unplug_own(_metadata, &self->guest);
}

/* It takes memory that is online: the kernel takes it offline. */
TEST_F(lockset, memory_eject)
{
	plug_offline(_metadata, &self->guest);
	write_block(_metadata, &self->guest, "state", "online_movable");
	begin(_metadata,
	      dimm_missing() ? "dlpar-remove" : "acpi-memory-eject");
	unplug_own(_metadata, &self->guest);
	end(_metadata);
}

TEST_F(lockset, virtio_mem)
{
	if (!self->guest.device.id[0])
		SKIP(return, "the node has no virtio-mem device");
	begin(_metadata, "virtio-mem");
	resize(_metadata, &self->guest, true);
	end(_metadata);
	write_block(_metadata, &self->guest, "state", "online_movable");
	begin(_metadata, "virtio-mem");
	resize(_metadata, &self->guest, false);
	end(_metadata);
}

TEST_F(lockset, dax_kmem)
{
	if (!dax_device())
		SKIP(return, "no dax device is bound to kmem with all its memory offline");
	begin(_metadata, "dax-kmem");
	ASSERT_LT(0, dax_driver_write(DAX_KMEM, "unbind"));
	ASSERT_LT(0, dax_driver_write(DAX_KMEM, "bind"));
	end(_metadata);
}

/* A dax device as a character device: its driver maps the memory. */
TEST_F(lockset, memremap)
{
	if (!dax_device())
		SKIP(return, "no dax device is bound to kmem with all its memory offline");
	ASSERT_LT(0, dax_driver_write(DAX_KMEM, "unbind"));
	begin(_metadata, "memremap");
	/* That driver takes the device at once. */
	ASSERT_LT(0, dax_driver_write(DAX_DEVICE, "new_id"));
	ASSERT_TRUE(dax_device_bound(DAX_DEVICE));
	ASSERT_LT(0, dax_driver_write(DAX_DEVICE, "unbind"));
	end(_metadata);
	ASSERT_LT(0, dax_driver_write(DAX_DEVICE, "remove_id"));
	ASSERT_LT(0, dax_driver_write(DAX_KMEM, "bind"));
}

/* A CPU that can be taken down, NULL if the case is to be skipped. */
static const struct cpu *cpu_to_take(enum cpu_way way)
{
	const struct cpus *cpus = cpus_at_start();

	return cpus ? cpu_way_find(cpus, way, NULL) : NULL;
}

/* Take a CPU down or bring it up, on a path or, if that is NULL, on none. */
static void change_cpu(struct __test_metadata *_metadata,
		       const struct cpu *cpu, enum cpu_way way, bool up,
		       const char *path)
{
	if (path)
		begin(_metadata, path);
	ASSERT_EQ(0, cpu_set(cpus_at_start(), cpu, way, up));
	end(_metadata);
	ASSERT_EQ(up, cpu_up(cpu));
}

/* The same by remove_cpu() and add_cpu(). */
static void change_cpu_inside(struct __test_metadata *_metadata,
			      const struct cpu *cpu, bool up, const char *path)
{
	if (path)
		begin(_metadata, path);
	ASSERT_EQ(0, lockset_cpu(cpu->id, up));
	end(_metadata);
	ASSERT_EQ(up, cpu_up(cpu));
}

TEST_F(lockset, cpu_online)
{
	const struct cpu *cpu = cpu_to_take(CPU_ONLINE);

	if (!cpu)
		SKIP(return, "no CPU can be taken down");
	change_cpu(_metadata, cpu, CPU_ONLINE, false, NULL);
	change_cpu(_metadata, cpu, CPU_ONLINE, true, "cpu-online");
	change_cpu_inside(_metadata, cpu, false, NULL);
	change_cpu_inside(_metadata, cpu, true, "cpu-online");
}

TEST_F(lockset, cpu_offline)
{
	const struct cpu *cpu = cpu_to_take(CPU_ONLINE);

	if (!cpu)
		SKIP(return, "no CPU can be taken down");
	change_cpu(_metadata, cpu, CPU_ONLINE, false, "cpu-offline");
	change_cpu(_metadata, cpu, CPU_ONLINE, true, NULL);
	change_cpu_inside(_metadata, cpu, false, "cpu-offline");
	change_cpu_inside(_metadata, cpu, true, NULL);
}

/* Each CPU that comes asks for its node, though only the first one needs to. */
TEST_F(lockset, node_online)
{
	const struct cpu *cpu = cpu_to_take(CPU_ONLINE);

	if (!cpu)
		SKIP(return, "no CPU can be taken down");
	change_cpu(_metadata, cpu, CPU_ONLINE, false, NULL);
	change_cpu(_metadata, cpu, CPU_ONLINE, true, "node-online");
}

TEST_F(lockset, cpuhp_target)
{
	const struct cpu *cpu = cpu_to_take(CPU_TARGET);

	if (!cpu)
		SKIP(return, "no CPU can be taken down by %s",
		     cpu_way_name(CPU_TARGET));
	change_cpu(_metadata, cpu, CPU_TARGET, false, "cpuhp-target");
	change_cpu(_metadata, cpu, CPU_TARGET, true, "cpuhp-target");
}

TEST_F(lockset, smt_control)
{
	const struct cpu *cpu = cpu_to_take(CPU_SMT);

	if (!cpu)
		SKIP(return, "no CPU can be taken down by %s",
		     cpu_way_name(CPU_SMT));
	change_cpu(_metadata, cpu, CPU_SMT, false, "smt-control");
	change_cpu(_metadata, cpu, CPU_SMT, true, "smt-control");
}

TEST_F(lockset, slab_create)
{
	ASSERT_EQ(0, slab_cache_open(&self->guest.cache));
	begin(_metadata, "slab-create");
	ASSERT_EQ(0, slab_cache_create(&self->guest.cache, false));
	end(_metadata);
}

TEST_F(lockset, slab_read)
{
	static const char *const attrs[] = {
		"slabs", "objects", "objects_partial", "total_objects",
		"partial", "cpu_slabs",
	};
	struct slab_count count;
	size_t i;

	ASSERT_EQ(0, slab_cache_open(&self->guest.cache));
	ASSERT_EQ(0, slab_cache_create(&self->guest.cache, false));
	begin(_metadata, "slab-read");
	for (i = 0; i < ARRAY_LEN(attrs); i++)
		EXPECT_EQ(0, slab_cache_read(&self->guest.cache, attrs[i],
					     0, &count));
	end(_metadata);
}

/* By whoever has the cache, and by its file. */
TEST_F(lockset, slab_shrink)
{
	ASSERT_EQ(0, slab_cache_open(&self->guest.cache));
	ASSERT_EQ(0, slab_cache_create(&self->guest.cache, false));
	begin(_metadata, "slab-shrink");
	EXPECT_EQ(0, slab_cache_do(&self->guest.cache, "shrink"));
	EXPECT_EQ(0, slab_cache_write(&self->guest.cache, "shrink", "1"));
	end(_metadata);
}

TEST_F(lockset, slab_destroy)
{
	ASSERT_EQ(0, slab_cache_open(&self->guest.cache));
	ASSERT_EQ(0, slab_cache_create(&self->guest.cache, false));
	begin(_metadata, "slab-destroy");
	EXPECT_EQ(0, slab_cache_do(&self->guest.cache, "destroy"));
	end(_metadata);
}

static unsigned long long now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000ULL + ts.tv_nsec / 1000;
}

/*
 * How long an online and an offline take, without probes and with probes that
 * record: in turn, so that what changes with time does so for both.
 */
TEST_F_TIMEOUT(lockset, overhead, TURNS_TIMEOUT_S)
{
	unsigned long long start, took[2];
	int turn, probes;

	plug_offline(_metadata, &self->guest);
	for (turn = 0; turn < TURNS; turn++) {
		for (probes = 0; probes < 2; probes++) {
			ASSERT_EQ(0, lockset_arm(probes));
			if (probes)
				begin(_metadata, "overhead");
			start = now_us();
			write_block(_metadata, &self->guest, "state",
				    "online_movable");
			write_block(_metadata, &self->guest, "state",
				    "offline");
			took[probes] = now_us() - start;
			end(_metadata);
		}
		printf("# memhp: lockset-overhead=%llu %llu\n", took[0],
		       took[1]);
	}
}

static void print_line(const char *line)
{
	printf("# memhp: lockset=%s\n", line);
}

static void print_edge(const char *before, const char *after, const char *via)
{
	printf("# memhp: lock-order=%s -> %s%s%s\n", before, after,
	       via[0] ? " via " : "", via);
}

static pid_t printer;

static void print_all(void)
{
	const char *const *locks;
	unsigned int nr;
	int err;

	if (getpid() != printer)
		return;
	err = lockset_each(print_line);
	if (!err) {
		locks = lockset_locks(&nr);
		err = lock_order_each(locks, nr, print_edge);
	}
	if (err)
		printf("# memhp: lockset=failed %s\n", errname(err));
}

int main(int argc, char **argv)
{
	static const char *const attrs[] = { AUTO_ONLINE };

	if (dax_device_find())
		attr_guard_at_end(DAX_DRIVERS "/" DAX_KMEM "/bind",
				  dax_device());
	attr_guard_enter(attrs, ARRAY_LEN(attrs));
	cpu_guard();
	memory_guard_enter();
	lockset_enter();
	printer = getpid();
	/* The harness does not return. */
	if (!lockset_missing())
		atexit(print_all);
	return test_harness_run(argc, argv);
}
