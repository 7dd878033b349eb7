#include "tls/tls.h"

#include <errno.h>
#include <stdlib.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/buf.h"
#include "base/mem.h"
#include "name/dns.h"
#include "text/b64.h"
#include "tls/ca.h"
#include "tls/session.h"
#include "tls/trust.h"

/* docs/reference, "TLS": what is offered, in this order */
static const char suites13[] = "TLS_CHACHA20_POLY1305_SHA256:"
			       "TLS_AES_256_GCM_SHA384:"
			       "TLS_AES_128_GCM_SHA256";
static const char suites12[] = "ECDHE-ECDSA-CHACHA20-POLY1305:"
			       "ECDHE-RSA-CHACHA20-POLY1305:"
			       "ECDHE-ECDSA-AES256-GCM-SHA384:"
			       "ECDHE-RSA-AES256-GCM-SHA384:"
			       "ECDHE-ECDSA-AES128-GCM-SHA256:"
			       "ECDHE-RSA-AES128-GCM-SHA256";
static const char groups[] = "X25519:P-384:P-256";

struct tls {
	SSL *ssl;
	int fd;
	int errnum;          /* of the last failed system call; 0: none */
	bool is_ended;       /* the connection has, below TLS */
	const char *problem; /* of the certificate; NULL: none */
	char host[256];      /* what to check; "" fits nothing */
	unsigned char leaf[TAP_DIGEST_SIZE]; /* of the server's certificate */
	bool has_leaf;
	bool no_verify;
};

static struct {
	struct str bundle;
	SSL_CTX *ctx;
	BIO_METHOD *bio;
} global;

/* The descriptor as OpenSSL wants it; never waits. */
static int
bio_read(BIO *bio, char *p, int n)
{
	struct tls *t = BIO_get_data(bio);
	ssize_t got;

	BIO_clear_retry_flags(bio);
	do {
		got = recv(t->fd, p, (size_t)n, 0);
	} while (got == -1 && errno == EINTR);
	if (got > 0)
		return (int)got;
	if (got == 0 || errno == EPIPE)
		t->is_ended = true;
	else if (errno == EAGAIN || errno == EWOULDBLOCK)
		BIO_set_retry_read(bio);
	else
		t->errnum = errno;
	return (int)got;
}

static int
bio_write(BIO *bio, const char *p, int n)
{
	struct tls *t = BIO_get_data(bio);
	ssize_t put;

	BIO_clear_retry_flags(bio);
	do {
		put = send(t->fd, p, (size_t)n, MSG_NOSIGNAL);
	} while (put == -1 && errno == EINTR);
	if (put >= 0)
		return (int)put;
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		BIO_set_retry_write(bio);
	else
		t->errnum = errno;
	return -1;
}

static long
bio_ctrl(BIO *bio, int what, long n, void *p)
{
	(void)n;
	(void)p;
	if (what == BIO_CTRL_EOF)
		return ((struct tls *)BIO_get_data(bio))->is_ended;
	return what == BIO_CTRL_FLUSH;
}

static BIO *
bio_for(struct tls *t)
{
	BIO *bio;

	if (global.bio == NULL) {
		global.bio =
		    BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK,
			"stream");
		if (global.bio == NULL ||
		    BIO_meth_set_read(global.bio, bio_read) != 1 ||
		    BIO_meth_set_write(global.bio, bio_write) != 1 ||
		    BIO_meth_set_ctrl(global.bio, bio_ctrl) != 1)
			mem_fail(0);
	}
	bio = BIO_new(global.bio);
	if (bio == NULL)
		mem_fail(0);
	BIO_set_data(bio, t);
	BIO_set_init(bio, 1);
	return bio;
}

static int
judge_chain(X509_STORE_CTX *ctx, void *arg)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(ctx,
	    SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls *t = SSL_get_app_data(ssl);

	(void)arg;
	if (t->no_verify)
		return 1;
	/* what stays in the queue would be taken for the call's own error */
	ERR_set_mark();
	t->problem = tls_trust_judge(ctx, t->host);
	ERR_pop_to_mark();
	return t->problem == NULL;
}

/*
 * No file is read: neither openssl.cnf nor the usual roots. Texts of errors and
 * ciphers by name are for others: tables that cost a fifth of what comes before
 * the first handshake.
 */
static const uint64_t init =
    OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT |
    OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_LOAD_SSL_STRINGS |
    OPENSSL_INIT_NO_ADD_ALL_CIPHERS;

static SSL_CTX *
make_ctx(void)
{
	SSL_CTX *ctx;
	X509_STORE *store;

	OPENSSL_init_ssl(init, NULL);
	ctx = SSL_CTX_new(TLS_client_method());
	store = tls_trust_store(global.bundle);
	if (ctx == NULL || store == NULL ||
	    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1 ||
	    SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) != 1 ||
	    SSL_CTX_set_ciphersuites(ctx, suites13) != 1 ||
	    SSL_CTX_set_cipher_list(ctx, suites12) != 1 ||
	    SSL_CTX_set1_groups_list(ctx, groups) != 1)
		mem_fail(0);
	SSL_CTX_set_cert_store(ctx, store);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, judge_chain, NULL);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
				  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	/* a server that says nothing but tickets must not keep a read from
	 * looking at the time */
	SSL_CTX_clear_mode(ctx, SSL_MODE_AUTO_RETRY);
	/* a record's head and the rest of it by one read, not by two */
	SSL_CTX_set_read_ahead(ctx, 1);
	tls_session_init(ctx);
	return ctx;
}

void
tls_prepare(const char *ca_file)
{
	if (ca_file != NULL && ca_file[0] == '\0')
		ca_file = NULL;
	if (ca_open(ca_file, &global.bundle, NULL) == -1)
		global.bundle = STR_NONE;
}

/* RFC 8446, 6 and the older ones of RFC 5246, 7.2, in the peer's spelling. */
static const char *
alert_name(int alert)
{
	static const struct {
		int alert;
		const char *name;
	} row[] = {
		{ 0, "CloseNotify" },
		{ 10, "UnexpectedMessage" },
		{ 20, "BadRecordMac" },
		{ 21, "DecryptionFailed" },
		{ 22, "RecordOverflow" },
		{ 30, "DecompressionFailure" },
		{ 40, "HandshakeFailure" },
		{ 41, "NoCertificate" },
		{ 42, "BadCertificate" },
		{ 43, "UnsupportedCertificate" },
		{ 44, "CertificateRevoked" },
		{ 45, "CertificateExpired" },
		{ 46, "CertificateUnknown" },
		{ 47, "IllegalParameter" },
		{ 48, "UnknownCA" },
		{ 49, "AccessDenied" },
		{ 50, "DecodeError" },
		{ 51, "DecryptError" },
		{ 60, "ExportRestriction" },
		{ 70, "ProtocolVersion" },
		{ 71, "InsufficientSecurity" },
		{ 80, "InternalError" },
		{ 86, "InappropriateFallback" },
		{ 90, "UserCanceled" },
		{ 100, "NoRenegotiation" },
		{ 109, "MissingExtension" },
		{ 110, "UnsupportedExtension" },
		{ 111, "CertificateUnobtainable" },
		{ 112, "UnrecognisedName" },
		{ 113, "BadCertificateStatusResponse" },
		{ 114, "BadCertificateHashValue" },
		{ 115, "UnknownPSKIdentity" },
		{ 116, "CertificateRequired" },
		{ 120, "NoApplicationProtocol" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		if (row[i].alert == alert)
			return row[i].name;
	}
	return "Unknown";
}

static int
fail_tls(struct stream *s, const struct tls *t, struct err *err)
{
	unsigned long code = ERR_peek_error();
	int reason = ERR_GET_REASON(code);

	ERR_clear_error();
	if (t->problem != NULL)
		err_set(err, "invalid certificate: %s", t->problem);
	else if (ERR_GET_LIB(code) == ERR_LIB_SSL &&
		 reason >= SSL_AD_REASON_OFFSET)
		err_set(err, "received fatal alert: %s",
		    alert_name(reason - SSL_AD_REASON_OFFSET));
	else if (reason == SSL_R_UNSUPPORTED_PROTOCOL)
		err_set(err, "peer is incompatible: unsupported protocol");
	else
		err_set(err, "received corrupt message");
	return stream_fail_tls(s);
}

/* What a call of OpenSSL that did not succeed means. */
static enum stream_io
why(struct stream *s, struct tls *t, int result, struct err *err)
{
	switch (SSL_get_error(t->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		return STREAM_IO_WANT_READ;
	case SSL_ERROR_WANT_WRITE:
		return STREAM_IO_WANT_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		return STREAM_IO_END;
	default:
		break;
	}
	/* a FIN without close_notify is an end like any other; an alert that
	 * could not be sent because of it does not matter */
	if (t->is_ended && t->problem == NULL) {
		ERR_clear_error();
		return STREAM_IO_END;
	}
	if (t->errnum != 0) {
		stream_fail_errno(s, t->errnum, err);
		t->errnum = 0;
		ERR_clear_error();
		return STREAM_IO_FAILED;
	}
	fail_tls(s, t, err);
	return STREAM_IO_FAILED;
}

static enum stream_io
layer_read(struct stream *s, void *layer, void *p, size_t n, size_t *done,
    struct err *err)
{
	struct tls *t = layer;

	ERR_clear_error();
	if (SSL_read_ex(t->ssl, p, n, done) == 1)
		return STREAM_IO_DONE;
	return why(s, t, 0, err);
}

static enum stream_io
layer_write(struct stream *s, void *layer, const void *p, size_t n,
    size_t *done, struct err *err)
{
	struct tls *t = layer;
	enum stream_io io;

	ERR_clear_error();
	if (SSL_write_ex(t->ssl, p, n, done) == 1)
		return STREAM_IO_DONE;
	io = why(s, t, 0, err);
	if (io == STREAM_IO_END) {
		stream_fail_errno(s, EPIPE, err);
		io = STREAM_IO_FAILED;
	}
	return io;
}

static bool
layer_has_kept(void *layer)
{
	struct tls *t = layer;

	return SSL_has_pending(t->ssl) == 1;
}

static void
layer_free(struct stream *s, void *layer)
{
	struct tls *t = layer;

	(void)s;
	/* tried once; nobody waits for the other side's */
	if (SSL_is_init_finished(t->ssl))
		(void)SSL_shutdown(t->ssl);
	ERR_clear_error();
	SSL_free(t->ssl);
	free(t);
}

static const struct stream_layer layer_ops = {
	.read = layer_read,
	.write = layer_write,
	.has_kept = layer_has_kept,
	.free = layer_free,
};

/*
 * What is checked and sent: without the final dot, an IDNA name in ASCII. What
 * cannot be a name fits nothing.
 */
static void
set_host(struct tls *t, struct str host)
{
	struct dns_name name;

	if (host.n != 0 && host.p[host.n - 1] == '.')
		host.n--;
	if (!str_is_ascii(host)) {
		if (dns_name_read(host, &name, NULL) == 0)
			dns_name_plain(&name, t->host);
	} else if (host.n < sizeof(t->host) &&
		   str_find_char(host, '\0') == STR_NPOS && host.n != 0) {
		memcpy(t->host, host.p, host.n);
	}
}

static struct tls *
tls_new(struct stream *s, const struct tls_opts *opts)
{
	struct tls *t = mem_zalloc(sizeof(*t));
	struct addr addr;
	BIO *bio = bio_for(t);

	if (global.ctx == NULL)
		global.ctx = make_ctx();
	t->fd = stream_fd(s);
	t->no_verify = opts->no_verify;
	set_host(t, opts->host);
	t->ssl = SSL_new(global.ctx);
	if (t->ssl == NULL)
		mem_fail(0);
	SSL_set_app_data(t->ssl, t);
	SSL_set_bio(t->ssl, bio, bio);
	/* RFC 6066, 3: no literal address in SNI */
	if (t->host[0] != '\0' && !addr_read_ip(str_of(t->host), &addr))
		SSL_set_tlsext_host_name(t->ssl, t->host);
	if (opts->port != 0)
		tls_session_resume(t->ssl, t->host, opts->port, t->no_verify);
	return t;
}

static int
handshake_tls(struct stream *s, struct tls *t, struct err *err)
{
	for (;;) {
		enum stream_io io;
		int result;

		ERR_clear_error();
		result = SSL_connect(t->ssl);
		if (result == 1)
			return 0;
		io = why(s, t, result, err);
		if (io == STREAM_IO_END) {
			err_set(err, "unexpected end of file");
			return stream_fail_tls(s);
		}
		if (io == STREAM_IO_FAILED ||
		    stream_wait(s, io, true, err) == -1)
			return -1;
	}
}

int
tls_start(struct stream *s, const struct tls_opts *opts, struct err *err)
{
	struct tls *t = tls_new(s, opts);

	if (handshake_tls(s, t, err) == -1) {
		layer_free(s, t);
		return -1;
	}
	stream_set_layer(s, &layer_ops, t);
	return 0;
}

int
tls_ready(struct stream *s, void *opts, struct err *err)
{
	return tls_start(s, opts, err);
}

static struct str
pem(struct pool *pool, X509 *x)
{
	struct buf out = BUF_IN(pool);
	unsigned char *der = NULL;
	int n = i2d_X509(x, &der);

	buf_add(&out, STR("-----BEGIN CERTIFICATE-----\r\n"));
	for (int at = 0; at < n; at += 48) {
		int part = n - at < 48 ? n - at : 48;

		b64_add(&out, str_view((char *)der + at, (size_t)part));
		buf_add(&out, STR("\r\n"));
	}
	buf_add(&out, STR("-----END CERTIFICATE-----\r\n"));
	OPENSSL_free(der);
	return buf_str(&out);
}

/* A chain of one exchange after the other is the same. */
static bool
digest_leaf(struct tls *t, X509 *leaf)
{
	unsigned n = 0;

	if (!t->has_leaf && leaf != NULL)
		t->has_leaf = X509_digest(leaf, EVP_sha256(), t->leaf, &n) == 1;
	return t->has_leaf;
}

void
tls_tell(struct stream *s, struct tap *tap)
{
	struct tls *t = stream_layer(s, &layer_ops);
	autopool struct pool pool = POOL_NONE;
	struct buf all = BUF_IN(&pool);
	STACK_OF(X509) * chain;

	if (t == NULL || tap == NULL)
		return;
	chain = SSL_get_peer_cert_chain(t->ssl);
	if (chain == NULL || sk_X509_num(chain) == 0 ||
	    !digest_leaf(t, sk_X509_value(chain, 0)) ||
	    !tap->hooks->certificate(tap, t->leaf))
		return;
	for (int i = 0; i < sk_X509_num(chain); i++)
		buf_add(&all, pem(&pool, sk_X509_value(chain, i)));
	tap->hooks->chain(tap, buf_str(&all));
}

void *
tls_digest_begin(void)
{
	EVP_MD_CTX *ctx;

	OPENSSL_init_ssl(init, NULL);
	ctx = EVP_MD_CTX_new();
	if (ctx == NULL || EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1)
		mem_fail(0);
	return ctx;
}

void
tls_digest_add(void *digest, struct str bytes)
{
	if (bytes.n != 0 && EVP_DigestUpdate(digest, bytes.p, bytes.n) != 1)
		mem_fail(0);
}

void
tls_digest_end(void *digest, unsigned char out[TAP_DIGEST_SIZE])
{
	if (out != NULL && EVP_DigestFinal_ex(digest, out, NULL) != 1)
		mem_fail(0);
	EVP_MD_CTX_free(digest);
}

struct str *
tls_chain(struct stream *s, struct pool *pool, size_t *n)
{
	struct tls *t = stream_layer(s, &layer_ops);
	STACK_OF(X509) *chain =
	    t != NULL ? SSL_get_peer_cert_chain(t->ssl) : NULL;
	int all = chain != NULL ? sk_X509_num(chain) : 0;
	struct str *list = pool_array(pool, (size_t)all, sizeof(*list));

	for (int i = 0; i < all; i++)
		list[i] = pem(pool, sk_X509_value(chain, all - 1 - i));
	*n = (size_t)all;
	return list;
}
