#include "jail/calls.h"

#include <linux/audit.h>
#include <string.h>

/* no pointers in the rows: the loader would have to relocate each */
static const struct {
	char name[CALL_NAME_MAX];
	int16_t nr[CALL_ARCHS];
} calls[] = {
#define CALL(name, x86_64, aarch64, arm, riscv64, ppc64le, i386)               \
	{ #name, { x86_64, aarch64, arm, riscv64, ppc64le, i386 } },
#include "jail/calls.def"
};

#define CALLS (sizeof(calls) / sizeof(calls[0]))

static const struct {
	char name[10];
	uint32_t audit;
} archs[CALL_ARCHS + 1] = {
	[CALL_X86_64] = { "x86_64", AUDIT_ARCH_X86_64 },
	[CALL_AARCH64] = { "aarch64", AUDIT_ARCH_AARCH64 },
	[CALL_ARM] = { "arm", AUDIT_ARCH_ARM },
	[CALL_RISCV64] = { "riscv64", AUDIT_ARCH_RISCV64 },
	[CALL_PPC64LE] = { "ppc64le", AUDIT_ARCH_PPC64LE },
	[CALL_I386] = { "i386", AUDIT_ARCH_I386 },
	[CALL_ARCHS] = { "unknown", 0 },
};

const char *
call_arch_name(enum call_arch arch)
{
	return archs[arch].name;
}

uint32_t
call_arch_audit(enum call_arch arch)
{
	return archs[arch].audit;
}

const char *
call_name(enum call_arch arch, long nr)
{
	for (size_t i = 0; arch < CALL_ARCHS && nr >= 0 && i < CALLS; i++) {
		if (calls[i].nr[arch] == nr)
			return calls[i].name;
	}
	return NULL;
}

int
call_number(enum call_arch arch, const char *name)
{
	for (size_t i = 0; arch < CALL_ARCHS && i < CALLS; i++) {
		if (strcmp(calls[i].name, name) == 0)
			return calls[i].nr[arch];
	}
	return -1;
}

/* On 32 bits: pointers to 64-bit times and sizes, or an offset in pages. */
static const struct {
	char name[CALL_NAME_MAX], said[CALL_NAME_MAX];
} kin[] = {
	{ "_llseek", "lseek" },
	{ "clock_gettime64", "clock_gettime" },
	{ "clock_nanosleep_time64", "clock_nanosleep" },
	{ "fcntl64", "fcntl" },
	{ "fstat64", "fstat" },
	{ "fstatat64", "newfstatat" },
	{ "futex_time64", "futex" },
	{ "lstat64", "lstat" },
	{ "mmap2", "mmap" },
	{ "ppoll_time64", "ppoll" },
	{ "sigreturn", "rt_sigreturn" },
	{ "stat64", "stat" },
};

bool
call_is(const char *name, const char *said)
{
	if (strcmp(name, said) == 0)
		return true;
	for (size_t i = 0; i < sizeof(kin) / sizeof(kin[0]); i++) {
		if (strcmp(kin[i].name, name) == 0)
			return strcmp(kin[i].said, said) == 0;
	}
	return false;
}

/* Flags are replaced where they are in a set; what has no bits in common with
 * another value of its argument may stand here. */
static const struct {
	enum call_arch arch;
	char name[8];
	int arg;
	bool is_flag;
	uint32_t here, there;
} other[] = {
	{ CALL_PPC64LE, "mmap", 3, true, 0x4000, 0x40 }, /* MAP_NORESERVE */
	{ CALL_PPC64LE, "ioctl", 1, false, 0x5401, 0x402c7413 }, /* TCGETS */
	{ CALL_PPC64LE, "ioctl", 1, false, 0x5413,
	    0x40087468 }, /* TIOCGWINSZ */
};

uint32_t
call_value(enum call_arch arch, const char *name, int arg, uint32_t value)
{
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		if (other[i].arch != arch || other[i].arg != arg ||
		    strcmp(other[i].name, name) != 0)
			continue;
		if (other[i].is_flag && (value & other[i].here) != 0)
			return (value & ~other[i].here) | other[i].there;
		if (value == other[i].here)
			return other[i].there;
	}
	return value;
}
