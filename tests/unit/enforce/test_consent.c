/* consent: permissions.json, read, changed, written again. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "file.h"

#include "base/mem.h"
#include "enforce/consent.h"

#define SHA   "00000000000000000000000000000000000000000000000000000000000000aa"
#define OTHER "00000000000000000000000000000000000000000000000000000000000000bb"

static char folder[] = "/tmp/sn0int-consent-XXXXXX";
static char path[64];

static void
put(const char *sha256, const char *allow, const char *deny)
{
	const struct str allowed = str_of(allow != NULL ? allow : ""),
			 denied = str_of(deny != NULL ? deny : "");
	const struct consent_change change = { .module = STR("a/b"),
		.sha256 = sha256 != NULL ? str_of(sha256) : STR_NONE,
		.allow = &allowed,
		.allows = allow != NULL,
		.deny = &denied,
		.denies = deny != NULL };
	autoerr struct err err = ERR_NONE;

	CHECK_INT(consent_change(path, &change, &err), 0);
	CHECK_CSTR(err_cstr(&err), "");
}

static void
add_all(struct buf *out, const char *what, const struct slot_texts *words)
{
	for (size_t i = 0; i < words->n; i++)
		buf_printf(out, "%s%.*s ", what, STR_ARG(words->text[i]));
}

/* "+net=x -dns" */
static struct str
holds_for(const char *module, const char *sha256, struct pool *pool)
{
	struct buf out = BUF_IN(pool);
	struct consent consent;
	struct json all;

	CHECK_INT(consent_load(path, pool, &all, NULL), 0);
	consent_find(&all, str_of(module), str_of(sha256), pool, &consent);
	add_all(&out, "+", &consent.allow);
	add_all(&out, "-", &consent.deny);
	return out.n != 0 ? str_sub(buf_str(&out), 0, out.n - 1) : STR("");
}

static void
what_is_said_of_a_text_holds_for_it_alone(void)
{
	autopool struct pool pool = POOL_NONE;
	struct stat st;

	(void)unlink(path);
	CHECK_STR(holds_for("a/b", SHA, &pool), "");
	put(SHA, "net=x.example:443", NULL);
	CHECK_STR(holds_for("a/b", SHA, &pool), "+net=x.example:443");
	CHECK_STR(holds_for("a/b", OTHER, &pool), "");
	CHECK_STR(holds_for("a/c", SHA, &pool), "");
	put(NULL, NULL, "dns");
	CHECK_STR(holds_for("a/b", SHA, &pool), "+net=x.example:443 -dns");
	CHECK_STR(holds_for("a/b", OTHER, &pool), "-dns");
	CHECK_INT(stat(path, &st), 0);
	CHECK_INT(st.st_mode & 0777, 0600);
}

static void
allowed_and_denied_are_one_or_the_other(void)
{
	autopool struct pool pool = POOL_NONE;

	(void)unlink(path);
	put(SHA, "net=x.example", NULL);
	put(SHA, "net=x.example", NULL);
	CHECK_STR(holds_for("a/b", SHA, &pool), "+net=x.example");
	put(SHA, NULL, "net=x.example");
	CHECK_STR(holds_for("a/b", SHA, &pool), "-net=x.example");
	put(SHA, "net=x.example", NULL);
	CHECK_STR(holds_for("a/b", SHA, &pool), "+net=x.example");
	CHECK_INT(consent_forget(path, STR("a/b"), NULL), 1);
	CHECK_INT(consent_forget(path, STR("a/b"), NULL), 0);
	CHECK_STR(holds_for("a/b", SHA, &pool), "");
}

static void
sizes(void)
{
	static const size_t size[] = { 0, 1, 2, 3, 4, 5, CONSENT_MAX_WORDS,
		CONSENT_MAX_WORDS + 1 };

	for (size_t i = 0; i < ARRAY_SIZE(size); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct str *word = pool_array(&pool, size[i], sizeof(*word));
		const struct consent_change change = { .module = STR("a/b"),
			.sha256 = STR(SHA),
			.allow = word,
			.allows = size[i],
			.is_seen = true };
		bool fits = size[i] <= CONSENT_MAX_WORDS;
		struct consent consent;
		struct json all;

		(void)unlink(path);
		put(SHA, NULL, "dns");
		for (size_t k = 0; k < size[i]; k++)
			word[k] =
			    str_of(pool_printf(&pool, "net=h%zu.example", k));
		CHECK_INT(consent_change(path, &change, &err), fits ? 0 : -1);
		CHECK_INT(consent_load(path, &pool, &all, NULL), 0);
		consent_find(&all, STR("a/b"), STR(SHA), &pool, &consent);
		CHECK_INT(consent.allow.n, fits ? size[i] : 0);
		CHECK_INT(consent.deny.n, 1);
		CHECK_INT(consent.is_seen, fits);
	}
}

static void
what_it_is_not_is_refused(void)
{
	static const char *const bad[] = {
		"",
		"[]",
		"{\"permissions\":[]}",
		"{\"permissions\":{\"a/b\":{}}}",
		"{\"permissions\":{\"a/b\":[1]}}",
		"{\"permissions\":{\"a/b\":[{\"allow\":[],\"deny\":[]}]}}",
		"{\"permissions\":{\"a/b\":[{\"sha256\":\"aa\",\"allow\":[],"
		"\"deny\":[]}]}}",
		"{\"permissions\":{\"a/b\":[{\"sha256\":null,\"deny\":[]}]}}",
		"{\"permissions\":{\"a/b\":[{\"sha256\":null,\"allow\":"
		"[\"net=\"],\"deny\":[]}]}}",
		"{\"permissions\":{\"a/b\":[{\"sha256\":null,\"allow\":[7],"
		"\"deny\":[]}]}}",
		"{\"permissions\":{\"a/b\":[{\"sha256\":null,\"allow\":[],"
		"\"deny\":[],\"seen\":1}]}}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		autopool struct pool pool = POOL_NONE;
		struct json all;

		CHECK_INT(consent_read(&pool, str_of(bad[i]), &all, NULL), -1);
	}
}

static void
make_folder(void)
{
	if (mkdtemp(folder) == NULL)
		abort();
	snprintf(path, sizeof(path), "%s/permissions.json", folder);
}

static void
drop_folder(void)
{
	char lock[80];

	snprintf(lock, sizeof(lock), "%s.lock", path);
	(void)unlink(path);
	(void)unlink(lock);
	CHECK_INT(rmdir(folder), 0);
}

CHECK_MAIN(CASE(make_folder), CASE(what_is_said_of_a_text_holds_for_it_alone),
    CASE(allowed_and_denied_are_one_or_the_other), CASE(sizes),
    CASE(what_it_is_not_is_refused), CASE(drop_folder))
