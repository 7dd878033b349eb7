#include "evidence/head.h"

#include "base/mem.h"

static const char *const secret[] = { "authorization", "proxy-authorization",
	"cookie", "set-cookie" };

static bool
is_secret(struct str name)
{
	name = str_trim(name);
	for (size_t i = 0; i < ARRAY_SIZE(secret); i++) {
		if (str_eq_nocase(name, str_of(secret[i])))
			return true;
	}
	return false;
}

static struct str
line_of(const struct head *head)
{
	return str_view(head->line,
	    head->kept < HEAD_NAME_MAX ? head->kept : HEAD_NAME_MAX);
}

/* The last of the codings is what is nearest to the wire. */
static bool
says_chunked(struct str line)
{
	const struct str name = STR("transfer-encoding:"),
			 coding = STR("chunked");

	return line.n >= name.n + coding.n && str_starts(line, name) &&
	       str_eq(str_from(line, line.n - coding.n), coding);
}

/* "http/1.1 103 ..."; 101 is an answer. */
static bool
says_interim(struct str line)
{
	size_t at = str_find_char(line, ' ');

	while (at < line.n && line.p[at] == ' ')
		at++;
	return str_sub(line, at, 1).n != 0 && line.p[at] == '1' &&
	       !str_is(str_sub(line, at, 3), "101");
}

static void
end_line(struct head *head)
{
	bool is_empty = str_trim(line_of(head)).n == 0 && head->n <= 1;

	if (head->is_first && !is_empty) {
		head->is_interim = says_interim(line_of(head));
		head->is_first = false;
	} else if (is_empty && !head->is_first) {
		head->is_over = !head->is_interim;
		head->is_first = true;
	} else if (!head->is_first && !head->is_interim) {
		head->is_chunked =
		    head->is_chunked || says_chunked(line_of(head));
	}
	head->n = head->kept = 0;
}

/* Blanks may stand between a name and its colon. */
static void
keep_byte(struct head *head, char c)
{
	head->n++;
	if (!head->is_first && char_is_blank(c))
		return;
	if (head->kept < HEAD_NAME_MAX)
		head->line[head->kept] = (char)char_lower(c);
	head->kept++;
}

/* A line that begins with a blank goes on with the one before. */
static void
begin_line(struct head *head, char c)
{
	if (head->n != 0 || c == ' ' || c == '\t' || c == '\r' || c == '\n')
		return;
	head->is_value = head->is_secret = false;
}

static char
hide_byte(struct head *head, char c)
{
	begin_line(head, c);
	if (c == '\n') {
		end_line(head);
		return c;
	}
	keep_byte(head, c);
	if (head->is_value && head->is_secret && !char_is_blank(c)) {
		head->is_altered = true;
		return '-';
	}
	if (c == ':' && !head->is_value && !head->is_first) {
		head->is_value = true;
		head->is_secret =
		    head->kept <= HEAD_NAME_MAX &&
		    is_secret(str_view(head->line, head->kept - 1));
	}
	return c;
}

size_t
head_hide(struct head *head, char *p, size_t n)
{
	size_t i = 0;

	for (; i < n && !head->is_over; i++)
		p[i] = hide_byte(head, p[i]);
	return i;
}

/* Without its CR and LF. */
static void
write_line(struct buf *out, struct str line, bool has_length, size_t length,
    bool *is_altered)
{
	struct str value = line;
	struct str name = str_cut(&value, ':');

	if (value.p != NULL && is_secret(name)) {
		buf_add(out, name);
		buf_add(out, STR(": SECRET-"));
		for (size_t i = 0; i < str_trim(name).n; i++)
			buf_add_char(out,
			    (char)char_lower(str_trim(name).p[i]));
		*is_altered = true;
	} else if (value.p != NULL && has_length &&
		   str_eq_nocase(name, STR("content-length"))) {
		buf_add(out, name);
		buf_add(out, STR(": "));
		buf_add_uint(out, length);
	} else {
		buf_add(out, line);
	}
}

void
head_write(struct buf *out, struct str head, bool has_length, size_t length,
    bool *is_altered)
{
	bool is_first = true;

	while (head.n != 0) {
		size_t at = str_find(head, STR("\r\n"));
		struct str line = str_sub(head, 0, at);

		if (is_first)
			buf_add(out, line);
		else
			write_line(out, line, has_length, length, is_altered);
		if (at == STR_NPOS)
			return;
		buf_add(out, STR("\r\n"));
		head = str_from(head, at + 2);
		is_first = false;
	}
}
