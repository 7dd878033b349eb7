/*
 * Containers at the sizes where room is made, against a model: what holds for
 * n items is asked of n that are around powers of two, and of a large one.
 */
#include "base/buf.h"
#include "base/mem.h"
#include "check.h"
#include "value/json.h"

static const size_t size[] = { 0, 1, 2, 3, 4, 5, 7, 8, 9, 1000 };

#define SIZES  ARRAY_SIZE(size)
#define MOST   1000
#define ARRAYS 4

/* Numbers that are the same in each run (xorshift). */
static uint32_t
next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static unsigned char
byte_of(size_t array, size_t item)
{
	return (unsigned char)(array * 101 + item * 7 + 1);
}

/* An array in a pool whose items are of `width` equal bytes. */
struct array {
	unsigned char *p;
	size_t n, width;
};

static void
push(struct pool *pool, struct array *a, size_t which)
{
	a->p = pool_push(pool, a->p, a->n, a->width);
	memset(a->p + a->n * a->width, byte_of(which, a->n), a->width);
	a->n++;
}

static void
check_array(const struct array *a, size_t which)
{
	size_t wrong = 0;

	for (size_t i = 0; i < a->n * a->width; i++)
		wrong += a->p[i] != byte_of(which, i / a->width);
	CHECK_INT(wrong, 0);
}

/* Several at once, and pieces of any size between their pieces. */
static void
pushed_arrays_keep_apart(void)
{
	static const size_t width[ARRAYS] = { 1, 3, 8, 24 };

	for (size_t s = 0; s < SIZES; s++) {
		autopool struct pool pool = POOL_NONE;
		struct array array[ARRAYS] = { 0 };
		uint32_t state = 1 + (uint32_t)size[s];

		for (size_t i = 0; i < ARRAYS; i++)
			array[i].width = width[i];
		for (size_t left = ARRAYS * size[s]; left != 0;) {
			size_t i = next(&state) % ARRAYS;

			if (array[i].n == size[s])
				continue;
			push(&pool, &array[i], i);
			left--;
			(void)memset(pool_zalloc(&pool, 13), 0xee, 13);
		}
		for (size_t i = 0; i < ARRAYS; i++) {
			CHECK_INT(array[i].n, size[s]);
			check_array(&array[i], i);
		}
	}
}

/* An array of exactly n items from elsewhere goes on by m. */
static void
roomy_copies_go_on(void)
{
	for (size_t s = 0; s < SIZES * SIZES; s++) {
		autopool struct pool pool = POOL_NONE;
		struct array a = { .width = 3, .n = size[s / SIZES] };
		size_t more = size[s % SIZES];
		unsigned char *exact = pool_array(&pool, a.n, a.width);

		for (size_t i = 0; i < a.n * a.width; i++)
			exact[i] = byte_of(0, i / a.width);
		a.p = pool_roomy(&pool, exact, a.n, a.width);
		for (size_t i = 0; i < more; i++) {
			push(&pool, &a, 0);
			memset(pool_alloc(&pool, 5), 0xee, 5);
		}
		CHECK_INT(a.n, size[s / SIZES] + more);
		check_array(&a, 0);
	}
}

static void
grown_pieces_keep_their_bytes(void)
{
	for (size_t s = 0; s < SIZES * SIZES; s++) {
		autopool struct pool pool = POOL_NONE;
		size_t old = size[s / SIZES], more = size[s % SIZES];
		bool is_newest = s % 2 == 0;
		unsigned char *p = pool_alloc(&pool, old);
		size_t wrong = 0;

		memset(p, 0x5a, old);
		if (!is_newest)
			memset(pool_alloc(&pool, 9), 0xee, 9);
		p = pool_grow(&pool, p, old, old + more);
		memset(p + old, 0xa5, more);
		memset(pool_alloc(&pool, 9), 0xee, 9);
		for (size_t i = 0; i < old + more; i++)
			wrong += p[i] != (i < old ? 0x5a : 0xa5);
		CHECK_INT(wrong, 0);
	}
}

/* In a pool and on the heap, by bytes, texts and formats in turn. */
static void
bufs_are_what_was_added(void)
{
	for (size_t s = 0; s < SIZES * 2; s++) {
		autopool struct pool pool = POOL_NONE;
		struct buf in_pool = BUF_IN(&pool), on_heap = { 0 };
		struct buf *buf = s < SIZES ? &in_pool : &on_heap;
		char model[3 * MOST + 1];
		size_t n = 0;

		for (size_t i = 0; i < size[s % SIZES]; i++) {
			char c = (char)('a' + i % 26);

			memset(model + n, c, i % 3 + 1);
			n += i % 3 + 1;
			if (i % 3 == 0)
				buf_add_char(buf, c);
			else if (i % 3 == 1)
				buf_add(buf, str_view((char[]){ c, c }, 2));
			else
				buf_printf(buf, "%c%c%c", c, c, c);
		}
		CHECK_BYTES(buf_str(buf), str_view(model, n));
		model[n] = '\0';
		CHECK_CSTR(buf_cstr(buf), model);
		CHECK_BYTES(buf_str(buf), str_view(model, n));
		buf_clear(&on_heap);
	}
}

/* [from, from + 1, ...] and {"k<from>": from, ...} as text, without json. */
static struct str
model_text(struct pool *pool, bool is_map, size_t n)
{
	struct buf out = BUF_IN(pool);

	buf_add_char(&out, is_map ? '{' : '[');
	for (size_t i = 0; i < n; i++) {
		if (i != 0)
			buf_add_char(&out, ',');
		if (is_map)
			buf_printf(&out, "\"k%zu\":", i);
		buf_printf(&out, "%zu", i);
	}
	buf_add_char(&out, is_map ? '}' : ']');
	return buf_str(&out);
}

static void
grow(struct pool *pool, struct json *v, size_t i)
{
	struct json item = json_int((int64_t)i);

	if (v->kind == JSON_MAP)
		(void)json_set(pool, v, str_of(pool_printf(pool, "k%zu", i)),
		    item);
	else
		(void)json_append(pool, v, item);
}

static void
check_text(struct pool *pool, const struct json *v, struct str want)
{
	struct buf out = BUF_IN(pool);

	json_write(&out, v, 0);
	CHECK_BYTES(buf_str(&out), want);
}

/* Read with n items, then grown by m, with another that grows beside it. */
static void
json_is_read_changed_and_written(void)
{
	for (size_t s = 0; s < SIZES * SIZES * 2; s++) {
		autopool struct pool pool = POOL_NONE;
		bool is_map = s % 2 == 0;
		size_t n = size[s / 2 / SIZES], more = size[s / 2 % SIZES];
		struct json v, again, other = is_map ? json_map() : json_list();
		struct buf out = BUF_IN(&pool);

		CHECK_INT(json_read(&pool, model_text(&pool, is_map, n), &v,
			      NULL),
		    0);
		for (size_t i = 0; i < more; i++) {
			grow(&pool, &v, n + i);
			grow(&pool, &other, i);
		}
		check_text(&pool, &v, model_text(&pool, is_map, n + more));
		check_text(&pool, &other, model_text(&pool, is_map, more));
		json_write(&out, &v, JSON_SORTED);
		CHECK_INT(json_read(&pool, buf_str(&out), &again, NULL), 0);
		CHECK_INT(is_map ? again.map.n : again.list.n, n + more);
		for (size_t i = 0; is_map && i < n + more; i++)
			CHECK_INT(json_member(&again,
				      pool_printf(&pool, "k%zu", i))
				      ->i,
			    i);
	}
}

CHECK_MAIN(CASE(pushed_arrays_keep_apart), CASE(roomy_copies_go_on),
    CASE(grown_pieces_keep_their_bytes), CASE(bufs_are_what_was_added),
    CASE(json_is_read_changed_and_written))
