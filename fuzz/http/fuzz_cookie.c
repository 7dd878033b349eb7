/* cookie: lines into a jar; what comes out is fit for a line */
#include "http/cookie_jar.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct cookie_site site = { { "a.example.com", 13 },
		{ "/x/y", 4 }, true };
	autopool struct pool pool = POOL_NONE;
	struct str rest = str_view((const char *)p, n);
	struct cookie_jar *jar = cookie_jar_new();
	struct http_field *field;
	int64_t date;

	(void)cookie_date_read(rest, &date);
	while (rest.p != NULL)
		cookie_jar_add(jar, &site, str_cut(&rest, '\n'), 1000);
	n = cookie_jar_find(jar, &site, 1000, &pool, &field);
	for (size_t i = 0; i < n; i++) {
		assert(field[i].name.n != 0 && http_is_plain(field[i].name));
		assert(http_is_plain(field[i].value));
		assert(cookie_jar_has(jar, &site, field[i].name));
	}
	(void)cookie_jar_find(jar, &site, INT64_MAX - 1, &pool, &field);
	cookie_jar_free(jar);
	return 0;
}
