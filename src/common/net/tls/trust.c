#include "tls/trust.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/mem.h"
#include "stream/addr.h"
#include "tls/ca.h"
#include "tls/name.h"

/* One bundle a process; read when the first chain asks for a root. */
static struct {
	struct str text;
	struct pool pool;
	struct ca_entry *entry;
	size_t n;
	bool is_read;
} roots;

static void
read_roots(void)
{
	if (roots.is_read)
		return;
	roots.is_read = true;
	roots.entry = ca_index(&roots.pool, roots.text, &roots.n);
}

static X509 *
parse_entry(const struct ca_entry *entry)
{
	const unsigned char *p = (const unsigned char *)entry->der.p;
	X509 *x;

	ERR_set_mark();
	x = d2i_X509(NULL, &p, (long)entry->der.n);
	ERR_pop_to_mark();
	return x;
}

#ifndef LIBRESSL_VERSION_NUMBER

static bool
is_subject(const struct ca_entry *entry, const X509_NAME *name,
    struct str bytes, bool by_value)
{
	const unsigned char *p = (const unsigned char *)entry->subject.p;
	X509_NAME *own;
	bool is_same;

	if (!by_value)
		return str_eq(entry->subject, bytes);
	own = d2i_X509_NAME(NULL, &p, (long)entry->subject.n);
	is_same = own != NULL && X509_NAME_cmp(own, name) == 0;
	X509_NAME_free(own);
	return is_same;
}

/* All roots of that name join the store; *first is one of them. */
static int
add_roots(X509_STORE *store, const X509_NAME *name, struct str bytes,
    bool by_value, X509 **first)
{
	for (size_t i = 0; i < roots.n; i++) {
		X509 *x;

		if (!is_subject(&roots.entry[i], name, bytes, by_value))
			continue;
		x = parse_entry(&roots.entry[i]);
		if (x == NULL)
			continue;
		X509_STORE_add_cert(store, x);
		if (*first == NULL)
			*first = x;
		else
			X509_free(x);
	}
	return *first != NULL;
}

static int
by_subject(X509_LOOKUP *lookup, X509_LOOKUP_TYPE type, const X509_NAME *name,
    X509_OBJECT *out)
{
	X509_STORE *store = X509_LOOKUP_get_store(lookup);
	const unsigned char *der;
	X509 *first = NULL;
	struct str bytes;
	size_t n;
	int result;

	if (type != X509_LU_X509 || X509_NAME_get0_der(name, &der, &n) != 1)
		return 0;
	read_roots();
	bytes = str_view((const char *)der, n);
	/* names may be equal in other string types: compared only if need be */
	if (!add_roots(store, name, bytes, false, &first) &&
	    !add_roots(store, name, bytes, true, &first))
		return 0;
	result = X509_OBJECT_set1_X509(out, first);
	X509_free(first);
	return result;
}

static bool
add_lookup(X509_STORE *store)
{
	X509_LOOKUP_METHOD *method = X509_LOOKUP_meth_new("bundle");

	return method != NULL &&
	       X509_LOOKUP_meth_set_get_by_subject(method, by_subject) == 1 &&
	       X509_STORE_add_lookup(store, method) != NULL;
}

#else

/* No lookup methods of one's own there: everything is parsed at once. */
static bool
add_lookup(X509_STORE *store)
{
	read_roots();
	for (size_t i = 0; i < roots.n; i++) {
		X509 *x = parse_entry(&roots.entry[i]);

		if (x != NULL)
			X509_STORE_add_cert(store, x);
		X509_free(x);
	}
	return true;
}

#endif

X509_STORE *
tls_trust_store(struct str bundle)
{
	X509_STORE *store = X509_STORE_new();

	roots.text = bundle;
	if (store == NULL)
		return NULL;
	/* what is in the bundle is believed, whoever signed it */
	if (X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN) != 1 ||
	    !add_lookup(store)) {
		X509_STORE_free(store);
		return NULL;
	}
	return store;
}

static const char *
chain_problem(int error)
{
	switch (error) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return "CertExpired";
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return "CertNotValidYet";
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_INVALID_CA:
	case X509_V_ERR_CERT_UNTRUSTED:
		return "UnknownIssuer";
	default:
		return X509_verify_cert_error_string(error);
	}
}

static const char *
leaf_problem(X509 *leaf, int *error)
{
	if ((X509_get_extension_flags(leaf) & EXFLAG_CA) != 0) {
		*error = X509_V_ERR_INVALID_PURPOSE;
		return "CAUsedAsEndEntity";
	}
	if (X509_cmp_current_time(X509_get0_notAfter(leaf)) <= 0) {
		*error = X509_V_ERR_CERT_HAS_EXPIRED;
		return "CertExpired";
	}
	if (X509_cmp_current_time(X509_get0_notBefore(leaf)) > 0) {
		*error = X509_V_ERR_CERT_NOT_YET_VALID;
		return "CertNotValidYet";
	}
	return NULL;
}

/* Subject alternative names only: the common name does not count. */
static bool
has_name(X509 *leaf, struct str host)
{
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
	bool is_found = false;

	for (int i = 0; i < sk_GENERAL_NAME_num(names) && !is_found; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		const ASN1_IA5STRING *text;

		if (name->type != GEN_DNS)
			continue;
		text = name->d.dNSName;
		is_found =
		    tls_name_matches(str_view((const char *)
						  ASN1_STRING_get0_data(text),
					 (size_t)ASN1_STRING_length(text)),
			host);
	}
	GENERAL_NAMES_free(names);
	return is_found;
}

static bool
is_for(X509 *leaf, const char *host)
{
	struct addr addr;

	if (addr_read_ip(str_of(host), &addr)) {
		bool is_ip4 = addr_is_ip4(&addr);

		return X509_check_ip(leaf, addr.ip + (is_ip4 ? 12 : 0),
			   is_ip4 ? 4 : 16, 0) == 1;
	}
	return has_name(leaf, str_of(host));
}

const char *
tls_trust_judge(X509_STORE_CTX *ctx, const char *host)
{
	X509 *leaf = X509_STORE_CTX_get0_cert(ctx);
	int error = X509_V_OK;
	const char *problem = leaf_problem(leaf, &error);

	if (problem == NULL && X509_verify_cert(ctx) != 1) {
		error = X509_STORE_CTX_get_error(ctx);
		problem = chain_problem(error);
	} else if (problem == NULL && !is_for(leaf, host)) {
		error = X509_V_ERR_HOSTNAME_MISMATCH;
		problem = "CertNotValidForName";
	}
	X509_STORE_CTX_set_error(ctx, error);
	return problem;
}
