/*
 * err: why something failed, as a chain of messages. The function that knows
 * sets the cause; each one above may wrap it with what it was doing. One
 * sentence each, lower case, no full stop, with the value that was wrong.
 * A message is any bytes; where it quotes foreign bytes it may hold NUL.
 *
 *	autoerr struct err err = ERR_NONE;
 *	if (library_load(&lib, path, &err) == -1)
 *		printf("%s\n", err_cstr(&err));
 *
 * Every function that fills in an err returns -1, so that it can end with
 * "return err_set(...)". A NULL err is allowed and ignored.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/pool.h"

#define ERR_LEVELS 8 /* a deeper wrap replaces the outermost message */

/* What is to be done about it, which no message says. */
enum err_kind {
	ERR_FAILED,
	ERR_USAGE, /* what was asked for was not understood: exit status 2 */
};

struct err {
	struct pool pool;
	enum err_kind kind;
	unsigned n;                 /* messages; 0: no error */
	struct str msg[ERR_LEVELS]; /* the cause first */
	struct str debug;           /* see err_set_debug */
};

#define ERR_NONE                                                               \
	{                                                                      \
		.n = 0                                                         \
	}
#define autoerr __attribute__((cleanup(err_clear)))

/* Replaces what was there by one message. */
int err_set(struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
int err_set_str(struct err *err, struct str text);

/* err_set() of the kind ERR_USAGE. */
int err_usage(struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Makes it another kind. It keeps that until it is replaced: wraps do not. */
int err_set_kind(struct err *err, enum err_kind kind);

/* The text of an errno value: "Connection refused (os error 111)". */
int err_set_errno(struct err *err, int errnum);

/* err_set_errno(errno), wrapped by the message. */
int err_sys(struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds what was being done to a cause that is set. */
int err_wrap(struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Notes how the reference program dumps the cause (docs/wire.md, "Errors in
 * Lua"): "ParseIntError { kind: Empty }". Without it the dump is made from the
 * message.
 */
int err_set_debug(struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The outermost message, "" if there is none; lives as long as err is kept. */
struct str err_text(const struct err *err);

/* All messages, outermost first, joined with ": ". */
struct str err_join(struct pool *pool, const struct err *err);

/* err_join in err's own memory. */
const char *err_cstr(struct err *err);

/* Frees *to's chain, takes from's, and leaves from empty. */
void err_move(struct err *to, struct err *from);

void err_clear(struct err *err);

/*
 * Analyzers read one file at a time (tools/static): that these return -1 and
 * nothing else, and so that what a function promises on success is set where
 * it returns 0, has to stand where they see it.
 */
#ifdef STATIC_ANALYSIS
#define err_set(...)       (err_set(__VA_ARGS__), -1)
#define err_set_str(...)   (err_set_str(__VA_ARGS__), -1)
#define err_set_errno(...) (err_set_errno(__VA_ARGS__), -1)
#define err_sys(...)       (err_sys(__VA_ARGS__), -1)
#define err_usage(...)     (err_usage(__VA_ARGS__), -1)
#define err_set_kind(...)  (err_set_kind(__VA_ARGS__), -1)
#define err_wrap(...)      (err_wrap(__VA_ARGS__), -1)
#define err_set_debug(...) (err_set_debug(__VA_ARGS__), -1)
#endif

#endif
