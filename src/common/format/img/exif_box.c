#include "img/exif_box.h"

#include "base/buf.h"
#include "base/bytes.h"
#include "img/exif.h"

struct box {
	struct str type;
	struct str data;
};

/* Where an item lies. */
enum place { PLACE_FILE, PLACE_IDAT };

static int
damaged_box(struct err *err, const char *box)
{
	return err_set(err, "the box %s is damaged", box);
}

/* Cuts the next box off. 1: a box, 0: there are no more, -1: it is cut. */
static int
box_next(struct str *rest, struct box *box, struct err *err)
{
	struct str all = *rest;
	uint64_t size, head = 8;

	if (rest->n == 0)
		return 0;
	if (bytes_take_be(&all, 4, &size) == -1 ||
	    bytes_take(&all, 4, &box->type) == -1)
		return err_set(err, "the header of a box is cut");
	if (size == 1) {
		head = 16;
		if (bytes_take_be(&all, 8, &size) == -1)
			return err_set(err, "the header of a box is cut");
	} else if (size == 0) {
		size = rest->n; /* up to the end of the file */
	}
	if (size < head || size > rest->n)
		return err_set(err, "a box is cut");
	box->data = str_sub(*rest, head, size - head);
	*rest = str_from(*rest, size);
	return 1;
}

/* The first box of a type. 1: found, 0: there is none, -1: damage. */
static int
box_find(struct str rest, const char *type, struct str *data, struct err *err)
{
	struct box box;
	int status;

	while ((status = box_next(&rest, &box, err)) == 1) {
		if (str_is(box.type, type)) {
			*data = box.data;
			return 1;
		}
	}
	return status;
}

/* Cuts version and flags off a full box. */
static int
take_version(struct str *rest, unsigned *version)
{
	uint64_t v;

	if (bytes_take_be(rest, 4, &v) == -1)
		return -1;
	*version = (unsigned)(v >> 24);
	return 0;
}

/* 8.11.6: an entry of the item information. 1: it is EXIF, with *id set. */
static int
read_infe(struct str data, uint64_t *id)
{
	unsigned version;
	uint64_t protection;
	struct str type;

	if (take_version(&data, &version) == -1)
		return -1;
	/* older ones name a MIME type, which EXIF has not */
	if (version < 2)
		return 0;
	if (bytes_take_be(&data, version == 2 ? 2 : 4, id) == -1 ||
	    bytes_take_be(&data, 2, &protection) == -1 ||
	    bytes_take(&data, 4, &type) == -1)
		return -1;
	return str_is(type, "Exif");
}

/* The first item that is EXIF. 1: found, 0: there is none, -1: damage. */
static int
find_item(struct str iinf, uint64_t *id, struct err *err)
{
	unsigned version;
	struct box box;
	uint64_t n;
	int status;

	if (take_version(&iinf, &version) == -1 ||
	    bytes_take_be(&iinf, version == 0 ? 2 : 4, &n) == -1)
		return damaged_box(err, "iinf");
	while ((status = box_next(&iinf, &box, err)) == 1) {
		if (!str_is(box.type, "infe"))
			continue;
		status = read_infe(box.data, id);
		if (status == -1)
			return damaged_box(err, "infe");
		if (status == 1)
			return 1;
	}
	return status;
}

/* The widths of numbers in an iloc box, in bytes. */
struct iloc {
	struct str rest;
	unsigned version;
	size_t offset, length, base, index;
	uint64_t n; /* items */
};

static int
iloc_open(struct iloc *loc, struct str data)
{
	uint64_t sizes;

	loc->rest = data;
	if (take_version(&loc->rest, &loc->version) == -1 || loc->version > 2 ||
	    bytes_take_be(&loc->rest, 2, &sizes) == -1 ||
	    bytes_take_be(&loc->rest, loc->version < 2 ? 2 : 4, &loc->n) == -1)
		return -1;
	loc->offset = sizes >> 12 & 15;
	loc->length = sizes >> 8 & 15;
	loc->base = sizes >> 4 & 15;
	loc->index = loc->version == 0 ? 0 : sizes & 15;
	return loc->offset <= 8 && loc->length <= 8 && loc->base <= 8 &&
	               loc->index <= 8
	           ? 0
	           : -1;
}

struct item {
	uint64_t id, place, base, extents;
};

static int
iloc_next(struct iloc *loc, struct item *item)
{
	uint64_t reference;

	item->place = PLACE_FILE;
	if (bytes_take_be(&loc->rest, loc->version < 2 ? 2 : 4, &item->id) ==
	    -1)
		return -1;
	if (loc->version != 0 &&
	    bytes_take_be(&loc->rest, 2, &item->place) == -1)
		return -1;
	item->place &= 15;
	if (bytes_take_be(&loc->rest, 2, &reference) == -1 ||
	    bytes_take_be(&loc->rest, loc->base, &item->base) == -1 ||
	    bytes_take_be(&loc->rest, 2, &item->extents) == -1)
		return -1;
	/* 0: this file */
	return reference == 0 || item->extents == 0 ? 0 : -1;
}

/* The next extent of an item, out of what it lies in. */
static int
iloc_extent(struct iloc *loc, const struct item *item, struct str in,
    struct str *piece)
{
	uint64_t index, offset, length;

	if (bytes_take_be(&loc->rest, loc->index, &index) == -1 ||
	    bytes_take_be(&loc->rest, loc->offset, &offset) == -1 ||
	    bytes_take_be(&loc->rest, loc->length, &length) == -1 ||
	    offset > UINT64_MAX - item->base)
		return -1;
	offset += item->base;
	/* 8.11.3.3: a length of 0, or none, is all that there is */
	if (length == 0 && offset <= in.n)
		length = in.n - offset;
	return bytes_at(in, offset, length, piece);
}

static int
join_extents(struct pool *pool, struct iloc *loc, const struct item *item,
    struct str in, struct str *out)
{
	struct buf all = BUF_IN(pool);
	struct str piece;

	if (item->extents == 1)
		return iloc_extent(loc, item, in, out);
	for (uint64_t i = 0; i < item->extents; i++) {
		if (iloc_extent(loc, item, in, &piece) == -1 ||
		    piece.n > EXIF_MAX_BYTES - all.n)
			return -1;
		buf_add(&all, piece);
	}
	*out = buf_str(&all);
	return 0;
}

static int
skip_extents(struct iloc *loc, const struct item *item)
{
	struct str s;

	/* at most 2^16 of 24 bytes */
	return bytes_take(&loc->rest,
	    item->extents * (loc->index + loc->offset + loc->length), &s);
}

static int
read_item(struct pool *pool, struct str bytes, struct str meta, uint64_t id,
    struct str *out, struct err *err)
{
	struct str data, idat = STR_NONE;
	struct iloc loc;
	struct item item;
	int status = box_find(meta, "iloc", &data, err);

	if (status != 1)
		return status == -1 ? -1 : damaged_box(err, "meta");
	if (box_find(meta, "idat", &idat, err) == -1)
		return -1;
	if (iloc_open(&loc, data) == -1)
		return damaged_box(err, "iloc");
	for (uint64_t i = 0; i < loc.n; i++) {
		if (iloc_next(&loc, &item) == -1)
			return damaged_box(err, "iloc");
		if (item.id == id && item.place <= PLACE_IDAT &&
		    join_extents(pool, &loc, &item,
			item.place == PLACE_IDAT ? idat : bytes, out) == 0)
			return 0;
		if (item.id == id || skip_extents(&loc, &item) == -1)
			return damaged_box(err, "iloc");
	}
	return err_set(err, "the EXIF of the image lies nowhere");
}

bool
exif_box_is(struct str bytes)
{
	return str_is(str_sub(bytes, 4, 4), "ftyp");
}

int
exif_box_find(struct pool *pool, struct str bytes, struct str *tiff,
    struct err *err)
{
	struct str meta, iinf, item;
	unsigned version;
	uint64_t id = 0, skip;
	int status = box_find(bytes, "meta", &meta, err);

	if (status == 1 && take_version(&meta, &version) == -1)
		return damaged_box(err, "meta");
	if (status == 1)
		status = box_find(meta, "iinf", &iinf, err);
	if (status == 1)
		status = find_item(iinf, &id, err);
	if (status != 1)
		return status == -1 ? -1
		                    : err_set(err, "the image has no EXIF");
	if (read_item(pool, bytes, meta, id, &item, err) == -1)
		return -1;
	/* A.2.1: how far the TIFF header lies behind this number */
	if (bytes_take_be(&item, 4, &skip) == -1 || skip > item.n)
		return err_set(err, "the EXIF of the image is cut");
	*tiff = str_from(item, skip);
	return 0;
}
