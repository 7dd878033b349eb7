#include "text/semver.h"

#include "base/num.h"

#define PARTS 3

static const char *const part_name[PARTS] = { "major", "minor", "patch" };

static bool
is_identifier(char c)
{
	return char_is_digit(c) || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '-';
}

static bool
is_wildcard(char c)
{
	return c == '*' || c == 'x' || c == 'X';
}

static void
skip_blanks(struct str *in)
{
	while (in->n != 0 && in->p[0] == ' ')
		*in = str_from(*in, 1);
}

static bool
take_char(struct str *in, char c)
{
	if (in->n == 0 || in->p[0] != c)
		return false;
	*in = str_from(*in, 1);
	return true;
}

static int
unexpected_char(struct str in, const char *after, struct err *err)
{
	if (in.n == 0)
		return err_set(err, "unexpected end of input after %s", after);
	return err_set(err, "unexpected character after %s", after);
}

static int
read_number(struct str *in, const char *name, uint64_t *out, struct err *err)
{
	size_t n = 0;

	while (n < in->n && char_is_digit(in->p[n]))
		n++;
	if (n == 0) {
		return in->n == 0
		           ? err_set(err,
				 "unexpected end of input while parsing %s version "
				 "number",
				 name)
		           : err_set(err,
				 "unexpected character while parsing %s version "
				 "number",
				 name);
	}
	if (n > 1 && in->p[0] == '0')
		return err_set(err, "invalid leading zero in %s version number",
		    name);
	if (num_read_u64(str_sub(*in, 0, n), out) == -1)
		return err_set(err,
		    "value of %s version number exceeds u64::MAX", name);
	*in = str_from(*in, n);
	return 0;
}

static bool
is_number(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!char_is_digit(s.p[i]))
			return false;
	}
	return true;
}

/* One piece between dots: a number has no leading zero in a pre-release. */
static int
check_piece(struct str piece, bool is_pre, const char *name, struct err *err)
{
	if (piece.n == 0)
		return err_set(err, "empty identifier segment in %s", name);
	if (is_pre && is_number(piece) && piece.n > 1 && piece.p[0] == '0')
		return err_set(err, "invalid leading zero in %s", name);
	return 0;
}

/* Identifiers with dots between, SemVer 9 and 10. */
static int
read_identifiers(struct str *in, bool is_pre, struct str *out, struct err *err)
{
	const char *name = is_pre ? "pre-release identifier" : "build metadata";
	struct str rest;
	size_t n = 0;

	while (n < in->n && (is_identifier(in->p[n]) || in->p[n] == '.'))
		n++;
	rest = str_sub(*in, 0, n);
	if (n == 0 || rest.p[n - 1] == '.')
		return err_set(err, "empty identifier segment in %s", name);
	while (rest.n != 0) {
		if (check_piece(str_cut(&rest, '.'), is_pre, name, err) == -1)
			return -1;
	}
	*out = str_sub(*in, 0, n);
	*in = str_from(*in, n);
	return 0;
}

/* "-pre" and "+build", both optional. */
static int
read_tail(struct str *in, struct str *pre, struct str *build, struct err *err)
{
	*pre = *build = STR_NONE;
	if (take_char(in, '-') && read_identifiers(in, true, pre, err) == -1)
		return -1;
	if (take_char(in, '+') && read_identifiers(in, false, build, err) == -1)
		return -1;
	return 0;
}

int
semver_read(struct str text, struct semver *out, struct err *err)
{
	struct str in = text;
	struct semver v;

	if (text.n == 0)
		return err_set(err, "empty string, expected a semver version");
	for (unsigned i = 0; i < PARTS; i++) {
		if (i != 0 && !take_char(&in, '.'))
			return unexpected_char(in, part_name[i - 1], err);
		if (read_number(&in, part_name[i], &v.part[i], err) == -1)
			return -1;
	}
	if (read_tail(&in, &v.pre, &v.build, err) == -1)
		return -1;
	if (in.n != 0)
		return unexpected_char(in, "version", err);
	*out = v;
	return 0;
}

static enum semver_op
read_op(struct str *in, bool *is_written)
{
	*is_written = true;
	if (take_char(in, '='))
		return SEMVER_EXACT;
	if (take_char(in, '>'))
		return take_char(in, '=') ? SEMVER_GREATER_EQ : SEMVER_GREATER;
	if (take_char(in, '<'))
		return take_char(in, '=') ? SEMVER_LESS_EQ : SEMVER_LESS;
	if (take_char(in, '~'))
		return SEMVER_TILDE;
	*is_written = take_char(in, '^');
	return SEMVER_CARET;
}

static bool
take_wildcard(struct str *in)
{
	if (in->n == 0 || !is_wildcard(in->p[0]))
		return false;
	*in = str_from(*in, 1);
	return true;
}

/* ".minor" and ".patch", which may be wildcards; nothing else behind one. */
static int
read_parts(struct str *in, struct semver_comparator *c, bool *has_wildcard,
    struct err *err)
{
	*has_wildcard = false;
	c->n = 1;
	for (unsigned i = 1; i < PARTS; i++) {
		if (!take_char(in, '.'))
			return 0;
		if (take_wildcard(in)) {
			*has_wildcard = true;
			continue;
		}
		if (*has_wildcard)
			return err_set(err,
			    "unexpected character after wildcard");
		if (read_number(in, part_name[i], &c->part[i], err) == -1)
			return -1;
		c->n = i + 1;
	}
	return 0;
}

static int
read_comparator(struct str *in, struct semver_comparator *out, struct err *err)
{
	struct semver_comparator c = { .pre = STR_NONE };
	bool is_written, has_wildcard;
	struct str build;

	c.op = read_op(in, &is_written);
	skip_blanks(in);
	if (in->n != 0 && is_wildcard(in->p[0]))
		return err_set(err, "unexpected wildcard in a comparator");
	if (read_number(in, part_name[0], &c.part[0], err) == -1 ||
	    read_parts(in, &c, &has_wildcard, err) == -1)
		return -1;
	if (has_wildcard && (!is_written || c.op == SEMVER_EXACT))
		c.op = SEMVER_WILDCARD;
	if (c.n == PARTS && read_tail(in, &c.pre, &build, err) == -1)
		return -1;
	skip_blanks(in);
	*out = c;
	return 0;
}

/* A lone wildcard stands for every version. */
static bool
is_lone_wildcard(struct str text)
{
	struct str in = text;

	skip_blanks(&in);
	if (!take_wildcard(&in))
		return false;
	skip_blanks(&in);
	return in.n == 0;
}

int
semver_req_read(struct str text, struct semver_req *out, struct err *err)
{
	struct semver_req req = { .n = 0 };
	struct str in = text;

	if (is_lone_wildcard(text)) {
		out->n = 0;
		return 0;
	}
	do {
		if (req.n == SEMVER_MAX_COMPARATORS)
			return err_set(err, "more than %d comparators",
			    SEMVER_MAX_COMPARATORS);
		skip_blanks(&in);
		if (read_comparator(&in, &req.comparator[req.n], err) == -1)
			return -1;
		req.n++;
	} while (take_char(&in, ','));
	if (in.n != 0)
		return unexpected_char(in, "comparator", err);
	*out = req;
	return 0;
}

/* Digits without leading zeros compare by their number first. */
static int
cmp_digits(struct str a, struct str b)
{
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return str_cmp(a, b);
}

static int
cmp_piece(struct str a, struct str b)
{
	bool a_number = is_number(a), b_number = is_number(b);

	if (a_number && b_number)
		return cmp_digits(a, b);
	if (a_number != b_number)
		return a_number ? -1 : 1;
	return str_cmp(a, b);
}

int
semver_cmp_pre(struct str a, struct str b)
{
	if (a.n == 0 || b.n == 0)
		return (a.n == 0) - (b.n == 0);
	while (a.n != 0 && b.n != 0) {
		int order = cmp_piece(str_cut(&a, '.'), str_cut(&b, '.'));

		if (order != 0)
			return order < 0 ? -1 : 1;
	}
	return (b.n == 0) - (a.n == 0);
}

/* The written parts against the version's, and then pre. */
static int
cmp(const struct semver *v, const struct semver_comparator *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		if (v->part[i] != c->part[i])
			return v->part[i] < c->part[i] ? -1 : 1;
	}
	return c->n == PARTS ? semver_cmp_pre(v->pre, c->pre) : 0;
}

/* The first n parts are equal, as far as they are written. */
static bool
has_parts(const struct semver_comparator *c, const struct semver *v, unsigned n)
{
	for (unsigned i = 0; i < n && i < c->n; i++) {
		if (v->part[i] != c->part[i])
			return false;
	}
	return true;
}

static bool
is_exact(const struct semver_comparator *c, const struct semver *v)
{
	/* as the reference has it: "=1.2" wants no pre-release */
	return has_parts(c, v, PARTS) && str_eq(v->pre, c->pre);
}

/* The parts before `fixed` are equal, and nothing is below what is written. */
static bool
is_from(const struct semver_comparator *c, const struct semver *v,
    unsigned fixed)
{
	return has_parts(c, v, fixed) && cmp(v, c) >= 0;
}

/* How many leading parts a caret keeps: up to the first that is not 0. */
static unsigned
caret_fixed(const struct semver_comparator *c)
{
	unsigned i = 0;

	while (i + 1 < c->n && c->part[i] == 0)
		i++;
	return i + 1;
}

static bool
comparator_matches(const struct semver_comparator *c, const struct semver *v)
{
	switch (c->op) {
	case SEMVER_EXACT:
	case SEMVER_WILDCARD:
		return is_exact(c, v);
	case SEMVER_GREATER:
		return cmp(v, c) > 0;
	case SEMVER_GREATER_EQ:
		return cmp(v, c) > 0 || is_exact(c, v);
	case SEMVER_LESS:
		return cmp(v, c) < 0;
	case SEMVER_LESS_EQ:
		return cmp(v, c) < 0 || is_exact(c, v);
	case SEMVER_TILDE:
		/* as the reference has it: "~1.2" wants no pre-release */
		return is_from(c, v, 2) &&
		       (c->n == PARTS || semver_cmp_pre(v->pre, c->pre) >= 0);
	case SEMVER_CARET:
		return is_from(c, v, caret_fixed(c));
	}
	return false;
}

static bool
allows_pre(const struct semver_comparator *c, const struct semver *v)
{
	return c->n == PARTS && c->pre.n != 0 &&
	       memcmp(c->part, v->part, sizeof(c->part)) == 0;
}

bool
semver_matches(const struct semver_req *req, const struct semver *v)
{
	bool is_allowed = v->pre.n == 0;

	for (size_t i = 0; i < req->n; i++) {
		if (!comparator_matches(&req->comparator[i], v))
			return false;
		is_allowed = is_allowed || allows_pre(&req->comparator[i], v);
	}
	return is_allowed;
}
