#include "term/paint.h"

#include <stdio.h>
#include <sys/random.h>

#include "base/mem.h"

#define SEAL_BYTE   '\xff' /* in no UTF-8 */
#define SEAL_DIGITS 16     /* 64 bits: more than can be guessed in a run */
#define SEAL_BYTES  (1 + SEAL_DIGITS + 1)

static const struct {
	const char *code, *sequence;
} paint[] = {
	{ "0", "\033[0m" },
	{ "1", "\033[1m" },
	{ "0;1", "\033[0;1m" },
	{ "7", "\033[7m" },
	{ "31", "\033[31m" },
	{ "32", "\033[32m" },
	{ "33", "\033[33m" },
	{ "34", "\033[34m" },
	{ "35", "\033[35m" },
	{ "90", "\033[90m" },
	{ "30", "\033[30m" },
	{ "97", "\033[97m" },
	{ "48;5;22", "\033[48;5;22m" },
	{ "48;5;34", "\033[48;5;34m" },
	{ "48;5;71", "\033[48;5;71m" },
	{ "48;5;148", "\033[48;5;148m" },
	{ "48;5;238", "\033[48;5;238m" },
};

static char seal[ARRAY_SIZE(paint)][SEAL_BYTES + 1];

/* Without random numbers no colour is better than one that can be forged. */
static void
make_seals(void)
{
	unsigned char random[SEAL_DIGITS / 2];

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(paint); i++) {
		char *at = seal[i];

		*at++ = SEAL_BYTE;
		for (size_t k = 0; k < sizeof(random); k++, at += 2)
			(void)snprintf(at, 3, "%02x", random[k]);
		*at = (char)('A' + i);
	}
}

const char *
paint_seal(const char *code)
{
	if (seal[0][0] == '\0')
		make_seals();
	for (size_t i = 0; i < ARRAY_SIZE(paint); i++) {
		if (strcmp(paint[i].code, code) == 0)
			return seal[i];
	}
	return "";
}

static bool
is_seal(struct str text)
{
	size_t i;

	if (text.n < SEAL_BYTES || seal[0][0] == '\0' ||
	    memcmp(text.p, seal[0], SEAL_BYTES - 1) != 0)
		return false;
	i = (size_t)(text.p[SEAL_BYTES - 1] - 'A');
	return i < ARRAY_SIZE(paint);
}

size_t
paint_find(struct str text)
{
	size_t at = 0;

	while (at < text.n) {
		size_t n = str_find_char(str_from(text, at), SEAL_BYTE);

		if (n == STR_NPOS)
			break;
		at += n;
		if (is_seal(str_from(text, at)))
			return at;
		at++;
	}
	return text.n;
}

size_t
paint_open(struct str text, struct str *sequence)
{
	*sequence = str_of(paint[text.p[SEAL_BYTES - 1] - 'A'].sequence);
	return SEAL_BYTES;
}

void
paint_unseal(struct buf *out, struct str text, bool has_color)
{
	while (text.n != 0) {
		size_t at = paint_find(text);
		struct str sequence;

		buf_add(out, str_sub(text, 0, at));
		text = str_from(text, at);
		if (text.n == 0)
			break;
		text = str_from(text, paint_open(text, &sequence));
		if (has_color)
			buf_add(out, sequence);
	}
}
