/* http_url: nothing in it can end a request line or a host line */
#include "http/url.h"

#include <assert.h>

#include "http/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str text = str_view((const char *)p, n);
	struct http_url url;

	if (http_url_read(text, &url, NULL) == -1)
		return 0;
	assert(url.host.n != 0 && http_is_plain(url.authority));
	assert(http_is_plain(url.path) && http_is_plain(url.query));
	assert(str_find_char(url.path, ' ') == STR_NPOS);
	assert(str_find_char(url.query, ' ') == STR_NPOS);
	assert(url.path.n == 0 || url.path.p[0] == '/');
	return 0;
}
