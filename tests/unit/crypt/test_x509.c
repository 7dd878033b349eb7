/* x509, pem: certificates made by openssl(1) for a key that is thrown away */
#include "crypt/x509.h"

#include "base/buf.h"
#include "base/mem.h"
#include "crypt/pem.h"

#include "file.h"

static void
add_list(struct buf *out, const struct x509_list *list)
{
	buf_add_char(out, '|');
	for (size_t i = 0; i < list->n; i++) {
		if (i != 0)
			buf_add_char(out, ' ');
		buf_add(out, list->text[i]);
	}
}

/* "|names|emails|addresses", or the error */
static struct str
show(struct pool *pool, struct str pem)
{
	struct buf out = BUF_IN(pool);
	autoerr struct err err = ERR_NONE;
	struct x509_names names;

	if (x509_read_pem(pool, pem, &names, &err) == -1)
		return pool_copy(pool, err_text(&err));
	add_list(&out, &names.name);
	add_list(&out, &names.email);
	add_list(&out, &names.ip);
	return buf_str(&out);
}

static void
names_come_once_and_in_order(void)
{
	autopool struct pool pool = POOL_NONE;

	CHECK_STR(show(&pool, file_read(&pool, "data/x509/names.pem")),
	    "|one.example b\xc3\xbc"
	    "cher.example *.san.example two.example"
	    "|a@mail.example b@mail.example"
	    "|192.0.2.1 2001:db8::1:0:0:1 ::ffff:1.2.3.4");
	/* a name in UTF-16 */
	CHECK_STR(show(&pool, file_read(&pool, "data/x509/bmp.pem")),
	    "|b\xc3\xbc"
	    "cher.example||");
}

static struct str
join(struct pool *pool, const char *before, struct str middle,
    const char *after)
{
	return str_of(
	    pool_printf(pool, "%s%.*s%s", before, STR_ARG(middle), after));
}

static void
text_around_counts_behind_only(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str pem = file_read(&pool, "data/x509/bmp.pem");
	static const char garbage[] = "input cert has trailing garbage";

	CHECK_STR(show(&pool, join(&pool, "Subject: x\n\n", pem, "")),
	    "|b\xc3\xbc"
	    "cher.example||");
	CHECK_STR(show(&pool, str_sub(pem, 0, pem.n - 1)), "|b\xc3\xbc"
							   "cher.example||");
	CHECK_STR(show(&pool, join(&pool, "", pem, "\n")), garbage);
	CHECK_STR(show(&pool, join(&pool, "", pem, pool_cstr(&pool, pem))),
	    garbage);
	CHECK_STR(show(&pool, join(&pool, " ", pem, "")),
	    "Failed to parse pem");
}

static void
lines_may_end_in_blanks(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str pem = file_read(&pool, "data/x509/bmp.pem");
	struct buf crlf = BUF_IN(&pool);

	for (size_t i = 0; i < pem.n; i++) {
		if (pem.p[i] == '\n')
			buf_add(&crlf, STR(" \t\r"));
		buf_add_char(&crlf, pem.p[i]);
	}
	CHECK_STR(show(&pool, buf_str(&crlf)), "|b\xc3\xbc"
					       "cher.example||");
}

static void
errors_in_order(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "", "Failed to parse pem" },
		{ "garbage", "Failed to parse pem" },
		{ "-----BEGIN ", "Failed to parse pem" },
		{ "-----BEGIN CERTIFICATE-----\nAAAA\n",
		    "Failed to parse pem" },
		{ "-----BEGIN CERTIFICATE-----\nAA\n-----END -----\n",
		    "Failed to parse pem" },
		{ "-----BEGIN CERTIFICATE-----\n AAAA\n-----END -----\n",
		    "Failed to parse pem" },
		{ "-----BEGIN X-----\nAAAA\n-----END -----\n\n",
		    "input cert has trailing garbage" },
		{ "-----BEGIN X-----\nAAAA\n-----END -----\n",
		    "input is not a certificate" },
		{ "-----BEGIN -----\nAAAA\n-----END -----\n",
		    "input is not a certificate" },
		{ "-----BEGIN CERTIFICATE-----\nAAAA\n-----END X",
		    "Failed to parse der" },
		{ "-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n",
		    "Failed to parse der" },
	};
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_STR(show(&pool, str_of(row[i].in)), row[i].want);
	CHECK_STR(show(&pool, file_read(&pool, "data/x509/v1.pem")),
	    "unexpected certificate version");
	/* "CERTIFICATE REQUEST": the first word is right */
	CHECK_STR(show(&pool, file_read(&pool, "data/x509/request.pem")),
	    "Failed to parse der");
}

static void
damage_in_der(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct x509_names names = { .name = { NULL, 77 } };
	struct buf der = BUF_IN(&pool);
	struct pem pem;
	size_t at;

	CHECK(pem_read(&pool, file_read(&pool, "data/x509/names.pem"), &pem,
		  &err) == 0);
	buf_add(&der, pem.bytes);
	buf_add_char(&der, '\0');
	CHECK(x509_read_der(&pool, buf_str(&der), &names, &err) == -1);
	CHECK_STR(err_text(&err), "input cert has trailing garbage");
	for (size_t n = 0; n < pem.bytes.n; n++) {
		CHECK(x509_read_der(&pool, str_sub(pem.bytes, 0, n), &names,
			  &err) == -1);
		CHECK_STR(err_text(&err), "Failed to parse der");
	}
	/* a name that ends beyond its extension */
	at = str_find(buf_str(&der), STR("*.san")) - 1;
	der.p[at] = 0x7f;
	CHECK(x509_read_der(&pool, str_sub(buf_str(&der), 0, der.n - 1), &names,
		  &err) == -1);
	CHECK_STR(err_text(&err), "Failed to parse der");
	CHECK_INT(names.name.n, 77);
}

CHECK_MAIN(CASE(names_come_once_and_in_order),
    CASE(text_around_counts_behind_only), CASE(lines_may_end_in_blanks),
    CASE(errors_in_order), CASE(damage_in_der))
