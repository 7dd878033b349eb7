/* base: pool, buf, err, utf8, num */
#include "base/err.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "base/word.h"

#include "check.h"

#include <math.h>
#include <sys/wait.h>
#include <unistd.h>

static int ended;

static void
note_end(void *handle)
{
	ended = ended * 10 + *(int *)handle;
}

static void
pool_ends_newest_first(void)
{
	static int one = 1, two = 2;
	struct pool pool = POOL_NONE;

	ended = 0;
	pool_defer(&pool, note_end, &one);
	pool_defer(&pool, note_end, &two);
	pool_clear(&pool);
	CHECK_INT(ended, 21);
	CHECK(pool.chunk == NULL);
}

static void
pool_grow_keeps_the_bytes(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf buf = BUF_IN(&pool);

	for (int i = 0; i < 100000; i++) {
		buf_add_char(&buf, (char)('a' + i % 26));
		if (i % 1000 == 0)
			pool_alloc(&pool, 10); /* no longer the newest piece */
	}
	CHECK_INT(buf.n, 100000);
	for (size_t i = 0; i < buf.n; i++) {
		if (buf.p[i] != (char)('a' + i % 26)) {
			CHECK(!"byte changed");
			break;
		}
	}
}

static void
pool_push_costs_little(void)
{
	autopool struct pool pool = POOL_NONE;
	size_t *item = NULL;

	for (size_t i = 0; i < 100000; i++) {
		item = pool_push(&pool, item, i, sizeof(*item));
		item[i] = i;
		pool_alloc(&pool, 1); /* no longer the newest piece */
	}
	for (size_t i = 0; i < 100000; i++) {
		if (item[i] != i) {
			CHECK_INT(item[i], i);
			return;
		}
	}
	CHECK(pool.used < 100000 * 16 + 100000 * 4 * sizeof(*item));
}

static void
pool_push_goes_on_with_a_roomy_copy(void)
{
	for (size_t n = 0; n < 40; n++) {
		autopool struct pool pool = POOL_NONE;
		size_t *exact = pool_array(&pool, n, sizeof(*exact));
		size_t *item;

		for (size_t i = 0; i < n; i++)
			exact[i] = i;
		item = pool_roomy(&pool, exact, n, sizeof(*item));
		for (size_t i = n; i < n + 40; i++) {
			item = pool_push(&pool, item, i, sizeof(*item));
			item[i] = i;
			pool_alloc(&pool, 1);
		}
		for (size_t i = 0; i < n + 40; i++)
			CHECK_INT(item[i], i);
	}
}

#ifdef __SANITIZE_ADDRESS__
static void
write_behind(struct pool *pool)
{
	volatile char *p = pool_alloc(pool, 5);

	pool_alloc(pool, 5);
	p[5] = 'x';
}

static void
push_without_room(struct pool *pool)
{
	int *item = pool_array(pool, 3, sizeof(*item));

	pool_alloc(pool, 100);
	pool_push(pool, item, 3, sizeof(*item));
}

static void
use_after_reset(struct pool *pool)
{
	volatile char *p = pool_alloc(pool, 5);

	pool_reset(pool);
	p[0] = 'x';
}

static void
use_what_moved(struct pool *pool)
{
	volatile char *p = pool_alloc(pool, 5);

	pool_alloc(pool, 5);
	pool_grow(pool, (void *)p, 5, 100);
	p[0] = 'x';
}
#endif

/* What a block of pieces would hide from AddressSanitizer. */
static void
sanitized_pools_have_red_zones(void)
{
#ifdef __SANITIZE_ADDRESS__
	static void (*const wrong[])(struct pool *) = { write_behind,
		push_without_room, use_after_reset, use_what_moved };

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		pid_t pid;
		int status = 0;

		fflush(stdout);
		pid = fork();
		if (pid == 0) {
			struct pool pool = POOL_NONE;

			close(STDERR_FILENO);
			wrong[i](&pool);
			_exit(0);
		}
		CHECK_INT(waitpid(pid, &status, 0), pid);
		if (status == 0)
			CHECK_INT((int)i, -1); /* the one that was not seen */
	}
#else
	CHECK_SKIP("not built with -Db_sanitize=address");
#endif
}

static void
pool_reset_keeps_one_chunk(void)
{
	struct pool pool = POOL_NONE;
	char *p = pool_alloc(&pool, 100);

	pool_reset(&pool);
	CHECK(pool_alloc(&pool, 100) == p);
	CHECK_INT(pool.used, 112);
	pool_clear(&pool);
}

static void
kind_lasts_until_it_is_replaced(void)
{
	autoerr struct err err = ERR_NONE, other = ERR_NONE;

	CHECK_INT(err_usage(&err, "no option %s", "-x"), -1);
	CHECK_INT(err_wrap(&err, "cannot start"), -1);
	CHECK_INT(err.kind, ERR_USAGE);
	CHECK_STR(err_join(&err.pool, &err), "cannot start: no option -x");
	err_move(&other, &err);
	CHECK_INT(other.kind, ERR_USAGE);
	CHECK_INT(err.kind, ERR_FAILED);
	CHECK_INT(err_set(&other, "disk full"), -1);
	CHECK_INT(other.kind, ERR_FAILED);
	CHECK_INT(err_set_kind(&other, ERR_USAGE), -1);
	CHECK_STR(err_text(&other), "disk full");
	CHECK_INT(other.kind, ERR_USAGE);
	CHECK_INT(err_usage(NULL, "ignored"), -1);
	CHECK_INT(err_set_kind(NULL, ERR_USAGE), -1);
	err_move(NULL, &other);
	CHECK_STR(err_text(&other), "");
}

static void
wrap_keeps_the_cause(void)
{
	autoerr struct err err = ERR_NONE;

	CHECK_INT(err_set(&err, "no such %s", "key"), -1);
	CHECK_INT(err_wrap(&err, "cannot read %d", 5), -1);
	CHECK_STR(err_text(&err), "cannot read 5");
	CHECK_CSTR(err_cstr(&err), "cannot read 5: no such key");
	err_set(&err, "again: %.*s", STR_ARG(err.msg[0]));
	CHECK_CSTR(err_cstr(&err), "again: no such key");
	CHECK_INT(err_set(NULL, "nobody listens"), -1);
}

static void
errno_names_its_number(void)
{
	autoerr struct err err = ERR_NONE;

	err_set_errno(&err, 111);
	CHECK_STR(err_text(&err), "Connection refused (os error 111)");
}

static void
a_cut_keeps_characters_whole(void)
{
	static const struct {
		const char *in;
		size_t n;
		const char *want;
	} row[] = {
		{ "", 0, "" }, { "", 5, "" }, { "abc", 0, "" },
		{ "abc", 2, "ab" }, { "abc", 3, "abc" }, { "abc", 4, "abc" },
		{ "a\xe2\x82\xac", 1, "a" }, { "a\xe2\x82\xac", 2, "a" },
		{ "a\xe2\x82\xac", 3, "a" },
		{ "a\xe2\x82\xac", 4, "a\xe2\x82\xac" },
		{ "\xe2\x82\xac"
		  "b",
		    2, "" },
		{ "\x80\x80\x80", 2, "" }, /* no UTF-8 */
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct str got = utf8_cut(str_of(row[i].in), row[i].n);

		CHECK(str_is(got, row[i].want));
	}
}

static void
utf8_is_strict(void)
{
	static const struct {
		const char *in;
		size_t valid, bad;
	} row[] = {
		{ "", 0, 0 },
		{ "abcdefghij\xc3\xa9", 12, 0 },
		{ "a\xff", 1, 1 },
		{ "\xc0\x80", 0, 1 },
		{ "\xed\xa0\x80", 0, 1 },
		{ "\xf4\x90\x80\x80", 0, 1 },
		{ "\xe2\x82", 0, 0 },
		{ "\xe2\x82x", 0, 2 },
		{ "\xf0\x9f\x98\x80", 4, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		size_t bad;

		CHECK_INT(utf8_valid_up_to(str_of(row[i].in), &bad),
		    row[i].valid);
		CHECK_INT(bad, row[i].bad);
	}
}

/* Every byte at every place, between neighbours that borrow or nearly do. */
static void
a_word_tells_what_is_in_it(void)
{
	static const char beside[] = { '\0', '\x01', '\x1f', ' ', '!', '"', '#',
		'\x7f', '\x80', '\xff' };

	for (unsigned i = 0; i < 256 * WORD_BYTES * sizeof(beside); i++) {
		unsigned char c = (unsigned char)i;
		char text[WORD_BYTES], b = beside[i / 256 / WORD_BYTES];
		uint64_t w;

		memset(text, b, sizeof(text));
		text[i / 256 % WORD_BYTES] = (char)c;
		w = word_at(text);
		CHECK_INT(word_has_high(w) != 0,
		    c >= 0x80 || (unsigned char)b >= 0x80);
		CHECK_INT(word_has_below(w, ' ') != 0,
		    c < ' ' || (unsigned char)b < ' ');
		CHECK_INT(word_has_below(w, 0x80) != 0,
		    c < 0x80 || (unsigned char)b < 0x80);
		CHECK_INT(word_has(w, '"') != 0, c == '"' || b == '"');
		CHECK_INT(word_has(w, '\0') != 0, c == '\0' || b == '\0');
		CHECK_INT(word_has(w, '\xff') != 0, c == 0xff || b == '\xff');
	}
}

/* One byte above 127 anywhere in a text of any length up to 40. */
static void
ascii_ends_where_it_ends(void)
{
	char text[40];

	CHECK_INT(str_ascii_length(STR_NONE), 0);
	for (size_t n = 1; n <= sizeof(text); n++) {
		memset(text, '\x7f', sizeof(text));
		CHECK_INT(str_ascii_length(str_view(text, n)), n);
		CHECK(utf8_is_valid(str_view(text, n)));
		for (size_t at = 0; at < n; at++) {
			size_t bad;

			memset(text, at % 2 != 0 ? '\0' : 'a', sizeof(text));
			text[at] = '\x80';
			CHECK_INT(str_ascii_length(str_view(text, n)), at);
			CHECK_INT(utf8_valid_up_to(str_view(text, n), &bad),
			    at);
			CHECK_INT(bad, 1);
			CHECK(!str_is_ascii(str_view(text, n)));
			CHECK(str_is_ascii(str_view(text, at)));
		}
	}
}

static void
lossy_replaces_maximal_parts(void)
{
	autopool struct pool pool = POOL_NONE;

	CHECK_STR(utf8_lossy(&pool, STR("a\xe2\x82z\xff\xff")),
	    "a\xef\xbf\xbdz\xef\xbf\xbd\xef\xbf\xbd");
	CHECK_STR(utf8_lossy(&pool, STR("\xe2\x82")), "\xef\xbf\xbd");
}

static void
integers_must_fit(void)
{
	static const struct {
		const char *in;
		int status;
		int64_t want;
	} row[] = {
		{ "0", 0, 0 },
		{ "-9223372036854775808", 0, INT64_MIN },
		{ "9223372036854775807", 0, INT64_MAX },
		{ "9223372036854775808", -1, 0 },
		{ "-9223372036854775809", -1, 0 },
		{ "", -1, 0 },
		{ "-", -1, 0 },
		{ "1 ", -1, 0 },
		{ "+7", 0, 7 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		int64_t v = 0;

		CHECK_INT(num_read_i64(str_of(row[i].in), &v), row[i].status);
		CHECK_INT(v, row[i].want);
	}
}

static void
doubles_print_shortest(void)
{
	static const struct {
		double in;
		const char *json, *log, *plain;
	} row[] = {
		{ 0, "0.0", "0.0", "0" },
		{ 1, "1.0", "1.0", "1" },
		{ -1.5, "-1.5", "-1.5", "-1.5" },
		{ 53.63975308945899, "53.63975308945899", "53.63975308945899",
		    "53.63975308945899" },
		{ 0.0001, "0.0001", "0.0001", "0.0001" },
		{ 0.00001, "0.00001", "1e-5", "0.00001" },
		{ 1e-7, "1e-7", "1e-7", "0.0000001" },
		{ 9.9999e-5, "0.000099999", "9.9999e-5", "0.000099999" },
		{ 1e16, "1e16", "1e16", "10000000000000000" },
		{ 1e20, "1e20", "1e20", "100000000000000000000" },
		{ 9007199254740992.0, "9007199254740992.0",
		    "9007199254740992.0", "9007199254740992" },
		{ 1.5e300, "1.5e300", "1.5e300", NULL },
		{ 5e-324, "5e-324", "5e-324", NULL },
		{ 1234567890123.5, "1234567890123.5", "1234567890123.5",
		    "1234567890123.5" },
		{ 0.1, "0.1", "0.1", "0.1" },
		{ 1.0 / 3, "0.3333333333333333", "0.3333333333333333",
		    "0.3333333333333333" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf json = BUF_IN(&pool), text = BUF_IN(&pool),
			   plain = BUF_IN(&pool);

		num_add_json(&json, row[i].in);
		CHECK_STR(buf_str(&json), row[i].json);
		num_add_log(&text, row[i].in);
		CHECK_STR(buf_str(&text), row[i].log);
		num_add_plain(&plain, row[i].in);
		if (row[i].plain != NULL)
			CHECK_STR(buf_str(&plain), row[i].plain);
	}
}

static void
doubles_read_back(void)
{
	uint64_t seed = 88172645463325252u;

	for (int i = 0; i < 100000; i++) {
		char digit[NUM_MAX_DIGITS + 1], text[64];
		double d, back;
		int point;
		size_t n;

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		memcpy(&d, &seed, sizeof(d));
		d = fabs(d);
		if (!isfinite(d) || d == 0)
			continue;
		n = num_shortest(d, digit, &point);
		digit[n] = '\0';
		snprintf(text, sizeof(text), "0.%se%d", digit, point);
		if (num_read_double(str_of(text), &back) == -1 || back != d) {
			CHECK_CSTR(text, "the same double");
			break;
		}
	}
}

static void
floats_print_their_own_digits(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	num_add_json_float(&out, 40.726662f);
	CHECK_STR(buf_str(&out), "40.72666");
}

CHECK_MAIN(CASE(pool_ends_newest_first), CASE(pool_grow_keeps_the_bytes),
    CASE(pool_push_costs_little), CASE(pool_push_goes_on_with_a_roomy_copy),
    CASE(sanitized_pools_have_red_zones), CASE(pool_reset_keeps_one_chunk),
    CASE(kind_lasts_until_it_is_replaced), CASE(wrap_keeps_the_cause),
    CASE(errno_names_its_number), CASE(utf8_is_strict),
    CASE(a_cut_keeps_characters_whole), CASE(a_word_tells_what_is_in_it),
    CASE(ascii_ends_where_it_ends), CASE(lossy_replaces_maximal_parts),
    CASE(integers_must_fit), CASE(doubles_print_shortest),
    CASE(doubles_read_back), CASE(floats_print_their_own_digits))
