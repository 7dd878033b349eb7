/*
 * mem: allocation that cannot fail.
 *
 * Running out of memory ends the program: nothing here returns NULL, so
 * nobody checks. A program that owes somebody a last word (the child owes its
 * parent an Exit line) sets mem_exhausted.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Where a row of a table says that its value goes: AT(run_opts, threads). */
#define AT(type, member) offsetof(struct type, member)

/*
 * Called once with the size that could not be had; must not return and must
 * not allocate. NULL: a line on descriptor 2, then abort().
 */
extern void (*mem_exhausted)(size_t n);

/* n may be 0. The caller frees with free(). */
void *mem_alloc(size_t n);
void *mem_zalloc(size_t n);
void *mem_realloc(void *p, size_t n);

/* Room for n items of the given size; an overflow counts as exhaustion. */
void *mem_array(size_t n, size_t size);
void *mem_grow(void *p, size_t n, size_t size);

/* A copy of n bytes and a NUL behind them; p may be NULL if n is 0. */
char *mem_text(const char *p, size_t n);

/* Ends the program as if n bytes could not be had. */
_Noreturn void mem_fail(size_t n);

/* Overwrites a secret; not optimised away. */
void mem_wipe(void *p, size_t n);

#endif
