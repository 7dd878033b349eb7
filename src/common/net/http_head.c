#include "net/http_head.h"

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
	if (line.n > 7 && line.p[7] != '0' && line.p[7] != '1')
		return false;
	return line.n <= 8 || line.p[8] == ' ';
}

static int
read_status(struct http_head *head, struct str line, struct err *err)
{
	struct str rest = str_from(line, 12);
	uint64_t status;

	if (line.n < 8 || !is_version(line))
		return fail_version(err);
	if (num_read_max(str_sub(line, 9, 3), 599, &status) == -1 ||
	    status < 100 || (rest.n != 0 && rest.p[0] != ' ') ||
	    !http_is_value(rest))
		return fail_status(err);
	head->minor = (unsigned)(line.p[7] - '0');
	head->status = (unsigned)status;
	head->has_status = true;
	return 0;
}

static int
read_field(struct http_head *head, struct str line, struct err *err)
{
	struct buf lower = BUF_IN(head->pool);
	struct str value = line, name = str_cut(&value, ':');
	struct http_field *field;

	if (value.p == NULL || !http_is_token(name) || !http_is_value(value))
		return fail_header(err);
	if (head->fields == HTTP_MAX_FIELDS)
		return fail_large(err);
	if (head->field == NULL)
		head->field = pool_array(head->pool, HTTP_MAX_FIELDS,
		    sizeof(*head->field));
	http_add_lower(&lower, name);
	field = &head->field[head->fields++];
	field->name = buf_str(&lower);
	field->value = pool_copy(head->pool, str_trim(value));
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

struct str
http_head_value(const struct http_head *head, struct str name)
{
	const struct http_field *field =
	    http_field_by_name(head->field, head->fields, name);

	return field != NULL ? field->value : STR_NONE;
}

/* The last word of all the lines of that name. */
static struct str
last_word(const struct http_head *head, struct str name)
{
	struct str word = STR_NONE;

	for (size_t i = 0; i < head->fields; i++) {
		struct str list = head->field[i].value;

		if (!str_eq(head->field[i].name, name))
			continue;
		while (list.p != NULL)
			word = str_trim(str_cut(&list, ','));
	}
	return word;
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
	struct str coding = last_word(head, STR("transfer-encoding"));
	uint64_t n = 0;
	int result;

	*length = 0;
	*framing = HTTP_NO_BODY;
	if (!has_body(head, method))
		return 0;
	*framing = HTTP_TO_END;
	if (coding.p != NULL) {
		if (str_eq_nocase(coding, STR("chunked")))
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

bool
http_head_is_kept(const struct http_head *head)
{
	if (head->status < 200 || connection_has(head, STR("close")))
		return false;
	return head->minor == 1 || connection_has(head, STR("keep-alive"));
}
