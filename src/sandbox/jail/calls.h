/*
 * calls: names and numbers of Linux' system calls, for every architecture
 * that we have a filter for. Nothing here allocates or asks the kernel, so
 * all of it may be used in a signal handler.
 */
#ifndef JAIL_CALLS_H
#define JAIL_CALLS_H

#include <stdint.h>

enum call_arch { CALL_X86_64, CALL_AARCH64, CALL_ARCHS };

#define CALL_NAME_MAX 24 /* with the NUL */

/* The architecture of this program; CALL_ARCHS if it has no table. */
#if defined(__x86_64__) && !defined(__ILP32__)
#define CALL_HERE CALL_X86_64
#elif defined(__aarch64__) && !defined(__ILP32__) && !defined(__AARCH64EB__)
#define CALL_HERE CALL_AARCH64
#else
#define CALL_HERE CALL_ARCHS
#endif

/* "x86_64" */
const char *call_arch_name(enum call_arch arch);

/* The AUDIT_ARCH_* value that the kernel gives a filter. */
uint32_t call_arch_audit(enum call_arch arch);

/* NULL: no call has that number there. */
const char *call_name(enum call_arch arch, long nr);

/* -1: no call of that name there. */
int call_number(enum call_arch arch, const char *name);

#endif
