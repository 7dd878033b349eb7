#include "witness/pairing.h"

#include <stdlib.h>

#include "base/mem.h"
#include "warc/warc.h"

/* Numbers only grow; a broker that is owned may say what it likes. */
static struct pairing_connection *
connection_of(const struct pairing *p, uint64_t number)
{
	size_t from = 0, to = p->n;

	while (from < to) {
		size_t i = from + (to - from) / 2;

		if (p->connection[i].number == number)
			return &p->connection[i];
		if (p->connection[i].number < number)
			from = i + 1;
		else
			to = i;
	}
	return NULL;
}

/* FNV-1a over the name as names are compared; its last dot says nothing. */
static uint64_t
hash_of(struct str name)
{
	uint64_t hash = 0xcbf29ce484222325u;

	if (name.n != 0 && name.p[name.n - 1] == '.')
		name.n--;
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c - 'A' + 'a');
		hash = (hash ^ c) * 0x100000001b3u;
	}
	return hash;
}

static bool
has_name(const struct pairing *p, struct str name)
{
	uint64_t hash = hash_of(name);

	for (size_t i = 0; i < p->names; i++) {
		if (p->name[i] == hash)
			return true;
	}
	return false;
}

static void
add_name(struct pairing *p, struct str name)
{
	if (p->names == PAIRING_NAMES || has_name(p, name))
		return;
	if (p->name == NULL)
		p->name = mem_array(PAIRING_NAMES, sizeof(*p->name));
	p->name[p->names++] = hash_of(name);
}

void
pairing_request(struct pairing *p, const struct broker_record *record,
    int64_t now)
{
	struct pairing_connection c = { .number = record->number,
		.from = notice_when(record->when, now) - (int64_t)record->ms,
		.is_proxied = record->is_proxied,
		.server = record->to };

	/* one that the proxy looks up was asked of nobody here */
	if (record->name.n != 0 && !record->is_name)
		add_name(p, record->name);
	/* of a socket to a name server nobody counts */
	if (record->status != REPLY_CONNECTED || record->proto != DIAL_TCP ||
	    record->is_ns ||
	    (p->n != 0 && p->connection[p->n - 1].number >= record->number))
		return;
	if (p->n == p->cap) {
		p->cap = p->cap != 0 ? 2 * p->cap : 16;
		p->connection =
		    mem_grow(p->connection, p->cap, sizeof(*p->connection));
	}
	p->connection[p->n++] = c;
}

void
pairing_closed(struct pairing *p, const struct broker_closed *closed,
    int64_t now)
{
	struct pairing_connection *c = connection_of(p, closed->number);

	if (c == NULL || c->is_closed)
		return;
	c->is_closed = true;
	c->is_cut = closed->is_cut;
	c->to = notice_when(closed->when, now);
	c->sent = closed->sent;
	c->received = closed->received;
}

/* "A www.example.com", without a server of its own. */
static bool
is_look_up(const struct pairing *p, struct str what)
{
	if (!str_eq(str_cut(&what, ' '), STR("A")))
		return false;
	return what.n != 0 && str_find_char(what, ' ') == STR_NPOS &&
	       has_name(p, what);
}

/* Did it begin before the connection was over, and end when it was there? */
static bool
was_open(const struct pairing_connection *c, const struct exchange *x)
{
	uint64_t end = x->started + x->ms;

	if (x->started > INT64_MAX - PAIRING_SLACK_MS ||
	    x->ms > INT64_MAX - PAIRING_SLACK_MS - x->started ||
	    (int64_t)x->started < c->from - PAIRING_BEFORE_MS)
		return false;
	return (!c->is_closed ||
		   (int64_t)x->started <= c->to + PAIRING_SLACK_MS) &&
	       (int64_t)end + PAIRING_SLACK_MS >= c->from;
}

/* Does it name whom the broker has connected to? Who names nobody says nothing. */
static bool
is_to(const struct pairing_connection *c, const struct exchange *x)
{
	struct addr server;

	if (x->is_proxied != c->is_proxied)
		return false;
	if (x->is_proxied || x->server.p == NULL)
		return true;
	return addr_read(x->server, &server, NULL) != -1 &&
	       addr_eq(&server, &c->server);
}

bool
pairing_claim(const struct pairing *p, const struct exchange *x)
{
	const struct pairing_connection *c = connection_of(p, x->connection);

	if (c != NULL)
		return was_open(c, x) && is_to(c, x);
	return x->kind == EXCHANGE_DNS && is_look_up(p, x->what);
}

struct str
pairing_describe(const struct pairing *p, const struct exchange *x,
    struct pool *pool)
{
	const struct pairing_connection *c = connection_of(p, x->connection);

	if (c == NULL)
		return x->connection != 0 ? STR("counts no such connection")
		                          : STR("no connection is named");
	if (!c->is_closed)
		return str_of(pool_printf(pool, "made it at %.*s, open",
		    STR_ARG(warc_date(pool, c->from))));
	return str_of(pool_printf(pool,
	    "made it at %.*s, over at %.*s, %llu bytes out, %llu in",
	    STR_ARG(warc_date(pool, c->from)), STR_ARG(warc_date(pool, c->to)),
	    (unsigned long long)c->sent, (unsigned long long)c->received));
}

static uint64_t
sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

void
pairing_claim_bytes(struct pairing *p, const struct exchange *x)
{
	struct pairing_connection *c = connection_of(p, x->connection);

	if (c == NULL)
		return;
	c->said_out = sum(c->said_out, x->sent);
	c->said_in = sum(c->said_in, x->received);
}

int64_t *
pairing_unseen(const struct pairing *p, struct pool *pool, size_t *n)
{
	int64_t *number = NULL;

	*n = 0;
	for (size_t i = 0; i < p->n; i++) {
		const struct pairing_connection *c = &p->connection[i];

		if (c->is_closed && c->said_out <= c->sent &&
		    c->said_in <= c->received)
			continue;
		number = pool_push(pool, number, *n, sizeof(*number));
		number[(*n)++] = c->number;
	}
	return number;
}

void
pairing_clear(struct pairing *p)
{
	free(p->connection);
	free(p->name);
	*p = (struct pairing){ .n = 0 };
}
