/*
 * A place lies in one directory of a TIFF, which the main directory points to,
 * or, in files of some phones, the EXIF directory that the main one points to.
 * So at most three directories are read, each once, and whatever else a file
 * has (a thumbnail, notes of the maker) may be as broken as it likes. Damage
 * in what is read is remembered: it is an error only if no place is found,
 * for then nobody knows whether there is one.
 */
#include "img/exif.h"

#include <math.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

#define ENTRY_SIZE 12

/* TIFF 6.0, section 2, "Types"; IFD is of TIFF's first supplement. */
enum type {
	TYPE_BYTE = 1,
	TYPE_ASCII,
	TYPE_SHORT,
	TYPE_LONG,
	TYPE_RATIONAL,
	TYPE_SBYTE,
	TYPE_UNDEFINED,
	TYPE_SSHORT,
	TYPE_SLONG,
	TYPE_SRATIONAL,
	TYPE_FLOAT,
	TYPE_DOUBLE,
	TYPE_IFD,
	TYPES
};

static const unsigned char type_size[TYPES] = {
	[TYPE_BYTE] = 1,
	[TYPE_ASCII] = 1,
	[TYPE_SHORT] = 2,
	[TYPE_LONG] = 4,
	[TYPE_RATIONAL] = 8,
	[TYPE_SBYTE] = 1,
	[TYPE_UNDEFINED] = 1,
	[TYPE_SSHORT] = 2,
	[TYPE_SLONG] = 4,
	[TYPE_SRATIONAL] = 8,
	[TYPE_FLOAT] = 4,
	[TYPE_DOUBLE] = 8,
	[TYPE_IFD] = 4,
};

/* In the order in which they are read: pointers lead down only. */
enum dir_kind { DIR_MAIN, DIR_EXIF, DIR_GPS, DIRS };

static const struct {
	enum dir_kind in;
	unsigned tag;
	enum dir_kind to;
} pointers[] = {
	{ DIR_MAIN, 0x8769, DIR_EXIF },
	{ DIR_MAIN, 0x8825, DIR_GPS },
	{ DIR_EXIF, 0x8825, DIR_GPS },
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

struct walker {
	struct str data;
	bool is_big;       /* "MM" */
	uint32_t at[DIRS]; /* 0: nothing points to it */
	struct field gps[GPS_TAGS];
	const char *damage; /* the first that was met, or NULL */
};

static uint64_t
number_in(const struct walker *w, struct str s)
{
	return w->is_big ? bytes_be(s) : bytes_le(s);
}

static void
note_damage(struct walker *w, const char *what)
{
	if (w->damage == NULL)
		w->damage = what;
}

/* false: it lies outside. */
static bool
read_field(const struct walker *w, struct str entry, struct field *field)
{
	uint64_t n;

	field->type = (unsigned)number_in(w, str_sub(entry, 2, 2));
	field->count = (uint32_t)number_in(w, str_sub(entry, 4, 4));
	field->value = str_sub(entry, 8, 4);
	n = field->type < TYPES
	        ? (uint64_t)field->count * type_size[field->type]
	        : 0;
	if (n <= 4) {
		field->value.n = n;
		return true;
	}
	return bytes_at(w->data, number_in(w, field->value), n,
		   &field->value) == 0;
}

static bool
is_pointer(const struct field *f)
{
	return f->count != 0 &&
	       (f->type == TYPE_LONG || f->type == TYPE_IFD ||
		   f->type == TYPE_SLONG || f->type == TYPE_SHORT);
}

/* Of pointers to one kind the first one counts. */
static void
follow_pointer(struct walker *w, enum dir_kind kind, const struct field *f)
{
	if (w->at[kind] != 0)
		return;
	if (is_pointer(f))
		w->at[kind] = (uint32_t)number_in(w,
		    str_sub(f->value, 0, type_size[f->type]));
	if (w->at[kind] == 0)
		note_damage(w, "a pointer of the EXIF is none");
}

/* What is neither a pointer nor of a place is not looked at. */
static void
read_entry(struct walker *w, enum dir_kind kind, struct str entry)
{
	unsigned tag = (unsigned)number_in(w, str_sub(entry, 0, 2));
	struct field field;
	bool is_whole = read_field(w, entry, &field);

	for (size_t i = 0; i < ARRAY_SIZE(pointers); i++) {
		if (pointers[i].in == kind && pointers[i].tag == tag &&
		    is_whole)
			follow_pointer(w, pointers[i].to, &field);
		else if (pointers[i].in == kind && pointers[i].tag == tag)
			note_damage(w, "a value of the EXIF is cut");
	}
	if (kind != DIR_GPS || tag >= GPS_TAGS)
		return;
	if (!is_whole)
		note_damage(w, "a value of the EXIF is cut");
	else if (w->gps[tag].value.p == NULL)
		w->gps[tag] = field; /* given twice: the first one counts */
}

/* The pointer to the next directory, behind the entries, is of no use here. */
static void
read_dir(struct walker *w, enum dir_kind kind)
{
	struct str rest = str_from(w->data, w->at[kind]), entry, s;
	uint64_t n;

	if (bytes_take(&rest, 2, &s) == -1) {
		note_damage(w, "a directory of the EXIF is cut");
		return;
	}
	n = number_in(w, s);
	for (uint64_t i = 0; i < n; i++) {
		if (bytes_take(&rest, ENTRY_SIZE, &entry) == -1) {
			note_damage(w, "a directory of the EXIF is cut");
			return;
		}
		read_entry(w, kind, entry);
	}
}

static int
read_header(struct walker *w, struct err *err)
{
	struct str s;

	w->is_big = str_starts(w->data, STR("MM\0*"));
	if ((!w->is_big && !str_starts(w->data, STR("II*\0"))) ||
	    bytes_at(w->data, 4, 4, &s) == -1)
		return err_set(err, "the EXIF has no TIFF header");
	w->at[DIR_MAIN] = (uint32_t)number_in(w, s);
	return 0;
}

/* 0: unusable. */
static int
sign_of(const struct field *ref)
{
	if ((ref->type != TYPE_ASCII && ref->type != TYPE_UNDEFINED) ||
	    ref->value.n == 0)
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

/* More than three parts have been seen; the first three count. */
static bool
is_position(const struct field *f)
{
	return f->count >= 3 && f->type < TYPES && type_size[f->type] != 0 &&
	       f->type != TYPE_ASCII && f->type != TYPE_UNDEFINED;
}

static double
float_of(uint64_t bits)
{
	uint32_t bits32 = (uint32_t)bits;
	float v;

	memcpy(&v, &bits32, sizeof(v));
	return v;
}

static double
double_of(uint64_t bits)
{
	double v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

/*
 * One number without its sign, which the letter has: that of a signed one says
 * the same again, or nothing. Not finite: it has a zero below.
 */
static double
part_of(const struct walker *w, const struct field *f, size_t i)
{
	size_t size = type_size[f->type];
	struct str s = str_sub(f->value, size * i, size);
	double above = (double)number_in(w, str_sub(s, 0, 4));
	double below = (double)number_in(w, str_from(s, 4));

	switch (f->type) {
	case TYPE_RATIONAL:
		return above / below;
	case TYPE_SRATIONAL:
		return fabs((double)(int32_t)number_in(w, str_sub(s, 0, 4)) /
			    (double)(int32_t)number_in(w, str_from(s, 4)));
	case TYPE_SBYTE:
		return fabs((double)(int8_t)number_in(w, s));
	case TYPE_SSHORT:
		return fabs((double)(int16_t)number_in(w, s));
	case TYPE_SLONG:
		return fabs((double)(int32_t)number_in(w, s));
	case TYPE_FLOAT:
		return fabs(float_of(number_in(w, s)));
	case TYPE_DOUBLE:
		return fabs(double_of(number_in(w, s)));
	default:
		return above;
	}
}

/* Degrees, minutes, seconds. false: it is no number. */
static bool
position_of(const struct walker *w, const struct field *f, int sign,
    double *out)
{
	double v =
	    part_of(w, f, 0) + part_of(w, f, 1) / 60 + part_of(w, f, 2) / 3600;

	/* a double of the file may be near the end of all doubles */
	if (!isfinite(v * 1e6))
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
	read_dir(&w, DIR_MAIN);
	for (size_t i = DIR_MAIN + 1; i < DIRS; i++) {
		if (w.at[i] != 0)
			read_dir(&w, i);
	}
	north = sign_of(&w.gps[GPS_LATITUDE_REF]);
	east = sign_of(&w.gps[GPS_LONGITUDE_REF]);
	if (north == 0 || east == 0 || !is_position(&w.gps[GPS_LATITUDE]) ||
	    !is_position(&w.gps[GPS_LONGITUDE]))
		return w.damage != NULL ? err_set(err, "%s", w.damage) : 0;
	*place = (struct exif_place){ 0 };
	place->has_latitude =
	    position_of(&w, &w.gps[GPS_LATITUDE], north, &place->latitude);
	place->has_longitude =
	    position_of(&w, &w.gps[GPS_LONGITUDE], east, &place->longitude);
	return 1;
}
