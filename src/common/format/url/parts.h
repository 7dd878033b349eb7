/*
 * url_parts: a URL while it is read: its parts as they will be serialised, and
 * the states of the parser that are in other files.
 */
#ifndef URL_PARTS_H
#define URL_PARTS_H

#include "base/buf.h"
#include "url/url.h"

struct url_parts {
	struct str scheme;
	bool is_special, is_file;
	struct str username, password;
	bool has_authority; /* a "//" with a host, which may be empty */
	enum url_host_kind host_kind;
	struct str host;
	int port;
	bool is_opaque;
	struct buf path; /* "/a/b", "" or opaque */
	bool has_query;
	struct str query;
	bool has_fragment;
	struct str fragment;
};

struct url_reader {
	struct pool *pool;
	struct err *err;
	const struct url *base; /* NULL: none */
	struct str rest;        /* what is left of the text */
	struct url_parts url;
};

static inline char
url_peek(const struct url_reader *r)
{
	return r->rest.n != 0 ? r->rest.p[0] : '\0';
}

static inline void
url_skip(struct url_reader *r, size_t n)
{
	r->rest = str_from(r->rest, n);
}

/* A character that opens the next part as / does. */
static inline bool
url_at_slash(const struct url_reader *r)
{
	return url_peek(r) == '/' || (r->url.is_special && url_peek(r) == '\\');
}

/*
 * The rest of the text from a state of the standard on, named after it; tail
 * is "query state", "fragment state" or the end. -1 and r->err.
 */
int url_read_tail(struct url_reader *r);
int url_read_path(struct url_reader *r);
int url_read_path_start(struct url_reader *r);
int url_read_opaque(struct url_reader *r);
int url_read_authority(struct url_reader *r);
int url_read_special_authority(struct url_reader *r); /* slashes ignored */

/* What an authority holds, anywhere. */
enum url_seen {
	URL_SEEN_AT = 1 << 0,
	URL_SEEN_COLON = 1 << 1,
};

/*
 * The rest of the text up to its end or / ? #, or a backslash of a special
 * scheme. *seen: enum url_seen.
 */
struct str url_authority_text(const struct url_reader *r, unsigned *seen);

/* 4.5 "URL serializing": sets all of *out, href in pool. */
void url_write(struct pool *pool, const struct url_parts *parts,
    struct url *out);

/*
 * Adds the path that starts text, relative to what is in parts->path, up to
 * its end or a ? or #; returns how many bytes it was.
 */
size_t url_path_read(struct url_parts *parts, struct str text);

/* Takes the last segment off the path, but not the drive of a file: URL. */
void url_path_shorten(struct url_parts *parts);

/* "C:" or "C|"; is_normal: only the former. */
bool url_is_drive(struct str segment, bool is_normal);

/* A drive at the start of text, up to its end or / \ ? #. */
bool url_starts_with_drive(struct str text);

#endif
