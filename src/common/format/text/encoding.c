/*
 * Each encoding has a step: it looks at the bytes that are left (one at least),
 * adds the character they start with, or U+FFFD, and says how many they were.
 * A broken sequence never takes an ASCII byte with it: what looks like a quote
 * or a bracket stays one. ISO-2022-JP alone has a state besides.
 */
#include "text/encoding.h"

#include <assert.h>

#include "base/mem.h"
#include "base/utf8.h"

struct gb_range {
	uint32_t pointer, cp;
};

#include "text/encoding_table.h"

enum jp_mode { JP_ASCII, JP_ROMAN, JP_KATAKANA, JP_KANJI };

struct reading {
	const struct encoding *e;
	struct buf out;
	enum jp_mode jp;  /* ISO-2022-JP: what the last escape chose ... */
	bool jp_is_empty; /* ... with nothing since */
};

typedef size_t step_fn(struct reading *r, const uint8_t *p, size_t n);

struct encoding {
	const char *name;
	const char *labels; /* between blanks */
	step_fn *step;      /* NULL: refused */
	const uint16_t *upper;
	bool is_ascii; /* bytes below 0x80 are ASCII wherever a step begins */
};

static bool
in(uint8_t c, uint8_t low, uint8_t high)
{
	return c >= low && c <= high;
}

static size_t
add_char(struct reading *r, uint32_t cp, size_t used)
{
	utf8_add(&r->out, cp);
	return used;
}

/* cp is 0: two bytes without a meaning, the second is read again if ASCII. */
static size_t
add_pair(struct reading *r, uint32_t cp, uint8_t second)
{
	if (cp != 0)
		return add_char(r, cp, 2);
	return add_char(r, UTF8_REPLACEMENT, second < 0x80 ? 1 : 2);
}

static size_t
step_single(struct reading *r, const uint8_t *p, size_t n)
{
	uint32_t cp = r->e->upper[*p - 0x80];

	(void)n;
	return add_char(r, cp != 0 ? cp : UTF8_REPLACEMENT, 1);
}

static size_t
step_user_defined(struct reading *r, const uint8_t *p, size_t n)
{
	(void)n;
	return add_char(r, 0xf780u + (*p - 0x80u), 1);
}

static uint32_t
gb_by_pointer(uint32_t pointer)
{
	size_t low = 0, high = ARRAY_SIZE(gb_ranges);

	if ((pointer > 39419 && pointer < 189000) || pointer > 1237575)
		return 0;
	if (pointer == 7457) /* moved in 2005 */
		return 0xe7c7;
	while (high - low > 1) {
		size_t mid = (low + high) / 2;

		if (gb_ranges[mid].pointer <= pointer)
			low = mid;
		else
			high = mid;
	}
	return gb_ranges[low].cp + pointer - gb_ranges[low].pointer;
}

/* 81..fe, 30..39, 81..fe, 30..39 */
static size_t
step_gb_four(struct reading *r, const uint8_t *p, size_t n)
{
	uint32_t cp;

	if (n < 3 || (n < 4 && in(p[2], 0x81, 0xfe)))
		return add_char(r, UTF8_REPLACEMENT, n);
	if (!in(p[2], 0x81, 0xfe) || !in(p[3], 0x30, 0x39))
		return add_char(r, UTF8_REPLACEMENT, 1);
	cp = gb_by_pointer((p[0] - 0x81u) * 12600 + (p[1] - 0x30u) * 1260 +
			   (p[2] - 0x81u) * 10 + (p[3] - 0x30u));
	return add_char(r, cp != 0 ? cp : UTF8_REPLACEMENT, 4);
}

static size_t
step_gb(struct reading *r, const uint8_t *p, size_t n)
{
	uint32_t cp = 0;

	if (*p == 0x80)
		return add_char(r, 0x20ac, 1);
	if (*p == 0xff || n < 2)
		return add_char(r, UTF8_REPLACEMENT, 1);
	if (in(p[1], 0x30, 0x39))
		return step_gb_four(r, p, n);
	if (in(p[1], 0x40, 0xfe) && p[1] != 0x7f)
		cp = index_gb18030[(p[0] - 0x81) * 190 + p[1] -
				   (p[1] < 0x7f ? 0x40 : 0x41)];
	return add_pair(r, cp, p[1]);
}

/* Four pairs are a letter with an accent that stands behind it. */
static size_t
add_big5_two(struct reading *r, size_t pointer)
{
	utf8_add(&r->out, pointer < 1164 ? 0xca : 0xea);
	return add_char(r, pointer == 1133 || pointer == 1164 ? 0x304 : 0x30c,
	    2);
}

static size_t
step_big5(struct reading *r, const uint8_t *p, size_t n)
{
	size_t pointer;

	if (!in(*p, 0x81, 0xfe) || n < 2)
		return add_char(r, UTF8_REPLACEMENT, 1);
	if (!in(p[1], 0x40, 0x7e) && !in(p[1], 0xa1, 0xfe))
		return add_pair(r, 0, p[1]);
	pointer = (p[0] - 0x81u) * 157u + p[1] - (p[1] < 0x7f ? 0x40u : 0x62u);
	if (pointer == 1133 || pointer == 1135 || pointer == 1164 ||
	    pointer == 1166)
		return add_big5_two(r, pointer);
	return add_pair(r, index_big5[pointer], p[1]);
}

static size_t
step_euc_kr(struct reading *r, const uint8_t *p, size_t n)
{
	uint32_t cp = 0;

	if (!in(*p, 0x81, 0xfe) || n < 2)
		return add_char(r, UTF8_REPLACEMENT, 1);
	if (in(p[1], 0x41, 0xfe))
		cp = index_euc_kr[(p[0] - 0x81) * 190 + p[1] - 0x41];
	return add_pair(r, cp, p[1]);
}

/* 8f, and two bytes of JIS X 0212 */
static size_t
step_jis0212(struct reading *r, const uint8_t *p, size_t n)
{
	if (n < 3)
		return add_char(r, UTF8_REPLACEMENT, n);
	return 1 + add_pair(r,
		       in(p[2], 0xa1, 0xfe)
			   ? index_jis0212[(p[1] - 0xa1) * 94 + p[2] - 0xa1]
			   : 0,
		       p[2]);
}

static size_t
step_euc_jp(struct reading *r, const uint8_t *p, size_t n)
{
	uint32_t cp = 0;

	if ((!in(*p, 0xa1, 0xfe) && *p != 0x8e && *p != 0x8f) || n < 2)
		return add_char(r, UTF8_REPLACEMENT, 1);
	if (*p == 0x8f && in(p[1], 0xa1, 0xfe))
		return step_jis0212(r, p, n);
	if (*p == 0x8e && in(p[1], 0xa1, 0xdf))
		cp = 0xff61u + p[1] - 0xa1u;
	else if (in(*p, 0xa1, 0xfe) && in(p[1], 0xa1, 0xfe))
		cp = index_jis0208[(p[0] - 0xa1) * 94 + p[1] - 0xa1];
	return add_pair(r, cp, p[1]);
}

static uint32_t
shift_jis_pair(uint8_t lead, uint8_t trail)
{
	size_t pointer;

	if (!in(trail, 0x40, 0x7e) && !in(trail, 0x80, 0xfc))
		return 0;
	pointer = (lead - (lead < 0xa0 ? 0x81u : 0xc1u)) * 188u + trail -
	          (trail < 0x7f ? 0x40u : 0x41u);
	/* what users define; the standard's numbers */
	if (pointer >= 8836 && pointer <= 10715)
		return 0xe000u + (uint32_t)pointer - 8836u;
	return index_jis0208[pointer];
}

static size_t
step_shift_jis(struct reading *r, const uint8_t *p, size_t n)
{
	if (*p == 0x80)
		return add_char(r, 0x80, 1);
	if (in(*p, 0xa1, 0xdf))
		return add_char(r, 0xff61u + *p - 0xa1u, 1);
	if (*p == 0xa0 || *p > 0xfc || n < 2)
		return add_char(r, UTF8_REPLACEMENT, 1);
	return add_pair(r, shift_jis_pair(p[0], p[1]), p[1]);
}

/* After ESC. False: no escape of this encoding. */
static bool
jp_escape(const uint8_t *p, size_t n, enum jp_mode *mode)
{
	static const struct {
		char text[3];
		enum jp_mode mode;
	} row[] = {
		{ "(B", JP_ASCII },
		{ "(J", JP_ROMAN },
		{ "(I", JP_KATAKANA },
		{ "$@", JP_KANJI },
		{ "$B", JP_KANJI },
	};

	for (size_t i = 0; n >= 2 && i < ARRAY_SIZE(row); i++) {
		if (memcmp(p, row[i].text, 2) == 0) {
			*mode = row[i].mode;
			return true;
		}
	}
	return false;
}

/* Two escapes with nothing between them hide something: an error. */
static size_t
step_jp_escape(struct reading *r, const uint8_t *p, size_t n)
{
	bool was_empty = r->jp_is_empty;

	r->jp_is_empty = jp_escape(p + 1, n - 1, &r->jp);
	if (!r->jp_is_empty)
		return add_char(r, UTF8_REPLACEMENT, 1);
	return was_empty ? add_char(r, UTF8_REPLACEMENT, 3) : 3;
}

static size_t
step_jp_kanji(struct reading *r, const uint8_t *p, size_t n)
{
	uint32_t cp = 0;

	if (!in(*p, 0x21, 0x7e) || n < 2)
		return add_char(r, UTF8_REPLACEMENT, 1);
	if (p[1] == 0x1b)
		return add_char(r, UTF8_REPLACEMENT, 1);
	if (in(p[1], 0x21, 0x7e))
		cp = index_jis0208[(p[0] - 0x21) * 94 + p[1] - 0x21];
	return add_char(r, cp != 0 ? cp : UTF8_REPLACEMENT, 2);
}

static size_t
step_jp_single(struct reading *r, const uint8_t *p)
{
	uint32_t cp = *p;

	if (r->jp == JP_KATAKANA)
		cp = in(*p, 0x21, 0x5f) ? 0xff61u + *p - 0x21u
		                        : UTF8_REPLACEMENT;
	else if (*p > 0x7f || *p == 0x0e || *p == 0x0f)
		cp = UTF8_REPLACEMENT;
	else if (r->jp == JP_ROMAN && *p == 0x5c)
		cp = 0xa5;
	else if (r->jp == JP_ROMAN && *p == 0x7e)
		cp = 0x203e;
	return add_char(r, cp, 1);
}

static size_t
step_iso_2022_jp(struct reading *r, const uint8_t *p, size_t n)
{
	if (*p == 0x1b)
		return step_jp_escape(r, p, n);
	r->jp_is_empty = false;
	return r->jp == JP_KANJI ? step_jp_kanji(r, p, n)
	                         : step_jp_single(r, p);
}

static uint32_t
unit(const uint8_t *p, bool is_big)
{
	return is_big ? p[0] * 256u + p[1] : p[1] * 256u + p[0];
}

static size_t
step_utf16(struct reading *r, const uint8_t *p, size_t n, bool is_big)
{
	uint32_t high, low;

	if (n < 2)
		return add_char(r, UTF8_REPLACEMENT, n);
	high = unit(p, is_big);
	if (utf8_is_scalar(high))
		return add_char(r, high, 2);
	if (high >= 0xdc00)
		return add_char(r, UTF8_REPLACEMENT, 2);
	if (n < 4) /* the end: one error, whatever is there */
		return add_char(r, UTF8_REPLACEMENT, n);
	low = unit(p + 2, is_big);
	if (low < 0xdc00 || low > 0xdfff)
		return add_char(r, UTF8_REPLACEMENT, 2);
	return add_char(r, 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00),
	    4);
}

static size_t
step_utf16be(struct reading *r, const uint8_t *p, size_t n)
{
	return step_utf16(r, p, n, true);
}

static size_t
step_utf16le(struct reading *r, const uint8_t *p, size_t n)
{
	return step_utf16(r, p, n, false);
}

/* The whole rest at once: broken parts are counted as everywhere here. */
static size_t
step_utf8(struct reading *r, const uint8_t *p, size_t n)
{
	buf_add(&r->out, utf8_lossy(r->out.pool, str_view((const char *)p, n)));
	return n;
}

#define SINGLE(name, labels, upper)                                            \
	{                                                                      \
		name, " " labels " ", step_single, upper, true                 \
	}
#define ASCII(name, labels, step)                                              \
	{                                                                      \
		name, " " labels " ", step, NULL, true                         \
	}
#define OTHER(name, labels, step)                                              \
	{                                                                      \
		name, " " labels " ", step, NULL, false                        \
	}

static const struct encoding encodings[] = {
	ASCII("UTF-8",
	    "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 "
	    "x-unicode20utf8",
	    step_utf8),
	SINGLE("IBM866", "866 cp866 csibm866 ibm866", upper_ibm866),
	SINGLE("ISO-8859-2",
	    "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 "
	    "iso_8859-2 iso_8859-2:1987 l2 latin2",
	    upper_iso_8859_2),
	SINGLE("ISO-8859-3",
	    "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 "
	    "iso_8859-3 iso_8859-3:1988 l3 latin3",
	    upper_iso_8859_3),
	SINGLE("ISO-8859-4",
	    "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 "
	    "iso_8859-4 iso_8859-4:1988 l4 latin4",
	    upper_iso_8859_4),
	SINGLE("ISO-8859-5",
	    "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 "
	    "iso88595 iso_8859-5 iso_8859-5:1988",
	    upper_iso_8859_5),
	SINGLE("ISO-8859-6",
	    "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic "
	    "ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i iso-ir-127 "
	    "iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
	    upper_iso_8859_6),
	SINGLE("ISO-8859-7",
	    "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 "
	    "iso-ir-126 iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 "
	    "sun_eu_greek",
	    upper_iso_8859_7),
	SINGLE("ISO-8859-8",
	    "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e "
	    "iso-ir-138 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 "
	    "visual",
	    upper_iso_8859_8),
	SINGLE("ISO-8859-8-I", "csiso88598i iso-8859-8-i logical",
	    upper_iso_8859_8),
	SINGLE("ISO-8859-10",
	    "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 "
	    "latin6",
	    upper_iso_8859_10),
	SINGLE("ISO-8859-13", "iso-8859-13 iso8859-13 iso885913",
	    upper_iso_8859_13),
	SINGLE("ISO-8859-14", "iso-8859-14 iso8859-14 iso885914",
	    upper_iso_8859_14),
	SINGLE("ISO-8859-15",
	    "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9",
	    upper_iso_8859_15),
	SINGLE("ISO-8859-16", "iso-8859-16", upper_iso_8859_16),
	SINGLE("KOI8-R", "cskoi8r koi koi8 koi8-r koi8_r", upper_koi8_r),
	SINGLE("KOI8-U", "koi8-ru koi8-u", upper_koi8_u),
	SINGLE("macintosh", "csmacintosh mac macintosh x-mac-roman",
	    upper_macintosh),
	SINGLE("windows-874",
	    "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
	    upper_windows_874),
	SINGLE("windows-1250", "cp1250 windows-1250 x-cp1250",
	    upper_windows_1250),
	SINGLE("windows-1251", "cp1251 windows-1251 x-cp1251",
	    upper_windows_1251),
	SINGLE("windows-1252",
	    "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 "
	    "iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 "
	    "iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252",
	    upper_windows_1252),
	SINGLE("windows-1253", "cp1253 windows-1253 x-cp1253",
	    upper_windows_1253),
	SINGLE("windows-1254",
	    "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 "
	    "iso_8859-9 iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254",
	    upper_windows_1254),
	SINGLE("windows-1255", "cp1255 windows-1255 x-cp1255",
	    upper_windows_1255),
	SINGLE("windows-1256", "cp1256 windows-1256 x-cp1256",
	    upper_windows_1256),
	SINGLE("windows-1257", "cp1257 windows-1257 x-cp1257",
	    upper_windows_1257),
	SINGLE("windows-1258", "cp1258 windows-1258 x-cp1258",
	    upper_windows_1258),
	SINGLE("x-mac-cyrillic", "x-mac-cyrillic x-mac-ukrainian",
	    upper_x_mac_cyrillic),
	ASCII("GBK",
	    "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 "
	    "gbk iso-ir-58 x-gbk",
	    step_gb),
	ASCII("gb18030", "gb18030", step_gb),
	ASCII("Big5", "big5 big5-hkscs cn-big5 csbig5 x-x-big5", step_big5),
	ASCII("EUC-JP", "cseucpkdfmtjapanese euc-jp x-euc-jp", step_euc_jp),
	OTHER("ISO-2022-JP", "csiso2022jp iso-2022-jp", step_iso_2022_jp),
	ASCII("Shift_JIS",
	    "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis "
	    "windows-31j x-sjis",
	    step_shift_jis),
	ASCII("EUC-KR",
	    "cseuckr csksc56011987 euc-kr iso-ir-149 korean "
	    "ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949",
	    step_euc_kr),
	OTHER("replacement",
	    "csiso2022kr hz-gb-2312 iso-2022-cn iso-2022-cn-ext "
	    "iso-2022-kr replacement",
	    NULL),
	OTHER("UTF-16BE", "unicodefffe utf-16be", step_utf16be),
	OTHER("UTF-16LE",
	    "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 "
	    "utf-16le",
	    step_utf16le),
	ASCII("x-user-defined", "x-user-defined", step_user_defined),
};

const struct encoding *
encoding_by_label(struct str label)
{
	label = str_trim(label);
	if (label.n > 0 && str_find_char(label, ' ') == STR_NPOS) {
		for (size_t i = 0; i < ARRAY_SIZE(encodings); i++) {
			struct str rest = str_of(encodings[i].labels);

			while (rest.p != NULL) {
				if (str_eq_nocase(str_cut(&rest, ' '), label))
					return &encodings[i];
			}
		}
	}
	return NULL;
}

const char *
encoding_name(const struct encoding *e)
{
	return e->name;
}

/* The encoding that a byte order mark says, e without one. */
static const struct encoding *
cut_bom(const struct encoding *e, struct str *bytes)
{
	static const struct {
		struct str mark;
		const char *label;
	} row[] = {
		{ { "\xef\xbb\xbf", 3 }, "utf-8" },
		{ { "\xfe\xff", 2 }, "utf-16be" },
		{ { "\xff\xfe", 2 }, "utf-16le" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		if (str_starts(*bytes, row[i].mark)) {
			*bytes = str_from(*bytes, row[i].mark.n);
			return encoding_by_label(str_of(row[i].label));
		}
	}
	return e;
}

static size_t
ascii_length(const uint8_t *p, size_t n)
{
	size_t i = 0;

	while (i < n && p[i] < 0x80)
		i++;
	return i;
}

int
encoding_read(struct pool *pool, const struct encoding *e, struct str bytes,
    struct str *text, struct err *err)
{
	struct reading r = { .out = BUF_IN(pool) };
	const uint8_t *p;

	if (bytes.n > ENCODING_MAX_BYTES)
		return err_set(err, "text is too long: %zu bytes", bytes.n);
	r.e = cut_bom(e, &bytes);
	assert(r.e != NULL);
	if (r.e->step == NULL)
		return err_set(err,
		    "an encoding that browsers refuse too: \"%s\"", r.e->name);
	p = (const uint8_t *)bytes.p;
	for (size_t i = 0; i < bytes.n;) {
		size_t n = r.e->is_ascii ? ascii_length(p + i, bytes.n - i) : 0;

		if (n != 0)
			buf_add(&r.out, str_sub(bytes, i, n));
		else
			n = r.e->step(&r, p + i, bytes.n - i);
		i += n;
	}
	*text = buf_str(&r.out);
	return 0;
}
