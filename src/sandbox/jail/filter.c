#include "jail/filter.h"

#include <string.h>

#include "base/seccomp.h"
#include "jail/emit.h"

const struct filter *
filter_by_variant(unsigned variant)
{
	for (const struct filter *f = filters; f->n != 0; f++) {
		if (f->arch == CALL_HERE && f->variant == variant)
			return f;
	}
	return NULL;
}

static void
write_number(struct sock_filter *code, const struct filter_spots *spots,
    uint32_t number)
{
	for (size_t i = 0; i < spots->n; i++)
		code[spots->at[i]].k = number;
}

int
filter_load(const struct filter *filter, const struct policy_numbers *numbers)
{
	struct sock_filter own[EMIT_MAX];

	memcpy(own, filter->code, filter->n * sizeof(own[0]));
	write_number(own, &filter->self, numbers->self);
	write_number(own, &filter->worker, numbers->worker);
	return (filter->variant & POLICY_AUDIT) != 0
	           ? seccomp_load_asking(own, filter->n)
	           : seccomp_load(own, filter->n);
}
