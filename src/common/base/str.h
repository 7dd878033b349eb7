/*
 * str: a view of bytes somewhere else. It owns nothing, may hold NUL, and
 * need not be UTF-8 unless a function says so. Do not keep one longer than
 * what it views. The empty view may have p == NULL.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
	const char *p;
	size_t n;
};

#define STR(literal) ((struct str){ (literal), sizeof(literal) - 1 })
#define STR_NONE     ((struct str){ NULL, 0 })

/* For printf: "%.*s", STR_ARG(s). */
#define STR_ARG(s) (int)(s).n, (s).p

/* Not found, from the functions that return a position. */
#define STR_NPOS ((size_t)-1)

static inline struct str
str_of(const char *text)
{
	return (struct str){ text, text != NULL ? strlen(text) : 0 };
}

static inline struct str
str_view(const char *p, size_t n)
{
	return (struct str){ p, n };
}

static inline bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
str_is(struct str a, const char *text)
{
	return str_eq(a, str_of(text));
}

/* ASCII only, whatever the locale: a letter in lower case, others as is. */
static inline unsigned char
char_lower(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 'A' && u <= 'Z' ? u + ('a' - 'A') : u;
}

static inline bool
char_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Blank, tab, CR and LF. */
static inline bool
char_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Byte order; a prefix comes first. */
int str_cmp(struct str a, struct str b);

/* Is it one of n texts? */
bool str_is_among(struct str s, const struct str *list, size_t n);

/* ASCII letters only, whatever the locale. */
bool str_eq_nocase(struct str a, struct str b);

/* No byte above 127. */
bool str_is_ascii(struct str s);

/* How many bytes at the start are below 128. */
size_t str_ascii_length(struct str s);

bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);

/* The part from byte `from`, at most n bytes; clamped to s. */
static inline struct str
str_sub(struct str s, size_t from, size_t n)
{
	if (from >= s.n)
		return STR_NONE;
	return str_view(s.p + from, n < s.n - from ? n : s.n - from);
}

/* The part from byte `from` to the end. */
static inline struct str
str_from(struct str s, size_t from)
{
	return str_sub(s, from, s.n);
}

/* Position of the first occurrence, or STR_NPOS. An empty needle is at 0. */
size_t str_find(struct str s, struct str needle);
size_t str_find_char(struct str s, char c);
size_t str_rfind_char(struct str s, char c);

/*
 * Cuts *rest at the first `sep`: returns what stands before it and leaves what
 * stands behind it. Without one, returns all and leaves STR_NONE.
 */
struct str str_cut(struct str *rest, char sep);

/* Without blanks, tabs, CR and LF at both ends. */
struct str str_trim(struct str s);

#endif
