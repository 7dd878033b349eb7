/*
 * Between two words of the worker the broker's facts wait: a connection that
 * failed (several, if a name has several addresses) or one that was made. The
 * word that follows says what all of them were for. A failure then waits under
 * its host and port for a success until the target is over; what is certain is
 * added up in rows, equal ones together.
 */
#include "work/outcome.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "gate/egress.h"
#include "name/dns.h"

static bool
is_named(enum outcome_cause cause)
{
	return cause == OUTCOME_PROXY || cause == OUTCOME_NAME;
}

static bool
is_file_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

/* Foreign: shown only if there is nothing to it. */
static bool
is_plain(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		if (!is_file_char(name.p[i]))
			return false;
	}
	return name.n != 0;
}

static void
set_text(struct outcome_row *row, struct str text)
{
	if (text.n != 0 && text.n < sizeof(row->file))
		memcpy(row->file, text.p, text.n);
}

/* What failed there, and not on the way: who reads it has to know where. */
static bool
has_host(const struct outcome_row *row)
{
	switch (row->cause) {
	case OUTCOME_NAME:
		return row->detail == DNS_NXDOMAIN ||
		       row->detail == OUTCOME_NAME_NO_RECORD;
	case OUTCOME_REFUSED:
	case OUTCOME_TIMEOUT:
	case OUTCOME_UNREACHABLE:
	case OUTCOME_TLS:
	case OUTCOME_ANSWER:
		return true;
	default:
		return false;
	}
}

static void
set_host(struct outcome_row *row, const struct outcome *o)
{
	struct str path = outcome_host(o), host = str_cut(&path, '/');
	char ip[ADDR_TEXT_MAX];
	struct addr addr;

	memset(row->host, 0, sizeof(row->host));
	if (!has_host(row))
		return;
	if (addr_read_ip(host, &addr))
		host = str_of(addr_ip_text(&addr, ip));
	else if (!is_plain(host))
		return;
	if (host.n < sizeof(row->host))
		memcpy(row->host, host.p, host.n);
}

/* What the host was asked for: "family=domain". */
static void
set_word(struct outcome_row *row, struct str word)
{
	struct str value = word, name = str_cut(&value, '=');

	if (is_plain(name) && (value.p == NULL || is_plain(value)))
		set_text(row, word);
}

static void
set_file(struct outcome_row *row, struct str name)
{
	if (is_plain(name))
		set_text(row, name);
}

/* As `sn0int permissions --allow net=` takes it. */
static void
set_place(struct outcome_row *row, struct str host, uint16_t port)
{
	char text[OUTCOME_HOST_MAX + 16];
	struct addr addr;
	int n;

	if (addr_read_ip(host, &addr)) {
		char ip[ADDR_TEXT_MAX];

		addr.port = port;
		n = snprintf(text, sizeof(text), "%s", addr_text(&addr, ip));
	} else if (is_plain(host)) {
		n = snprintf(text, sizeof(text), "%.*s:%u", STR_ARG(host),
		    (unsigned)port);
	} else {
		return;
	}
	set_text(row, str_view(text, (size_t)n));
}

/* Of who asks names and of who says offline it does not matter for what. */
static void
set_wanted(struct outcome_row *row, const struct outcome *o)
{
	if (row->detail != EGRESS_UNNAMED && row->detail != EGRESS_TAKEN)
		return;
	if (o->what == OUTCOME_EVENT)
		set_word(row, outcome_host(o));
	else
		set_place(row, outcome_host(o), o->port);
}

static uint32_t
plain_detail(const struct outcome *o)
{
	switch (o->cause) {
	case OUTCOME_POLICY:
		return o->detail < EGRESS_CLASSES ? o->detail : EGRESS_DENIED;
	case OUTCOME_PERMISSION:
		return egress_is_permission((enum egress_class)o->detail)
		           ? o->detail
		           : EGRESS_UNNAMED;
	case OUTCOME_NAME:
		return o->detail != 0 && o->detail <= OUTCOME_NAME_NO_RECORD
		           ? o->detail
		           : OUTCOME_NAME_SILENCE;
	case OUTCOME_TLS:
		return o->detail <= OUTCOME_TLS_BROKEN ? o->detail
		                                       : OUTCOME_TLS_HANDSHAKE;
	case OUTCOME_ANSWER:
		return o->detail == OUTCOME_ANSWER_CUT;
	case OUTCOME_PROXY:
	case OUTCOME_UNREACHABLE:
		return o->detail;
	default:
		return 0;
	}
}

/* What tells it apart, and nothing else. */
static struct outcome_row
row_of(const struct outcome *o)
{
	struct outcome_row row = { .cause = o->cause,
		.detail = plain_detail(o),
		.n = 1 };

	/* a name is looked up or it is not, whatever for */
	row.what = o->cause == OUTCOME_NAME ? OUTCOME_LOOKUP : o->what;
	if (is_named(o->cause))
		row.server = o->server;
	if (o->cause == OUTCOME_MISSING)
		set_file(&row, outcome_host(o));
	if (o->cause == OUTCOME_PERMISSION)
		set_wanted(&row, o);
	set_host(&row, o);
	return row;
}

static bool
is_same(const struct outcome_row *a, const struct outcome_row *b)
{
	return a->what == b->what && a->cause == b->cause &&
	       a->detail == b->detail && addr_eq(&a->server, &b->server) &&
	       strcmp(a->file, b->file) == 0;
}

static void
add_same(struct outcome_row *row, const struct outcome_row *more)
{
	row->n += more->n;
	row->has_others = row->has_others || more->has_others ||
	                  strcmp(row->host, more->host) != 0;
}

static struct outcome_row *
find_row(struct outcome_row *row, size_t n, const struct outcome_row *like)
{
	for (size_t i = 0; i < n; i++) {
		if (is_same(&row[i], like))
			return &row[i];
	}
	return NULL;
}

/* Too many to be told apart: by what and cause. A policy has few classes. */
static struct outcome_row
coarse(const struct outcome_row *row)
{
	struct outcome_row out = { .what = row->what,
		.cause = row->cause,
		.n = row->n };

	if (row->cause == OUTCOME_POLICY)
		out.detail = EGRESS_DENIED;
	if (row->cause == OUTCOME_PERMISSION)
		out.detail = EGRESS_UNNAMED;
	return out;
}

static void
add_row(struct outcome_sum *sum, const struct outcome_row *row)
{
	struct outcome_row new = *row;
	struct outcome_row *old = find_row(sum->row, sum->n, &new);

	if (old == NULL && sum->n >= OUTCOME_ROWS) {
		new = coarse(row);
		old = find_row(sum->row, sum->n, &new);
	}
	if (old != NULL)
		add_same(old, &new);
	else
		sum->row[sum->n++] = new;
}

static_assert(OUTCOME_ROOM - OUTCOME_ROWS >=
		  (int)OUTCOME_WHATS * (int)OUTCOME_CAUSES,
    "coarse rows always find room");

/* Facts. */
void
tally_fact(struct tally *t, const struct outcome *o)
{
	struct outcome_row row = row_of(o), *old;

	if (o->cause == OUTCOME_FINE) {
		t->fine_facts++;
		return;
	}
	if (outcome_is_refusal(o->cause)) {
		t->was_refused = true;
		add_row(&t->sum, &row);
		return;
	}
	old = find_row(t->fact, t->facts, &row);
	if (old == NULL && t->facts == TALLY_FACTS) {
		add_row(&t->sum, &row);
		return;
	}
	if (old == NULL) {
		old = &t->fact[t->facts++];
		*old = row;
	} else {
		add_same(old, &row);
	}
	t->last_fact = (size_t)(old - t->fact);
}

static void
drop_facts(struct tally *t)
{
	t->facts = t->fine_facts = 0;
	t->was_refused = false;
}

/* FNV-1a; equal hashes are looked at more closely. */
static uint64_t
hash_as(struct str host, uint16_t port)
{
	uint64_t hash = UINT64_C(14695981039346656037) + port;

	for (size_t i = 0; i < host.n; i++)
		hash =
		    (hash ^ (unsigned char)host.p[i]) * UINT64_C(1099511628211);
	return hash;
}

static uint64_t
hash_of(const struct outcome *o)
{
	return hash_as(outcome_host(o), o->port);
}

/* Too many to be remembered are fine for good. */
static void
note_made(struct tally *t, const struct outcome *o)
{
	if (t->n_made == TALLY_MADE)
		return;
	if (t->made == NULL)
		t->made = mem_array(TALLY_MADE, sizeof(*t->made));
	t->made[t->n_made++] = hash_of(o);
}

/* The connection of an exchange that failed was good for nothing. */
static void
drop_made(struct tally *t, const struct outcome *o)
{
	struct str host = outcome_host(o);
	uint64_t hash = hash_as(str_cut(&host, '/'), o->port);

	for (size_t i = t->n_made; i-- > 0;) {
		if (t->made[i] == hash) {
			t->made[i] = t->made[--t->n_made];
			t->sum.fine--;
			return;
		}
	}
}

/* A look-up takes back look-ups only, and so on. */
static bool
is_for(const struct tally_failure *f, const struct outcome *o, uint64_t hash)
{
	return f->hash == hash && f->port == o->port && f->what == o->what &&
	       str_eq(str_view(f->host, f->host_n), outcome_host(o));
}

static void
take_back(struct tally *t, const struct outcome *o)
{
	uint64_t hash = hash_of(o);
	size_t kept = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (!is_for(&t->failure[i], o, hash))
			t->failure[kept++] = t->failure[i];
	}
	t->n = kept;
}

static_assert(OUTCOME_HOST_MAX <= UCHAR_MAX, "the length of a host");

static void
remember(struct tally_failure *f, const struct outcome *o,
    const struct outcome_row *row)
{
	struct str host = outcome_host(o);

	f->hash = hash_of(o);
	f->host_n = (unsigned char)host.n;
	memcpy(f->host, o->host, host.n);
	f->port = o->port;
	f->what = o->what;
	f->row = *row;
}

static void
put_failure(struct tally *t, const struct outcome *o,
    const struct outcome_row *row)
{
	uint64_t hash = hash_of(o);

	for (size_t i = 0; i < t->n; i++) {
		struct tally_failure *f = &t->failure[i];

		if (is_for(f, o, hash) && is_same(&f->row, row)) {
			f->row.n++;
			return;
		}
	}
	if (t->n == TALLY_MOST) {
		add_row(&t->sum, row);
		return;
	}
	if (t->failure == NULL)
		t->failure = mem_array(TALLY_MOST, sizeof(*t->failure));
	remember(&t->failure[t->n++], o, row);
}

/* What only the worker knows: the broker's fact says less. */
static bool
knows_better(enum outcome_cause cause)
{
	return cause == OUTCOME_NAME || cause == OUTCOME_TLS ||
	       cause == OUTCOME_PROXY || cause == OUTCOME_MISSING;
}

static void
fail(struct tally *t, const struct outcome *o)
{
	struct outcome_row row = row_of(o);

	if (t->was_refused && outcome_is_refusal(o->cause))
		return; /* it counts already */
	if (o->what == OUTCOME_EXCHANGE)
		drop_made(t, o);
	else if (t->facts != 0 && !knows_better(o->cause)) {
		row = t->fact[t->last_fact];
		row.n = 1;
		row.has_others = false;
		set_host(&row, o); /* the fact's is an address of it */
	}
	put_failure(t, o, &row);
}

void
tally_word(struct tally *t, const struct outcome *o)
{
	t->sum.is_cut = t->sum.is_cut || ++t->words >= OUTCOME_MOST;
	if (o->cause == OUTCOME_FINE) {
		t->sum.fine++;
		take_back(t, o);
		if (o->what == OUTCOME_CONNECTION)
			note_made(t, o);
	} else {
		fail(t, o);
	}
	drop_facts(t);
}

void
outcome_add(struct outcome_sum *sum, const struct outcome_sum *other)
{
	sum->is_cut = sum->is_cut || other->is_cut;
	sum->fine += other->fine;
	for (size_t i = 0; i < other->n; i++)
		add_row(sum, &other->row[i]);
}

void
tally_end(struct tally *t, struct outcome_sum *run)
{
	for (size_t i = 0; i < t->n; i++)
		add_row(&t->sum, &t->failure[i].row);
	for (size_t i = 0; i < t->facts; i++)
		add_row(&t->sum, &t->fact[i]);
	t->sum.fine += t->fine_facts;
	outcome_add(run, &t->sum);
	free(t->failure);
	free(t->made);
	*t = (struct tally){ .n = 0 };
}

bool
outcome_is_blind(const struct outcome_sum *sum)
{
	return sum->n != 0 && sum->fine == 0;
}

struct json
outcome_causes(struct pool *pool, const struct outcome_sum *sum)
{
	struct json map = json_map();

	for (int cause = 0; cause < OUTCOME_CAUSES; cause++) {
		size_t n = 0;

		for (size_t i = 0; i < sum->n; i++) {
			if ((int)sum->row[i].cause == cause)
				n += sum->row[i].n;
		}
		if (n != 0)
			json_set(pool, &map,
			    str_of(
				outcome_cause_name((enum outcome_cause)cause)),
			    json_int((int64_t)n));
	}
	return map;
}

struct json
outcome_classes(struct pool *pool, const struct outcome_sum *sum)
{
	struct json map = json_map();

	for (uint32_t class = 0; class < EGRESS_CLASSES; class ++) {
		size_t n = 0;

		for (size_t i = 0; i < sum->n; i++) {
			if (sum->row[i].cause == OUTCOME_POLICY &&
			    sum->row[i].detail == class)
				n += sum->row[i].n;
		}
		if (n != 0)
			json_set(pool, &map,
			    str_of(
				egress_class_name((enum egress_class) class)),
			    json_int((int64_t)n));
	}
	return map;
}
