#include "jail/calls.h"

#include <linux/audit.h>
#include <string.h>

/* no pointers in the rows: the loader would have to relocate each */
static const struct {
	char name[CALL_NAME_MAX];
	int16_t nr[CALL_ARCHS];
} calls[] = {
#define CALL(name, x86_64, aarch64) { #name, { x86_64, aarch64 } },
#include "jail/calls.def"
};

#define CALLS (sizeof(calls) / sizeof(calls[0]))

const char *
call_arch_name(enum call_arch arch)
{
	switch (arch) {
	case CALL_X86_64:
		return "x86_64";
	case CALL_AARCH64:
		return "aarch64";
	default:
		return "unknown";
	}
}

uint32_t
call_arch_audit(enum call_arch arch)
{
	return arch == CALL_X86_64 ? AUDIT_ARCH_X86_64 : AUDIT_ARCH_AARCH64;
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
