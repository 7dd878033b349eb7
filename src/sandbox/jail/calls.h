/*
 * calls: names and numbers of Linux' system calls, for every architecture
 * that we have a filter for. Nothing here allocates or asks the kernel, so
 * all of it may be used in a signal handler.
 */
#ifndef JAIL_CALLS_H
#define JAIL_CALLS_H

#include <stdbool.h>
#include <stdint.h>

enum call_arch {
	CALL_X86_64,
	CALL_AARCH64,
	CALL_ARM, /* 32 bits, EABI: Debian's armhf and armel */
	CALL_RISCV64,
	CALL_PPC64LE,
	CALL_I386,
	CALL_ARCHS
};

#define CALL_NAME_MAX 30 /* with the NUL */

/* The architecture of this program; CALL_ARCHS if it has no table. */
#if defined(__x86_64__) && !defined(__ILP32__)
#define CALL_HERE CALL_X86_64
#elif defined(__aarch64__) && !defined(__ILP32__) && !defined(__AARCH64EB__)
#define CALL_HERE CALL_AARCH64
#elif defined(__arm__) && defined(__ARM_EABI__) && !defined(__ARMEB__)
#define CALL_HERE CALL_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define CALL_HERE CALL_RISCV64
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define CALL_HERE CALL_PPC64LE
#elif defined(__i386__)
#define CALL_HERE CALL_I386
#else
#define CALL_HERE CALL_ARCHS
#endif

/* "x86_64"; as in the head of calls.def */
const char *call_arch_name(enum call_arch arch);

/* The AUDIT_ARCH_* value that the kernel gives a filter. */
uint32_t call_arch_audit(enum call_arch arch);

/* NULL: no call has that number there. */
const char *call_name(enum call_arch arch, long nr);

/* -1: no call of that name there. */
int call_number(enum call_arch arch, const char *name);

/*
 * Whether what is said of `said` holds for `name`: they are one call, or the
 * second does on 32 bits what the first does, with its arguments in the same
 * places ("mmap2" is for "mmap", "futex_time64" for "futex").
 */
bool call_is(const char *name, const char *said);

/*
 * What the headers of x86_64 call `value` in argument `arg` of this call, or
 * the set of flags with that value, as the headers of arch have it.
 */
uint32_t call_value(enum call_arch arch, const char *name, int arg,
    uint32_t value);

#endif
