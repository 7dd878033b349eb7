/* REQUIREMENT NUL VERSION */
#include <assert.h>
#include <stdint.h>

#include "text/semver.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str version = str_view((const char *)p, n);
	struct str text = str_cut(&version, '\0');
	struct semver_req req;
	struct semver v;

	if (semver_req_read(text, &req, NULL) == -1)
		return 0;
	assert(req.n <= SEMVER_MAX_COMPARATORS);
	if (semver_read(version, &v, NULL) == -1)
		return 0;
	assert(semver_cmp_pre(v.pre, v.pre) == 0);
	if (req.n == 0)
		assert(semver_matches(&req, &v) == (v.pre.n == 0));
	else
		(void)semver_matches(&req, &v);
	return 0;
}
