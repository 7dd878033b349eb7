/* One thread after the other. */
#include "base/mem.h"
#include "regex/run.h"

/* Where a thread is. */
struct thread {
	uint32_t insn, at;
};

enum outcome {
	ALIVE,
	DEAD,
	MATCHED,
};

/* What is put off; the number of the instruction is in the bits above. */
enum {
	JOB_GO,   /* to the instruction, at a */
	JOB_LESS, /* leave the loop with one less than b, down to a */
	JOB_MORE, /* one more of the loop, at a */
	JOB_SLOT, /* put back b into slot a */
	JOB_BITS = 2,
};

/* Notes that a thread is there; false: one was. */
static inline bool
visit(struct regex_search *s, uint32_t row, uint32_t at)
{
	uint64_t bit = (uint64_t)(row - 1) * (s->n + 1) + at;
	uint64_t *word = &s->bits[bit / 64], mask = (uint64_t)1 << bit % 64;

	if (*word & mask)
		return false;
	*word |= mask;
	return true;
}

/* Steps over one of the set; false: there is none. */
static inline bool
eat(const struct regex_search *s, const struct charset *set, uint32_t *at)
{
	uint32_t width, c;

	if (*at == s->n)
		return false;
	c = text_char(s, *at, &width);
	if (!charset_has(set, c))
		return false;
	*at += width;
	return true;
}

/*
 * As far as the loop goes. Where a thread left it before, it need not be left
 * again; if one was just where it ends, and only that counts, this one fails.
 */
static enum outcome
run_loop(struct regex_search *s, const struct insn *insn, struct thread *t)
{
	const struct charset *set = &s->re->set[insn->x];
	uint32_t from = t->at, next = from;

	while (eat(s, set, &next)) {
		s->steps++;
		if (!visit(s, insn->row, next)) {
			if (insn->mode == LOOP_ALL)
				return DEAD;
			break;
		}
		t->at = next;
	}
	if (t->at != from && insn->mode != LOOP_ALL)
		jobs_push(s, t->insn << JOB_BITS | JOB_LESS, from, t->at);
	t->insn++;
	return ALIVE;
}

static void
save(struct regex_search *s, uint32_t slot, uint32_t at)
{
	/* with nothing put off there is nobody who would see the old value */
	if (s->jobs.n != 0)
		jobs_push(s, JOB_SLOT, slot, s->slot[slot]);
	s->slot[slot] = at;
}

static inline bool
is_char(const struct regex_search *s, uint32_t c, uint32_t *at)
{
	uint32_t width = 1;

	if (*at == s->n)
		return false;
	if (c < 0x80 ? s->text[*at] != c : text_char(s, *at, &width) != c)
		return false;
	*at += width;
	return true;
}

/* Does the instruction, which needs a character, find it? */
static inline bool
peek_char(const struct regex_search *s, uint32_t i, uint32_t at)
{
	const struct insn *insn = &s->re->insn[i];

	return insn->op == OP_CHAR ? is_char(s, insn->x, &at)
	                           : eat(s, &s->re->set[insn->x], &at);
}

/* A way that ends with the next character is not worth putting off. */
static void
split_thread(struct regex_search *s, const struct insn *insn, struct thread *t)
{
	if ((insn->mode & SPLIT_PEEK_X) && !peek_char(s, insn->x, t->at)) {
		t->insn = insn->y;
		return;
	}
	if (!(insn->mode & SPLIT_PEEK_Y) || peek_char(s, insn->y, t->at))
		jobs_push(s, insn->y << JOB_BITS | JOB_GO, t->at, 0);
	t->insn = insn->x;
}

static inline enum outcome
step_thread(struct regex_search *s, struct thread *t)
{
	const struct insn *insn = &s->re->insn[t->insn];

	s->steps++;
	if (insn->row != 0 && !visit(s, insn->row, t->at))
		return DEAD;
	switch (insn->op) {
	case OP_CHAR:
		t->insn++;
		return is_char(s, insn->x, &t->at) ? ALIVE : DEAD;
	case OP_SET:
		t->insn++;
		return eat(s, &s->re->set[insn->x], &t->at) ? ALIVE : DEAD;
	case OP_LOOP:
		if (insn->mode != LOOP_LAZY)
			return run_loop(s, insn, t);
		jobs_push(s, t->insn << JOB_BITS | JOB_MORE, t->at, 0);
		t->insn++;
		return ALIVE;
	case OP_SPLIT:
		split_thread(s, insn, t);
		return ALIVE;
	case OP_JUMP:
		t->insn = insn->x;
		return ALIVE;
	case OP_SAVE:
		save(s, insn->x, t->at);
		t->insn++;
		return ALIVE;
	case OP_LOOK:
		t->insn++;
		return look_holds(s, insn->x, t->at) ? ALIVE : DEAD;
	default:
		return MATCHED;
	}
}

/* Takes up what was put off last; false: nothing is left. */
static bool
resume(struct regex_search *s, struct thread *t)
{
	while (s->jobs.n != 0) {
		struct job *job = &s->jobs.job[s->jobs.n - 1];

		t->insn = job->what >> JOB_BITS;
		t->at = job->a;
		switch (job->what & ((1 << JOB_BITS) - 1)) {
		case JOB_GO:
			s->jobs.n--;
			return true;
		case JOB_LESS:
			t->insn++;
			t->at = text_back(s, job->b);
			job->b = t->at;
			if (t->at == job->a)
				s->jobs.n--;
			return true;
		case JOB_MORE:
			s->jobs.n--;
			if (eat(s, &s->re->set[s->re->insn[t->insn].x], &t->at))
				return true;
			break;
		default:
			s->slot[job->a] = job->b;
			s->jobs.n--;
			break;
		}
	}
	return false;
}

bool
backtrack_run(struct regex_search *s, uint32_t at)
{
	struct thread t = { 0, at };

	for (uint32_t i = 0; i < 2 * s->re->groups; i++)
		s->slot[i] = REGEX_NONE;
	s->jobs.n = 0;
	for (;;) {
		enum outcome outcome = step_thread(s, &t);

		if (outcome == MATCHED) {
			s->slot[0] = at;
			s->slot[1] = t.at;
			return true;
		}
		if (outcome == DEAD && !resume(s, &t))
			return false;
	}
}

/*
 * Who failed would fail again, whatever the search started with; so the notes
 * stay. But the threads of the match were not finished where it ends.
 */
void
backtrack_forget(struct regex_search *s)
{
	uint64_t bit = s->slot[1];

	for (uint32_t row = 0; row < s->re->rows; row++) {
		s->bits[bit / 64] &= ~((uint64_t)1 << bit % 64);
		bit += s->n + 1;
	}
}
