/*
 * regex_run: running a program over a text.
 *
 * By backtracking (regex_backtrack.c): one thread at a time, depth first. A
 * bit for each row of instructions and place of the text says that a thread
 * was there; whoever comes there again would fail as the first did, and stops.
 *
 * By all threads at once (regex_pike.c): a step of the text after the other,
 * with the list of threads that are alive, in order of preference.
 */
#ifndef REGEX_RUN_H
#define REGEX_RUN_H

#include "regex/prog.h"

/* Rows of notes, by places of the text: 4 MiB of bits. */
#define BACKTRACK_MOST ((uint64_t)1 << 25)

/* What can be put off: 24 MiB. A program never has more instructions. */
#define JOBS_MOST ((uint32_t)2 << 20)

/* Bytes of the lists of threads, of which few are ever touched. */
#define PIKE_MOST ((uint64_t)512 << 20)

/* Something put off: a way not taken yet, or what a slot was before. */
struct job {
	uint32_t what; /* the runner's own */
	uint32_t a, b;
};

struct jobs {
	struct job *job;
	uint32_t n, cap;
	bool is_full; /* some are lost */
};

struct pike;

struct regex_search {
	const struct regex *re;
	struct pool *pool;
	const unsigned char *text;
	uint32_t n;
	uint32_t at;       /* where to go on */
	uint32_t last_end; /* of the match before; REGEX_NONE: there is none */
	uint32_t starts;   /* a match cannot start here or later */
	/* the next re->stop from a place on, and how far before it a match can
	 * start; REGEX_NONE: not looked for, or there is none */
	uint32_t stop_from, stop, lead;
	uint32_t *slot; /* of the match: two for each group */
	uint64_t steps;
	struct jobs jobs;
	uint64_t *bits;    /* backtracking: a row after the other */
	struct pike *pike; /* NULL: backtracking */
};

/* Makes room for one more. */
void jobs_grow(struct regex_search *s);

static inline void
jobs_push(struct regex_search *s, uint32_t what, uint32_t a, uint32_t b)
{
	struct jobs *jobs = &s->jobs;

	if (jobs->n == jobs->cap)
		jobs_grow(s);
	jobs->job[jobs->n++] = (struct job){ what, a, b };
}

/* The character at a place that is not the end, and its length. */
static inline uint32_t
text_char(const struct regex_search *s, uint32_t at, uint32_t *width)
{
	const unsigned char *p = s->text + at;
	uint32_t left = s->n - at;

	*width = 1;
	if (p[0] < 0x80 || left < 2)
		return p[0];
	if (p[0] < 0xe0 || left < 3) {
		*width = 2;
		return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
	}
	if (p[0] < 0xf0 || left < 4) {
		*width = 3;
		return (p[0] & 0xfu) << 12 | (p[1] & 0x3fu) << 6 |
		       (p[2] & 0x3fu);
	}
	*width = 4;
	return (p[0] & 7u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 |
	       (p[3] & 0x3fu);
}

/* The start of the character before a place that is not the start. */
static inline uint32_t
text_back(const struct regex_search *s, uint32_t at)
{
	do {
		at--;
	} while (at != 0 && (s->text[at] & 0xc0) == 0x80);
	return at;
}

/* regex_look.c: does it hold at the place? */
bool look_holds(const struct regex_search *s, enum look look, uint32_t at);

/* The first place from `at` on where a match can start; REGEX_NONE: nowhere. */
uint32_t search_start(struct regex_search *s, uint32_t at);

/*
 * Is there a match that starts at the place? Then the slots are set. The
 * answer is worth nothing if the jobs were full.
 */
bool backtrack_run(struct regex_search *s, uint32_t at);

/* Makes the next search from the end of the match possible. */
void backtrack_forget(struct regex_search *s);

/* Would the lists of threads be within PIKE_MOST? */
bool pike_fits(const struct regex *re);
struct pike *pike_new(const struct regex *re, struct pool *pool);

/* The first match from `at` on. */
bool pike_run(struct regex_search *s, uint32_t at);

#endif
