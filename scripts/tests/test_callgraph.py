# SPDX-License-Identifier: GPL-2.0
"""What the call graph sees in machine code: of macros, inline functions, callbacks
and tables, compiled as the kernel's code is.
"""

import subprocess

import pytest

import callgraph

SOURCE = r'''
extern unsigned long __cpu_online_mask[1];
extern void consume(int cpu), other(void);
extern int note(void (*fn)(void)), run(void *data), later(void);
struct block { int (*call)(void); struct block *next; };
static int told(void) { return 3; }
static struct block told_nb = { .call = told };
extern void enlist(struct block *nb);

#define for_each_cpu_of(mask, cpu) \
	for ((cpu) = 0; (cpu) < 64; (cpu)++) if ((mask)[0] >> (cpu) & 1)

static inline __attribute__((always_inline)) void hidden(void)
{
	int cpu;

	for_each_cpu_of(__cpu_online_mask, cpu)
		consume(cpu);
}

static __attribute__((noinline)) void local(void) { hidden(); consume(1); }
static void callback(void) { consume(2); }

void by_inline(void) { hidden(); other(); }
void by_local(void) { local(); other(); }
int by_tail(void) { return later(); }
int by_callback(void) { return note(callback) + 1; }
void by_list(void) { enlist(&told_nb); other(); }
int by_pointer(int (*fn)(void)) { return fn() + 1; }
void of_none(void) { other(); other(); }

extern void __traceiter_event(void);
static inline int bit(unsigned long nr, unsigned long *mask)
{
	int set;

	asm volatile("bt %2,%1; setc %b0" : "=q"(set) :
		     "m"(*mask), "r"(nr));
	return set;
}
void by_tracepoint(unsigned long cpu)
{
	if (bit(cpu, __cpu_online_mask))
		__traceiter_event();
	other();
}
void by_test(unsigned long cpu)
{
	if (bit(cpu, __cpu_online_mask))
		consume(cpu);
	other();
}
'''


@pytest.fixture(scope='module')
def graph(tmp_path_factory):
    folder = tmp_path_factory.mktemp('graph')
    (folder / 'code.c').write_text(SOURCE)
    subprocess.run(['gcc', '-O2', '-mcmodel=kernel', '-fno-pic', '-fno-pie',
                    '-fcf-protection=none', '-c', 'code.c', '-o', 'code.o'],
                   cwd=folder, check=True)
    return callgraph.read(folder / 'code.o')


def users(graph):
    return {f for f in graph.functions if '__cpu_online_mask' in graph.uses(f)}


def test_inline_function_and_macro_hide_nothing(graph):
    assert 'by_inline' in users(graph)
    assert 'hidden' not in graph.functions


def test_call_within_a_section_is_seen(graph):
    assert graph.calls['by_local'] == {'local', 'other'}
    assert 'local' in users(graph) and 'by_local' not in users(graph)


def test_tail_call_is_seen(graph):
    assert graph.calls['by_tail'] == {'later'}


def test_callback_is_taken(graph):
    assert graph.takes['by_callback'] == {'callback'}


def test_table_is_known(graph):
    assert 'told_nb' in graph.refers['by_list']
    assert graph.pointers['told_nb'] == {0: 'told'}


def test_call_through_a_pointer_is_known(graph):
    assert graph.indirect == {'by_pointer'}


def test_tracepoint_is_no_consumer(graph):
    assert 'by_tracepoint' not in users(graph)
    assert 'by_test' in users(graph)


def test_nothing_is_made_up(graph):
    assert graph.uses('of_none') == {'other'}


@pytest.mark.parametrize('name, original', (
    ('f', 'f'), ('f.cold', 'f'), ('f.isra.0', 'f'), ('f.part.0.cold', 'f'),
    ('f.constprop.3', 'f'), ('__key.7', '__key.7')))
def test_clones_count_as_the_original(name, original):
    assert callgraph.original(name) == original
