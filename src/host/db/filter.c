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

/* SQL ends at a NUL, and no value has one. */
static void
add_char(struct buf *out, char c)
{
	buf_add_char(out, c != '\0' ? c : ' ');
}

static void
add_quoted(struct buf *out, struct str text)
{
	buf_add_char(out, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\'')
			buf_add_char(out, '\'');
		add_char(out, text.p[i]);
	}
	buf_add_char(out, '\'');
}

/* 'x', 'o''neil': one text in SQL, from its first to its last character. */
static bool
is_literal(struct str text)
{
	if (text.n < 2 || text.p[0] != '\'' || text.p[text.n - 1] != '\'')
		return false;
	for (size_t i = 1; i < text.n - 1; i++) {
		if (text.p[i] != '\'')
			continue;
		if (++i == text.n - 1 || text.p[i] != '\'')
			return false;
	}
	return true;
}

/* Whoever writes SQL's quotes means them. */
static void
add_value(struct buf *out, struct str text)
{
	if (!is_literal(text)) {
		add_quoted(out, text);
		return;
	}
	for (size_t i = 0; i < text.n; i++)
		add_char(out, text.p[i]);
}

/*
 * key=value, key!=value, key<=value, ...: what stands before the first '=' is
 * no value; false: the word is none. Without '=' the word stays: "id>2" is SQL
 * as it is.
 */
static bool
add_comparison(struct buf *out, struct str word)
{
	size_t at = str_find_char(word, '=');
	struct str key, value;

	if (at == STR_NPOS || at == 0)
		return false;
	key = str_sub(word, 0, at);
	value = str_from(word, at + 1);
	if (memchr("!<>", key.p[at - 1], 3) == NULL) {
		buf_add(out, key);
		buf_add(out, STR(" = "));
	} else if (at > 1) {
		buf_add(out, str_sub(key, 0, at - 1));
		buf_printf(out, " %c= ", key.p[at - 1]);
	} else {
		return false;
	}
	add_value(out, value);
	return true;
}

static void
add_word(struct buf *out, struct str word, bool is_value)
{
	if (is_operator(word))
		buf_add(out, word);
	else if (is_value)
		add_value(out, word);
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
