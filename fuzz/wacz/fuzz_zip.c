/* zip: a file that strangers made, read from memory. */
#include <assert.h>
#include <stdint.h>

#include "base/mem.h"
#include "wacz/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static int
read_memory(void *ctx, uint64_t at, char *p, size_t n, struct err *err)
{
	const struct str *bytes = ctx;

	(void)err;
	assert(at <= bytes->n && n <= bytes->n - at);
	memcpy(p, bytes->p + at, n);
	return 0;
}

/* What is read as one is what the writer would have written. */
static void
check_whole(const struct zip_reader *zip, struct str bytes)
{
	uint64_t data = 0;

	for (size_t i = 0; i < zip->n; i++) {
		assert(zip_check_name(str_of(zip->member[i].name), NULL) == 0);
		data += zip->member[i].size;
	}
	assert(data < bytes.n && zip->at == bytes.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	/* the first byte: whether there are sizes of 64 bits */
	bool is_64 = n != 0 && p[0] % 2 == 1;
	struct str bytes =
	    n != 0 ? str_view((const char *)p + 1, n - 1) : STR_NONE;
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct zip_source from = { read_memory, &bytes, bytes.n };
	struct zip_reader zip = ZIP_READER(from, &pool);
	struct zip_member *m;
	char piece[7];
	int status;

	if (is_64)
		zip.most = 4;
	while ((status = zip_next(&zip, &m, &err)) == 1)
		(void)zip_read(&zip, piece, sizeof(piece), NULL);
	if (status == 0)
		status = zip_check_end(&zip, &err);
	if (status == 0)
		check_whole(&zip, bytes);
	assert(status == 0 || err.n != 0);
	zip_reader_clear(&zip);
	return 0;
}
