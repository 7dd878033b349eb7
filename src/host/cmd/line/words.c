#include "line/words.h"

#include "base/buf.h"

/* POSIX shell, 2.2.3: a backslash in double quotes stands before these only. */
static bool
is_escapable(char c)
{
	return c == '"' || c == '\\' || c == '$' || c == '`';
}

/* The word at *at; 0, or -1 where a quote is open at the end. */
static int
read_word(struct str line, size_t *at, struct buf *out)
{
	char quote = 0;
	size_t i = *at;

	for (; i < line.n; i++) {
		char c = line.p[i];

		if (quote == 0 && char_is_blank(c))
			break;
		if (quote == 0 && (c == '\'' || c == '"')) {
			quote = c;
		} else if (quote != 0 && c == quote) {
			quote = 0;
		} else if (c == '\\' && quote != '\'') {
			if (i + 1 == line.n)
				return -1;
			if (quote == '"' && !is_escapable(line.p[i + 1]))
				buf_add_char(out, c);
			buf_add_char(out, line.p[++i]);
		} else {
			buf_add_char(out, c);
		}
	}
	*at = i;
	return quote != 0 ? -1 : 0;
}

static bool
is_plain(struct str word)
{
	for (size_t i = 0; i < word.n; i++) {
		if (char_is_blank(word.p[i]) || word.p[i] == '\'' ||
		    word.p[i] == '"' || word.p[i] == '\\')
			return false;
	}
	return word.n != 0;
}

/* In the quotes in which nothing of it has a meaning. */
static void
add_quoted(struct buf *out, struct str word)
{
	bool is_double = str_find_char(word, '\'') != STR_NPOS;
	char quote = is_double ? '"' : '\'';

	buf_add_char(out, quote);
	for (size_t i = 0; i < word.n; i++) {
		if (is_double && is_escapable(word.p[i]))
			buf_add_char(out, '\\');
		buf_add_char(out, word.p[i]);
	}
	buf_add_char(out, quote);
}

struct str
words_join(struct pool *pool, const struct str *word, size_t n)
{
	struct buf out = BUF_IN(pool);

	for (size_t i = 0; i < n; i++) {
		if (i != 0)
			buf_add_char(&out, ' ');
		if (is_plain(word[i]))
			buf_add(&out, word[i]);
		else
			add_quoted(&out, word[i]);
	}
	return out.n != 0 ? buf_str(&out) : STR("");
}

int
words_split(struct pool *pool, struct str line, struct str **word, size_t *n,
    struct err *err)
{
	size_t at = 0, count = 0;
	struct str *words = NULL;

	for (;;) {
		struct buf out = BUF_IN(pool);

		while (at < line.n && char_is_blank(line.p[at]))
			at++;
		if (at == line.n)
			break;
		if (read_word(line, &at, &out) == -1)
			return err_set(err, "a quote is not closed");
		words = pool_push(pool, words, count, sizeof(*words));
		words[count++] = out.n != 0 ? buf_str(&out) : STR("");
	}
	*word = words;
	*n = count;
	return 0;
}
