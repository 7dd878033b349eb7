#include "crypt/pem.h"

#include "base/buf.h"
#include "text/codec.h"

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The second word of the BEGIN line, up to its first '-'; -1: no such word. */
static int
read_label(struct str line, struct str *out)
{
	struct str word = str_from(line, strlen("-----BEGIN "));

	while (word.n != 0 && is_blank(word.p[0]))
		word = str_from(word, 1);
	if (word.n == 0)
		return -1;
	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] == '-' || is_blank(word.p[i])) {
			word.n = i;
			break;
		}
	}
	*out = word;
	return 0;
}

static int
find_block(struct str *text, struct str *label)
{
	while (text->n != 0) {
		struct str line = str_cut(text, '\n');

		if (str_starts(line, STR("-----BEGIN ")))
			return read_label(line, label);
	}
	return -1;
}

/* Leaves in *text what is behind the END line. */
static int
read_body(struct str *text, struct buf *body)
{
	while (text->n != 0) {
		struct str line = str_cut(text, '\n');

		if (str_starts(line, STR("-----END ")))
			return 0;
		while (line.n != 0 && is_blank(line.p[line.n - 1]))
			line.n--;
		buf_add(body, line);
	}
	return -1;
}

int
pem_read(struct pool *pool, struct str text, struct pem *out, struct err *err)
{
	struct buf body = BUF_IN(pool);
	struct pem pem;

	if (text.n > PEM_MAX_BYTES)
		return err_set(err, "PEM text has more than %u bytes",
		    PEM_MAX_BYTES);
	if (find_block(&text, &pem.label) == -1)
		return err_set(err, "no line -----BEGIN LABEL-----");
	if (read_body(&text, &body) == -1)
		return err_set(err, "no line -----END %.*s-----",
		    STR_ARG(pem.label));
	if (base64_read(pool, buf_str(&body), &pem.bytes, err) == -1)
		return -1;
	pem.rest = text;
	*out = pem;
	return 0;
}
