/*
 * encoding: text in the encodings that the web knows, made UTF-8. Labels,
 * tables and what happens to broken bytes are those of the WHATWG Encoding
 * Standard (2024), which is how browsers read the same bytes: "latin1" is
 * windows-1252, "gb2312" is GBK, "shift_jis" that of Microsoft.
 * The tables stand here because the jail has no files for iconv(3).
 */
#ifndef TEXT_ENCODING_H
#define TEXT_ENCODING_H

#include "base/err.h"
#include "base/pool.h"

/* Bytes of one text; UTF-8 of it is up to three times as long. */
#define ENCODING_MAX_BYTES (64u << 20)

struct encoding;

/*
 * The encoding of a label ("UTF-8", " Windows-1251", "l1"), whatever its case,
 * blanks around it ignored. NULL: no such label.
 */
const struct encoding *encoding_by_label(struct str label);

/* Its name in the standard, "windows-1251". */
const char *encoding_name(const struct encoding *e);

/*
 * *text becomes bytes as UTF-8, in pool. Bytes that mean nothing become U+FFFD.
 * A byte order mark (UTF-8, UTF-16) counts more than e, and is left out.
 * -1: more than ENCODING_MAX_BYTES, or an encoding that browsers refuse for
 * its dangers (the labels of "replacement": hz-gb-2312, iso-2022-kr, ...).
 */
int encoding_read(struct pool *pool, const struct encoding *e, struct str bytes,
    struct str *text, struct err *err);

#endif
