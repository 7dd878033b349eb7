/* What is kept of exchanges that are not over, and of what is not kept whole. */
#include <sys/stat.h>

#include "base/mem.h"
#include "witness/asked.h"

#include "check.h"
#include "place.h"

#define MOST ((uint64_t)1 << 40)

static struct pool pool;
static struct asked_run run;

static void
begin(void)
{
	static const struct archive_facts facts = {
		.uuid = { "0", 1 },
	};
	const char *folder = place_new(&pool);

	CHECK_INT(mkdir(place_path(&pool, folder, "evidence"), 0700), 0);
	run = (struct asked_run){ .most = MOST };
	run.archive = archive_new(&pool, folder, &facts);
}

static int
add(struct asked *asked, uint64_t id, size_t n, struct err *err)
{
	static const char bytes[PART_MEMORY];

	return asked_piece(asked, &run,
	    &(struct exchange_piece){ id, EXCHANGE_IN, str_view(bytes, n) },
	    err);
}

/* First a byte of each, so that each is there before any has many. */
static void
memory_of_all_that_are_open_is_bounded(void)
{
	struct asked asked = { .n = 0 };
	size_t kept = 0, cut = 0, memory = 0;

	begin();
	for (uint64_t id = 1; id <= ASKED_OPEN; id++)
		CHECK_INT(add(&asked, id, 1, NULL), 0);
	for (uint64_t id = 1; id <= ASKED_OPEN; id++) {
		int status = add(&asked, id, PART_MEMORY - 1, NULL);

		CHECK(status == 0 || status == 1);
		kept += status == 0;
		cut += status == 1;
	}
	for (size_t i = 0; i < asked.n; i++)
		memory += asked.open[i].part[EXCHANGE_IN]->memory.n;
	CHECK(memory <= ASKED_MEMORY + ASKED_OPEN);
	CHECK(kept >= PART_FILES + ASKED_MEMORY / PART_MEMORY - 1);
	CHECK_INT(kept + cut, ASKED_OPEN);
	asked_clear(&asked);
	CHECK_INT(asked.memory, 0);
	pool_clear(&pool);
}

static void
what_is_over_gives_its_memory_back(void)
{
	struct asked asked = { .n = 0 };
	struct db_author author = DB_AUTHOR_NONE;
	size_t bytes;

	begin();
	for (uint64_t id = 1; id <= 1000; id++) {
		const struct exchange over = { .id = id,
			.kind = EXCHANGE_TCP,
			.what = STR("a.example:1"),
			.is_open = false };

		CHECK_INT(add(&asked, id, PART_MEMORY, NULL), 0);
		CHECK(asked.memory <= PART_MEMORY);
		CHECK_INT(asked_add(&asked, &run,
			      &(struct asked_by){ 1, (int64_t)id }, &over,
			      &bytes, NULL),
		    0);
		CHECK_INT(asked.memory, 0);
	}
	CHECK_INT(asked.holds, 1000);
	asked_drop(&asked, &author);
	CHECK_INT(asked.holds, 0);
	asked_clear(&asked);
	pool_clear(&pool);
}

/* Half a line would make all of the file one that cannot be read. */
static void
a_script_with_a_hole_is_none(void)
{
	struct asked asked = { .n = 0 };
	struct stat st;

	begin();
	CHECK_INT(asked_script(&asked, &run, STR("{\"start\":{}}\n"), NULL), 0);
	asked_drop_script(&asked);
	CHECK_INT(asked_end(&asked, &run, 1, NULL), 0);
	CHECK_INT(stat(pool_printf(&pool, "%s/0.warc.gz",
			   archive_folder(run.archive)),
		      &st),
	    -1);
	asked_clear(&asked);
	pool_clear(&pool);
}

CHECK_MAIN(CASE(memory_of_all_that_are_open_is_bounded),
    CASE(what_is_over_gives_its_memory_back),
    CASE(a_script_with_a_hole_is_none))
