/*
 * hint: what can be known about a program before it is run, so that most texts
 * are never looked at instruction by instruction.
 *
 * All but the needed byte is found by walking over the instructions that can
 * come next without a character in between (struct walk): whether a match can
 * only start at the beginning, which bytes it can start with, which text it
 * starts with, which character must come first after some of a known set
 * ("@" in "[a-z]+@"), and which loops never profit from giving back what they
 * took. A hint may be missing, and must never be wrong: what would take long
 * to find out is not found out (FOLLOW_MOST, STEPS_MOST).
 */
#include "base/mem.h"
#include "base/utf8.h"
#include "regex/prog.h"
#include "regex/unicode.h"

#define PREFIX_MOST 32 /* bytes: a search for more would not be faster */
#define LEAD_MOST   32 /* instructions before a character to look for */

/* A loop is not compared with more that can follow it, and all loops
 * together not with more: then they stay as they are. */
#define FOLLOW_MOST 32
#define STEPS_MOST  ((size_t)1 << 20)

/* The instructions that can come next at one place of the text. */
struct walk {
	const struct regex *re;
	uint32_t *seen; /* in which round, for each instruction */
	uint32_t round;
	uint32_t *stack, n;
	bool looks; /* go past OP_LOOK */
	size_t steps;
};

static void
walk_push(struct walk *w, uint32_t at)
{
	if (w->seen[at] == w->round)
		return;
	w->seen[at] = w->round;
	w->stack[w->n++] = at;
}

static void
walk_start(struct walk *w, uint32_t at, bool looks)
{
	w->round++;
	w->n = 0;
	w->looks = looks;
	walk_push(w, at);
}

/* One that needs a character, OP_MATCH, or OP_LOOK; NULL: that was all. */
static const struct insn *
walk_next(struct walk *w)
{
	while (w->n != 0) {
		uint32_t at = w->stack[--w->n];
		const struct insn *insn = &w->re->insn[at];

		w->steps++;
		switch (insn->op) {
		case OP_SPLIT:
			walk_push(w, insn->y);
			walk_push(w, insn->x);
			break;
		case OP_JUMP:
			walk_push(w, insn->x);
			break;
		case OP_SAVE:
			walk_push(w, at + 1);
			break;
		case OP_LOOK:
			if (!w->looks)
				return insn;
			walk_push(w, at + 1);
			break;
		case OP_LOOP:
			walk_push(w, at + 1);
			return insn;
		default:
			return insn;
		}
	}
	return NULL;
}

static bool
find_anchored(struct walk *w)
{
	const struct insn *insn;

	walk_start(w, 0, false);
	while ((insn = walk_next(w)) != NULL) {
		if (insn->op != OP_LOOK || insn->x != LOOK_START)
			return false;
	}
	return true;
}

static void
add_first(uint8_t first[256], const struct charset *set)
{
	for (uint32_t c = 0; c < 0x80; c++)
		first[c] |= charset_has(set, c);
	for (uint32_t i = 0; i < set->n; i++) {
		uint32_t low = set->range[i].first;
		char from[UTF8_MAX_BYTES], to[UTF8_MAX_BYTES];

		utf8_encode(low < 0x80 ? 0x80 : low, from);
		utf8_encode(set->range[i].last, to);
		for (unsigned b = (unsigned char)from[0];
		     b <= (unsigned char)to[0]; b++)
			first[b] = 1;
	}
}

/* false: a match can be empty. */
static bool
find_first(struct walk *w, uint8_t first[256])
{
	const struct insn *insn;

	walk_start(w, 0, true);
	while ((insn = walk_next(w)) != NULL) {
		char bytes[UTF8_MAX_BYTES];

		if (insn->op == OP_MATCH)
			return false;
		if (insn->op == OP_CHAR) {
			utf8_encode(insn->x, bytes);
			first[(unsigned char)bytes[0]] = 1;
		} else {
			add_first(first, &w->re->set[insn->x]);
		}
	}
	return true;
}

static struct str
find_prefix(struct regex *re)
{
	struct buf prefix = BUF_IN(&re->pool);

	for (uint32_t i = 0; prefix.n < PREFIX_MOST; i++) {
		if (re->insn[i].op == OP_CHAR)
			utf8_add(&prefix, re->insn[i].x);
		else if (re->insn[i].op != OP_SAVE)
			break;
	}
	return buf_str(&prefix);
}

static void
add_charset(struct set_maker *m, struct set *to, const struct charset *set)
{
	for (uint32_t c = 0; c < 0x80; c++) {
		if (charset_has(set, c))
			set_add(m, to, c, c);
	}
	for (uint32_t i = 0; i < set->n; i++)
		set_add(m, to, set->range[i].first, set->range[i].last);
}

static bool
set_has(const struct set *set, uint32_t c)
{
	for (size_t i = 0; i < set->n; i++) {
		if (c >= set->range[i].first && c <= set->range[i].last)
			return true;
	}
	return false;
}

/*
 * The first ASCII character that cannot be one of those that come before it,
 * as "@" in "([a-z]+)@": a match can only start so far before one as those
 * reach.
 */
static void
find_stop(struct regex *re, struct pool *pool)
{
	struct set_maker maker = { pool, SIZE_MAX };
	struct set lead = SET_NONE;

	re->stop = -1;
	for (uint32_t i = 0; i < LEAD_MOST; i++) {
		const struct insn *insn = &re->insn[i];

		if (insn->op == OP_SET || insn->op == OP_LOOP) {
			add_charset(&maker, &lead, &re->set[insn->x]);
		} else if (insn->op == OP_CHAR) {
			if (insn->x < 0x80 && !set_has(&lead, insn->x)) {
				set_sort(&maker, &lead);
				re->lead =
				    charset_of(&re->pool, lead.range, lead.n);
				re->stop = (int)insn->x;
				return;
			}
			set_add(&maker, &lead, insn->x, insn->x);
		} else if (insn->op != OP_SAVE) {
			return;
		}
	}
}

/* The better of two bytes to look for: letters are everywhere. */
static int
rarer(int a, int b)
{
	bool is_common = (a >= 'a' && a <= 'z') || a == ' ';

	return a == -1 || (is_common && b != -1) ? b : a;
}

static int
find_needed(const struct node *node)
{
	char bytes[UTF8_MAX_BYTES];
	int needed = -1;

	switch (node->kind) {
	case NODE_CHAR:
		return (
		    unsigned char)bytes[utf8_encode(node->value, bytes) - 1];
	case NODE_GROUP:
		return find_needed(node->body);
	case NODE_REPEAT:
		return node->min != 0 ? find_needed(node->body) : -1;
	case NODE_LIST:
		for (uint32_t i = 0; i < node->n; i++)
			needed = rarer(needed, find_needed(node->child[i]));
		return needed;
	default:
		return -1;
	}
}

static bool
are_disjoint(const struct charset *a, const struct charset *b)
{
	for (size_t i = 0; i < ARRAY_SIZE(a->ascii); i++) {
		if (a->ascii[i] & b->ascii[i])
			return false;
	}
	return !ranges_overlap(a->range, a->n, b->range, b->n);
}

/* Does the rest match wherever it begins? */
static bool
always_matches(struct walk *w, uint32_t at)
{
	const struct insn *insn;
	unsigned n = 0;

	walk_start(w, at, false);
	while ((insn = walk_next(w)) != NULL && n++ < FOLLOW_MOST) {
		if (insn->op == OP_MATCH)
			return true;
	}
	return false;
}

/* Can the rest only begin with a character that is not in set? */
static bool
never_begins_with(struct walk *w, uint32_t at, const struct charset *set)
{
	const struct insn *insn;
	unsigned n = 0;

	walk_start(w, at, true);
	while ((insn = walk_next(w)) != NULL) {
		if (n++ == FOLLOW_MOST || insn->op == OP_MATCH)
			return false;
		if (insn->op == OP_CHAR
			? charset_has(set, insn->x)
			: !are_disjoint(set, &w->re->set[insn->x]))
			return false;
	}
	return true;
}

/* Loops that need not try what they could leave. */
static void
find_whole_loops(struct regex *re, struct walk *w)
{
	w->steps = 0;
	for (uint32_t i = 0; i < re->n && w->steps < STEPS_MOST; i++) {
		struct insn *insn = &re->insn[i];

		if (insn->op != OP_LOOP)
			continue;
		if (never_begins_with(w, i + 1, &re->set[insn->x]) ||
		    (insn->mode == LOOP_GREEDY && always_matches(w, i + 1)))
			insn->mode = LOOP_ALL;
	}
}

static bool
begins_with_char(const struct regex *re, uint32_t at)
{
	return re->insn[at].op == OP_CHAR || re->insn[at].op == OP_SET;
}

static void
find_peeks(struct regex *re)
{
	for (uint32_t i = 0; i < re->n; i++) {
		struct insn *insn = &re->insn[i];

		if (insn->op != OP_SPLIT)
			continue;
		if (begins_with_char(re, insn->x))
			insn->mode |= SPLIT_PEEK_X;
		if (begins_with_char(re, insn->y))
			insn->mode |= SPLIT_PEEK_Y;
	}
}

static void
count_threads(struct regex *re)
{
	for (uint32_t i = 0; i < re->n; i++) {
		uint8_t op = re->insn[i].op;

		re->threads += op == OP_CHAR || op == OP_SET || op == OP_LOOP ||
		               op == OP_MATCH;
	}
}

static void
add_word(struct regex *re, struct pool *pool)
{
	struct set_maker maker = { pool, SIZE_MAX };
	struct set set = SET_NONE;

	for (uint32_t i = 0; i < re->n; i++) {
		const struct insn *insn = &re->insn[i];

		if (insn->op != OP_LOOK ||
		    (insn->x != LOOK_WORD && insn->x != LOOK_NOT_WORD))
			continue;
		unicode_add_class(&maker, &set, UNICODE_CLASS_WORD);
		re->word = charset_of(&re->pool, set.range, set.n);
		return;
	}
}

void
regex_hint(struct regex *re, const struct node *node, struct pool *pool)
{
	struct walk w = {
		.re = re,
		.seen = pool_zalloc(pool, re->n * sizeof(*w.seen)),
		.stack = pool_array(pool, re->n, sizeof(*w.stack)),
	};

	add_word(re, pool);
	re->is_anchored = find_anchored(&w);
	re->has_first = find_first(&w, re->first);
	re->prefix = find_prefix(re);
	re->needed = find_needed(node);
	find_stop(re, pool);
	find_peeks(re);
	find_whole_loops(re, &w);
	count_threads(re);
}
