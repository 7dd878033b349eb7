/* id: what goes into URLs and paths as it is, or an error of a bounded length */
#include "registry/id.h"

#include <assert.h>
#include <stdint.h>

#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
is_harmless(struct str name)
{
	assert(name.n >= 1 && name.n <= REGISTRY_MAX_NAME);
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		assert(c == '-' || (c >= '0' && c <= '9') ||
		       (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'));
	}
}

/* Of two versions each order is the reverse of the other. */
static void
compare(struct str a, struct str b)
{
	if (registry_version_check(a, NULL) == -1 ||
	    registry_version_check(b, NULL) == -1)
		return;
	assert(registry_version_cmp(a, b) == -registry_version_cmp(b, a));
	assert((registry_version_cmp(a, b) == 0) == str_eq(a, b));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str text = str_view((const char *)p, n), rest = text;
	struct str first = str_cut(&rest, '\n');
	struct registry_id id;

	if (registry_id_read(text, &id, &err) == 0) {
		is_harmless(id.author);
		is_harmless(id.name);
		assert(id.author.n + 1 + id.name.n == n);
	} else
		assert(err_join(&pool, &err).n < 2048);
	compare(first, rest);
	return 0;
}
