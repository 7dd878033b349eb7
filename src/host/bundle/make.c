/*
 * The order of the members is the order below: first what was recorded, then
 * its index, then what is known of it, at the end the list of all with their
 * hashes, and its hash.
 */
#include "bundle/make.h"

#include "base/mem.h"
#include "bundle/inside.h"
#include "config.h"

#define TELL_EACH 4096

int
making_add(struct making *m, struct str text, struct err *err)
{
	return zip_add(&m->zip, text, err);
}

void
making_tell(struct making *m, const char *what)
{
	if (m->options->progress != NULL && ++m->ticks % TELL_EACH == 0)
		m->options->progress(m->options->ctx, what, m->zip.at);
}

static int
add_whole(struct making *m, const char *name, struct str text, struct err *err)
{
	if (zip_begin(&m->zip, name, err) == -1 ||
	    zip_add(&m->zip, text, err) == -1)
		return -1;
	return zip_end(&m->zip, err);
}

static int
write_package(struct making *m, struct err *err)
{
	const struct bundle_options *o = m->options;
	const struct package package = { .title = o->title,
		.created = o->created,
		.software = STR("sn0int in C " VERSION) };
	struct buf list = BUF_IN(&m->pool), out = BUF_IN(&m->pool);
	struct package_digest digest = { .sshsig = STR_NONE };

	package_write(&list, &package, m->zip.member, m->zip.n);
	if (add_whole(m, PACKAGE_FILE, buf_str(&list), err) == -1)
		return -1;
	digest.hash =
	    pool_copy(&m->pool, str_of(m->zip.member[m->zip.n - 1].sha256));
	if (o->sign != NULL &&
	    o->sign(o->ctx, buf_str(&list), &digest, &m->pool, err) == -1)
		return -1;
	package_digest_write(&out, &digest);
	return add_whole(m, PACKAGE_DIGEST, buf_str(&out), err);
}

/* All as it is at one moment. */
static int
write_known(struct making *m, struct err *err)
{
	const struct bundle_options *o = m->options;

	if (choice_make(&m->choice, o->db, o->run, o->runs, &o->families,
		err) == -1)
		return -1;
	return lines_write(m, err);
}

static int
write_all_of(struct making *m, struct err *err)
{
	struct db *db = m->options->db;

	if (db_begin_read(db, err) == -1)
		return -1;
	if (write_known(m, err) == -1) {
		(void)db_rollback(db, NULL);
		return -1;
	}
	if (db_commit(db, err) == -1 || write_package(m, err) == -1)
		return -1;
	return zip_finish(&m->zip, err);
}

int
bundle_make(const struct bundle_options *options, int fd,
    struct bundle_made *made, struct err *err)
{
	struct making m = { .options = options };
	struct str why;
	int status;

	if (!db_kept(options->db, &why))
		return err_set(err, "nobody knows who did it: %.*s",
		    STR_ARG(why));
	m.zip = (struct zip_writer)ZIP_WRITER(fd, &m.pool);
	status = write_all_of(&m, err);
	m.made.bytes = m.zip.at;
	if (status == 0)
		*made = m.made;
	zip_writer_clear(&m.zip);
	choice_clear(&m.choice);
	pool_clear(&m.pool);
	return status;
}
