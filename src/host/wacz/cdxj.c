/*
 * A key: the host's labels from the last to the first, without www, then path
 * and query in lower case, the parts of the query in order. Escapes of what
 * need not be escaped are undone. Two URLs that differ may have one key; it is
 * for finding, and "url" says what it was.
 */
#include "wacz/cdxj.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/num.h"
#include "value/json.h"

/* ---- keys ---- */

/* A character that stands for itself in a path or a query. */
static bool
is_plain(int c)
{
	return c > 0x20 && c < 0x7f && c != '%' && c != '#' && c != '?';
}

/* In lower case, escapes undone where they are not needed. */
static struct str
lower(struct pool *pool, struct str text)
{
	struct buf out = BUF_IN(pool);

	for (size_t i = 0; i < text.n; i++) {
		int high = -1, low = -1;

		if (text.p[i] == '%' && i + 2 < text.n) {
			high = num_hex_digit(text.p[i + 1]);
			low = num_hex_digit(text.p[i + 2]);
		}
		if (high != -1 && low != -1 && is_plain(high << 4 | low)) {
			buf_add_char(&out,
			    (char)char_lower((char)(high << 4 | low)));
			i += 2;
		} else {
			buf_add_char(&out, (char)char_lower(text.p[i]));
		}
	}
	return buf_str(&out);
}

/* "www." and "www2." are no part of a site's name. */
static struct str
without_www(struct str host)
{
	size_t n = 3;

	if (!str_starts(host, STR("www")))
		return host;
	while (n < host.n && char_is_digit(host.p[n]))
		n++;
	return n < host.n && host.p[n] == '.' ? str_from(host, n + 1) : host;
}

static void
add_host(struct buf *out, struct str host)
{
	if (host.n != 0 && host.p[0] == '[') { /* brackets are left out */
		buf_add(out, str_sub(host, 1, host.n > 1 ? host.n - 2 : 0));
		return;
	}
	for (;;) {
		size_t dot = str_rfind_char(host, '.');

		if (dot == STR_NPOS)
			break;
		buf_add(out, str_from(host, dot + 1));
		buf_add_char(out, ',');
		host = str_sub(host, 0, dot);
	}
	buf_add(out, host);
}

static bool
is_usual(struct str scheme, struct str port)
{
	return port.n == 0 || (str_is(scheme, "http") && str_is(port, "80")) ||
	       (str_is(scheme, "https") && str_is(port, "443"));
}

/* user@host:port */
static void
add_authority(struct buf *out, struct str scheme, struct str text)
{
	size_t at = str_rfind_char(text, '@'), colon;
	struct str port = STR_NONE;

	if (at != STR_NPOS)
		text = str_from(text, at + 1);
	colon = str_rfind_char(text, ':');
	if (colon != STR_NPOS &&
	    str_find_char(str_from(text, colon), ']') == STR_NPOS) {
		port = str_from(text, colon + 1);
		text = str_sub(text, 0, colon);
	}
	add_host(out, without_www(text));
	if (!is_usual(scheme, port)) {
		buf_add_char(out, ':');
		buf_add(out, port);
	}
	buf_add_char(out, ')');
}

/* Without empty parts, "." and "..", and without a slash at its end. */
static void
add_path(struct buf *out, struct str path)
{
	size_t begin = out->n;

	while (path.n != 0) {
		struct str part = str_cut(&path, '/');

		if (part.n == 0 || str_is(part, "."))
			continue;
		if (!str_is(part, "..")) {
			buf_add_char(out, '/');
			buf_add(out, part);
			continue;
		}
		while (out->n > begin && out->p[--out->n] != '/')
			;
	}
	if (out->n == begin)
		buf_add_char(out, '/');
}

static int
by_text(const void *a, const void *b)
{
	const struct str *x = a, *y = b;

	return str_cmp(*x, *y);
}

static void
add_query(struct buf *out, struct str query, struct pool *pool)
{
	struct str *part = NULL;
	size_t n = 0;

	if (query.n == 0)
		return;
	for (struct str rest = query;; n++) {
		bool is_last = str_find_char(rest, '&') == STR_NPOS;

		part = pool_push(pool, part, n, sizeof(*part));
		part[n] = str_cut(&rest, '&');
		if (is_last)
			break;
	}
	n++;
	qsort(part, n, sizeof(*part), by_text);
	for (size_t i = 0; i < n; i++) {
		buf_add_char(out, i == 0 ? '?' : '&');
		buf_add(out, part[i]);
	}
}

void
cdxj_add_key(struct buf *out, struct str url)
{
	autopool struct pool pool = POOL_NONE;
	struct str rest = str_sub(url, 0, str_find_char(url, '#')), scheme;
	struct str authority, path, query = STR_NONE;
	size_t at = str_find(rest, STR("://")), mark;

	if (at == STR_NPOS) {
		buf_add(out, lower(&pool, rest));
		return;
	}
	mark = str_find_char(rest, '?');
	if (mark != STR_NPOS) {
		query = lower(&pool, str_from(rest, mark + 1));
		rest = str_sub(rest, 0, mark);
	}
	scheme = lower(&pool, str_sub(rest, 0, at));
	path = str_from(rest, at + 3);
	authority = lower(&pool, str_cut(&path, '/'));
	add_authority(out, scheme, authority);
	add_path(out, lower(&pool, path));
	add_query(out, query, &pool);
}

/* ---- lines ---- */

/* A key is one word. */
static void
add_word(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c > 0x20 && c < 0x7f)
			buf_add_char(out, (char)c);
		else
			buf_printf(out, "%%%02x", c);
	}
}

static void
add_member(struct buf *out, const char *name, struct str text)
{
	if (text.p == NULL)
		return;
	buf_printf(out, "\"%s\":", name);
	json_write_str(out, text);
	buf_add(out, STR(","));
}

void
cdxj_add(struct buf *out, const struct cdxj *line)
{
	autopool struct pool pool = POOL_NONE;
	struct buf key = BUF_IN(&pool);

	cdxj_add_key(&key, line->url);
	add_word(out, buf_str(&key));
	buf_printf(out, " %.*s {", STR_ARG(line->time));
	add_member(out, "url", line->url);
	add_member(out, "mime", line->mime);
	if (line->status != 0)
		buf_printf(out, "\"status\":\"%u\",", line->status);
	add_member(out, "digest", line->digest);
	buf_printf(out, "\"length\":\"%llu\",\"offset\":\"%llu\",",
	    (unsigned long long)line->length, (unsigned long long)line->offset);
	add_member(out, "filename", line->file);
	out->p[out->n - 1] = '}';
	buf_add_char(out, '\n');
}

static int
read_number(const struct json *map, const char *name, uint64_t *out,
    struct err *err)
{
	const struct json *v = json_member(map, name);

	if (v == NULL || v->kind != JSON_STR || num_read_u64(v->str, out) == -1)
		return err_set(err, "%s is no number in a text", name);
	return 0;
}

static int
read_text(const struct json *map, const char *name, bool is_needed,
    struct str *out, struct err *err)
{
	const struct json *v = json_member(map, name);

	*out = STR_NONE;
	if (v == NULL && !is_needed)
		return 0;
	if (v == NULL || v->kind != JSON_STR)
		return err_set(err, "%s is no text", name);
	*out = v->str;
	return 0;
}

static bool
is_time(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (!char_is_digit(text.p[i]))
			return false;
	}
	return text.n == 14;
}

int
cdxj_read(struct pool *pool, struct str text, struct cdxj *out, struct err *err)
{
	struct cdxj line = { .status = 0 };
	struct str rest = text;
	struct json v;

	if (text.n > CDXJ_MAX_LINE)
		return err_set(err, "a line of %zu bytes", text.n);
	(void)str_cut(&rest, ' ');
	line.time = str_cut(&rest, ' ');
	if (!is_time(line.time))
		return err_set(err, "the second word is no time of 14 digits");
	if (json_read_most(pool, rest, CDXJ_MAX_VALUES, &v, err) == -1)
		return -1;
	if (v.kind != JSON_MAP)
		return err_set(err, "the third word is no JSON object");
	if (read_text(&v, "url", true, &line.url, err) == -1 ||
	    read_text(&v, "mime", false, &line.mime, err) == -1 ||
	    read_text(&v, "digest", false, &line.digest, err) == -1 ||
	    read_text(&v, "filename", true, &line.file, err) == -1 ||
	    read_number(&v, "offset", &line.offset, err) == -1 ||
	    read_number(&v, "length", &line.length, err) == -1)
		return -1;
	*out = line;
	return 0;
}

struct str
cdxj_time(struct pool *pool, struct str date)
{
	char *p = pool_alloc(pool, 14);
	size_t n = 0;

	for (size_t i = 0; i < date.n && n < 14; i++) {
		if (char_is_digit(date.p[i]))
			p[n++] = date.p[i];
	}
	return n == 14 ? str_view(p, n) : STR_NONE;
}

/* ---- answers ---- */

/* Up to ";" or a blank, in lower case: what index makers have. */
static struct str
media_type(struct str value)
{
	size_t n = 0;

	value = str_trim(value);
	while (n < value.n && value.p[n] > 0x20 && value.p[n] < 0x7f &&
	       value.p[n] != ';')
		n++;
	return n != 0 ? str_sub(value, 0, n) : STR_NONE;
}

unsigned
cdxj_glance(struct str beginning, struct str *mime)
{
	struct str line = str_cut(&beginning, '\n');
	uint64_t status = 0;

	*mime = STR_NONE;
	if (!str_starts(line, STR("HTTP/")))
		return 0;
	(void)str_cut(&line, ' ');
	if (num_read_u64(str_sub(line, 0, 3), &status) == -1)
		return 0;
	while (beginning.n != 0) {
		struct str value = str_cut(&beginning, '\n'), name;

		if (str_trim(value).n == 0)
			break;
		name = str_cut(&value, ':');
		if (mime->p == NULL &&
		    str_eq_nocase(str_trim(name), STR("content-type")))
			*mime = media_type(value);
	}
	return (unsigned)status;
}
