#include "enforce/hosts.h"

#include "base/mem.h"
#include "gate/target.h"

static void
add(struct hosts *hosts, const struct permit *host, struct pool *pool)
{
	hosts->host =
	    pool_push(pool, hosts->host, hosts->n, sizeof(*hosts->host));
	hosts->host[hosts->n++] = *host;
}

static bool
add_block(struct hosts *hosts, struct str text, struct pool *pool)
{
	struct permit host = { .kind = PERMIT_BLOCK };
	struct rule rule;

	if (rule_read(text, &rule, NULL) == -1 || !rule.is_block)
		return false;
	host.block = rule.block;
	add(hosts, &host, pool);
	return true;
}

/* One label may be a name in this network, but it may be any word as well. */
static void
add_name(struct hosts *hosts, struct str text, bool is_surely,
    struct pool *pool)
{
	struct permit host = { .kind = PERMIT_NAME };
	struct target target;

	if (target_read(text, 0, &target, NULL) == -1 || !target.is_name)
		return;
	host.name = target_text(&target);
	if (!is_surely && str_find_char(host.name, '.') == STR_NPOS &&
	    !str_is(host.name, "localhost"))
		return;
	host.name = pool_copy(pool, host.name);
	add(hosts, &host, pool);
}

/* "host", "host:port", "[address]:port" */
static void
add_authority(struct hosts *hosts, struct str text, bool is_surely,
    struct pool *pool)
{
	size_t at = str_rfind_char(text, '@');

	if (at != STR_NPOS)
		text = str_from(text, at + 1);
	if (add_block(hosts, text, pool))
		return;
	at = str_rfind_char(text, ':');
	if (at != STR_NPOS)
		text = str_sub(text, 0, at);
	if (!add_block(hosts, text, pool))
		add_name(hosts, text, is_surely, pool);
}

static bool
is_scheme(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.')
			return false;
	}
	return text.n != 0;
}

static struct str
up_to(struct str text, const char *ends)
{
	size_t n = 0;

	while (n < text.n && strchr(ends, text.p[n]) == NULL)
		n++;
	return str_sub(text, 0, n);
}

static void
add_one(struct hosts *hosts, struct str text, struct pool *pool)
{
	size_t at = str_find(text, STR("://"));
	bool is_url = at != STR_NPOS && is_scheme(str_sub(text, 0, at));

	if (is_url)
		text = str_from(text, at + 3);
	else if (add_block(hosts, text, pool))
		return;
	add_authority(hosts, up_to(text, "/?#\\"), is_url, pool);
}

/* NUL is no character of any list: strchr(3) would find it. */
static bool
is_between(char c)
{
	return c == '\0' || strchr(" \t\r\n,;\"'<>", c) != NULL;
}

void
hosts_add(struct hosts *hosts, struct str text, struct pool *pool)
{
	size_t most = hosts->n + HOSTS_MAX, from = 0;

	text = str_sub(text, 0, HOSTS_MAX_BYTES);
	while (from < text.n && hosts->n < most) {
		size_t n = 0;

		while (from + n < text.n && !is_between(text.p[from + n]))
			n++;
		if (n != 0)
			add_one(hosts, str_sub(text, from, n), pool);
		from += n + 1;
	}
}
