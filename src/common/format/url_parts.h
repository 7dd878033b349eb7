/*
 * url_parts: a URL while it is read: its parts as they will be serialised.
 */
#ifndef FORMAT_URL_PARTS_H
#define FORMAT_URL_PARTS_H

#include "base/buf.h"
#include "format/url.h"

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
