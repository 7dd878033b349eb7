#include "state/resolv.h"

#include "state/file.h"
#include "stream/addr.h"

#define PORT 53

static struct str
cut_comment(struct str line)
{
	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == ';' || line.p[i] == '#')
			return str_sub(line, 0, i);
	}
	return line;
}

/* Takes the first word of a line; the rest begins with the next one. */
static struct str
cut_word(struct str *rest)
{
	struct str word = *rest;
	size_t n = 0;

	while (n < word.n && word.p[n] != ' ' && word.p[n] != '\t')
		n++;
	*rest = str_trim(str_from(word, n));
	return str_sub(word, 0, n);
}

/* The address in a line, in normal form with its port; p NULL: none. */
static struct str
read_line(struct pool *pool, struct str line)
{
	struct str rest = str_trim(cut_comment(line));
	char text[ADDR_TEXT_MAX];
	struct addr addr;

	if (!str_eq(cut_word(&rest), STR("nameserver")) ||
	    !addr_read_ip(cut_word(&rest), &addr))
		return STR_NONE;
	addr.port = PORT;
	return pool_copy(pool, str_of(addr_text(&addr, text)));
}

void
resolv_parse(struct pool *pool, struct str text, struct slot_texts *ns)
{
	struct str *server =
	    pool_array(pool, RESOLV_MAX_SERVERS, sizeof(*server));
	size_t n = 0;

	while (text.p != NULL && n < RESOLV_MAX_SERVERS) {
		struct str one = read_line(pool, str_cut(&text, '\n'));

		if (one.p != NULL)
			server[n++] = one;
	}
	ns->text = server;
	ns->n = n;
}

int
resolv_read(struct pool *pool, const char *path, struct slot_texts *ns,
    struct err *err)
{
	struct str text;
	int status = file_read(pool, path, RESOLV_MAX_BYTES, &text, err);

	if (status == 0)
		return err_set(err, "%s is not there", path);
	if (status == -1)
		return err_wrap(err, "cannot read %s", path);
	resolv_parse(pool, text, ns);
	return 0;
}
