/* The index of a bundle, however its base64 is written. */
#include "check.h"

#include <stdint.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tls/ca.h"

#define MOST 40 /* bytes behind the certificate */

/* The least that has a subject: "0\3\2\1" and a number. */
static const unsigned char least[] = { 0x30, 0x10, 0x30, 0x0e, 0x02, 0x01, 7,
	0x30, 0, 0x30, 0, 0x30, 0, 0x30, 3, 0x02, 0x01, 42 };

static size_t
make_der(unsigned char *out, size_t more)
{
	memcpy(out, least, sizeof(least));
	for (size_t i = 0; i < more; i++)
		out[sizeof(least) + i] = (unsigned char)(i * 83 + 191);
	return sizeof(least) + more;
}

/* With `blank` after every `width` digits. */
static struct str
write_pem(struct pool *pool, const unsigned char *der, size_t n, size_t width,
    const char *blank)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	struct buf out = BUF_IN(pool);
	size_t digits = (n * 8 + 5) / 6;

	buf_add(&out, STR("-----BEGIN CERTIFICATE-----\n"));
	for (size_t i = 0; i < digits; i++) {
		size_t bit = i * 6;
		unsigned two = der[bit / 8] * 256u +
		               (bit / 8 + 1 < n ? der[bit / 8 + 1] : 0u);

		buf_add_char(&out, digit[two >> (10 - bit % 8) & 63]);
		if ((i + 1) % width == 0)
			buf_add(&out, str_of(blank));
	}
	buf_add(&out, str_of("=="));
	buf_add(&out, STR("\n-----END CERTIFICATE-----\n"));
	return buf_str(&out);
}

static void
every_layout_is_read(void)
{
	static const char *const blank[] = { "\n", "\r\n", " ", "\t\n " };
	unsigned char der[sizeof(least) + MOST];

	for (size_t more = 0; more < MOST; more++) {
		for (size_t width = 1; width <= 80; width++) {
			autopool struct pool pool = POOL_NONE;
			size_t length = make_der(der, more), n;
			struct str text = write_pem(&pool, der, length, width,
			    blank[width % ARRAY_SIZE(blank)]);
			struct ca_entry *entry = ca_index(&pool, text, &n);

			CHECK_INT(n, 1);
			if (n != 1)
				return;
			CHECK_BYTES(entry->der,
			    str_view((const char *)der, length));
			CHECK_INT(entry->subject.n, 5);
		}
	}
}

/* Whatever place it has in it. */
static void
what_is_no_base64_is_skipped(void)
{
	unsigned char der[sizeof(least) + MOST];
	size_t length = make_der(der, MOST), n;
	autopool struct pool pool = POOL_NONE;
	struct str good = write_pem(&pool, der, length, 64, "\n");
	size_t begin = sizeof("-----BEGIN CERTIFICATE-----\n") - 1;

	for (size_t i = 0; i < (length * 8 + 5) / 6; i++) {
		static const char odd[] = "-_.\x80\xff@[`{:";
		struct str bad = pool_copy(&pool, good);
		struct buf text = BUF_IN(&pool);

		((char *)(uintptr_t)bad.p)[begin + i] =
		    odd[i % (sizeof(odd) - 1)];
		buf_add(&text, bad);
		buf_add(&text, good);
		(void)ca_index(&pool, buf_str(&text), &n);
		CHECK_INT(n, 1);
	}
}

CHECK_MAIN(CASE(every_layout_is_read), CASE(what_is_no_base64_is_skipped))
