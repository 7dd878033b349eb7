/*
 * What was recorded of a run lies in one file, evidence/UUID.warc.gz, which is
 * taken as it is, up to its last whole record: offsets that rows name stay what
 * they are. It is read once for the index and once to be copied. Where no run
 * has one, an archive with nothing but a warcinfo stands in its place, since a
 * WACZ has one.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/read.h"
#include "bundle/inside.h"
#include "state/spool.h"
#include "wacz/cdxj.h"
#include "wacz/sorter.h"
#include "warc/read.h"

#define PIECE      ((size_t)256 << 10)
#define NONE       "archive/sn0int.warc.gz"
#define UUID_BYTES 36
#define PAGE_MOST  1024 /* bytes of a URL that is listed as a page */

/* Lines for the index and for the pages, sorted. */
struct listing {
	struct making *making;
	struct spool spool[2];
	struct sorter *index, *pages;
	uint64_t page; /* how many */
};

const char *
archive_of(const struct making *m, int64_t run)
{
	for (size_t i = 0; i < m->archives; i++) {
		if (m->archive[i].run == run)
			return m->archive[i].member;
	}
	return NULL;
}

/* A path is made of it, and the database may be a stranger's. */
static bool
is_uuid(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (is_dash ? text.p[i] != '-' : num_hex_digit(text.p[i]) == -1)
			return false;
	}
	return text.n == UUID_BYTES;
}

/* ---- the index ---- */

/* A record that has been looked at, until the next says how long it is. */
struct seen_record {
	struct pool pool;
	struct cdxj line; /* url.p NULL: it is in no index */
};

static void
add_page(struct listing *l, const struct cdxj *line, struct buf *out)
{
	if (line->status != 200 || line->mime.p == NULL ||
	    !str_is(line->mime, "text/html") || line->url.n > PAGE_MOST)
		return;
	/* times in the order of time: the lines are sorted by it */
	buf_printf(out, "{\"ts\":\"%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ\",",
	    line->time.p, line->time.p + 4, line->time.p + 6, line->time.p + 8,
	    line->time.p + 10, line->time.p + 12);
	buf_printf(out,
	    "\"id\":\"page%llu\",\"url\":", (unsigned long long)++l->page);
	json_write_str(out, line->url);
	buf_add(out, STR(",\"title\":"));
	json_write_str(out, line->url);
	buf_add(out, STR("}\n"));
}

/* `end` is where the next begins. */
static int
list_record(struct listing *l, struct seen_record *r, uint64_t end,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf line = BUF_IN(&pool), page = BUF_IN(&pool);

	if (r->line.url.p == NULL)
		return 0;
	r->line.length = end - r->line.offset;
	cdxj_add(&line, &r->line);
	add_page(l, &r->line, &page);
	if (line.n > CDXJ_MAX_LINE)
		return 0;
	if (sorter_add(l->index, buf_str(&line), err) == -1)
		return -1;
	return page.n != 0 ? sorter_add(l->pages, buf_str(&page), err) : 0;
}

static int
glance(struct warc_reader *in, struct seen_record *r, struct err *err)
{
	size_t most = (size_t)16 << 10;
	char *p = pool_alloc(&r->pool, most);
	size_t n = 0;
	ssize_t got;

	while (n < most && (got = warc_block(in, p + n, most - n, err)) != 0) {
		if (got == -1)
			return -1;
		n += (size_t)got;
	}
	r->line.status = cdxj_glance(str_view(p, n), &r->line.mime);
	return 0;
}

/* Answers, and what is beside them; not what is about them. */
static int
look_at(struct warc_reader *in, const struct warc_entry *e,
    struct seen_record *r, const char *file, struct err *err)
{
	struct str digest = warc_field_value(e, "WARC-Payload-Digest", 0);

	pool_reset(&r->pool);
	r->line = (struct cdxj){ .offset = e->at, .file = str_of(file) };
	if ((e->kind != WARC_RESPONSE && e->kind != WARC_REVISIT &&
		e->kind != WARC_RESOURCE) ||
	    e->target_uri.p == NULL || e->at == WARC_NO_PLACE)
		return 0;
	r->line.time = cdxj_time(&r->pool, e->date);
	if (r->line.time.p == NULL)
		return 0;
	r->line.url = pool_copy(&r->pool, e->target_uri);
	if (digest.p != NULL)
		r->line.digest = pool_copy(&r->pool, digest);
	if (e->kind == WARC_REVISIT)
		r->line.mime = STR("warc/revisit");
	else if (e->kind == WARC_RESOURCE && e->content_type.p != NULL)
		r->line.mime = pool_copy(&r->pool, e->content_type);
	return e->kind == WARC_RESPONSE ? glance(in, r, err) : 0;
}

static int
index_records(struct listing *l, struct warc_reader *in, struct seen_record *r,
    const char *file, struct err *err)
{
	struct warc_entry e;
	int status;

	while ((status = warc_next(in, &e, err)) == 1) {
		making_tell(l->making, "records");
		if (list_record(l, r, e.at, err) == -1 ||
		    look_at(in, &e, r, file, err) == -1)
			return -1;
	}
	return status;
}

/* *end: behind the last whole record. */
static int
index_file(struct listing *l, int fd, uint64_t size, const char *file,
    uint64_t *end, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	/* as it is now: a run that goes on adds to it */
	struct warc_reader *in = warc_read_part(&pool, fd, 0, size);
	struct seen_record r = { .pool = POOL_NONE };
	int status = index_records(l, in, &r, file, err);

	*end = status == 0 ? size : warc_at(in);
	if (status == -1 && warc_is_cut(in)) {
		err_clear(err);
		status = 0;
	}
	/* the last one, unless it is the one that is cut */
	if (status == 0 && r.line.offset != *end)
		status = list_record(l, &r, *end, err);
	pool_clear(&r.pool);
	return status;
}

/* ---- the files ---- */

static int
copy(struct making *m, int fd, uint64_t n, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	char *piece = pool_alloc(&pool, PIECE);

	for (uint64_t at = 0; at < n;) {
		size_t part = n - at < PIECE ? (size_t)(n - at) : PIECE;

		if (read_full_at(fd, piece, part, (off_t)at) != (ssize_t)part)
			return err_sys(err, "cannot read it again");
		if (zip_add(&m->zip, str_view(piece, part), err) == -1)
			return -1;
		at += part;
		m->made.archived += part;
		making_tell_now(m, "what was recorded");
	}
	return 0;
}

static int
add_file(struct listing *l, int fd, const char *member, struct err *err)
{
	const char *file = strchr(member, '/') + 1;
	struct making *m = l->making;
	struct stat st;
	uint64_t end;

	if (fstat(fd, &st) == -1)
		return err_sys(err, "cannot look at it");
	if (!S_ISREG(st.st_mode))
		return err_set(err, "it is no file");
	if (index_file(l, fd, (uint64_t)st.st_size, file, &end, err) == -1 ||
	    zip_begin(&m->zip, member, err) == -1 ||
	    copy(m, fd, end, err) == -1)
		return -1;
	m->made.left += (uint64_t)st.st_size - end;
	return zip_end(&m->zip, err);
}

static int
add_run(void *ctx, const struct row *run, struct err *err)
{
	struct listing *l = ctx;
	struct making *m = l->making;
	struct str uuid = row_column_text(run, "uuid");
	const char *path, *member;
	int fd, status;

	if (!choice_has_record(&m->choice, run) || !is_uuid(uuid))
		return 0;
	path = pool_printf(&m->pool, "%s/evidence/%.*s.warc.gz",
	    m->options->ws->folder, STR_ARG(uuid));
	/* of a workspace of somebody's: it may be anything */
	fd = open(path,
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	if (fd == -1)
		return errno == ENOENT ? 0
		                       : err_sys(err, "cannot open %s", path);
	member = pool_printf(&m->pool, "archive/%.*s.warc.gz", STR_ARG(uuid));
	status = add_file(l, fd, member, err);
	(void)close(fd);
	if (status == -1)
		return err_wrap(err, "what was recorded of run %d: %s",
		    (int)run->id, path);
	m->archive =
	    pool_push(&m->pool, m->archive, m->archives, sizeof(*m->archive));
	m->archive[m->archives++] = (struct archive){ run->id, member };
	m->made.archives++;
	return 0;
}

/* Made as a file like the others, since that is how they are made. */
static int
add_none(struct listing *l, struct err *err)
{
	const struct warc_field field[] = {
		{ "software", l->making->software },
		{ "description", STR("no bytes were kept of these runs") },
	};
	autopool struct pool pool = POOL_NONE;
	struct str id = warc_id(&pool);
	const char *path = pool_printf(&pool, "%s/%.*s.warc.gz",
	    l->making->options->ws->folder,
	    STR_ARG(str_from(id, str_rfind_char(id, ':') + 1)));
	int fd, status = -1;

	if (warc_create(&pool, path, field, ARRAY_SIZE(field),
		l->making->options->created_ms, err) == NULL)
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	(void)unlink(path);
	if (fd == -1)
		return err_sys(err, "cannot open %s", path);
	status = add_file(l, fd, NONE, err);
	(void)close(fd);
	return status;
}

/* ---- the lists ---- */

static int
add_line(void *ctx, struct str line, struct err *err)
{
	return zip_add(&((struct making *)ctx)->zip, line, err);
}

static int
write_lists(struct listing *l, struct err *err)
{
	static const char pages[] =
	    "{\"format\":\"json-pages-1.0\",\"id\":\"pages\",\"title\":\"All "
	    "Pages\"}\n";
	struct zip_writer *zip = &l->making->zip;

	if (zip_begin(zip, "indexes/index.cdx", err) == -1 ||
	    sorter_each(l->index, add_line, l->making, err) == -1 ||
	    zip_end(zip, err) == -1)
		return -1;
	if (zip_begin(zip, "pages/pages.jsonl", err) == -1 ||
	    zip_add(zip, str_of(pages), err) == -1 ||
	    sorter_each(l->pages, add_line, l->making, err) == -1)
		return -1;
	return zip_end(zip, err);
}

static int
write_archives(struct listing *l, struct err *err)
{
	struct making *m = l->making;

	if (choice_walk(m->options->db, &db_model_run, add_run, l, err) == -1)
		return -1;
	if (m->archives == 0 && add_none(l, err) == -1)
		return -1;
	return write_lists(l, err);
}

int
archive_write(struct making *m, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct listing l = { .making = m, .spool = { SPOOL_NONE, SPOOL_NONE } };
	const char *folder = m->options->ws->folder;
	int status = -1;

	if (spool_open(&l.spool[0], folder, err) == 0 &&
	    spool_open(&l.spool[1], folder, err) == 0) {
		l.index = sorter_new(&pool, l.spool[0].fd, SORTER_MOST);
		l.pages = sorter_new(&pool, l.spool[1].fd, SORTER_MOST);
		status = write_archives(&l, err);
	}
	spool_close(&l.spool[0]);
	spool_close(&l.spool[1]);
	return status;
}
