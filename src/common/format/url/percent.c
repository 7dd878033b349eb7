#include "url/percent.h"

#include "base/num.h"
#include "base/utf8.h"

#define BIT(c)   (1u << (c) % 32)
#define CONTROLS 0xffffffffu
#define DEL      BIT(0x7f)

/* Each word is 32 characters: from NUL, from blank, from @, from ` */
#define BLANK_QUOTE_ANGLES (BIT(' ') | BIT('"') | BIT('<') | BIT('>'))

const struct percent_set percent_control = { { CONTROLS, 0, 0, DEL } };

const struct percent_set percent_fragment = {
	{ CONTROLS, BLANK_QUOTE_ANGLES, 0, BIT('`') | DEL },
};

const struct percent_set percent_query = {
	{ CONTROLS, BLANK_QUOTE_ANGLES | BIT('#'), 0, DEL },
};

const struct percent_set percent_special_query = {
	{ CONTROLS, BLANK_QUOTE_ANGLES | BIT('#') | BIT('\''), 0, DEL },
};

const struct percent_set percent_path = {
	{ CONTROLS, BLANK_QUOTE_ANGLES | BIT('#') | BIT('?'), 0,
	    BIT('`') | BIT('{') | BIT('}') | DEL },
};

const struct percent_set percent_userinfo = {
	{ CONTROLS,
	    BLANK_QUOTE_ANGLES | BIT('#') | BIT('?') | BIT('/') | BIT(':') |
		BIT(';') | BIT('='),
	    BIT('@') | BIT('[') | BIT('\\') | BIT(']') | BIT('^'),
	    BIT('`') | BIT('{') | BIT('|') | BIT('}') | DEL },
};

/* Letters and digits: from 0x30 ten, from 0x41 and 0x61 twenty-six. */
#define DIGITS  0x03ff0000u
#define LETTERS 0x07fffffeu

const struct percent_set percent_form = {
	{ CONTROLS, ~(DIGITS | BIT('*') | BIT('-') | BIT('.') | BIT(' ')),
	    ~(LETTERS | BIT('_')), ~LETTERS },
};

const struct percent_set percent_all = {
	{ CONTROLS, ~DIGITS, ~LETTERS, ~LETTERS },
};

/* How many bytes at the start stay as they are. */
static size_t
plain_length(struct str s, const struct percent_set *set)
{
	size_t i = 0;

	while (i < s.n && !percent_has(set, s.p[i]))
		i++;
	return i;
}

static size_t
measure_text(struct str s, const struct percent_set *set)
{
	size_t n = s.n;

	for (size_t i = 0; i < s.n; i++)
		n += percent_has(set, s.p[i]) ? 2 : 0;
	return n;
}

static void
add_encoded(struct buf *out, struct str s, const struct percent_set *set)
{
	static const char digit[] = "0123456789ABCDEF";
	size_t n = measure_text(s, set);
	char *to = buf_room(out, n);

	for (size_t i = 0; i < s.n; i++) {
		unsigned char b = (unsigned char)s.p[i];

		if (!percent_has(set, s.p[i])) {
			*to++ = s.p[i];
			continue;
		}
		*to++ = '%';
		*to++ = digit[b >> 4];
		*to++ = digit[b & 15];
	}
	out->n += n;
}

void
percent_add(struct buf *out, struct str s, const struct percent_set *set)
{
	if (plain_length(s, set) == s.n)
		buf_add(out, s);
	else
		add_encoded(out, s, set);
}

struct str
percent_write(struct pool *pool, struct str s, const struct percent_set *set)
{
	struct buf out = BUF_IN(pool);

	if (plain_length(s, set) == s.n)
		return s;
	add_encoded(&out, s, set);
	return buf_str(&out);
}

/* Decodes s to out, which has room for s.n bytes; + becomes `plus`. */
static size_t
decode_text(struct str s, char *out, char plus)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		int high = -1, low = -1;

		if (s.p[i] == '%' && s.n - i > 2) {
			high = num_hex_digit(s.p[i + 1]);
			low = num_hex_digit(s.p[i + 2]);
		}
		if (high != -1 && low != -1) {
			out[n++] = (char)(high << 4 | low);
			i += 2;
		} else {
			out[n++] = s.p[i] == '+' ? plus : s.p[i];
		}
	}
	return n;
}

struct str
percent_read(struct pool *pool, struct str s)
{
	char *out;

	if (str_find_char(s, '%') == STR_NPOS)
		return s;
	out = pool_alloc(pool, s.n);
	return str_view(out, decode_text(s, out, '+'));
}

static bool
stands_for_itself(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' || s.p[i] == '+')
			return false;
	}
	return true;
}

static struct str
form_text(struct pool *pool, struct str s)
{
	char *out;

	if (stands_for_itself(s))
		return utf8_lossy(pool, s);
	out = pool_alloc(pool, s.n);
	return utf8_lossy(pool, str_view(out, decode_text(s, out, ' ')));
}

bool
form_next(struct pool *pool, struct str *form, struct form_pair *out)
{
	while (form->n != 0) {
		struct str value = str_cut(form, '&');
		struct str name;

		if (value.n == 0)
			continue;
		name = str_cut(&value, '=');
		out->name = form_text(pool, name);
		out->value = form_text(pool, value);
		return true;
	}
	return false;
}

/* A blank is outside the set and becomes + in place. */
static void
add_text(struct buf *out, struct str s)
{
	size_t at = out->n;

	percent_add(out, s, &percent_form);
	for (; at < out->n; at++) {
		if (out->p[at] == ' ')
			out->p[at] = '+';
	}
}

void
form_add(struct buf *out, struct str name, struct str value)
{
	if (out->n != 0)
		buf_add_char(out, '&');
	add_text(out, name);
	buf_add_char(out, '=');
	add_text(out, value);
}
