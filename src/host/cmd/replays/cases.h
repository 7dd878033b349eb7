/*
 * cases: recorded tests of modules. Beside NAME.lua stands the folder NAME.test
 * with two files for each case: CASE.json says what the module is given and
 * what it has to say, CASE.warc.gz what the outside answered then.
 *
 *	{"argument":{...},"options":{"k":"v"},"events":[{...},...]}
 *
 * In place of `events`, `rows` are the rows alone, in order: what the module
 * logs, and how it ends, may change then. Without a WARC file a case has no
 * outside.
 */
#ifndef REPLAYS_CASES_H
#define REPLAYS_CASES_H

#include "replay/player.h"
#include "state/library.h"

#define CASES_MAX_JSON ((size_t)64 << 20)

enum case_result {
	CASE_SAME,
	CASE_DIFFERS,
	CASE_MISSING, /* something was asked for that is not in the record */
	CASE_WROTE,   /* other bytes than then */
	CASE_FAILED,  /* the run did not come to its end */
	CASE_BROKEN,  /* its files cannot be read */
};

struct case_file {
	const char *module_path, *json_path, *warc_path;
	struct str name; /* "dns-resolve/example" */
	struct module module;
	struct script script;
	struct str *then; /* lines that are expected */
	size_t n;
	bool is_rows;
	struct str start;

	enum case_result result;
	struct str *now;
	size_t n_now;
	struct difference difference;
	struct str why; /* of CASE_MISSING, _WROTE, _FAILED and _BROKEN */
	int64_t ms;
};

struct cases {
	struct pool pool;
	struct case_file **file; /* in order of their names */
	size_t n;
	size_t untested; /* modules that have no case */
};

/* Those of a folder of modules, of one module, or of one CASE.json. */
int cases_find(struct cases *cases, struct str path, struct err *err);

/* Reads all files of it; what is wrong makes it CASE_BROKEN. */
void case_load(struct cases *cases, struct case_file *file);

/* After it was played. */
void case_judge(struct cases *cases, struct case_file *file,
    const struct player *player);

/* The file of a case whose events are those of the script, or its rows. */
void case_write(struct buf *out, const struct script *script,
    const struct start *start, bool is_rows);

/* The events, as a case has them: what belongs to the machine is left out. */
struct str *case_lines(struct pool *pool, const struct str *event, size_t n,
    bool is_rows, size_t *out);

void cases_clear(struct cases *cases);

#endif
