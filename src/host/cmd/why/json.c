/*
 * A JSON object a line for each row: how far it is from the first one, what it
 * is, and its changes with who made them.
 */
#include "term/term.h"
#include "why/form.h"

static struct buf
begin_in(struct pool *pool)
{
	return (struct buf)BUF_IN(pool);
}

static void
add_text(struct buf *out, const char *name, struct str text)
{
	buf_printf(out, ",\"%s\":", name);
	if (text.p != NULL)
		json_write_str(out, text);
	else
		buf_add(out, STR("null"));
}

static void
add_number(struct buf *out, const char *name, int64_t n)
{
	if (n != 0)
		buf_printf(out, ",\"%s\":%lld", name, (long long)n);
	else
		buf_printf(out, ",\"%s\":null", name);
}

/* As it is where it is JSON, else a text. */
static void
add_json(struct buf *out, const char *name, struct str text, struct pool *pool)
{
	struct json v;

	if (text.p == NULL || json_read(pool, text, &v, NULL) == -1) {
		add_text(out, name, text);
		return;
	}
	buf_printf(out, ",\"%s\":", name);
	json_write(out, &v, 0);
}

static void
json_begin(struct why *why)
{
	(void)why;
}

static const char *
scope_of(const struct db_why *row)
{
	if (!row->is_there || model_field(row->model, "unscoped") == -1)
		return "null";
	return row_is_unscoped(&row->row) ? "false" : "true";
}

static void
json_row(struct why *why, const struct db_why *row, unsigned depth,
    struct pool *pool)
{
	struct buf out = begin_in(pool);

	buf_printf(&out, "{\"depth\":%u,\"family\":\"%s\",\"id\":%lld", depth,
	    row->model->family, (long long)row->id);
	add_text(&out, "value", row->label);
	buf_printf(&out, ",\"there\":%s,\"in_scope\":%s",
	    row->is_there ? "true" : "false", scope_of(row));
	add_text(&out, "first", row->first);
	buf_printf(&out, ",\"seen\":%llu,\"modules\":[",
	    (unsigned long long)row->times);
	for (size_t i = 0; i < row->modules; i++) {
		if (i != 0)
			buf_add_char(&out, ',');
		json_write_str(&out, row->module[i]);
	}
	buf_add_char(&out, ']');
	add_text(&out, "since", why->since);
	buf_add(&out, STR(",\"changes\":["));
	term_json(buf_str(&out));
}

static void
add_target(struct buf *out, const struct db_why_change *change)
{
	if (change->family.p == NULL && change->target.p == NULL) {
		buf_add(out, STR(",\"target\":null"));
		return;
	}
	buf_add(out, STR(",\"target\":{\"family\":"));
	if (change->family.n != 0)
		json_write_str(out, change->family);
	else
		buf_add(out, STR("null"));
	add_number(out, "id", change->row);
	add_text(out, "value", change->target);
	buf_add_char(out, '}');
}

static void
add_place(struct buf *out, const struct why_proof *proof,
    const struct why_place *place)
{
	buf_printf(out, "{\"exchange\":%d", place->exchange.id);
	add_number(out, "number", (int64_t)(proof->asked - place->number + 1));
	add_text(out, "text", place->text);
	add_text(out, "part", str_of(place->part));
	buf_printf(out,
	    ",\"all\":%s,\"at\":%zu,\"bytes\":%zu,\"form\":\"%s\","
	    "\"other_spelling\":%s,\"part_of_longer\":%s}",
	    place->is_hash ? "true" : "false", place->hit.at, place->hit.n,
	    trace_form_text[place->hit.form],
	    place->hit.is_other ? "true" : "false",
	    place->hit.is_part ? "true" : "false");
}

static void
add_proof(struct buf *out, const struct why_proof *proof)
{
	buf_add(out, STR(",\"found\":["));
	for (size_t i = 0; i < proof->n_places; i++) {
		if (i != 0)
			buf_add_char(out, ',');
		add_place(out, proof, &proof->place[i]);
	}
	buf_printf(out, "],\"asked\":%zu,\"kept\":%zu,\"looked\":%zu",
	    proof->asked, proof->kept, proof->looked);
	add_text(out, "why_not", proof->why_not);
	add_text(out, "not_looked_for", proof->no_text);
	add_text(out, "in_question", proof->in_question);
}

static void
json_change(struct why *why, const struct db_why *row,
    const struct db_why_change *change, const struct why_proof *proof,
    unsigned depth, struct pool *pool)
{
	struct buf out = begin_in(pool);

	(void)row, (void)depth;
	buf_printf(&out, "%s{\"what\":", why->changes == 0 ? "" : ",");
	json_write_str(&out, change->what);
	add_text(&out, "time", change->at);
	add_number(&out, "attempt", change->attempt);
	if (change->attempt != 0)
		buf_printf(&out, ",\"sequence\":%lld",
		    (long long)change->sequence);
	else
		buf_add(&out, STR(",\"sequence\":null"));
	add_number(&out, "run", change->run);
	add_text(&out, "kind", change->kind);
	add_text(&out, "command", change->command);
	add_text(&out, "module", change->module);
	add_text(&out, "version", change->version);
	add_text(&out, "sha256", change->sha256);
	add_target(&out, change);
	add_json(&out, "columns", change->columns, pool);
	buf_add(&out, STR(",\"exchange\":"));
	if (proof->exchange != NULL) {
		row_write_json(&out, proof->exchange);
		add_proof(&out, proof);
	} else {
		buf_add(&out, STR("null"));
	}
	buf_add_char(&out, '}');
	term_json(buf_str(&out));
}

static void
json_row_end(struct why *why, const struct db_why *row, unsigned depth,
    struct pool *pool)
{
	(void)why, (void)row, (void)depth, (void)pool;
	term_json(STR("]}\n"));
}

static void
json_edge(struct why *why, const struct db_why *to,
    const struct db_why_change *change, const struct db_why *from,
    struct pool *pool)
{
	(void)why, (void)to, (void)change, (void)from, (void)pool;
}

/* The row stands above, by its family and id; or on a line that says so. */
static void
json_stop(struct why *why, const struct db_why *from, enum why_end why_end,
    unsigned depth, struct pool *pool)
{
	struct buf out = begin_in(pool);

	(void)why;
	if (why_end == WHY_ABOVE)
		return;
	buf_printf(&out,
	    "{\"depth\":%u,\"family\":\"%s\",\"id\":%lld,\"cut\":true", depth,
	    from->model->family, (long long)from->id);
	add_text(&out, "value", from->label);
	buf_add(&out, STR("}\n"));
	term_json(buf_str(&out));
}

static void
json_end(struct why *why)
{
	(void)why;
}

const struct why_form why_json = {
	.begin = json_begin,
	.row = json_row,
	.change = json_change,
	.row_end = json_row_end,
	.edge = json_edge,
	.stop = json_stop,
	.end = json_end,
};
