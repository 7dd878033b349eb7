/*
 * The metadata is a map behind a mark near the end of the file. The members
 * that the format names must be there, once and of their types, or libmaxminddb
 * will not open it; others are passed over by their sizes, with whatever is in
 * them.
 */
#include "geo/mmdb.h"

#include "base/mem.h"

#define MARK        STR("\xab\xcd\xefMaxMind.com")
#define SEPARATOR   16 /* zero bytes between the tree and the data */
#define EXTENDED    0  /* the type is in the next byte, less 7 */
#define MOST_VALUES 4096

enum type {
	TYPE_POINTER = 1,
	TYPE_TEXT = 2,
	TYPE_DOUBLE = 3,
	TYPE_BYTES = 4,
	TYPE_UINT16 = 5,
	TYPE_UINT32 = 6,
	TYPE_MAP = 7,
	TYPE_INT32 = 8,
	TYPE_UINT64 = 9,
	TYPE_UINT128 = 10,
	TYPE_LIST = 11,
	TYPE_BOOL = 14,
	TYPE_FLOAT = 15,
};

/* What is left of the metadata. */
struct cursor {
	struct str in;
	unsigned values; /* read so far */
};

struct value {
	unsigned type;
	size_t size;      /* bytes of it; of a map and a list: members */
	struct str bytes; /* not of a map and a list */
};

static bool
take(struct cursor *c, size_t n, struct str *out)
{
	if (n > c->in.n)
		return false;
	*out = str_sub(c->in, 0, n);
	c->in = str_from(c->in, n);
	return true;
}

static uint64_t
number(struct str bytes)
{
	uint64_t n = 0;

	for (size_t i = 0; i < bytes.n; i++)
		n = n << 8 | (unsigned char)bytes.p[i];
	return n;
}

/* Sizes from 29 on are longer than the five bits of the control byte. */
static bool
take_size(struct cursor *c, unsigned bits, size_t *size)
{
	static const size_t base[] = { 29, 285, 65821 };
	struct str more;

	*size = bits;
	if (bits < 29)
		return true;
	if (!take(c, bits - 28, &more))
		return false;
	*size = base[bits - 29] + (size_t)number(more);
	return true;
}

/* The head of the next value and, unless it holds others, all of it. */
static bool
take_value(struct cursor *c, struct value *out)
{
	unsigned control;
	struct str byte;

	if (++c->values > MOST_VALUES || !take(c, 1, &byte))
		return false;
	control = (unsigned char)byte.p[0];
	out->type = control >> 5;
	out->bytes = STR_NONE;
	if (out->type == TYPE_POINTER) {
		out->size = ((control >> 3) & 3) + 1;
		return take(c, out->size, &out->bytes);
	}
	if (out->type == EXTENDED) {
		if (!take(c, 1, &byte))
			return false;
		out->type = (unsigned char)byte.p[0] + 7u;
	}
	if (!take_size(c, control & 31, &out->size))
		return false;
	switch (out->type) {
	case TYPE_MAP:
	case TYPE_LIST:
	case TYPE_BOOL: /* its size is its value */
		return true;
	default:
		return take(c, out->size, &out->bytes);
	}
}

/* What is in a map or a list, whose head is read; or it must be texts. */
static bool
skip_members(struct cursor *c, const struct value *of, bool is_texts,
    unsigned depth)
{
	size_t per = of->type == TYPE_MAP ? 2 : 1;

	if (of->type != TYPE_MAP && of->type != TYPE_LIST)
		return true;
	if (depth == MMDB_MAX_DEPTH || of->size > MOST_VALUES)
		return false;
	for (size_t i = 0; i < of->size * per; i++) {
		struct value v;

		if (!take_value(c, &v) || (is_texts && v.type != TYPE_TEXT) ||
		    !skip_members(c, &v, false, depth + 1))
			return false;
	}
	return true;
}

enum member {
	NODE_COUNT,
	RECORD_SIZE,
	IP_VERSION,
	DATABASE_TYPE,
	LANGUAGES,
	MAJOR,
	MINOR,
	BUILD_EPOCH,
	DESCRIPTION,
	MEMBERS
};

static const struct {
	const char *name;
	enum type type;
	size_t most; /* bytes of a number */
} members[MEMBERS] = {
	[NODE_COUNT] = { "node_count", TYPE_UINT32, 4 },
	[RECORD_SIZE] = { "record_size", TYPE_UINT16, 2 },
	[IP_VERSION] = { "ip_version", TYPE_UINT16, 2 },
	[DATABASE_TYPE] = { "database_type", TYPE_TEXT, MMDB_MAX_META },
	[LANGUAGES] = { "languages", TYPE_LIST, MOST_VALUES },
	[MAJOR] = { "binary_format_major_version", TYPE_UINT16, 2 },
	[MINOR] = { "binary_format_minor_version", TYPE_UINT16, 2 },
	[BUILD_EPOCH] = { "build_epoch", TYPE_UINT64, 8 },
	[DESCRIPTION] = { "description", TYPE_MAP, MOST_VALUES },
};

struct meta {
	bool has[MEMBERS];
	struct str bytes[MEMBERS];
};

/* MEMBERS: another one. */
static enum member
member_by_name(struct str name)
{
	for (int i = 0; i < MEMBERS; i++) {
		if (str_is(name, members[i].name))
			return (enum member)i;
	}
	return MEMBERS;
}

/* One member; false: not of the form that it must have. */
static bool
read_member(struct cursor *c, struct meta *meta)
{
	struct value key, v;
	enum member m;

	if (!take_value(c, &key) || key.type != TYPE_TEXT || !take_value(c, &v))
		return false;
	m = member_by_name(key.bytes);
	if (m == MEMBERS)
		return skip_members(c, &v, false, 1);
	if (meta->has[m] || v.type != members[m].type ||
	    v.size > members[m].most)
		return false;
	meta->has[m] = true;
	meta->bytes[m] = v.bytes;
	return skip_members(c, &v, true, 1);
}

static bool
read_meta(struct str bytes, struct meta *meta)
{
	struct cursor c = { bytes, 0 };
	struct value map;

	if (!take_value(&c, &map) || map.type != TYPE_MAP)
		return false;
	for (size_t i = 0; i < map.size; i++) {
		if (!read_member(&c, meta))
			return false;
	}
	for (int i = 0; i < MEMBERS; i++) {
		if (!meta->has[i])
			return false;
	}
	/* libmaxminddb wants it to have been made some time */
	return number(meta->bytes[BUILD_EPOCH]) != 0;
}

/* Where the metadata begins: behind the last mark. 0: there is none. */
static size_t
find_meta(struct str end)
{
	size_t at = 0, found = 0;

	for (;;) {
		size_t next = str_find(str_from(end, at), MARK);

		if (next == STR_NPOS)
			return found;
		at += next + MARK.n;
		found = at;
	}
}

static int
check_metadata(const struct mmdb *db, uint64_t version, uint64_t room,
    struct err *err)
{
	uint64_t tree = (uint64_t)db->nodes * db->record_bits / 4;

	if (version != 2)
		return err_set(err, "version %u of the format",
		    (unsigned)version);
	if (db->record_bits != 24 && db->record_bits != 28 &&
	    db->record_bits != 32)
		return err_set(err, "records of %u bits", db->record_bits);
	if (db->ip_version != 4 && db->ip_version != 6)
		return err_set(err, "addresses of version %u", db->ip_version);
	if (db->nodes == 0 || tree + SEPARATOR > room)
		return err_set(err, "a tree of %u nodes in %llu bytes",
		    (unsigned)db->nodes, (unsigned long long)room);
	return 0;
}

int
mmdb_read(struct str end, uint64_t before, struct mmdb *out, struct err *err)
{
	size_t far = end.n > MMDB_MAX_META ? end.n - MMDB_MAX_META : 0;
	struct meta meta = { .has = { false } };
	struct mmdb db;
	int status = -1;
	size_t at;

	end = str_from(end, far);
	at = find_meta(end);
	if (at == 0) {
		(void)err_set(err, "its metadata is missing");
	} else if (!read_meta(str_from(end, at), &meta)) {
		(void)err_set(err, "its metadata cannot be read");
	} else {
		db = (struct mmdb){
			.type = meta.bytes[DATABASE_TYPE],
			.nodes = (uint32_t)number(meta.bytes[NODE_COUNT]),
			.record_bits =
			    (unsigned)number(meta.bytes[RECORD_SIZE]),
			.ip_version = (unsigned)number(meta.bytes[IP_VERSION]),
		};
		status = check_metadata(&db, number(meta.bytes[MAJOR]),
		    before + far + (at - MARK.n), err);
	}
	if (status == -1)
		return err_wrap(err, "it is no MaxMind database (.mmdb)");
	*out = db;
	return 0;
}
