/*
 * What another text may do and the one before might not. A row of hosts is
 * covered if each of its ports is, by a row that means at least its hosts.
 */
#include "base/mem.h"
#include "reach/reach.h"
#include "reach/rows.h"

struct diff {
	const struct permissions *was, *now;
	struct buf *words; /* NULL: not asked for */
	bool grew, shrank;
};

static bool
names_equal(struct str a, struct str b)
{
	return (a.p == NULL) == (b.p == NULL) && str_eq(a, b);
}

/* Is all that `name` means below the pattern? */
static bool
is_below(struct str name, struct str pattern)
{
	struct str rest;

	if (!str_starts(pattern, STR("*.")))
		return false;
	rest = str_from(pattern, 1);
	return name.n > rest.n && str_ends(name, rest);
}

static bool
means_at_least(const struct reach_host *wide, const struct reach_host *host)
{
	if (wide->from == REACH_ANY)
		return true;
	if (wide->from != host->from)
		return false;
	switch (wide->from) {
	case REACH_HOST:
		return str_eq(wide->name, host->name) ||
		       is_below(host->name, wide->name);
	case REACH_OPTION:
	case REACH_KEY:
		return wide->name.p == NULL ||
		       names_equal(wide->name, host->name);
	default:
		return true;
	}
}

static bool
has_port(const struct reach_host *host, unsigned port)
{
	for (unsigned i = 0; i < host->ports; i++) {
		if (host->port[i] == port)
			return true;
	}
	return host->ports == 0;
}

/* port 0: all of them */
static bool
is_covered_at(const struct permissions *p, const struct reach_host *host,
    unsigned port)
{
	for (size_t i = 0; i < p->hosts; i++) {
		if (means_at_least(&p->host[i], host) &&
		    has_port(&p->host[i], port))
			return true;
	}
	return false;
}

static bool
is_covered(const struct permissions *p, const struct reach_host *host)
{
	if (host->ports == 0)
		return is_covered_at(p, host, 0);
	for (unsigned i = 0; i < host->ports; i++) {
		if (!is_covered_at(p, host, host->port[i]))
			return false;
	}
	return true;
}

/* Says that there is a change, and begins its words. */
static struct buf *
note_change(struct diff *diff, bool is_more)
{
	bool is_first = !diff->grew && !diff->shrank;

	diff->grew |= is_more;
	diff->shrank |= !is_more;
	if (diff->words != NULL)
		buf_printf(diff->words, "%s%s ", is_first ? "" : ", ",
		    is_more ? "now also" : "no longer");
	return diff->words;
}

static void
compare_hosts(struct diff *diff, const struct permissions *of,
    const struct permissions *other, bool is_more)
{
	for (size_t i = 0; i < of->hosts; i++) {
		struct buf *words;

		if (is_covered(other, &of->host[i]))
			continue;
		words = note_change(diff, is_more);
		if (words == NULL)
			continue;
		buf_add(words, STR("talks to "));
		reach_host_print(&of->host[i], words);
	}
}

static void
compare_sets(struct diff *diff, const struct permissions *of,
    const struct permissions *other, bool is_more)
{
	for (size_t i = 0; reach_sets[i].name != NULL; i++) {
		uint32_t left = reach_set_of(of, &reach_sets[i]) &
		                ~reach_set_of(other, &reach_sets[i]);
		struct buf *words;

		if (left == 0)
			continue;
		words = note_change(diff, is_more);
		if (words == NULL)
			continue;
		buf_printf(words, "%s ", reach_sets[i].verb);
		reach_set_print(left, words);
	}
}

static void
compare_acts(struct diff *diff, const struct permissions *of,
    const struct permissions *other, bool is_more)
{
	for (size_t i = 0; reach_acts[i].name != NULL; i++) {
		struct buf *words;

		if (!(of->acts & ~other->acts & reach_acts[i].act))
			continue;
		words = note_change(diff, is_more);
		if (words != NULL)
			buf_add(words, str_of(reach_acts[i].words));
	}
}

static void
compare_keys(struct diff *diff, const struct permissions *of,
    const struct permissions *other, bool is_more)
{
	for (size_t i = 0; i < of->keys.n; i++) {
		struct buf *words;

		if (str_is_among(of->keys.text[i], other->keys.text,
			other->keys.n))
			continue;
		words = note_change(diff, is_more);
		if (words != NULL)
			buf_printf(words, "asks for keys of %.*s",
			    STR_ARG(of->keys.text[i]));
	}
}

/* The louder may more. */
static void
compare_stealth(struct diff *diff)
{
	struct buf *words;

	if (diff->was->stealth == diff->now->stealth)
		return;
	words = note_change(diff, diff->now->stealth < diff->was->stealth);
	if (words != NULL)
		buf_printf(words, "says that it is %s",
		    diff->now->stealth < diff->was->stealth
			? stealth_levels[diff->now->stealth].name
			: stealth_levels[diff->was->stealth].name);
}

enum permissions_change
permissions_compare(const struct permissions *was,
    const struct permissions *now, struct buf *words)
{
	struct diff diff = { was, now, words, false, false };

	compare_hosts(&diff, now, was, true);
	compare_sets(&diff, now, was, true);
	compare_acts(&diff, now, was, true);
	compare_keys(&diff, now, was, true);
	compare_stealth(&diff);
	compare_hosts(&diff, was, now, false);
	compare_sets(&diff, was, now, false);
	compare_acts(&diff, was, now, false);
	compare_keys(&diff, was, now, false);
	if (diff.grew)
		return PERMISSIONS_GREW;
	return diff.shrank ? PERMISSIONS_SHRANK : PERMISSIONS_SAME;
}
