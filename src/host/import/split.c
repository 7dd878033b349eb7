/*
 * A machine of a state for each place in the skeleton of the file. What is an
 * item is only looked for its end: quotes and brackets are counted, and of what
 * kind they are the JSON reader sees.
 */
#include "import/split.h"

#include "base/mem.h"

static int step(struct split *split, struct import_reader *r, char c,
    struct err *err);

/* What may come where something of the skeleton is due, and what then is. */
static const struct {
	enum split_state state;
	char c;
	enum split_state then;
} ways[] = {
	{ SPLIT_START, '{', SPLIT_FIRST },
	{ SPLIT_FIRST, '"', SPLIT_IN_NAME },
	{ SPLIT_FIRST, '}', SPLIT_END },
	{ SPLIT_NAME, '"', SPLIT_IN_NAME },
	{ SPLIT_COLON, ':', SPLIT_MEMBER },
	{ SPLIT_ITEM_FIRST, ']', SPLIT_MEMBER_END },
	{ SPLIT_ITEM_END, ',', SPLIT_ITEM },
	{ SPLIT_ITEM_END, ']', SPLIT_MEMBER_END },
	{ SPLIT_MEMBER_END, ',', SPLIT_NAME },
	{ SPLIT_MEMBER_END, '}', SPLIT_END },
};

static const char *const due[] = {
	[SPLIT_START] = "'{'",
	[SPLIT_FIRST] = "a name",
	[SPLIT_NAME] = "a name",
	[SPLIT_COLON] = "':'",
	[SPLIT_ITEM_END] = "',' or ']'",
	[SPLIT_MEMBER_END] = "',' or '}'",
	[SPLIT_END] = "the end",
};

void
split_begin(struct import_reader *r, const struct split_kind *kind)
{
	struct split *split = r->state;

	split->kind = kind;
	split->line = 1;
}

static int
wrong(const struct split *split, char c, struct err *err)
{
	const char *want = due[split->state];

	if ((unsigned char)c < ' ' || (unsigned char)c > '~')
		return err_set(err, "no JSON: a byte 0x%02x where %s is due",
		    (unsigned char)c, want);
	return err_set(err, "no JSON: '%c' where %s is due", c, want);
}

static int
give(struct split *split, struct import_reader *r, struct err *err)
{
	int status;

	split->now.list = str_view(split->name, split->name_n);
	split->now.text = buf_str(&split->text);
	status = split->kind->item(r, &split->now, err);
	pool_reset(r->pool);
	split->text.n = 0;
	if (split->text.cap > IMPORT_MAX_LINE)
		buf_clear(&split->text);
	split->state = split->now.is_alone ? SPLIT_MEMBER_END : SPLIT_ITEM_END;
	return status;
}

/* An item begins: a quote, a bracket, or a word. */
static void
begin_item(struct split *split, struct import_reader *r, char c)
{
	r->line = split->line;
	r->at = split->at;
	split->is_quoted = c == '"';
	split->is_escaped = false;
	split->open = c == '{' || c == '[';
	split->state = split->is_quoted   ? SPLIT_IN_TEXT
	               : split->open != 0 ? SPLIT_IN_TREE
	                                  : SPLIT_IN_WORD;
	buf_add_char(&split->text, c);
}

static int
in_name(struct split *split, char c, struct err *err)
{
	if (c == '"') {
		split->state = SPLIT_COLON;
		return 0;
	}
	if (c == '\\' || (unsigned char)c < ' ' ||
	    split->name_n == SPLIT_MAX_NAME)
		return err_set(err,
		    "the name '%.*s...' has more than %d bytes, or an escape",
		    (int)split->name_n, split->name, SPLIT_MAX_NAME);
	split->name[split->name_n++] = c;
	return 0;
}

/* Behind the colon. */
static int
member(struct split *split, struct import_reader *r, char c)
{
	if (c == '[') {
		split->now.is_alone = false;
		split->state = SPLIT_ITEM_FIRST;
		return 0;
	}
	if (c == '{' && !split->now.is_inside && split->kind->inside != NULL &&
	    str_is(str_view(split->name, split->name_n), split->kind->inside)) {
		split->now.is_inside = true;
		split->state = SPLIT_FIRST;
		return 0;
	}
	split->now.is_alone = true;
	begin_item(split, r, c);
	return 0;
}

/* An end may be that of the object that was entered, and all goes on. */
static void
go_on(struct split *split, enum split_state then)
{
	if (then == SPLIT_IN_NAME)
		split->name_n = 0;
	if (then == SPLIT_END && split->now.is_inside) {
		split->now.is_inside = false;
		then = SPLIT_MEMBER_END;
	}
	split->state = then;
}

/* A string within an item, or the item. */
static void
in_quotes(struct split *split, char c)
{
	if (split->is_escaped)
		split->is_escaped = false;
	else if (c == '\\')
		split->is_escaped = true;
	else if (c == '"')
		split->is_quoted = false;
}

static int
in_item(struct split *split, struct import_reader *r, char c, struct err *err)
{
	if (split->state == SPLIT_IN_WORD &&
	    (c == ',' || c == ']' || c == '}' || char_is_blank(c))) {
		if (give(split, r, err) == -1)
			return -1;
		return char_is_blank(c) ? 0 : step(split, r, c, err);
	}
	buf_add_char(&split->text, c);
	if (split->is_quoted) {
		in_quotes(split, c);
		if (split->state == SPLIT_IN_TEXT && !split->is_quoted)
			return give(split, r, err);
		return 0;
	}
	split->is_quoted = c == '"';
	split->open += c == '{' || c == '[';
	split->open -= c == '}' || c == ']';
	return split->state == SPLIT_IN_TREE && split->open == 0
	           ? give(split, r, err)
	           : 0;
}

/* One byte of the skeleton that is no blank. */
static int
step(struct split *split, struct import_reader *r, char c, struct err *err)
{
	if (split->state == SPLIT_START && split->at < 3 &&
	    c == "\xef\xbb\xbf"[split->at])
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		if (ways[i].state == split->state && ways[i].c == c) {
			go_on(split, ways[i].then);
			return 0;
		}
	}
	if (split->state == SPLIT_MEMBER)
		return member(split, r, c);
	if (split->state != SPLIT_ITEM && split->state != SPLIT_ITEM_FIRST)
		return wrong(split, c, err);
	begin_item(split, r, c);
	return 0;
}

static bool
is_in_item(const struct split *split)
{
	return split->state == SPLIT_IN_TEXT || split->state == SPLIT_IN_TREE ||
	       split->state == SPLIT_IN_WORD;
}

/* The part of an item that cannot end it, at once: most of a blob. */
static size_t
take_plain(struct split *split, struct str bytes)
{
	size_t n = 0;

	if (!split->is_quoted || split->is_escaped)
		return 0;
	while (n < bytes.n && bytes.p[n] != '"' && bytes.p[n] != '\\' &&
	       bytes.p[n] != '\n')
		n++;
	buf_add(&split->text, str_sub(bytes, 0, n));
	return n;
}

static int
check_size(struct split *split, struct err *err)
{
	size_t most;

	split->now.list = str_view(split->name, split->name_n);
	most = split->kind->most(&split->now);
	return split->text.n <= most
	           ? 0
	           : err_set(err, "one of '%.*s' has more than %zu bytes",
			 STR_ARG(split->now.list), most);
}

static int
take_byte(struct split *split, struct import_reader *r, char c, struct err *err)
{
	if (split->state == SPLIT_IN_NAME)
		return in_name(split, c, err);
	if (is_in_item(split))
		return in_item(split, r, c, err);
	r->line = split->line;
	r->at = split->at;
	return char_is_blank(c) ? 0 : step(split, r, c, err);
}

int
split_piece(struct import_reader *r, struct str bytes, struct err *err)
{
	struct split *split = r->state;

	while (bytes.n != 0) {
		size_t n = is_in_item(split) ? take_plain(split, bytes) : 0;

		if (n == 0) {
			n = 1;
			if (take_byte(split, r, bytes.p[0], err) == -1)
				return -1;
			split->line += bytes.p[0] == '\n';
		}
		if (is_in_item(split) && check_size(split, err) == -1)
			return -1;
		split->at += n;
		bytes = str_from(bytes, n);
	}
	return 0;
}

int
split_end(struct import_reader *r, struct err *err)
{
	struct split *split = r->state;

	if (split->state == SPLIT_END)
		return 0;
	r->line = split->line;
	r->at = split->at;
	return err_set(err, "the file is cut: its object does not end");
}

void
split_clear(struct import_reader *r)
{
	struct split *split = r->state;

	buf_clear(&split->text);
}
