/* A URL that was read reads back as itself. Base and text are two lines. */
#include <assert.h>
#include <stdint.h>

#include "url/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
check(const struct url *url)
{
	autopool struct pool pool = POOL_NONE;
	struct url again;

	assert(url_parse(&pool, url->href, NULL, &again, NULL) == 0);
	assert(str_eq(again.href, url->href));
	assert(str_eq(again.host, url->host));
	assert(str_eq(again.path, url->path));
	assert(again.host_kind == url->host_kind && again.port == url->port);
	assert(str_is_ascii(url->href));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str text = str_view((const char *)p, n);
	struct str base_text = str_cut(&text, '\n');
	struct url base, url;

	if (url_parse(&pool, base_text, NULL, &base, &err) == -1)
		return 0;
	check(&base);
	if (url_parse(&pool, text, &base, &url, &err) == 0)
		check(&url);
	return 0;
}
