#include "http/cookie.h"

#include "base/mem.h"
#include "base/num.h"
#include "date/date.h"
#include "http/text.h"

struct fields {
	bool has_time, has_day, has_month, has_year;
	unsigned hour, minute, second, day, month, year;
};

/* RFC 6265, 5.1.1 */
static bool
is_delimiter(char c)
{
	unsigned char u = (unsigned char)c;

	return u == 0x09 || (u >= 0x20 && u <= 0x2f) ||
	       (u >= 0x3b && u <= 0x40) || (u >= 0x5b && u <= 0x60) ||
	       (u >= 0x7b && u <= 0x7e);
}

/*
 * Takes a number of least to most digits off the front of *s; a digit more is
 * none.
 */
static bool
take_number(struct str *s, size_t least, size_t most, unsigned *out)
{
	size_t n = 0;

	*out = 0;
	while (n < s->n && n < most && char_is_digit(s->p[n]))
		*out = *out * 10 + (unsigned)(s->p[n++] - '0');
	*s = str_from(*s, n);
	return n >= least && (s->n == 0 || !char_is_digit(s->p[0]));
}

static bool
take_colon(struct str *s)
{
	if (s->n == 0 || s->p[0] != ':')
		return false;
	*s = str_from(*s, 1);
	return true;
}

static bool
read_time(struct str s, struct fields *f)
{
	if (!take_number(&s, 1, 2, &f->hour) || !take_colon(&s) ||
	    !take_number(&s, 1, 2, &f->minute) || !take_colon(&s) ||
	    !take_number(&s, 1, 2, &f->second))
		return false;
	f->has_time = true;
	return true;
}

static bool
read_month(struct str s, struct fields *f)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	if (s.n < 3)
		return false;
	for (unsigned i = 0; i < 12; i++) {
		if (!str_eq_nocase(str_sub(s, 0, 3),
			str_view(names + 3 * i, 3)))
			continue;
		f->month = i + 1;
		f->has_month = true;
		return true;
	}
	return false;
}

static void
read_token(struct str s, struct fields *f)
{
	struct str rest = s;

	if (!f->has_time && read_time(s, f))
		return;
	if (!f->has_day && take_number(&rest, 1, 2, &f->day)) {
		f->has_day = true;
		return;
	}
	if (!f->has_month && read_month(s, f))
		return;
	rest = s;
	if (!f->has_year && take_number(&rest, 2, 4, &f->year))
		f->has_year = true;
}

bool
cookie_date_read(struct str text, int64_t *out)
{
	struct fields f = { .has_time = false };

	for (size_t i = 0, from = 0; i <= text.n; i++) {
		if (i < text.n && !is_delimiter(text.p[i]))
			continue;
		if (i > from)
			read_token(str_sub(text, from, i - from), &f);
		from = i + 1;
	}
	if (!f.has_time || !f.has_day || !f.has_month || !f.has_year)
		return false;
	if (f.year < 100)
		f.year += f.year >= 70 ? 1900 : 2000;
	if (f.year < 1601 || f.hour > 23 || f.minute > 59 || f.second > 59 ||
	    !date_is_valid(f.year, f.month, f.day))
		return false;
	*out = date_to_days((int32_t)f.year, f.month, f.day) * 86400 +
	       (int64_t)(f.hour * 3600 + f.minute * 60 + f.second);
	return true;
}

/* Trimmed by blanks and tabs; a line has no other white space. */
static struct str
next_attribute(struct str *rest, struct str *value)
{
	struct str part = str_cut(rest, ';');
	struct str name = str_trim(str_cut(&part, '='));

	*value = str_trim(part);
	return name;
}

/* 5.2.2: seconds from now, by which the first character may be a sign. */
static bool
read_max_age(struct str text, int64_t now, int64_t *out)
{
	int64_t seconds;
	bool is_negative = text.n != 0 && text.p[0] == '-';
	struct str digits = str_from(text, is_negative);

	for (size_t i = 0; i < digits.n; i++) {
		if (!char_is_digit(digits.p[i]))
			return false;
	}
	if (digits.n == 0)
		return false;
	if (is_negative)
		*out = INT64_MIN;
	else if (num_read_i64(digits, &seconds) == -1 ||
		 __builtin_add_overflow(now, seconds, out))
		*out = COOKIE_NEVER;
	else if (seconds == 0)
		*out = INT64_MIN;
	return true;
}

static void
read_domain(struct str value, struct cookie *out)
{
	/* 5.2.3: an empty one is no attribute */
	if (value.n == 0)
		return;
	out->domain = value.p[0] == '.' ? str_from(value, 1) : value;
}

/* The last attribute of a name counts; max-age over expires. */
static void
read_attributes(struct str rest, int64_t now, struct cookie *out)
{
	bool has_max_age = false;

	while (rest.p != NULL) {
		struct str value, name = next_attribute(&rest, &value);

		if (value.n > COOKIE_MAX_ATTR)
			continue;
		if (str_eq_nocase(name, STR("max-age")))
			has_max_age |= read_max_age(value, now, &out->expires);
		else if (str_eq_nocase(name, STR("expires")) && !has_max_age)
			(void)cookie_date_read(value, &out->expires);
		else if (str_eq_nocase(name, STR("domain")))
			read_domain(value, out);
		else if (str_eq_nocase(name, STR("path")))
			out->path = value.n != 0 && value.p[0] == '/'
			                ? value
			                : STR_NONE;
		else if (str_eq_nocase(name, STR("secure")))
			out->is_secure = true;
	}
}

bool
cookie_read(struct str line, int64_t now, struct cookie *out)
{
	struct cookie cookie = { .expires = COOKIE_NEVER };
	struct str rest = line, pair = str_cut(&rest, ';');

	if (!http_is_plain(line) || pair.n > COOKIE_MAX_BYTES)
		return false;
	cookie.name = str_trim(str_cut(&pair, '='));
	if (pair.p == NULL || cookie.name.n == 0)
		return false;
	cookie.value = str_trim(pair);
	read_attributes(rest, now, &cookie);
	*out = cookie;
	return true;
}
