/*
 * Columns and values of a filter. What stands behind an operator is a value to
 * the end of its word; in a phrase a blank ends it, in a list a comma. What
 * closes parentheses that are open is none of it.
 */
#include "base/closest.h"
#include "base/mem.h"
#include "db/filter_scan.h"

static const char *
column_name(const void *list, size_t i)
{
	const struct model *model = list;
	size_t n = model_field_count(model);

	if (i == 0)
		return filter_field_id.name;
	if (i <= n)
		return model->field[i - 1].name;
	return i == n + 1 && filter_has_tags(model) ? filter_field_tag.name
	                                            : NULL;
}

static int
unknown_column(struct filter_scan *s, struct str name)
{
	struct buf columns = BUF_IN(s->pool);
	const char *closest = closest_name(name, column_name, s->model);

	for (size_t i = 0; i <= model_field_count(s->model); i++)
		buf_printf(&columns, "%s%s", i != 0 ? ", " : "",
		    column_name(s->model, i));
	name = str_sub(name, 0, SCAN_SHOWN);
	(void)err_set(s->err, "%s has the columns %s", s->model->table,
	    buf_cstr(&columns));
	if (closest != NULL)
		return err_wrap(s->err,
		    "no such column: %.*s, did you mean %s?", STR_ARG(name),
		    closest);
	return err_wrap(s->err, "no such column: %.*s", STR_ARG(name));
}

static void
note_columns(struct filter_scan *s)
{
	size_t most = model_field_count(s->model) + !s->is_key;

	for (size_t i = 0; i <= most && column_name(s->model, i) != NULL; i++)
		s->note(s->ctx, str_of(column_name(s->model, i)));
}

static int
read_name(struct filter_scan *s, const struct field **field)
{
	struct str name = scan_name(s);

	if (name.n == 0) {
		if (name.p == NULL && s->note != NULL)
			note_columns(s);
		return scan_unexpected(s, "a column");
	}
	*field = filter_field(s->model, name);
	if (*field == NULL)
		return unknown_column(s, name);
	s->rest = str_from(s->rest, name.n);
	return 0;
}

bool
scan_is_call(const struct filter_scan *s, struct str name)
{
	struct str rest = str_trim(str_from(s->rest, name.n));

	if (rest.n == 0 && s->at < s->n)
		rest = str_trim(s->word[s->at]);
	return rest.n != 0 && rest.p[0] == '(';
}

int
scan_call(struct filter_scan *s, enum filter_function function,
    struct filter_operand *out)
{
	out->function = function;
	if (!scan_accept(s, filter_functions[function]) ||
	    !scan_accept_char(s, '('))
		return scan_unexpected(s, "a function");
	if (function != FILTER_RANDOM &&
	    (read_name(s, &out->field) == -1 ||
		filter_function_check(out, s->err) == -1))
		return -1;
	return scan_accept_char(s, ')') ? 0 : scan_unexpected(s, ")");
}

int
scan_operand(struct filter_scan *s, struct filter_operand *out)
{
	static const enum filter_function functions[] = { FILTER_LENGTH,
		FILTER_LOWER };
	struct str name = scan_name(s);

	*out = (struct filter_operand){ .function = FILTER_PLAIN };
	if (name.p == NULL && s->note != NULL) {
		s->note(s->ctx, STR("length("));
		s->note(s->ctx, STR("lower("));
	}
	if (name.n == 0 || !scan_is_call(s, name))
		return read_name(s, &out->field);
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++) {
		if (str_eq_nocase(name, str_of(filter_functions[functions[i]])))
			return scan_call(s, functions[i], out);
	}
	return scan_refuse(s, "length() and lower() are functions, not", name);
}

/*
 * The end of the value that rest begins with, in a word that is a value to its
 * end, or up to a blank. What closes parentheses that are open is none of it.
 */
static size_t
value_end(const struct filter_scan *s)
{
	size_t n = s->rest.n, quoted = filter_quoted(s->rest), depth = s->depth;
	struct str behind = str_from(s->rest, quoted);

	/* 'x')) */
	while (quoted != STR_NPOS && behind.n != 0 && behind.p[0] == ')')
		behind = str_from(behind, 1);
	if (quoted != STR_NPOS &&
	    (behind.n == 0 || (s->is_phrase && char_is_blank(behind.p[0]))))
		return quoted;
	for (size_t i = 0; s->is_phrase && i < n; i++) {
		if (char_is_blank(s->rest.p[i]))
			n = i;
	}
	while (depth > 0 && n > 0 && s->rest.p[n - 1] == ')' &&
	       filter_closes(str_sub(s->rest, 0, n))) {
		n--;
		depth--;
	}
	return n;
}

static struct str
unquote(struct pool *pool, struct str text)
{
	struct buf out = BUF_IN(pool);

	for (size_t i = 1; i + 1 < text.n; i++) {
		buf_add_char(&out, text.p[i]);
		if (text.p[i] == text.p[0])
			i++;
	}
	return out.n != 0 ? buf_str(&out) : STR("");
}

/* The value in a text that is one: what is in its quotes, or all of it. */
static int
take_value(struct filter_scan *s, struct str text, struct str *value)
{
	size_t quoted = filter_quoted(text);

	if (quoted == text.n && text.n != 0) {
		*value = unquote(s->pool, text);
		return 0;
	}
	/* in one word, so it is a value; but nobody means that one */
	if ((quoted != STR_NPOS && char_is_blank(text.p[quoted])) ||
	    (text.n != 0 && text.p[0] == '(' && filter_is_query(text)))
		return scan_refuse(s,
		    "a value is one word, and in quotes from its beginning to "
		    "its end:",
		    text);
	*value = text;
	return 0;
}

/* Behind "value=" at the end of its word: is the next word a value? */
static bool
is_value_next(const struct filter_scan *s)
{
	return s->at != s->n && !scan_ends_test(s->word[s->at]);
}

static void
note_values(struct filter_scan *s, const struct filter_operand *operand)
{
	if (operand->field->kind != FIELD_BOOL)
		return;
	s->note(s->ctx, STR("true"));
	s->note(s->ctx, STR("false"));
}

int
scan_value(struct filter_scan *s, const struct filter_operand *operand,
    enum filter_op op, bool is_joined, struct filter_value *out)
{
	struct str text = STR("");
	size_t end;

	if (s->is_phrase && s->rest.n != 0)
		(void)scan_fill(s);
	if (s->rest.n == 0 && !(is_joined && !is_value_next(s))) {
		if (s->at == s->n) {
			if (s->note != NULL)
				note_values(s, operand);
			return scan_unexpected(s, "a value");
		}
		s->rest = s->word[s->at++];
		s->is_phrase = false;
	}
	end = value_end(s);
	if (take_value(s, str_sub(s->rest, 0, end), &text) == -1)
		return -1;
	s->rest = str_from(s->rest, end);
	return filter_value_read(s->pool, s->model, operand, op, text, out,
	    s->err);
}

/* Up to a comma, or to what closes the list. */
static struct str
cut_item(struct filter_scan *s)
{
	size_t quoted = filter_quoted(s->rest), n = 0, depth = 0;
	struct str item;

	for (; quoted == STR_NPOS && n < s->rest.n; n++) {
		char c = s->rest.p[n];

		if (depth == 0 && (c == ',' || c == ')'))
			break;
		depth += c == '(';
		depth -= c == ')';
	}
	item = str_trim(str_sub(s->rest, 0, quoted != STR_NPOS ? quoted : n));
	s->rest = str_from(s->rest, quoted != STR_NPOS ? quoted : n);
	return item;
}

int
scan_item(struct filter_scan *s, const struct filter_operand *operand,
    struct filter_value *out)
{
	struct str item, value = STR_NONE;

	if (!scan_fill(s)) {
		if (s->note != NULL)
			note_values(s, operand);
		return scan_unexpected(s, "a value");
	}
	item = cut_item(s);
	if (item.n == 0)
		return scan_unexpected(s, "a value");
	if (filter_is_query(item))
		return scan_refuse(s, "a list holds values, not", item);
	if (take_value(s, item, &value) == -1)
		return -1;
	return filter_value_read(s->pool, s->model, operand, FILTER_IN, value,
	    out, s->err);
}
