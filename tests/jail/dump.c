/*
 * dump: the generated filters and the table of calls as JSON, for filter.py:
 * what is loaded is what is tested, for architectures that we cannot run, too.
 */
#include <stdio.h>

#include "jail/calls.h"
#include "jail/filter.h"

static const char *const call[] = {
#define CALL(name, x86_64, aarch64) #name,
#include "jail/calls.def"
	NULL,
};

static void
print_filter(const struct filter *f)
{
	printf("{\"arch\":\"%s\",\"audit\":%u,\"nets\":%u,\"code\":[",
	    call_arch_name(f->arch), call_arch_audit(f->arch), f->nets);
	for (size_t i = 0; i < f->n; i++)
		printf("%s[%u,%u,%u,%u]", i != 0 ? "," : "", f->code[i].code,
		    f->code[i].jt, f->code[i].jf, f->code[i].k);
	printf("]}\n");
}

int
main(void)
{
	for (const struct filter *f = filters; f->n != 0; f++)
		print_filter(f);
	for (size_t i = 0; call[i] != NULL; i++)
		printf("{\"call\":\"%s\",\"x86_64\":%d,\"aarch64\":%d}\n",
		    call[i], call_number(CALL_X86_64, call[i]),
		    call_number(CALL_AARCH64, call[i]));
	return 0;
}
