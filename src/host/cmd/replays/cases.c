#include "replays/cases.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "replay/archive.h"
#include "state/file.h"

/* "x" of "a/x.lua". */
static const char *
stem(struct pool *pool, const char *path, size_t ending)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;

	return pool_cstr(pool, str_view(name, strlen(name) - ending));
}

static void
add_case(struct cases *cases, const char *module, const char *json)
{
	struct pool *pool = &cases->pool;
	struct case_file *file = pool_zalloc(pool, sizeof(*file));
	struct str path = str_of(json);

	file->module_path = module;
	file->json_path = json;
	file->warc_path =
	    pool_printf(pool, "%.*s.warc.gz", (int)(path.n - 5), path.p);
	file->name = str_of(pool_printf(pool, "%s/%s", stem(pool, module, 4),
	    stem(pool, json, 5)));
	script_init(&file->script);
	cases->file =
	    pool_push(pool, cases->file, cases->n, sizeof(*cases->file));
	cases->file[cases->n++] = file;
}

static int
find_of_module(struct cases *cases, const char *module, struct err *err)
{
	struct pool *pool = &cases->pool;
	const char *folder =
	    pool_printf(pool, "%.*s.test", (int)strlen(module) - 4, module);
	const char **name;
	struct stat st;
	size_t n;
	int there = file_stat(AT_FDCWD, folder, &st, err);

	if (there != 1) {
		cases->untested++;
		return there;
	}
	if (file_list(pool, folder, ".json", &name, &n, err) == -1)
		return -1;
	cases->untested += n == 0;
	for (size_t i = 0; i < n; i++)
		add_case(cases, module,
		    pool_printf(pool, "%s/%s", folder, name[i]));
	return 0;
}

static int
find_in_folder(struct cases *cases, const char *folder, struct err *err)
{
	const char **name;
	size_t n;

	if (file_list(&cases->pool, folder, ".lua", &name, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (find_of_module(cases,
			pool_printf(&cases->pool, "%s/%s", folder, name[i]),
			err) == -1)
			return -1;
	}
	return 0;
}

/* "a/x.test/c.json" is of "a/x.lua". */
static int
find_case(struct cases *cases, const char *json, struct err *err)
{
	struct str folder = str_of(json);
	size_t slash = folder.n;

	while (slash != 0 && folder.p[slash - 1] != '/')
		slash--;
	folder.n = slash != 0 ? slash - 1 : 0;
	if (!str_ends(folder, STR(".test")))
		return err_set(err,
		    "%s is no case: it does not lie in a folder NAME.test",
		    json);
	add_case(cases,
	    pool_printf(&cases->pool, "%.*s.lua", (int)folder.n - 5, folder.p),
	    json);
	return 0;
}

int
cases_find(struct cases *cases, struct str word, struct err *err)
{
	const char *path = pool_cstr(&cases->pool, word);
	struct stat st;
	int there = file_stat(AT_FDCWD, path, &st, err);

	if (there == 0)
		return err_set(err, "there is no %s", path);
	if (there == -1)
		return -1;
	while (S_ISDIR(st.st_mode) && word.n > 1 && word.p[word.n - 1] == '/')
		word.n--;
	path = pool_cstr(&cases->pool, word);
	if (S_ISDIR(st.st_mode))
		return find_in_folder(cases, path, err);
	if (str_ends(word, STR(".lua")))
		return find_of_module(cases, path, err);
	if (str_ends(word, STR(".json")))
		return find_case(cases, path, err);
	return err_set(err,
	    "%s is neither a folder, nor a module (.lua), nor a case (.json)",
	    path);
}

/* What stands in a CASE.json. */
struct wanted {
	const struct json *argument, *options, *events, *rows;
};

static const struct slot slots[] = {
	{ "argument", SLOT_JSON, SLOT_OPT, AT(wanted, argument), "of run()" },
	{ "options", SLOT_MAP, SLOT_OPT, AT(wanted, options), "of getopt()" },
	{ "events", SLOT_JSON, SLOT_OPT, AT(wanted, events),
	    "what it says, in order" },
	{ "rows", SLOT_JSON, SLOT_OPT, AT(wanted, rows), "the rows alone" },
	{ NULL },
};

/* As the child writes it. */
static struct str
line_of(struct pool *pool, const struct json *v)
{
	struct buf out = BUF_IN(pool);

	json_write(&out, v, JSON_SORTED);
	return buf_str(&out);
}

static int
take_wanted(struct cases *cases, struct case_file *file,
    const struct wanted *wanted, struct err *err)
{
	const struct json *list =
	    wanted->events != NULL ? wanted->events : wanted->rows;

	if ((wanted->events == NULL) == (wanted->rows == NULL))
		return err_set(err, "it needs either events or rows");
	if (list->kind != JSON_LIST)
		return err_set(err, "events and rows are lists");
	file->is_rows = wanted->rows != NULL;
	file->then =
	    pool_array(&cases->pool, list->list.n, sizeof(*file->then));
	for (size_t i = 0; i < list->list.n; i++)
		file->then[file->n++] =
		    line_of(&cases->pool, &list->list.item[i]);
	return 0;
}

/* The start line of then, with the module of now. */
static int
make_start(struct cases *cases, struct case_file *file,
    const struct wanted *wanted, struct err *err)
{
	static const struct json no_options = { .kind = JSON_MAP },
				 no_arg = { .kind = JSON_NULL };
	struct pool *pool = &cases->pool;
	struct start start = { .options = &no_options, .arg = &no_arg };
	struct buf line = BUF_IN(pool);

	if (file->script.start.p != NULL &&
	    start_read(pool, file->script.start, &start, err) == -1)
		return err_wrap(err, "its start line");
	module_start(&file->module, pool, &start);
	if (wanted->argument != NULL)
		start.arg = wanted->argument;
	if (wanted->options != NULL)
		start.options = wanted->options;
	start_write(&line, &start);
	file->start = buf_str(&line);
	return 0;
}

static int
read_case(struct cases *cases, struct case_file *file, struct err *err)
{
	struct pool *pool = &cases->pool;
	struct wanted wanted = { .argument = NULL };
	struct str text;
	struct stat st;
	struct json v;
	int there;

	if (module_load_file(&file->module, file->module_path, pool, err) == -1)
		return -1;
	there = file_read(pool, file->json_path, CASES_MAX_JSON, &text, err);
	if (there != 1)
		return there == -1
		           ? -1
		           : err_set(err, "there is no %s", file->json_path);
	if (json_read(pool, text, &v, err) == -1 ||
	    slot_read(slots, "struct Case", &v, pool, &wanted, err) == -1 ||
	    take_wanted(cases, file, &wanted, err) == -1)
		return err_wrap(err, "%s", file->json_path);
	there = file_stat(AT_FDCWD, file->warc_path, &st, err);
	if (there == 0)
		file->script.has_ended = true; /* nothing was cut off */
	if (there == -1 || (there == 1 && archive_load(file->warc_path, 0,
					      &file->script, err) == -1))
		return -1;
	return make_start(cases, file, &wanted, err);
}

void
case_load(struct cases *cases, struct case_file *file)
{
	autoerr struct err err = ERR_NONE;

	if (read_case(cases, file, &err) == 0)
		return;
	file->result = CASE_BROKEN;
	file->why = pool_copy(&cases->pool, err_join(&cases->pool, &err));
}

/* {"Database":{"Insert":...}}: what it wanted to store. */
static bool
is_row(struct str line)
{
	return str_starts(line, STR("{\"Database\":"));
}

struct str *
case_lines(struct pool *pool, const struct str *event, size_t n, bool is_rows,
    size_t *out)
{
	struct str *line = pool_array(pool, n, sizeof(*line));

	*out = 0;
	for (size_t i = 0; i < n; i++) {
		struct json v;

		if (player_is_machine(event[i]) ||
		    (is_rows && !is_row(event[i])))
			continue;
		/* members in one order, however the file has them */
		line[(*out)++] = json_read(pool, event[i], &v, NULL) == 0
		                     ? line_of(pool, &v)
		                     : event[i];
	}
	return line;
}

static bool
lines_differ(const struct case_file *file, struct difference *out)
{
	for (size_t i = 0; i < file->n || i < file->n_now; i++) {
		struct str then = i < file->n ? file->then[i] : STR_NONE;
		struct str now = i < file->n_now ? file->now[i] : STR_NONE;

		if (then.p != NULL && now.p != NULL && str_eq(then, now))
			continue;
		*out = (struct difference){ i + 1, then, now };
		return true;
	}
	return false;
}

void
case_judge(struct cases *cases, struct case_file *file,
    const struct player *player)
{
	file->ms = player->ms;
	file->now = case_lines(&cases->pool, player->event, player->events,
	    file->is_rows, &file->n_now);
	if (player->fault.p != NULL) {
		file->result = CASE_FAILED;
		file->why = player->fault;
	} else if (lines_differ(file, &file->difference) &&
		   file->difference.at <= file->script.unanswered) {
		/* of an event that was none then there is no answer */
		file->result = CASE_DIFFERS;
	} else if (file->script.miss.p != NULL) {
		file->result = CASE_MISSING;
		file->why = file->script.miss;
	} else if (lines_differ(file, &file->difference)) {
		file->result = CASE_DIFFERS;
	} else if (file->script.strange.p != NULL) {
		file->result = CASE_WROTE;
		file->why = file->script.strange;
	}
}

void
case_write(struct buf *out, const struct script *script,
    const struct start *start, bool is_rows)
{
	autopool struct pool pool = POOL_NONE;
	struct str *line;
	size_t n;

	line = case_lines(&pool, script->event, script->events, is_rows, &n);
	buf_add(out, STR("{\"argument\":"));
	json_write(out, start->arg, JSON_SORTED);
	buf_add(out, STR(",\n\"options\":"));
	json_write(out, start->options, JSON_SORTED);
	buf_printf(out, ",\n\"%s\":[", is_rows ? "rows" : "events");
	for (size_t i = 0; i < n; i++) {
		buf_add(out, i != 0 ? STR(",\n") : STR("\n"));
		buf_add(out, line[i]);
	}
	buf_add(out, STR("\n]}\n"));
}

void
cases_clear(struct cases *cases)
{
	for (size_t i = 0; i < cases->n; i++)
		script_clear(&cases->file[i]->script);
	pool_clear(&cases->pool);
}
