/* mask: secrets in every form, at every place, cut everywhere */
#include "mask/mask.h"

#include "base/mem.h"
#include "check.h"

static const char key_bytes[] =
    "k3y/wi\"th \\sl%20as\xc3\xa9h&+=\xf0\x9f\x98\x80"
    "\n~zz_0123456789qwertzuiop";

#define LONGEST_KEY (sizeof(key_bytes) - 1)

enum way {
	RAW,
	PERCENT,
	PERCENT_UPPER,
	PLUS,
	SOME_PERCENT,
	JSON,
	JSON_SLASH,
	JSON_UNICODE,
	HEX,
	HEX_UPPER,
	B64,
	B64_URL,
	WAYS
};

static void
add_base64(struct buf *out, struct str bytes, bool is_url)
{
	static const char std[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst"
	    "uvwxyz0123456789+/";

	for (size_t bit = 0; bit < 8 * bytes.n; bit += 6) {
		unsigned v = (unsigned)(unsigned char)bytes.p[bit / 8] << 8;
		char c;

		if (bit / 8 + 1 < bytes.n)
			v |= (unsigned char)bytes.p[bit / 8 + 1];
		c = std[v >> (10 - bit % 8) & 63];
		buf_add_char(out, !is_url    ? c
				  : c == '+' ? '-'
				  : c == '/' ? '_'
					     : c);
	}
	while (!is_url && out->n % 4 != 0)
		buf_add_char(out, '=');
}

/* A JSON string as its strictest writer has it: everything but ASCII escaped. */
static void
add_json(struct buf *out, struct str s, enum way way)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (way == JSON_UNICODE &&
		    str_starts(str_from(s, i), STR("\xc3\xa9"))) {
			buf_add(out, STR("\\u00E9"));
			i += 1;
		} else if (way == JSON_UNICODE &&
			   str_starts(str_from(s, i),
			       STR("\xf0\x9f\x98\x80"))) {
			buf_add(out, STR("\\ud83d\\uDE00"));
			i += 3;
		} else if (way == JSON_UNICODE && c < 0x80) {
			buf_printf(out, "\\u%04x", c);
		} else if (c == '"' || c == '\\' ||
			   (c == '/' && way == JSON_SLASH)) {
			buf_printf(out, "\\%c", c);
		} else if (c == '\n') {
			buf_add(out, STR("\\n"));
		} else {
			buf_add_char(out, (char)c);
		}
	}
}

static void
add_byte(struct buf *out, unsigned char c, enum way way, size_t i)
{
	bool is_letter = (c | 32) >= 'a' && (c | 32) <= 'z';

	if (way == HEX || way == HEX_UPPER)
		buf_printf(out, way == HEX ? "%02x" : "%02X", c);
	else if (way == PLUS && c == ' ')
		buf_add_char(out, '+');
	else if ((way == SOME_PERCENT && i % 3 == 1) ||
		 (way == PLUS && !is_letter) || way == PERCENT ||
		 way == PERCENT_UPPER)
		buf_printf(out, way == PERCENT_UPPER ? "%%%02X" : "%%%02x", c);
	else
		buf_add_char(out, (char)c);
}

static void
add(struct buf *out, struct str s, enum way way)
{
	if (way >= B64)
		add_base64(out, s, way == B64_URL);
	else if (way >= JSON && way <= JSON_UNICODE)
		add_json(out, s, way);
	else
		for (size_t i = 0; i < s.n; i++)
			add_byte(out, (unsigned char)s.p[i], way, i);
}

static struct mask *
mask_one(struct pool *pool, struct str value)
{
	return mask_new(pool, &(struct mask_secret){ STR("n5"), value }, 1);
}

/* before, key and after, encoded together where that is what base64 is. */
static struct str
encode(struct pool *pool, enum way way, const char *before, struct str key,
    const char *after)
{
	struct buf all = BUF_IN(pool), out = BUF_IN(pool);

	buf_add(way < B64 ? &out : &all, str_of(before));
	buf_add(&all, key);
	if (way >= B64)
		buf_add(&all, str_of(after));
	add(&out, buf_str(&all), way);
	if (way < B64)
		buf_add(&out, str_of(after));
	return buf_str(&out);
}

/* What a module would send with the placeholder as its key comes out. */
static void
text_is_what_the_placeholder_gives(void)
{
	static const char *const before[] = { "", ":", "u:", "me:", "user:" };
	static const char *const after[] = { "", ":", ":x", ": z", "&a=b" };

	for (size_t n = MASK_SHORTEST; n <= LONGEST_KEY; n++) {
		for (size_t i = 0; i < 5 * 5 * WAYS; i++) {
			autopool struct pool pool = POOL_NONE;
			struct str key = str_view(key_bytes, n);
			struct mask *mask = mask_one(&pool, key);
			const char *a = before[i % 5], *z = after[i / 5 % 5];
			enum way way = (enum way)(i / 25);
			enum way plain = way < HEX ? RAW : way;
			struct str in = encode(&pool, way, a, key, z);
			struct str out;
			bool is_altered = false;

			if (way == JSON_UNICODE &&
			    !str_is_ascii(str_sub(key, n - 1, 1)) &&
			    key_bytes[n] != '\n')
				continue; /* no whole character */
			out = mask_text(mask, &pool, in, &is_altered);
			/* nobody can tell that this one goes without padding */
			while (way == B64_URL && in.n % 4 == 0 &&
			       str_ends(out, STR("=")))
				out.n--;
			CHECK_BYTES(out,
			    encode(&pool, plain, a, STR("SECRET-n-"), z));
			CHECK(is_altered);
			CHECK_INT(mask_finds(mask, in), 0);
		}
	}
}

/* The whole of a stream in pieces of one size. */
static struct str
stream(struct pool *pool, struct mask *mask, struct str in, size_t piece)
{
	struct mask_stream s;
	struct buf out = BUF_IN(pool);

	mask_stream_init(&s, mask, NULL);
	for (size_t at = 0; at < in.n; at += piece) {
		buf_add(&out, mask_stream_feed(&s, str_sub(in, at, piece)));
		CHECK(at + piece >= out.n);
		CHECK(at + piece < out.n + MASK_HOLD || at + piece > in.n);
	}
	buf_add(&out, mask_stream_finish(&s));
	CHECK_INT(s.is_altered, mask_finds(mask, in) != -1);
	mask_stream_clear(&s);
	return buf_str(&out);
}

static void
stream_keeps_the_length_at_every_cut(void)
{
	static const char *const before[] = { "", "a", "ab", "abc" };
	static const size_t length[] = { 6, 7, 8, 9, 15, 22, LONGEST_KEY };

	for (size_t i = 0; i < ARRAY_SIZE(length) * 4 * WAYS; i++) {
		autopool struct pool pool = POOL_NONE;
		struct str key = str_view(key_bytes, length[i % 7]), in, all;
		struct mask *mask = mask_one(&pool, key);
		struct buf filled = BUF_IN(&pool);
		enum way way = (enum way)(i / 28);

		in = encode(&pool, way, before[i / 7 % 4], key, "-rest");
		all = stream(&pool, mask, in, in.n);
		CHECK_INT(all.n, in.n);
		CHECK_INT(mask_finds(mask, all), -1);
		for (size_t piece = 1; piece < in.n; piece++)
			CHECK_BYTES(stream(&pool, mask, in, piece), all);
		if (way < HEX)
			continue;
		buf_add(&filled, STR("SECRET-n-"));
		while (filled.n < key.n)
			buf_add_char(&filled, '-');
		CHECK_BYTES(all,
		    encode(&pool, way, before[i / 7 % 4],
			str_sub(buf_str(&filled), 0, key.n), "-rest"));
	}
}

static void
several_secrets_go(void)
{
	static const struct mask_secret key[] = {
		{ STR("one"), STR("abcdefgh") },
		{ STR("longer"), STR("abcdefgh-more") },
		{ STR("over"), STR("fghijklm") },
		{ STR("none"), STR_NONE },
		{ STR("twice"), STR("abcdefgh") },
	};
	static const struct {
		const char *in, *text, *stream;
	} row[] = {
		{ "", "", "" },
		{ "abc", "abc", "abc" },
		{ "abcdefg", "abcdefg", "abcdefg" },
		{ "abcdefgh", "SECRET-one", "SECRET-o" },
		{ "xabcdefghabcdefghy", "xSECRET-oneSECRET-oney",
		    "xSECRET-oSECRET-oy" },
		{ "abcdefgh-mor", "SECRET-one-mor", "SECRET-o-mor" },
		{ "abcdefgh-more", "SECRET-longer", "SECRET-longer" },
		{ "abcdefghijklm.", "SECRET-one.", "SECRET-o-----." },
		{ "abcdefghijklfghijklm", "SECRET-oneijklSECRET-over",
		    "SECRET-oijklSECRET-o" },
		{ "%61bcdefgh", "SECRET-one", "SECRET-one" },
		{ "6162636465666768", "5345435245542d6f6e65",
		    "5345435245542d6f" },
	};
	autopool struct pool pool = POOL_NONE;
	struct mask *mask = mask_new(&pool, key, ARRAY_SIZE(key));

	CHECK(!mask_is_blind(mask));
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct str in = str_of(row[i].in);

		CHECK_STR(mask_text(mask, &pool, in, NULL), row[i].text);
		for (size_t piece = 1; piece <= in.n; piece++)
			CHECK_STR(stream(&pool, mask, in, piece),
			    row[i].stream);
	}
	CHECK_INT(mask_finds(mask, STR("..fghijklm abcdefgh")), 2);
}

/* Two in one base64, and one beside bytes that are no text */
static void
base64_keeps_its_neighbours(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str key = STR("hunter2-hunter2");
	struct mask *mask = mask_one(&pool, key);
	struct buf in = BUF_IN(&pool), want = BUF_IN(&pool);

	add_base64(&in,
	    STR("a:hunter2-hunter2:hunter2-hunter2hunter2-hunter2!"), false);
	add_base64(&want, STR("a:SECRET-n-:SECRET-n-SECRET-n-!"), false);
	CHECK_BYTES(mask_text(mask, &pool, buf_str(&in), NULL), buf_str(&want));
	CHECK_INT(mask_finds(mask, stream(&pool, mask, buf_str(&in), 1)), -1);
	in.n = want.n = 0;
	add_base64(&in, STR("hunter2-hunter2\x01\x02\xff"), false);
	add_base64(&want, STR("SECRET-n-\x01\x02\xff"), false);
	CHECK_BYTES(mask_text(mask, &pool, buf_str(&in), NULL), buf_str(&want));
	/* with what is no base64 behind it, and in a URL */
	CHECK_STR(mask_text(mask, &pool, STR("/aHVudGVyMi1odW50ZXIy/a/path/?q"),
		      NULL),
	    "/U0VDUkVULW4t/a/path/?q");
	CHECK_STR(mask_text(mask, &pool, STR("q=Omh1bnRlcjItaHVudGVyMg%3D%3D&"),
		      NULL),
	    "q=OlNFQ1JFVC1uLQ%3D%3D&");
}

static void
what_cannot_be_searched_is_said(void)
{
	static char big[MASK_LONGEST + 1];
	static const struct {
		size_t n;
		bool is_blind, is_empty;
	} row[] = { { 0, false, true }, { 1, true, true }, { 5, true, true },
		{ 6, false, false }, { 7, false, false },
		{ MASK_LONGEST, false, false },
		{ MASK_LONGEST + 1, true, true } };

	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)('a' + i * i % 23);
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct str value = str_view(big, row[i].n);
		struct mask *mask = mask_one(&pool, value);

		CHECK_INT(mask_is_blind(mask), row[i].is_blind);
		CHECK_INT(mask_is_empty(mask), row[i].is_empty);
		CHECK_INT(mask_finds(mask, value), row[i].is_empty ? -1 : 0);
	}
}

static void
many_secrets_are_told_apart(void)
{
	autopool struct pool pool = POOL_NONE;
	struct mask_secret *key =
	    pool_array(&pool, MASK_MOST + 1, sizeof(*key));
	struct mask *mask;

	for (size_t i = 0; i <= MASK_MOST; i++)
		key[i] = (struct mask_secret){ STR("n"),
			str_of(pool_printf(&pool, "%zu-key-%zu", i * i, i)) };
	mask = mask_new(&pool, key, MASK_MOST);
	CHECK(!mask_is_blind(mask));
	for (size_t i = 0; i < MASK_MOST; i++)
		CHECK_INT(mask_finds(mask, key[i].value), (int)i);
	CHECK(mask_is_blind(mask_new(&pool, key, MASK_MOST + 1)));
}

/* A byte of it is written in two ways at once: "%25" may be "%" or "%25" */
static void
percent_and_backslash_are_read_in_every_way(void)
{
	static const struct {
		const char *key, *in;
	} row[] = {
		{ "a%25bcdef", "a%25bcdef" },
		{ "a%25bcdef", "a%2525bcdef" },
		{ "a%bcdef", "%61%%62cdef" },
		{ "%%%%%%%%", "%25%%25%%25%%25%" },
		{ "\\\\server", "\\\\server" },
		{ "\\\\server", "\\\\\\\\server" },
		{ "\\\\server", "\\\\\\u005cserver" },
		{ "\\\\server", "%5c\\\\server" },
		{ "\\n\\n\\n\\n", "\\\\n\\n\\\\n\\n" },
		{ "a b c d", "a+b%20c d" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct mask *mask = mask_one(&pool, str_of(row[i].key));

		CHECK_STR(mask_text(mask, &pool, str_of(row[i].in), NULL),
		    "SECRET-n-");
	}
}

static void
placeholder_holds_no_secret(void)
{
	static const struct mask_secret key[] = {
		{ STR("shodan"), STR("shodan") },
		{ STR("b"), STR("SECRET") },
	};
	autopool struct pool pool = POOL_NONE;
	struct mask *mask = mask_new(&pool, key, 2);

	CHECK_STR(mask_placeholder(&pool, STR("my.n4me_X")),
	    "SECRET-my-n-me-X");
	CHECK_STR(mask_text(mask, &pool, STR("shodan/SECRET"), NULL),
	    "REDACTED/REDACTED");
}

CHECK_MAIN(CASE(text_is_what_the_placeholder_gives),
    CASE(stream_keeps_the_length_at_every_cut), CASE(several_secrets_go),
    CASE(base64_keeps_its_neighbours), CASE(what_cannot_be_searched_is_said),
    CASE(many_secrets_are_told_apart),
    CASE(percent_and_backslash_are_read_in_every_way),
    CASE(placeholder_holds_no_secret))
