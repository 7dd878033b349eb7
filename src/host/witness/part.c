#include "witness/part.h"

#include <stdlib.h>

#include "base/mem.h"

static size_t files; /* that are open */

struct part *
part_new(struct mask *mask)
{
	struct part *part = mem_zalloc(sizeof(*part));

	part->file = (struct spool)SPOOL_NONE;
	mask_stream_init(&part->mask, mask, NULL);
	return part;
}

void
part_free(struct part *part)
{
	if (part == NULL)
		return;
	if (part->file.fd != -1)
		files--;
	spool_close(&part->file);
	mask_stream_clear(&part->mask);
	buf_clear(&part->memory);
	free(part);
}

static int
open_file(struct part *part, const char *folder, struct err *err)
{
	if (part->file.fd != -1)
		return 0;
	if (files == PART_FILES)
		return err_set(err,
		    "%d exchanges have more than %zu bytes at once, no more "
		    "may",
		    PART_FILES, PART_MEMORY);
	if (spool_open(&part->file, folder, err) == -1)
		return -1;
	files++;
	return 0;
}

static int
keep(struct part *part, struct str bytes, size_t room, const char *folder,
    struct err *err)
{
	if (part->file.fd != -1)
		room = 0;
	else if (room > PART_MEMORY - part->memory.n)
		room = PART_MEMORY - part->memory.n;
	if (bytes.n <= room) {
		buf_add(&part->memory, bytes);
		return 0;
	}
	if (open_file(part, folder, err) == -1)
		return -1;
	buf_add(&part->memory, str_sub(bytes, 0, room));
	bytes = str_from(bytes, room);
	if (spool_add(&part->file, bytes, err) == -1)
		return -1;
	part->n += bytes.n;
	return 0;
}

int
part_add(struct part *part, struct str bytes, size_t room, const char *folder,
    struct err *err)
{
	return keep(part, mask_stream_feed(&part->mask, bytes), room, folder,
	    err);
}

int
part_finish(struct part *part, const char *folder, struct err *err)
{
	if (part->is_finished)
		return 0;
	part->is_finished = true;
	if (keep(part, mask_stream_finish(&part->mask), PART_MEMORY, folder,
		err) == -1)
		return -1;
	part->is_altered = part->mask.is_altered;
	return 0;
}

/* What is left to pass over. */
struct passing {
	uint64_t from;
	int (*each)(void *arg, struct str bytes, struct err *err);
	void *arg;
};

static int
pass(void *arg, struct str bytes, struct err *err)
{
	struct passing *p = arg;
	size_t skip = p->from < bytes.n ? (size_t)p->from : bytes.n;

	p->from -= skip;
	if (skip == bytes.n)
		return 0;
	return p->each(p->arg, str_from(bytes, skip), err);
}

int
part_each(const struct part *part, uint64_t from,
    int (*each)(void *arg, struct str bytes, struct err *err), void *arg,
    struct err *err)
{
	struct passing p = { from, each, arg };

	if (pass(&p, buf_str(&part->memory), err) == -1)
		return -1;
	return part->file.fd != -1 ? spool_each(&part->file, pass, &p, err) : 0;
}
