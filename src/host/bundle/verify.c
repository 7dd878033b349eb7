/*
 * One walk over the file, in which each member is hashed; the two lists at its
 * end are kept, and then the hashes are compared with them. What has another
 * hash is named, whatever else is wrong.
 */
#include "bundle/verify.h"

#include <stdarg.h>

#include "base/mem.h"
#include "bundle/verify_warc.h"

#define ZIP STR("the zip itself")

void
verify_say(struct verifier *v, enum verify_kind kind, struct str where,
    const char *fmt, ...)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);
	va_list args;

	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	v->count.good += kind == VERIFY_GOOD;
	v->count.bad += kind == VERIFY_BAD;
	v->count.unknown += kind == VERIFY_UNKNOWN;
	v->options->tell(v->options->ctx, kind, where, buf_str(&text));
}

void
verify_say_err(struct verifier *v, enum verify_kind kind, struct str where,
    const char *what, const struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str why = err_join(&pool, err);

	verify_say(v, kind, where, "%s: %.*s", what, STR_ARG(why));
}

/* The two lists are kept; -1: *err, it is no zip of ours. */
static int
take_member(struct verifier *v, struct zip_reader *zip,
    const struct zip_member *m, struct err *err)
{
	bool is_package = strcmp(m->name, PACKAGE_FILE) == 0,
	     is_digest = strcmp(m->name, PACKAGE_DIGEST) == 0;
	size_t most = is_digest ? PACKAGE_MAX_DIGEST : PACKAGE_MAX;
	struct str text;
	char *p;

	if (v->options->progress != NULL)
		v->options->progress(v->options->ctx, m->name, zip->at);
	if (v->options->fd != -1 &&
	    str_starts(str_of(m->name), STR("archive/")))
		warc_verify(v, m);
	if (v->options->fd != -1 && strcmp(m->name, "indexes/index.cdx") == 0)
		return index_verify(v, zip, m, err);
	if (!is_package && !is_digest)
		return 0;
	if (m->size > most)
		return err_set(err, "%s has %llu bytes, more than %zu", m->name,
		    (unsigned long long)m->size, most);
	p = pool_alloc(&v->pool, (size_t)m->size + 1);
	text = str_view(p, (size_t)m->size);
	for (size_t at = 0; at < text.n;) {
		ssize_t n = zip_read(zip, p + at, text.n - at, err);

		if (n <= 0)
			return -1;
		at += (size_t)n;
	}
	*(is_package ? &v->package_text : &v->digest_text) = text;
	return 0;
}

/* To its end, or as far as it is a zip; what is wrong with that is told. */
static void
read_zip(struct verifier *v, struct zip_reader *zip)
{
	autoerr struct err err = ERR_NONE;
	struct zip_member *m;
	int status;

	while ((status = zip_next(zip, &m, &err)) == 1) {
		if (take_member(v, zip, m, &err) == -1) {
			status = -1;
			break;
		}
	}
	if (status == 0)
		status = zip_check_end(zip, &err);
	if (status == 0)
		verify_say(v, VERIFY_GOOD, ZIP,
		    "%zu members, and between them what belongs there", zip->n);
	else if (zip->has_failed)
		verify_say_err(v, VERIFY_UNKNOWN, ZIP,
		    "was not read to its end", &err);
	else
		verify_say_err(v, VERIFY_BAD, ZIP, "is not as it was written",
		    &err);
}

/* The sum in its header is of the zip; the hash in the list says whose. */
static void
check_member(struct verifier *v, const struct zip_member *m,
    const struct package_file *file)
{
	struct str name = str_of(m->name);

	if (!str_is(file->hash, m->sha256) || file->bytes != m->size) {
		v->is_other = true;
		verify_say(v, VERIFY_BAD, name,
		    "other bytes than " PACKAGE_FILE " says");
		return;
	}
	if (m->is_other)
		verify_say(v, VERIFY_BAD, ZIP,
		    "the sum in front of %s is of other bytes", m->name);
	v->same++;
}

/* In one order, without gaps, and the two lists behind them. */
static void
check_list(struct verifier *v, const struct zip_reader *zip,
    const struct package *package)
{
	const struct zip_member **sorted =
	    zip_sort(&v->pool, zip->member, zip->n);
	size_t n = 0;

	for (size_t i = 0; i < package->n; i++) {
		const struct package_file *file = &package->file[i];

		if (n < zip->n && str_is(file->path, zip->member[n].name)) {
			check_member(v, &zip->member[n++], file);
			continue;
		}
		verify_say(v, VERIFY_BAD, file->path,
		    zip_find(sorted, zip->n, file->path) == NULL
			? "is in " PACKAGE_FILE ", and is not there"
			: "is not where " PACKAGE_FILE " has it");
	}
	for (; n + 2 < zip->n; n++)
		verify_say(v, VERIFY_BAD, str_of(zip->member[n].name),
		    "is not in " PACKAGE_FILE);
	if (v->same == package->n && v->same + 2 == zip->n)
		verify_say(v, VERIFY_GOOD, STR("bundle"),
		    "all %zu members have the hashes of " PACKAGE_FILE,
		    v->same);
}

/* What has no hash: its own sum in the zip; what is written of it. */
static void
check_digest(struct verifier *v, const struct zip_member *m,
    const struct package_digest *digest)
{
	struct buf again = BUF_IN(&v->pool);

	package_digest_write(&again, digest);
	if (m->is_other || !str_eq(buf_str(&again), v->digest_text))
		verify_say(v, VERIFY_BAD, STR(PACKAGE_DIGEST),
		    "other bytes than were written");
}

static void
check_package(struct verifier *v, const struct zip_member *m)
{
	if (!str_is(v->digest.hash, m->sha256))
		verify_say(v, VERIFY_BAD, STR(PACKAGE_FILE),
		    "other bytes than " PACKAGE_DIGEST " says");
	else if (m->is_other)
		verify_say(v, VERIFY_BAD, ZIP,
		    "the sum in front of " PACKAGE_FILE " is of other bytes");
	else
		verify_say(v, VERIFY_GOOD, STR(PACKAGE_FILE),
		    "has the hash of " PACKAGE_DIGEST);
}

/* The last two members, in their order; NULL: it is another. */
static const struct zip_member *
last_member(const struct zip_reader *zip, size_t back, const char *name)
{
	const struct zip_member *m =
	    zip->n >= back ? &zip->member[zip->n - back] : NULL;

	return m != NULL && strcmp(m->name, name) == 0 ? m : NULL;
}

static void
check_lists(struct verifier *v, const struct zip_reader *zip)
{
	const struct zip_member *list = last_member(zip, 2, PACKAGE_FILE),
				*digest = last_member(zip, 1, PACKAGE_DIGEST);
	autoerr struct err err = ERR_NONE;
	struct package package;

	if (list == NULL || digest == NULL) {
		verify_say(v, VERIFY_BAD, STR("bundle"),
		    "its last members are not " PACKAGE_FILE
		    " and " PACKAGE_DIGEST);
		return;
	}
	if (package_digest_read(&v->pool, v->digest_text, &v->digest, &err) ==
	    -1) {
		verify_say_err(v, VERIFY_BAD, STR(PACKAGE_DIGEST),
		    "cannot be read", &err);
	} else {
		v->has_digest = true;
		check_digest(v, digest, &v->digest);
		check_package(v, list);
	}
	if (package_read(&v->pool, v->package_text, &package, &err) == -1)
		verify_say_err(v, VERIFY_BAD, STR(PACKAGE_FILE),
		    "cannot be read", &err);
	else
		check_list(v, zip, &package);
}

void
bundle_verify(const struct verify_options *options, struct verify_count *count)
{
	struct verifier v = { .options = options };
	struct zip_reader zip = ZIP_READER(options->from, &v.pool);

	read_zip(&v, &zip);
	if (zip.n != 0 && !zip.has_failed)
		check_lists(&v, &zip);
	if (v.has_digest)
		seal_verify(&v);
	verify_say(&v, VERIFY_NOTE, STR("bundle"),
	    "nobody can check: whether a server really said what was recorded; "
	    "who signs answers for it");
	*count = v.count;
	zip_reader_clear(&zip);
	numbers_clear(&v.records);
	pool_clear(&v.pool);
}
