#include "seal/box.h"

#include <string.h>

#include "base/mem.h"

static const char magic[] = "sn0int sealed 1\n";

enum {
	AT_SALT = sizeof(magic) - 1,
	AT_TURNS = AT_SALT + SEAL_SALT_BYTES,
	AT_KIB = AT_TURNS + 4,
	AT_FLAGS = AT_KIB + 4,
	AT_SIZE = AT_FLAGS + 4,
	AT_NONCE = AT_SIZE + 4,
	AT_TAG = AT_NONCE + SEAL_NONCE,
};

_Static_assert(AT_TAG + SEAL_TAG == BOX_HEAD, "the head of box.h");

static const unsigned char *
bytes_of(struct str box)
{
	return (const unsigned char *)box.p;
}

static uint32_t
get_number(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static void
put_number(unsigned char *p, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(n >> 8 * i);
}

static int
check_limits(const struct box_head *head, struct err *err)
{
	if (head->turns == 0 || head->turns > BOX_MAX_TURNS ||
	    head->kib < BOX_MIN_KIB || head->kib > BOX_MAX_KIB)
		return err_set(err,
		    "its passphrase takes %u turns of %u KiB, more than %u of "
		    "%u are refused",
		    head->turns, head->kib, BOX_MAX_TURNS, BOX_MAX_KIB);
	return 0;
}

int
box_read(struct str box, struct box_head *head, struct err *err)
{
	const unsigned char *p = bytes_of(box);
	struct box_head out;
	size_t size;

	if (box.n < BOX_HEAD || memcmp(p, magic, AT_SALT) != 0)
		return err_set(err,
		    "it is no sealed keyring, or one of a newer version");
	memcpy(out.salt, p + AT_SALT, SEAL_SALT_BYTES);
	out.turns = get_number(p + AT_TURNS);
	out.kib = get_number(p + AT_KIB);
	out.flags = get_number(p + AT_FLAGS);
	size = get_number(p + AT_SIZE);
	if (check_limits(&out, err) == -1)
		return -1;
	if (size > BOX_MAX_TEXT || box.n != BOX_HEAD + SEAL_MAC + size)
		return err_set(err, "it is damaged: it has %zu bytes, not %zu",
		    box.n, BOX_HEAD + SEAL_MAC + size);
	*head = out;
	return 0;
}

int
box_salt(struct box_head *head, uint32_t turns, uint32_t kib, struct err *err)
{
	const struct seal_crypto *crypto = seal_crypto_load(err);

	if (crypto == NULL)
		return -1;
	*head = (struct box_head){ .turns = turns != 0 ? turns : BOX_TURNS,
		.kib = kib != 0 ? kib : BOX_KIB };
	crypto->random(head->salt, sizeof(head->salt));
	return 0;
}

int
box_derive(struct box_key *key, const struct box_head *head,
    struct str passphrase, struct err *err)
{
	const struct seal_crypto *crypto = seal_crypto_load(err);

	if (crypto == NULL)
		return -1;
	if (passphrase.n == 0 || passphrase.n > BOX_MAX_PASSPHRASE)
		return err_set(err,
		    "a passphrase has 1 to %d bytes, this one %zu",
		    BOX_MAX_PASSPHRASE, passphrase.n);
	key->head = *head;
	if (crypto->derive(key->bytes, passphrase.p, passphrase.n, head->salt,
		head->turns, (size_t)head->kib << 10) == 0)
		return 0;
	mem_wipe(key, sizeof(*key));
	return err_set(err, "there is no memory for the passphrase, %u MiB",
	    head->kib >> 10);
}

static const unsigned char *
tag_key(const struct box_key *key)
{
	return key->bytes + SEAL_KEY_BYTES / 2;
}

int
box_fits(struct str box, const struct box_key *key, struct err *err)
{
	const struct seal_crypto *crypto = seal_crypto_load(err);
	struct box_head head;

	if (crypto == NULL || box_read(box, &head, err) == -1)
		return -1;
	return crypto->tag_is(bytes_of(box) + AT_TAG, bytes_of(box), AT_TAG,
	    tag_key(key));
}

int
box_open(struct pool *pool, struct str box, const struct box_key *key,
    struct str *text, struct err *err)
{
	const struct seal_crypto *crypto = seal_crypto_load(err);
	int status = box_fits(box, key, err);
	unsigned char *out;
	size_t n;

	if (crypto == NULL || status == -1)
		return -1;
	if (status == 0)
		return err_set(err,
		    "the passphrase is wrong, or its head is damaged");
	n = box.n - BOX_HEAD;
	out = pool_alloc(pool, n);
	if (crypto->open(out, bytes_of(box) + BOX_HEAD, n,
		bytes_of(box) + AT_NONCE, key->bytes) == -1)
		return err_set(err, "it is damaged: the keys do not open");
	*text = str_view((const char *)out, n - SEAL_MAC);
	return 0;
}

static void
write_head(unsigned char *p, const struct box_key *key, size_t n,
    const struct seal_crypto *crypto)
{
	memcpy(p, magic, AT_SALT);
	memcpy(p + AT_SALT, key->head.salt, SEAL_SALT_BYTES);
	put_number(p + AT_TURNS, key->head.turns);
	put_number(p + AT_KIB, key->head.kib);
	put_number(p + AT_FLAGS, key->head.flags);
	put_number(p + AT_SIZE, (uint32_t)n);
	crypto->random(p + AT_NONCE, SEAL_NONCE);
	crypto->tag(p + AT_TAG, p, AT_TAG, tag_key(key));
}

int
box_close(struct pool *pool, struct str text, const struct box_key *key,
    struct str *box, struct err *err)
{
	const struct seal_crypto *crypto = seal_crypto_load(err);
	size_t n = BOX_HEAD + SEAL_MAC + text.n;
	unsigned char *p;

	if (crypto == NULL)
		return -1;
	if (text.n > BOX_MAX_TEXT)
		return err_set(err, "it would be larger than %zu bytes",
		    BOX_MAX_TEXT);
	p = pool_alloc(pool, n);
	write_head(p, key, text.n, crypto);
	crypto->close(p + BOX_HEAD, (const unsigned char *)text.p, text.n,
	    p + AT_NONCE, key->bytes);
	*box = str_view((const char *)p, n);
	return 0;
}
