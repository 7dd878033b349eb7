/*
 * Each row that is any host becomes one row for each host of the lines, with
 * the ports that both have. Rows that are not any host stay as they are: what
 * stands in the text needs no line, and a line cannot add to it.
 */
#include "reach/narrow.h"

#include "base/mem.h"
#include "base/num.h"
#include "reach/host.h"

#define MOST_WORDS 64

struct lines {
	struct reach_host host[MOST_WORDS]; /* ports: those that are said */
	unsigned n;
	bool is_there;
};

/* "[::1]:443", "a.example:443", "*.example.com"; false: it is none. */
static bool
read_word(struct pool *pool, struct str word, struct reach_host *out)
{
	size_t end = str_find_char(word, ']');
	size_t at = str_rfind_char(word, ':');
	struct reach_host host = { .from = REACH_HOST };
	uint64_t port;
	bool is_below;

	if (at != STR_NPOS && (end == STR_NPOS || at > end)) {
		if (num_read_max(str_from(word, at + 1), 65535, &port) == -1 ||
		    port == 0)
			return false;
		host.port[host.ports++] = (uint16_t)port;
		word = str_sub(word, 0, at);
	}
	is_below = str_starts(word, STR("*."));
	host.name = reach_host_name(pool, str_from(word, is_below ? 2 : 0));
	if (host.name.p == NULL)
		return false;
	if (is_below)
		host.name =
		    str_of(pool_printf(pool, "*.%.*s", STR_ARG(host.name)));
	*out = host;
	return true;
}

static const struct str head = { " Reaches:", 9 };

bool
narrow_is_line(const struct syntax_comment *comment)
{
	return comment->is_alone && !comment->is_long &&
	       str_starts(comment->text, head);
}

/* The words of all lines, one by one. */
struct words {
	const struct syntax *tree;
	const struct syntax_comment *comment; /* that of the word */
	unsigned next;                        /* comment */
	struct str rest;
};

static bool
next_word(struct words *w, struct str *word)
{
	while (true) {
		while (w->rest.p != NULL) {
			*word = str_trim(str_cut(&w->rest, ' '));
			if (word->n != 0)
				return true;
		}
		if (w->next == w->tree->comments)
			return false;
		w->comment = &w->tree->comment[w->next++];
		if (narrow_is_line(w->comment))
			w->rest = str_from(w->comment->text, head.n);
	}
}

static void
read_lines(struct pool *pool, const struct syntax *tree, struct lines *lines)
{
	struct words words = { .tree = tree };
	struct str word;

	for (unsigned i = 0; i < tree->comments; i++)
		lines->is_there |= narrow_is_line(&tree->comment[i]);
	while (next_word(&words, &word)) {
		if (lines->n < MOST_WORDS &&
		    read_word(pool, word, &lines->host[lines->n]))
			lines->n++;
	}
}

void
narrow_faults(struct pool *pool, const struct syntax *tree,
    void (*call)(void *ctx, const struct narrow_fault *fault), void *ctx)
{
	struct words words = { .tree = tree };
	struct reach_host host;
	unsigned hosts = 0;
	struct str word;

	while (next_word(&words, &word)) {
		const struct syntax_comment *c = words.comment;
		unsigned at = (unsigned)(word.p - c->text.p);
		bool is_host = read_word(pool, word, &host);
		struct narrow_fault fault = { word, c->line, c->column + 2 + at,
			is_host };

		hosts += is_host;
		if (!is_host || hosts > MOST_WORDS)
			call(ctx, &fault);
	}
}

static bool
has_port(const struct reach_host *host, uint16_t port)
{
	for (unsigned i = 0; i < host->ports; i++) {
		if (host->port[i] == port)
			return true;
	}
	return host->ports == 0;
}

/* The ports that both have; false: there are none. */
static bool
common_ports(const struct reach_host *any, struct reach_host *said)
{
	unsigned n = 0;

	if (said->ports == 0) {
		memcpy(said->port, any->port, sizeof(said->port));
		said->ports = any->ports;
		return true;
	}
	for (unsigned i = 0; i < said->ports; i++) {
		if (has_port(any, said->port[i]))
			said->port[n++] = said->port[i];
	}
	said->ports = n;
	return n != 0;
}

static bool
is_there(const struct reach_host *list, size_t n, const struct reach_host *row)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i].from == REACH_HOST &&
		    str_eq(list[i].name, row->name) &&
		    list[i].ports == row->ports &&
		    memcmp(list[i].port, row->port, sizeof(row->port)) == 0)
			return true;
	}
	return false;
}

static void
narrow_row(struct pool *pool, const struct lines *lines,
    const struct reach_host *any, struct permissions *p)
{
	for (unsigned i = 0; i < lines->n; i++) {
		struct reach_host row = lines->host[i];

		row.line = any->line;
		row.column = any->column;
		row.by = any->by;
		if (!common_ports(any, &row) ||
		    is_there(p->host, p->hosts, &row) ||
		    p->hosts == REACH_MAX_HOSTS)
			continue;
		p->host = pool_push(pool, p->host, p->hosts, sizeof(*p->host));
		p->host[p->hosts++] = row;
	}
}

void
narrow_hosts(struct pool *pool, const struct syntax *tree,
    struct permissions *p)
{
	struct lines *lines = pool_zalloc(pool, sizeof(*lines));
	const struct reach_host *old = p->host;
	size_t n = p->hosts;

	read_lines(pool, tree, lines);
	if (!lines->is_there)
		return;
	p->host = NULL;
	p->hosts = 0;
	for (size_t i = 0; i < n; i++) {
		if (old[i].from == REACH_ANY) {
			p->is_narrowed = true;
			continue;
		}
		p->host = pool_push(pool, p->host, p->hosts, sizeof(*p->host));
		p->host[p->hosts++] = old[i];
	}
	for (size_t i = 0; i < n; i++) {
		if (old[i].from == REACH_ANY)
			narrow_row(pool, lines, &old[i], p);
	}
}
