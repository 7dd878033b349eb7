/*
 * An archive is a row of blocks of 512 bytes: a header, the bytes of a file, a
 * header, ... Before the header of a file may stand others, with bytes of their
 * own, that say what has no room in it: its name, its size.
 */
#include "registry/tar.h"

#include "base/buf.h"
#include "base/num.h"
#include "value/quote.h"

#define SHOWN_BYTES 200 /* of a name, in errors */

/* Places in a header. */
enum {
	AT_NAME = 0,
	N_NAME = 100,
	AT_SIZE = 124,
	N_SIZE = 12,
	AT_TIME = 136,
	N_TIME = 12,
	AT_SUM = 148,
	N_SUM = 8,
	AT_TYPE = 156,
	AT_MAGIC = 257,
	AT_PREFIX = 345,
	N_PREFIX = 155,
};

struct header {
	char block[TAR_BLOCK];
	char type;
	uint64_t size;
	int64_t time;
	bool is_posix; /* the prefix is one */
};

struct walk {
	const struct tar_in *in;
	uint64_t at;     /* of the next header */
	struct buf name; /* of the next file, from an extra header */
	bool has_name;
	uint64_t size; /* the same */
	bool has_size;
	unsigned entries;
};

static struct str
field(const char *block, size_t at, size_t n)
{
	struct str s = str_view(block + at, n);

	return str_sub(s, 0, str_find_char(s, '\0'));
}

/* Octal digits with blanks around them, or of GNU a bit and a large number. */
static int
read_number(const char *block, size_t at, size_t n, uint64_t *out)
{
	const unsigned char *p = (const unsigned char *)block + at;
	struct str digits = str_trim(field(block, at, n));
	uint64_t v = 0;

	if (p[0] == 0x80) {
		for (size_t i = 1; i < n; i++) {
			if (v >> 55 != 0)
				return -1;
			v = v << 8 | p[i];
		}
		*out = v;
		return 0;
	}
	for (size_t i = 0; i < digits.n; i++) {
		if (digits.p[i] < '0' || digits.p[i] > '7' || v >> 60 != 0)
			return -1;
		v = v << 3 | (uint64_t)(digits.p[i] - '0');
	}
	*out = v;
	return 0;
}

/* Of all bytes, with blanks in the place of the sum. */
static uint64_t
sum_of(const char *block)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += i >= AT_SUM && i < AT_SUM + N_SUM
		           ? (uint64_t)' '
		           : (uint64_t)(unsigned char)block[i];
	return sum;
}

static bool
is_empty(const char *block)
{
	for (size_t i = 0; i < TAR_BLOCK; i++) {
		if (block[i] != '\0')
			return false;
	}
	return true;
}

static int
not_right(const struct walk *w, const char *what, struct err *err)
{
	return err_set(err, "it is no tar archive: %s at byte %llu", what,
	    (unsigned long long)w->at);
}

static int
read_header(const struct walk *w, struct header *h, struct err *err)
{
	struct str magic = str_view(h->block + AT_MAGIC, 6);
	uint64_t sum, time;

	if (read_number(h->block, AT_SUM, N_SUM, &sum) == -1 ||
	    sum != sum_of(h->block))
		return not_right(w, "a wrong checksum", err);
	h->is_posix = str_eq(magic, str_view("ustar\0", 6));
	if (!h->is_posix && !str_eq(magic, STR("ustar ")))
		return not_right(w, "no ustar header", err);
	if (read_number(h->block, AT_SIZE, N_SIZE, &h->size) == -1)
		return not_right(w, "no size", err);
	if (read_number(h->block, AT_TIME, N_TIME, &time) == -1)
		time = 0; /* before 1970: nobody was there */
	h->time = (int64_t)time;
	h->type = h->block[AT_TYPE];
	return 0;
}

static int
refuse(struct str path, const char *why, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str quoted = quote_text(&pool, str_sub(path, 0, SHOWN_BYTES));

	return err_set(err, "%.*s %s", STR_ARG(quoted), why);
}

/* "./a/b" is a/b; whatever else means another place than it says is none. */
static int
read_path(struct str *path, bool is_folder, struct err *err)
{
	struct str text = *path, rest;

	while (str_starts(text, STR("./")))
		text = str_from(text, 2);
	if (str_starts(text, STR("/")))
		return refuse(*path, "is an absolute name", err);
	if (is_folder && str_ends(text, STR("/")))
		text.n--;
	if (is_folder && (text.n == 0 || str_is(text, "."))) {
		*path = STR("");
		return 0;
	}
	rest = text;
	do {
		struct str part = str_cut(&rest, '/');

		if (str_is(part, ".."))
			return refuse(*path, "leads out of the archive", err);
		if (part.n == 0 || str_is(part, "."))
			return refuse(*path, "has an empty part", err);
	} while (rest.p != NULL);
	*path = text;
	return 0;
}

/* What extra headers have said counts for one file. */
static struct str
name_of(const struct walk *w, const struct header *h, struct buf *out)
{
	struct str name = field(h->block, AT_NAME, N_NAME);
	struct str prefix =
	    h->is_posix ? field(h->block, AT_PREFIX, N_PREFIX) : STR_NONE;

	if (w->has_name)
		return buf_str(&w->name);
	if (prefix.n != 0) {
		buf_add(out, prefix);
		buf_add_char(out, '/');
	}
	buf_add(out, name);
	return buf_str(out);
}

static int
set_name(struct walk *w, struct str name, struct err *err)
{
	if (name.n > TAR_MAX_NAME || str_find_char(name, '\0') != STR_NPOS)
		return not_right(w, "no name", err);
	w->name.n = 0;
	buf_add(&w->name, name);
	w->has_name = true;
	return 0;
}

static int
set_record(struct walk *w, struct str key, struct str value, struct err *err)
{
	if (str_is(key, "path"))
		return set_name(w, value, err);
	if (str_starts(key, STR("GNU.sparse")))
		return not_right(w, "a file with holes", err);
	if (!str_is(key, "size"))
		return 0;
	if (num_read_u64(value, &w->size) == -1)
		return not_right(w, "no size", err);
	w->has_size = true;
	return 0;
}

/* "LENGTH KEY=VALUE\n", the length of all of it. */
static int
read_records(struct walk *w, struct str text, struct err *err)
{
	while (text.n != 0) {
		struct str rest = text, value, key;
		struct str digits = str_cut(&rest, ' ');
		uint64_t n;

		if (rest.p == NULL || num_read_u64(digits, &n) == -1 ||
		    n > text.n || n < digits.n + 3 || text.p[n - 1] != '\n')
			return not_right(w, "a wrong pax header", err);
		value = str_view(rest.p, (size_t)n - digits.n - 2);
		key = str_cut(&value, '=');
		if (value.p == NULL)
			return not_right(w, "a wrong pax header", err);
		if (set_record(w, key, value, err) == -1)
			return -1;
		text = str_from(text, (size_t)n);
	}
	return 0;
}

static int
read_extra(struct walk *w, const struct header *h, struct str text,
    struct err *err)
{
	if (h->type == 'L')
		return set_name(w, str_sub(text, 0, str_find_char(text, '\0')),
		    err);
	if (h->type == 'g') {
		/* what holds for all that follow must not name one of them */
		if (read_records(w, text, err) == -1)
			return -1;
		return w->has_name || w->has_size
		           ? not_right(w, "one name for all files", err)
		           : 0;
	}
	return h->type == 'x' ? read_records(w, text, err) : 0;
}

static int
take_extra(struct walk *w, const struct header *h, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	size_t n = (size_t)h->size;
	char *text;

	if (h->size > TAR_MAX_EXTRA)
		return not_right(w, "too large a header", err);
	text = pool_alloc(&pool, n);
	if (w->in->read(w->in->ctx, w->at + TAR_BLOCK, text, n, err) == -1)
		return -1;
	return read_extra(w, h, str_view(text, n), err);
}

static int
take_file(struct walk *w, const struct header *h,
    int (*each)(void *arg, const struct tar_file *file, struct err *err),
    void *arg, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct tar_file file = { name_of(w, h, &out), w->at + TAR_BLOCK,
		h->size, h->time };
	bool is_folder = h->type == '5';

	if (!is_folder && h->type != '0' && h->type != '\0' && h->type != '7')
		return refuse(file.path,
		    h->type == '1' || h->type == '2'
			? "is a link"
			: "is neither a file nor a folder",
		    err);
	if (read_path(&file.path, is_folder, err) == -1)
		return -1;
	return is_folder ? 0 : each(arg, &file, err);
}

/* Its bytes lie in the archive, whole blocks of them. */
static int
check_size(const struct walk *w, uint64_t size, struct err *err)
{
	uint64_t left = w->in->size - w->at - TAR_BLOCK;

	if (size > left ||
	    (TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK > left - size)
		return err_set(err,
		    "it is cut: a file of %llu bytes begins at byte %llu of "
		    "%llu",
		    (unsigned long long)size, (unsigned long long)w->at,
		    (unsigned long long)w->in->size);
	return 0;
}

static bool
is_extra(char type)
{
	return type == 'L' || type == 'K' || type == 'x' || type == 'g';
}

/* 1: there may be more; 0: that was its end; -1. */
static int
take_entry(struct walk *w,
    int (*each)(void *arg, const struct tar_file *file, struct err *err),
    void *arg, struct err *err)
{
	struct header h;
	int status;

	if (w->in->size < TAR_BLOCK || w->at > w->in->size - TAR_BLOCK)
		return err_set(err, "it is cut: there is no end of it");
	if (w->in->read(w->in->ctx, w->at, h.block, TAR_BLOCK, err) == -1)
		return -1;
	if (is_empty(h.block))
		return 0;
	if (++w->entries > TAR_MAX_ENTRIES)
		return err_set(err, "there are more than %u files in it",
		    TAR_MAX_ENTRIES);
	if (read_header(w, &h, err) == -1)
		return -1;
	if (w->has_size && !is_extra(h.type))
		h.size = w->size;
	if (check_size(w, h.size, err) == -1)
		return -1;
	status = is_extra(h.type) ? take_extra(w, &h, err)
	                          : take_file(w, &h, each, arg, err);
	if (!is_extra(h.type))
		w->has_name = w->has_size = false;
	w->at +=
	    TAR_BLOCK + h.size + (TAR_BLOCK - h.size % TAR_BLOCK) % TAR_BLOCK;
	return status == 0 ? 1 : -1;
}

int
tar_walk(const struct tar_in *in,
    int (*each)(void *arg, const struct tar_file *file, struct err *err),
    void *arg, struct err *err)
{
	struct walk w = { .in = in, .name = BUF_NONE };
	int status;

	do
		status = take_entry(&w, each, arg, err);
	while (status == 1);
	buf_clear(&w.name);
	return status;
}
