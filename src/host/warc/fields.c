/*
 * Fields of others: any order, any case, several of a name, blanks around
 * values, lines that go on in the next, line ends of one byte.
 */
#include "warc/fields.h"

#include "base/mem.h"
#include "base/num.h"

static struct str
next_line(struct str *rest)
{
	struct str line = str_cut(rest, '\n');

	if (str_ends(line, STR("\r")))
		line.n--;
	return line;
}

/* "WARC/1.1" */
static int
read_version(struct str line, struct str *version, struct err *err)
{
	struct str number = str_from(line, 5);
	size_t dot = str_find_char(number, '.');
	bool is_right = str_starts(line, STR("WARC/")) && dot != STR_NPOS &&
	                dot > 0 && dot + 1 < number.n;

	for (size_t i = 0; is_right && i < number.n; i++)
		is_right = i == dot || char_is_digit(number.p[i]);
	if (!is_right)
		return err_set(err, "no record begins here");
	*version = number;
	return 0;
}

/* A line that begins with a blank goes on with the one before. */
static void
unfold(char *head, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++) {
		if (head[i] != '\n' ||
		    (head[i + 1] != ' ' && head[i + 1] != '\t'))
			continue;
		head[i] = ' ';
		if (i > 0 && head[i - 1] == '\r')
			head[i - 1] = ' ';
	}
}

static int
read_field(struct pool *pool, struct warc_entry *e, struct str line,
    struct err *err)
{
	struct warc_named *all = (struct warc_named *)e->field;
	size_t colon = str_find_char(line, ':');

	if (colon == STR_NPOS || colon == 0)
		return err_set(err, "a field has no name: \"%.*s\"",
		    STR_ARG(str_sub(line, 0, 80)));
	if (e->n == WARC_MAX_FIELDS)
		return err_set(err, "more than %d fields", WARC_MAX_FIELDS);
	all = pool_push(pool, all, e->n, sizeof(*all));
	all[e->n] = (struct warc_named){ str_trim(str_sub(line, 0, colon)),
		str_trim(str_from(line, colon + 1)) };
	if (all[e->n].value.p == NULL) /* there, and empty */
		all[e->n].value = STR("");
	e->field = all;
	e->n++;
	return 0;
}

struct str
warc_field_value(const struct warc_entry *entry, const char *name, size_t i)
{
	for (size_t k = 0; k < entry->n; k++) {
		if (str_eq_nocase(entry->field[k].name, str_of(name)) &&
		    i-- == 0)
			return entry->field[k].value;
	}
	return STR_NONE;
}

static struct str
without_angles(struct str s)
{
	if (s.n >= 2 && s.p[0] == '<' && s.p[s.n - 1] == '>')
		return str_sub(s, 1, s.n - 2);
	return s;
}

static enum warc_type
kind_of(struct str type)
{
	enum warc_type kind = WARC_WARCINFO;

	while (kind < WARC_TYPES &&
	       !str_eq_nocase(type, str_of(warc_type_name(kind))))
		kind++;
	return kind;
}

static int
read_length(struct warc_entry *e, struct err *err)
{
	struct str text = warc_field_value(e, "Content-Length", 0);
	struct str other = warc_field_value(e, "Content-Length", 1);
	uint64_t n = 0;

	if (text.p == NULL)
		return err_set(err, "it has no Content-Length");
	for (size_t i = 0; i < text.n; i++) {
		if (!char_is_digit(text.p[i]) || n > INT64_MAX / 10 - 1)
			break;
		n = n * 10 + (uint64_t)(text.p[i] - '0');
		if (i + 1 < text.n)
			continue;
		e->length = n;
		if (other.p == NULL || str_eq(text, other))
			return 0;
	}
	return err_set(err, "it has a wrong Content-Length: \"%.*s\"",
	    STR_ARG(str_sub(text, 0, 80)));
}

int
warc_read_head(struct pool *pool, char *head, size_t n,
    struct warc_entry *entry, struct err *err)
{
	struct warc_entry e = { .at = entry->at };
	struct str rest = str_view(head, n), line;

	unfold(head, n);
	line = next_line(&rest);
	if (read_version(line, &e.version, err) == -1)
		return -1;
	while ((line = next_line(&rest)).n != 0) {
		if (read_field(pool, &e, line, err) == -1)
			return -1;
	}
	e.type = warc_field_value(&e, "WARC-Type", 0);
	e.kind = kind_of(e.type);
	e.id = without_angles(warc_field_value(&e, "WARC-Record-ID", 0));
	e.target_uri =
	    without_angles(warc_field_value(&e, "WARC-Target-URI", 0));
	e.date = warc_field_value(&e, "WARC-Date", 0);
	e.content_type = warc_field_value(&e, "Content-Type", 0);
	if (e.type.n == 0)
		return err_set(err, "it has no WARC-Type");
	if (read_length(&e, err) == -1)
		return -1;
	*entry = e;
	return 0;
}
