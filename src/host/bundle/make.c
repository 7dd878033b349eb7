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
	autopool struct pool pool = POOL_NONE;
	bool is_altered = false;

	if (m->options->mask != NULL)
		text = mask_text(m->options->mask, &pool, text, &is_altered);
	m->made.masked += is_altered;
	return zip_add(&m->zip, text, err);
}

struct walking {
	struct making *m;
	int (*each)(struct making *m, const struct row *row, struct err *err);
};

static int
walk_chosen(void *ctx, const struct row *row, struct err *err)
{
	const struct walking *w = ctx;

	if (!choice_has_record(&w->m->choice, row))
		return 0;
	making_tell(w->m, row->model->table);
	return w->each(w->m, row, err);
}

int
making_walk(struct making *m, const struct model *model,
    int (*each)(struct making *m, const struct row *row, struct err *err),
    struct err *err)
{
	struct walking w = { m, each };

	return choice_walk(m->options->db, model, walk_chosen, &w, err);
}

void
making_tell_now(struct making *m, const char *what)
{
	if (m->options->progress != NULL)
		m->options->progress(m->options->ctx, what, m->zip.at);
}

void
making_tell(struct making *m, const char *what)
{
	if (++m->ticks % TELL_EACH == 0)
		making_tell_now(m, what);
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
		.software = m->software };
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

/* Copies of a workspace have its first run, and no other has. */
static int
take_first(void *ctx, const struct row *row, struct err *err)
{
	struct making *m = ctx;

	(void)err;
	if (m->identity.p == NULL)
		m->identity = pool_copy(&m->pool, row_column_text(row, "uuid"));
	return 0;
}

static int
find_identity(struct making *m, struct err *err)
{
	if (choice_walk(m->options->db, &db_model_run, take_first, m, err) ==
	    -1)
		return -1;
	if (m->identity.p == NULL)
		m->identity = str_of(m->options->ws->name);
	return 0;
}

/* All as it is at one moment. */
static int
write_known(struct making *m, struct err *err)
{
	const struct bundle_options *o = m->options;

	if (choice_make(&m->choice, o->db, o->run, o->runs, &o->families,
		err) == -1)
		return -1;
	if (find_identity(m, err) == -1 || archive_write(m, err) == -1 ||
	    lines_write(m, err) == -1 || modules_write(m, err) == -1 ||
	    prov_write(m, err) == -1)
		return -1;
	return report_page(m, err);
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
	struct making m = { .options = options,
		.software = STR("sn0int in C " VERSION) };
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
