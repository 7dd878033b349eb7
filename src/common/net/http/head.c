#include "http/head.h"

#include "base/mem.h"
#include "base/num.h"

#define VERSION STR("HTTP/1.")

static int
fail_version(struct err *err)
{
	return err_set(err, "invalid HTTP version parsed");
}

static int
fail_status(struct err *err)
{
	return err_set(err, "invalid HTTP status-code parsed");
}

static int
fail_header(struct err *err)
{
	return err_set(err, "invalid HTTP header parsed");
}

static int
fail_large(struct err *err)
{
	return err_set(err, "message head is too large");
}

/* The part of "HTTP/1.1 " that is there is right. */
static bool
is_version(struct str line)
{
	size_t n = line.n < VERSION.n ? line.n : VERSION.n;

	if (memcmp(line.p, VERSION.p, n) != 0)
		return false;
	if (line.n > 7 && !char_is_digit(line.p[7]))
		return false;
	return line.n <= 8 || char_is_blank(line.p[8]);
}

static struct str
skip_blanks(struct str s)
{
	while (s.n != 0 && char_is_blank(s.p[0]))
		s = str_from(s, 1);
	return s;
}

/*
 * RFC 9112, 4: any run of blanks separates, and the reason means nothing. RFC
 * 9110, 2.5: a minor version above ours is read as ours; 15: a status of three
 * digits above 599 is one that we do not know.
 */
static int
read_status(struct http_head *head, struct str line, struct err *err)
{
	struct str text = skip_blanks(str_from(line, 8));
	struct str rest = str_from(text, 3);
	uint64_t status;

	if (line.n < 8 || !is_version(line))
		return fail_version(err);
	if (num_read_max(str_sub(text, 0, 3), 999, &status) == -1 ||
	    status < 100 || (rest.n != 0 && !char_is_blank(rest.p[0])) ||
	    str_find_char(rest, '\0') != STR_NPOS)
		return fail_status(err);
	head->minor = line.p[7] == '0' ? 0 : 1;
	head->status = (unsigned)status;
	head->has_status = true;
	return 0;
}

/* A CR that ends no line counts as a blank: RFC 9112, 2.2. */
static bool
is_space(char c)
{
	return char_is_blank(c) || c == '\r';
}

static struct str
trim(struct str s)
{
	while (s.n != 0 && is_space(s.p[0]))
		s = str_from(s, 1);
	while (s.n != 0 && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Adds to the value of the last field what one line has of it. */
static void
add_value(struct http_head *head, struct str part)
{
	part = trim(part);
	if (part.n == 0)
		return;
	if (head->value.n != 0)
		buf_add_char(&head->value, ' ');
	for (size_t i = 0; i < part.n; i++) {
		if (part.p[i] == '\r')
			head->is_odd = true;
		buf_add_char(&head->value, part.p[i] != '\r' ? part.p[i] : ' ');
	}
	head->field[head->fields - 1].value = buf_str(&head->value);
}

static int
add_field(struct http_head *head, struct str name, struct err *err)
{
	struct buf lower = BUF_IN(head->pool);

	if (head->fields == HTTP_MAX_FIELDS)
		return fail_large(err);
	head->field = pool_push(head->pool, head->field, head->fields,
	    sizeof(*head->field));
	http_add_lower(&lower, name);
	head->field[head->fields++] =
	    (struct http_field){ buf_str(&lower), STR("") };
	head->value = (struct buf)BUF_IN(head->pool);
	head->is_open = true;
	return 0;
}

/*
 * A line that has no name is passed over, and so are those that go on with it;
 * one that begins with a blank goes on with the value before (5.2).
 */
static int
read_field(struct http_head *head, struct str line, struct err *err)
{
	struct str value = line, name = str_cut(&value, ':');
	size_t n = name.n;

	if (str_find_char(line, '\0') != STR_NPOS)
		return fail_header(err);
	if (is_space(line.p[0])) {
		head->is_odd = true;
		if (head->is_open)
			add_value(head, line);
		return 0;
	}
	name = trim(name);
	if (value.p == NULL || !http_is_token(name)) {
		head->is_odd = true;
		head->is_open = false;
		return 0;
	}
	if (name.n != n)
		head->is_odd = true;
	if (add_field(head, name, err) == -1)
		return -1;
	add_value(head, value);
	return 0;
}

/* 1: it was the last line. */
static int
read_line(struct http_head *head, struct str line, struct err *err)
{
	if (line.n != 0 && line.p[line.n - 1] == '\r')
		line.n--;
	if (!head->has_status) {
		/* RFC 9112, 2.2: empty lines in front are skipped */
		return line.n == 0 ? 0 : read_status(head, line, err);
	}
	return line.n == 0 ? 1 : read_field(head, line, err);
}

/* Without its end, or cut short. */
static int
read_part(const struct http_head *head, struct str part, struct err *err)
{
	if (head->has_status || part.n == 0 || str_eq(part, STR("\r")))
		return 0;
	return is_version(part) ? 0 : fail_version(err);
}

int
http_head_read(struct http_head *head, struct str held, struct err *err)
{
	for (;;) {
		size_t n = str_find_char(str_from(held, head->seen), '\n');
		struct str line = str_from(held, head->at);
		int result;

		if (n == STR_NPOS) {
			head->seen = held.n;
			if (held.n >= HTTP_MAX_HEAD)
				return fail_large(err);
			return read_part(head, line, err);
		}
		line.n = head->seen + n - head->at;
		head->at = head->seen = head->at + line.n + 1;
		if (head->at > HTTP_MAX_HEAD)
			return fail_large(err);
		result = read_line(head, line, err);
		if (result == 1)
			head->size = head->at;
		if (result != 0)
			return result;
	}
}

/* What the lines of transfer-encoding say, in their order. */
struct codings {
	bool any;         /* but "identity", which is none (RFC 7230, A.2) */
	bool ends;        /* the last one is "chunked" */
	unsigned chunked; /* so often */
};

static void
add_coding(struct codings *codings, struct str word)
{
	word = str_trim(str_cut(&word, ';'));
	if (word.n == 0 || str_eq_nocase(word, STR("identity")))
		return;
	codings->any = true;
	codings->ends = str_eq_nocase(word, STR("chunked"));
	codings->chunked += codings->ends;
}

static struct codings
read_codings(const struct http_head *head)
{
	struct codings codings = { .any = false };

	for (size_t i = 0; i < head->fields; i++) {
		struct str list = head->field[i].value;

		if (!str_eq(head->field[i].name, STR("transfer-encoding")))
			continue;
		while (list.p != NULL)
			add_coding(&codings, str_cut(&list, ','));
	}
	return codings;
}

/* 1: *length; 0: there is none; -1. All that are there must be equal. */
static int
read_length(const struct http_head *head, uint64_t *length, struct err *err)
{
	int result = 0;

	for (size_t i = 0; i < head->fields; i++) {
		struct str list = head->field[i].value;
		uint64_t n;

		if (!str_eq(head->field[i].name, STR("content-length")))
			continue;
		while (list.p != NULL) {
			if (num_read_u64(str_trim(str_cut(&list, ',')), &n) ==
				-1 ||
			    (result == 1 && n != *length))
				return fail_header(err);
			*length = n;
			result = 1;
		}
	}
	return result;
}

static bool
has_body(const struct http_head *head, struct str method)
{
	if (str_is(method, "HEAD") || head->status < 200 ||
	    head->status == 204 || head->status == 304)
		return false;
	return !str_is(method, "CONNECT") || head->status >= 300;
}

int
http_head_framing(const struct http_head *head, struct str method,
    enum http_framing *framing, uint64_t *length, struct err *err)
{
	struct codings codings = read_codings(head);
	uint64_t n = 0;
	int result;

	*length = 0;
	*framing = HTTP_NO_BODY;
	if (!has_body(head, method))
		return 0;
	*framing = HTTP_TO_END;
	if (codings.any) {
		if (codings.ends)
			*framing = HTTP_CHUNKED;
		return 0;
	}
	result = read_length(head, &n, err);
	if (result == 1) {
		*framing = HTTP_LENGTH;
		*length = n;
	}
	return result == -1 ? -1 : 0;
}

static bool
connection_has(const struct http_head *head, struct str word)
{
	for (size_t i = 0; i < head->fields; i++) {
		if (str_eq(head->field[i].name, STR("connection")) &&
		    http_has_word(head->field[i].value, word))
			return true;
	}
	return false;
}

/*
 * Two readers could take different bytes for the end of this answer: 6.1, 6.3.
 * Some servers send a body with a status that has none.
 */
static bool
is_doubtful(const struct http_head *head)
{
	struct codings codings = read_codings(head);
	uint64_t length = 0;
	int sized = read_length(head, &length, NULL);

	if (codings.any && (sized != 0 || head->minor == 0 ||
			       codings.chunked > 1 || head->status == 304))
		return true;
	return head->status == 204 &&
	       (codings.any || sized == -1 || length != 0);
}

bool
http_head_is_kept(const struct http_head *head)
{
	if (head->status < 200 || head->is_odd || is_doubtful(head) ||
	    connection_has(head, STR("close")))
		return false;
	return head->minor == 1 || connection_has(head, STR("keep-alive"));
}
