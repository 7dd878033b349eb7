#include "wacz/package.h"

#include "base/mem.h"
#include "text/b64.h"
#include "value/json.h"

#define HASH_PREFIX "sha256:"

/* Of a path without its folder, in lower case: validators want it so. */
static void
add_name(struct buf *out, struct str path)
{
	size_t slash = str_rfind_char(path, '/');

	if (slash != STR_NPOS)
		path = str_from(path, slash + 1);
	buf_add_char(out, '"');
	for (size_t i = 0; i < path.n; i++)
		buf_add_char(out, (char)char_lower(path.p[i]));
	buf_add_char(out, '"');
}

static void
add_text(struct buf *out, const char *name, struct str text)
{
	buf_printf(out, "  \"%s\": ", name);
	json_write_str(out, text);
	buf_add(out, STR(",\n"));
}

/*
 * "file": validators (frictionless) take lines of JSON for a table otherwise, and
 * guess the type of a column from its first lines: an error behind forty attempts
 * without one is "no month" then.
 */
void
package_write(struct buf *out, const struct package *package,
    const struct zip_member *member, size_t n)
{
	buf_add(out, STR("{\n"));
	add_text(out, "profile", STR("data-package"));
	add_text(out, "wacz_version", STR(PACKAGE_VERSION));
	add_text(out, "title", package->title);
	add_text(out, "created", package->created);
	add_text(out, "software", package->software);
	buf_add(out, STR("  \"resources\": ["));
	for (size_t i = 0; i < n; i++) {
		buf_add(out, i == 0 ? STR("\n") : STR(",\n"));
		buf_add(out, STR("    {\"name\": "));
		add_name(out, str_of(member[i].name));
		buf_printf(out,
		    ", \"path\": \"%s\", \"type\": \"file\", \"hash\": "
		    "\"" HASH_PREFIX "%s\", \"bytes\": %llu}",
		    member[i].name, member[i].sha256,
		    (unsigned long long)member[i].size);
	}
	buf_add(out, STR("\n  ]\n}\n"));
}

/* A member that is a text; -1: *err. */
static int
text_of(const struct json *map, const char *name, struct str *out,
    struct err *err)
{
	const struct json *v = json_member(map, name);

	if (v == NULL || v->kind != JSON_STR)
		return err_set(err, "%s is no text", name);
	*out = v->str;
	return 0;
}

static bool
is_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!char_is_digit(s.p[i]) && (s.p[i] < 'a' || s.p[i] > 'f'))
			return false;
	}
	return s.n == ZIP_SUM - 1;
}

static int
hash_of(const struct json *map, struct str *out, struct err *err)
{
	struct str text, hash;

	if (text_of(map, "hash", &text, err) == -1)
		return -1;
	hash = str_from(text, sizeof(HASH_PREFIX) - 1);
	if (!str_starts(text, STR(HASH_PREFIX)) || !is_digits(hash))
		return err_set(err,
		    "a hash is not '" HASH_PREFIX "' and 64 digits");
	*out = hash;
	return 0;
}

static int
read_file(const struct json *v, struct package_file *out, struct err *err)
{
	const struct json *bytes = json_member(v, "bytes");

	if (text_of(v, "path", &out->path, err) == -1 ||
	    zip_check_name(out->path, err) == -1 ||
	    hash_of(v, &out->hash, err) == -1)
		return -1;
	if (bytes == NULL || bytes->kind != JSON_INT || bytes->i < 0)
		return err_set(err, "bytes of %.*s is no size",
		    STR_ARG(out->path));
	out->bytes = (uint64_t)bytes->i;
	return 0;
}

static int
read_files(struct pool *pool, const struct json *list, struct package *out,
    struct err *err)
{
	if (list == NULL || list->kind != JSON_LIST)
		return err_set(err, "resources is no list");
	if (list->list.n > ZIP_MAX_MEMBERS)
		return err_set(err, "%zu resources, more than %d", list->list.n,
		    ZIP_MAX_MEMBERS);
	out->file = pool_array(pool, list->list.n + 1, sizeof(*out->file));
	for (out->n = 0; out->n < list->list.n; out->n++) {
		if (read_file(&list->list.item[out->n], &out->file[out->n],
			err) == -1)
			return err_wrap(err, "resource %zu", out->n);
	}
	return 0;
}

static int
read_map(struct pool *pool, struct str text, size_t most, size_t values,
    struct json *out, struct err *err)
{
	if (text.n > most)
		return err_set(err, "it has %zu bytes, more than %zu", text.n,
		    most);
	if (json_read_most(pool, text, values, out, err) == -1)
		return -1;
	return out->kind == JSON_MAP ? 0 : err_set(err, "it is no JSON object");
}

int
package_read(struct pool *pool, struct str text, struct package *out,
    struct err *err)
{
	struct package p = { .n = 0 };
	struct str version = STR_NONE;
	struct json v;

	if (read_map(pool, text, PACKAGE_MAX, PACKAGE_MAX_VALUES, &v, err) ==
		-1 ||
	    text_of(&v, "wacz_version", &version, err) == -1)
		return -1;
	if (!str_is(version, PACKAGE_VERSION))
		return err_set(err, "wacz_version is not " PACKAGE_VERSION);
	if (text_of(&v, "title", &p.title, err) == -1 ||
	    text_of(&v, "created", &p.created, err) == -1 ||
	    text_of(&v, "software", &p.software, err) == -1 ||
	    read_files(pool, json_member(&v, "resources"), &p, err) == -1)
		return -1;
	*out = p;
	return 0;
}

void
package_digest_write(struct buf *out, const struct package_digest *digest)
{
	buf_add(out, STR("{\n  \"path\": \"" PACKAGE_FILE "\",\n"));
	buf_printf(out, "  \"hash\": \"" HASH_PREFIX "%.*s\"",
	    STR_ARG(digest->hash));
	if (digest->sshsig.p != NULL) {
		buf_add(out, STR(",\n  \"sshsig\": "));
		json_write_str(out, digest->sshsig);
	}
	if (digest->token.p != NULL) {
		buf_add(out, STR(",\n  \"sshsigTimestamp\": \""));
		b64_add(out, digest->token);
		buf_add_char(out, '"');
	}
	buf_add(out, STR("\n}\n"));
}

static int
read_token(struct pool *pool, const struct json *v, struct package_digest *out,
    struct err *err)
{
	struct str text;

	if (json_member(v, "sshsigTimestamp") == NULL)
		return 0;
	if (text_of(v, "sshsigTimestamp", &text, err) == -1)
		return -1;
	if (out->sshsig.p == NULL)
		return err_set(err, "it has a time stamp, and no signature");
	if (b64_read(pool, text, &out->token, err) == -1)
		return err_wrap(err, "sshsigTimestamp is not base64");
	if (out->token.n == 0)
		return err_set(err, "sshsigTimestamp is empty");
	return 0;
}

int
package_digest_read(struct pool *pool, struct str text,
    struct package_digest *out, struct err *err)
{
	struct package_digest d = { .sshsig = STR_NONE };
	struct str path = STR_NONE;
	struct json v;

	if (read_map(pool, text, PACKAGE_MAX_DIGEST, 64, &v, err) == -1 ||
	    text_of(&v, "path", &path, err) == -1 ||
	    hash_of(&v, &d.hash, err) == -1)
		return -1;
	if (!str_is(path, PACKAGE_FILE))
		return err_set(err, "path is not " PACKAGE_FILE);
	if (json_member(&v, "sshsig") != NULL &&
	    text_of(&v, "sshsig", &d.sshsig, err) == -1)
		return -1;
	if (read_token(pool, &v, &d, err) == -1)
		return -1;
	*out = d;
	return 0;
}
