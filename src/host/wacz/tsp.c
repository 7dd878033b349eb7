/*
 * The answer is a SEQUENCE of a status and a token.
 * The token is SignedData (RFC 5652, 5.1), whose content is an OCTET STRING that
 * holds a TSTInfo: version, policy, imprint, serial, time, and some more, of
 * which the nonce is the only INTEGER that has no tag of its own.
 */
#include "wacz/tsp.h"

#include "base/bytes.h"
#include "base/mem.h"

enum {
	INTEGER = 0x02,
	OCTETS = 0x04,
	OID = 0x06,
	UTF8 = 0x0c,
	TIME = 0x18,
	SEQUENCE = 0x30,
	SET = 0x31,
	TAG0 = 0xa0,
};

#define SHA256_OID      "\x60\x86\x48\x01\x65\x03\x04\x02\x01"
#define SIGNED_DATA_OID "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
#define TST_INFO_OID    "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04"

/* Cuts one value off; whole: with its tag and length. */
static int
take_any(struct str *rest, unsigned char *tag, struct str *value,
    struct str *whole, struct err *err)
{
	struct str all = *rest, head, digits;
	size_t n;

	if (bytes_take(rest, 2, &head) == -1)
		return err_set(err, "it ends within a value");
	*tag = (unsigned char)head.p[0];
	n = (unsigned char)head.p[1];
	if (n == 0x80 || n > 0x84)
		return err_set(err, "a length that is not DER");
	if (n > 0x80) {
		if (bytes_take(rest, n & 0x7f, &digits) == -1)
			return err_set(err, "it ends within a length");
		n = (size_t)bytes_be(digits);
	}
	if (bytes_take(rest, n, value) == -1)
		return err_set(err, "a value of %zu bytes, and %zu are left", n,
		    rest->n);
	*whole = str_sub(all, 0, all.n - rest->n);
	return 0;
}

static int
take(struct str *rest, unsigned char want, struct str *value, struct err *err)
{
	unsigned char tag;
	struct str whole;

	if (take_any(rest, &tag, value, &whole, err) == -1)
		return -1;
	if (tag != want)
		return err_set(err, "tag 0x%02x in place of 0x%02x", tag, want);
	return 0;
}

/* An OID that has to be this one. */
static int
take_oid(struct str *rest, struct str want, const char *what, struct err *err)
{
	struct str oid;

	if (take(rest, OID, &oid, err) == -1)
		return -1;
	return str_eq(oid, want) ? 0 : err_set(err, "it is not %s", what);
}

static void
add(struct buf *out, unsigned char tag, struct str value)
{
	/* all of a request is short */
	buf_add_char(out, (char)tag);
	buf_add_char(out, (char)value.n);
	buf_add(out, value);
}

void
tsp_write_request(struct buf *out, struct str sha256, struct str nonce)
{
	autopool struct pool pool = POOL_NONE;
	struct buf algorithm = BUF_IN(&pool), imprint = BUF_IN(&pool),
		   all = BUF_IN(&pool);
	char number[TSP_NONCE];

	memcpy(number, nonce.p, TSP_NONCE);
	/* positive, and no zero in front */
	number[0] = (char)((number[0] & 0x7f) | 0x40);
	add(&algorithm, OID, STR(SHA256_OID));
	add(&algorithm, 0x05, STR_NONE); /* no parameters: NULL */
	add(&imprint, SEQUENCE, buf_str(&algorithm));
	add(&imprint, OCTETS, sha256);
	add(&all, INTEGER, STR("\x01"));
	add(&all, SEQUENCE, buf_str(&imprint));
	add(&all, INTEGER, str_view(number, TSP_NONCE));
	add(&all, 0x01, STR("\xff")); /* certReq */
	add(out, SEQUENCE, buf_str(&all));
}

/* What is behind the time: accuracy, order, then perhaps the nonce. */
static int
find_nonce(struct str rest, struct tsp_token *out, struct err *err)
{
	while (rest.n != 0) {
		unsigned char tag;
		struct str value, whole;

		if (take_any(&rest, &tag, &value, &whole, err) == -1)
			return -1;
		if (tag != INTEGER)
			continue;
		while (value.n > 1 && value.p[0] == 0)
			value = str_from(value, 1);
		out->nonce = value;
		return 0;
	}
	return 0;
}

static int
read_imprint(struct str imprint, struct tsp_token *out, struct err *err)
{
	struct str algorithm;

	if (take(&imprint, SEQUENCE, &algorithm, err) == -1 ||
	    take_oid(&algorithm, STR(SHA256_OID), "over a SHA-256", err) ==
		-1 ||
	    take(&imprint, OCTETS, &out->sha256, err) == -1)
		return -1;
	return 0;
}

static int
read_info(struct str der, struct tsp_token *out, struct err *err)
{
	struct str info, value;

	if (take(&der, SEQUENCE, &info, err) == -1 ||
	    take(&info, INTEGER, &value, err) == -1 ||
	    take(&info, OID, &value, err) == -1 ||
	    take(&info, SEQUENCE, &value, err) == -1 ||
	    read_imprint(value, out, err) == -1 ||
	    take(&info, INTEGER, &value, err) == -1 ||
	    take(&info, TIME, &out->time, err) == -1)
		return -1;
	return find_nonce(info, out, err);
}

/* version, digest algorithms, content, then perhaps [0] certificates */
static int
read_signed(struct str data, struct tsp_token *out, struct err *err)
{
	struct str content, value, info, whole = STR_NONE;
	unsigned char tag = 0;

	if (take(&data, INTEGER, &value, err) == -1 ||
	    take(&data, SET, &value, err) == -1 ||
	    take(&data, SEQUENCE, &content, err) == -1 ||
	    take_oid(&content, STR(TST_INFO_OID), "a time stamp", err) == -1 ||
	    take(&content, TAG0, &value, err) == -1 ||
	    take(&value, OCTETS, &info, err) == -1)
		return -1;
	if (data.n != 0 && take_any(&data, &tag, &value, &whole, err) == -1)
		return -1;
	out->has_certificate = whole.n > 2 && tag == TAG0;
	return read_info(info, out, err);
}

int
tsp_read_token(struct str der, struct tsp_token *out, struct err *err)
{
	struct tsp_token token = { .der = der };
	struct str rest = der, info, tagged, data;

	if (der.n > TSP_MAX_BYTES)
		return err_set(err, "it has %zu bytes, more than %zu", der.n,
		    TSP_MAX_BYTES);
	if (take(&rest, SEQUENCE, &info, err) == -1 ||
	    take_oid(&info, STR(SIGNED_DATA_OID), "signed data", err) == -1 ||
	    take(&info, TAG0, &tagged, err) == -1 ||
	    take(&tagged, SEQUENCE, &data, err) == -1 ||
	    read_signed(data, &token, err) == -1)
		return -1;
	if (rest.n != 0)
		return err_set(err, "%zu bytes stand behind the token", rest.n);
	*out = token;
	return 0;
}

/* The first of the words that a server may say, where it says any. */
static struct str
words_of(struct str status)
{
	struct str list, text;

	if (take(&status, SEQUENCE, &list, NULL) == -1 ||
	    take(&list, UTF8, &text, NULL) == -1)
		return STR_NONE;
	return str_sub(text, 0, 200);
}

int
tsp_read_response(struct str der, struct tsp_token *out, struct err *err)
{
	struct str rest = der, answer, status, number, words;

	if (der.n > TSP_MAX_BYTES)
		return err_set(err, "it has %zu bytes, more than %zu", der.n,
		    TSP_MAX_BYTES);
	if (take(&rest, SEQUENCE, &answer, err) == -1 ||
	    take(&answer, SEQUENCE, &status, err) == -1 ||
	    take(&status, INTEGER, &number, err) == -1)
		return err_wrap(err, "it is no answer of a time stamp server");
	/* 0: granted; 1: with changes; all others are refusals */
	if (number.n != 1 || number.p[0] < 0 || number.p[0] > 1) {
		words = words_of(status);
		return err_set(err, "it was refused, status %llu%s%.*s",
		    (unsigned long long)bytes_be(str_sub(number, 0, 8)),
		    words.n != 0 ? ": " : "", STR_ARG(words));
	}
	if (rest.n != 0)
		return err_set(err, "%zu bytes stand behind the answer",
		    rest.n);
	return tsp_read_token(answer, out, err);
}

int
tsp_check(const struct tsp_token *token, struct str sha256, struct str nonce,
    struct err *err)
{
	char number[TSP_NONCE];

	if (!str_eq(token->sha256, sha256))
		return err_set(err, "it is about something else");
	if (!token->has_certificate)
		return err_set(err, "it comes without its certificate");
	if (nonce.n == 0)
		return 0;
	memcpy(number, nonce.p, TSP_NONCE);
	number[0] = (char)((number[0] & 0x7f) | 0x40);
	if (!str_eq(token->nonce, str_view(number, TSP_NONCE)))
		return err_set(err, "it answers another request");
	return 0;
}
