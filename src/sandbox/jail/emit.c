#include "jail/emit.h"

#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/*
 * Jumps go forward only, at most 255 instructions if they are conditional.
 * So the program is written from its end: every target is known when a jump
 * to it is written. A place is counted from the end, too.
 */
#define REACH    250
#define VERDICTS 16
#define NUMBERS  1024 /* system calls of an architecture: 0 to this */

struct target {
	uint32_t verdict; /* for a return, so that it can be repeated nearby */
	bool is_verdict, written;
	unsigned place;
};

struct writer {
	struct sock_filter code[EMIT_MAX]; /* the last instruction first */
	unsigned n;
	struct emit_spots self, worker; /* counted from the end */
	struct target verdict[VERDICTS];
	unsigned verdicts;
	struct target at[EMIT_MAX]; /* one for each instruction */
	struct target *of[NUMBERS]; /* what becomes of each number */
	const struct policy *policy;
	enum call_arch arch;
	unsigned variant;
	const char *why;
};

#define STEP(code, k) (struct sock_filter) BPF_STMT(code, k)

static void
put_step(struct writer *w, struct sock_filter step)
{
	if (w->n == EMIT_MAX)
		w->why = "the program is too long";
	else
		w->code[w->n++] = step;
}

static struct target *
put_verdict(struct writer *w, uint32_t value)
{
	if ((w->variant & POLICY_AUDIT) != 0 && value != SECCOMP_RET_ALLOW &&
	    value != SECCOMP_RET_KILL_PROCESS)
		value = SECCOMP_RET_USER_NOTIF;
	for (unsigned i = 0; i < w->verdicts; i++) {
		if (w->verdict[i].verdict == value)
			return &w->verdict[i];
	}
	if (w->verdicts == VERDICTS) {
		w->why = "too many different verdicts";
		return &w->verdict[0];
	}
	w->verdict[w->verdicts] =
	    (struct target){ .verdict = value, .is_verdict = true };
	return &w->verdict[w->verdicts++];
}

/* Makes t a place that the next conditional jump can reach. */
static void
bring_near(struct writer *w, struct target *t)
{
	if (t->written && w->n - t->place < REACH)
		return;
	if (t->is_verdict)
		put_step(w, STEP(BPF_RET | BPF_K, t->verdict));
	else
		put_step(w, STEP(BPF_JMP | BPF_JA, w->n - 1 - t->place));
	t->place = w->n - 1;
	t->written = true;
}

static void
put_jump(struct writer *w, uint16_t op, uint32_t k, struct target *yes,
    struct target *no)
{
	bring_near(w, yes);
	bring_near(w, no);
	put_step(w, (struct sock_filter)BPF_JUMP(BPF_JMP | op | BPF_K, k,
			w->n - 1 - yes->place, w->n - 1 - no->place));
}

static void
put_load(struct writer *w, size_t offset)
{
	put_step(w, STEP(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static size_t
low_half(int arg)
{
	return offsetof(struct seccomp_data, args) + 8 * (size_t)arg;
}

/* The place of what was written last. */
static struct target *
here(struct writer *w)
{
	struct target *t = &w->at[w->n - 1];

	t->written = true;
	t->place = w->n - 1;
	return t;
}

/* What was written last compares with a number that is not known yet. */
static void
note_spot(struct writer *w, struct emit_spots *spots)
{
	if (spots->n == EMIT_SPOTS)
		w->why = "too many rows ask for one process";
	else
		spots->at[spots->n++] = w->n - 1;
}

static struct target *
put_low(struct writer *w, const struct policy_condition *c, struct target *yes,
    struct target *no)
{
	switch (c->test) {
	case POLICY_WITHIN:
	case POLICY_WITHIN32:
		put_jump(w, BPF_JSET, ~c->value, no, yes);
		break;
	case POLICY_UP_TO32:
		put_jump(w, BPF_JGT, c->value, no, yes);
		break;
	case POLICY_FROM32:
		put_jump(w, BPF_JGE, c->value, yes, no);
		break;
	default:
		put_jump(w, BPF_JEQ, c->value, yes, no);
		break;
	}
	if (c->test == POLICY_SELF32)
		note_spot(w, &w->self);
	if (c->test == POLICY_WORKER32)
		note_spot(w, &w->worker);
	if (c->ignore != 0)
		put_step(w, STEP(BPF_ALU | BPF_AND | BPF_K, ~c->ignore));
	put_load(w, low_half(c->arg));
	return here(w);
}

static struct target *
put_condition(struct writer *w, const struct policy_condition *c,
    struct target *yes, struct target *no)
{
	struct target *low = put_low(w, c, yes, no);

	if (c->test != POLICY_IS && c->test != POLICY_WITHIN)
		return low;
	put_jump(w, BPF_JEQ, 0, low, no);
	put_load(w, low_half(c->arg) + 4);
	return here(w);
}

/* Writes row r in front of what decides when it does not hold. */
static struct target *
put_rule(struct writer *w, const struct policy_rule *r, struct target *no)
{
	struct target *yes = put_verdict(w, r->verdict);
	int n = 0;

	while (n < POLICY_CONDITIONS && r->when[n].test != POLICY_END)
		n++;
	for (int i = n; i-- > 0;) {
		struct policy_condition c = r->when[i];

		c.value = call_value(w->arch, r->call, c.arg, c.value);
		yes = put_condition(w, &c, yes, no);
	}
	return yes;
}

static bool
is_rule_of(const struct writer *w, const struct policy_rule *r,
    const char *call)
{
	return (r->variants & w->variant) != 0 && call_is(call, r->call);
}

static struct target *
put_call(struct writer *w, const char *call)
{
	const struct policy_rule *const rules = w->policy->rules, *r = rules;
	struct target *next = put_verdict(w, w->policy->rest);

	while (r->call[0] != '\0')
		r++;
	while (r-- > rules) {
		if (is_rule_of(w, r, call))
			next = put_rule(w, r, next);
	}
	return next;
}

/* The last number has no call: what is above it ends the same way. */
static void
put_calls(struct writer *w)
{
	struct target *rest = put_verdict(w, w->policy->rest);

	for (long nr = 0; nr < NUMBERS; nr++) {
		const char *call =
		    nr < NUMBERS - 1 ? call_name(w->arch, nr) : NULL;

		w->of[nr] = call != NULL ? put_call(w, call) : rest;
	}
}

/* The tree over the runs of numbers from..to-1 that end the same way. */
static struct target *
put_tree(struct writer *w, const unsigned *start, size_t from, size_t to)
{
	size_t middle = from + (to - from) / 2;
	struct target *left, *right;

	if (to - from == 1)
		return w->of[start[from]];
	right = put_tree(w, start, middle, to);
	left = put_tree(w, start, from, middle);
	put_jump(w, BPF_JGE, start[middle], right, left);
	return here(w);
}

static void
put_head(struct writer *w, struct target *root)
{
	struct target *kill = put_verdict(w, SECCOMP_RET_KILL_PROCESS);
	struct target *number;

	/* x32 numbers have the architecture of x86_64 and bit 30 */
	if (w->arch == CALL_X86_64) {
		put_jump(w, BPF_JSET, 0x40000000, kill, root);
		root = here(w);
	}
	if (w->policy->takes_none)
		put_jump(w, BPF_JEQ, UINT32_MAX,
		    put_verdict(w, SECCOMP_RET_ALLOW), root);
	put_load(w, offsetof(struct seccomp_data, nr));
	number = here(w);
	put_jump(w, BPF_JEQ, call_arch_audit(w->arch), number, kill);
	put_load(w, offsetof(struct seccomp_data, arch));
}

static void
put_program(struct writer *w)
{
	static unsigned start[NUMBERS];
	size_t runs = 0;

	put_calls(w);
	for (unsigned nr = 0; nr < NUMBERS; nr++) {
		if (nr == 0 || w->of[nr] != w->of[nr - 1])
			start[runs++] = nr;
	}
	put_head(w, put_tree(w, start, 0, runs));
}

static bool
is_call(const char *name)
{
	for (int arch = 0; arch < CALL_ARCHS; arch++) {
		if (call_number((enum call_arch)arch, name) >= 0)
			return true;
	}
	return false;
}

static const char *
unknown_call(const struct policy *policy)
{
	for (const struct policy_rule *r = policy->rules; r->call[0] != '\0';
	     r++) {
		if (!is_call(r->call))
			return r->call;
	}
	return NULL;
}

static void
copy_spots(struct emit_spots *to, const struct emit_spots *from, unsigned n)
{
	to->n = from->n;
	for (unsigned i = 0; i < from->n; i++)
		to->at[i] = n - 1 - from->at[i];
}

int
emit(struct emitted *out, enum call_arch arch, const struct policy *policy,
    unsigned variant, const char **why)
{
	static struct writer w;

	*why = unknown_call(policy);
	if (*why != NULL)
		return -1;
	memset(&w, 0, sizeof(w));
	w.policy = policy;
	w.arch = arch;
	w.variant = variant;
	put_program(&w);
	*why = w.why;
	if (w.why != NULL)
		return -1;
	out->n = w.n;
	for (unsigned i = 0; i < w.n; i++)
		out->code[i] = w.code[w.n - 1 - i];
	copy_spots(&out->self, &w.self, w.n);
	copy_spots(&out->worker, &w.worker, w.n);
	return 0;
}

void
emit_print_code(const struct emitted *e)
{
	for (unsigned i = 0; i < e->n; i++)
		printf("\t{ 0x%02x, %u, %u, 0x%08x },\n", e->code[i].code,
		    e->code[i].jt, e->code[i].jf, e->code[i].k);
}

/* The last one is none: no array of C is empty. */
void
emit_print_spots(const struct emit_spots *spots)
{
	for (unsigned i = 0; i < spots->n; i++)
		printf("%u, ", spots->at[i]);
	printf("0");
}

int
emit_flush(void)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return 0;
	perror("gen: standard output");
	return -1;
}
