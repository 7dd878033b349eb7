/*
 * form: how a secret may be written, and whether it stands somewhere so.
 */
#ifndef MASK_FORM_H
#define MASK_FORM_H

#include <stdint.h>

#include "base/pool.h"

enum form {
	FORM_TEXT, /* as it is, %XX, +, JSON: mixed */
	FORM_HEX,
	FORM_B64, /* its first byte is the first of three */
	FORM_B64_SECOND,
	FORM_B64_THIRD,
	FORMS
};

/* A secret, and the memory that looking for it needs. */
struct secret {
	struct str value, placeholder;
	unsigned number; /* in what mask_new() was given */
	size_t *way[2];  /* see form.c */
};

void secret_prepare(struct pool *pool, struct secret *s);

struct match {
	size_t n; /* bytes of text that the secret takes; 0: it is not there */
	bool is_open; /* the text ends too early to say, or to say how long */
};

/* Whether it stands at the beginning of text. */
struct match form_match(const struct secret *s, enum form form,
    struct str text);

/*
 * Calls found(handle, gram) for each group of FORM_GRAM bytes with which the
 * secret may begin in that form; some of them more than once.
 */
#define FORM_GRAM 4
void form_grams(const struct secret *s, enum form form,
    void (*found)(void *handle, uint32_t gram), void *handle);

/* Four bytes at p as one number. */
static inline uint32_t
form_gram(const char *p)
{
	uint32_t gram;

	memcpy(&gram, p, sizeof(gram));
	return gram;
}

/* Base64: where in a group of four the first symbol stands; its value or -1. */
#define FORM_IN_GROUP(form) ((size_t)((form)-FORM_B64))
int form_sextet(char c);
static inline bool
form_is_b64(enum form form)
{
	return form >= FORM_B64;
}

/*
 * The i-th symbol that bytes take which begin at byte FORM_IN_GROUP() of a
 * group of three: its six bits, of which those of the bytes are set in *mask.
 */
size_t form_symbols(enum form form, size_t n_bytes);
unsigned form_symbol(enum form form, struct str bytes, size_t i,
    unsigned *mask);

#endif
