#include "about/keyword.h"

#include "about/topic_index.h"
#include "base/closest.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "term/cell.h"
#include "term/screen.h"
#include "term/term.h"
#include "value/json.h"

#define NAME_COLUMNS 34 /* a longer name takes what it needs */
#define LEAST_WORD   3  /* letters of a word that somebody may have meant */

static bool
has_all(const struct topic *topic, const struct operands *words)
{
	for (size_t i = 0; i < words->n; i++) {
		if (!topic_has_word(topic, words->word[i]))
			return false;
	}
	return true;
}

/* Up to a full stop and a blank, without it; the version 0.26.1 has none. */
static struct str
first_sentence(struct str text)
{
	size_t stop = str_find(text, STR(". "));

	text = str_sub(text, 0, stop != STR_NPOS ? stop : text.n);
	if (str_ends(text, STR(".")) && !str_ends(text, STR("..")))
		text.n--;
	return text;
}

static void
print_line(const struct topic *topic, size_t width)
{
	autopool struct pool pool = POOL_NONE;
	struct str name = term_safe(&pool, topic->name),
		   text = term_safe(&pool, first_sentence(topic->text));
	size_t columns = cell_columns(name), used;

	term_printf("%-8s %s%.*s%s", topic_kind_name[topic->kind],
	    term_paint("32"), STR_ARG(name), term_paint("0"));
	for (; columns < NAME_COLUMNS; columns++)
		term_print(STR(" "));
	used = 8 + 1 + columns + 2;
	if (term_is_animated() && cell_columns(text) + used > width) {
		text.n =
		    width > used + 3 ? cell_cut(text, width - used - 3) : 0;
		term_printf("  %.*s...\n", STR_ARG(text));
		return;
	}
	term_printf("  %.*s\n", STR_ARG(text));
}

static void
print_json(const struct topic *topic)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	buf_printf(&out,
	    "{\"kind\":\"%s\",\"name\":", topic_kind_name[topic->kind]);
	json_write_str(&out, topic->name);
	buf_add(&out, STR(",\"text\":"));
	json_write_str(&out, topic->text);
	buf_add(&out, STR("}\n"));
	term_json(buf_str(&out));
}

/* The words that texts are made of, in lower case; a NULL ends them. */
struct vocabulary {
	const char **word;
	size_t n;
	struct pool pool;
};

static void
push_word(struct vocabulary *v, const char *word)
{
	v->word = pool_push(&v->pool, v->word, v->n, sizeof(*v->word));
	v->word[v->n++] = word;
}

static char *
lower(struct pool *pool, struct str text)
{
	char *copy = pool_cstr(pool, text);

	for (char *c = copy; *c != '\0'; c++)
		*c = (char)char_lower(*c);
	return copy;
}

static bool
is_in_word(char c)
{
	unsigned char letter = char_lower(c);

	return (letter >= 'a' && letter <= 'z') || char_is_digit(c) ||
	       c == '_' || c == '-';
}

static void
push_words(struct vocabulary *v, struct str text)
{
	for (size_t from = 0, i = 0; i <= text.n; i++) {
		if (i < text.n && is_in_word(text.p[i]))
			continue;
		if (i - from >= LEAST_WORD)
			push_word(v,
			    lower(&v->pool, str_sub(text, from, i - from)));
		from = i + 1;
	}
}

static const char *
word_at(const void *list, size_t i)
{
	return ((const struct vocabulary *)list)->word[i];
}

/* Names are meant rather than what is said of them. */
static int
no_such_word(const struct topic_index *index, struct str word, struct err *err)
{
	struct vocabulary v = { .pool = POOL_NONE };
	const char *closest;

	for (size_t i = 0; i < index->n; i++)
		push_words(&v, index->topic[i].name);
	for (size_t i = 0; i < index->n; i++)
		push_words(&v, index->topic[i].text);
	push_word(&v, NULL);
	closest = closest_name(str_of(lower(&v.pool, word)), word_at, &v);
	(void)err_set(err,
	    closest != NULL ? "nothing has \"%.*s\", did you mean \"%s\"?"
			    : "nothing has \"%.*s\"",
	    STR_ARG(word), closest);
	pool_clear(&v.pool);
	return -1;
}

static int
nothing_found(const struct topic_index *index, const struct operands *words,
    struct err *err)
{
	for (size_t i = 0; i < words->n; i++) {
		size_t k = 0;

		while (k < index->n &&
		       !topic_has_word(&index->topic[k], words->word[i]))
			k++;
		if (k == index->n)
			return no_such_word(index, words->word[i], err);
	}
	return err_set(err, "nothing has all of these words");
}

static int
check_words(const struct operands *words, struct err *err)
{
	if (words->n == 0)
		return err_usage(err, "-k needs a word to look for");
	if (words->n > KEYWORDS_MOST)
		return err_usage(err, "%zu words are too many: %d are the most",
		    words->n, KEYWORDS_MOST);
	for (size_t i = 0; i < words->n; i++) {
		if (words->word[i].n == 0)
			return err_usage(err, "an empty word stands "
					      "everywhere");
	}
	return 0;
}

int
keyword_print(struct program *p, const struct operands *words, bool json,
    struct err *err)
{
	struct topic_index index;
	const size_t width = screen_size().columns;
	size_t n = 0;
	int status = 0;

	if (check_words(words, err) == -1)
		return -1;
	topic_index_fill(&index, p);
	topic_index_sort(&index);
	for (size_t i = 0; i < index.n; i++) {
		if (!has_all(&index.topic[i], words))
			continue;
		if (json)
			print_json(&index.topic[i]);
		else
			print_line(&index.topic[i], width);
		n++;
	}
	if (n == 0)
		status = nothing_found(&index, words, err);
	if (n == 0 && index.is_partial)
		(void)err_wrap(err, "not all could be searched");
	topic_index_clear(&index);
	return status;
}

int
keyword_print_part(struct str name)
{
	struct topic_index index;
	const size_t width = screen_size().columns;

	if (str_is(name, "functions"))
		topic_index_fill_functions(&index);
	else if (str_is(name, "headers"))
		topic_index_fill_headers(&index);
	else
		return 0;
	topic_index_sort(&index);
	for (size_t i = 0; i < index.n; i++) {
		if (index.topic[i].kind != TOPIC_KEY)
			print_line(&index.topic[i], width);
	}
	topic_index_clear(&index);
	return 1;
}
