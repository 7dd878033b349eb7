#include "doc/doc.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

#define PLAIN_COLUMNS 80

/* scdoc(5): these are its own */
static void
add_escaped(struct buf *out, char c)
{
	if (c != '\0' && strchr("_*#\\<>[]`", c) != NULL)
		buf_add_char(out, '\\');
	buf_add_char(out, c);
}

static void
add_scdoc(struct buf *out, struct str text)
{
	bool is_code = false;

	for (size_t i = 0; i < text.n; i++) {
		bool has_other = is_code || str_find(str_from(text, i + 1),
						STR("`")) != STR_NPOS;

		if (text.p[i] == '`' && has_other) {
			buf_add_char(out, '*');
			is_code = !is_code;
		} else {
			add_escaped(out, text.p[i]);
		}
	}
}

void
doc_text(struct doc *doc, const char *text)
{
	if (doc->form == DOC_SCDOC)
		add_scdoc(doc->out, str_of(text));
	else
		buf_add(doc->out, str_of(text));
}

void
doc_verbatim(struct doc *doc, const char *text)
{
	for (const char *p = text; *p != '\0'; p++) {
		if (doc->form == DOC_SCDOC)
			add_escaped(doc->out, *p);
		else
			buf_add_char(doc->out, *p);
	}
}

void
doc_code(struct doc *doc, const char *text)
{
	static const char *const mark[] = {
		[DOC_MARKDOWN] = "`",
		[DOC_SCDOC] = "*",
		[DOC_PLAIN] = "",
	};

	buf_add(doc->out, str_of(mark[doc->form]));
	doc_verbatim(doc, text);
	buf_add(doc->out, str_of(mark[doc->form]));
}

/* "-", "#", "1.": they make something else of a line that they begin. */
static bool
is_mark(struct str word)
{
	size_t i = 0;

	while (i < word.n && isdigit((unsigned char)word.p[i]))
		i++;
	if (i != 0)
		return i < word.n && (word.p[i] == '.' || word.p[i] == ')');
	return word.n != 0 && strchr("-+*#>|=~", word.p[0]) != NULL;
}

/* Up to a blank that is not in `code`. */
static struct str
cut_word(struct str *left)
{
	struct str all = *left, word = str_cut(left, ' ');
	bool is_code = false;

	for (size_t i = 0; i < all.n; i++) {
		if (all.p[i] == '`')
			is_code = !is_code;
		if (all.p[i] != ' ' || is_code)
			continue;
		*left = str_from(all, i + 1);
		return str_sub(all, 0, i);
	}
	if (is_code) /* one that does not end is none */
		return word;
	*left = STR_NONE;
	return all;
}

void
doc_lines(struct doc *doc, const char *first, const char *rest,
    const char *text)
{
	const size_t most =
	    doc->form == DOC_PLAIN ? PLAIN_COLUMNS : DOC_COLUMNS;
	struct str left = str_of(text);
	size_t column = strlen(first);
	bool is_begun = false;

	buf_add(doc->out, str_of(first));
	if (doc->form == DOC_SCDOC) {
		add_scdoc(doc->out, left);
		left = STR_NONE;
	}
	while (left.p != NULL) {
		struct str word = cut_word(&left);
		size_t width = utf8_count(word);

		if (is_begun && column + 1 + width > most && !is_mark(word)) {
			buf_printf(doc->out, "\n%s", rest);
			column = strlen(rest);
		} else if (is_begun) {
			buf_add_char(doc->out, ' ');
			column++;
		}
		buf_add(doc->out, word);
		column += width;
		is_begun = true;
	}
	buf_add_char(doc->out, '\n');
}

static const char *
kind_text(enum slot_kind kind)
{
	static const char *const text[] = {
		[SLOT_TEXT] = "text",
		[SLOT_BYTES] = "any string",
		[SLOT_BOOL] = "true or false",
		[SLOT_JSON] = "any value",
		[SLOT_MAP] = "map of texts",
		[SLOT_PAIR] = "list of two texts",
		[SLOT_TEXTS] = "list of texts",
		[SLOT_OBJECT] = "map",
		[SLOT_OBJECTS] = "list of maps",
	};

	if (kind < ARRAY_SIZE(text) && text[kind] != NULL)
		return text[kind];
	return "whole number";
}

/* Of 64 bits there is nothing to say: nobody has larger ones. */
static void
add_bounds(struct buf *out, const struct slot *slot)
{
	const char *want;
	int64_t least;
	uint64_t most;

	if (!slot_bounds(slot->kind, &least, &most, &want))
		return;
	if (slot->most != 0)
		most = slot->most;
	if (least < 0 && least > INT64_MIN)
		buf_printf(out, " from %lld", (long long)least);
	if (most < INT64_MAX)
		buf_printf(out, " up to %llu", (unsigned long long)most);
}

void
doc_slot_type(struct buf *out, const struct slot *slot)
{
	if (slot->form != NULL)
		buf_add(out, str_of(slot->form));
	else
		buf_add(out, str_of(kind_text(slot->kind)));
	if (slot->form == NULL)
		add_bounds(out, slot);
	if (slot->flags & SLOT_ELSE)
		buf_add(out, STR(", not null"));
	else if (!(slot->flags & SLOT_OPT))
		buf_add(out, STR(", needed"));
}

void
doc_slot_text(struct buf *out, const struct slot *slot)
{
	buf_add(out, str_of(slot->doc));
	if (slot->flags & SLOT_OURS)
		buf_add(out, STR("; of this program alone"));
	if (slot->without != NULL)
		buf_printf(out, "; unless given: %s", slot->without);
	else if (slot->kind == SLOT_BOOL && slot->initial != 0)
		buf_add(out, STR("; default: true"));
	else if (slot->initial != 0)
		buf_printf(out, "; default: %llu",
		    (unsigned long long)slot->initial);
}

/* What stands in front of a row, and of its further lines. */
static void
add_lead(struct doc *doc, const struct slot *slot, unsigned depth,
    struct buf *first, struct buf *rest)
{
	struct doc lead = { first, doc->form };

	if (doc->form == DOC_SCDOC)
		buf_add_char(first, '\n');
	for (unsigned i = 0; i < depth; i++) {
		struct str by = doc->form == DOC_SCDOC ? STR("\t") : STR("  ");

		buf_add(first, by);
		buf_add(rest, by);
	}
	if (doc->form == DOC_SCDOC)
		buf_add_char(first, '\t');
	else if (doc->form == DOC_MARKDOWN)
		buf_add(first, STR("- "));
	else
		buf_add(first, STR("  "));
	buf_add(rest, doc->form == DOC_PLAIN ? STR("      ") : STR("  "));
	doc_code(&lead, slot->name);
	buf_add_char(first, ' ');
}

void
doc_slots(struct doc *doc, const struct slot *slots, unsigned depth)
{
	for (const struct slot *s = slots; s->name != NULL; s++) {
		autopool struct pool pool = POOL_NONE;
		struct buf first = BUF_IN(&pool), rest = BUF_IN(&pool);
		struct buf text = BUF_IN(&pool);

		add_lead(doc, s, depth, &first, &rest);
		buf_add_char(&text, '(');
		doc_slot_type(&text, s);
		buf_add(&text, STR("): "));
		doc_slot_text(&text, s);
		doc_lines(doc, buf_cstr(&first), buf_cstr(&rest),
		    buf_cstr(&text));
		if (s->object != NULL)
			doc_slots(doc, s->object, depth + 1);
	}
}
