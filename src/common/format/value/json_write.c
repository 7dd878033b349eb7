#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "value/json.h"
#include "value/json_plain.h"

#define FEW 16 /* members sorted one by one, on the stack */

static void
add_escaped(struct buf *out, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *at = c != 0 ? strchr(from, c) : NULL;

	buf_add_char(out, '\\');
	if (at != NULL) {
		buf_add_char(out, to[at - from]);
		return;
	}
	buf_add(out, STR("u00"));
	buf_add_char(out, hex[c >> 4]);
	buf_add_char(out, hex[c & 15]);
}

/* All of it is plain: one step, and most strings are. */
static void
add_plain(struct buf *out, struct str s)
{
	char *p = buf_room(out, s.n + 2);

	*p++ = '"';
	if (s.n != 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '"';
	out->n += s.n + 2;
}

static void
add_string(struct buf *out, struct str s)
{
	size_t n = json_plain_length(s);

	if (n == s.n) {
		add_plain(out, s);
		return;
	}
	buf_add_char(out, '"');
	for (;;) {
		buf_add(out, str_sub(s, 0, n));
		if (n == s.n)
			break;
		add_escaped(out, (unsigned char)s.p[n]);
		s = str_from(s, n + 1);
		n = json_plain_length(s);
	}
	buf_add_char(out, '"');
}

static void
add_lossy(struct buf *out, struct str s)
{
	autopool struct pool pool = POOL_NONE;

	add_string(out, utf8_lossy(&pool, s));
}

void
json_write_str(struct buf *out, struct str s)
{
	if (utf8_is_valid(s))
		add_string(out, s);
	else
		add_lossy(out, s);
}

static void
add_bytes(struct buf *out, struct str s)
{
	buf_add_char(out, '[');
	for (size_t i = 0; i < s.n; i++) {
		if (i != 0)
			buf_add_char(out, ',');
		buf_add_uint(out, (unsigned char)s.p[i]);
	}
	buf_add_char(out, ']');
}

static void
add_list(struct buf *out, const struct json *v, unsigned flags)
{
	buf_add_char(out, '[');
	for (size_t i = 0; i < v->list.n; i++) {
		if (i != 0)
			buf_add_char(out, ',');
		json_write(out, &v->list.item[i], flags);
	}
	buf_add_char(out, ']');
}

/* Most names differ in their first byte. */
static inline bool
is_behind(const struct json_member *a, const struct json_member *b)
{
	if (a->name.n != 0 && b->name.n != 0 && a->name.p[0] != b->name.p[0])
		return (unsigned char)a->name.p[0] >
		       (unsigned char)b->name.p[0];
	return str_cmp(a->name, b->name) > 0;
}

/* Merges two sorted runs; equal names keep their order. */
static void
merge_members(const struct json_member **from, size_t left, size_t mid,
    size_t right, const struct json_member **to)
{
	size_t a = left, b = mid;

	for (size_t i = left; i < right; i++) {
		if (a < mid && (b >= right || !is_behind(from[a], from[b])))
			to[i] = from[a++];
		else
			to[i] = from[b++];
	}
}

/* qsort(3) asks the system for its memory size; this asks nobody. */
static const struct json_member **
sort_members(const struct json_member **at, const struct json_member **other,
    size_t n)
{
	for (size_t width = 1; width < n; width *= 2) {
		const struct json_member **swap = at;

		for (size_t i = 0; i < n; i += 2 * width) {
			size_t mid = i + width < n ? i + width : n;
			size_t end = i + 2 * width < n ? i + 2 * width : n;

			merge_members(at, i, mid, end, other);
		}
		at = other;
		other = swap;
	}
	return at;
}

static void
add_member(struct buf *out, const struct json_member *m, unsigned flags)
{
	add_string(out, m->name);
	buf_add_char(out, ':');
	json_write(out, &m->value, flags);
}

/* Of equal names the last. */
static void
add_in_order(struct buf *out, const struct json_member *const *at, size_t n,
    unsigned flags)
{
	bool first = true;

	for (size_t i = 0; i < n; i++) {
		if (i + 1 < n && str_eq(at[i]->name, at[i + 1]->name))
			continue;
		if (!first)
			buf_add_char(out, ',');
		first = false;
		add_member(out, at[i], flags);
	}
}

static void
add_few_sorted(struct buf *out, const struct json *v, unsigned flags)
{
	const struct json_member *at[FEW];

	for (size_t i = 0; i < v->map.n; i++) {
		const struct json_member *m = &v->map.member[i];
		size_t k = i;

		for (; k > 0 && is_behind(at[k - 1], m); k--)
			at[k] = at[k - 1];
		at[k] = m;
	}
	add_in_order(out, at, v->map.n, flags);
}

static void
add_many_sorted(struct buf *out, const struct json *v, unsigned flags)
{
	size_t n = v->map.n;
	const struct json_member **room = mem_array(2 * n, sizeof(*room));

	for (size_t i = 0; i < n; i++)
		room[i] = &v->map.member[i];
	add_in_order(out, sort_members(room, room + n, n), n, flags);
	free(room);
}

static void
add_map(struct buf *out, const struct json *v, unsigned flags)
{
	buf_add_char(out, '{');
	if (flags & JSON_SORTED && v->map.n <= FEW) {
		add_few_sorted(out, v, flags);
	} else if (flags & JSON_SORTED) {
		add_many_sorted(out, v, flags);
	} else {
		for (size_t i = 0; i < v->map.n; i++) {
			if (i != 0)
				buf_add_char(out, ',');
			add_member(out, &v->map.member[i], flags);
		}
	}
	buf_add_char(out, '}');
}

void
json_write(struct buf *out, const struct json *v, unsigned flags)
{
	switch (v->kind) {
	case JSON_NULL:
		buf_add(out, STR("null"));
		break;
	case JSON_BOOL:
		buf_add(out, v->b ? STR("true") : STR("false"));
		break;
	case JSON_INT:
		buf_add_int(out, v->i);
		break;
	case JSON_UINT:
		buf_add_uint(out, v->u);
		break;
	case JSON_DOUBLE:
		if (isfinite(v->d))
			num_add_json(out, v->d);
		else
			buf_add(out, STR("null"));
		break;
	case JSON_STR:
		add_string(out, v->str);
		break;
	case JSON_BYTES:
	case JSON_BYTE_LIST:
		add_bytes(out, v->str);
		break;
	case JSON_LIST:
		add_list(out, v, flags);
		break;
	case JSON_MAP:
		add_map(out, v, flags);
		break;
	}
}
