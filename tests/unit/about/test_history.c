/* The lines of the prompt: kept, cut, and without secrets. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "about/history.h"
#include "base/mem.h"
#include "state/file.h"

#include "place.h"

static struct history *
new_history(void)
{
	return mem_zalloc(sizeof(struct history));
}

static void
free_history(struct history *history)
{
	pool_clear(&history->pool);
	free(history);
}

static void
the_last_lines_are_kept(void)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 99, 100, 101, 1000 };

	for (size_t k = 0; k < ARRAY_SIZE(sizes); k++) {
		struct history *history = new_history();
		size_t n = sizes[k], kept = n < 100 ? n : 100;
		char text[32];

		for (size_t i = 0; i < n; i++) {
			(void)snprintf(text, sizeof(text), "line %zu", i);
			CHECK_STR(history_add(history, str_of(text)), text);
			(void)history_add(history, str_of(text));
		}
		CHECK_INT(history->n, kept);
		for (size_t i = 0; i < history->n; i++) {
			(void)snprintf(text, sizeof(text), "line %zu",
			    n - kept + i);
			CHECK_STR(history->line[i], text);
		}
		free_history(history);
	}
}

static void
secrets_are_not_kept(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "keyring add a:b", "keyring add a:b" },
		{ "keyring add a:b hunter2", "keyring add a:b" },
		{ "  'keyring'  add a:b \"hunter 2\"", "keyring add a:b" },
		{ "keyring add a:b hunter2 more", "keyring add a:b" },
		{ "keyring add 'a:b c' hunter2", "" },
		{ "keyring add -- a:b hunter2", "" },
		{ "keyring add -h a:b hunter2", "" },
		{ "keyring add a:b 'hunter2", "" },
		{ " keyring add a:b hunter2\\", "" },
		{ "keyring get a:b", "keyring get a:b" },
		{ "set token hunter2", "set token" },
		{ "set 'Api_Key'  'hunter 2'", "set Api_Key" },
		{ "set token hunter2 more", "set token" },
		{ "set 'to ken' hunter2", "" },
		{ "set -- token hunter2", "" },
		{ "set token 'hunter2", "" },
		{ "set token", "set token" },
		{ "set depth  2", "set depth  2" },
		{ "run -o token=hunter2", "run" },
		{ "run me/m --option=webhook=a=b", "run" },
		{ "run me/m -ocookie=hunter2", "run" },
		{ "run -o depth=2", "run -o depth=2" },
		{ "select x where token=1", "select x where token=1" },
		{ "select 'x", "select 'x" },
		{ "# keyring add a:b c", "# keyring add a:b c" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct history *history = new_history();

		CHECK_STR(history_add(history, str_of(row[i].in)), row[i].want);
		CHECK_INT(history->n, row[i].want[0] != '\0');
		free_history(history);
	}
}

static void
a_file_is_read_as_it_was_written(void)
{
	static const char text[] = "#V2\na\\nb\\\\c\n\303\244\nkeyring add a:b "
				   "hunter2\nlast";
	char path[] = "/tmp/historyXXXXXX";
	int fd = mkstemp(path);
	struct history *one = new_history(), *two = new_history();
	autoerr struct err err = ERR_NONE;

	CHECK_INT(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	CHECK_INT(history_load(one, path, &err), 0);
	CHECK_INT(one->n, 4);
	CHECK_STR(one->line[0], "a\nb\\c");
	CHECK_STR(one->line[2], "keyring add a:b");
	CHECK_INT(history_save(one, path, &err), 0);
	CHECK_INT(history_load(two, path, &err), 0);
	CHECK_INT(two->n, one->n);
	for (size_t i = 0; i < one->n && i < two->n; i++)
		CHECK(str_eq(one->line[i], two->line[i]));
	close(fd);
	CHECK_INT(unlink(path), 0);
	CHECK_INT(history_load(two, path, &err), 0); /* none: nothing is kept */
	free_history(one);
	free_history(two);
}

/* Two prompts began with the same file. */
static void
what_another_prompt_stored_is_kept(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *path = place_path(&pool, place_new(&pool), "history");
	struct history *one = new_history(), *two = new_history();
	struct history *all = new_history();
	autoerr struct err err = ERR_NONE;

	CHECK_STR(history_add(one, STR("first")), "first");
	CHECK_INT(history_save(one, path, &err), 0);
	CHECK_INT(history_load(two, path, &err), 0);
	CHECK_STR(history_add(one, STR("of one")), "of one");
	CHECK_STR(history_add(two, STR("#V2")), "#V2");
	CHECK_INT(history_save(one, path, &err), 0);
	CHECK_INT(history_save(two, path, &err), 0);
	CHECK_INT(history_save(two, path, &err), 0);
	CHECK_INT(history_load(all, path, &err), 0);
	CHECK_INT(all->n, 3);
	CHECK_STR(all->line[0], "first");
	CHECK_STR(all->line[1], "of one");
	CHECK_STR(all->line[2], "#V2");
	free_history(one);
	free_history(two);
	free_history(all);
}

CHECK_MAIN(CASE(the_last_lines_are_kept), CASE(secrets_are_not_kept),
    CASE(a_file_is_read_as_it_was_written),
    CASE(what_another_prompt_stored_is_kept))
