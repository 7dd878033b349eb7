/* Bytes as text, text as bytes, and text in text. */
#include "text/codec.h"
#include "base/utf8.h"
#include "stdlib/call.h"
#include "text/encoding.h"
#include "text/murmur.h"
#include "text/replace.h"

/* Longer than any key; more could not be returned (docs/jail.md) */
#define KEY_MAX_BYTES (256 << 20)

/* A dump has up to five characters a byte; nobody reads more of it. */
#define DUMP_MAX_BYTES (64 << 10)

static int
fn_hex(struct call *c)
{
	return call_return_str(c, hex_write(c->pool, call_str(c, 1)));
}

static int
fn_base64_encode(struct call *c)
{
	return call_return_str(c, base64_write(c->pool, call_str(c, 1)));
}

static int
fn_base64_decode(struct call *c)
{
	struct str bytes;

	if (base64_read(c->pool, call_str(c, 1), &bytes, c->err) == -1)
		return -1;
	return call_return_str(c, bytes);
}

/* The arguments 2 and 3 of all four functions. */
static int
call_alphabet(struct call *c, enum alphabet_kind kind, struct alphabet *a)
{
	return alphabet_init(a, kind, call_str(c, 2), call_str(c, 3), c->err);
}

static int
encode(struct call *c, enum alphabet_kind kind)
{
	struct alphabet a;

	if (call_alphabet(c, kind, &a) == -1)
		return -1;
	return call_return_str(c, alphabet_write(c->pool, &a, call_str(c, 1)));
}

static int
decode_alphabet(struct call *c, enum alphabet_kind kind)
{
	struct alphabet a;
	struct str bytes;

	if (call_alphabet(c, kind, &a) == -1 ||
	    alphabet_read(c->pool, &a, call_str(c, 1), &bytes, c->err) == -1)
		return -1;
	return call_return_str(c, bytes);
}

static int
fn_base64_custom_encode(struct call *c)
{
	return encode(c, ALPHABET_64);
}

static int
fn_base64_custom_decode(struct call *c)
{
	return decode_alphabet(c, ALPHABET_64);
}

static int
fn_base32_custom_encode(struct call *c)
{
	return encode(c, ALPHABET_32);
}

static int
fn_base32_custom_decode(struct call *c)
{
	return decode_alphabet(c, ALPHABET_32);
}

static int
fn_key_trunc_pad(struct call *c)
{
	struct str key = call_str(c, 1);
	size_t n = (size_t)call_int(c, 2), kept = n < key.n ? n : key.n;
	char *out;

	if (n > KEY_MAX_BYTES)
		return err_set(c->err, "key is too long: %zu bytes", n);
	out = pool_alloc(c->pool, n);
	memset(out, (int)call_int(c, 3), n);
	if (kept != 0)
		memcpy(out, key.p, kept);
	return call_return_str(c, str_view(out, n));
}

/* How the reference dumps the cause: the bytes in full, then the place. */
static void
dump_utf8(struct call *c, struct str bytes, size_t at, size_t bad)
{
	struct buf dump = BUF_IN(c->pool);

	if (bytes.n > DUMP_MAX_BYTES)
		return;
	buf_add(&dump, STR("FromUtf8Error { bytes: ["));
	for (size_t i = 0; i < bytes.n; i++) {
		if (i != 0)
			buf_add(&dump, STR(", "));
		buf_add_uint(&dump, (unsigned char)bytes.p[i]);
	}
	buf_printf(&dump,
	    "], error: Utf8Error { valid_up_to: %zu, error_len: ", at);
	if (bad != 0)
		buf_printf(&dump, "Some(%zu) } }", bad);
	else
		buf_add(&dump, STR("None } }"));
	err_set_debug(c->err, "%s", buf_cstr(&dump));
}

static int
fn_utf8_decode(struct call *c)
{
	struct str bytes = call_str(c, 1);
	size_t bad, at = utf8_valid_up_to(bytes, &bad);

	if (at == bytes.n)
		return call_return_str(c, bytes);
	utf8_fail(at, bad, c->err);
	dump_utf8(c, bytes, at, bad);
	return -1;
}

static int
fn_text_decode(struct call *c)
{
	struct str label = call_str(c, 2), text;
	const struct encoding *e = encoding_by_label(label);

	if (e == NULL)
		return err_set(c->err,
		    "no such encoding: \"%.*s\" (labels are those of the WHATWG "
		    "Encoding Standard)",
		    label.n < 100 ? (int)label.n : 100, label.p);
	if (encoding_read(c->pool, e, call_str(c, 1), &text, c->err) == -1)
		return -1;
	return call_return_str(c, text);
}

static int
fn_murmur3(struct call *c)
{
	return call_return_int(c, (int32_t)murmur3_32(call_str(c, 1)));
}

static int
fn_str_find(struct call *c)
{
	size_t at = str_find(call_str(c, 1), call_str(c, 2));

	return at != STR_NPOS ? call_return_int(c, (int64_t)at + 1)
	                      : call_return_nil(c);
}

static int
fn_str_replace(struct call *c)
{
	struct str out;

	if (replace_all(c->pool, call_str(c, 1), call_str(c, 2), call_str(c, 3),
		&out, c->err) == -1)
		return -1;
	return call_return_str(c, out);
}

#define ALPHABET_DOC                                                           \
	" alphabet: 64 (32) different ASCII characters; padding: the "         \
	"character that fills the last group, '' for none."

const struct stdlib_fn stdlib_codec[] = {
	{
	    .name = "hex",
	    .call = fn_hex,
	    .args = "data:bytes",
	    .returns = "text",
	    .doc = "Writes each byte as two lowercase hexadecimal digits.",
	    .example = "hex('\\1\\255')  -- \"01ff\"",
	},
	{
	    .name = "base64_encode",
	    .call = fn_base64_encode,
	    .args = "data:bytes",
	    .returns = "text",
	    .doc = "Encodes as base64 (RFC 4648) with padding.",
	    .example = "base64_encode('ohai')  -- \"b2hhaQ==\"",
	},
	{
	    .name = "base64_decode",
	    .call = fn_base64_decode,
	    .args = "text:text",
	    .returns = "bytes",
	    .doc = "Decodes base64. Blanks, missing padding and bits that are "
		   "not used are errors; padded texts may be concatenated.",
	    .example = "base64_decode('b2hhaQ==')  -- \"ohai\"",
	},
	{
	    .name = "base64_custom_encode",
	    .call = fn_base64_custom_encode,
	    .args = "data:bytes, alphabet:text, padding:text",
	    .returns = "text",
	    .doc =
		"Encodes as base64 with an alphabet of its own." ALPHABET_DOC,
	    .example = "base64_custom_encode('\\251\\255', 'ABCDEFGHIJKLMNOPQRS"
		       "TUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_', '')"
		       "  -- \"-_8\"",
	},
	{
	    .name = "base64_custom_decode",
	    .call = fn_base64_custom_decode,
	    .args = "text:text, alphabet:text, padding:text",
	    .returns = "bytes",
	    .doc = "Decodes what base64_custom_encode() writes." ALPHABET_DOC,
	    .example = "hex(base64_custom_decode('-_8', 'ABCDEFGHIJKLMNOPQRSTUV"
		       "WXYZabcdefghijklmnopqrstuvwxyz0123456789-_', ''))"
		       "  -- \"fbff\"",
	},
	{
	    .name = "base32_custom_encode",
	    .call = fn_base32_custom_encode,
	    .args = "data:bytes, alphabet:text, padding:text",
	    .returns = "text",
	    .doc =
		"Encodes as base32 with an alphabet of its own." ALPHABET_DOC,
	    .example = "base32_custom_encode('ohai', "
		       "'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '=')"
		       "  -- \"N5UGC2I=\"",
	},
	{
	    .name = "base32_custom_decode",
	    .call = fn_base32_custom_decode,
	    .args = "text:text, alphabet:text, padding:text",
	    .returns = "bytes",
	    .doc = "Decodes what base32_custom_encode() writes." ALPHABET_DOC,
	    .example = "base32_custom_decode('p7wgn4e', "
		       "'ybndrfg8ejkmcpqxot1uwisza345h769', '')  -- \"ohai\"",
	},
	{
	    .name = "key_trunc_pad",
	    .call = fn_key_trunc_pad,
	    .args = "key:bytes, length:u32, pad:u8",
	    .returns = "bytes",
	    .doc = "Cuts a key to a length, or fills it at its end with the "
		   "byte pad.",
	    .example = "hex(key_trunc_pad('abc', 5, 0))  -- \"6162630000\"",
	},
	{
	    .name = "utf8_decode",
	    .call = fn_utf8_decode,
	    .args = "data:bytes",
	    .returns = "text",
	    .doc = "Makes bytes a text; an error if they are not UTF-8.",
	    .example = "utf8_decode({111, 104, 97, 105})  -- \"ohai\"",
	    .flags = FN_DEBUG_DUMP,
	},
	{
	    .name = "text_decode",
	    .call = fn_text_decode,
	    .args = "data:bytes, label:text",
	    .returns = "text",
	    .doc =
		"Makes bytes in another encoding a text, as browsers do: "
		"labels and tables are those of the WHATWG Encoding Standard "
		"(utf-8, utf-16le, windows-1251, latin1, koi8-r, shift_jis, "
		"gbk, big5, euc-kr, ...), whatever their case. A byte order "
		"mark counts more than the label; bytes without a meaning "
		"become U+FFFD. An unknown label is an error.",
	    .example = "text_decode({205, 201, 210}, 'koi8-r')  -- \"мир\"",
	    .flags = FN_OURS,
	},
	{
	    .name = "murmur3",
	    .call = fn_murmur3,
	    .args = "data:bytes",
	    .returns = "int",
	    .doc =
		"MurmurHash3 (32 bits, seed 0) as a signed number: no digest, but what search engines of hosts index icons by, of their base64 in lines of 76 characters.",
	    .example = "murmur3('Hello, world!')  -- -1070186941.0",
	    .flags = FN_OURS,
	},
	{
	    .name = "str_find",
	    .call = fn_str_find,
	    .args = "text:text, needle:text",
	    .returns = "int",
	    .doc =
		"Says at which byte a text first occurs, counted from 1; nil "
		"if it does not. No patterns.",
	    .example = "str_find('asdf', 'd')  -- 3.0",
	},
	{
	    .name = "str_replace",
	    .call = fn_str_replace,
	    .args = "text:text, search:text, replacement:text",
	    .returns = "text",
	    .doc = "Replaces every occurrence, without patterns. An empty "
		   "search occurs before each character and at the end.",
	    .example = "str_replace('a.b.c', '.', '-')  -- \"a-b-c\"",
	},
	{ NULL },
};
