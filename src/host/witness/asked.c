#include "witness/asked.h"

#include <stdlib.h>

#include "base/mem.h"

void
asked_request(struct asked *asked, const struct broker_record *record,
    int64_t now)
{
	pairing_request(&asked->pairing, record, now);
}

void
asked_closed(struct asked *asked, const struct broker_closed *closed,
    int64_t now)
{
	pairing_closed(&asked->pairing, closed, now);
}

static struct asked_open *
open_of(const struct asked *asked, uint64_t id)
{
	for (size_t i = 0; i < asked->n; i++) {
		if (asked->open[i].id == id)
			return &asked->open[i];
	}
	return NULL;
}

int
asked_check(const struct asked *asked, const struct exchange *x,
    struct err *err)
{
	const struct asked_open *open = open_of(asked, x->id);

	if (open == NULL && x->id <= asked->last)
		return err_set(err,
		    "exchange %llu comes behind exchange %llu, and was not "
		    "open",
		    (unsigned long long)x->id, (unsigned long long)asked->last);
	if (open != NULL && x->is_open)
		return err_set(err, "exchange %llu is open twice",
		    (unsigned long long)x->id);
	if (x->is_open && asked->n == ASKED_OPEN)
		return err_set(err, "%d exchanges are open, no more may be",
		    ASKED_OPEN);
	return 0;
}

static struct str
sides(struct pool *pool, unsigned redacted)
{
	struct buf out = BUF_IN(pool);

	for (int i = 0; i < EXCHANGE_PARTS; i++) {
		if (redacted & 1u << i)
			buf_printf(&out, "%s%s", out.n != 0 ? "," : "",
			    exchange_part_name((enum exchange_part)i));
	}
	return out.n != 0 ? buf_str(&out) : STR_NONE;
}

static int64_t
number(uint64_t n)
{
	return (int64_t)n; /* the reader lets none pass that is larger */
}

/* What is known when it stands is all but its end. */
static struct db_exchange
row_of(const struct exchange *x, struct str proxy, struct pool *pool)
{
	bool is_over = !x->is_open;

	return (struct db_exchange){
		.number = number(x->id),
		.kind = str_of(exchange_kind_name(x->kind)),
		.what = x->what,
		.status = x->has_status ? x->status : -1,
		.error = x->error,
		.connection = x->connection != 0 ? number(x->connection) : -1,
		.server = x->server,
		.proxy = x->is_proxied ? proxy : STR_NONE,
		.started = number(x->started),
		.ms = is_over ? number(x->ms) : -1,
		.sent = is_over ? number(x->sent) : -1,
		.received = is_over ? number(x->received) : -1,
		.bytes = is_over ? number(x->bytes) : -1,
		.sha256 = x->sha256,
		.certificate = x->certificate,
		.place = -1,
		.length = -1,
		.redacted = sides(pool, x->redacted),
		.is_cut = x->is_cut,
	};
}

/* As an event that was open; without a row, if that could not be stored. */
static void
push_open(struct asked *asked, uint64_t id, int64_t row, uint64_t turn)
{
	if (asked->n == asked->cap) {
		asked->cap = asked->cap != 0 ? 2 * asked->cap : 8;
		asked->open =
		    mem_grow(asked->open, asked->cap, sizeof(*asked->open));
	}
	asked->open[asked->n++] = (struct asked_open){ id, row, turn };
}

static void
drop_open(struct asked *asked, struct asked_open *open)
{
	asked->n--;
	memmove(open, open + 1,
	    (size_t)(&asked->open[asked->n] - open) * sizeof(*open));
}

static int
store(struct db *db, struct db_author *author, const struct db_exchange *row,
    int64_t *id, struct err *err)
{
	int status = *id != 0 ? db_exchange_end(db, author, *id, row, err)
	                      : db_exchange_add(db, author, row, id, err);

	if (status == -1) {
		author->exchange = 0;
		*id = 0;
	}
	return status;
}

int
asked_add(struct asked *asked, struct db *db, struct db_author *author,
    const struct exchange *x, struct str proxy, uint64_t turn, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct db_exchange row = row_of(x, proxy, &pool);
	struct asked_open *open = open_of(asked, x->id);
	int64_t id = open != NULL ? open->row : 0;
	int status;

	row.is_unseen = !pairing_claim(&asked->pairing, x);
	status = store(db, author, &row, &id, err);
	if (!x->is_open)
		pairing_claim_bytes(&asked->pairing, x);
	if (x->is_open)
		push_open(asked, x->id, id, turn);
	else if (open != NULL)
		drop_open(asked, open);
	if (x->id > asked->last)
		asked->last = x->id;
	asked->turn = turn;
	asked->has_any = true;
	return status;
}

bool
asked_lose(struct asked *asked, struct db_author *author, uint64_t turn)
{
	if (!asked->has_any || asked->turn != turn)
		return false;
	author->exchange = 0;
	for (size_t i = 0; i < asked->n; i++) {
		if (asked->open[i].turn == turn)
			asked->open[i].row = 0;
	}
	return true;
}

int64_t *
asked_unseen(const struct asked *asked, struct pool *pool, size_t *n)
{
	return pairing_unseen(&asked->pairing, pool, n);
}

void
asked_clear(struct asked *asked)
{
	pairing_clear(&asked->pairing);
	free(asked->open);
	*asked = (struct asked){ .n = 0 };
}
