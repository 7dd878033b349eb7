/*
 * warc: files of WARC records, written. WARC 1.1 (ISO 28500:2017).
 *
 * A file is a chain of records, each a gzip member of its own, so that it can
 * be read from its offset. It is only ever appended to, and a record that could
 * not be written whole is cut off again: after a crash everything up to the
 * last whole record is there. Blocks are taken from memory and from a
 * descriptor; memory does not grow with them.
 *
 *	struct warc_record record = {
 *		.type = WARC_RESPONSE, .id = warc_id(pool), .date_ms = now,
 *		.target_uri = STR("https://example.com/"), .block = bytes,
 *		.payload = warc_payload_of(bytes),
 *	};
 *	if (warc_append(writer, &record, &place, err) == -1) ...
 *
 * What the reader knows is in warc/read.h.
 */
#ifndef WARC_WARC_H
#define WARC_WARC_H

#include <stdint.h>

#include "base/err.h"

enum warc_type {
	WARC_WARCINFO,
	WARC_REQUEST,
	WARC_RESPONSE,
	WARC_REVISIT,
	WARC_RESOURCE,
	WARC_METADATA,
	WARC_TYPES
};

/* "request". */
const char *warc_type_name(enum warc_type type);

/*
 * A named field. Values are any bytes; what would end a line becomes a blank,
 * and what a URI may not have is written as %XX.
 */
struct warc_field {
	const char *name;
	struct str value;
};

#define WARC_NO_PAYLOAD UINT64_MAX

struct warc_record {
	enum warc_type type;
	struct str id;   /* warc_id() */
	int64_t date_ms; /* unix milliseconds */

	/* Left out where p is NULL */
	struct str target_uri;
	struct str content_type; /* else the one that goes with the type */
	struct str ip_address;   /* of the server; none through a proxy */
	struct str concurrent_to, concurrent_to_too; /* ids */
	struct str refers_to; /* the id of a record, with its URI and date */
	struct str refers_to_uri;
	int64_t refers_to_date_ms;
	struct str payload_digest; /* of a revisit: as it was noted there */
	const struct warc_field *more;
	size_t n_more;

	/*
	 * The block: bytes in memory, then n bytes of a descriptor from `at`
	 * (pread(2)). It is read twice.
	 */
	struct str block;
	int fd;
	uint64_t at, n;

	/*
	 * Where in the block the payload begins. WARC_NO_PAYLOAD: it has no
	 * digest of its own, for there is none, or it is in chunks, whose
	 * digest would be that of the body without them.
	 */
	uint64_t payload;
};

/* Where a record is. */
struct warc_place {
	uint64_t at, n;
};

struct warc_writer;

/*
 * Makes a file, which must not be there yet, and writes its warcinfo: what
 * fields say, and the format. 0600; its folder is made, 0700, if it is not
 * there. The writer lives in pool and closes the file when that ends.
 */
struct warc_writer *warc_create(struct pool *pool, const char *path,
    const struct warc_field *field, size_t n, int64_t date_ms, struct err *err);

/*
 * Writes one record. -1: nothing of it is in the file, and the next may be
 * tried; if the file could not be cut, no record is accepted any more.
 */
int warc_append(struct warc_writer *writer, const struct warc_record *record,
    struct warc_place *place, struct err *err);

/* What is in the file survives a crash of the machine. */
int warc_sync(struct warc_writer *writer, struct err *err);

/* "urn:uuid:…", of a new random UUID. In pool. */
struct str warc_id(struct pool *pool);

/* "2026-11-30T00:50:57.123Z". In pool. */
struct str warc_date(struct pool *pool, int64_t ms);

/* "sha256:" and 64 digits of a text. In pool. */
struct str warc_digest(struct pool *pool, struct str bytes);

/* Fields as a block of application/warc-fields. In pool. */
struct str warc_fields(struct pool *pool, const struct warc_field *field,
    size_t n);

/*
 * Where the payload of a message of HTTP begins, whose beginning this is: behind
 * the head. WARC_NO_PAYLOAD: the head does not end in the first WARC_HEAD_MOST
 * bytes, or it names a transfer coding.
 */
#define WARC_HEAD_MOST ((size_t)256 << 10)
uint64_t warc_payload_of(struct str beginning);

/*
 * Names of what is no page. In pool.
 *	dns:example.com?TYPE=MX   dns://192.0.2.53/example.com?TYPE=MX
 *	tcp://example.com:25/7/in
 *	urn:sn0int:tls:91ab...
 */
struct str warc_uri_dns(struct pool *pool, struct str name, struct str type,
    struct str server);
struct str warc_uri_stream(struct pool *pool, struct str scheme,
    struct str address, uint64_t connection, const char *part);
struct str warc_uri_chain(struct pool *pool, struct str sha256);

#endif
