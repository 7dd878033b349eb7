#include "crypt/x509.h"

#include <limits.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/utf8.h"
#include "crypt/pem.h"
#include "url/ip.h"

#define VERSION_3 2 /* RFC 5280, 4.1.2.1 */

/* A list in the making: texts with the order in which they came. */
struct item {
	struct str text;
	size_t order;
};

struct bag {
	struct pool *pool;
	struct item *item;
	size_t n;
};

struct bags {
	struct bag name, email, ip;
};

/* What is not UTF-8 is no name that anybody could look up. */
static void
bag_add(struct bag *bag, struct str text)
{
	if (!utf8_is_valid(text))
		return;
	bag->item =
	    pool_push(bag->pool, bag->item, bag->n, sizeof(bag->item[0]));
	bag->item[bag->n] = (struct item){ pool_copy(bag->pool, text), bag->n };
	bag->n++;
}

static int
by_order(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return x->order < y->order ? -1 : x->order > y->order;
}

static int
by_text(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = str_cmp(x->text, y->text);

	return order != 0 ? order : by_order(a, b);
}

/* Sorted, because a certificate may hold a million names. */
static struct x509_list
bag_to_list(struct bag *bag)
{
	struct x509_list list = { NULL, 0 };
	size_t n = 0;

	if (bag->n == 0)
		return list;
	qsort(bag->item, bag->n, sizeof(bag->item[0]), by_text);
	for (size_t i = 0; i < bag->n; i++) {
		if (i == 0 || !str_eq(bag->item[n - 1].text, bag->item[i].text))
			bag->item[n++] = bag->item[i];
	}
	qsort(bag->item, n, sizeof(bag->item[0]), by_order);
	list.text = pool_array(bag->pool, n, sizeof(list.text[0]));
	list.n = n;
	for (size_t i = 0; i < n; i++)
		list.text[i] = bag->item[i].text;
	return list;
}

static struct str
view_string(const ASN1_STRING *s)
{
	return str_view((const char *)ASN1_STRING_get0_data(s),
	    (size_t)ASN1_STRING_length(s));
}

static void
add_common_names(struct bag *bag, X509_NAME *subject)
{
	int i = -1;

	while (
	    (i = X509_NAME_get_index_by_NID(subject, NID_commonName, i)) >= 0) {
		X509_NAME_ENTRY *entry = X509_NAME_get_entry(subject, i);
		unsigned char *text = NULL;
		int n =
		    ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry));

		if (n >= 0)
			bag_add(bag, str_view((char *)text, (size_t)n));
		OPENSSL_free(text);
	}
}

static void
add_ip(struct bag *bag, struct str bytes)
{
	struct buf text = BUF_IN(bag->pool);
	struct ip ip = { .size = IP_V4 };

	if (bytes.n != IP_V4 && bytes.n != IP_V6)
		return;
	ip.size = (enum ip_size)bytes.n;
	memcpy(ip.byte, bytes.p, bytes.n);
	ip_write(&text, &ip);
	bag_add(bag, buf_str(&text));
}

static void
add_alternative(struct bags *bags, const GENERAL_NAME *name)
{
	switch (name->type) {
	case GEN_DNS:
		bag_add(&bags->name, view_string(name->d.dNSName));
		break;
	case GEN_EMAIL:
		bag_add(&bags->email, view_string(name->d.rfc822Name));
		break;
	case GEN_IPADD:
		add_ip(&bags->ip, view_string(name->d.iPAddress));
		break;
	}
}

/* There should be one such extension, but nothing forbids two. */
static int
add_alternatives(struct bags *bags, X509 *cert)
{
	int at = -1;

	while (
	    (at = X509_get_ext_by_NID(cert, NID_subject_alt_name, at)) >= 0) {
		GENERAL_NAMES *names = X509V3_EXT_d2i(X509_get_ext(cert, at));

		if (names == NULL)
			return -1;
		for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
			add_alternative(bags, sk_GENERAL_NAME_value(names, i));
		GENERAL_NAMES_free(names);
	}
	return 0;
}

static int
read_names(struct pool *pool, X509 *cert, struct x509_names *out,
    struct err *err)
{
	struct bags bags = { { .pool = pool }, { .pool = pool },
		{ .pool = pool } };

	if (X509_get_version(cert) != VERSION_3)
		return err_set(err, "unexpected certificate version");
	add_common_names(&bags.name, X509_get_subject_name(cert));
	if (add_alternatives(&bags, cert) == -1)
		return err_set(err, "Failed to parse der");
	out->name = bag_to_list(&bags.name);
	out->email = bag_to_list(&bags.email);
	out->ip = bag_to_list(&bags.ip);
	return 0;
}

int
x509_read_der(struct pool *pool, struct str der, struct x509_names *out,
    struct err *err)
{
	const unsigned char *p = (const unsigned char *)der.p;
	X509 *cert = NULL;
	int status;

	/* no configuration file is looked for */
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 0 &&
	    der.n != 0 && der.n <= LONG_MAX)
		cert = d2i_X509(NULL, &p, (long)der.n);
	if (cert == NULL)
		status = err_set(err, "Failed to parse der");
	else if (p != (const unsigned char *)der.p + der.n)
		status = err_set(err, "input cert has trailing garbage");
	else
		status = read_names(pool, cert, out, err);
	X509_free(cert);
	/* what OpenSSL thought of it must not confuse a later caller */
	ERR_clear_error();
	return status;
}

int
x509_read_pem(struct pool *pool, struct str text, struct x509_names *out,
    struct err *err)
{
	struct pem pem;

	if (pem_read(pool, text, &pem, NULL) == -1)
		return err_set(err, "Failed to parse pem");
	if (pem.rest.n != 0)
		return err_set(err, "input cert has trailing garbage");
	if (!str_is(pem.label, "CERTIFICATE"))
		return err_set(err, "input is not a certificate");
	return x509_read_der(pool, pem.bytes, out, err);
}
