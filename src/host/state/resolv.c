#include "state/resolv.h"

#include "format/ip.h"
#include "state/file.h"

#define MAX_SERVERS 16

static struct str
cut_comment(struct str line)
{
	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == ';' || line.p[i] == '#')
			return str_sub(line, 0, i);
	}
	return line;
}

/* The address in a line, in normal form with its port; p NULL: none. */
static struct str
read_line(struct pool *pool, struct str line)
{
	static const struct str key = { "nameserver", 10 };
	struct str rest = str_trim(cut_comment(line));
	struct ip ip;

	if (!str_starts(rest, key) || rest.n == key.n ||
	    (rest.p[key.n] != ' ' && rest.p[key.n] != '\t'))
		return STR_NONE;
	rest = str_trim(str_from(rest, key.n));
	if (ip_read(rest, &ip) == -1)
		return STR_NONE;
	return str_of(pool_printf(pool,
	    ip.size == IP_V6 ? "[%.*s]:53" : "%.*s:53", STR_ARG(rest)));
}

void
resolv_parse(struct pool *pool, struct str text, struct slot_texts *ns)
{
	struct str *server = pool_array(pool, MAX_SERVERS, sizeof(*server));
	size_t n = 0;

	while (text.p != NULL && n < MAX_SERVERS) {
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
