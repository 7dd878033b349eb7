#include "stdlib/regex.h"

/* Most recently used first. */
struct cache {
	struct entry {
		struct str pattern; /* in pool */
		struct pool pool;
		struct regex *re;
	} entry[REGEX_CACHE];
	size_t n;
};

static void
entry_clear(struct entry *e)
{
	regex_free(e->re);
	pool_clear(&e->pool);
}

static void
cache_clear(void *block)
{
	struct cache *cache = block;

	for (size_t i = 0; i < cache->n; i++)
		entry_clear(&cache->entry[i]);
}

/* Makes entry i the first. */
static void
move_to_front(struct cache *cache, size_t i)
{
	struct entry e = cache->entry[i];

	if (i == 0)
		return;
	memmove(cache->entry + 1, cache->entry, i * sizeof(e));
	cache->entry[0] = e;
}

const struct regex *
regex_cached(struct call *c, struct str pattern)
{
	static const char key;
	struct cache *cache =
	    call_state(c, &key, sizeof(struct cache), cache_clear);
	struct regex *re;
	struct entry *e;

	for (size_t i = 0; i < cache->n; i++) {
		if (str_eq(cache->entry[i].pattern, pattern)) {
			move_to_front(cache, i);
			return cache->entry[0].re;
		}
	}
	re = regex_new(pattern, c->err);
	if (re == NULL)
		return NULL;
	if (cache->n == REGEX_CACHE)
		entry_clear(&cache->entry[--cache->n]);
	e = &cache->entry[cache->n];
	*e = (struct entry){ .pool = POOL_NONE, .re = re };
	e->pattern = pool_copy(&e->pool, pattern);
	move_to_front(cache, cache->n++);
	return re;
}

/* The search for argument 1 in argument 2; NULL with the error set. */
static struct regex_search *
search(struct call *c, const struct regex **re)
{
	*re = regex_cached(c, call_str(c, 1));
	return *re != NULL
	           ? regex_search_new(*re, call_str(c, 2), c->pool, c->err)
	           : NULL;
}

/* {match, group, ...}; nil for a group that took no part. */
static struct json
match_of(struct call *c, const struct regex *re, const struct regex_search *s)
{
	struct json list = json_list();
	struct str text = call_str(c, 2);

	list.list.n = regex_groups(re);
	list.list.item =
	    pool_array(c->pool, list.list.n, sizeof(*list.list.item));
	for (size_t i = 0; i < list.list.n; i++) {
		struct regex_span span = regex_search_group(s, i);

		list.list.item[i] = json_null();
		if (span.from == REGEX_NONE)
			continue;
		/* what is cut out between characters is text, too */
		list.list.item[i].kind = JSON_STR;
		list.list.item[i].str =
		    str_view(text.p + span.from, span.to - span.from);
	}
	return list;
}

static int
fn_regex_find(struct call *c)
{
	const struct regex *re;
	struct regex_search *s = search(c, &re);
	struct json match;

	if (s == NULL)
		return -1;
	if (!regex_search_next(s))
		return call_return_nil(c);
	match = match_of(c, re, s);
	return call_return_json(c, &match);
}

static int
fn_regex_find_all(struct call *c)
{
	const struct regex *re;
	struct regex_search *s = search(c, &re);
	struct json all = json_list();

	if (s == NULL)
		return -1;
	while (regex_search_next(s)) {
		if (call_has_room(c) == -1)
			return -1;
		json_append(c->pool, &all, match_of(c, re, s));
	}
	return call_return_json(c, &all);
}

const struct stdlib_fn stdlib_regex[] = {
	{
	    .name = "regex_find",
	    .call = fn_regex_find,
	    .args = "pattern:text, text:text",
	    .returns = "table",
	    .doc = "Finds the first match of a regular expression and gives "
		   "{match, group 1, group 2, ...}; a group that took no part "
		   "is nil. nil without a match. The syntax is that of the "
		   "regex crate for Rust, with Unicode; the time it takes "
		   "grows with the text only, whatever the pattern.",
	    .example = "regex_find('([a-z]+)@([a-z.]+)', 'to me@example.com')"
		       "[2]  -- \"me\"",
	},
	{
	    .name = "regex_find_all",
	    .call = fn_regex_find_all,
	    .args = "pattern:text, text:text",
	    .returns = "table",
	    .doc = "Finds all matches of a regular expression, one behind the "
		   "other, and gives a list of tables as from regex_find().",
	    .example = "regex_find_all('[0-9]+', '1, 22, 333')[2][1]"
		       "  -- \"22\"",
	},
	{ NULL },
};
