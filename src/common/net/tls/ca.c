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

/* 0 to 63; 64: white space; 65: anything else. */
static unsigned
base64_value(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26u;
	if (c >= '0' && c <= '9')
		return c - '0' + 52u;
	if (c == '+')
		return 62;
	if (c == '/')
		return 63;
	return c == '\n' || c == '\r' || c == ' ' || c == '\t' ? 64 : 65;
}

/* Up to the padding, which says nothing that the DER does not say. */
static bool
base64_decode(struct pool *pool, struct str text, struct str *out)
{
	unsigned char *p;
	unsigned bits = 0, n = 0;
	size_t at = 0;

	if (text.n / 4 * 3 > CA_MAX_CERT)
		return false;
	p = pool_alloc(pool, text.n / 4 * 3 + 3);
	for (size_t i = 0; i < text.n && text.p[i] != '='; i++) {
		unsigned v = base64_value((unsigned char)text.p[i]);

		if (v == 64)
			continue;
		if (v > 64)
			return false;
		bits = bits << 6 | v;
		n += 6;
		if (n >= 8) {
			n -= 8;
			p[at++] = (unsigned char)(bits >> n);
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
