/* box: what is sealed opens with its key, and with nothing else. */
#include "seal/box.h"

#include <string.h>

#include "base/mem.h"
#include "cheap_key.h"

static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 20, 1000, 65537 };

static struct str
text_of(struct pool *pool, size_t n)
{
	char *p = pool_alloc(pool, n);

	for (size_t i = 0; i < n; i++)
		p[i] = (char)(i * 7);
	return str_view(p, n);
}

static struct str
box_of(struct pool *pool, const struct box_key *key, struct str text)
{
	autoerr struct err err = ERR_NONE;
	struct str box = STR_NONE;

	CHECK_INT(box_close(pool, text, key, &box, &err), 0);
	return box;
}

static void
what_is_sealed_opens(void)
{
	struct box_key key = cheap_key("a"), other = cheap_key("a");

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct str text = text_of(&pool, sizes[i]), out = STR_NONE;
		struct str box = box_of(&pool, &key, text);

		CHECK_INT(box.n, BOX_HEAD + SEAL_MAC + sizes[i]);
		CHECK_INT(box_open(&pool, box, &key, &out, &err), 0);
		CHECK(str_eq(out, text));
		/* the same passphrase with another salt is another key */
		CHECK_INT(box_fits(box, &other, &err), 0);
		CHECK_INT(box_open(&pool, box, &other, &out, &err), -1);
		/* never the same bytes twice */
		CHECK(!str_eq(box, box_of(&pool, &key, text)));
	}
}

/* The key is that of the passphrase, and of the salt in the head. */
static void
a_passphrase_opens_what_it_sealed(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct box_key key = cheap_key("a"), again;
	struct str box = box_of(&pool, &key, STR("text"));
	struct box_head head;

	CHECK_INT(box_read(box, &head, &err), 0);
	CHECK_INT(box_derive(&again, &head, STR("a"), &err), 0);
	CHECK_INT(box_fits(box, &again, &err), 1);
	CHECK_INT(box_derive(&again, &head, STR("b"), &err), 0);
	CHECK_INT(box_fits(box, &again, &err), 0);
	CHECK_INT(box_derive(&again, &head, STR(""), &err), -1);
}

/* Each byte counts, and so does each one that is missing or more. */
static void
a_box_that_is_damaged_is_refused(void)
{
	autopool struct pool pool = POOL_NONE;
	struct box_key key = cheap_key("a");
	struct str box = box_of(&pool, &key, STR("some keys"));
	char *p = (char *)(uintptr_t)box.p;

	for (size_t i = 0; i < box.n; i++) {
		autoerr struct err err = ERR_NONE;
		struct str out = STR_NONE;

		p[i] ^= 1;
		CHECK_INT(box_open(&pool, box, &key, &out, &err), -1);
		CHECK(out.p == NULL && err.n != 0);
		p[i] ^= 1;
	}
	for (size_t n = 0; n < box.n; n++) {
		autoerr struct err err = ERR_NONE;
		struct box_head head;

		CHECK_INT(box_read(str_sub(box, 0, n), &head, &err), -1);
	}
}

/* Whoever may write the file must not make us work for hours. */
static void
limits_are_kept(void)
{
	static const struct {
		unsigned at;
		unsigned char byte[4];
	} row[] = {
		{ 32, { 0, 0, 0, 0 } },
		{ 32, { BOX_MAX_TURNS + 1, 0, 0, 0 } },
		{ 32, { 255, 255, 255, 255 } },
		{ 36, { BOX_MIN_KIB - 1, 0, 0, 0 } },
		{ 36, { 1, 0, 16, 0 } },
		{ 44, { 255, 255, 255, 255 } },
	};
	struct box_key key = cheap_key("a");

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct str box = box_of(&pool, &key, STR("x"));
		struct box_head head;

		memcpy((char *)(uintptr_t)box.p + row[i].at, row[i].byte, 4);
		CHECK_INT(box_read(box, &head, &err), -1);
	}
}

CHECK_MAIN(CASE(what_is_sealed_opens), CASE(a_passphrase_opens_what_it_sealed),
    CASE(a_box_that_is_damaged_is_refused), CASE(limits_are_kept))
