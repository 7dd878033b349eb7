/* All threads at once. */
#include "base/mem.h"
#include "regex/run.h"

/* The threads at one place of the text, the preferred first. */
struct threads {
	uint32_t n;
	uint32_t *insn;
	uint32_t *slot; /* a row for each */
};

struct pike {
	struct threads list[2];
	uint32_t *seen; /* in which round, for each instruction */
	uint32_t round;
	uint32_t *slot; /* of the thread that is being added */
};

enum {
	JOB_GO,   /* to instruction a */
	JOB_STAY, /* add a thread at a */
	JOB_SLOT, /* put back b into slot a */
};

static uint64_t
slot_bytes(const struct regex *re)
{
	return 2 * sizeof(uint32_t) * (uint64_t)re->groups;
}

bool
pike_fits(const struct regex *re)
{
	return ARRAY_SIZE(((struct pike *)NULL)->list) * re->threads *
	           (slot_bytes(re) + sizeof(uint32_t)) <=
	       PIKE_MOST;
}

struct pike *
pike_new(const struct regex *re, struct pool *pool)
{
	struct pike *p = pool_zalloc(pool, sizeof(*p));

	for (size_t i = 0; i < ARRAY_SIZE(p->list); i++) {
		p->list[i].insn =
		    pool_array(pool, re->threads, sizeof(uint32_t));
		p->list[i].slot = pool_array(pool, re->threads, slot_bytes(re));
	}
	p->seen = pool_zalloc(pool, re->n * sizeof(*p->seen));
	p->slot = pool_alloc(pool, slot_bytes(re));
	return p;
}

static void
add_thread(struct regex_search *s, struct threads *list, uint32_t insn)
{
	size_t slots = 2 * s->re->groups;

	memcpy(list->slot + list->n * slots, s->pike->slot,
	    slots * sizeof(uint32_t));
	list->insn[list->n++] = insn;
}

/*
 * Goes on from an instruction to all that need a character, as far as nobody
 * was there in this round; what is to follow after that is put off.
 */
static void
follow_jump(struct regex_search *s, struct threads *list, uint32_t i,
    uint32_t at)
{
	struct pike *p = s->pike;

	while (p->seen[i] != p->round) {
		const struct insn *insn = &s->re->insn[i];

		p->seen[i] = p->round;
		s->steps++;
		switch (insn->op) {
		case OP_SPLIT:
			jobs_push(s, JOB_GO, insn->y, 0);
			i = insn->x;
			break;
		case OP_JUMP:
			i = insn->x;
			break;
		case OP_SAVE:
			jobs_push(s, JOB_SLOT, insn->x, p->slot[insn->x]);
			p->slot[insn->x] = at;
			i++;
			break;
		case OP_LOOK:
			if (!look_holds(s, insn->x, at))
				return;
			i++;
			break;
		case OP_LOOP:
			if (insn->mode == LOOP_LAZY)
				jobs_push(s, JOB_STAY, i, 0);
			else
				add_thread(s, list, i);
			i++;
			break;
		default:
			add_thread(s, list, i);
			return;
		}
	}
}

/* All threads that one at an instruction becomes; p->slot is what it saved. */
static void
add_at(struct regex_search *s, struct threads *list, uint32_t insn, uint32_t at)
{
	jobs_push(s, JOB_GO, insn, 0);
	while (s->jobs.n != 0) {
		struct job job = s->jobs.job[--s->jobs.n];

		if (job.what == JOB_GO)
			follow_jump(s, list, job.a, at);
		else if (job.what == JOB_STAY)
			add_thread(s, list, job.a);
		else
			s->pike->slot[job.a] = job.b;
	}
}

/* A thread with no group yet, where a match can start. */
static void
add_start(struct regex_search *s, struct threads *list, uint32_t at)
{
	for (uint32_t i = 0; i < 2 * s->re->groups; i++)
		s->pike->slot[i] = REGEX_NONE;
	s->pike->slot[0] = at;
	add_at(s, list, 0, at);
}

/* The instruction where a thread goes on behind c; its own or the next. */
static bool
takes_char(const struct regex *re, uint32_t i, uint32_t c, uint32_t *next)
{
	const struct insn *insn = &re->insn[i];

	*next = insn->op == OP_LOOP ? i : i + 1;
	return insn->op == OP_CHAR ? insn->x == c
	                           : charset_has(&re->set[insn->x], c);
}

/*
 * Every thread at a place goes one character on. Returns true, and the slots
 * are set, if one was done; those that come after it are not wanted any more.
 */
static bool
step_threads(struct regex_search *s, const struct threads *from,
    struct threads *to, uint32_t at)
{
	size_t slots = 2 * s->re->groups;
	uint32_t width = 0, c = 0, next;

	if (at != s->n)
		c = text_char(s, at, &width);
	s->pike->round++;
	to->n = 0;
	for (uint32_t i = 0; i < from->n; i++) {
		const uint32_t *slot = from->slot + i * slots;

		s->steps++;
		if (s->re->insn[from->insn[i]].op == OP_MATCH) {
			memcpy(s->slot, slot, slots * sizeof(*slot));
			s->slot[1] = at;
			return true;
		}
		if (width == 0 || !takes_char(s->re, from->insn[i], c, &next))
			continue;
		memcpy(s->pike->slot, slot, slots * sizeof(*slot));
		add_at(s, to, next, at + width);
	}
	return false;
}

bool
pike_run(struct regex_search *s, uint32_t at)
{
	struct pike *p = s->pike;
	struct threads *now = &p->list[0], *then = &p->list[1], *swap;
	uint32_t start = search_start(s, at), width;
	bool is_matched = false;

	now->n = 0;
	p->round++;
	for (;;) {
		if (now->n == 0) {
			if (is_matched || start == REGEX_NONE)
				return is_matched;
			at = start;
		}
		if (!is_matched && at == start)
			add_start(s, now, at);
		is_matched |= step_threads(s, now, then, at);
		if (at == s->n)
			return is_matched;
		(void)text_char(s, at, &width);
		at += width;
		if (!is_matched && start < at)
			start = search_start(s, at);
		swap = now;
		now = then;
		then = swap;
	}
}
