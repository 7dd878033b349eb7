/* cdxj: a line of a stranger's index, a URL, the beginning of an answer. */
#include <assert.h>
#include <stdint.h>

#include "base/mem.h"
#include "wacz/cdxj.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str text = str_view((const char *)p, n), mime;
	autoerr struct err err = ERR_NONE;
	struct cdxj line, again;
	struct buf out = BUF_IN(&pool);

	(void)cdxj_glance(text, &mime);
	(void)cdxj_time(&pool, text);
	cdxj_add_key(&out, text);
	if (cdxj_read(&pool, text, &line, &err) == -1) {
		assert(err.n != 0);
		return 0;
	}
	/* what is written of it is read as the same */
	out.n = 0;
	cdxj_add(&out, &line);
	assert(out.n != 0 && out.p[out.n - 1] == '\n');
	assert(str_find_char(buf_str(&out), '\n') == out.n - 1);
	if (out.n - 1 > CDXJ_MAX_LINE)
		return 0;
	assert(cdxj_read(&pool, str_sub(buf_str(&out), 0, out.n - 1), &again,
		   NULL) == 0);
	assert(str_eq(line.url, again.url) && str_eq(line.file, again.file) &&
	       line.offset == again.offset && line.length == again.length);
	return 0;
}
