/*
 * clean: what a worker says to a terminal or on standard error, through its
 * outer half. The first byte says in what portions it comes, which makes no
 * difference. Whatever it is, text without a character that could command a
 * terminal is left, which passes a second time as it is, and no more of it than
 * there is room for.
 */
#include "jail/copy.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static size_t
clean_in_portions(const char *in, size_t n, size_t portion, char *out)
{
	struct clean clean = { .n = 0 };
	size_t m = 0;

	for (size_t at = 0; at < n; at += portion) {
		size_t k = n - at < portion ? n - at : portion;
		size_t added = clean_text(&clean, in + at, k, out + m);

		if (added > 4 + 3 * k)
			abort();
		m += added;
	}
	return m;
}

static void
check_harmless(const char *out, size_t n)
{
	if (!utf8_is_valid(str_view(out, n)))
		abort();
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)out[i];

		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
			abort();
		if (c == 0xc2 && (unsigned char)out[i + 1] < 0xa0)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const char *in = (const char *)p + 1;
	char *whole, *parts, *again;
	size_t m;

	if (n < 2)
		return 0;
	whole = malloc(4 + 3 * n);
	parts = malloc(4 * n + 3 * n);
	again = malloc(4 + 9 * n + 4);
	if (whole == NULL || parts == NULL || again == NULL)
		abort();
	m = clean_in_portions(in, n - 1, n, whole);
	check_harmless(whole, m);
	if (clean_in_portions(in, n - 1, p[0] % 7 + 1, parts) != m ||
	    memcmp(whole, parts, m) != 0)
		abort();
	if (m != 0 && (clean_in_portions(whole, m, m, again) != m ||
			  memcmp(whole, again, m) != 0))
		abort();
	free(whole);
	free(parts);
	free(again);
	return 0;
}
