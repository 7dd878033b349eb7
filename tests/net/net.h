/*
 * net: what the tests with servers share that connect to them themselves.
 */
#ifndef TEST_NET_H
#define TEST_NET_H

#include "check.h"

#include "name/dial.h"
#include "ports.h"

static inline struct addr
local(uint16_t port)
{
	return addr_ip4((const unsigned char[4]){ 127, 0, 0, 1 }, port);
}

/* Whether there is one; a NULL result was reported. */
static inline struct stream *
must_dial(struct dialler *d, const struct dial *to, const char *file, int line)
{
	autoerr struct err err = ERR_NONE;
	struct stream *s = NULL;

	if (dial_tcp(d, to, &s, &err) == -1)
		check_where(file, line, err_cstr(&err));
	return s;
}
#define MUST_DIAL(d, to) must_dial(d, to, __FILE__, __LINE__)

static inline void
check_dial_fails(struct dialler *d, const struct dial *to, const char *want,
    const char *file, int line)
{
	autoerr struct err err = ERR_NONE;
	struct stream *s = NULL;

	if (dial_tcp(d, to, &s, &err) == 0)
		check_where(file, line, "connected");
	else
		check_str(str_of(err_cstr(&err)), str_of(want), "the error",
		    file, line);
	stream_free(s);
}
#define CHECK_DIAL_FAILS(d, to, want)                                          \
	check_dial_fails(d, to, want, __FILE__, __LINE__)

/* All that comes until the end, in pool. */
static inline struct str
read_all(struct stream *s, struct pool *pool)
{
	int result;

	while ((result = stream_fill(s, NULL)) == 1)
		continue;
	CHECK_INT(result, 0);
	return pool_copy(pool, stream_held(s));
}

#endif
