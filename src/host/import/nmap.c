/*
 * nmap: nmap -oX, by expat, a piece at a time. Hosts that are up become
 * addresses, with their names and ports; what nmap does not know to be open or
 * closed is no row.
 *
 * XML is the one format here in which a small file can ask for much: entities,
 * names, tags and attributes that expat has to keep. No declaration is taken,
 * nothing is loaded from anywhere, and expat gets its memory from us, counted,
 * so that whatever it keeps there is one limit for all.
 */
#include <expat.h>

#include <stdlib.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "import/reader.h"

#define MAX_MEMORY ((size_t)32 << 20) /* of expat */
#define MAX_TEXT   256                /* bytes of a name, an address */
#define MAX_BANNER 4096               /* of what a script says */

/* Since 2.9 the names of what counts in 64 bits say so. */
#if XML_MAJOR_VERSION == 2 && XML_MINOR_VERSION < 9
#define XML_GetCurrentByteIndex64  XML_GetCurrentByteIndex
#define XML_GetCurrentLineNumber64 XML_GetCurrentLineNumber
#endif

enum inside {
	IN_FILE,
	IN_RUN,
	IN_HOST,
	IN_HOSTNAMES,
	IN_PORTS,
	IN_PORT,
	IN_OTHER,
};

struct port {
	bool is_set; /* open or closed */
	int64_t number;
	char protocol[16], state[16];
	char service[MAX_TEXT], version[2 * MAX_TEXT], banner[MAX_BANNER];
};

struct nmap {
	struct import_reader *r;
	XML_Parser parser;
	struct err *err; /* of the call that goes on */
	bool has_failed;

	enum inside in;
	unsigned depth; /* of elements that are passed over */
	bool is_up;
	bool has_address; /* was given as a row */
	char ip[64], reverse[MAX_TEXT];
	struct port port;
};

/* Blocks of expat know their size; all that are there are at most MAX_MEMORY. */
struct block {
	size_t n;
	max_align_t bytes[];
};

static size_t memory_used;

static void *
memory_resize(void *p, size_t n)
{
	struct block *old =
	    p != NULL
		? (struct block *)((char *)p - offsetof(struct block, bytes))
		: NULL;
	size_t had = old != NULL ? old->n : 0;
	struct block *block;

	if (n > MAX_MEMORY || memory_used - had > MAX_MEMORY - n)
		return NULL;
	block = realloc(old, offsetof(struct block, bytes) + n);
	if (block == NULL)
		return NULL;
	block->n = n;
	memory_used = memory_used - had + n;
	return block->bytes;
}

static void *
memory_begin(size_t n)
{
	return memory_resize(NULL, n);
}

static void
memory_end(void *p)
{
	struct block *block;

	if (p == NULL)
		return;
	block = (struct block *)((char *)p - offsetof(struct block, bytes));
	memory_used -= block->n;
	free(block);
}

static const XML_Memory_Handling_Suite memory = { memory_begin, memory_resize,
	memory_end };

static bool
knows_nmap(struct str text)
{
	return str_starts(text, STR("<?xml")) ||
	       str_starts(text, STR("<!DOCTYPE nmaprun")) ||
	       str_starts(text, STR("<nmaprun"));
}

static void
stop(struct nmap *x)
{
	x->has_failed = true;
	(void)XML_StopParser(x->parser, XML_FALSE);
}

static void
fail(struct nmap *x, const char *why)
{
	if (x->has_failed)
		return;
	(void)err_set(x->err, "%s", why);
	stop(x);
}

static struct str
attr_of(const char **attr, const char *name)
{
	for (size_t i = 0; attr[i] != NULL; i += 2) {
		if (str_is(str_of(attr[i]), name))
			return str_of(attr[i + 1]);
	}
	return STR_NONE;
}

/* As much of it as there is room for, whole characters. */
static void
keep(char *to, size_t size, struct str text)
{
	struct str part = utf8_cut(text, size - 1);

	memcpy(to, part.p != NULL ? part.p : "", part.n);
	to[part.n] = '\0';
}

#define KEEP(to, text) keep(to, sizeof(to), text)

/* The address as a row, when all is known that stands in it. */
static void
give_address(struct nmap *x)
{
	struct found f;

	if (x->has_address || x->ip[0] == '\0' || !x->is_up)
		return;
	x->has_address = true;
	found_begin(&f, x->r, "ipaddr");
	found_text(&f, "value", str_of(x->ip));
	found_text(&f, "reverse_dns", str_of(x->reverse));
	if (found_end(&f, x->err) == -1)
		stop(x);
}

static void
on_address(struct nmap *x, const char **attr)
{
	struct str type = attr_of(attr, "addrtype");
	struct str value = attr_of(attr, "addr");
	struct found f;

	if ((str_is(type, "ipv4") || str_is(type, "ipv6")) &&
	    x->ip[0] == '\0') {
		KEEP(x->ip, value);
		return;
	}
	if (!str_is(type, "mac") || !x->is_up)
		return;
	found_begin(&f, x->r, "device");
	found_text(&f, "value", value);
	found_text(&f, "vendor", attr_of(attr, "vendor"));
	if (found_end(&f, x->err) == -1)
		stop(x);
}

/* Of a PTR record it is what the address is called; else it leads there. */
static void
on_hostname(struct nmap *x, const char **attr)
{
	struct str name = attr_of(attr, "name");

	if (!x->is_up || x->ip[0] == '\0')
		return;
	if (str_is(attr_of(attr, "type"), "PTR")) {
		if (x->reverse[0] == '\0')
			KEEP(x->reverse, name);
	} else if (found_resolves(x->r, name, str_of(x->ip), x->err) == -1)
		stop(x);
}

static void
on_port(struct nmap *x, const char **attr)
{
	struct str id = attr_of(attr, "portid");
	uint64_t n;

	x->port = (struct port){ .is_set = false };
	if (num_read_max(id, UINT16_MAX, &n) == -1) {
		(void)err_set(x->err, "'%.*s' is no port",
		    STR_ARG(str_sub(id, 0, 100)));
		stop(x);
		return;
	}
	x->port.number = (int64_t)n;
	KEEP(x->port.protocol, attr_of(attr, "protocol"));
}

static void
on_state(struct nmap *x, const char **attr)
{
	struct str state = attr_of(attr, "state");

	x->port.is_set = str_is(state, "open") || str_is(state, "closed");
	KEEP(x->port.state, state);
}

static void
on_service(struct nmap *x, const char **attr)
{
	static const char *const part[] = { "product", "version", "extrainfo" };
	struct buf version = BUF_IN(x->r->pool);

	KEEP(x->port.service, attr_of(attr, "name"));
	for (size_t i = 0; i < ARRAY_SIZE(part); i++) {
		struct str text = attr_of(attr, part[i]);

		if (text.n != 0 && version.n != 0)
			buf_add_char(&version, ' ');
		buf_add(&version, text);
	}
	KEEP(x->port.version, buf_str(&version));
}

static void
on_script(struct nmap *x, const char **attr)
{
	if (str_is(attr_of(attr, "id"), "banner"))
		KEEP(x->port.banner, attr_of(attr, "output"));
}

static void
give_port(struct nmap *x)
{
	const struct port *port = &x->port;
	struct found f;

	give_address(x);
	if (x->has_failed || !port->is_set || !x->is_up || x->ip[0] == '\0')
		return;
	found_begin(&f, x->r, "port");
	found_text(&f, "ip_addr", str_of(x->ip));
	found_set(&f, "port", json_int(port->number));
	found_text(&f, "protocol", str_of(port->protocol));
	found_text(&f, "status", str_of(port->state));
	found_text(&f, "service", str_of(port->service));
	found_text(&f, "version", str_of(port->version));
	found_text(&f, "banner", str_of(port->banner));
	if (found_end(&f, x->err) == -1)
		stop(x);
}

static void
begin_host(struct nmap *x, const char **attr)
{
	(void)attr;
	x->is_up = true; /* without a status: -sn of old versions */
	x->has_address = false;
	x->ip[0] = x->reverse[0] = '\0';
}

static void
on_status(struct nmap *x, const char **attr)
{
	x->is_up = str_is(attr_of(attr, "state"), "up");
}

/* Where an element stands, and what is in it; IN_OTHER: nothing of interest. */
static const struct {
	enum inside in;
	const char *name;
	enum inside then;
	void (*begin)(struct nmap *x, const char **attr);
} elements[] = {
	{ IN_FILE, "nmaprun", IN_RUN, NULL },
	{ IN_RUN, "host", IN_HOST, begin_host },
	{ IN_HOST, "status", IN_OTHER, on_status },
	{ IN_HOST, "address", IN_OTHER, on_address },
	{ IN_HOST, "hostnames", IN_HOSTNAMES, NULL },
	{ IN_HOSTNAMES, "hostname", IN_OTHER, on_hostname },
	{ IN_HOST, "ports", IN_PORTS, NULL },
	{ IN_PORTS, "port", IN_PORT, on_port },
	{ IN_PORT, "state", IN_OTHER, on_state },
	{ IN_PORT, "service", IN_OTHER, on_service },
	{ IN_PORT, "script", IN_OTHER, on_script },
};

static void
note_place(struct nmap *x)
{
	int64_t at = XML_GetCurrentByteIndex64(x->parser);

	x->r->line = XML_GetCurrentLineNumber64(x->parser);
	/* -1: expat has none, before the first byte and in a failed one */
	if (at >= 0)
		x->r->at = (uint64_t)at;
}

static void XMLCALL
on_start(void *arg, const char *name, const char **attr)
{
	struct nmap *x = arg;

	if (x->has_failed)
		return;
	note_place(x);
	for (size_t i = 0; x->depth == 0 && i < ARRAY_SIZE(elements); i++) {
		if (elements[i].in != x->in ||
		    !str_is(str_of(name), elements[i].name))
			continue;
		if (elements[i].begin != NULL)
			elements[i].begin(x, attr);
		pool_reset(x->r->pool);
		if (elements[i].then != IN_OTHER)
			x->in = elements[i].then;
		else
			x->depth = 1;
		return;
	}
	if (x->in == IN_FILE)
		fail(x, "XML, but not of nmap: it begins with no <nmaprun>");
	x->depth++;
}

static void XMLCALL
on_end(void *arg, const char *name)
{
	struct nmap *x = arg;

	(void)name;
	if (x->has_failed)
		return;
	if (x->depth != 0) {
		x->depth--;
		return;
	}
	switch (x->in) {
	case IN_PORT:
		give_port(x);
		x->in = IN_PORTS;
		break;
	case IN_PORTS:
	case IN_HOSTNAMES:
		x->in = IN_HOST;
		break;
	case IN_HOST:
		give_address(x);
		x->in = IN_RUN;
		break;
	default:
		x->in = IN_FILE;
	}
	pool_reset(x->r->pool);
}

/* nmap's own has a name and nothing else. */
static void XMLCALL
on_doctype(void *arg, const char *name, const char *system, const char *public,
    int has_subset)
{
	(void)name, (void)system, (void)public;
	if (has_subset) {
		note_place(arg);
		fail(arg, "it declares something, which nmap does not: "
			  "entities are not taken");
	}
}

static void XMLCALL
on_skipped(void *arg, const char *name, int is_parameter)
{
	(void)name, (void)is_parameter;
	note_place(arg);
	fail(arg, "an entity that nobody has declared");
}

static int
begin(struct import_reader *r, struct err *err)
{
	struct nmap *x = r->state;

	x->r = r;
	x->parser = XML_ParserCreate_MM(NULL, &memory, NULL);
	if (x->parser == NULL)
		return err_set(err, "there is no memory for XML");
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_start, on_end);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
	XML_SetSkippedEntityHandler(x->parser, on_skipped);
	return 0;
}

/* Expat's own words, and where. */
static int
tell(struct nmap *x, struct err *err)
{
	enum XML_Error code = XML_GetErrorCode(x->parser);

	note_place(x);
	if (code == XML_ERROR_NO_MEMORY)
		return err_set(err,
		    "a tag, or all names, are larger than %zu bytes",
		    MAX_MEMORY);
	return err_set(err, "no XML: %s", XML_ErrorString(code));
}

static int
feed(struct import_reader *r, struct str bytes, bool is_end, struct err *err)
{
	autoerr struct err why = ERR_NONE;
	struct nmap *x = r->state;
	enum XML_Status status;

	x->err = &why;
	status = XML_Parse(x->parser, bytes.p, (int)bytes.n, is_end);
	x->err = NULL;
	if (x->has_failed) {
		if (err != NULL)
			err_move(err, &why);
		return -1;
	}
	return status == XML_STATUS_OK ? 0 : tell(x, err);
}

#define MOST_PIECE ((size_t)1 << 20) /* an int, and less than the limit */

static int
take_piece(struct import_reader *r, struct str bytes, struct err *err)
{
	while (bytes.n > MOST_PIECE) {
		if (feed(r, str_sub(bytes, 0, MOST_PIECE), false, err) == -1)
			return -1;
		bytes = str_from(bytes, MOST_PIECE);
	}
	return feed(r, bytes, false, err);
}

static int
end(struct import_reader *r, struct err *err)
{
	return feed(r, STR(""), true, err);
}

static void
clear(struct import_reader *r)
{
	struct nmap *x = r->state;

	if (x->parser != NULL)
		XML_ParserFree(x->parser);
}

const struct import_format import_nmap = {
	.name = "nmap",
	.help =
	    "nmap -oX: hosts that are up, their names and devices, ports that "
	    "are open or closed, services",
	.knows = knows_nmap,
	.size = sizeof(struct nmap),
	.begin = begin,
	.piece = take_piece,
	.end = end,
	.clear = clear,
};
