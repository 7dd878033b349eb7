#include "broker/search.h"

#include <stdlib.h>

#include "base/mem.h"
#include "gate/outcome.h"
#include "name/name_cache.h"

/* Of one name: no message of DNS has more addresses. */
#define MOST_ADDRS 4096

struct search {
	const struct net_config *net;
	struct lookup_door door;
	struct name_cache *kept;

	/* The last name, and what it has. */
	char text[REQUEST_NAME_MAX];
	size_t text_n;
	struct addr *addr;
	size_t n;
	bool is_kept;

	/* The request. */
	uint16_t port;
	bool may_keep;
	uint32_t wait_ms;
	size_t next;
	int64_t deadline;    /* for all of it */
	int64_t batch_until; /* for one reply */

	/* The look-up under way. */
	struct lookup *lookup; /* NULL: there is none */
	struct dns_name name;
	struct pool pool;
};

struct search *
search_new(const struct net_config *net, const struct lookup_door *door)
{
	struct search *s = mem_zalloc(sizeof(*s));

	s->net = net;
	s->door = *door;
	s->kept = name_cache_new();
	return s;
}

void
search_stop(struct search *s)
{
	lookup_free(s->lookup);
	s->lookup = NULL;
	pool_clear(&s->pool);
}

static void
drop_list(struct search *s)
{
	free(s->addr);
	s->addr = NULL;
	s->n = s->text_n = 0;
}

void
search_free(struct search *s)
{
	if (s == NULL)
		return;
	search_stop(s);
	drop_list(s);
	name_cache_free(s->kept);
	free(s);
}

static struct str
text_of(const struct search *s)
{
	return str_view(s->text, s->text_n);
}

static enum search_state
fail(struct reply *reply, enum reply_status status, uint32_t error)
{
	reply->status = status;
	reply->error = error;
	return SEARCH_OVER;
}

/* The list is there; is there one more in it? */
static enum search_state
look_at_list(const struct search *s, struct reply *reply)
{
	reply->is_kept = s->is_kept;
	if (s->n == 0)
		return fail(reply, REPLY_NAME, OUTCOME_NAME_NO_RECORD);
	reply->addrs = (uint16_t)s->n;
	if (s->next < s->n)
		return SEARCH_THERE;
	return fail(reply, REPLY_FAILED, 0);
}

static void
set_list(struct search *s, const struct addr *addr, size_t n, bool is_kept)
{
	free(s->addr);
	s->addr = mem_array(n, sizeof(*addr));
	if (n != 0)
		memcpy(s->addr, addr, n * sizeof(*addr));
	s->n = n;
	s->is_kept = is_kept;
}

static uint32_t
least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static enum search_state
begin_lookup(struct search *s, const struct request *r, struct reply *reply)
{
	struct lookup_question q = { .name = &s->name,
		.type = DNS_A,
		.ns = s->net->ns,
		.n_ns = s->net->n_ns,
		.tcp = r->lookup.tcp,
		.until = clock_first(s->deadline,
		    clock_in(least(r->lookup.ms, SEARCH_BATCH_MS))),
		.pool = &s->pool };

	if (q.n_ns == 0)
		return fail(reply, REPLY_NAME, OUTCOME_NAME_NOBODY);
	if (dns_name_read(text_of(s), &s->name, NULL) == -1)
		return fail(reply, REPLY_BAD, 0);
	s->lookup = lookup_new(&q, &s->door);
	return search_step(s, 0, reply);
}

enum search_state
search_begin(struct search *s, const struct request *r, struct reply *reply)
{
	const struct addr *kept;
	size_t n;

	search_stop(s);
	*reply = (struct reply){ .number = reply->number };
	s->port = r->to.port;
	s->wait_ms = least(r->wait_ms, SEARCH_BATCH_MS);
	s->may_keep = r->lookup.is_kept;
	s->next = r->lookup.first;
	s->deadline = r->lookup.all == REQUEST_FOREVER
	                  ? CLOCK_NEVER
	                  : clock_in(r->lookup.all);
	s->batch_until = clock_in(SEARCH_BATCH_MS);
	if (s->next != 0 && str_eq(text_of(s), r->name))
		return look_at_list(s, reply);
	drop_list(s);
	memcpy(s->text, r->name.p, r->name.n);
	s->text_n = r->name.n;
	if (s->may_keep && name_cache_find(s->kept, r->name, &kept, &n)) {
		set_list(s, kept, n, true);
		return look_at_list(s, reply);
	}
	return begin_lookup(s, r, reply);
}

void
search_poll(const struct search *s, struct pollfd *p)
{
	lookup_poll(s->lookup, p);
}

int64_t
search_due(const struct search *s)
{
	return lookup_due(s->lookup);
}

static void
take_answer(struct search *s, const struct dns_message *m)
{
	struct addr *addr = pool_array(&s->pool, m->n_answers, sizeof(*addr));
	int64_t ttl;
	size_t n = lookup_addrs(m, addr, MOST_ADDRS, &ttl);

	set_list(s, addr, n, false);
	if (s->may_keep)
		name_cache_put(s->kept, text_of(s), addr, n, ttl);
}

static enum search_state
end_lookup(struct search *s, struct reply *reply)
{
	struct lookup_end end;

	lookup_end(s->lookup, &end);
	if (end.has_answer && end.answer.rcode == DNS_NOERROR) {
		take_answer(s, &end.answer);
		return look_at_list(s, reply);
	}
	/* the list is not this name's */
	s->text_n = 0;
	/* nobody refuses a name server of the list: there is no more */
	if (!end.has_answer && end.fault == LOOKUP_REFUSED)
		return fail(reply, REPLY_BUDGET, 0);
	if (end.server != NULL)
		reply->server = *end.server;
	return fail(reply, REPLY_NAME, lookup_detail(&end));
}

enum search_state
search_step(struct search *s, short revents, struct reply *reply)
{
	enum search_state state;

	if (!lookup_step(s->lookup, revents))
		return SEARCH_LOOKING;
	state = end_lookup(s, reply);
	search_stop(s);
	return state;
}

bool
search_next(struct search *s, const struct reply *reply, struct addr *to,
    int64_t *until)
{
	if (s->next == s->n || reply->n_tried == REPLY_TRIED_MAX ||
	    (reply->n_tried != 0 && clock_ms() >= s->batch_until))
		return false;
	*to = s->addr[s->next++];
	to->port = s->port;
	*until = clock_first(s->deadline, clock_in(s->wait_ms));
	return true;
}

void
search_note(const struct addr *to, struct reply *reply)
{
	reply->tried[reply->n_tried++] = (struct reply_tried){ reply->status,
		reply->class, reply->error, *to };
}
