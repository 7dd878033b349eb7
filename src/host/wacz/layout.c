/*
 * What stands between the members: each byte follows from their rows.
 */
#include "wacz/zip.h"

#include <stdlib.h>

#include "base/mem.h"

#define LOCAL_SIGN   0x04034b50u
#define CENTRAL_SIGN 0x02014b50u
#define END_SIGN     0x06054b50u
#define END64_SIGN   0x06064b50u
#define WHERE64_SIGN 0x07064b50u

#define VERSION   10 /* needed to extract: stored, with folders: 1.0 */
#define VERSION64 45 /* sizes of 64 bits: 4.5 */
#define NO_TIME   0
#define FIRST_DAY 0x21 /* 1980-01-01, the first that there is */
#define EXTRA64   1

#define IN_64_16 0xffff
#define IN_64_32 0xffffffffu

static void
add_le(struct buf *out, uint64_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_add_char(out, (char)(v >> 8 * i & 255));
}

/* Version, flags, method, time, day, sum: the same in header and directory. */
static void
add_common(struct buf *out, const struct zip_member *m, bool is_64)
{
	add_le(out, is_64 ? VERSION64 : VERSION, 2);
	add_le(out, 0, 2); /* flags */
	add_le(out, 0, 2); /* stored */
	add_le(out, NO_TIME, 2);
	add_le(out, FIRST_DAY, 2);
	add_le(out, m->crc, 4);
}

static void
add_sizes(struct buf *out, uint64_t size, bool is_64)
{
	add_le(out, is_64 ? IN_64_32 : size, 4); /* stored: packed, unpacked */
	add_le(out, is_64 ? IN_64_32 : size, 4);
}

/* APPNOTE 4.5.3: in a header both sizes have to be there. */
void
zip_add_header(struct buf *out, const struct zip_member *m, uint64_t most)
{
	bool is_64 = m->size > most;
	struct str name = str_of(m->name);

	add_le(out, LOCAL_SIGN, 4);
	add_common(out, m, is_64);
	add_sizes(out, m->size, is_64);
	add_le(out, name.n, 2);
	add_le(out, is_64 ? 20 : 0, 2);
	buf_add(out, name);
	if (!is_64)
		return;
	add_le(out, EXTRA64, 2);
	add_le(out, 16, 2);
	add_le(out, m->size, 8);
	add_le(out, m->size, 8);
}

void
zip_add_entry(struct buf *out, const struct zip_member *m, uint64_t most)
{
	bool is_large = m->size > most, is_far = m->at > most;
	unsigned extra = (is_large ? 16u : 0u) + (is_far ? 8u : 0u);
	struct str name = str_of(m->name);

	add_le(out, CENTRAL_SIGN, 4);
	add_le(out, extra != 0 ? VERSION64 : VERSION, 2); /* made by */
	add_common(out, m, extra != 0);
	add_sizes(out, m->size, is_large);
	add_le(out, name.n, 2);
	add_le(out, extra != 0 ? extra + 4 : 0, 2);
	add_le(out, 0, 2); /* comment */
	add_le(out, 0, 2); /* disk */
	add_le(out, 0, 2); /* attributes, of this program and of a system */
	add_le(out, 0, 4);
	add_le(out, is_far ? IN_64_32 : m->at, 4);
	buf_add(out, name);
	if (extra == 0)
		return;
	add_le(out, EXTRA64, 2);
	add_le(out, extra, 2);
	if (is_large) {
		add_le(out, m->size, 8);
		add_le(out, m->size, 8);
	}
	if (is_far)
		add_le(out, m->at, 8);
}

static void
add_end64(struct buf *out, uint64_t members, uint64_t at, uint64_t size)
{
	add_le(out, END64_SIGN, 4);
	add_le(out, 44, 8); /* what follows of this record */
	add_le(out, VERSION64, 2);
	add_le(out, VERSION64, 2);
	add_le(out, 0, 4); /* disks */
	add_le(out, 0, 4);
	add_le(out, members, 8);
	add_le(out, members, 8);
	add_le(out, size, 8);
	add_le(out, at, 8);
	add_le(out, WHERE64_SIGN, 4);
	add_le(out, 0, 4);
	add_le(out, at + size, 8);
	add_le(out, 1, 4);
}

void
zip_add_end(struct buf *out, uint64_t members, uint64_t at, uint64_t size,
    uint64_t most)
{
	bool is_64 = at > most || size > most;

	if (is_64)
		add_end64(out, members, at, size);
	add_le(out, END_SIGN, 4);
	add_le(out, 0, 2); /* disks */
	add_le(out, 0, 2);
	add_le(out, is_64 ? IN_64_16 : members, 2);
	add_le(out, is_64 ? IN_64_16 : members, 2);
	add_le(out, is_64 ? IN_64_32 : size, 4);
	add_le(out, is_64 ? IN_64_32 : at, 4);
	add_le(out, 0, 2); /* comment */
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       char_is_digit(c) || c == '.' || c == '_' || c == '-';
}

static int
check_part(struct str part, struct str name, struct err *err)
{
	if (part.n == 0 || part.p[0] == '.')
		return err_set(err,
		    "a part of the name '%.*s' is empty or begins with a dot",
		    STR_ARG(name));
	for (size_t i = 0; i < part.n; i++) {
		if (!is_letter(part.p[i]))
			return err_set(err,
			    "a name of a member has the byte %d at %zu",
			    (unsigned char)part.p[i], i);
	}
	return 0;
}

int
zip_check_name(struct str name, struct err *err)
{
	struct str rest = name;
	size_t slash = str_find_char(name, '/');

	if (name.n > ZIP_MAX_NAME)
		return err_set(err, "a name of a member has %zu bytes", name.n);
	if (slash != STR_NPOS) {
		if (check_part(str_cut(&rest, '/'), name, err) == -1)
			return -1;
	}
	if (check_part(rest, name, err) == -1)
		return -1;
	if (str_find_char(rest, '.') == STR_NPOS)
		return err_set(err, "the name '%.*s' has no dot",
		    STR_ARG(name));
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	const struct zip_member *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

const struct zip_member **
zip_sort(struct pool *pool, const struct zip_member *member, size_t n)
{
	const struct zip_member **sorted =
	    pool_array(pool, n + 1, sizeof(*sorted));

	for (size_t i = 0; i < n; i++)
		sorted[i] = &member[i];
	qsort(sorted, n, sizeof(*sorted), by_name);
	return sorted;
}

int
zip_check_once(const struct zip_member *member, size_t n, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const struct zip_member **sorted = zip_sort(&pool, member, n);

	for (size_t i = 1; i < n; i++) {
		if (by_name(&sorted[i - 1], &sorted[i]) == 0)
			return err_set(err, "there are two members '%s'",
			    sorted[i]->name);
	}
	return 0;
}

const struct zip_member *
zip_find(const struct zip_member *const *sorted, size_t n, struct str name)
{
	size_t from = 0, to = n;

	while (from < to) {
		size_t i = from + (to - from) / 2;
		int order = str_cmp(str_of(sorted[i]->name), name);

		if (order == 0)
			return sorted[i];
		if (order < 0)
			from = i + 1;
		else
			to = i;
	}
	return NULL;
}
