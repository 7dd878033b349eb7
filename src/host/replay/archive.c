/*
 * The lines of a script stand in `metadata` records, cut between two lines; the
 * bytes of its exchanges in the records that anybody reads, which say in fields
 * of their own whose they are, or in the script itself, as the child's Pieces.
 */
#include "replay/archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "warc/read.h"
#include "warc/warc.h"

#define PIECE       ((size_t)64 << 10)
#define MOST_HEAD   ((size_t)256 << 10) /* of an answer */
#define MOST_PLACES 1000000
#define MOST_LINES  ((size_t)1 << 20) /* bytes of lines in one record */

static bool
number_of(const struct warc_entry *entry, const char *name, uint64_t *n)
{
	struct str value = warc_field_value(entry, name, 0);

	return value.p != NULL && num_read_max(value, INT64_MAX, n) == 0;
}

static bool
is_script(const struct warc_entry *entry)
{
	return entry->kind == WARC_METADATA &&
	       str_starts(entry->target_uri, STR(ARCHIVE_SCRIPT));
}

/* A file that is cut off still has a beginning: that is said. */
static int
fail_in(const struct warc_reader *in, const char *path, struct err *err)
{
	if (warc_is_cut(in))
		(void)err_wrap(err, "the file is cut off");
	return err_wrap(err, "%s", path);
}

static int
compare_numbers(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Each once; how many that are. */
static size_t
sort_numbers(int64_t *list, size_t n)
{
	size_t kept = 0;

	if (n != 0)
		qsort(list, n, sizeof(*list), compare_numbers);
	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || list[kept - 1] != list[i])
			list[kept++] = list[i];
	}
	return kept;
}

int
archive_attempts(struct pool *pool, const char *path, int64_t **attempt,
    size_t *n, struct err *err)
{
	struct warc_reader *in = warc_read_file(pool, path, err);
	struct warc_entry entry;
	int64_t *list = NULL;
	int status;

	*n = 0;
	if (in == NULL)
		return -1;
	while ((status = warc_next(in, &entry, err)) == 1) {
		uint64_t number;

		if (!is_script(&entry) ||
		    !number_of(&entry, ARCHIVE_ATTEMPT, &number) ||
		    (*n != 0 && list[*n - 1] == (int64_t)number))
			continue;
		if (*n == ARCHIVE_ATTEMPTS)
			return err_set(err, "%s: more than %d attempts", path,
			    ARCHIVE_ATTEMPTS);
		list = pool_push(pool, list, *n, sizeof(*list));
		list[(*n)++] = (int64_t)number;
	}
	*attempt = list;
	*n = sort_numbers(list, *n);
	/* what is whole in front of a cut is there */
	if (status == -1 && (!warc_is_cut(in) || *n == 0))
		return fail_in(in, path, err);
	if (status == -1 && err != NULL)
		err_clear(err);
	return 0;
}

/*
 * Lines that are whole go on; what is left is the beginning of one. In the
 * first `seen` bytes none ends.
 */
static int
take_lines(struct script *script, struct buf *held, size_t seen,
    struct err *err)
{
	struct str rest = buf_str(held);
	const char *end;

	for (; rest.n > seen &&
	       (end = memchr(rest.p + seen, '\n', rest.n - seen)) != NULL;
	     seen = 0) {
		struct str line = str_sub(rest, 0, (size_t)(end - rest.p));

		if (script_take(script, line, err) == -1)
			return -1;
		rest = str_from(rest, line.n + 1);
	}
	if (rest.n > SCRIPT_MAX_LINE)
		return err_set(err, "a line of more than %zu bytes",
		    SCRIPT_MAX_LINE);
	if (rest.n != 0)
		memmove(held->p, rest.p, rest.n);
	held->n = rest.n;
	return 0;
}

static int
take_script(struct warc_reader *in, struct script *script, struct err *err)
{
	struct buf held = BUF_NONE;
	int status = 0;
	ssize_t n = 1;

	while (status == 0 && n > 0) {
		char *room = buf_room(&held, PIECE);

		n = warc_block(in, room, PIECE, err);
		if (n > 0) {
			held.n += (size_t)n;
			status =
			    take_lines(script, &held, held.n - (size_t)n, err);
		}
	}
	if (status == 0 && n == 0 && held.n != 0)
		status = err_set(err, "a record ends within a line");
	buf_clear(&held);
	return n == -1 ? -1 : status;
}

static bool
part_of(const struct warc_entry *entry, enum exchange_part *part)
{
	struct str name = warc_field_value(entry, ARCHIVE_PART, 0);

	for (int i = 0; name.p != NULL && i < EXCHANGE_PARTS; i++) {
		if (str_is(name, exchange_part_name((enum exchange_part)i))) {
			*part = (enum exchange_part)i;
			return true;
		}
	}
	return false;
}

static int
take_bytes(struct warc_reader *in, const struct warc_entry *entry,
    struct script *script, struct err *err)
{
	enum exchange_part part;
	char bytes[PIECE];
	uint64_t id;
	ssize_t n;

	if (!number_of(entry, ARCHIVE_EXCHANGE, &id) || !part_of(entry, &part))
		return 0;
	while ((n = warc_block(in, bytes, sizeof(bytes), err)) > 0) {
		if (script_take_bytes(script, id, part,
			str_view(bytes, (size_t)n), err) == -1)
			return -1;
	}
	return (int)n;
}

/*
 * Of all attempts of a run a chain stands there once, with the first that saw
 * it.
 */
static int
take_chain(struct warc_reader *in, const struct warc_entry *entry,
    struct script *script, struct err *err)
{
	struct str hash = warc_field_value(entry, ARCHIVE_CERTIFICATE, 0);
	char bytes[PIECE];
	struct buf *chain;
	ssize_t n;

	if (hash.p == NULL)
		return 0;
	chain = script_new_chain(script, hash);
	while ((n = warc_block(in, bytes, sizeof(bytes), err)) > 0) {
		if ((size_t)n > SCRIPT_MAX_BYTES - script->bytes)
			return err_set(err, "more than %zu bytes of chains",
			    SCRIPT_MAX_BYTES);
		script->bytes += (size_t)n;
		buf_add(chain, str_view(bytes, (size_t)n));
	}
	return (int)n;
}

/* Where a payload is that a revisit leaves out: it is read later. */
struct again {
	struct again *next;
	struct script *script;
	uint64_t id; /* of the exchange */
	struct str refers_to;
};

/* Where records with a payload begin, by their ids. */
struct place {
	struct str id;
	uint64_t at;
};

struct loading {
	struct warc_reader *in;
	int64_t *attempt; /* sorted; of one alone it may be 0 yet */
	struct script *script;
	size_t n;
	size_t bytes; /* that scripts hold */
	struct pool pool;
	struct place *place;
	size_t places;
	struct again *again;
};

/* Any attempt's: a revisit may refer to it. */
static int
note_place(struct loading *l, const struct warc_entry *entry, struct err *err)
{
	if (entry->kind != WARC_RESPONSE || entry->at == WARC_NO_PLACE)
		return 0;
	if (l->places == MOST_PLACES)
		return err_set(err, "more than %d answers in one file",
		    MOST_PLACES);
	l->place = pool_push(&l->pool, l->place, l->places, sizeof(*l->place));
	l->place[l->places++] =
	    (struct place){ pool_copy(&l->pool, entry->id), entry->at };
	return 0;
}

static void
note_revisit(struct loading *l, struct script *script,
    const struct warc_entry *entry)
{
	struct again *again = pool_zalloc(&l->pool, sizeof(*again));
	struct str id = warc_field_value(entry, "WARC-Refers-To", 0);

	if (entry->kind != WARC_REVISIT || id.p == NULL ||
	    !number_of(entry, ARCHIVE_EXCHANGE, &again->id))
		return;
	if (id.n > 2 && id.p[0] == '<')
		id = str_sub(id, 1, id.n - 2);
	again->script = script;
	again->refers_to = pool_copy(&l->pool, id);
	again->next = l->again;
	l->again = again;
}

static int
compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return str_cmp(x->id, y->id);
}

static const struct place *
find_place(const struct loading *l, struct str id)
{
	const struct place wanted = { id, 0 };

	return l->places != 0 ? bsearch(&wanted, l->place, l->places,
				    sizeof(wanted), compare_places)
	                      : NULL;
}

/* What stands behind the head there goes behind the head here. */
static int
fetch_payload(struct loading *l, const struct again *again, struct err *err)
{
	const struct place *place = find_place(l, again->refers_to);
	struct buf head = BUF_NONE;
	struct warc_entry entry;
	char bytes[PIECE];
	bool is_behind = false;
	ssize_t n = 0;
	int status;

	if (place == NULL)
		return err_set(err, "a revisit of %.*s, which is not there",
		    STR_ARG(again->refers_to));
	warc_seek(l->in, place->at);
	status = warc_next(l->in, &entry, err);
	while (status == 1 &&
	       (n = warc_block(l->in, bytes, sizeof(bytes), err)) > 0) {
		struct str piece = str_view(bytes, (size_t)n);
		size_t at;

		if (!is_behind) {
			buf_add(&head, piece);
			at = str_find(buf_str(&head), STR("\r\n\r\n"));
			if (at == STR_NPOS && head.n < MOST_HEAD)
				continue;
			is_behind = true;
			piece = at == STR_NPOS
			            ? STR("")
			            : str_from(buf_str(&head), at + 4);
		}
		if (script_take_bytes(again->script, again->id,
			EXCHANGE_RESPONSE, piece, err) == -1)
			n = status = -1;
	}
	buf_clear(&head);
	return status == -1 || n == -1 ? -1 : 0;
}

/* NULL: it is another attempt's, and passed over. */
static struct script *
script_of(struct loading *l, const struct warc_entry *entry)
{
	const int64_t *at;
	uint64_t number;
	int64_t wanted;

	if (!number_of(entry, ARCHIVE_ATTEMPT, &number))
		return NULL;
	wanted = (int64_t)number;
	if (l->n == 1 && l->attempt[0] == 0)
		l->attempt[0] = wanted;
	at =
	    bsearch(&wanted, l->attempt, l->n, sizeof(wanted), compare_numbers);
	return at != NULL ? &l->script[at - l->attempt] : NULL;
}

/* What a script holds now, and held before. */
static int
count_bytes(struct loading *l, size_t now, size_t before, struct err *err)
{
	l->bytes += now - before;
	return l->bytes <= ARCHIVE_MAX_BYTES
	           ? 0
	           : err_set(err,
			 "its attempts have more than %zu bytes, too many to "
			 "be held at once: each can be had alone",
			 ARCHIVE_MAX_BYTES);
}

static int
take_record(struct loading *l, const struct warc_entry *entry, struct err *err)
{
	struct str part = warc_field_value(entry, ARCHIVE_PART, 0);
	struct script *script;
	size_t before;

	if (note_place(l, entry, err) == -1)
		return -1;
	if (str_is(part, exchange_part_name(EXCHANGE_CHAIN)))
		return take_chain(l->in, entry, l->script, err);
	script = script_of(l, entry);
	if (script == NULL)
		return 0;
	before = script->bytes;
	note_revisit(l, script, entry);
	if ((is_script(entry) ? take_script(l->in, script, err)
			      : take_bytes(l->in, entry, script, err)) == -1)
		return -1;
	return count_bytes(l, script->bytes, before, err);
}

static int
fetch_payloads(struct loading *l, struct err *err)
{
	if (l->places != 0)
		qsort(l->place, l->places, sizeof(*l->place), compare_places);
	for (struct again *a = l->again; a != NULL; a = a->next) {
		size_t before = a->script->bytes;

		if (fetch_payload(l, a, err) == -1 ||
		    count_bytes(l, a->script->bytes, before, err) == -1)
			return -1;
	}
	return 0;
}

/* The last record of a file that is cut off may be of another one. */
static bool
have_ended(const struct loading *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (!l->script[i].has_ended)
			return false;
	}
	return true;
}

static int
load(struct loading *l, struct err *err)
{
	struct warc_entry entry;
	int status;

	while ((status = warc_next(l->in, &entry, err)) == 1) {
		if (take_record(l, &entry, err) == -1)
			return -1;
	}
	/* the beginning of a file that is cut off may hold all of it */
	if (status == -1 && (!warc_is_cut(l->in) || !have_ended(l)))
		return -1;
	if (status == -1 && err != NULL)
		err_clear(err);
	return fetch_payloads(l, err);
}

static int
finish_all(const struct loading *l, const char *path, struct err *err)
{
	for (size_t i = 0; i < l->n; i++) {
		if (script_finish(&l->script[i], err) == -1)
			return err_wrap(err, "%s", path);
		if (i != 0)
			l->script[i].chains = l->script;
	}
	return 0;
}

int
archive_load_all(const char *path, int64_t *attempt, struct script *script,
    size_t n, struct err *err)
{
	struct loading l = { .attempt = attempt, .script = script, .n = n };
	int status = -1;

	l.in = warc_read_file(&l.pool, path, err);
	if (l.in != NULL && load(&l, err) == -1)
		(void)fail_in(l.in, path, err);
	else if (l.in != NULL)
		status = finish_all(&l, path, err);
	pool_clear(&l.pool);
	return status;
}

int
archive_load(const char *path, int64_t attempt, struct script *script,
    struct err *err)
{
	return archive_load_all(path, &attempt, script, 1, err);
}

/* As many whole lines as a record takes. */
static struct str
cut_lines(struct str *rest)
{
	struct str first = str_sub(*rest, 0, MOST_LINES);
	const char *end = NULL;

	if (first.n < rest->n)
		end = memrchr(first.p, '\n', first.n);
	if (first.n < rest->n && end == NULL)
		end = memchr(rest->p, '\n', rest->n);
	if (end != NULL)
		first = str_sub(*rest, 0, (size_t)(end - rest->p) + 1);
	*rest = str_from(*rest, first.n);
	return first;
}

static int
save(struct warc_writer *out, struct pool *pool, struct str lines, int64_t now,
    struct err *err)
{
	static const struct warc_field attempt = { ARCHIVE_ATTEMPT,
		{ "1", 1 } };

	for (size_t k = 0; lines.n != 0; k++) {
		struct warc_place place;
		struct warc_record record = {
			.type = WARC_METADATA,
			.id = warc_id(pool),
			.date_ms = now,
			.target_uri = str_of(
			    pool_printf(pool, ARCHIVE_SCRIPT "test:1:%zu", k)),
			.content_type = STR("application/x-ndjson"),
			.more = &attempt,
			.n_more = 1,
			.block = cut_lines(&lines),
			.payload = WARC_NO_PAYLOAD,
		};

		if (warc_append(out, &record, &place, err) == -1)
			return -1;
	}
	return 0;
}

/* Beside it, and in its place when it is whole. */
int
archive_save(const char *path, struct str lines, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *made = pool_printf(&pool, "%s.new", path);
	const struct warc_field field[] = {
		{ "description", STR("a recorded test of sn0int") },
	};
	int64_t now = (int64_t)time(NULL) * 1000;
	struct warc_writer *out;

	(void)unlink(made);
	out = warc_create(&pool, made, field, ARRAY_SIZE(field), now, err);
	if (out == NULL)
		return -1;
	if (save(out, &pool, lines, now, err) == -1 ||
	    warc_sync(out, err) == -1) {
		(void)unlink(made);
		return -1;
	}
	if (rename(made, path) == 0)
		return 0;
	(void)err_sys(err, "cannot rename %s", made);
	(void)unlink(made);
	return -1;
}
