#include "enforce/consent.h"

#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "enforce/word.h"
#include "reach/reach.h"
#include "state/file.h"
#include "state/ring_json.h"

#define SHA256_DIGITS 64

static int
check_words(struct pool *pool, const struct json *words, const char *name,
    struct err *err)
{
	struct word word;

	if (words == NULL)
		return err_set(err, "a permission has no \"%s\"", name);
	if (words->kind != JSON_LIST)
		return slot_wrong_type(words, "a sequence", err);
	if (words->list.n > CONSENT_MAX_WORDS)
		return err_set(err, "%zu words, more than %d", words->list.n,
		    CONSENT_MAX_WORDS);
	for (size_t i = 0; i < words->list.n; i++) {
		const struct json *one = &words->list.item[i];

		if (one->kind != JSON_STR)
			return slot_wrong_type(one, "a string", err);
		if (word_read(one->str, pool, &word, err) == -1)
			return -1;
	}
	return 0;
}

static int
check_row(struct pool *pool, const struct json *row, struct err *err)
{
	const struct json *sha256, *seen, *may;
	struct permissions unused;

	if (row->kind != JSON_MAP)
		return slot_wrong_type(row, "a map", err);
	sha256 = json_member(row, "sha256");
	seen = json_member(row, "seen");
	if (sha256 == NULL ||
	    !(sha256->kind == JSON_NULL ||
		(sha256->kind == JSON_STR &&
		    num_is_lower_hex_text(sha256->str, SHA256_DIGITS))))
		return err_set(err,
		    "a permission has no \"sha256\" of %d digits",
		    SHA256_DIGITS);
	if (seen != NULL && seen->kind != JSON_BOOL)
		return slot_wrong_type(seen, "a boolean", err);
	may = json_member(row, "may");
	if (may != NULL && permissions_read(pool, may, &unused, err) == -1)
		return -1;
	if (check_words(pool, json_member(row, "allow"), "allow", err) == -1)
		return -1;
	return check_words(pool, json_member(row, "deny"), "deny", err);
}

int
consent_read(struct pool *pool, struct str text, struct json *all,
    struct err *err)
{
	struct json root, part;

	if (ring_json_read(pool, text, &root, err) == -1 ||
	    ring_json_part(&root, "permissions", &part, err) == -1)
		return -1;
	for (size_t i = 0; i < part.map.n; i++) {
		const struct json_member *m = &part.map.member[i];

		if (m->value.kind != JSON_LIST)
			return slot_wrong_type(&m->value, "a sequence", err);
		for (size_t k = 0; k < m->value.list.n; k++) {
			if (check_row(pool, &m->value.list.item[k], err) == -1)
				return err_wrap(err, "of %.*s",
				    STR_ARG(m->name));
		}
	}
	*all = part;
	return 0;
}

/* Of the same text; sha256.p NULL: of any. */
static bool
is_of(const struct json *row, struct str sha256)
{
	const struct json *of = json_member(row, "sha256");

	return of->kind == JSON_NULL ? sha256.p == NULL
	                             : str_eq(of->str, sha256);
}

static void
add_words(struct pool *pool, const struct json *words, struct slot_texts *out)
{
	struct str *all =
	    pool_array(pool, out->n + words->list.n, sizeof(*all));

	for (size_t i = 0; i < out->n; i++)
		all[i] = out->text[i];
	for (size_t i = 0; i < words->list.n; i++) {
		/* it was read once by consent_read() */
		if (word_normal(words->list.item[i].str, pool, &all[out->n],
			NULL) == 0)
			out->n++;
	}
	out->text = all;
}

void
consent_find(const struct json *all, struct str module, struct str sha256,
    struct pool *pool, struct consent *out)
{
	const struct json *list = ring_json_member(all, module);

	*out = (struct consent){ .is_seen = false };
	for (size_t i = 0; list != NULL && i < list->list.n; i++) {
		const struct json *row = &list->list.item[i];
		const struct json *seen = json_member(row, "seen");

		if (!is_of(row, sha256) && !is_of(row, STR_NONE))
			continue;
		add_words(pool, json_member(row, "allow"), &out->allow);
		add_words(pool, json_member(row, "deny"), &out->deny);
		out->is_seen = out->is_seen || (seen != NULL && seen->b);
	}
}

const struct json *
consent_may(const struct json *all, struct str module, struct str sha256)
{
	const struct json *list = ring_json_member(all, module);

	for (size_t i = 0; list != NULL && i < list->list.n; i++) {
		const struct json *row = &list->list.item[i];

		if (is_of(row, sha256))
			return json_member(row, "may");
	}
	return NULL;
}

int
consent_load(const char *path, struct pool *pool, struct json *all,
    struct err *err)
{
	struct str text;
	int status = file_read(pool, path, CONSENT_MAX_BYTES, &text, err);

	*all = json_map();
	if (status == 1)
		status = consent_read(pool, text, all, err);
	return status == -1 ? err_wrap(err, "cannot read %s", path) : 0;
}

static struct json *
row_for(struct pool *pool, struct json *list, struct str sha256)
{
	struct json row = json_map();

	for (size_t i = 0; i < list->list.n; i++) {
		if (is_of(&list->list.item[i], sha256))
			return &list->list.item[i];
	}
	(void)json_set(pool, &row, STR("sha256"),
	    sha256.p != NULL ? json_str(pool_copy(pool, sha256)) : json_null());
	(void)json_set(pool, &row, STR("allow"), json_list());
	(void)json_set(pool, &row, STR("deny"), json_list());
	(void)json_set(pool, &row, STR("seen"), json_bool(false));
	return json_append(pool, list, row);
}

static void
drop_word(struct json *list, struct str word)
{
	autopool struct pool pool = POOL_NONE;
	struct str is;

	for (size_t i = list->list.n; i-- > 0;) {
		if (word_normal(list->list.item[i].str, &pool, &is, NULL) ==
			0 &&
		    str_eq(is, word))
			ring_json_drop_item(list, i);
	}
}

/* Once, and in the other list not at all. */
static void
put_words(struct pool *pool, struct json *row, const char *to, const char *from,
    const struct str *word, size_t n)
{
	struct json *in = ring_json_member(row, str_of(to));
	struct json *out = ring_json_member(row, str_of(from));

	for (size_t i = 0; i < n; i++) {
		drop_word(out, word[i]);
		drop_word(in, word[i]);
		(void)json_append(pool, in, json_str(word[i]));
	}
}

static int
store(const char *path, struct pool *pool, const struct json *all,
    struct err *err)
{
	struct json root = json_map(), back;
	struct buf text = BUF_IN(pool);

	(void)json_set(pool, &root, STR("permissions"), *all);
	json_write(&text, &root, 0);
	buf_add_char(&text, '\n');
	/* what is stored can be read again */
	if (text.n > CONSENT_MAX_BYTES)
		return err_set(err,
		    "%s stays as it is: it would be larger than %zu bytes",
		    path, CONSENT_MAX_BYTES);
	if (consent_read(pool, buf_str(&text), &back, err) == -1)
		return err_wrap(err, "%s stays as it is", path);
	return file_write(path, buf_str(&text), err);
}

static int
make(const char *path, struct pool *pool, const struct consent_change *change,
    struct err *err)
{
	struct json all, *row;

	if (consent_load(path, pool, &all, err) == -1)
		return -1;
	row = row_for(pool,
	    ring_json_make(pool, &all, change->module, json_list()),
	    change->sha256);
	put_words(pool, row, "allow", "deny", change->allow, change->allows);
	put_words(pool, row, "deny", "allow", change->deny, change->denies);
	if (change->is_seen)
		*ring_json_make(pool, row, STR("seen"), json_null()) =
		    json_bool(true);
	if (change->may != NULL)
		*ring_json_make(pool, row, STR("may"), json_null()) =
		    *change->may;
	return store(path, pool, &all, err);
}

int
consent_change(const char *path, const struct consent_change *change,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	int fd = file_lock_beside(path, err), status;

	if (fd == -1)
		return -1;
	status = make(path, &pool, change, err);
	(void)close(fd);
	return status;
}

static int
drop(const char *path, struct pool *pool, struct str module, struct err *err)
{
	struct json all;

	if (consent_load(path, pool, &all, err) == -1)
		return -1;
	if (!ring_json_drop(&all, module))
		return 0;
	return store(path, pool, &all, err) == -1 ? -1 : 1;
}

int
consent_forget(const char *path, struct str module, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	int fd = file_lock_beside(path, err), status;

	if (fd == -1)
		return -1;
	status = drop(path, &pool, module, err);
	(void)close(fd);
	return status;
}
