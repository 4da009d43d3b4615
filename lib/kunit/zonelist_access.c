// SPDX-License-Identifier: GPL-2.0
/*
 * Makes the access of an arm64 instruction in its place, for
 * zonelist_watch_before.c: loads and stores of one or two general registers, in
 * all ways to address memory that a compiler uses for a field of a structure.
 */
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/ptrace.h>

#include "zonelist_access.h"

#define NO_REGISTER	32

/**
 * struct access - what an instruction does
 * @addr: where it accesses memory
 * @base: the register that gets a new address, or NO_REGISTER
 * @new_base: that address
 * @regs: the registers that are loaded or stored
 * @nr: how many
 * @size: the binary logarithm of the bytes that each of them has in memory
 * @store: it stores
 * @bits: of a register, if what is loaded has a sign; else 0
 */
struct access {
	unsigned long addr;
	int base;
	unsigned long new_base;
	int regs[2];
	int nr;
	int size;
	bool store;
	int bits;
};

static int field(u32 insn, int low, int width)
{
	return (insn >> low) & (BIT(width) - 1);
}

static int signed_field(u32 insn, int low, int width)
{
	return sign_extend32(insn >> low, width - 1);
}

/* An index register: as it is, or its lower half with or without a sign. */
static bool index_offset(struct pt_regs *regs, u32 insn, int shift, long *offset)
{
	unsigned long index = pt_regs_read_reg(regs, field(insn, 16, 5));

	switch (field(insn, 13, 3)) {
	case 2:
		index = (u32)index;
		break;
	case 6:
		index = (s32)index;
		break;
	case 3:
	case 7:
		break;
	default:
		return false;
	}
	*offset = index << (field(insn, 12, 1) ? shift : 0);
	return true;
}

static bool decode_single(struct pt_regs *regs, u32 insn, struct access *a,
			  long *offset, bool *before, bool *after)
{
	int kind = field(insn, 22, 2);

	a->size = field(insn, 30, 2);
	a->nr = 1;
	a->store = kind == 0;
	if (kind >= 2) {
		a->bits = kind == 2 ? 64 : 32;
		/* No load, but a prefetch; or nothing at all. */
		if (BITS_PER_BYTE << a->size >= a->bits)
			return false;
	}

	if (field(insn, 24, 1)) {
		*offset = (long)field(insn, 10, 12) << a->size;
		return true;
	}
	if (field(insn, 21, 1))
		return field(insn, 10, 2) == 2 &&
		       index_offset(regs, insn, a->size, offset);
	*offset = signed_field(insn, 12, 9);
	*after = field(insn, 10, 2) == 1;
	*before = field(insn, 10, 2) == 3;
	/* The rest is for user memory. */
	return field(insn, 10, 2) != 2;
}

static bool decode_pair(u32 insn, struct access *a, long *offset, bool *before,
			bool *after)
{
	int size = field(insn, 30, 2);

	a->nr = 2;
	a->regs[1] = field(insn, 10, 5);
	a->store = !field(insn, 22, 1);
	a->size = size == 2 ? 3 : 2;
	if (size == 1)
		a->bits = 64;
	*offset = (long)signed_field(insn, 15, 7) << a->size;
	*after = field(insn, 23, 2) == 1;
	*before = field(insn, 23, 2) == 3;
	return size < 3 && !(size == 1 && a->store);
}

static bool decode(struct pt_regs *regs, u32 insn, struct access *a)
{
	int base = field(insn, 5, 5);
	bool before = false, after = false, known = false;
	long offset = 0;

	*a = (struct access){ .base = NO_REGISTER, .regs[0] = field(insn, 0, 5) };
	/* The stack has no zonelists. */
	if (base == 31)
		return false;
	if (field(insn, 25, 5) == 0x1c)
		known = decode_single(regs, insn, a, &offset, &before, &after);
	else if (field(insn, 25, 5) == 0x14)
		known = decode_pair(insn, a, &offset, &before, &after);
	if (!known)
		return false;

	a->addr = pt_regs_read_reg(regs, base) + (after ? 0 : offset);
	if (before || after) {
		a->base = base;
		a->new_base = pt_regs_read_reg(regs, base) + offset;
	}
	return true;
}

static unsigned long load(unsigned long addr, int size)
{
	switch (size) {
	case 0:
		return READ_ONCE(*(u8 *)addr);
	case 1:
		return READ_ONCE(*(u16 *)addr);
	case 2:
		return READ_ONCE(*(u32 *)addr);
	default:
		return READ_ONCE(*(u64 *)addr);
	}
}

static void store(unsigned long addr, int size, unsigned long value)
{
	switch (size) {
	case 0:
		WRITE_ONCE(*(u8 *)addr, value);
		break;
	case 1:
		WRITE_ONCE(*(u16 *)addr, value);
		break;
	case 2:
		WRITE_ONCE(*(u32 *)addr, value);
		break;
	default:
		WRITE_ONCE(*(u64 *)addr, value);
	}
}

static unsigned long with_sign(unsigned long value, const struct access *a)
{
	if (!a->bits)
		return value;
	value = sign_extend64(value, (BITS_PER_BYTE << a->size) - 1);
	return a->bits == 32 ? (u32)value : value;
}

/**
 * zonelist_access_make() - do what the instruction does that is about to run
 * @regs: the registers before it; if it is done, those after it
 * @stored: becomes whether it was a store
 *
 * Context: any, with watchpoints masked.
 * Return: whether it is done, which it is not if it is no such instruction.
 */
bool zonelist_access_make(struct pt_regs *regs, bool *stored)
{
	unsigned long addr;
	struct access a;
	int i;

	if (!decode(regs, le32_to_cpup((__le32 *)regs->pc), &a))
		return false;
	for (i = 0; i < a.nr; i++) {
		addr = a.addr + ((unsigned long)i << a.size);
		if (a.store)
			store(addr, a.size, pt_regs_read_reg(regs, a.regs[i]));
		else
			pt_regs_write_reg(regs, a.regs[i],
					  with_sign(load(addr, a.size), &a));
	}
	if (a.base != NO_REGISTER)
		pt_regs_write_reg(regs, a.base, a.new_base);
	instruction_pointer_set(regs, regs->pc + sizeof(u32));
	*stored = a.store;
	return true;
}
