/*
 * The hosts of what is given as a URL or as a host. Of a text made of pieces the
 * authority is what stands between "://" and the next '/', '?' or '#'; in it the
 * last piece decides: 'www.' .. x is below x, x .. '.example.com' below that,
 * and what is put together otherwise may be any host.
 */
#include "base/mem.h"
#include "base/num.h"
#include "reach/host.h"
#include "reach/inside.h"

static const struct {
	const char *scheme;
	uint16_t port;
} scheme_ports[] = {
	{ "http", 80 },
	{ "https", 443 },
	{ "ws", 80 },
	{ "wss", 443 },
	{ "mqtt", 1883 },
	{ "mqtts", 8883 },
};

/* One text that is looked at. */
struct place {
	struct reach *in;
	const struct asked *asked;
	const struct atom *atom;
	struct piece piece[FLOW_MAX_PIECES]; /* of the authority */
	unsigned n;
	uint16_t port[REACH_MAX_PORTS];
	unsigned ports;
	bool has_port; /* that is not the scheme's */
};

static bool
has_port_in(const uint16_t *port, unsigned n, unsigned one)
{
	for (unsigned i = 0; i < n; i++) {
		if (port[i] == one)
			return true;
	}
	return false;
}

/* Both of them; 0 ports are all, and stay all. */
static void
join_ports(struct reach_host *host, const uint16_t *port, unsigned ports)
{
	if (host->ports == 0)
		return;
	for (unsigned i = 0; i < ports; i++) {
		unsigned at = host->ports;

		if (has_port_in(host->port, host->ports, port[i]))
			continue;
		if (host->ports == REACH_MAX_PORTS) {
			ports = 0;
			break;
		}
		for (; at > 0 && host->port[at - 1] > port[i]; at--)
			host->port[at] = host->port[at - 1];
		host->port[at] = port[i];
		host->ports++;
	}
	if (ports == 0)
		host->ports = 0;
}

static bool
is_same_row(const struct reach_host *a, const struct reach_host *b)
{
	return a->from == b->from &&
	       (a->name.p == NULL) == (b->name.p == NULL) &&
	       str_eq(a->name, b->name) &&
	       (a->from != REACH_ANY || str_eq(a->why, b->why));
}

static struct str
words_of(struct reach *in, const struct why *why)
{
	struct str name = str_sub(why->name, 0, 60);

	if (why->at == NULL)
		return str_of(why->what);
	if (name.n == 0)
		return str_of(pool_printf(in->pool, "%s, line %u", why->what,
		    why->at->line));
	return str_of(pool_printf(in->pool, "%s (%.*s, line %u)", why->what,
	    STR_ARG(name), why->at->line));
}

/* Too many rows are any host. */
static void
add_last(struct reach *in)
{
	struct reach_host *last = &in->out->host[REACH_MAX_HOSTS - 1];

	*last = (struct reach_host){ .from = REACH_ANY,
		.why = STR("too many hosts") };
}

void
place_add(struct reach *in, const struct reach_host *host,
    const struct asked *asked, const struct why *why)
{
	struct permissions *out = in->out;
	struct reach_host row = *host;

	if (!in->is_last)
		return;
	if (row.from == REACH_ANY)
		row.why = words_of(in, why);
	if (asked->at != NULL) {
		row.line = asked->at->line;
		row.column = asked->at->column;
		row.by = asked->by;
	}
	for (size_t i = 0; i < out->hosts; i++) {
		if (!is_same_row(&out->host[i], &row))
			continue;
		join_ports(&out->host[i], row.port, row.ports);
		return;
	}
	if (out->hosts == REACH_MAX_HOSTS) {
		add_last(in);
		return;
	}
	out->host =
	    pool_push(in->pool, out->host, out->hosts, sizeof(*out->host));
	out->host[out->hosts++] = row;
}

/* A row with the ports of the place. */
static void
add_row(const struct place *place, enum reach_from from, struct str name,
    const struct why *why)
{
	struct reach_host row = { .from = from,
		.name = name,
		.ports = place->ports };

	memcpy(row.port, place->port, sizeof(row.port));
	/* what the user or the row says may have a port of its own */
	if (!place->has_port && place->asked->is_url && from != REACH_HOST &&
	    from != REACH_ANY)
		row.ports = 0;
	place_add(place->in, &row, place->asked, why);
}

static const uint16_t web_ports[] = { 80, 443 };

/* A target may send on to anywhere; a host of the text to itself, with TLS. */
static void
add_redirects(const struct place *place, bool is_target)
{
	struct reach_host row = { .from = REACH_ANY, .ports = 2 };

	memcpy(row.port, web_ports, sizeof(web_ports));
	if (is_target && place->asked->follows)
		place_add(place->in, &row, place->asked,
		    reach_why(place->in, place->asked->at,
			"the target may redirect", STR_NONE));
}

static void
add_any(const struct place *place, const char *what, struct str name)
{
	add_row(place, REACH_ANY, STR_NONE,
	    reach_why(place->in, place->asked->at, what, name));
}

/* What a hole, or a whole value, may hold. */
static void
add_from(const struct place *place, uint64_t from, const struct why *why)
{
	struct reach *in = place->in;

	if (from & (FROM_TARGET | FROM_ROW)) {
		add_row(place, REACH_TARGET, STR_NONE, NULL);
		add_redirects(place, true);
	}
	if (from & FROM_ANY && why != NULL)
		add_row(place, REACH_ANY, STR_NONE, why);
	else if (from & (FROM_ANY | FROM_PLAIN | FROM_REQUEST))
		add_any(place, "not understood", place->asked->source);
	for (unsigned i = 0; i < in->n_named; i++) {
		if (from >> (FROM_NAMED + i) & 1)
			add_row(place, in->named[i].from, in->named[i].name,
			    NULL);
	}
}

static void
set_port(struct place *place, unsigned port)
{
	place->port[0] = (uint16_t)port;
	place->ports = 1;
}

/* "https", as far as it is literal; else what is asked for. */
static void
ports_of_scheme(struct place *place, struct str scheme)
{
	for (size_t i = 0; i < ARRAY_SIZE(scheme_ports); i++) {
		if (str_eq_nocase(scheme, str_of(scheme_ports[i].scheme)))
			set_port(place, scheme_ports[i].port);
	}
	if (place->asked->follows && place->ports != 0) {
		memcpy(place->port, web_ports, sizeof(web_ports));
		place->ports = 2;
	}
}

static void
add_piece(struct place *place, struct str text, uint64_t hole)
{
	if (hole != 0 || text.n != 0)
		place->piece[place->n++] = (struct piece){ text, hole };
}

/*
 * Leaves the authority of a URL in place. false: it has no "://", and begins
 * with a literal, so it is no absolute URL.
 */
static bool
find_authority(struct place *place)
{
	const struct atom *atom = place->atom;
	unsigned i = 0;
	size_t at = STR_NPOS;

	/* x .. '://': x is a scheme; else scheme and host are in x */
	if (atom->piece[0].hole != 0 &&
	    (atom->n == 1 || !str_starts(atom->piece[1].text, STR("://")))) {
		add_piece(place, STR_NONE, atom->piece[0].hole);
		return true;
	}
	while (i < atom->n && at == STR_NPOS)
		at = str_find(atom->piece[i++].text, STR("://"));
	if (at == STR_NPOS)
		return false;
	if (--i == 0)
		ports_of_scheme(place, str_sub(atom->piece[0].text, 0, at));
	at += 3;
	for (; i < atom->n; i++, at = 0) {
		struct str text = str_from(atom->piece[i].text, at);
		size_t n = 0;

		while (n < text.n && memchr("/?#", text.p[n], 3) == NULL)
			n++;
		add_piece(place, str_sub(text, 0, n), atom->piece[i].hole);
		if (n < text.n)
			break;
	}
	return true;
}

/* User and password, which stand before the last '@'. */
static void
drop_user(struct place *place)
{
	for (unsigned i = place->n; i-- != 0;) {
		size_t at = str_rfind_char(place->piece[i].text, '@');

		if (at == STR_NPOS)
			continue;
		place->piece[i].text = str_from(place->piece[i].text, at + 1);
		memmove(place->piece, place->piece + i,
		    (place->n - i) * sizeof(*place->piece));
		place->n -= i;
		return;
	}
}

/* ":8080" behind the host; a port that is no literal is any. */
static void
cut_port(struct place *place)
{
	for (unsigned i = 0; i < place->n; i++) {
		struct str text = place->piece[i].text;
		size_t from = str_find_char(text, ']');
		size_t at =
		    str_find_char(str_from(text, from == STR_NPOS ? 0 : from),
			':');
		uint64_t port;

		if (at == STR_NPOS ||
		    (text.n != 0 && text.p[0] == '[' && from == STR_NPOS))
			continue;
		at += from == STR_NPOS ? 0 : from;
		place->has_port = true;
		place->ports = 0;
		if (i + 1 == place->n &&
		    num_read_max(str_from(text, at + 1), 65535, &port) == 0 &&
		    port != 0)
			set_port(place, (unsigned)port);
		place->piece[i].text = str_sub(text, 0, at);
		place->n = i + (at != 0);
		return;
	}
}

static void
add_literal(struct place *place, struct str text)
{
	struct str host = reach_host_name(place->in->pool, text);

	if (host.p != NULL)
		add_row(place, REACH_HOST, host, NULL);
	else
		add_any(place, "no host by itself", text);
}

/* Behind a hole: ".example.com" */
static void
add_below(struct place *place, struct str text)
{
	struct str rest = str_from(text, 1), host = STR_NONE;

	if (text.p[0] == '.' && str_find_char(rest, '.') != STR_NPOS)
		host = reach_host_name(place->in->pool, rest);
	if (host.p != NULL)
		add_row(place, REACH_HOST,
		    str_of(
			pool_printf(place->in->pool, "*.%.*s", STR_ARG(host))),
		    NULL);
	else
		add_any(place, "made of parts", place->asked->source);
}

/* A hole at the end, behind other pieces. */
static void
add_behind(struct place *place, const struct piece *hole)
{
	struct str before = place->piece[place->n - 2].text;
	struct str host = STR_NONE;

	if (before.n != 0 && before.p[before.n - 1] == '.') {
		add_from(place, hole->hole, place->atom->why);
		return;
	}
	/* 'https://example.com' .. path */
	if (place->n == 2 && str_find_char(before, '.') != STR_NPOS)
		host = reach_host_name(place->in->pool, before);
	if (host.p == NULL) {
		add_any(place, "made of parts", place->asked->source);
		return;
	}
	add_row(place, REACH_HOST, host, NULL);
	add_from(place, hole->hole, place->atom->why);
}

static void
decide(struct place *place)
{
	const struct piece *last;

	if (place->n == 0)
		return;
	last = &place->piece[place->n - 1];
	if (last->hole != 0 && place->n == 1)
		add_from(place, last->hole, place->atom->why);
	else if (last->hole != 0)
		add_behind(place, last);
	else if (place->n == 1)
		add_literal(place, last->text);
	else
		add_below(place, last->text);
}

static void
find_in_text(struct place *place)
{
	const struct atom *atom = place->atom;

	if (atom->n == 0)
		return;
	if (place->asked->is_url) {
		if (!find_authority(place))
			return;
		drop_user(place);
		cut_port(place);
	} else {
		memcpy(place->port, place->asked->port, sizeof(place->port));
		place->ports = place->asked->ports;
		for (unsigned i = 0; i < atom->n; i++)
			add_piece(place, atom->piece[i].text,
			    atom->piece[i].hole);
	}
	decide(place);
}

void
place_find(struct reach *in, struct flow flow, const struct asked *asked)
{
	struct place place = { .in = in, .asked = asked };

	if (!in->is_last)
		return;
	if (!asked->is_url) {
		memcpy(place.port, asked->port, sizeof(place.port));
		place.ports = asked->ports;
	}
	add_from(&place, flow.from & ~FROM_MANY, flow.why);
	for (unsigned i = 0; i < flow.n; i++) {
		struct place one = { .in = in,
			.asked = asked,
			.atom = flow.atom[i] };

		if (flow.atom[i]->kind == ATOM_TEXT)
			find_in_text(&one);
	}
}
