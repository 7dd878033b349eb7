/* pgp: packets made by hand */
#include "crypt/pgp.h"

#include "base/buf.h"
#include "base/mem.h"
#include "text/codec.h"

#include "check.h"

/* "key|uid,uid|fingerprint/keyid,..." with key in hexadecimal, "-" for none */
static struct str
show(struct pool *pool, struct str bytes)
{
	struct buf out = BUF_IN(pool);
	struct pgp_key key;

	if (pgp_read(pool, bytes, &key, NULL) == -1)
		return STR("failed");
	buf_add(&out, key.has_key ? hex_write(pool, key.key) : STR("-"));
	buf_add_char(&out, '|');
	for (size_t i = 0; i < key.n_uids; i++) {
		if (i != 0)
			buf_add_char(&out, ',');
		buf_add(&out, key.uid[i]);
	}
	buf_add_char(&out, '|');
	for (size_t i = 0; i < key.n_sigs; i++) {
		if (i != 0)
			buf_add_char(&out, ',');
		buf_add(&out, hex_write(pool, key.sig[i].fingerprint));
		buf_add_char(&out, '/');
		buf_add(&out, hex_write(pool, key.sig[i].key_id));
	}
	return buf_str(&out);
}

static int
digit(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* Hexadecimal digits with blanks between. */
static struct str
unhex(struct pool *pool, const char *text)
{
	struct buf out = BUF_IN(pool);

	for (; *text != '\0'; text++) {
		if (*text == ' ')
			continue;
		buf_add_char(&out,
		    (char)(digit(text[0]) << 4 | digit(text[1])));
		text++;
	}
	return buf_str(&out);
}

static void
every_kind_of_length(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "", "-||" },
		{ "b4 01 61", "-|a|" },
		{ "b5 0001 61", "-|a|" },
		{ "b6 00000001 61", "-|a|" },
		{ "b7 61 62 63", "-|abc|" },
		{ "cd 01 61", "-|a|" },
		{ "cd ff 00000001 61", "-|a|" },
		{ "cd e0 61 e1 6263 01 64", "-|abcd|" },
		{ "cd e0 61 00", "-|a|" },
		{ "cd 00", "-||" },
		{ "99 0001 04", "04||" },
		{ "99 0000", "||" },
		{ "98 01 04 98 01 05", "05||" },
		{ "94 01 04", "-||" },
	};
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_STR(show(&pool, unhex(&pool, row[i].in)), row[i].want);
}

static void
two_octet_length_starts_at_192(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf in = BUF_IN(&pool);
	struct pgp_key key;

	buf_add(&in, STR("\xcd\xc1\x08")); /* ((193 - 192) << 8) + 8 + 192 */
	for (int i = 0; i < 456; i++)
		buf_add_char(&in, 'u');
	buf_add(&in, STR("\xcd\x01z"));
	CHECK(pgp_read(&pool, buf_str(&in), &key, NULL) == 0);
	CHECK_INT(key.n_uids, 2);
	CHECK_INT(key.uid[0].n, 456);
	CHECK_STR(key.uid[1], "z");
}

static void
reading_stops_at_damage(void)
{
	static const char *const tail[] = {
		"",         /* nothing */
		"34 01 62", /* high bit missing */
		"80",       /* tag 0 */
		"bc 01 62", /* tag 15 */
		"d0 01 62", /* tag 16 */
		"d4 01 62", /* tag 20 */
		"fc 01 62", /* tag 60 */
		"b4",       /* no length */
		"b5 00",    /* half a length */
		"b4 02 62", /* cut body */
		"cd",       /* no length */
		"cd c0",    /* half a length */
		"cd ff 000000", "cd ff ffffffff 62",
		"cd e0 62", /* no last part */
		"cd fe 62", /* a part of a gigabyte */
	};
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(tail); i++) {
		const char *in =
		    pool_printf(&pool, "b4 01 61 %s b4 01 63", tail[i]);

		/* what follows damage is not read either */
		CHECK_STR(show(&pool, unhex(&pool, in)),
		    i == 0 ? "-|a,c|" : "-|a|");
	}
}

static void
signatures_name_their_key(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		/* key id in the unhashed part */
		{ "c2 14 04100108 0000 000a 0910a1b2c3d4e5f60718 0000",
		    "-||/a1b2c3d4e5f60718" },
		{ "c2 12 04100108 000a 0910a1b2c3d4e5f60718 0000",
		    "-||/a1b2c3d4e5f60718" },
		/* leading zeros stay */
		{ "c2 12 04100108 000a 091000b2c3d4e5f60718 0000",
		    "-||/00b2c3d4e5f60718" },
		/* critical, and the last one wins */
		{ "c2 1c 04100108 000a 0910a1b2c3d4e5f60718 000a 0990ffffffffffffffff",
		    "-||/ffffffffffffffff" },
		/* a fingerprint after its version */
		{ "c2 0d 04100108 0005 042104abcd 0000", "-||abcd/" },
		/* the same signer twice: the first stays */
		{ "c2 0d 04100108 0005 042104abcd 0000 "
		  "c2 17 04100108 0005 042104abcd 000a 0910a1b2c3d4e5f60718 "
		  "c2 12 04100108 000a 0910a1b2c3d4e5f60718 0000 "
		  "c2 0d 04100108 0005 042104aaaa 0000",
		    "-||abcd/,/a1b2c3d4e5f60718,aaaa/" },
		/* other versions, no name, damage: skipped, reading goes on */
		{ "c2 17 0305 1000000000000000000000000000000000000000 00 "
		  "cd 01 61",
		    "-|a|" },
		{ "c2 08 04100108 0000 0000 cd 01 61", "-|a|" },
		{ "c2 00 cd 01 61", "-|a|" },
		{ "c2 03 041001 cd 01 61", "-|a|" },
		{ "c2 08 04100108 0005 0000 cd 01 61", "-|a|" },
		{ "c2 09 04100108 0001 00 0000 cd 01 61", "-|a|" },
		{ "c2 0a 04100108 0002 0310 0000 cd 01 61", "-|a|" },
		{ "c2 0b 04100108 0003 0210ff 0000 cd 01 61", "-|a|" },
		{ "c2 0b 04100108 0003 022104 0000 cd 01 61", "-|a|" },
	};
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_STR(show(&pool, unhex(&pool, row[i].in)), row[i].want);
}

static void
uids_must_be_utf8(void)
{
	autopool struct pool pool = POOL_NONE;

	CHECK_STR(show(&pool, unhex(&pool, "cd 01 ff cd 02 c3bc")),
	    "-|\xc3\xbc|");
}

static void
many_signers_stay_in_order(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf in = BUF_IN(&pool);
	struct pgp_key key;

	for (unsigned i = 0; i < 3000; i++) {
		unsigned id = i * 7919 % 1000;

		buf_add(&in,
		    STR("\xc2\x12\x04\x10\x01\x08\0\x0a\x09\x10zzzzzz"));
		buf_add_char(&in, (char)(id >> 8));
		buf_add_char(&in, (char)id);
		buf_add(&in, STR("\0\0"));
	}
	CHECK(pgp_read(&pool, buf_str(&in), &key, NULL) == 0);
	CHECK_INT(key.n_sigs, 1000);
	for (unsigned i = 0; i < key.n_sigs; i++) {
		unsigned char *p = (unsigned char *)key.sig[i].key_id.p;

		if ((unsigned)(p[6] << 8 | p[7]) != i * 7919 % 1000) {
			CHECK(!"another order");
			break;
		}
	}
}

static void
armor_is_taken_off(void)
{
	static const struct {
		const char *in, *want; /* NULL: an error */
	} row[] = {
		{ "", "" },
		{ "x", "" },
		{ "-----BEGIN PGP X-----\naGk=\n", "" },
		{ "-----BEGIN PGP X-----\n\naGk=\n=abcd\n-----END PGP X-----\n",
		    "hi" },
		{ "-----BEGIN PGP X-----\r\nVersion: 1\r\n\r\naG  \r\nk=\r\n"
		  "-----END PGP X-----\r\naaaa",
		    "hi" },
		{ "text\n-----BEGIN PGP X-----  \n \t\naGk", "hi" },
		{ "-----BEGIN PGP X-----\n\n\naG\n\nk\n-----END PGP ", NULL },
		{ "-----BEGIN PGP X-----\n\n\naG\n\nk\n-----END PGP -----",
		    "hi" },
		{ " -----BEGIN PGP X-----\n\naGk=\n", "" },
		{ "-----BEGIN X-----\n\naGk=\n", "" },
		{ "-----BEGIN PGP X----\n\naGk=\n", "" },
		{ "-----BEGIN PGP X-----\n\n", "" },
		{ "-----BEGIN PGP X-----\n\n!!!!\n", NULL },
		{ "-----BEGIN PGP X-----\n\n aGk=\n", NULL },
		{ "-----BEGIN PGP X-----\n\naGkaG\n", NULL },
	};
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct str bytes = STR("kept");
		int status =
		    pgp_unarmor(&pool, str_of(row[i].in), &bytes, &err);

		CHECK_INT(status, row[i].want != NULL ? 0 : -1);
		CHECK_STR(bytes, row[i].want != NULL ? row[i].want : "kept");
	}
	CHECK(pgp_unarmor(&pool, STR("-----BEGIN PGP X-----\n\naGk=\0\n"),
		  &(struct str){ NULL, 0 }, &err) == -1);
}

static void
material_begins_with_its_length(void)
{
	autopool struct pool pool = POOL_NONE;
	char *big = pool_zalloc(&pool, 0x10203);

	CHECK_BYTES(pgp_key_material(&pool, STR("\x04")),
	    STR("\x99\0\x01\x04"));
	/* 16 bits of it */
	CHECK_BYTES(str_sub(pgp_key_material(&pool, str_view(big, 0x10203)), 0,
			4),
	    STR("\x99\x02\x03\0"));
}

static void
too_long_is_an_error(void)
{
	autoerr struct err err = ERR_NONE;
	struct pgp_key key = { .has_key = true };

	CHECK(pgp_read(NULL, str_view("", (size_t)PGP_MAX_BYTES + 1), &key,
		  &err) == -1);
	CHECK(key.has_key);
	CHECK_STR(err_text(&err), "OpenPGP key has more than 67108864 bytes");
}

CHECK_MAIN(CASE(every_kind_of_length), CASE(two_octet_length_starts_at_192),
    CASE(reading_stops_at_damage), CASE(signatures_name_their_key),
    CASE(uids_must_be_utf8), CASE(many_signers_stay_in_order),
    CASE(armor_is_taken_off), CASE(material_begins_with_its_length),
    CASE(too_long_is_an_error))
