#include "crypt/pgp.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/utf8.h"
#include "text/codec.h"

/* Numbers in comments are sections of RFC 4880. */

enum tag { /* 4.3 */
	TAG_SIGNATURE = 2,
	TAG_PUBLIC_KEY = 6,
	TAG_USER_ID = 13,
};

enum subpacket { /* 5.2.3.1; 33 is RFC 9580's */
	SUB_ISSUER = 16,
	SUB_ISSUER_FINGERPRINT = 33,
};

struct packet {
	unsigned tag;
	struct str body;
};

/* A signature and when it came. */
struct seen {
	struct pgp_sig sig;
	size_t order;
};

struct reader {
	struct pool *pool;
	struct pgp_key *key;
	struct seen *seen;
	size_t n_seen;
};

static bool
is_known_tag(unsigned tag)
{
	return (tag >= 1 && tag <= 14) || (tag >= 17 && tag <= 19);
}

/* 4.2.1. *is_rest: everything up to the end belongs to it */
static int
read_old_length(struct str *rest, unsigned kind, uint64_t *n, bool *is_rest)
{
	if (kind == 3) {
		*is_rest = true;
		return 0;
	}
	return bytes_take_be(rest, (size_t)1 << kind, n);
}

/* The rest of a length of one, two or five bytes (5.2.3.1), by its first. */
static int
read_length(struct str *rest, uint64_t first, uint64_t *n)
{
	uint64_t second;

	if (first == 255)
		return bytes_take_be(rest, 4, n);
	*n = first;
	if (first < 192)
		return 0;
	if (bytes_take_be(rest, 1, &second) == -1)
		return -1;
	*n = ((first - 192) << 8) + second + 192;
	return 0;
}

static int
read_subpacket_length(struct str *rest, uint64_t *n)
{
	uint64_t first;

	return bytes_take_be(rest, 1, &first) == -1
	           ? -1
	           : read_length(rest, first, n);
}

/* 4.2.2. *is_part: another length follows behind these n bytes */
static int
read_new_length(struct str *rest, uint64_t *n, bool *is_part)
{
	uint64_t first;

	if (bytes_take_be(rest, 1, &first) == -1)
		return -1;
	*is_part = first >= 224 && first < 255;
	if (!*is_part)
		return read_length(rest, first, n);
	*n = (uint64_t)1 << (first & 0x1f);
	return 0;
}

static int
read_old_body(struct str *rest, unsigned kind, struct str *body)
{
	bool is_rest = false;
	uint64_t n;

	if (read_old_length(rest, kind, &n, &is_rest) == -1)
		return -1;
	return bytes_take(rest, is_rest ? rest->n : n, body);
}

static int
read_new_body(struct pool *pool, struct str *rest, struct str *body)
{
	struct buf whole = BUF_IN(pool);
	struct str part;
	bool is_part;
	uint64_t n;

	do {
		if (read_new_length(rest, &n, &is_part) == -1 ||
		    bytes_take(rest, n, &part) == -1)
			return -1;
		if (whole.n == 0 && !is_part) {
			*body = part;
			return 0;
		}
		buf_add(&whole, part);
	} while (is_part);
	*body = buf_str(&whole);
	return 0;
}

/* -1: the end, or nothing that can be read */
static int
read_packet(struct pool *pool, struct str *rest, struct packet *packet)
{
	uint64_t head;

	if (bytes_take_be(rest, 1, &head) == -1 || !(head & 0x80))
		return -1;
	packet->tag = head & 0x40 ? head & 0x3f : head >> 2 & 0xf;
	if (!is_known_tag(packet->tag))
		return -1;
	if (head & 0x40)
		return read_new_body(pool, rest, &packet->body);
	return read_old_body(rest, head & 3, &packet->body);
}

static int
read_subpacket(unsigned type, struct str body, struct pgp_sig *sig)
{
	if (type == SUB_ISSUER) {
		if (body.n != PGP_KEY_ID_SIZE)
			return -1;
		sig->key_id = body;
	} else if (type == SUB_ISSUER_FINGERPRINT) {
		if (body.n < 2)
			return -1;
		sig->fingerprint = str_from(body, 1);
	}
	return 0;
}

static int
read_subpackets(struct str *rest, struct pgp_sig *sig)
{
	struct str area, one;
	uint64_t n;

	if (bytes_take_be(rest, 2, &n) == -1 ||
	    bytes_take(rest, n, &area) == -1)
		return -1;
	while (area.n != 0) {
		if (read_subpacket_length(&area, &n) == -1 || n == 0 ||
		    bytes_take(&area, n, &one) == -1)
			return -1;
		/* the high bit only says "critical" */
		if (read_subpacket(one.p[0] & 0x7f, str_from(one, 1), sig) ==
		    -1)
			return -1;
	}
	return 0;
}

/* 5.2.3; what stands behind the subpackets is not looked at */
static int
read_signature(struct str body, struct pgp_sig *sig)
{
	struct str head;

	if (bytes_take(&body, 4, &head) == -1 || head.p[0] != 4)
		return -1;
	if (read_subpackets(&body, sig) == -1 ||
	    read_subpackets(&body, sig) == -1)
		return -1;
	return sig->key_id.n != 0 || sig->fingerprint.n != 0 ? 0 : -1;
}

static void
add_uid(struct reader *r, struct str uid)
{
	struct pgp_key *key = r->key;

	if (!utf8_is_valid(uid))
		return;
	key->uid =
	    pool_push(r->pool, key->uid, key->n_uids, sizeof(key->uid[0]));
	key->uid[key->n_uids++] = uid;
}

static void
add_signature(struct reader *r, struct str body)
{
	struct pgp_sig sig = { STR_NONE, STR_NONE };

	if (read_signature(body, &sig) == -1)
		return;
	r->seen = pool_push(r->pool, r->seen, r->n_seen, sizeof(r->seen[0]));
	r->seen[r->n_seen] = (struct seen){ sig, r->n_seen };
	r->n_seen++;
}

static void
add_packet(struct reader *r, const struct packet *packet)
{
	switch (packet->tag) {
	case TAG_PUBLIC_KEY:
		r->key->has_key = true;
		r->key->key = packet->body;
		break;
	case TAG_USER_ID:
		add_uid(r, packet->body);
		break;
	case TAG_SIGNATURE:
		add_signature(r, packet->body);
		break;
	}
}

/* A signer is known by the fingerprint, else by the key id. */
static int
compare_signers(const struct pgp_sig *a, const struct pgp_sig *b)
{
	bool has_a = a->fingerprint.n != 0, has_b = b->fingerprint.n != 0;

	if (has_a != has_b)
		return has_a ? -1 : 1;
	if (has_a)
		return str_cmp(a->fingerprint, b->fingerprint);
	return str_cmp(a->key_id, b->key_id);
}

static int
by_order(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	return x->order < y->order ? -1 : x->order > y->order;
}

static int
by_signer(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;
	int order = compare_signers(&x->sig, &y->sig);

	return order != 0 ? order : by_order(a, b);
}

/* Sorted, because a search a signature would let a key of 64 MB burn hours. */
static void
keep_first_of_each(struct reader *r)
{
	size_t n = 0;

	if (r->n_seen == 0)
		return;
	qsort(r->seen, r->n_seen, sizeof(r->seen[0]), by_signer);
	for (size_t i = 0; i < r->n_seen; i++) {
		if (i == 0 ||
		    compare_signers(&r->seen[n - 1].sig, &r->seen[i].sig) != 0)
			r->seen[n++] = r->seen[i];
	}
	qsort(r->seen, n, sizeof(r->seen[0]), by_order);
	r->key->sig = pool_array(r->pool, n, sizeof(r->key->sig[0]));
	for (size_t i = 0; i < n; i++)
		r->key->sig[i] = r->seen[i].sig;
	r->key->n_sigs = n;
}

int
pgp_read(struct pool *pool, struct str bytes, struct pgp_key *out,
    struct err *err)
{
	struct pgp_key key = { .has_key = false };
	struct reader r = { .pool = pool, .key = &key };
	struct packet packet;

	if (bytes.n > PGP_MAX_BYTES)
		return err_set(err, "OpenPGP key has more than %u bytes",
		    PGP_MAX_BYTES);
	while (read_packet(pool, &bytes, &packet) == 0)
		add_packet(&r, &packet);
	keep_first_of_each(&r);
	*out = key;
	return 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct str
take_line(struct str *text)
{
	struct str line = str_cut(text, '\n');

	while (line.n != 0 && is_blank(line.p[line.n - 1]))
		line.n--;
	return line;
}

/* "-----BEGIN PGP PUBLIC KEY BLOCK-----", with any label */
static bool
is_armor_line(struct str line, struct str start)
{
	return str_starts(line, start) &&
	       str_ends(str_from(line, start.n), STR("-----"));
}

static bool
find_body(struct str *text)
{
	while (text->n != 0) {
		if (is_armor_line(take_line(text), STR("-----BEGIN PGP ")))
			break;
	}
	while (text->n != 0) {
		if (take_line(text).n == 0)
			return true;
	}
	return false;
}

int
pgp_unarmor(struct pool *pool, struct str text, struct str *bytes,
    struct err *err)
{
	struct buf body = BUF_IN(pool);

	if (!find_body(&text)) {
		*bytes = STR_NONE;
		return 0;
	}
	while (text.n != 0) {
		struct str line = take_line(&text);

		if (str_starts(line, STR("=")) ||
		    is_armor_line(line, STR("-----END PGP ")))
			break;
		buf_add(&body, line);
	}
	while (body.n % 4 != 0)
		buf_add_char(&body, '=');
	return base64_read(pool, buf_str(&body), bytes, err);
}

struct str
pgp_key_material(struct pool *pool, struct str key)
{
	struct buf out = BUF_IN(pool);

	buf_add_char(&out, (char)0x99);
	buf_add_char(&out, (char)(key.n >> 8 & 0xff));
	buf_add_char(&out, (char)(key.n & 0xff));
	buf_add(&out, key);
	return buf_str(&out);
}
