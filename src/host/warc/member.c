/*
 * Level 1: more costs three times as much and saves a tenth. zlib's state is
 * kept from one member to the next.
 */
#include "warc/inside.h"

#include "base/mem.h"
#include "base/write.h"

#define LEVEL       1
#define GZIP        (15 + 16) /* windowBits of deflateInit2() */
#define MEMORY      8
#define SAMPLE_MOST ((size_t)4 << 10)

static unsigned char *
bytes_of(struct str s)
{
	return (unsigned char *)(uintptr_t)s.p; /* zlib only reads it */
}

void
member_init(struct member *m, int fd)
{
	*m = (struct member){ .fd = fd };
	if (deflateInit2(&m->z, LEVEL, Z_DEFLATED, GZIP, MEMORY,
		Z_DEFAULT_STRATEGY) != Z_OK)
		mem_fail(sizeof(m->z));
}

void
member_end(struct member *m)
{
	(void)deflateEnd(&m->z);
}

/* Whether a piece gets smaller by a sixteenth. */
static bool
shrinks(struct member *m, struct str sample)
{
	if (sample.n > SAMPLE_MOST)
		sample.n = SAMPLE_MOST;
	(void)deflateReset(&m->z);
	(void)deflateParams(&m->z, LEVEL, Z_DEFAULT_STRATEGY);
	m->z.next_in = bytes_of(sample);
	m->z.avail_in = (unsigned)sample.n;
	m->z.next_out = m->out;
	m->z.avail_out = sizeof(m->out);
	(void)deflate(&m->z, Z_FINISH);
	return m->z.total_out < sample.n - sample.n / 16;
}

void
member_begin(struct member *m, struct str sample)
{
	int level = sample.n < 1024 || shrinks(m, sample) ? LEVEL : 0;

	(void)deflateReset(&m->z);
	(void)deflateParams(&m->z, level, Z_DEFAULT_STRATEGY);
	m->n = 0;
}

/* Until all input is taken and, at the end, all output is out. */
static int
run(struct member *m, int flush, struct err *err)
{
	int status;

	do {
		size_t n;

		m->z.next_out = m->out;
		m->z.avail_out = sizeof(m->out);
		status = deflate(&m->z, flush);
		n = sizeof(m->out) - m->z.avail_out;
		m->n += n;
		if (write_all(m->fd, str_view((char *)m->out, n)) == -1)
			return err_sys(err, "cannot write a record");
	} while (m->z.avail_out == 0 || (flush == Z_FINISH && status == Z_OK));
	return 0;
}

int
member_add(struct member *m, struct str bytes, struct err *err)
{
	while (bytes.n != 0) {
		size_t n = bytes.n < INT32_MAX ? bytes.n : INT32_MAX;

		m->z.next_in = bytes_of(bytes);
		m->z.avail_in = (unsigned)n;
		if (run(m, Z_NO_FLUSH, err) == -1)
			return -1;
		bytes = str_from(bytes, n);
	}
	return 0;
}

int
member_finish(struct member *m, struct err *err)
{
	m->z.next_in = NULL;
	m->z.avail_in = 0;
	return run(m, Z_FINISH, err);
}
