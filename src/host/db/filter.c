/* Words behind a command as an SQL condition. docs/database.md, "Filters". */
#include "base/mem.h"
#include "db/db.h"

static const char *const operator[] = { "<=", ">=", "!=", "=", "<", ">" };

static bool
is_operator(struct str word)
{
	for (size_t i = 0; i < ARRAY_SIZE(operator); i++) {
		if (str_is(word, operator[i]))
			return true;
	}
	return str_eq_nocase(word, STR("like"));
}

static void
add_quoted(struct buf *out, struct str text)
{
	buf_add_char(out, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\'')
			buf_add_char(out, '\'');
		/* SQL ends at a NUL, and no value has one */
		buf_add_char(out, text.p[i] != '\0' ? text.p[i] : ' ');
	}
	buf_add_char(out, '\'');
}

/* 'x' is x: whoever writes SQL's quotes means them. */
static struct str
unquoted(struct str text)
{
	if (text.n >= 2 && text.p[0] == '\'' && text.p[text.n - 1] == '\'')
		return str_sub(text, 1, text.n - 2);
	return text;
}

static size_t
name_length(struct str word)
{
	size_t n = 0;

	while (n < word.n &&
	       ((word.p[n] >= 'a' && word.p[n] <= 'z') ||
		   (word.p[n] >= 'A' && word.p[n] <= 'Z') || word.p[n] == '_'))
		n++;
	return n;
}

/* name=value, name<=value, ...; false: it is none. */
static bool
add_comparison(struct buf *out, struct str word)
{
	size_t n = name_length(word);
	struct str rest = str_from(word, n);

	if (n == 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(operator); i++) {
		struct str op = str_of(operator[i]);

		if (!str_starts(rest, op))
			continue;
		buf_printf(out, "%.*s %s ", (int)n, word.p, operator[i]);
		add_quoted(out, unquoted(str_from(rest, op.n)));
		return true;
	}
	return false;
}

static void
add_word(struct buf *out, struct str word, bool is_value)
{
	if (is_operator(word))
		buf_add(out, word);
	else if (is_value)
		add_quoted(out, unquoted(word));
	else if (!add_comparison(out, word))
		buf_add(out, word);
}

int
filter_read(struct pool *pool, const struct str *word, size_t n,
    struct str *condition, struct err *err)
{
	struct buf out = BUF_IN(pool);
	bool is_value = false;

	if (n == 0) {
		*condition = STR_NONE;
		return 0;
	}
	if (!str_eq_nocase(word[0], STR("where")))
		return err_set(err, "Filter must begin with WHERE");
	if (n == 1)
		return err_set(err, "Filter is empty behind WHERE");
	for (size_t i = 1; i < n; i++) {
		if (i != 1)
			buf_add_char(&out, ' ');
		add_word(&out, word[i], is_value);
		is_value = is_operator(word[i]) && !is_value;
	}
	*condition = buf_str(&out);
	return 0;
}

struct str
filter_compare(struct pool *pool, struct str condition, const char *column,
    const char *op, struct str value)
{
	struct buf out = BUF_IN(pool);

	if (condition.n != 0)
		buf_printf(&out, "(%.*s) AND ", STR_ARG(condition));
	buf_printf(&out, "%s %s ", column, op);
	add_quoted(&out, value);
	return buf_str(&out);
}

struct str
filter_equals(struct pool *pool, struct str condition, const char *column,
    struct str value)
{
	return filter_compare(pool, condition, column, "=", value);
}

struct str
filter_id(struct pool *pool, int32_t id)
{
	return str_of(pool_printf(pool, "id = %d", id));
}
