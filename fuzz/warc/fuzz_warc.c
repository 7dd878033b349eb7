/*
 * warc: what is read in one piece is read in small ones, records are found again
 * by their place, and places go up. warc_read_bytes() reads as warc_read_file()
 * does, and heads by warc_read_head().
 */
#include "warc/read.h"

#include <assert.h>

#define RECORDS_MOST 64
#define BYTES_MOST   (1u << 20) /* of blocks: a small file may unpack to many */

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* A sum over all that was read, and how it ended. */
struct account {
	uint64_t sum;
	int status;
	bool is_cut;
};

static void
count(struct account *a, struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		a->sum = a->sum * 31 + (unsigned char)bytes.p[i];
}

static ssize_t
read_block(struct warc_reader *in, struct account *a, size_t piece)
{
	char p[4096];
	size_t all = 0;
	ssize_t n;

	while ((n = warc_block(in, p, piece, NULL)) > 0 && all < BYTES_MOST) {
		count(a, str_view(p, (size_t)n));
		all += (size_t)n;
	}
	return n;
}

static void
check_entry(const struct warc_reader *in, const struct warc_entry *e,
    struct account *a)
{
	assert(e->type.n != 0 && e->n >= 2 && e->n <= WARC_MAX_FIELDS);
	assert(e->at == warc_at(in) || e->at == WARC_NO_PLACE);
	for (size_t i = 0; i < e->n; i++) {
		count(a, e->field[i].name);
		count(a, e->field[i].value);
	}
}

static struct account
read_all(struct pool *pool, struct str bytes, size_t piece,
    uint64_t place[RECORDS_MOST], size_t *n)
{
	struct warc_reader *in = warc_read_bytes(pool, bytes);
	struct account a = { .sum = 1 };
	struct warc_entry e;

	*n = 0;
	while (*n < RECORDS_MOST && (a.status = warc_next(in, &e, NULL)) == 1) {
		check_entry(in, &e, &a);
		place[(*n)++] = e.at;
		a.status = (int)read_block(in, &a, piece);
		if (a.status != 0)
			break;
	}
	a.is_cut = warc_is_cut(in);
	return a;
}

static void
check_places(struct pool *pool, struct str bytes, const uint64_t *place,
    size_t n)
{
	struct warc_reader *in = warc_read_bytes(pool, bytes);
	struct warc_entry e;
	uint64_t last = bytes.n;

	for (size_t i = n; i-- > 0;) {
		if (place[i] == WARC_NO_PLACE)
			continue;
		assert(place[i] < last);
		last = place[i];
		warc_seek(in, place[i]);
		assert(warc_next(in, &e, NULL) == 1 && e.at == place[i]);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str bytes = str_view((const char *)p, n);
	uint64_t place[RECORDS_MOST], other[RECORDS_MOST];
	size_t k, l;
	struct account a = read_all(&pool, bytes, 4096, place, &k);
	struct account b = read_all(&pool, bytes, 7, other, &l);

	assert(a.status > 0 || (a.status == b.status && a.sum == b.sum &&
				   k == l && a.is_cut == b.is_cut));
	check_places(&pool, bytes, place, k);
	return 0;
}
