#include "format/exif.h"

#include <math.h>

#include "base/mem.h"
#include "format/bytes.h"

#define ENTRY_SIZE 12

enum type { TYPE_ASCII = 2, TYPE_LONG = 4, TYPE_RATIONAL = 5 };

/* What a directory is; its pointers lead to others by the rows below. */
enum dir_kind { DIR_MAIN, DIR_EXIF, DIR_GPS, DIR_INTEROP };

static const struct {
	enum dir_kind in;
	unsigned tag;
	enum dir_kind to;
} pointers[] = {
	{ DIR_MAIN, 0x8769, DIR_EXIF },
	{ DIR_MAIN, 0x8825, DIR_GPS },
	{ DIR_EXIF, 0xa005, DIR_INTEROP },
};

enum gps_tag {
	GPS_LATITUDE_REF = 1,
	GPS_LATITUDE,
	GPS_LONGITUDE_REF,
	GPS_LONGITUDE,
	GPS_TAGS
};

struct field {
	unsigned type;
	uint32_t count;
	struct str value; /* all of it; p == NULL: the tag is not there */
};

struct dir {
	enum dir_kind kind;
	uint32_t at;
	bool is_first; /* of the main ones; the second is of the thumbnail */
};

struct walker {
	struct str data;
	bool is_big; /* "MM" */
	struct dir dir[EXIF_MAX_DIRS];
	size_t n_dirs, n_entries;
	struct field gps[GPS_TAGS];
};

static uint32_t
number(const struct walker *w, struct str s)
{
	return (uint32_t)(w->is_big ? bytes_be(s) : bytes_le(s));
}

/* TIFF 6.0, section 2, "Types"; 0 for those that nobody knows. */
static size_t
type_size(unsigned type)
{
	static const unsigned char size[] = { 0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8,
		4, 8, 4 };

	return type < ARRAY_SIZE(size) ? size[type] : 0;
}

static int
read_field(const struct walker *w, struct str entry, struct field *field,
    struct err *err)
{
	uint64_t n;

	field->type = number(w, str_sub(entry, 2, 2));
	field->count = number(w, str_sub(entry, 4, 4));
	field->value = str_sub(entry, 8, 4);
	n = (uint64_t)field->count * type_size(field->type);
	if (n <= 4)
		field->value.n = n;
	else if (bytes_at(w->data, number(w, field->value), n, &field->value) ==
		 -1)
		return err_set(err, "a value of the EXIF is cut");
	return 0;
}

static int
add_dir(struct walker *w, enum dir_kind kind, uint32_t at, bool is_first,
    struct err *err)
{
	if (w->n_dirs == EXIF_MAX_DIRS)
		return err_set(err, "the EXIF has over %d directories",
		    EXIF_MAX_DIRS);
	w->dir[w->n_dirs++] = (struct dir){ kind, at, is_first };
	return 0;
}

static int
read_entry(struct walker *w, const struct dir *dir, struct str entry,
    struct err *err)
{
	unsigned tag = number(w, str_sub(entry, 0, 2));
	struct field field;

	if (read_field(w, entry, &field, err) == -1)
		return -1;
	/* of a tag given twice the first one counts */
	if (dir->kind == DIR_GPS && dir->is_first && tag < GPS_TAGS &&
	    w->gps[tag].value.p == NULL)
		w->gps[tag] = field;
	for (size_t i = 0; i < ARRAY_SIZE(pointers); i++) {
		if (pointers[i].in != dir->kind || pointers[i].tag != tag)
			continue;
		if (field.type != TYPE_LONG || field.count != 1)
			return err_set(err, "a pointer of the EXIF is none");
		return add_dir(w, pointers[i].to, number(w, field.value),
		    dir->is_first, err);
	}
	return 0;
}

static int
read_dir(struct walker *w, const struct dir *dir, struct err *err)
{
	struct str rest = str_from(w->data, dir->at), entry, s;
	uint32_t n, next;

	if (bytes_take(&rest, 2, &s) == -1)
		return err_set(err, "a directory of the EXIF is cut");
	n = number(w, s);
	w->n_entries += n;
	if (w->n_entries > EXIF_MAX_ENTRIES)
		return err_set(err, "the EXIF has over %d entries",
		    EXIF_MAX_ENTRIES);
	for (uint32_t i = 0; i < n; i++) {
		if (bytes_take(&rest, ENTRY_SIZE, &entry) == -1)
			return err_set(err, "a directory of the EXIF is cut");
		if (read_entry(w, dir, entry, err) == -1)
			return -1;
	}
	if (bytes_take(&rest, 4, &s) == -1)
		return err_set(err, "a directory of the EXIF is cut");
	next = number(w, s);
	if (dir->kind == DIR_MAIN && next != 0)
		return add_dir(w, DIR_MAIN, next, false, err);
	return 0;
}

static int
read_header(struct walker *w, struct err *err)
{
	struct str s;

	w->is_big = str_starts(w->data, STR("MM\0*"));
	if ((!w->is_big && !str_starts(w->data, STR("II*\0"))) ||
	    bytes_at(w->data, 4, 4, &s) == -1)
		return err_set(err, "the EXIF has no TIFF header");
	return add_dir(w, DIR_MAIN, number(w, s), true, err);
}

/* 0: unusable. */
static int
sign_of(const struct field *ref)
{
	if (ref->type != TYPE_ASCII || ref->value.n == 0)
		return 0;
	switch (ref->value.p[0]) {
	case 'N':
	case 'E':
		return 1;
	case 'S':
	case 'W':
		return -1;
	default:
		return 0;
	}
}

static bool
is_position(const struct field *f)
{
	return f->type == TYPE_RATIONAL && f->count == 3;
}

/* Degrees, minutes, seconds. false: it is no number. */
static bool
position_of(const struct walker *w, const struct field *f, int sign,
    double *out)
{
	double part[3], v;

	for (size_t i = 0; i < 3; i++) {
		double above = number(w, str_sub(f->value, 8 * i, 4));
		double below = number(w, str_sub(f->value, 8 * i + 4, 4));

		part[i] = above / below;
	}
	v = part[0] + part[1] / 60 + part[2] / 3600;
	if (!isfinite(v))
		return false;
	*out = sign * (round(v * 1e6) / 1e6);
	return true;
}

int
exif_read(struct str tiff, struct exif_place *place, struct err *err)
{
	struct walker w = { .data = tiff };
	int north, east;

	if (read_header(&w, err) == -1)
		return -1;
	for (size_t i = 0; i < w.n_dirs; i++) {
		if (read_dir(&w, &w.dir[i], err) == -1)
			return -1;
	}
	north = sign_of(&w.gps[GPS_LATITUDE_REF]);
	east = sign_of(&w.gps[GPS_LONGITUDE_REF]);
	if (north == 0 || east == 0 || !is_position(&w.gps[GPS_LATITUDE]) ||
	    !is_position(&w.gps[GPS_LONGITUDE]))
		return 0;
	*place = (struct exif_place){ 0 };
	place->has_latitude =
	    position_of(&w, &w.gps[GPS_LATITUDE], north, &place->latitude);
	place->has_longitude =
	    position_of(&w, &w.gps[GPS_LONGITUDE], east, &place->longitude);
	return 1;
}
