/*
 * dump: the generated filters as JSON, for filter.py: what is loaded is what is
 * tested, for architectures that we cannot run, too.
 */
#include <stdio.h>

#include "jail/calls.h"
#include "jail/filter.h"

static void
print_filter(const struct filter *f)
{
	printf("{\"arch\":\"%s\",\"audit\":%u,\"variant\":%u,\"code\":[",
	    call_arch_name(f->arch), call_arch_audit(f->arch), f->variant);
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
	return 0;
}
