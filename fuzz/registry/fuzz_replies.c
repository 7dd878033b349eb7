/* replies: only ids and versions that a registry can have come through */
#include "registry/replies.h"

#include <assert.h>

#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
check_module(const struct registry_module *m)
{
	assert(registry_name_check(m->author, NULL) == 0);
	assert(registry_name_check(m->name, NULL) == 0);
	assert(m->latest.p == NULL ||
	       registry_version_check(m->latest, NULL) == 0);
	assert((m->redirect.author.p == NULL) == (m->redirect.name.p == NULL));
	if (m->redirect.author.p != NULL)
		assert(registry_name_check(m->redirect.author, NULL) == 0 &&
		       registry_name_check(m->redirect.name, NULL) == 0);
}

static void
check_code(const struct registry_code *code, bool has_code)
{
	assert(registry_name_check(code->author, NULL) == 0);
	assert(registry_name_check(code->name, NULL) == 0);
	assert(registry_version_check(code->version, NULL) == 0);
	assert(!has_code || code->code.p != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct registry_module module;
	struct registry_code code;
	struct str user = STR_NONE;
	struct json v;
	int64_t time = 0;

	if (json_read_most(&pool, str_view((const char *)p, n), 1 << 16, &v,
		NULL) == -1)
		return 0;
	if (reply_module(&v, &pool, &module, NULL) == 0)
		check_module(&module);
	for (int has_code = 0; has_code < 2; has_code++) {
		if (reply_code(&v, has_code != 0, &pool, &code, NULL) == 0)
			check_code(&code, has_code != 0);
	}
	(void)reply_time(&v, &pool, &time, NULL);
	if (reply_user(&v, &pool, &user, NULL) == 0)
		assert(user.n == 0 || user.p != NULL);
	(void)reply_error(user, NULL);
	return 0;
}
