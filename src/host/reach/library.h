/*
 * library: what each function of the sandbox means for hosts: what its result is
 * made of, and what it does with its arguments. A function that has no row gives
 * what may be any host; a test looks whether each of docs/reference has one.
 *
 * To add a function: a row in library.c.
 */
#ifndef REACH_LIBRARY_H
#define REACH_LIBRARY_H

#include "base/str.h"

enum gives {
	GIVES_NOTHING,
	GIVES_PLAIN,    /* a number, a hash, a handle */
	GIVES_ANSWER,   /* what somebody said: any host */
	GIVES_PARTS,    /* something out of its arguments */
	GIVES_CAPTURES, /* the same, several times */
	GIVES_SAME,     /* its first argument */
	GIVES_OPTION,   /* the option that is named */
	GIVES_KEYS,     /* the keys that are named */
	GIVES_REQUEST,  /* a request */
	GIVES_JOIN,     /* of a URL and a reference */
	GIVES_FORMAT,   /* the first, with the others in it */
	GIVES_REPLACE,  /* the first, the third in place of the second */
};

enum does {
	DOES_NOTHING,
	DOES_REQUEST, /* URL is the third, options the fourth */
	DOES_SEND,    /* the first is a request */
	DOES_CONNECT, /* URL is the first, options the second */
	DOES_SOCKET,  /* host, port, options */
	DOES_DNS,     /* name, options */
	DOES_ADD,     /* the family is the first */
	DOES_UPDATE,
	DOES_READ,
};

struct library_row {
	const char *name;
	enum gives gives;
	enum does does;
	unsigned acts;      /* enum reach_act */
	const char *scheme; /* of DOES_CONNECT: "ws" */
	const char *what;   /* of GIVES_ANSWER, in words; NULL: "an answer" */
};

/* NULL: none. */
const struct library_row *library_by_name(struct str name);

/* s:NAME(...) and string.NAME(s, ...) */
const struct library_row *library_string(struct str name);

#endif
