#include "tls/ca.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/mem.h"

static const char *const place[] = {
	"/etc/ssl/certs/ca-certificates.crt",     /* Debian, Alpine */
	"/etc/ssl/cert.pem",                      /* OpenBSD, Alpine */
	"/etc/pki/tls/certs/ca-bundle.crt",       /* Fedora */
	"/usr/local/share/certs/ca-root-nss.crt", /* FreeBSD */
};

static int
read_all(int fd, size_t n, struct str *text, struct err *err)
{
	char *p = mem_alloc(n);
	size_t got = 0;

	while (got < n) {
		ssize_t more = read(fd, p + got, n - got);

		if (more == -1 && errno == EINTR)
			continue;
		if (more == -1)
			return err_sys(err, "cannot read");
		if (more == 0)
			break;
		got += (size_t)more;
	}
	*text = str_view(p, got);
	return 0;
}

static int
take_file(int fd, struct str *text, struct err *err)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st) == -1)
		return err_sys(err, "cannot stat");
	if (!S_ISREG(st.st_mode) || st.st_size == 0)
		return err_set(err, "no file with something in it");
	if ((uintmax_t)st.st_size > CA_MAX_BYTES)
		return err_set(err, "too large");
	if (st.st_uid != 0 || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return read_all(fd, (size_t)st.st_size, text, err);
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return err_sys(err, "cannot map");
	*text = str_view(p, (size_t)st.st_size);
	return 0;
}

static int
open_one(const char *path, struct str *text, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int result;

	if (fd == -1)
		return err_sys(err, "cannot open %s", path);
	result = take_file(fd, text, err);
	close(fd);
	return result == -1 ? err_wrap(err, "not a bundle: %s", path) : 0;
}

int
ca_open(const char *path, struct str *text, struct err *err)
{
	if (path != NULL)
		return open_one(path, text, err);
	for (size_t i = 0; i < ARRAY_SIZE(place); i++) {
		if (open_one(place[i], text, err) == 0)
			return 0;
	}
	return -1;
}

/*
 * Takes one element off the front: *whole with tag and length, *content
 * without. Lengths of up to four bytes; the indefinite form is no DER.
 */
static bool
take_item(struct str *in, unsigned char tag, struct str *whole,
    struct str *content)
{
	const unsigned char *p = (const unsigned char *)in->p;
	size_t head = 2, n;

	if (in->n < 2 || p[0] != tag)
		return false;
	n = p[1];
	if (n >= 0x80) {
		size_t more = n & 0x7f;

		if (more == 0 || more > 4 || in->n < 2 + more)
			return false;
		n = (size_t)bytes_be(str_sub(*in, head, more));
		head += more;
	}
	if (n > in->n - head)
		return false;
	*whole = str_sub(*in, 0, head + n);
	*content = str_sub(*in, head, n);
	*in = str_from(*in, head + n);
	return true;
}

enum {
	DER_INTEGER = 0x02,
	DER_SEQUENCE = 0x30,
	DER_VERSION = 0xa0, /* [0] EXPLICIT */
};

bool
ca_subject(struct str der, struct str *subject)
{
	struct str whole, tbs, in, skipped;

	/* version DEFAULT v1, serialNumber, signature, issuer, validity */
	if (!take_item(&der, DER_SEQUENCE, &whole, &in) ||
	    !take_item(&in, DER_SEQUENCE, &whole, &tbs))
		return false;
	(void)take_item(&tbs, DER_VERSION, &whole, &skipped);
	return take_item(&tbs, DER_INTEGER, &whole, &skipped) &&
	       take_item(&tbs, DER_SEQUENCE, &whole, &skipped) &&
	       take_item(&tbs, DER_SEQUENCE, &whole, &skipped) &&
	       take_item(&tbs, DER_SEQUENCE, &whole, &skipped) &&
	       take_item(&tbs, DER_SEQUENCE, subject, &skipped);
}

enum { OTHER, BLANK = 64, DIGIT = 128 }; /* DIGIT: and its value */

/* What a character is in base64. */
static const unsigned char base64_class[256] = {
	['\t'] = BLANK,
	['\n'] = BLANK,
	['\r'] = BLANK,
	[' '] = BLANK,
#define D(c, value) [c] = DIGIT | (value)
#define D4(c, value)                                                           \
	D((c), (value)), D((c) + 1, (value) + 1), D((c) + 2, (value) + 2),     \
	    D((c) + 3, (value) + 3)
	D4('A', 0),
	D4('E', 4),
	D4('I', 8),
	D4('M', 12),
	D4('Q', 16),
	D4('U', 20),
	D('Y', 24),
	D('Z', 25),
	D4('a', 26),
	D4('e', 30),
	D4('i', 34),
	D4('m', 38),
	D4('q', 42),
	D4('u', 46),
	D('y', 50),
	D('z', 51),
	D4('0', 52),
	D4('4', 56),
	D('8', 60),
	D('9', 61),
	D('+', 62),
	D('/', 63),
#undef D4
#undef D
};

/* Four digits at a time, as long as there are such: how many were taken. */
static size_t
decode_fours(const unsigned char *in, size_t n, unsigned char *out)
{
	size_t i = 0;

	for (; n - i >= 4; i += 4) {
		unsigned a = base64_class[in[i]], b = base64_class[in[i + 1]],
			 c = base64_class[in[i + 2]],
			 d = base64_class[in[i + 3]];

		if ((a & b & c & d & DIGIT) == 0)
			break;
		*out++ = (unsigned char)(a << 2 | (b & 63) >> 4);
		*out++ = (unsigned char)(b << 4 | (c & 63) >> 2);
		*out++ = (unsigned char)(c << 6 | (d & 63));
	}
	return i;
}

/* Up to the padding, which says nothing that the DER does not say. */
static bool
base64_decode(struct pool *pool, struct str text, struct str *out)
{
	const unsigned char *in = (const unsigned char *)text.p;
	unsigned char *p;
	unsigned bits = 0, n = 0;
	size_t at = 0;

	if (text.n / 4 * 3 > CA_MAX_CERT)
		return false;
	p = pool_alloc(pool, text.n / 4 * 3 + 3);
	for (size_t i = 0; i < text.n && in[i] != '='; i++) {
		unsigned class = base64_class[in[i]];

		if (class == OTHER)
			return false;
		if (class != BLANK) {
			bits = bits << 6 | (class & 63);
			n += 6;
		}
		if (n >= 8) {
			n -= 8;
			p[at++] = (unsigned char)(bits >> n);
		}
		if (n == 0) {
			size_t more =
			    decode_fours(in + i + 1, text.n - i - 1, p + at);

			at += more / 4 * 3;
			i += more;
		}
	}
	*out = str_view((char *)p, at);
	return true;
}

/* The base64 text of the next certificate; false: there is none. */
static bool
next_cert(struct str *text, struct str *body)
{
	struct str begin = STR("-----BEGIN CERTIFICATE-----");
	struct str end = STR("-----END CERTIFICATE-----");
	size_t at = str_find(*text, begin);
	size_t n;

	if (at == STR_NPOS)
		return false;
	*text = str_from(*text, at + begin.n);
	n = str_find(*text, end);
	if (n == STR_NPOS)
		return false;
	*body = str_sub(*text, 0, n);
	*text = str_from(*text, n + end.n);
	return true;
}

struct ca_entry *
ca_index(struct pool *pool, struct str text, size_t *n)
{
	struct buf list = BUF_IN(pool);
	struct str body;

	while (next_cert(&text, &body)) {
		struct ca_entry entry;

		if (base64_decode(pool, body, &entry.der) &&
		    ca_subject(entry.der, &entry.subject))
			buf_add(&list,
			    str_view((const char *)&entry, sizeof(entry)));
	}
	*n = list.n / sizeof(struct ca_entry);
	return (struct ca_entry *)(void *)list.p;
}
