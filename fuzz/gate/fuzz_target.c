/* target: what a module's text became reads back as the same target */
#include "gate/target.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct target target, back;
	struct str text;

	if (target_read(str_view((const char *)p, n), 443, &target, NULL) == -1)
		return 0;
	text = target_text(&target);
	assert(text.n != 0 && text.n <= HOSTNAME_MAX);
	assert(memchr(text.p, '\0', text.n) == NULL);
	assert(target_read(text, 443, &back, NULL) == 0);
	assert(back.is_name == target.is_name);
	assert(str_eq(target_text(&back), text));
	assert(target.is_name || addr_eq(&target.addr, &back.addr));
	return 0;
}
