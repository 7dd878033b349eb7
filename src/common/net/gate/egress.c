#include "gate/egress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "gate/hostname.h"
#include "gate/ownaddr.h"
#include "gate/rule.h"

struct entry {
	struct entry *next;
	struct rule rule;
};

struct egress {
	struct pool pool;
	struct entry *allow, *deny;
	struct ownaddr_list own;
	bool is_open; /* own_fd is there, or open_errno says why not */
	int own_fd, open_errno;
};

/*
 * docs/jail.md, "Egress policy", in its order: the first row that matches
 * decides, so that 2001::/32 and 255.255.255.255 are reserved. EMBEDDED: the
 * IPv4 address inside decides.
 */
#define EMBEDDED EGRESS_CLASSES
#define IP4(a, b, c, d, bits)                                                  \
	{                                                                      \
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d },      \
		    96 + (bits), true                                          \
	}
#define IP6(bits, ...)                                                         \
	{                                                                      \
		{ __VA_ARGS__ }, (bits), false                                 \
	}

static const struct row {
	struct block block;
	enum egress_class class;
	unsigned char at; /* of EMBEDDED: where the address is */
} row[] = {
	{ IP4(0, 0, 0, 0, 8), EGRESS_LOCAL },
	{ IP4(127, 0, 0, 0, 8), EGRESS_LOCAL },
	{ IP6(128, 0), EGRESS_LOCAL },
	{ IP6(128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
	    EGRESS_LOCAL },

	{ IP4(169, 254, 169, 254, 32), EGRESS_METADATA },
	{ IP4(100, 100, 100, 200, 32), EGRESS_METADATA },
	{ IP4(192, 0, 0, 192, 32), EGRESS_METADATA },
	{ IP4(168, 63, 129, 16, 32), EGRESS_METADATA },
	{ IP6(128, 0xfd, 0, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02,
	      0x54),
	    EGRESS_METADATA },

	{ IP4(169, 254, 0, 0, 16), EGRESS_LINK_LOCAL },
	{ IP6(10, 0xfe, 0x80), EGRESS_LINK_LOCAL },

	{ IP4(10, 0, 0, 0, 8), EGRESS_PRIVATE },
	{ IP4(172, 16, 0, 0, 12), EGRESS_PRIVATE },
	{ IP4(192, 168, 0, 0, 16), EGRESS_PRIVATE },
	{ IP4(100, 64, 0, 0, 10), EGRESS_PRIVATE },
	{ IP6(7, 0xfc), EGRESS_PRIVATE },
	{ IP6(10, 0xfe, 0xc0), EGRESS_PRIVATE },

	{ IP4(192, 0, 0, 0, 24), EGRESS_RESERVED },
	{ IP4(192, 0, 2, 0, 24), EGRESS_RESERVED },
	{ IP4(192, 88, 99, 0, 24), EGRESS_RESERVED },
	{ IP4(198, 18, 0, 0, 15), EGRESS_RESERVED },
	{ IP4(198, 51, 100, 0, 24), EGRESS_RESERVED },
	{ IP4(203, 0, 113, 0, 24), EGRESS_RESERVED },
	{ IP4(240, 0, 0, 0, 4), EGRESS_RESERVED },
	{ IP6(23, 0x20, 0x01), EGRESS_RESERVED },
	{ IP6(32, 0x20, 0x01, 0x0d, 0xb8), EGRESS_RESERVED },
	{ IP6(20, 0x3f, 0xff), EGRESS_RESERVED },
	{ IP6(16, 0x5f, 0x00), EGRESS_RESERVED },
	{ IP6(64, 0x01, 0x00), EGRESS_RESERVED },

	{ IP4(224, 0, 0, 0, 4), EGRESS_MULTICAST },
	{ IP6(8, 0xff), EGRESS_MULTICAST },

	{ IP6(96, 0), EMBEDDED, 12 },
	{ IP6(96, 0, 0x64, 0xff, 0x9b), EMBEDDED, 12 },
	{ IP6(96, 0, 0x64, 0xff, 0x9b, 0, 1), EMBEDDED, 12 },
	/* RFC 8215: what is inside depends on a prefix that we cannot know */
	{ IP6(48, 0, 0x64, 0xff, 0x9b, 0, 1), EGRESS_RESERVED },
	{ IP6(16, 0x20, 0x02), EMBEDDED, 2 },

	{ IP4(0, 0, 0, 0, 0), EGRESS_PUBLIC },
	{ IP6(3, 0x20), EGRESS_PUBLIC },
	{ IP6(0, 0), EGRESS_RESERVED },
};

struct egress *
egress_new(void)
{
	struct egress *e = mem_zalloc(sizeof(*e));

	e->own_fd = -1;
	return e;
}

void
egress_free(struct egress *e)
{
	if (e == NULL)
		return;
	pool_clear(&e->pool);
	ownaddr_clear(&e->own);
	if (e->own_fd != -1)
		(void)close(e->own_fd);
	free(e);
}

static const struct row *
find_row(const struct addr *addr)
{
	const struct row *r = row;

	while (!block_has(&r->block, addr))
		r++; /* the last rows hold every address */
	return r;
}

/* The IPv4 address inside, if there is one. */
static bool
embedded(const struct addr *addr, struct addr *inner)
{
	const struct row *r = find_row(addr);

	if (r->class != EMBEDDED)
		return false;
	*inner = addr_ip4(addr->ip + r->at, addr->port);
	return true;
}

enum egress_class
egress_class(const struct egress *e, const struct addr *addr)
{
	struct addr inner;

	if (ownaddr_has(&e->own, addr))
		return EGRESS_LOCAL;
	if (embedded(addr, &inner))
		return egress_class(e, &inner);
	return find_row(addr)->class;
}

static bool
is_allowed(const struct egress *e, const struct addr *to, bool is_inside,
    enum egress_class c)
{
	if (c == EGRESS_PUBLIC)
		return true;
	for (const struct entry *i = e->allow; i != NULL; i = i->next) {
		const struct rule *r = &i->rule;

		if (!rule_has_port(r, to->port))
			continue;
		if (r->is_open || (r->is_block && block_has(&r->block, to)))
			return true;
		if ((r->classes & 1u << c) != 0 && !is_inside)
			return true;
	}
	return false;
}

/* By its word: names and addresses. */
static bool
is_class_denied(const struct egress *e, uint16_t port, enum egress_class c)
{
	for (const struct entry *i = e->deny; i != NULL; i = i->next) {
		const struct rule *r = &i->rule;

		if (rule_has_port(r, port) &&
		    (r->is_open || (r->classes & 1u << c) != 0))
			return true;
	}
	return false;
}

static bool
is_block_denied(const struct egress *e, const struct addr *to)
{
	for (const struct entry *i = e->deny; i != NULL; i = i->next) {
		const struct rule *r = &i->rule;

		if (rule_has_port(r, to->port) && r->is_block &&
		    block_has(&r->block, to))
			return true;
	}
	return false;
}

bool
egress_judge(const struct egress *e, const struct addr *to,
    enum egress_class *why)
{
	struct addr inner;
	bool is_inside = embedded(to, &inner);

	*why = egress_class(e, to);
	if (is_class_denied(e, to->port, *why) || is_block_denied(e, to) ||
	    (is_inside && is_block_denied(e, &inner))) {
		*why = EGRESS_DENIED;
		return false;
	}
	return is_allowed(e, to, is_inside, *why);
}

bool
egress_judge_name(const struct egress *e, struct str name, uint16_t port,
    enum egress_class *why)
{
	/* what is no name in normal form is for nobody to look up */
	*why = hostname_is_normal(name) && !hostname_is_local(name)
	           ? EGRESS_NAME
	           : EGRESS_LOCAL_NAME;
	if (*why == EGRESS_LOCAL_NAME)
		return false;
	if (!is_class_denied(e, port, EGRESS_NAME))
		return true;
	*why = EGRESS_DENIED;
	return false;
}

static int
add_rule(struct egress *e, struct entry **list, struct str text,
    struct err *err)
{
	struct rule rule;
	struct entry *entry;

	if (rule_read(text, &rule, err) == -1)
		return -1;
	entry = pool_alloc(&e->pool, sizeof(*entry));
	entry->rule = rule;
	entry->next = *list;
	*list = entry;
	return 0;
}

int
egress_allow(struct egress *e, struct str text, struct err *err)
{
	return add_rule(e, &e->allow, text, err);
}

int
egress_deny(struct egress *e, struct str text, struct err *err)
{
	return add_rule(e, &e->deny, text, err);
}

void
egress_add_own(struct egress *e, const struct addr *own)
{
	ownaddr_add(&e->own, own);
}

/* A socket that is not there has no number to be given. */
static int
move_to(int fd, int at)
{
	int moved;

	if (fd == -1 || at == -1 || fd == at)
		return fd;
	moved = fcntl(fd, F_DUPFD_CLOEXEC, at);
	if (moved != at && moved != -1) {
		(void)close(moved);
		errno = EBUSY;
		moved = -1;
	}
	(void)close(fd);
	return moved;
}

void
egress_open_own(struct egress *e, int at)
{
	if (e->is_open)
		return;
	errno = 0;
	e->own_fd = move_to(ownaddr_open(NULL), at);
	e->open_errno = e->own_fd == -1 ? errno : 0;
	e->is_open = true;
}

bool
egress_has_own(const struct egress *e)
{
	return e->own_fd != -1;
}

void
egress_keep_own(struct egress *e, int fd)
{
	e->own_fd = fd;
	e->open_errno = 0;
	e->is_open = true;
}

int
egress_learn_own(struct egress *e, struct err *err)
{
	struct ownaddr_list now = { .n = 0 };

	egress_open_own(e, -1);
	if (e->open_errno != 0) {
		errno = e->open_errno;
		return err_sys(err, "cannot ask for our own addresses");
	}
	if (ownaddr_ask(e->own_fd, &now, err) == -1)
		return -1;
	ownaddr_clear(&e->own);
	e->own = now;
	return 0;
}

const char *
egress_class_name(enum egress_class c)
{
	static const char *const name[EGRESS_CLASSES] = {
		[EGRESS_PUBLIC] = "public",
		[EGRESS_LOCAL] = "local",
		[EGRESS_METADATA] = "metadata",
		[EGRESS_LINK_LOCAL] = "link-local",
		[EGRESS_PRIVATE] = "private",
		[EGRESS_RESERVED] = "reserved",
		[EGRESS_MULTICAST] = "multicast",
		[EGRESS_NAME] = "name",
		[EGRESS_LOCAL_NAME] = "local name",
		[EGRESS_DENIED] = "denied",
		[EGRESS_PROXIED] = "proxied",
		[EGRESS_UNNAMED] = "unnamed",
		[EGRESS_NO_LOOKUPS] = "no look-ups",
		[EGRESS_TAKEN] = "taken away",
		[EGRESS_OFFLINE] = "offline",
	};

	return (unsigned)c < EGRESS_CLASSES ? name[c] : "unknown";
}

bool
egress_is_permission(enum egress_class c)
{
	return c == EGRESS_UNNAMED || c == EGRESS_NO_LOOKUPS ||
	       c == EGRESS_TAKEN || c == EGRESS_OFFLINE;
}

#define WHERE_MAX (ADDR_TEXT_MAX + HOSTNAME_MAX)

static const char *
where(char text[WHERE_MAX], const struct addr *to, const struct str *name)
{
	char addr[ADDR_TEXT_MAX];

	if (name != NULL)
		snprintf(text, WHERE_MAX, "%.*s:%u",
		    (int)(name->n < HOSTNAME_MAX ? name->n : HOSTNAME_MAX),
		    name->p, to->port);
	else
		snprintf(text, WHERE_MAX, "%s", addr_text(to, addr));
	return text;
}

int
egress_not_permitted(struct err *err, const struct addr *to,
    const struct str *name, enum egress_class why, struct str module)
{
	char text[WHERE_MAX];

	(void)where(text, to, name);
	if (module.n == 0)
		module = STR("MODULE");
	if (why == EGRESS_NO_LOOKUPS)
		return err_set(err,
		    "name server %s refused: the module's text looks no names "
		    "up (allow it with: sn0int permissions %.*s --allow dns)",
		    text, STR_ARG(module));
	if (why == EGRESS_OFFLINE)
		return err_set(err,
		    "connection to %s refused: the module's header says that "
		    "it is offline",
		    text);
	if (why == EGRESS_TAKEN)
		return err_set(err,
		    "connection to %s refused: denied by sn0int permissions "
		    "%.*s",
		    text, STR_ARG(module));
	return err_set(err,
	    "connection to %s refused: the module's text does not name it "
	    "(allow it with: sn0int permissions %.*s --allow net=%s)",
	    text, STR_ARG(module), text);
}

int
egress_refusal(struct err *err, const struct addr *to, const struct str *name,
    enum egress_class why)
{
	char text[WHERE_MAX];

	if (egress_is_permission(why))
		return egress_not_permitted(err, to, name, why, STR_NONE);
	(void)where(text, to, name);
	switch (why) {
	case EGRESS_DENIED:
		return err_set(err,
		    "connection to %s refused: denied by --deny-net or "
		    "network.deny",
		    text);
	case EGRESS_PROXIED:
		return err_set(err,
		    "connection to %s refused: it would go around the proxy",
		    text);
	case EGRESS_LOCAL_NAME:
		return err_set(err,
		    "connection to %s refused: local name, and no proxy is "
		    "asked for those",
		    text);
	default:
		return err_set(err,
		    "connection to %s refused: %s address (allow it with "
		    "--allow-net %s)",
		    text, egress_class_name(why), text);
	}
}
