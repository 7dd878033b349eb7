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
	if (open != NULL && x->is_open && open->has_stood)
		return err_set(err, "exchange %llu is open twice",
		    (unsigned long long)x->id);
	if (open == NULL && x->is_open && asked->n == ASKED_OPEN)
		return err_set(err, "%d exchanges are open, no more may be",
		    ASKED_OPEN);
	return 0;
}

static struct asked_open *
push_open(struct asked *asked, uint64_t id)
{
	if (asked->n == asked->cap) {
		asked->cap = asked->cap != 0 ? 2 * asked->cap : 8;
		asked->open =
		    mem_grow(asked->open, asked->cap, sizeof(*asked->open));
	}
	if (id > asked->last)
		asked->last = id;
	asked->open[asked->n] = (struct asked_open){ .id = id };
	return &asked->open[asked->n++];
}

static void
drop_open(struct asked *asked, struct asked_open *open)
{
	for (int i = 0; i < EXCHANGE_PARTS; i++)
		part_free(open->part[i]);
	buf_clear(&open->text);
	asked->memory -= open->memory;
	asked->n--;
	memmove(open, open + 1,
	    (size_t)(&asked->open[asked->n] - open) * sizeof(*open));
}

/* In memory as long as there is room for all that are not over. */
static int
add_to_part(struct asked *asked, struct asked_open *open, struct part *part,
    struct str bytes, const char *folder, struct err *err)
{
	size_t room = ASKED_MEMORY - asked->memory, before = part->memory.n;
	int status = part_add(part, bytes, room, folder, err);

	/* what a mask has held may come on top */
	before = part->memory.n - before;
	before = before < room ? before : room;
	open->memory += before;
	asked->memory += before;
	return status;
}

/* Of one whose bytes are not kept whole nothing more is. */
static int
keep_piece(struct asked *asked, const struct asked_run *run,
    struct asked_open *open, const struct exchange_piece *piece,
    struct err *err)
{
	struct part **part = &open->part[piece->part];

	if (run->archive == NULL || open->is_cut ||
	    piece->bytes.n > run->most - asked->bytes)
		return 1;
	if (*part == NULL)
		*part = part_new(run->mask);
	if (add_to_part(asked, open, *part, piece->bytes,
		archive_folder(run->archive), err) == -1)
		return 1;
	asked->bytes += piece->bytes.n;
	return 0;
}

int
asked_piece(struct asked *asked, const struct asked_run *run,
    const struct exchange_piece *piece, struct err *err)
{
	struct asked_open *open = open_of(asked, piece->id);
	int status;

	if (open == NULL && piece->id <= asked->last)
		return err_set(err, "bytes of exchange %llu, which is over",
		    (unsigned long long)piece->id);
	if (open == NULL && asked->n == ASKED_OPEN)
		return err_set(err, "%d exchanges are open, no more may be",
		    ASKED_OPEN);
	if (open == NULL)
		open = push_open(asked, piece->id);
	status = keep_piece(asked, run, open, piece, err);
	if (status == 1)
		open->is_cut = true;
	return status;
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

static bool
is_received(int part)
{
	return part == EXCHANGE_RESPONSE || part == EXCHANGE_ANSWER ||
	       part == EXCHANGE_IN;
}

/* Secrets that its child has left in it; of such bytes no hash is kept. */
static void
note_altered(struct exchange *x, const struct asked_open *open)
{
	for (int i = 0; open != NULL && i < EXCHANGE_PARTS; i++) {
		if (open->part[i] == NULL || !open->part[i]->is_altered)
			continue;
		x->redacted |= 1u << i;
		if (is_received(i))
			x->sha256 = STR_NONE;
	}
}

/* A field of digits has no room for a placeholder. */
void
asked_hide(const struct asked_run *run, struct exchange *x, struct pool *pool)
{
	struct mask *mask = run->mask;
	struct str *const text[] = { &x->what, &x->error, &x->server };
	struct str *const digits[] = { &x->sha256, &x->certificate };

	for (size_t i = 0; mask != NULL && i < ARRAY_SIZE(text); i++) {
		if (text[i]->p != NULL)
			*text[i] = mask_text(mask, pool, *text[i], NULL);
	}
	for (size_t i = 0; mask != NULL && i < ARRAY_SIZE(digits); i++) {
		if (mask_finds(mask, *digits[i]) != -1)
			*digits[i] = STR_NONE;
	}
}

/* 1: they are not kept. */
static int
write_records(const struct asked *asked, const struct asked_run *run,
    const struct asked_open *open, int64_t attempt, struct exchange *x,
    struct warc_place *place, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct archive_exchange all = { .attempt = attempt,
		.said = x,
		.broker = pairing_describe(&asked->pairing, x, &pool) };
	int status = 0;

	for (int i = 0; open != NULL && i < EXCHANGE_PARTS; i++) {
		all.part[i] = open->part[i];
		if (all.part[i] != NULL && status == 0)
			status = part_finish(all.part[i],
			    archive_folder(run->archive), err);
	}
	note_altered(x, open);
	if (status == 0)
		status = archive_add(run->archive, &all, place, err);
	return status == -1 ? 1 : 0;
}

static struct str
keep_text(struct buf *all, struct str text)
{
	size_t at = all->n;

	if (text.p == NULL)
		return STR_NONE;
	buf_add(all, text);
	return str_view(all->p + at, text.n);
}

/*
 * What its records say, if it never ends; where there is no room in memory,
 * nothing.
 */
static void
keep_said(struct asked *asked, struct asked_open *open,
    const struct exchange *x)
{
	size_t n = x->what.n + x->server.n + x->certificate.n;

	if (n > ASKED_MEMORY - asked->memory)
		return;
	asked->memory += n;
	open->memory += n;
	open->said = *x;
	/* views of it stay where they are */
	buf_room(&open->text, n);
	open->said.what = keep_text(&open->text, x->what);
	open->said.server = keep_text(&open->text, x->server);
	open->said.certificate = keep_text(&open->text, x->certificate);
	open->said.error = open->said.sha256 = STR_NONE;
}

/* In the pool, and null where there is none. */
static struct str
row_text(struct asked *asked, struct str text, size_t *bytes)
{
	*bytes += text.n;
	return text.p != NULL ? pool_copy(&asked->pool, text) : STR_NONE;
}

static void
row_texts(struct asked *asked, struct db_exchange *row, size_t *bytes)
{
	row->what = row_text(asked, row->what, bytes);
	row->error = row_text(asked, row->error, bytes);
	row->server = row_text(asked, row->server, bytes);
	row->sha256 = row_text(asked, row->sha256, bytes);
	row->certificate = row_text(asked, row->certificate, bytes);
	row->redacted = row_text(asked, row->redacted, bytes);
}

static void
hold(struct asked *asked, const struct asked_open *open,
    const struct asked_held *row, size_t *bytes)
{
	struct asked_held *held;

	if (asked->holds == asked->held_cap) {
		asked->held_cap =
		    asked->held_cap != 0 ? 2 * asked->held_cap : 16;
		asked->held = mem_grow(asked->held, asked->held_cap,
		    sizeof(*asked->held));
	}
	held = &asked->held[asked->holds++];
	*held = *row;
	held->id = open != NULL ? open->row : 0;
	held->begun = open != NULL ? open->held : 0;
	*bytes = sizeof(*held);
	row_texts(asked, &held->row, bytes);
}

static void
note_end(struct asked *asked, const struct exchange *x, struct asked_open *open)
{
	asked->has_any = true;
	if (!x->is_open) {
		pairing_claim_bytes(&asked->pairing, x);
		if (open != NULL)
			drop_open(asked, open);
		if (x->id > asked->last)
			asked->last = x->id;
		return;
	}
	if (open == NULL)
		open = push_open(asked, x->id);
	open->has_stood = true;
	keep_said(asked, open, x);
	open->held = asked->holds;
}

int
asked_add(struct asked *asked, const struct asked_run *run,
    const struct asked_by *by, const struct exchange *said, size_t *bytes,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct asked_open *open = open_of(asked, said->id);
	struct asked_held held = { .sequence = by->sequence,
		.is_open = said->is_open };
	struct exchange x = *said;
	struct warc_place place = { 0, 0 };
	int kept = 0;

	x.is_cut = x.is_cut || (open != NULL && open->is_cut);
	asked_hide(run, &x, &pool);
	if (run->archive != NULL && !x.is_open)
		kept = write_records(asked, run, open, by->attempt, &x, &place,
		    err);
	x.is_cut = x.is_cut || kept == 1;
	held.row = row_of(&x, run->proxy, &pool);
	if (place.n != 0) {
		held.row.place = (int64_t)place.at;
		held.row.length = (int64_t)place.n;
	}
	held.row.is_unseen = !pairing_claim(&asked->pairing, &x);
	hold(asked, open, &held, bytes);
	note_end(asked, &x, open);
	return kept;
}

static struct asked_open *
holder_of(const struct asked *asked, size_t held)
{
	for (size_t i = 0; i < asked->n; i++) {
		if (asked->open[i].held == held)
			return &asked->open[i];
	}
	return NULL;
}

/* The id of a row that others end: 0 where it could not be stored. */
static void
note_row(struct asked *asked, size_t at, int64_t id, uint64_t turn)
{
	struct asked_held *held = &asked->held[at];
	struct asked_open *open =
	    held->is_open ? holder_of(asked, at + 1) : NULL;

	held->id = id;
	if (open == NULL)
		return;
	open->row = id;
	open->turn = turn;
	open->held = 0;
}

/* One after the other: the end of a row finds it stored. */
static int
store(struct asked *asked, size_t at, const struct asked_place *place,
    struct err *err)
{
	const struct asked_held *held = &asked->held[at];
	struct db_author author = *place->author;
	int64_t id =
	    held->begun != 0 ? asked->held[held->begun - 1].id : held->id;
	int status;

	author.sequence = held->sequence;
	status =
	    id != 0 ? db_exchange_end(place->db, &author, id, &held->row, err)
		    : db_exchange_add(place->db, &author, &held->row, &id, err);
	place->author->exchange = status == 0 ? author.exchange : 0;
	note_row(asked, at, status == 0 ? id : 0, place->turn);
	return status;
}

static void
forget_held(struct asked *asked)
{
	asked->holds = 0;
	pool_reset(&asked->pool);
}

int
asked_store(struct asked *asked, const struct asked_place *place,
    struct err *err)
{
	int status = 0;

	for (size_t i = 0; i < asked->holds; i++) {
		if (store(asked, i, place, status == 0 ? err : NULL) == -1)
			status = -1;
	}
	if (asked->holds != 0) {
		asked->turn = place->turn;
		asked->has_stored = true;
	}
	forget_held(asked);
	return status;
}

void
asked_drop(struct asked *asked, struct db_author *author)
{
	author->exchange = 0;
	for (size_t i = 0; i < asked->n; i++)
		asked->open[i].held = 0;
	forget_held(asked);
}

static bool
has_bytes(const struct asked_open *open)
{
	for (int i = 0; i < EXCHANGE_PARTS; i++) {
		if (open->part[i] != NULL)
			return true;
	}
	return false;
}

static int
leave(const struct asked *asked, const struct asked_run *run,
    const struct asked_open *open, int64_t attempt, struct pool *pool,
    struct db_exchange_left *left, struct err *err)
{
	struct exchange x = open->said;
	struct warc_place place = { 0, 0 };

	x.id = open->id;
	x.is_open = x.is_cut = true;
	if (write_records(asked, run, open, attempt, &x, &place, err) == 1)
		return -1;
	*left = (struct db_exchange_left){ open->row, (int64_t)place.at,
		(int64_t)place.n, sides(pool, x.redacted) };
	return 0;
}

int
asked_leave(struct asked *asked, const struct asked_run *run, int64_t attempt,
    struct pool *pool, struct db_exchange_left **left, size_t *n,
    struct err *err)
{
	int status = 0;

	*left = pool_array(pool, asked->n, sizeof(**left));
	*n = 0;
	for (size_t i = 0; run->archive != NULL && i < asked->n; i++) {
		const struct asked_open *open = &asked->open[i];
		autoerr struct err own = ERR_NONE;

		if (!open->has_stood && !has_bytes(open))
			continue;
		if (leave(asked, run, open, attempt, pool, &(*left)[*n],
			&own) == 0) {
			*n += open->row != 0;
		} else {
			if (status == 0)
				err_move(err, &own);
			status = -1;
		}
	}
	return status;
}

int
asked_script(struct asked *asked, const struct asked_run *run, struct str lines,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;

	if (run->archive == NULL)
		return 0;
	if (asked->script == NULL)
		asked->script = part_new(NULL);
	if (run->mask != NULL)
		lines = mask_text(run->mask, &pool, lines, NULL);
	return part_add(asked->script, lines, PART_MEMORY,
	    archive_folder(run->archive), err);
}

void
asked_drop_script(struct asked *asked)
{
	part_free(asked->script);
	asked->script = NULL;
}

int
asked_end(struct asked *asked, const struct asked_run *run, int64_t attempt,
    struct err *err)
{
	if (asked->script == NULL || run->archive == NULL)
		return 0;
	return archive_add_script(run->archive, attempt, asked->script, err);
}

bool
asked_lose(struct asked *asked, struct db_author *author, uint64_t turn)
{
	if (!asked->has_stored || asked->turn != turn)
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
	while (asked->n != 0)
		drop_open(asked, &asked->open[asked->n - 1]);
	part_free(asked->script);
	pairing_clear(&asked->pairing);
	pool_clear(&asked->pool);
	free(asked->held);
	free(asked->open);
	*asked = (struct asked){ .n = 0 };
}
