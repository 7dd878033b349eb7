/* What a call of a library function asks for, and what it gives. */
#include "base/mem.h"
#include "base/num.h"
#include "reach/inside.h"
#include "reach/library.h"
#include "reach/rows.h"

void
sink_everything(struct reach *in, const struct syntax_node *at, struct str by,
    const char *what, struct str name)
{
	struct asked asked = { .at = at, .by = by };
	struct reach_host row = { .from = REACH_ANY };

	place_add(in, &row, &asked, reach_why(in, at, what, name));
}

static void
act(struct reach *in, unsigned acts)
{
	in->out->acts |= acts;
}

struct option {
	struct flow flow;
	bool is_there;
	bool is_open; /* it may be anything: the options are not made here */
};

static struct option
option_of(struct reach *in, struct flow options, const char *name)
{
	struct option out = { .flow = FLOW_NONE };

	out.is_open = (options.from & ~(FROM_PLAIN | FROM_MANY)) != 0;
	for (unsigned i = 0; i < options.n; i++) {
		struct object *object = options.atom[i]->object;
		struct flow *field;

		if (options.atom[i]->kind != ATOM_TABLE)
			continue;
		field = object_field(object, name);
		out.is_there |= field != NULL;
		if (field != NULL)
			out.flow = flow_union(in, out.flow, *field);
		out.flow = flow_union(in, out.flow, object->other);
		out.is_open |= object->other.from != 0 || object->other.n != 0;
	}
	return out;
}

/* There, and not 0. */
static bool
option_is_set(struct reach *in, struct flow options, const char *name)
{
	struct option option = option_of(in, options, name);

	if (!option.is_there)
		return option.is_open;
	for (unsigned i = 0; i < option.flow.n; i++) {
		if (!str_is(flow_literal(option.flow.atom[i]), "0"))
			return true;
	}
	return option.flow.from != 0 || option.flow.n == 0;
}

/* A proxy makes every host one that it is asked for. */
static void
look_at_options(struct reach *in, const struct syntax_node *at, struct str by,
    struct flow options)
{
	struct option proxy = option_of(in, options, "proxy");

	if (proxy.is_open)
		sink_everything(in, at, by, "options that are not made here",
		    STR_NONE);
	else if (proxy.is_there)
		sink_everything(in, at, by, "the option proxy", STR_NONE);
}

/* The argument as it is written, its first line. */
static struct str
source_of(const struct syntax_node *call, unsigned i)
{
	const struct syntax_node *node = syntax_at(&call->list, i);
	struct str source = node != NULL ? node->source : call->source;

	return str_cut(&source, '\n');
}

static void
do_request(struct reach *in, const struct syntax_node *at, struct str by,
    const struct values *args)
{
	struct flow options = eval_value_at(args, 3);
	struct asked asked = { .at = at,
		.by = by,
		.source = source_of(at, 2),
		.is_url = true,
		.follows = option_is_set(in, options, "follow_redirects") };

	look_at_options(in, at, by, options);
	if (option_is_set(in, options, "into_blob"))
		act(in, ACT_BLOBS);
	place_find(in, eval_value_at(args, 2), &asked);
}

static void
do_send(struct reach *in, const struct syntax_node *at, struct str by,
    const struct values *args)
{
	struct flow request = eval_value_at(args, 0);

	if ((request.from & ~FROM_REQUEST) != 0 || request.n != 0)
		sink_everything(in, at, by, "a request that is made by hand",
		    STR_NONE);
}

static void
do_connect(struct reach *in, const struct syntax_node *at, struct str by,
    const struct values *args)
{
	struct asked asked = { .at = at,
		.by = by,
		.is_url = true,
		.source = source_of(at, 0) };

	look_at_options(in, at, by, eval_value_at(args, 1));
	place_find(in, eval_value_at(args, 0), &asked);
}

/* Literal ports; all if there is another one among them. */
static void
read_ports(struct flow flow, struct asked *asked)
{
	if (!flow_is_literal(flow) || flow.n > REACH_MAX_PORTS)
		return;
	for (unsigned i = 0; i < flow.n; i++) {
		uint64_t port;

		if (num_read_max(flow_literal(flow.atom[i]), 65535, &port) ==
			-1 ||
		    port == 0) {
			asked->ports = 0;
			return;
		}
		asked->port[asked->ports++] = (uint16_t)port;
	}
	for (unsigned i = 1; i < asked->ports; i++) {
		for (unsigned k = i;
		     k > 0 && asked->port[k - 1] > asked->port[k]; k--) {
			uint16_t other = asked->port[k];

			asked->port[k] = asked->port[k - 1];
			asked->port[k - 1] = other;
		}
	}
}

static void
do_socket(struct reach *in, const struct syntax_node *at, struct str by,
    const struct values *args)
{
	struct asked asked = { .at = at, .by = by, .source = source_of(at, 0) };

	look_at_options(in, at, by, eval_value_at(args, 2));
	read_ports(eval_value_at(args, 1), &asked);
	place_find(in, eval_value_at(args, 0), &asked);
}

#define PORT_DNS 53

/* "192.0.2.53:53", as a URL has it; a type of record alone is no table. */
static void
do_dns(struct reach *in, const struct syntax_node *at, struct str by,
    const struct values *args)
{
	struct flow options = eval_value_at(args, 1);
	struct option server = option_of(in, options, "nameserver");
	struct asked asked = { .at = at,
		.by = by,
		.is_url = true,
		.source = source_of(at, 1) };
	struct flow part[2] = { flow_text(in, STR("dns://")), FLOW_NONE };

	if (server.is_open && options.from & FROM_ANY)
		server.flow = flow_union(in, server.flow,
		    flow_any(in, at, "options that are not made here",
			STR_NONE));
	if (server.flow.from == 0 && server.flow.n == 0)
		return;
	part[1] = server.flow;
	place_find(in, flow_concat(in, part, 2, at), &asked);
}

static void
do_family(struct reach *in, const struct values *args, uint32_t *set)
{
	struct flow family = eval_value_at(args, 0);

	if (!flow_is_literal(family) && (family.from != 0 || family.n != 0))
		*set |= reach_all_families();
	for (unsigned i = 0; i < family.n; i++) {
		const struct model *model =
		    model_by_family(flow_literal(family.atom[i]));

		if (model != NULL)
			*set |= (uint32_t)1 << (model - model_table);
	}
	(void)in;
}

static void
do_it(struct reach *in, const struct library_row *row,
    const struct syntax_node *at, const struct values *args)
{
	struct str by = str_of(row->name);

	act(in, row->acts);
	switch (row->does) {
	case DOES_NOTHING:
		break;
	case DOES_REQUEST:
		do_request(in, at, by, args);
		break;
	case DOES_SEND:
		do_send(in, at, by, args);
		break;
	case DOES_CONNECT:
		do_connect(in, at, by, args);
		break;
	case DOES_SOCKET:
		do_socket(in, at, by, args);
		break;
	case DOES_DNS:
		do_dns(in, at, by, args);
		break;
	case DOES_ADD:
		do_family(in, args, &in->out->adds);
		break;
	case DOES_UPDATE:
		do_family(in, args, &in->out->updates);
		break;
	case DOES_READ:
		do_family(in, args, &in->out->reads);
		break;
	}
}

/* getopt('x'), keyring('x'); a name that is no literal: whichever. */
static struct flow
give_named(struct reach *in, enum reach_from from, struct flow name)
{
	uint64_t bits = 0;

	if (!flow_is_literal(name) && (name.from != 0 || name.n != 0))
		bits = flow_named(in, from, STR_NONE);
	for (unsigned i = 0; i < name.n; i++) {
		struct str text = flow_literal(name.atom[i]);

		if (text.p != NULL)
			bits |= flow_named(in, from, text);
	}
	return flow_from(bits);
}

/* What is joined is whole: behind its host there is a '/'. */
static struct flow
ended(struct reach *in, struct atom *atom, bool has_scheme)
{
	struct flow part[3] = { flow_union(in, flow_text(in, STR("http:")),
				    flow_text(in, STR("https:"))),
		flow_atom(in, atom), flow_text(in, STR("/")) };

	return has_scheme ? flow_concat(in, part + 1, 2, in->inside)
	                  : flow_concat(in, part, 3, in->inside);
}

/* The URLs of it; what is literal and relative is none. */
static void
add_joined(struct reach *in, struct flow flow, struct flow *to)
{
	struct flow from = { flow.from, flow.why, NULL, 0 };

	*to = flow_union(in, *to, from);
	for (unsigned i = 0; i < flow.n; i++) {
		struct atom *atom = flow.atom[i];
		struct str first;

		if (atom->kind != ATOM_TEXT || atom->n == 0)
			continue;
		first = atom->piece[0].text;
		*to = flow_union(in, *to,
		    ended(in, atom, !str_starts(first, STR("//"))));
	}
}

static struct flow
give_join(struct reach *in, struct flow base, struct flow reference)
{
	struct flow out = FLOW_NONE;

	add_joined(in, base, &out);
	add_joined(in, reference, &out);
	return out;
}

/* Behind a '%': the length of the directive, its letter included. */
static size_t
directive_length(struct str format)
{
	size_t n = 1;

	while (n < format.n && strchr("-+ #0123456789.", format.p[n]) != NULL)
		n++;
	return n < format.n ? n + 1 : n;
}

/* The directives of a format: each takes the next argument. */
static struct flow
give_format_of(struct reach *in, struct str format, const struct values *args,
    const struct syntax_node *at)
{
	struct flow part[2 * REACH_MAX_VALUES + 1];
	unsigned n = 0, next = 1;

	while (format.n != 0 && n + 1 < ARRAY_SIZE(part)) {
		size_t end = str_find_char(format, '%');

		part[n++] = flow_text(in, str_sub(format, 0, end));
		format = end == STR_NPOS ? STR_NONE : str_from(format, end);
		if (format.n < 2)
			break;
		end = directive_length(format);
		if (format.p[1] == '%')
			part[n++] = flow_text(in, STR("%"));
		else if (format.p[end - 1] == 's' && next < args->n)
			part[n++] = eval_value_at(args, next++);
		else
			part[n++] =
			    flow_from(next++ < args->n ? FROM_PLAIN : 0);
		format = str_from(format, end);
	}
	return flow_concat(in, part, n, at);
}

static struct flow
give_format(struct reach *in, const struct values *args,
    const struct syntax_node *at)
{
	struct flow format = eval_value_at(args, 0), out = FLOW_NONE;

	for (unsigned i = 0; i < format.n; i++) {
		struct str text = flow_literal(format.atom[i]);

		if (text.p != NULL)
			out = flow_union(in, out,
			    give_format_of(in, text, args, at));
		else
			out = flow_union(in, out,
			    flow_any(in, at, "a format that is not literal",
				STR_NONE));
	}
	return format.from != 0 ? flow_union(in, out, flow_parts(in, format))
	                        : out;
}

static bool
is_pattern(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (strchr("^$()%.[]*+-?", text.p[i]) != NULL)
			return true;
	}
	return text.n == 0;
}

static struct flow
replace_in(struct reach *in, struct str text, struct str find, struct flow by,
    const struct syntax_node *at)
{
	struct flow part[2 * FLOW_MAX_PIECES + 1];
	unsigned n = 0;

	for (;;) {
		size_t end = str_find(text, find);

		if (end == STR_NPOS || n + 2 >= ARRAY_SIZE(part)) {
			part[n++] = flow_text(in, text);
			return flow_concat(in, part, n, at);
		}
		part[n++] = flow_text(in, str_sub(text, 0, end));
		part[n++] = by;
		text = str_from(text, end + find.n);
	}
}

/* Could it make another scheme, host or port of a URL? */
static bool
may_move_host(struct flow by)
{
	for (unsigned i = 0; i < by.n; i++) {
		struct str text = flow_literal(by.atom[i]);

		for (size_t k = 0; k < text.n; k++) {
			if (strchr(":/.@", text.p[k]) != NULL)
				return true;
		}
	}
	return false;
}

/*
 * What is put into a text: of a table its values, of a function what it gives.
 * Both may leave what they found.
 */
static struct flow
put_by(struct reach *in, struct flow by, bool *may_stay)
{
	struct flow out = { by.from, by.why, NULL, 0 };

	*may_stay = false;
	for (unsigned i = 0; i < by.n; i++) {
		struct atom *atom = by.atom[i];
		struct flow one = flow_atom(in, atom);

		if (atom->kind == ATOM_TABLE)
			one = object_all(in, atom->object);
		else if (atom->kind == ATOM_FUNCTION)
			one = in->function[atom->function->index].result[0];
		*may_stay = *may_stay || atom->kind != ATOM_TEXT;
		out = flow_union(in, out, one);
	}
	return out;
}

/* Literal in literal is replaced; else it is itself, or what is put into it. */
static struct flow
give_replace(struct reach *in, const struct values *args,
    const struct syntax_node *at)
{
	struct flow text = eval_value_at(args, 0),
		    find = eval_value_at(args, 1);
	bool may_stay;
	struct flow by = put_by(in, eval_value_at(args, 2), &may_stay);
	struct str what = find.n == 1 && find.from == 0
	                      ? flow_literal(find.atom[0])
	                      : STR_NONE;
	struct flow out = { text.from, text.why, NULL, 0 }, by_parts;

	by_parts = flow_parts(in, by);
	by_parts.from &= ~FROM_PLAIN;
	if (text.from != 0)
		out = flow_union(in, out, by_parts);
	for (unsigned i = 0; i < text.n; i++) {
		struct str literal = flow_literal(text.atom[i]);

		if (literal.p != NULL && what.p != NULL && !is_pattern(what)) {
			out = flow_union(in, out,
			    replace_in(in, literal, what, by, at));
			if (may_stay)
				out = flow_union(in, out,
				    flow_atom(in, text.atom[i]));
			continue;
		}
		out = flow_union(in, out, flow_atom(in, text.atom[i]));
		out = flow_union(in, out, by_parts);
		if (may_move_host(by))
			out = flow_union(in, out,
			    flow_any(in, at, "a pattern in a text", STR_NONE));
	}
	return out;
}

/*
 * What a function cuts out of literals alone is plain; beside other things they
 * are patterns, selectors, names. What is not known yet may be such a thing.
 */
static struct flow
parts_of(struct reach *in, const struct values *args)
{
	struct flow out = FLOW_NONE;
	bool is_unknown = false;

	for (unsigned i = 0; i < args->n; i++) {
		is_unknown |= args->at[i].from == 0 && args->at[i].n == 0;
		out = flow_union(in, out, flow_parts(in, args->at[i]));
	}
	if (is_unknown || (out.from & ~FROM_PLAIN) != 0)
		out.from &= ~FROM_PLAIN;
	return out;
}

static struct flow
give(struct reach *in, const struct library_row *row,
    const struct syntax_node *at, const struct values *args)
{
	switch (row->gives) {
	case GIVES_PLAIN:
		return flow_from(FROM_PLAIN);
	case GIVES_ANSWER:
		return flow_any(in, at,
		    row->what != NULL ? row->what : "an answer",
		    str_of(row->name));
	case GIVES_PARTS:
	case GIVES_CAPTURES:
		return parts_of(in, args);
	case GIVES_SAME:
		return eval_value_at(args, 0);
	case GIVES_OPTION:
		return give_named(in, REACH_OPTION, eval_value_at(args, 0));
	case GIVES_KEYS:
		return give_named(in, REACH_KEY, eval_value_at(args, 0));
	case GIVES_REQUEST:
		return flow_from(FROM_REQUEST);
	case GIVES_JOIN:
		return give_join(in, eval_value_at(args, 0),
		    eval_value_at(args, 1));
	case GIVES_FORMAT:
		return give_format(in, args, at);
	case GIVES_REPLACE:
		return give_replace(in, args, at);
	case GIVES_NOTHING:
		break;
	}
	return FLOW_NONE;
}

struct flow
sink_call(struct reach *in, const struct library_row *row,
    const struct syntax_node *at, const struct values *args)
{
	struct flow parts = parts_of(in, args);

	for (unsigned i = 0; i < args->n; i++)
		eval_escape(in, args->at[i], parts);
	do_it(in, row, at, args);
	return give(in, row, at, args);
}
