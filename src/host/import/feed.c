/*
 * What every reader shares: a file that comes in pieces of any size, cut into
 * lines where the format has lines. A line that lies in one piece is viewed
 * there; what a piece ends within is kept until its end comes, as long as the
 * format allows.
 */
#include "import/reader.h"

#include <stdlib.h>

#include "base/mem.h"

void
import_feed_init(struct import_feed *feed, const struct import_format *format,
    const struct model *table, const struct import_to *to)
{
	*feed = (struct import_feed){ .line = 1 };
	feed->reader = (struct import_reader){
		.format = format,
		.to = to,
		.table = table,
		.line = 1,
	};
}

static int
begin(struct import_feed *feed, struct err *err)
{
	struct import_reader *r = &feed->reader;

	feed->has_begun = true;
	r->pool = &feed->pool;
	if (r->format->size != 0)
		r->state = mem_zalloc(r->format->size);
	return r->format->begin != NULL ? r->format->begin(r, err) : 0;
}

static size_t
most_of(const struct import_feed *feed, struct str line)
{
	const struct import_format *format = feed->reader.format;

	return format->most != NULL ? format->most(line) : IMPORT_MAX_LINE;
}

static int
too_long(struct import_feed *feed, struct str line, struct err *err)
{
	return err_set(err, "a line has more than %zu bytes",
	    most_of(feed, line));
}

/* line: without its newline, of which ends says whether there was one. */
static int
take_line(struct import_feed *feed, struct str line, bool ends, struct err *err)
{
	struct import_reader *r = &feed->reader;
	struct str text = line;
	int status = 0;

	r->line = feed->line;
	r->at = feed->at;
	if (text.n > most_of(feed, text))
		return too_long(feed, text, err);
	if (r->at == 0 && str_starts(text, STR("\xef\xbb\xbf")))
		text = str_from(text, 3);
	if (str_trim(text).n != 0)
		status = r->format->line(r, str_trim(text), err);
	feed->line++;
	feed->at += line.n + ends;
	pool_reset(&feed->pool);
	return status;
}

/* What a line begins with that ends in a later piece. */
static int
keep(struct import_feed *feed, struct str part, struct err *err)
{
	feed->reader.line = feed->line;
	feed->reader.at = feed->at;
	if (part.n > IMPORT_MAX_BLOB - feed->rest.n)
		return too_long(feed, part, err);
	buf_add(&feed->rest, part);
	if (feed->rest.n > most_of(feed, buf_str(&feed->rest)))
		return too_long(feed, buf_str(&feed->rest), err);
	return 0;
}

/* The rest of a line that an earlier piece began. */
static int
complete(struct import_feed *feed, struct str part, struct err *err)
{
	int status = keep(feed, part, err);

	if (status == 0)
		status = take_line(feed, buf_str(&feed->rest), true, err);
	feed->rest.n = 0;
	/* one that was long would be kept to the end */
	if (feed->rest.cap > IMPORT_MAX_LINE)
		buf_clear(&feed->rest);
	return status;
}

static int
take_lines(struct import_feed *feed, struct str bytes, struct err *err)
{
	size_t end;

	while ((end = str_find_char(bytes, '\n')) != STR_NPOS) {
		struct str line = str_sub(bytes, 0, end);

		if ((feed->rest.n != 0
			    ? complete(feed, line, err)
			    : take_line(feed, line, true, err)) == -1)
			return -1;
		bytes = str_from(bytes, end + 1);
	}
	return bytes.n != 0 ? keep(feed, bytes, err) : 0;
}

int
import_feed(struct import_feed *feed, struct str bytes, struct err *err)
{
	const struct import_format *format = feed->reader.format;
	int status = feed->has_begun ? 0 : begin(feed, err);

	if (status == 0)
		status = format->line != NULL
		             ? take_lines(feed, bytes, err)
		             : format->piece(&feed->reader, bytes, err);
	return status;
}

int
import_feed_end(struct import_feed *feed, struct err *err)
{
	struct import_reader *r = &feed->reader;
	int status = feed->has_begun ? 0 : begin(feed, err);

	if (status == 0 && feed->rest.n != 0)
		status = take_line(feed, buf_str(&feed->rest), false, err);
	if (status == 0 && r->format->end != NULL)
		status = r->format->end(r, err);
	return status;
}

void
import_feed_clear(struct import_feed *feed)
{
	struct import_reader *r = &feed->reader;

	if (r->state != NULL && r->format->clear != NULL)
		r->format->clear(r);
	free(r->state);
	r->state = NULL;
	buf_clear(&feed->rest);
	pool_clear(&feed->pool);
}

int
import_map(struct import_reader *r, struct str line, struct json *map,
    struct err *err)
{
	if (json_read_most(r->pool, line, IMPORT_MAX_VALUES, map, err) == -1)
		return err_wrap(err, "no JSON");
	if (map->kind != JSON_MAP)
		return err_set(err, "JSON, but no object");
	return 0;
}
