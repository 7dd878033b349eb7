#include "url/parts.h"
#include "url/percent.h"

bool
url_is_drive(struct str segment, bool is_normal)
{
	char letter;

	if (segment.n != 2)
		return false;
	letter = segment.p[0] | 0x20;
	return letter >= 'a' && letter <= 'z' &&
	       (segment.p[1] == ':' || (segment.p[1] == '|' && !is_normal));
}

bool
url_starts_with_drive(struct str text)
{
	return url_is_drive(str_sub(text, 0, 2), false) &&
	       (text.n == 2 || memchr("/\\?#", text.p[2], 4) != NULL);
}

void
url_path_shorten(struct url_parts *parts)
{
	struct buf *path = &parts->path;
	size_t slash = str_rfind_char(buf_str(path), '/');

	if (slash == STR_NPOS)
		return;
	if (parts->is_file && slash == 0 &&
	    url_is_drive(str_from(buf_str(path), 1), true))
		return;
	path->n = slash;
}

/* How many bytes at the start of s are a dot, which may be "%2e". */
static size_t
dot_length(struct str s)
{
	if (s.n != 0 && s.p[0] == '.')
		return 1;
	return str_eq_nocase(str_sub(s, 0, 3), STR("%2e")) ? 3 : 0;
}

/* 1 for ".", 2 for "..", 0 for any other segment. */
static int
count_dots(struct str segment)
{
	size_t first = dot_length(segment), second;

	if (first == 0)
		return 0;
	segment = str_from(segment, first);
	if (segment.n == 0)
		return 1;
	second = dot_length(segment);
	return second != 0 && second == segment.n ? 2 : 0;
}

static void
add_segment(struct url_parts *parts, struct str segment)
{
	struct buf *path = &parts->path;
	bool is_drive =
	    parts->is_file && path->n == 0 && url_is_drive(segment, false);

	buf_add_char(path, '/');
	percent_add(path, segment, &percent_path);
	if (is_drive)
		path->p[path->n - 1] = ':';
}

static bool
is_slash(const struct url_parts *parts, char c)
{
	return c == '/' || (c == '\\' && parts->is_special);
}

/*
 * How long the path is that stays as it is: without a character to encode, a
 * backslash, or a segment that may be dots. STR_NPOS: it is another one.
 */
static size_t
plain_length(struct str text)
{
	bool begins = true;
	size_t i;

	for (i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (percent_has(&percent_path, c))
			break;
		if (c == '\\' || (begins && (c == '.' || c == '%')))
			return STR_NPOS;
		begins = c == '/';
	}
	return i == text.n || text.p[i] == '?' || text.p[i] == '#' ? i
	                                                           : STR_NPOS;
}

/* Segment by segment. */
static size_t
read_segments(struct url_parts *parts, struct str text)
{
	size_t from = 0, i = 0;

	for (;; i++) {
		bool is_end =
		    i == text.n || text.p[i] == '?' || text.p[i] == '#';
		int dots;

		if (!is_end && !is_slash(parts, text.p[i]))
			continue;
		dots = count_dots(str_sub(text, from, i - from));
		if (dots == 2)
			url_path_shorten(parts);
		if (dots == 0)
			add_segment(parts, str_sub(text, from, i - from));
		else if (is_end)
			buf_add_char(&parts->path, '/');
		if (is_end)
			return i;
		from = i + 1;
	}
}

size_t
url_path_read(struct url_parts *parts, struct str text)
{
	/* a drive of file: is a matter of the first segment */
	size_t n = parts->is_file ? STR_NPOS : plain_length(text);

	if (n == STR_NPOS)
		return read_segments(parts, text);
	buf_add_char(&parts->path, '/');
	buf_add(&parts->path, str_sub(text, 0, n));
	return n;
}
