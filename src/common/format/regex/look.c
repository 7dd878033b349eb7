/* What a place of the text is like. */
#include "base/mem.h"
#include "regex/run.h"

static bool
is_ascii_word(uint32_t c)
{
	return (c >= '0' && c <= '9') || c == '_' ||
	       ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool
is_word(const struct regex_search *s, uint32_t at, bool is_ascii)
{
	uint32_t width, c = text_char(s, at, &width);

	return is_ascii ? is_ascii_word(c) : charset_has(&s->re->word, c);
}

static bool
is_boundary(const struct regex_search *s, uint32_t at, bool is_ascii)
{
	bool before = at != 0 && is_word(s, text_back(s, at), is_ascii);
	bool behind = at != s->n && is_word(s, at, is_ascii);

	return before != behind;
}

bool
look_holds(const struct regex_search *s, enum look look, uint32_t at)
{
	/* 0 is in no text that is looked at here: it is neither \r nor \n */
	unsigned char before = at != 0 ? s->text[at - 1] : 0;
	unsigned char behind = at != s->n ? s->text[at] : 0;

	switch (look) {
	case LOOK_START:
		return at == 0;
	case LOOK_END:
		return at == s->n;
	case LOOK_LINE_START:
		return at == 0 || before == '\n';
	case LOOK_LINE_END:
		return at == s->n || behind == '\n';
	case LOOK_CRLF_START:
		return at == 0 || before == '\n' ||
		       (before == '\r' && behind != '\n');
	case LOOK_CRLF_END:
		return at == s->n || behind == '\r' ||
		       (behind == '\n' && before != '\r');
	case LOOK_WORD:
		return is_boundary(s, at, false);
	case LOOK_NOT_WORD:
		return !is_boundary(s, at, false);
	case LOOK_ASCII_WORD:
		return is_boundary(s, at, true);
	default:
		return !is_boundary(s, at, true);
	}
}

/* Where the bytes are that a match starts with. */
static uint32_t
find_prefix(const struct regex_search *s, uint32_t at)
{
	struct str prefix = s->re->prefix;
	const unsigned char *found =
	    memmem(s->text + at, s->n - at, prefix.p, prefix.n);

	return found != NULL ? (uint32_t)(found - s->text) : REGEX_NONE;
}

/* The next stop, and how far before it a match can start. */
static void
find_stop(struct regex_search *s, uint32_t at)
{
	const unsigned char *stop =
	    at < s->n ? memchr(s->text + at, s->re->stop, s->n - at) : NULL;
	uint32_t width;

	s->stop_from = at;
	s->lead = s->stop =
	    stop != NULL ? (uint32_t)(stop - s->text) : REGEX_NONE;
	while (stop != NULL && s->lead > at) {
		uint32_t before = text_back(s, s->lead);

		if (!charset_has(&s->re->lead, text_char(s, before, &width)))
			return;
		s->lead = before;
	}
}

uint32_t
search_start(struct regex_search *s, uint32_t at)
{
	const struct regex *re = s->re;

	if (at >= s->starts || (re->is_anchored && at != 0))
		return REGEX_NONE;
	if (re->prefix.n != 0) {
		at = find_prefix(s, at);
	} else if (re->stop != -1) {
		if (s->stop == REGEX_NONE || at > s->stop || at < s->stop_from)
			find_stop(s, at);
		if (at < s->lead)
			at = s->lead;
	} else if (re->has_first) {
		while (at < s->n && !re->first[s->text[at]])
			at++;
		if (at == s->n)
			return REGEX_NONE;
	}
	return at < s->starts ? at : REGEX_NONE;
}
