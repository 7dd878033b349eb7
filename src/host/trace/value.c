/* The spellings of a value. */
#include "trace/value.h"

#include <stdio.h>

#include "url/ip.h"
#include "url/punycode.h"

static void
prepare(struct pool *pool, struct spelling *s)
{
	size_t n = 0;

	s->back = pool_array(pool, s->text.n, sizeof(*s->back));
	s->back[0] = 0;
	for (size_t i = 1; i < s->text.n; i++) {
		while (n > 0 && s->text.p[i] != s->text.p[n])
			n = s->back[n - 1];
		if (s->text.p[i] == s->text.p[n])
			n++;
		s->back[i] = (uint16_t)n;
	}
}

static void
add(struct pool *pool, struct trace_value *value, struct str text,
    bool is_other)
{
	char *copy = pool_cstr(pool, text);

	if (text.n < TRACE_LEAST_VALUE || text.n > TRACE_MOST_VALUE)
		return;
	for (size_t i = 0; value->folds && i < text.n; i++)
		copy[i] = (char)char_lower(copy[i]);
	value->spelling[value->n].text = str_view(copy, text.n);
	value->spelling[value->n].is_other = is_other;
	prepare(pool, &value->spelling[value->n++]);
}

/* xn-- labels as what they stand for, wherever in the text. */
static void
add_unicode(struct pool *pool, struct trace_value *value, struct str text)
{
	struct buf out = BUF_IN(pool);
	bool is_other = false;
	size_t at = 0;

	while (at < text.n) {
		size_t end = at;

		while (end < text.n && strchr(".@/:?#", text.p[end]) == NULL)
			end++;
		if (end - at > 4 &&
		    str_eq_nocase(str_sub(text, at, 4), STR("xn--")) &&
		    punycode_read(&out, str_sub(text, at + 4, end - at - 4)))
			is_other = true;
		else
			buf_add(&out, str_sub(text, at, end - at));
		if (end < text.n)
			buf_add_char(&out, text.p[end++]);
		at = end;
	}
	if (is_other)
		add(pool, value, buf_str(&out), true);
}

/* 2001:db8::1 as 2001:db8:0:0:0:0:0:1, and with all of its digits. */
static void
add_addresses(struct pool *pool, struct trace_value *value, struct str text)
{
	struct buf groups = BUF_IN(pool), digits = BUF_IN(pool);
	struct ip ip;

	if (ip_read(text, &ip) == -1 || ip.size != IP_V6)
		return;
	for (unsigned i = 0; i < 16; i += 2) {
		unsigned group = (unsigned)ip.byte[i] << 8 | ip.byte[i + 1];

		buf_printf(&groups, "%s%x", i != 0 ? ":" : "", group);
		buf_printf(&digits, "%s%04x", i != 0 ? ":" : "", group);
	}
	add(pool, value, buf_str(&groups), true);
	add(pool, value, buf_str(&digits), true);
}

struct trace_value *
trace_value_new(struct pool *pool, struct str text, enum trace_kind kind,
    struct err *err)
{
	struct trace_value *value = pool_zalloc(pool, sizeof(*value));

	value->folds = kind != TRACE_EXACT;
	if (text.n < TRACE_LEAST_VALUE)
		return err_set(err, "a text of %zu bytes stands everywhere",
			   text.n),
		       NULL;
	if (text.n > TRACE_MOST_VALUE)
		return err_set(err,
			   "a text of %zu bytes is too long to look for it",
			   text.n),
		       NULL;
	add(pool, value, text, false);
	if (kind == TRACE_NAME)
		add_unicode(pool, value, text);
	else if (kind == TRACE_ADDRESS)
		add_addresses(pool, value, text);
	return value;
}
