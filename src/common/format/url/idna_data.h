/*
 * idna_data: what the Unicode character database says about characters in
 * domain names. The tables are made by tools/idna_table.py.
 */
#ifndef URL_IDNA_DATA_H
#define URL_IDNA_DATA_H

#include <stddef.h>
#include <stdint.h>

/* Bidi_Class; in the order of the generator. */
enum idna_bidi {
	BIDI_L,
	BIDI_R,
	BIDI_AL,
	BIDI_AN,
	BIDI_EN,
	BIDI_ES,
	BIDI_CS,
	BIDI_ET,
	BIDI_ON,
	BIDI_BN,
	BIDI_NSM,
	BIDI_B,
	BIDI_S,
	BIDI_WS,
};

/* Joining_Type; in the order of the generator. */
enum idna_joining {
	JOINING_NONE,
	JOINING_LEFT,
	JOINING_RIGHT,
	JOINING_DUAL,
	JOINING_CAUSING,
	JOINING_TRANSPARENT,
};

struct idna_kind {
	unsigned char bidi;      /* enum idna_bidi */
	unsigned char joining;   /* enum idna_joining */
	unsigned char combining; /* Canonical_Combining_Class */
	unsigned char is_mark;   /* General_Category M */
};

#define IDNA_VIRAMA 9 /* a Canonical_Combining_Class */

/* NULL: not valid in a name, at least not without being mapped. */
const struct idna_kind *idna_kind(uint32_t cp);

/*
 * Writes what cp becomes and returns how many characters that is; -1: cp is
 * disallowed.
 */
#define IDNA_MAP_MOST 18
int idna_map(uint32_t cp, uint32_t to[IDNA_MAP_MOST]);

/*
 * Normalization Form C of valid characters. out has room for IDNA_NFC_GROWTH
 * characters for each of the n; returns how many it got.
 */
#define IDNA_NFC_GROWTH 4
size_t idna_compose(const uint32_t *cp, size_t n, uint32_t *out);

#endif
