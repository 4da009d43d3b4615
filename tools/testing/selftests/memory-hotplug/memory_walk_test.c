// SPDX-License-Identifier: GPL-2.0
/*
 * Every order of writes to a memory block's "state" and "online", against a
 * model of the state machine.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../kselftest_harness.h"
#include "block_kind.h"
#include "block_range.h"
#include "block_zone.h"
#include "expected_failure.h"
#include "host_port.h"
#include "memory_block.h"
#include "memory_guard.h"
#include "virtio_mem.h"

/* A hundred transitions of a block, on a slow machine. */
#define TEST_TIMEOUT_S	120

/* All sequences of so many operations are part of a walk, at most. */
#define MAX_ORDER	3

/**
 * struct op - one write
 * @attr:	the attribute
 * @value:	what is written
 * @type:	the online type that it asks for, NULL for offline
 * @repeats:	what it returns when the block is in that state
 */
struct op {
	const char *attr;
	const char *value;
	const char *type;
	int repeats;
};

/* The ones that ask for offline come last. */
static const struct op ops[] = {
	{ "state", "online", "online", -EINVAL },
	{ "state", "online_kernel", "online_kernel", -EINVAL },
	{ "state", "online_movable", "online_movable", -EINVAL },
	{ "online", "1", "online", 0 },
	{ "state", "offline", NULL, -EINVAL },
	{ "online", "0", NULL, 0 },
};

#define NR_OPS		ARRAY_LEN(ops)
#define NR_ONLINE_OPS	(NR_OPS - 2)

/**
 * struct model - what a block must look like
 * @online:	its state
 * @zone:	its zone while it is online
 * @zones:	its valid_zones while it is offline
 * @refused:	online type that "state" refused since the block went online
 */
struct model {
	bool online;
	char zone[ZONE_LEN];
	char zones[ATTR_LEN];
	const char *refused;
};

/* A de Bruijn sequence: each sequence of @order operations out of @nr. */
struct walk {
	unsigned char *op;
	size_t len;
	size_t nr;
	size_t order;
	unsigned char word[MAX_ORDER + 1];
};

/* Lyndon words whose length divides the order, in order, concatenated. */
static void walk_extend(struct walk *walk, size_t pos, size_t period)
{
	size_t i;

	if (pos > walk->order) {
		if (walk->order % period == 0)
			for (i = 1; i <= period; i++)
				walk->op[walk->len++] = walk->word[i];
		return;
	}
	walk->word[pos] = walk->word[pos - period];
	walk_extend(walk, pos + 1, period);
	for (i = walk->word[pos - period] + 1; i < walk->nr; i++) {
		walk->word[pos] = i;
		walk_extend(walk, pos + 1, pos);
	}
}

static int walk_make(struct walk *walk, size_t nr, size_t order)
{
	size_t len = 1, i;

	for (i = 0; i < order; i++)
		len *= nr;
	*walk = (struct walk){ .nr = nr, .order = order };
	walk->op = malloc(len + order - 1);
	if (!walk->op)
		return -ENOMEM;
	walk_extend(walk, 1, 1);
	/* It is a circle: close it. */
	for (i = 0; i < order - 1; i++)
		walk->op[walk->len++] = walk->op[i];
	return walk->len == len + order - 1 ? 0 : -EINVAL;
}

/**
 * struct walker - a walk of a block through its states
 * @blocks:	all blocks of the machine
 * @node:	the block's node
 * @id:		the block
 * @may_change:	whether it is a candidate; else it stays as it is
 * @sticks:	see refused_type_sticks()
 * @walk:	the operations
 * @model:	what the block must look like now
 * @done:	operations so far
 * @changes:	those that changed the block's state
 * @left_out:	operations that would have put it into a kernel zone
 */
struct walker {
	const struct memory_blocks *blocks;
	struct memory_node node;
	unsigned long id;
	bool may_change;
	bool sticks;
	struct walk walk;
	struct model model;
	unsigned int done;
	unsigned int changes;
	unsigned int left_out;
};

FIXTURE(walk) {
	struct walker walker;
	struct memory_blocks own;
	struct host_port port;
};

/*
 * Variants: a kind of blocks, and how long the sequences are. What takes time
 * are transitions: one kind goes through all sequences of three.
 */
FIXTURE_VARIANT(walk) {
	enum block_kind kind;
	size_t order;
};

FIXTURE_VARIANT_ADD(walk, plain) {
	.kind = BLOCK_PLAIN,
	.order = 3,
};

FIXTURE_VARIANT_ADD(walk, dimm) {
	.kind = BLOCK_DIMM,
	.order = 3,
};

FIXTURE_VARIANT_ADD(walk, virtio_mem) {
	.kind = BLOCK_VIRTIO_MEM,
	.order = 2,
};

static void must_write(struct __test_metadata *_metadata, unsigned long id,
		       const char *attr, const char *value, int expected)
{
	int err = memory_block_write(id, attr, value);

	ASSERT_EQ(expected, err) {
		TH_LOG("memory%lu/%s: write \"%s\": expected %s, got %s", id,
		       attr, value, errname(expected), errname(err));
	}
}

static void must_be(struct __test_metadata *_metadata, unsigned long id,
		    const char *attr, const char *expected, const char *when)
{
	char value[ATTR_LEN];
	int err = memory_block_read(id, attr, value, sizeof(value));

	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu/%s: read: %s", id, attr, errname(err));
	}
	ASSERT_STREQ(expected, value) {
		TH_LOG("memory%lu/%s: expected \"%s\", got \"%s\", %s", id,
		       attr, expected, value, when);
	}
}

/*
 * Whether this kernel remembers an online type that it refused, because the
 * block was online already, and uses it for the next "online" that names none.
 * Linux 6.12 does: see refused_type_is_forgotten.
 */
static bool refused_type_sticks(struct __test_metadata *_metadata,
				unsigned long id)
{
	char zone[ZONE_LEN], zones[ATTR_LEN];
	const char *other;
	bool sticks;

	ASSERT_TRUE(block_zone_of_type(id, "online", zone));
	other = strcmp(zone, ZONE_MOVABLE) ? "online_movable" : "online_kernel";

	must_write(_metadata, id, "state", "online", 0);
	must_write(_metadata, id, "state", other, -EINVAL);
	ASSERT_EQ(0, memory_block_offline(id));
	must_write(_metadata, id, "online", "1", 0);
	ASSERT_EQ(0, memory_block_read(id, "valid_zones", zones,
				       sizeof(zones)));
	sticks = strcmp(zones, zone);
	ASSERT_EQ(0, memory_block_offline(id));
	return sticks;
}

/* A block that must stay as it is: in a kernel zone. */
static int pick_kernel_block(const struct memory_blocks *blocks,
			     enum block_kind kind, struct memory_block *found)
{
	size_t i;

	for (i = 0; i < blocks->nr; i++) {
		const struct memory_block *block = &blocks->block[i];

		/* "none": it is in more than one zone. */
		if (block->candidate || !strcmp(block->zone, "none") ||
		    block_kind_read(blocks, block->id) != kind)
			continue;
		*found = *block;
		return 0;
	}
	return -ENOENT;
}

static void expect_zones(struct __test_metadata *_metadata,
			 struct walker *walker)
{
	int err = block_zones_expected(walker->blocks, walker->id, walker->node.id,
				       walker->model.zones,
				       sizeof(walker->model.zones));

	/* Another policy: what it says now, it must go on to say. */
	if (err == -EOPNOTSUPP)
		err = memory_block_read(walker->id, "valid_zones",
					walker->model.zones,
					sizeof(walker->model.zones));
	ASSERT_EQ(0, err) {
		TH_LOG("memory%lu: zones: %s", walker->id, errname(err));
	}
}

/*
 * Have the host give a virtio-mem device a block, and take a snapshot that has
 * it. Returns -ENODEV if nobody can.
 */
static int plug_virtio_mem(struct host_port *port, struct memory_blocks *blocks,
			   const char **reason)
{
	struct host_device all[HOST_DEVICES];
	struct block_range range;
	int nr, err;

	err = host_port_open(port, reason);
	if (err)
		return err;
	*reason = "no virtio-mem device without memory";
	nr = host_devices(port, all);
	if (nr < 0)
		return nr;
	while (nr-- > 0 && (all[nr].dimm || all[nr].size))
		;
	if (nr < 0)
		return -ENODEV;

	*reason = "the virtio-mem device gets no block";
	range = block_range_of(all[nr].addr, block_bytes());
	err = virtio_mem_resize(port, all[nr].id, &range, range.bytes);
	if (!err)
		err = memory_blocks_read(blocks);
	return err;
}

FIXTURE_SETUP(walk)
{
	struct walker *walker = &self->walker;
	struct memory_block fixed;
	const char *reason;

	self->port.fd = -1;
	walker->blocks = memory_blocks_at_start(&reason);
	if (!walker->blocks)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0U, memory_blocks_restore(walker->blocks));

	if (variant->kind == BLOCK_VIRTIO_MEM &&
	    block_pick(walker->blocks, variant->kind, &walker->node,
		       &walker->id)) {
		int err = plug_virtio_mem(&self->port, &self->own, &reason);

		if (err == -ENODEV)
			SKIP(return, "%s", reason);
		ASSERT_EQ(0, err) {
			TH_LOG("%s: %s: %s", reason, errname(err),
			       self->port.answer);
		}
		walker->blocks = &self->own;
	}

	if (!block_pick(walker->blocks, variant->kind, &walker->node, &walker->id)) {
		walker->may_change = true;
		ASSERT_EQ(0, memory_block_offline(walker->id));
		expect_zones(_metadata, walker);
		if (block_takes_kernel_zone(&walker->node))
			walker->sticks =
				refused_type_sticks(_metadata, walker->id);
	} else if (!pick_kernel_block(walker->blocks, variant->kind, &fixed)) {
		walker->id = fixed.id;
		walker->model.online = true;
		snprintf(walker->model.zone, sizeof(walker->model.zone), "%s",
			 fixed.zone);
	} else {
		SKIP(return, "no memory block of this kind: %s",
		     block_kind_name(variant->kind));
	}
	ASSERT_EQ(0, walk_make(&walker->walk,
			       walker->may_change ? NR_OPS : NR_ONLINE_OPS,
			       variant->order));
}

FIXTURE_TEARDOWN(walk)
{
	struct walker *walker = &self->walker;

	/* A refused type that sticks must not be another than the default. */
	if (walker->blocks && !walker->may_change)
		memory_block_write(walker->id, "state", "online");
	if (walker->blocks)
		EXPECT_EQ(0U, memory_blocks_restore(walker->blocks));
	EXPECT_EQ(0, host_port_close(&self->port)) {
		TH_LOG("not put back: %s", self->port.answer);
	}
	free(self->own.block);
	free(walker->walk.op);
}

/* The zone that an operation puts the offline block into. */
static void zone_of_op(struct __test_metadata *_metadata,
		       const struct walker *walker, const struct op *op,
		       char *zone)
{
	const char *type = op->type;

	if (walker->sticks && walker->model.refused &&
	    !strcmp(op->attr, "online"))
		type = walker->model.refused;

	/* The first zone is the default one, ZONE_MOVABLE is one of the two. */
	if (!strcmp(type, "online"))
		sscanf(walker->model.zones, "%15s", zone);
	else if (!strcmp(type, "online_movable"))
		snprintf(zone, ZONE_LEN, "%s", ZONE_MOVABLE);
	else
		ASSERT_TRUE(block_zone_of_type(walker->id, type, zone));
}

/*
 * Whether the block may end up in a kernel zone. It does so on a kernel that
 * remembers what it refused, too, and what the kernel does is not known for a
 * block that has never been there.
 */
static bool must_not(const struct walker *walker, const struct op *op,
		     const char *zone)
{
	if (!op->type || walker->model.online ||
	    block_takes_kernel_zone(&walker->node))
		return false;
	return strcmp(zone, ZONE_MOVABLE) ||
	       (!strcmp(op->attr, "online") && walker->model.refused &&
		!strcmp(walker->model.refused, "online_kernel"));
}

/* The next state of the model, and what the write must return. */
static int model_step(struct model *model, const struct op *op,
		      const char *zone)
{
	if (model->online == !!op->type) {
		if (op->type && op->repeats)
			model->refused = op->type;
		return op->repeats;
	}
	model->online = op->type;
	if (op->type) {
		snprintf(model->zone, sizeof(model->zone), "%s", zone);
		model->refused = NULL;
	}
	return 0;
}

static void compare(struct __test_metadata *_metadata,
		    const struct walker *walker, const char *when)
{
	const struct model *model = &walker->model;

	must_be(_metadata, walker->id, "state",
		model->online ? "online" : "offline", when);
	must_be(_metadata, walker->id, "online", model->online ? "1" : "0", when);
	must_be(_metadata, walker->id, "valid_zones",
		model->online ? model->zone : model->zones, when);
}

static void step(struct __test_metadata *_metadata, struct walker *walker,
		 const struct op *op)
{
	const bool was_online = walker->model.online;
	char when[ATTR_LEN], zone[ZONE_LEN] = "";
	int expected, err;
	long long end;

	if (op->type && !was_online)
		zone_of_op(_metadata, walker, op, zone);
	if (must_not(walker, op, zone)) {
		walker->left_out++;
		return;
	}

	snprintf(when, sizeof(when), "after %u writes and \"%s\" to %s",
		 walker->done, op->value, op->attr);
	expected = model_step(&walker->model, op, zone);
	/* An offline may meet what is transient: that is no other operation. */
	end = now_ms() + RETRY_MS;
	do {
		err = memory_block_write(walker->id, op->attr, op->value);
	} while ((err == -EBUSY || err == -EAGAIN) && was_online &&
		 !op->type && now_ms() < end);
	ASSERT_EQ(expected, err) {
		TH_LOG("memory%lu: expected %s, got %s, %s", walker->id,
		       errname(expected), errname(err), when);
	}
	compare(_metadata, walker, when);
	walker->done++;
	walker->changes += was_online != walker->model.online;
}

/*
 * C6. Whatever was written before, each write does what the block's state says
 * and nothing else does: its result, the state and the zone afterwards. All
 * sequences of three writes, out of the four online types and the two ways to
 * say offline; for a block in a kernel zone, which must not go offline, those
 * that ask for what it is, in any type.
 */
TEST_F_TIMEOUT(walk, every_order, TEST_TIMEOUT_S)
{
	struct walker *walker = &self->walker;
	const long long start = now_ms();
	size_t i;

	compare(_metadata, walker, "at first");
	for (i = 0; i < walker->walk.len; i++)
		step(_metadata, walker, &ops[walker->walk.op[i]]);

	TH_LOG("memory%lu: %u writes, %u transitions, %u left out, %lld ms",
	       walker->id, walker->done, walker->changes, walker->left_out,
	       now_ms() - start);

	if (!walker->may_change) {
		EXPECT_EQ(0U, walker->changes);
		EXPECT_EQ(walker->walk.len, walker->done);
	} else if (block_takes_kernel_zone(&walker->node)) {
		EXPECT_EQ(0U, walker->left_out);
		EXPECT_LT(walker->walk.len / MAX_ORDER, walker->changes);
	} else {
		EXPECT_LT(walker->walk.len / MAX_ORDER, walker->done);
	}
}

FIXTURE(refused) {
	const struct memory_blocks *blocks;
	struct memory_node node;
	unsigned long id;
};

FIXTURE_VARIANT(refused) {
	const char *type;
};

FIXTURE_VARIANT_ADD(refused, online) {
	.type = "online",
};

FIXTURE_VARIANT_ADD(refused, online_kernel) {
	.type = "online_kernel",
};

FIXTURE_VARIANT_ADD(refused, online_movable) {
	.type = "online_movable",
};

FIXTURE_SETUP(refused)
{
	const char *reason;

	self->blocks = memory_blocks_at_start(&reason);
	if (!self->blocks)
		SKIP(return, "%s", reason);
	ASSERT_EQ(0U, memory_blocks_restore(self->blocks));

	if (block_pick(self->blocks, BLOCK_ANY, &self->node, &self->id) ||
	    !block_takes_kernel_zone(&self->node))
		SKIP(return, "no node without boot memory and CPUs to risk a kernel zone on");
	ASSERT_EQ(0, memory_block_offline(self->id));
}

FIXTURE_TEARDOWN(refused)
{
	if (self->blocks)
		EXPECT_EQ(0U, memory_blocks_restore(self->blocks));
}

/*
 * C6. A write that is refused with EINVAL changes nothing, not even what is
 * not seen: after an online type was refused because the block is online, the
 * block goes offline, and "online" puts it into its default zone.
 *
 * Linux 6.12 stores the online type before it finds that the block is online,
 * and uses it for that "online". scripts/cures/block-refused-type-sticks.cocci
 * is a repair.
 */
TEST_F(refused, refused_type_is_forgotten)
{
	char zone[ZONE_LEN], wrong[ZONE_LEN], zones[ATTR_LEN];

	ASSERT_TRUE(block_zone_of_type(self->id, "online", zone));
	ASSERT_TRUE(block_zone_of_type(self->id, variant->type, wrong));

	must_write(_metadata, self->id, "state", "online", 0);
	must_write(_metadata, self->id, "state", variant->type, -EINVAL);
	must_be(_metadata, self->id, "valid_zones", zone, "after a refused write");
	ASSERT_EQ(0, memory_block_offline(self->id));
	must_write(_metadata, self->id, "online", "1", 0);

	ASSERT_EQ(0, memory_block_read(self->id, "valid_zones", zones,
				       sizeof(zones)));
	if (strcmp(wrong, zone) && !strcmp(zones, wrong))
		EXPECTED_FAILURE(return, "refused %s is kept: %s, not %s",
				 variant->type, zones, zone);
	EXPECT_STREQ(zone, zones);
}

int main(int argc, char **argv)
{
	memory_guard_enter();
	return test_harness_run(argc, argv);
}
