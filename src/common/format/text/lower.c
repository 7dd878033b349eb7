#include "text/lower.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "text/lower_table.h"

#define CAPITAL_SIGMA   0x3a3
#define SMALL_SIGMA     0x3c3
#define FINAL_SIGMA     0x3c2
#define I_WITH_DOT      0x130
#define DOT_ABOVE       0x307
#define FIRST_NON_ASCII 0x80

static bool
is_in(const struct lower_range *range, size_t n, uint32_t cp)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (cp > range[mid].last)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && cp >= range[low].first;
}

static uint32_t
lower_char(uint32_t cp)
{
	size_t low = 0, high = ARRAY_SIZE(lower_runs);
	const struct lower_run *run;

	if (cp < FIRST_NON_ASCII)
		return cp >= 'A' && cp <= 'Z' ? cp + ('a' - 'A') : cp;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (cp > lower_runs[mid].last)
			low = mid + 1;
		else
			high = mid;
	}
	run = &lower_runs[low];
	if (low == ARRAY_SIZE(lower_runs) || cp < run->first ||
	    (cp - run->first) % run->step != 0)
		return cp;
	return (uint32_t)((int32_t)cp + run->away);
}

/* The character that ends at s.p + s.n; 0 if there is none. */
static size_t
decode_last(struct str s, uint32_t *cp)
{
	for (size_t n = 1; n <= UTF8_MAX_BYTES && n <= s.n; n++) {
		if (((unsigned char)s.p[s.n - n] & 0xc0) != 0x80)
			return utf8_decode(str_from(s, s.n - n), cp) == n ? n
			                                                  : 0;
	}
	return 0;
}

static bool
is_ignorable(uint32_t cp)
{
	return is_in(case_ignorable, ARRAY_SIZE(case_ignorable), cp);
}

static bool
is_cased_before(struct str s)
{
	uint32_t cp;
	size_t n;

	while ((n = decode_last(s, &cp)) != 0 && is_ignorable(cp))
		s.n -= n;
	return n != 0 && is_in(cased, ARRAY_SIZE(cased), cp);
}

static bool
is_cased_behind(struct str s)
{
	uint32_t cp;
	size_t n;

	while ((n = utf8_decode(s, &cp)) != 0 && is_ignorable(cp))
		s = str_from(s, n);
	return n != 0 && is_in(cased, ARRAY_SIZE(cased), cp);
}

/* Unicode 15, table 3-17: Final_Sigma */
static uint32_t
lower_sigma(struct str before, struct str behind)
{
	return is_cased_before(before) && !is_cased_behind(behind)
	           ? FINAL_SIGMA
	           : SMALL_SIGMA;
}

/* How many bytes at the start are lower; a fast answer for ASCII. */
static size_t
measure_lower(struct str s)
{
	size_t i = 0;

	while (i < s.n) {
		uint32_t cp;
		size_t n;

		if ((unsigned char)s.p[i] < 0x80) {
			if (s.p[i] >= 'A' && s.p[i] <= 'Z')
				break;
			i++;
			continue;
		}
		n = utf8_decode(str_from(s, i), &cp);
		if (n != 0 && (cp == I_WITH_DOT || lower_char(cp) != cp))
			break;
		i += n != 0 ? n : 1;
	}
	return i;
}

static void
add_lower(struct buf *out, struct str text, size_t at, size_t n, uint32_t cp)
{
	if (cp == I_WITH_DOT) {
		utf8_add(out, 'i');
		utf8_add(out, DOT_ABOVE);
	} else if (cp == CAPITAL_SIGMA) {
		utf8_add(out,
		    lower_sigma(str_sub(text, 0, at), str_from(text, at + n)));
	} else {
		utf8_add(out, lower_char(cp));
	}
}

struct str
lower_text(struct pool *pool, struct str text)
{
	struct buf out = BUF_IN(pool);
	size_t i = measure_lower(text);

	if (i == text.n)
		return text;
	buf_room(&out, text.n);
	buf_add(&out, str_sub(text, 0, i));
	while (i < text.n) {
		uint32_t cp;
		char c = text.p[i];
		size_t n;

		if ((unsigned char)c < 0x80) {
			buf_add_char(&out, c >= 'A' && c <= 'Z' ? c | 0x20 : c);
			i++;
			continue;
		}
		n = utf8_decode(str_from(text, i), &cp);
		if (n == 0)
			buf_add_char(&out, text.p[i++]);
		else
			add_lower(&out, text, i, n, cp);
		i += n;
	}
	return buf_str(&out);
}
