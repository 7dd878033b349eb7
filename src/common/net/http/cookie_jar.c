#include "http/cookie_jar.h"

#include <stdlib.h>

#include "base/mem.h"
#include "stream/addr.h"

struct kept {
	struct kept *next;
	struct str name, value;
	struct str domain, path;
	int64_t expires;
	bool is_host_only, is_secure;
};

struct cookie_jar {
	struct kept *first; /* in the order in which they were set */
	size_t n;
	const struct psl *(*suffixes)(void *arg); /* NULL: none */
	void *arg;
};

struct cookie_jar *
cookie_jar_new(void)
{
	return mem_zalloc(sizeof(struct cookie_jar));
}

static void
drop_cookie(struct cookie_jar *jar, struct kept **at)
{
	struct kept *kept = *at;

	*at = kept->next;
	free(kept);
	jar->n--;
}

void
cookie_jar_free(struct cookie_jar *jar)
{
	if (jar == NULL)
		return;
	while (jar->first != NULL)
		drop_cookie(jar, &jar->first);
	free(jar);
}

void
cookie_jar_set_suffixes(struct cookie_jar *jar,
    const struct psl *(*get)(void *arg), void *arg)
{
	jar->suffixes = get;
	jar->arg = arg;
}

/* RFC 6265, 5.1.3. */
static bool
matches_domain(struct str host, struct str domain)
{
	struct addr addr;
	size_t n = host.n - domain.n;

	if (str_eq_nocase(host, domain))
		return true;
	return host.n > domain.n && host.p[n - 1] == '.' &&
	       str_eq_nocase(str_from(host, n), domain) &&
	       !addr_read_ip(host, &addr);
}

/* 5.1.4 */
static bool
matches_path(struct str path, struct str cookie)
{
	if (path.n == 0)
		path = STR("/");
	if (!str_starts(path, cookie))
		return false;
	return path.n == cookie.n || cookie.p[cookie.n - 1] == '/' ||
	       path.p[cookie.n] == '/';
}

/* 5.1.4: up to the last slash, which does not count unless it is the only. */
static struct str
default_path(struct str path)
{
	size_t n = str_rfind_char(path, '/');

	if (path.n == 0 || path.p[0] != '/' || n == 0)
		return STR("/");
	return str_sub(path, 0, n);
}

static bool
is_suffix(const struct cookie_jar *jar, struct str domain)
{
	const struct psl *psl =
	    jar->suffixes != NULL ? jar->suffixes(jar->arg) : NULL;
	struct psl_name name;

	if (psl == NULL)
		return str_find_char(domain, '.') == STR_NPOS;
	return psl_split(psl, domain, &name, NULL) == -1 ||
	       name.suffix.n >= domain.n;
}

/* Where the cookie is for; false: the site may not set it. */
static bool
place_cookie(const struct cookie_jar *jar, const struct cookie_site *site,
    const struct cookie *cookie, struct kept *out)
{
	out->is_secure = cookie->is_secure;
	out->expires = cookie->expires;
	out->path =
	    cookie->path.n != 0 ? cookie->path : default_path(site->path);
	out->domain = site->host;
	out->is_host_only = true;
	if (cookie->is_secure && !site->is_tls)
		return false;
	if (cookie->domain.n == 0 ||
	    str_eq_nocase(cookie->domain, site->host)) {
		out->is_host_only =
		    cookie->domain.n == 0 || is_suffix(jar, cookie->domain);
		return true;
	}
	out->domain = cookie->domain;
	out->is_host_only = false;
	return matches_domain(site->host, cookie->domain) &&
	       !is_suffix(jar, cookie->domain);
}

static struct kept **
find_cookie(struct cookie_jar *jar, const struct kept *like)
{
	struct kept **at = &jar->first;

	for (; *at != NULL; at = &(*at)->next) {
		if (str_eq((*at)->name, like->name) &&
		    str_eq_nocase((*at)->domain, like->domain) &&
		    (*at)->is_host_only == like->is_host_only &&
		    str_eq((*at)->path, like->path))
			break;
	}
	return at;
}

/* Copies *from, with its texts, into one piece. */
static struct kept *
copy_cookie(const struct kept *from)
{
	struct kept *kept =
	    mem_alloc(sizeof(*kept) + from->name.n + from->value.n +
		      from->domain.n + from->path.n);
	char *p = (char *)(kept + 1);
	struct str *text[] = { &kept->name, &kept->value, &kept->domain,
		&kept->path };

	*kept = *from;
	for (size_t i = 0; i < ARRAY_SIZE(text); i++) {
		if (text[i]->n != 0)
			memcpy(p, text[i]->p, text[i]->n);
		text[i]->p = p;
		p += text[i]->n;
	}
	return kept;
}

/* One that is replaced keeps its place in the order: 5.3, step 11. */
static void
put_cookie(struct cookie_jar *jar, struct kept **at, const struct kept *like)
{
	struct kept *kept = copy_cookie(like);

	kept->next = NULL;
	if (*at != NULL) {
		kept->next = (*at)->next;
		free(*at);
	} else if (++jar->n > COOKIE_JAR_MOST) {
		*at = kept;
		drop_cookie(jar, &jar->first);
		return;
	}
	*at = kept;
}

void
cookie_jar_add(struct cookie_jar *jar, const struct cookie_site *site,
    struct str line, int64_t now)
{
	struct cookie cookie;
	struct kept like;
	struct kept **at;

	if (!cookie_read(line, now, &cookie) ||
	    !place_cookie(jar, site, &cookie, &like))
		return;
	like.name = cookie.name;
	like.value = cookie.value;
	at = find_cookie(jar, &like);
	if (*at != NULL && (*at)->is_secure && !site->is_tls)
		return;
	if (like.expires > now)
		put_cookie(jar, at, &like);
	else if (*at != NULL)
		drop_cookie(jar, at);
}

void
cookie_jar_put(struct cookie_jar *jar, const struct cookie_site *site,
    struct str name, struct str value)
{
	const struct kept like = {
		.name = name,
		.value = value,
		.domain = site->host,
		.path = STR("/"),
		.expires = COOKIE_NEVER,
		.is_host_only = true,
		.is_secure = site->is_tls,
	};

	put_cookie(jar, find_cookie(jar, &like), &like);
}

static bool
is_for_host(const struct kept *kept, struct str host)
{
	return kept->is_host_only ? str_eq_nocase(host, kept->domain)
	                          : matches_domain(host, kept->domain);
}

static void
drop_expired(struct cookie_jar *jar, int64_t now)
{
	struct kept **at = &jar->first;

	while (*at != NULL) {
		if ((*at)->expires <= now)
			drop_cookie(jar, at);
		else
			at = &(*at)->next;
	}
}

/* Keeps what has the same length in order. */
static void
sort_by_path(const struct kept **kept, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const struct kept *one = kept[i];
		size_t k = i;

		for (; k > 0 && kept[k - 1]->path.n < one->path.n; k--)
			kept[k] = kept[k - 1];
		kept[k] = one;
	}
}

size_t
cookie_jar_find(struct cookie_jar *jar, const struct cookie_site *site,
    int64_t now, struct pool *pool, struct http_field **out)
{
	const struct kept **found;
	size_t n = 0;

	drop_expired(jar, now);
	found = pool_array(pool, jar->n, sizeof(*found));
	for (const struct kept *k = jar->first; k != NULL; k = k->next) {
		if (is_for_host(k, site->host) &&
		    matches_path(site->path, k->path) &&
		    (!k->is_secure || site->is_tls))
			found[n++] = k;
	}
	sort_by_path(found, n);
	*out = pool_array(pool, n, sizeof(**out));
	for (size_t i = 0; i < n; i++)
		(*out)[i] =
		    (struct http_field){ found[i]->name, found[i]->value };
	return n;
}

bool
cookie_jar_has(const struct cookie_jar *jar, const struct cookie_site *site,
    struct str name)
{
	for (const struct kept *k = jar->first; k != NULL; k = k->next) {
		if (str_eq(k->name, name) && is_for_host(k, site->host))
			return true;
	}
	return false;
}
