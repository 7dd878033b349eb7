#include "reach/flow.h"

#include "base/mem.h"
#include "reach/host.h"
#include "reach/inside.h"

#define SCHEME_END STR("://")

const struct why *
reach_why(struct reach *in, const struct syntax_node *at, const char *what,
    struct str name)
{
	struct why *why = pool_alloc(in->pool, sizeof(*why));

	*why = (struct why){ at, what, name };
	return why;
}

void
reach_give_up(struct reach *in, const struct syntax_node *at, const char *what)
{
	if (in->beyond == NULL)
		in->beyond = reach_why(in, at, what, STR_NONE);
}

void
reach_step(struct reach *in, unsigned n)
{
	in->steps += n + 1;
	if (in->steps > REACH_MAX_STEPS)
		reach_give_up(in, in->inside, "too much to follow");
}

struct flow
flow_from(uint64_t from)
{
	return (struct flow){ from, NULL, NULL, 0 };
}

struct flow
flow_any(struct reach *in, const struct syntax_node *at, const char *what,
    struct str name)
{
	return (
	    struct flow){ FROM_ANY, reach_why(in, at, what, name), NULL, 0 };
}

struct flow
flow_atom(struct reach *in, struct atom *atom)
{
	struct atom **one = pool_alloc(in->pool, sizeof(*one));

	*one = atom;
	return (struct flow){ 0, NULL, one, 1 };
}

uint64_t
flow_named(struct reach *in, enum reach_from from, struct str name)
{
	unsigned i;

	for (i = 0; i < in->n_named; i++) {
		const struct named *named = &in->named[i];

		if (named->from == from &&
		    (named->name.p == NULL) == (name.p == NULL) &&
		    str_eq(named->name, name))
			return (uint64_t)1 << (FROM_NAMED + i);
	}
	if (i == FLOW_MAX_NAMED)
		return FROM_ANY;
	in->named[in->n_named++] = (struct named){ from, name };
	return (uint64_t)1 << (FROM_NAMED + i);
}

static bool
has_all_atoms(struct flow set, struct flow part)
{
	unsigned i = 0;

	if (part.atom == set.atom)
		return part.n <= set.n;
	for (unsigned k = 0; k < part.n; k++) {
		while (i < set.n && set.atom[i]->id < part.atom[k]->id)
			i++;
		if (i == set.n || set.atom[i] != part.atom[k])
			return false;
	}
	return true;
}

/* Both, sorted, without the texts if these are too many. */
static unsigned
merge(const struct flow *a, const struct flow *b, bool texts, struct atom **out)
{
	unsigned i = 0, k = 0, n = 0;

	while (i < a->n || k < b->n) {
		struct atom *next;

		if (k == b->n ||
		    (i < a->n && a->atom[i]->id <= b->atom[k]->id)) {
			next = a->atom[i];
			k += k < b->n && b->atom[k] == next;
			i++;
		} else {
			next = b->atom[k++];
		}
		if (texts || next->kind != ATOM_TEXT)
			out[n++] = next;
	}
	return n;
}

struct flow
flow_union(struct reach *in, struct flow a, struct flow b)
{
	uint64_t from = a.from | b.from;
	const struct why *why = a.why != NULL ? a.why : b.why;
	struct atom **list;
	unsigned n;

	reach_step(in, a.n + b.n);
	if (b.n == 0 || has_all_atoms(a, b))
		return (struct flow){ from, why, a.atom, a.n };
	if (a.n == 0 || has_all_atoms(b, a))
		return (struct flow){ from, why, b.atom, b.n };
	list = pool_array(in->pool, a.n + b.n, sizeof(struct atom *));
	n = merge(&a, &b, !(from & FROM_MANY), list);
	if (n > FLOW_MAX_ATOMS && !(from & FROM_MANY)) {
		from |= FROM_MANY | FROM_ANY;
		n = merge(&a, &b, false, list);
		if (why == NULL)
			why = reach_why(in, in->inside, "too many texts",
			    STR_NONE);
	}
	if (n > FLOW_MAX_ATOMS)
		reach_give_up(in, in->inside, "too many tables and functions");
	return (struct flow){ from, why, list, n };
}

void
flow_add(struct reach *in, struct flow *to, struct flow more)
{
	struct flow both = flow_union(in, *to, more);

	if (both.from != to->from || both.n != to->n)
		in->changed = true;
	*to = both;
}

#define BYTES_A_STEP 16 /* that are hashed */

/* FNV-1a over the pieces */
static unsigned
hash_of(struct reach *in, const struct piece *piece, unsigned n)
{
	uint64_t h = 14695981039346656037u;

	for (unsigned i = 0; i < n; i++) {
		h = (h ^ piece[i].hole) * 1099511628211u;
		for (size_t k = 0; k < piece[i].text.n; k++)
			h = (h ^ (unsigned char)piece[i].text.p[k]) *
			    1099511628211u;
		reach_step(in, (unsigned)(piece[i].text.n / BYTES_A_STEP));
	}
	return (unsigned)(h >> 32) % REACH_HASH;
}

static bool
pieces_equal(const struct atom *atom, const struct piece *piece, unsigned n)
{
	if (atom->n != n)
		return false;
	for (unsigned i = 0; i < n; i++) {
		if (atom->piece[i].hole != piece[i].hole ||
		    !str_eq(atom->piece[i].text, piece[i].text))
			return false;
	}
	return true;
}

/* NULL: there are too many. */
static struct atom *
text_atom(struct reach *in, const struct piece *piece, unsigned n, unsigned age,
    const struct why *why)
{
	struct atom **at = &in->made[hash_of(in, piece, n)], *atom;

	for (atom = *at; atom != NULL; atom = atom->next) {
		if (pieces_equal(atom, piece, n))
			return atom;
		reach_step(in, 0);
	}
	if (in->texts == FLOW_MAX_MADE)
		return NULL;
	in->texts++;
	atom = pool_zalloc(in->pool, sizeof(*atom));
	atom->kind = ATOM_TEXT;
	atom->id = in->atoms++;
	atom->age = age;
	atom->n = n;
	atom->piece = pool_array(in->pool, n, sizeof(*piece));
	for (unsigned i = 0; i < n; i++)
		atom->piece[i] =
		    (struct piece){ pool_copy(in->pool, piece[i].text),
			    piece[i].hole };
	atom->why = why;
	atom->next = *at;
	*at = atom;
	return atom;
}

struct flow
flow_text(struct reach *in, struct str text)
{
	struct piece piece = { text, 0 };
	struct atom *atom = text_atom(in, &piece, 1, 0, NULL);

	return atom != NULL
	           ? flow_atom(in, atom)
	           : flow_any(in, in->inside, "too many texts", STR_NONE);
}

struct str
flow_literal(const struct atom *atom)
{
	if (atom->kind != ATOM_TEXT || atom->n != 1 || atom->piece[0].hole != 0)
		return STR_NONE;
	return atom->piece[0].text.p != NULL ? atom->piece[0].text : STR("");
}

bool
flow_is_literal(struct flow flow)
{
	for (unsigned i = 0; i < flow.n; i++) {
		if (flow_literal(flow.atom[i]).p == NULL)
			return false;
	}
	return flow.from == 0 && flow.n != 0;
}

/* A text that is being put together. */
struct making {
	struct piece piece[FLOW_MAX_PIECES];
	unsigned n, age;
	const struct why *why;
	bool has_scheme;  /* "://" was there */
	bool is_complete; /* and then a '/', '?' or '#' */
	bool is_beyond;
};

/* Where the host ends in a literal, behind "://"; its length if it does not. */
static size_t
end_of_host(struct str text, size_t from)
{
	while (from < text.n && text.p[from] != '/' && text.p[from] != '?' &&
	       text.p[from] != '#')
		from++;
	return from;
}

/* Looks whether the last piece ends a host, and cuts behind that. */
static void
complete(struct making *text, size_t seen)
{
	struct piece *last = &text->piece[text->n - 1];
	size_t at = 0;

	if (!text->has_scheme) {
		at = str_find(last->text, SCHEME_END);
		if (at == STR_NPOS)
			return;
		at += 3;
		text->has_scheme = true;
	} else {
		at = seen;
	}
	at = end_of_host(last->text, at);
	if (at < last->text.n) {
		last->text.n = at + 1;
		text->is_complete = true;
	}
}

static void
append_literal(struct reach *in, struct making *text, struct str more)
{
	struct piece *last = text->n != 0 ? &text->piece[text->n - 1] : NULL;
	size_t seen = 0;

	if (more.n == 0)
		return;
	if (last != NULL && last->hole == 0) {
		char *both = pool_alloc(in->pool, last->text.n + more.n);

		memcpy(both, last->text.p, last->text.n);
		memcpy(both + last->text.n, more.p, more.n);
		seen = last->text.n;
		last->text = str_view(both, last->text.n + more.n);
	} else if (text->n == FLOW_MAX_PIECES) {
		text->is_beyond = true;
		return;
	} else {
		text->piece[text->n++] = (struct piece){ more, 0 };
	}
	complete(text, seen);
}

static bool
same_piece(const struct piece *a, const struct piece *b)
{
	return a->hole == b->hole && str_eq(a->text, b->text);
}

/*
 * x = x .. ':' .. y in a loop, or in a branch that we walk again: what is
 * repeated at the end moves no host, and is there once.
 */
static void
drop_repeated(struct making *text)
{
	struct piece *last = &text->piece[text->n - 1];

	if (text->n >= 4 && same_piece(last, last - 2) &&
	    same_piece(last - 1, last - 3))
		text->n -= 2;
}

static void
append_hole(struct making *text, uint64_t hole, const struct why *why)
{
	struct piece *last = text->n != 0 ? &text->piece[text->n - 1] : NULL;

	if (text->why == NULL)
		text->why = why;
	if (last != NULL && last->hole != 0)
		last->hole |= hole;
	else if (text->n == FLOW_MAX_PIECES)
		text->is_beyond = true;
	else
		text->piece[text->n++] = (struct piece){ STR_NONE, hole };
	drop_repeated(text);
}

static void
append_atom(struct reach *in, struct making *text, const struct atom *atom)
{
	if (atom->age >= text->age)
		text->age = atom->age;
	for (unsigned i = 0; i < atom->n && !text->is_complete; i++) {
		if (atom->piece[i].hole != 0)
			append_hole(text, atom->piece[i].hole, atom->why);
		else
			append_literal(in, text, atom->piece[i].text);
	}
}

/* A row is no text; what else there is a hole. */
static uint64_t
hole_of(struct flow flow)
{
	uint64_t hole = flow.from & ~(FROM_ROW | FROM_REQUEST | FROM_MANY);

	return flow.from & FROM_ROW ? hole | FROM_TARGET : hole;
}

#define MOST_MAKINGS 64

struct makings {
	struct making text[MOST_MAKINGS];
	unsigned n;
};

static struct making *
one_more(struct makings *all, const struct making *old)
{
	if (all->n == MOST_MAKINGS)
		return NULL;
	all->text[all->n] = *old;
	return &all->text[all->n++];
}

/* Each of what there is so far, with each that may follow. */
static bool
append_flow(struct reach *in, const struct makings *old, struct makings *new,
    struct flow part)
{
	uint64_t hole = hole_of(part);

	reach_step(in, old->n * (part.n + 1) * FLOW_MAX_PIECES);
	for (unsigned i = 0; i < old->n && in->beyond == NULL; i++) {
		struct making *text;

		if (old->text[i].is_complete) {
			if (one_more(new, &old->text[i]) == NULL)
				return false;
			continue;
		}
		for (unsigned k = 0; k < part.n; k++) {
			if (part.atom[k]->kind != ATOM_TEXT)
				continue;
			if ((text = one_more(new, &old->text[i])) == NULL)
				return false;
			append_atom(in, text, part.atom[k]);
		}
		if (hole == 0)
			continue;
		if ((text = one_more(new, &old->text[i])) == NULL)
			return false;
		append_hole(text, hole, part.why);
	}
	return true;
}

/* With a blank in it, it is neither a URL nor a host, but what somebody reads. */
static bool
is_prose(const struct making *text)
{
	for (unsigned i = 0; i < text->n; i++) {
		struct str literal = text->piece[i].text;

		for (size_t k = 0; k < literal.n; k++) {
			if (char_is_blank(literal.p[k]))
				return true;
		}
	}
	return false;
}

/* What can be cut out of it, so that it does not grow. */
static struct flow
prose(const struct making *text)
{
	struct flow out = { FROM_PLAIN, text->why, NULL, 0 };

	for (unsigned i = 0; i < text->n; i++)
		out.from |= text->piece[i].hole;
	return out;
}

static struct flow
made_text(struct reach *in, const struct making *text,
    const struct syntax_node *at)
{
	struct atom *atom = NULL;

	if (is_prose(text))
		return prose(text);
	if (!text->is_beyond && text->age < FLOW_MAX_AGE)
		atom = text_atom(in, text->piece, text->n, text->age + 1,
		    text->why);
	return atom != NULL
	           ? flow_atom(in, atom)
	           : flow_any(in, at, "made of too many parts", STR_NONE);
}

struct flow
flow_concat(struct reach *in, const struct flow *part, unsigned n,
    const struct syntax_node *at)
{
	struct makings *all = in->making;
	struct flow result = FLOW_NONE;
	unsigned now = 0;

	if (all == NULL)
		all = in->making = pool_array(in->pool, 2, sizeof(*all));
	all[0].n = 1;
	all[0].text[0] = (struct making){ .n = 0 };
	for (unsigned i = 0; i < n; i++, now = !now) {
		all[!now].n = 0;
		if (!append_flow(in, &all[now], &all[!now], part[i]))
			return flow_any(in, at, "too many texts", STR_NONE);
	}
	for (unsigned i = 0; i < all[now].n; i++)
		result = flow_union(in, result,
		    made_text(in, &all[now].text[i], at));
	return result;
}

bool
object_visit(struct reach *in, struct object *object)
{
	if (object->visit == in->visit)
		return false;
	object->visit = in->visit;
	return true;
}

/* A literal that is a URL with a host, or a host: found once for each. */
static bool
names_host(struct reach *in, struct atom *atom)
{
	struct str text = flow_literal(atom), host = text;
	size_t at = str_find(text, SCHEME_END);

	if (atom->looked)
		return atom->names_host;
	atom->looked = true;
	if (at != STR_NPOS)
		host =
		    str_sub(text, at + 3, end_of_host(text, at + 3) - at - 3);
	at = str_rfind_char(host, '@');
	if (at != STR_NPOS)
		host = str_from(host, at + 1);
	host = str_sub(host, 0, str_find_char(host, ':'));
	atom->names_host = str_find_char(host, '.') != STR_NPOS &&
	                   reach_host_name(in->pool, host).p != NULL;
	return atom->names_host;
}

/*
 * The holes of texts, and what is in tables. Of a literal it is all of it, if
 * that names a host, and else plain: beside other things a pattern.
 */
static void
add_parts(struct reach *in, struct flow flow, struct flow *out, unsigned depth)
{
	struct flow more = { hole_of(flow), flow.why, NULL, 0 };

	if (flow.from & FROM_REQUEST)
		more.from |= FROM_PLAIN;
	*out = flow_union(in, *out, more);
	for (unsigned i = 0; i < flow.n && in->beyond == NULL; i++) {
		struct atom *atom = flow.atom[i];
		struct flow holes = { 0, atom->why, NULL, 0 };

		for (unsigned k = 0; k < atom->n; k++)
			holes.from |= atom->piece[k].hole;
		if (atom->kind == ATOM_TEXT && holes.from == 0)
			holes.from = FROM_PLAIN;
		*out = flow_union(in, *out, holes);
		if (atom->kind == ATOM_TEXT &&
		    (holes.from != FROM_PLAIN || names_host(in, atom)))
			*out = flow_union(in, *out, flow_atom(in, atom));
		if (atom->kind != ATOM_TABLE || !object_visit(in, atom->object))
			continue;
		if (depth == FLOW_MAX_DEPTH)
			reach_give_up(in, in->inside, "tables in tables");
		else
			add_parts(in, object_all(in, atom->object), out,
			    depth + 1);
	}
}

struct flow
flow_parts(struct reach *in, struct flow flow)
{
	struct flow out = FLOW_NONE;

	in->visit++;
	add_parts(in, flow, &out, 0);
	return out;
}

struct flow *
object_field(struct object *object, const char *name)
{
	for (unsigned i = 0; i < object->fields; i++) {
		if (str_is(object->field[i].name, name))
			return &object->field[i].flow;
	}
	return NULL;
}

static struct flow *
field_of(struct reach *in, struct object *object, struct str name, bool make)
{
	for (unsigned i = 0; i < object->fields; i++) {
		if (str_eq(object->field[i].name, name))
			return &object->field[i].flow;
	}
	if (!make)
		return NULL;
	if (object->fields == FLOW_MAX_FIELDS)
		return &object->other;
	object->field = pool_push(in->pool, object->field, object->fields,
	    sizeof(*object->field));
	object->field[object->fields] = (struct entry){ name, FLOW_NONE };
	return &object->field[object->fields++].flow;
}

struct flow
object_all(struct reach *in, struct object *object)
{
	struct flow all = flow_union(in, object->item, object->other);

	for (unsigned i = 0; i < object->fields; i++)
		all = flow_union(in, all, object->field[i].flow);
	return all;
}

static bool
is_number(struct str text)
{
	return text.n != 0 && char_is_digit(text.p[text.n - 1]) &&
	       (char_is_digit(text.p[0]) || text.p[0] == '-');
}

struct flow
object_read(struct reach *in, struct object *object, struct flow key)
{
	struct flow out = object->other;

	if (!flow_is_literal(key))
		return object_all(in, object);
	for (unsigned i = 0; i < key.n; i++) {
		struct str name = flow_literal(key.atom[i]);
		struct flow *field = field_of(in, object, name, false);

		if (field != NULL)
			out = flow_union(in, out, *field);
		if (is_number(name))
			out = flow_union(in, out, object->item);
	}
	return out;
}

void
object_write(struct reach *in, struct object *object, struct flow key,
    struct flow value)
{
	if (key.from == FROM_PLAIN && key.n == 0) {
		flow_add(in, &object->item, value);
		return;
	}
	if (!flow_is_literal(key)) {
		flow_add(in, &object->other, value);
		return;
	}
	for (unsigned i = 0; i < key.n; i++) {
		struct str name = flow_literal(key.atom[i]);

		flow_add(in,
		    is_number(name) ? &object->item
				    : field_of(in, object, name, true),
		    value);
	}
}
