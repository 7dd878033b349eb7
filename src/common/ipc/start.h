/*
 * start: the first line from the parent: the module, its argument, and all
 * that it may know. Source: docs/wire.md, "Start line".
 *
 * To add a field: a member here, a row in start.c's tables, and (for the
 * parent) a line in start_write().
 */
#ifndef IPC_START_H
#define IPC_START_H

#include "ipc/stealth.h"
#include "ipc/variant.h"
#include "value/json.h"
#include "value/slot.h"

struct start_key {
	struct str namespace, access_key;
	struct str secret_key; /* p == NULL: none */
};

struct start_module {
	struct str name, author, description, version;
	const struct json *source; /* NULL: none */
	struct slot_texts keyring_access;
	struct str stealth; /* "Loud" "Normal" "Passive" "Offline" */
	bool private_module;
	struct str code; /* the whole file, header included */
};

struct start_dns {
	struct slot_texts ns; /* "ip:port", checked */
	bool tcp;
	bool has_timeout;
	uint64_t timeout_ms;
};

struct start {
	uint8_t verbose;
	struct slot_objects keyring; /* of struct start_key */
	struct start_dns dns;
	struct str proxy;           /* "ip:port", checked; p == NULL: none */
	struct str user_agent;      /* p == NULL: the default */
	const struct json *options; /* a map of strings */
	struct start_module module;
	const struct json *arg;
	struct slot_texts blobs; /* base64, checked by who decodes them */
	bool is_older; /* no blobs, stealth, private_module: answer likewise */
};

/* Its members, for the page; the rows of objects hang on theirs. */
extern const struct slot start_slots[];

/* The values of two of them, from stealth.h and the model table; then NULL. */
#define START_SOURCES 32
void start_stealths(struct variant out[STEALTHS + 1]);
void start_sources(struct variant out[START_SOURCES]);

/*
 * Everything lives in pool and views into text. The error is the one of
 * docs/wire.md, "Wrong shapes".
 */
int start_read(struct pool *pool, struct str text, struct start *out,
    struct err *err);

/*
 * What the broker has to know, from the texts of the members dns_config and
 * proxy (ipc/peek.h): out->dns and out->proxy; the rest of *out is left alone.
 */
int start_read_network(struct pool *pool, struct str dns, struct str proxy,
    struct start *out, struct err *err);

/* Keys sorted, with the newline: as it is sent to a child. */
void start_write(struct buf *out, const struct start *start);

/*
 * The same for people, `run --dump-sandbox-init-msg`: not sorted, but from the
 * short to the long, as the reference prints it.
 */
void start_show(struct buf *out, const struct start *start);

#endif
