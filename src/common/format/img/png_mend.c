#include "img/png_mend.h"

#include <zlib.h>

#include "base/buf.h"
#include "base/bytes.h"

#define SIGNATURE_SIZE 8
#define KIND_AT        4 /* a chunk: its length, its kind, data, a checksum */
#define DATA_AT        8
#define AROUND         12

static void
add_be32(struct buf *out, uint32_t v)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_add_char(out, (char)(v >> shift & 255));
}

/* What is there of a chunk, as a whole one. rest is shorter than it says. */
static void
add_cut(struct buf *out, struct str rest, size_t n)
{
	struct str body = str_from(rest, KIND_AT);

	if (body.n > n + DATA_AT - KIND_AT)
		body.n = n + DATA_AT - KIND_AT;
	add_be32(out, (uint32_t)(body.n - (DATA_AT - KIND_AT)));
	buf_add(out, body);
	add_be32(out, (uint32_t)crc32(0, (const Bytef *)body.p, (uInt)body.n));
}

struct str
png_mend(struct pool *pool, struct str bytes)
{
	struct buf out = BUF_IN(pool);
	size_t at = SIGNATURE_SIZE, from = 0; /* from: not yet in out */
	bool has_palette = false;

	while (at < bytes.n && bytes.n - at >= AROUND) {
		struct str rest = str_from(bytes, at);
		size_t n = (size_t)bytes_be(str_sub(rest, 0, KIND_AT));
		struct str kind = str_sub(rest, KIND_AT, DATA_AT - KIND_AT);
		bool is_cut = rest.n - AROUND < n;

		if (is_cut && !str_is(kind, "IDAT"))
			break;
		if (is_cut || (str_is(kind, "PLTE") && has_palette)) {
			buf_add(&out, str_sub(bytes, from, at - from));
			from = is_cut ? bytes.n : at + AROUND + n;
		}
		if (is_cut) {
			add_cut(&out, rest, n);
			break;
		}
		has_palette |= str_is(kind, "PLTE");
		at += AROUND + n;
	}
	if (from == 0)
		return bytes;
	buf_add(&out, str_from(bytes, from));
	return buf_str(&out);
}
