#include "net/egress.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "net/rule.h"

#define OWN_MOST 256 /* addresses of our own that are remembered */

struct entry {
	struct entry *next;
	struct rule rule;
};

struct egress {
	struct pool pool;
	struct entry *allow, *deny;
	struct addr own[OWN_MOST];
	size_t n_own;
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
	return mem_zalloc(sizeof(struct egress));
}

void
egress_free(struct egress *e)
{
	if (e == NULL)
		return;
	pool_clear(&e->pool);
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

static bool
is_own(const struct egress *e, const struct addr *addr)
{
	for (size_t i = 0; i < e->n_own; i++) {
		if (memcmp(e->own[i].ip, addr->ip, 16) == 0)
			return true;
	}
	return false;
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

	if (is_own(e, addr))
		return EGRESS_LOCAL;
	if (embedded(addr, &inner))
		return egress_class(e, &inner);
	return find_row(addr)->class;
}

static bool
is_allowed(const struct egress *e, const struct addr *to, bool is_inside,
    enum egress_class c)
{
	if (e->allow == NULL)
		return c == EGRESS_PUBLIC;
	for (const struct entry *i = e->allow; i != NULL; i = i->next) {
		const struct rule *r = &i->rule;

		if (!rule_has_port(r, to->port))
			continue;
		if (r->is_open || (r->is_block && block_has(&r->block, to)))
			return true;
		if ((r->classes & 1u << c) != 0 &&
		    (!is_inside || c == EGRESS_PUBLIC))
			return true;
	}
	return false;
}

static bool
is_denied(const struct egress *e, const struct addr *to,
    const struct addr *inner, enum egress_class c)
{
	for (const struct entry *i = e->deny; i != NULL; i = i->next) {
		const struct rule *r = &i->rule;

		if (!rule_has_port(r, to->port))
			continue;
		if (r->is_open || (r->classes & 1u << c) != 0)
			return true;
		if (r->is_block &&
		    (block_has(&r->block, to) ||
			(inner != NULL && block_has(&r->block, inner))))
			return true;
	}
	return false;
}

/* *why is the class; it becomes EGRESS_DENIED if a deny entry decides. */
static bool
decide(const struct egress *e, const struct addr *to, const struct addr *inner,
    enum egress_class *why)
{
	if (is_denied(e, to, inner, *why)) {
		*why = EGRESS_DENIED;
		return false;
	}
	return is_allowed(e, to, inner != NULL, *why);
}

bool
egress_judge(const struct egress *e, const struct addr *to,
    enum egress_class *why)
{
	struct addr inner;
	bool is_inside = embedded(to, &inner);

	*why = egress_class(e, to);
	return decide(e, to, is_inside ? &inner : NULL, why);
}

static bool
ends_nocase(struct str s, struct str tail)
{
	return s.n >= tail.n && str_eq_nocase(str_from(s, s.n - tail.n), tail);
}

/* Whatever inet_aton(3) takes for an address; resolvers do too. */
static bool
read_odd_ip4(struct str name, uint16_t port, struct addr *out)
{
	char copy[256];
	struct in_addr in;

	if (name.n >= sizeof(copy) || memchr(name.p, '\0', name.n) != NULL)
		return false;
	memcpy(copy, name.p, name.n);
	copy[name.n] = '\0';
	if (inet_aton(copy, &in) == 0)
		return false;
	*out = addr_ip4((const unsigned char *)&in, port);
	return true;
}

static enum egress_class
name_class(struct str name)
{
	if (str_eq_nocase(name, STR("localhost")) ||
	    ends_nocase(name, STR(".localhost")))
		return EGRESS_LOCAL;
	if (ends_nocase(name, STR(".local")) ||
	    ends_nocase(name, STR(".internal")) ||
	    str_find_char(name, '.') == STR_NPOS)
		return EGRESS_PRIVATE;
	return EGRESS_PUBLIC;
}

bool
egress_judge_name(const struct egress *e, struct str name, uint16_t port,
    enum egress_class *why)
{
	struct addr addr;

	if (name.n != 0 && name.p[name.n - 1] == '.')
		name.n--;
	if (read_odd_ip4(name, port, &addr))
		return egress_judge(e, &addr, why);
	if (addr_read_ip(name, &addr)) {
		addr.port = port;
		return egress_judge(e, &addr, why);
	}
	/* :: is in no block that anybody would name: the words decide */
	memset(&addr, 0, sizeof(addr));
	addr.port = port;
	*why = name_class(name);
	return decide(e, &addr, NULL, why);
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
	if (e->n_own < OWN_MOST && !is_own(e, own))
		e->own[e->n_own++] = *own;
}

void
egress_learn_own(struct egress *e)
{
	struct ifaddrs *list;
	struct addr own;

	if (getifaddrs(&list) == -1)
		return;
	e->n_own = 0;
	for (const struct ifaddrs *i = list; i != NULL; i = i->ifa_next) {
		if (i->ifa_addr != NULL &&
		    addr_from_sockaddr(i->ifa_addr, &own))
			egress_add_own(e, &own);
	}
	freeifaddrs(list);
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
		[EGRESS_DENIED] = "denied",
		[EGRESS_PROXIED] = "proxied",
	};

	return (unsigned)c < EGRESS_CLASSES ? name[c] : "unknown";
}

int
egress_refusal(struct err *err, const struct addr *to, const struct str *name,
    enum egress_class why)
{
	char text[ADDR_TEXT_MAX + 256], addr[ADDR_TEXT_MAX];
	const char *class = egress_class_name(why);

	if (name != NULL)
		snprintf(text, sizeof(text), "%.*s:%u",
		    name->n < 255 ? (int)name->n : 255, name->p, to->port);
	else
		snprintf(text, sizeof(text), "%s", addr_text(to, addr));
	if (why == EGRESS_DENIED)
		return err_set(err,
		    "connection to %s refused: denied by --deny-net", text);
	if (why == EGRESS_PROXIED)
		return err_set(err,
		    "connection to %s refused: UDP would go around the proxy",
		    text);
	if (name != NULL)
		return err_set(err,
		    "connection to %s refused: %s name (allow it with "
		    "--allow-net %s)",
		    text, class, class);
	return err_set(err,
	    "connection to %s refused: %s address (allow it with --allow-net "
	    "%s)",
	    text, class, text);
}
