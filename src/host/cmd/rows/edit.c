/* edit: columns of a row, by hand. */
#include "base/closest.h"
#include "base/mem.h"
#include "base/num.h"
#include "line/cmd.h"
#include "line/typed.h"
#include "program/suffix.h"
#include "term/term.h"

/* A row that is being edited. */
struct edit {
	struct program *p;
	const struct model *model;
	struct pool *pool;
	struct row old, row;
	struct json fields; /* what the model reads to judge it */
	bool is_anew;       /* a column that is not FIELD_UPDATE was given */
	uint32_t is_given;  /* bits of fields */
};

/* What a row stands on is told by its value: it would stand on another. */
static bool
has_reference(const struct model *model)
{
	for (const struct field *f = model->field; f->name != NULL; f++) {
		if (f->references != NULL)
			return true;
	}
	return false;
}

static bool
is_editable(const struct model *model, const struct field *field)
{
	if (field->flags & FIELD_UPDATE)
		return true;
	/* which row it is about */
	if (field->flags & FIELD_FAMILY ||
	    (field != model->field && field[-1].flags & FIELD_FAMILY))
		return false;
	return !(field->flags & (FIELD_DERIVED | FIELD_SCOPE | FIELD_BLOB)) &&
	       !has_reference(model);
}

static const char *
editable_name(const void *list, size_t i)
{
	const struct model *model = list;
	const struct field *field = &model->field[i];

	if (field->name == NULL)
		return NULL;
	return is_editable(model, field) ? field->name : "";
}

static int
no_column(const struct model *model, struct str name, struct err *err)
{
	const char *closest = closest_name(name, editable_name, model);
	autopool struct pool pool = POOL_NONE;
	struct buf names = BUF_IN(&pool);

	if (str_is(name, "unscoped"))
		return err_usage(err,
		    "unscoped is changed by scope and noscope");
	if (closest != NULL)
		return err_usage(err,
		    "a %s has no column '%.*s' that can be edited, did you "
		    "mean '%s'?",
		    model->family, STR_ARG(name), closest);
	for (size_t i = 0; model->field[i].name != NULL; i++) {
		if (is_editable(model, &model->field[i]))
			buf_printf(&names, "%s%s", names.n != 0 ? ", " : "",
			    model->field[i].name);
	}
	if (names.n == 0)
		return err_usage(err,
		    "a %s has no column that can be edited: delete it and add "
		    "another",
		    model->family);
	return err_usage(err,
	    "a %s has no column '%.*s' that can be edited, only %s",
	    model->family, STR_ARG(name), buf_cstr(&names));
}

static int
wrong_value(const struct field *field, const char *want, struct str text,
    struct err *err)
{
	return err_usage(err, "%s is %s, not '%.*s'", field->name, want,
	    STR_ARG(text));
}

/* A word as JSON of the column's kind; the model judges it then. */
static int
read_value(struct pool *pool, const struct field *field, struct str text,
    struct json *v, struct err *err)
{
	int64_t i;
	double d;

	switch (field->kind) {
	case FIELD_BOOL:
		if (!str_is(text, "true") && !str_is(text, "false"))
			return wrong_value(field, "true or false", text, err);
		*v = json_bool(str_is(text, "true"));
		return 0;
	case FIELD_I32:
	case FIELD_I64:
		if (num_read_i64(text, &i) == -1)
			return wrong_value(field, "a whole number", text, err);
		*v = json_int(i);
		return 0;
	case FIELD_F32:
		if (num_read_double(text, &d) == -1)
			return wrong_value(field, "a number", text, err);
		*v = json_double(d);
		return 0;
	case FIELD_JSON:
		return json_read(pool, text, v, err);
	default:
		*v = json_str(text);
		return v->kind == JSON_STR || field->kind == FIELD_BYTES
		           ? 0
		           : wrong_value(field, "UTF-8", text, err);
	}
}

/* "column=value"; nothing behind = is null. */
static int
read_word(struct edit *edit, struct str word, struct err *err)
{
	struct str text = word, name = str_cut(&text, '=');
	int at = model_field(edit->model, pool_cstr(edit->pool, name));
	const struct field *field;
	struct json v = json_null();

	if (text.p == NULL)
		return err_usage(err, "COLUMN=VALUE is needed, not '%.*s'",
		    STR_ARG(word));
	if (at == -1 || !is_editable(edit->model, &edit->model->field[at]))
		return no_column(edit->model, name, err);
	field = &edit->model->field[at];
	if (edit->is_given & 1u << at)
		return err_usage(err, "%s is given twice", field->name);
	edit->is_given |= 1u << at;
	if (text.n == 0 && !(field->flags & FIELD_OPT))
		return err_usage(err, "%s cannot be empty", field->name);
	if (text.n == 0)
		return 0;
	edit->is_anew = edit->is_anew || !(field->flags & FIELD_UPDATE);
	if (read_value(edit->pool, field, text, &v, err) == -1)
		return -1;
	(void)json_set(edit->pool, &edit->fields, str_of(field->name), v);
	return 0;
}

static struct json
json_of(const struct field *field, const struct value *value)
{
	switch (field->kind) {
	case FIELD_BOOL:
		return json_bool(value->b);
	case FIELD_I32:
	case FIELD_I64:
		return json_int(value->i);
	case FIELD_F32:
		return json_double((double)value->f);
	default:
		return json_str(value->text);
	}
}

/* What the model wants to have of every row. */
static void
add_needed(struct edit *edit)
{
	for (size_t i = 0; edit->model->field[i].name != NULL; i++) {
		const struct field *field = &edit->model->field[i];

		if (field->flags & (FIELD_OPT | FIELD_DERIVED | FIELD_SCOPE) ||
		    edit->is_given & 1u << i)
			continue;
		(void)json_set(edit->pool, &edit->fields, str_of(field->name),
		    json_of(field, &edit->old.value[i]));
	}
}

/* As add does it: rows of modules stay as they are, a person's slip is told. */
static const struct {
	const char *family;
	int (*check)(struct str text, struct err *err);
} checks[] = {
	{ "ipaddr", typed_ip },
	{ "email", typed_email },
	{ "device", typed_mac },
};

static int
check_typed(struct edit *edit, struct str value, struct err *err)
{
	struct str domain;

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		if (strcmp(edit->model->family, checks[i].family) == 0)
			return checks[i].check(value, err);
	}
	if (edit->model->flags & MODEL_HANGS)
		return 0;
	if (strcmp(edit->model->family, "domain") != 0)
		return typed_text(value, "the value", err);
	if (typed_name(value, "domain", err) == -1 ||
	    suffix_domain(edit->p, value, &domain, err) == -1)
		return -1;
	if (!str_eq(value, domain))
		return err_set(err,
		    "%.*s has a subdomain part: add it as a subdomain",
		    STR_ARG(value));
	return 0;
}

/* Takes what was given from the row that the model has made of it. */
static int
judge(struct edit *edit, struct err *err)
{
	const struct json *value = json_member(&edit->fields, "value");
	struct row read;

	if (value != NULL && check_typed(edit, value->str, err) == -1)
		return -1;
	add_needed(edit);
	if (row_read_insert(&read, edit->model, &edit->fields, edit->pool,
		err) == -1)
		return -1;
	edit->row = edit->old;
	for (size_t i = 0; edit->model->field[i].name != NULL; i++) {
		if (edit->is_given & 1u << i ||
		    (edit->is_anew &&
			edit->model->field[i].flags & FIELD_DERIVED))
			edit->row.value[i] = read.value[i];
	}
	return 0;
}

/* 1; 0: there is none; -1. */
static int
read_one(struct edit *edit, const struct filter *filter, struct row *row,
    struct err *err)
{
	struct db_rows *rows;
	int status;

	if (db_rows_open(edit->p->db, edit->model, filter, 0, &rows, err) == -1)
		return -1;
	status = db_rows_next(rows, edit->pool, row, err);
	db_rows_free(rows);
	return status;
}

/* By its id, or its value in any form that a filter takes. */
static int
find_row(struct edit *edit, struct str word, struct err *err)
{
	uint64_t id;
	bool is_id = num_read_max(word, INT32_MAX, &id) == 0;
	const struct str words[] = { STR("where"),
		is_id ? STR("id") : STR("value"), STR("="), word };
	const struct filter *filter;
	int status = filter_read(edit->pool, edit->model, words,
	    ARRAY_SIZE(words), &filter, err);

	if (status == 0)
		status = read_one(edit, filter, &edit->old, err);
	if (status == 0)
		return err_set(err, "there is no %s %s%.*s",
		    edit->model->family, is_id ? "with the id " : "",
		    STR_ARG(word));
	return status == -1 ? -1 : 0;
}

/* A name below another one says so in its value. */
static int
check_below(struct edit *edit, const struct model *below,
    const struct field *field, struct err *err)
{
	struct str id = str_of(pool_printf(edit->pool, "%d", edit->old.id));
	const struct str words[] = { STR("where"), str_of(field->name),
		STR("="), id };
	const struct filter *filter;
	uint64_t n;

	if (filter_read(edit->pool, below, words, ARRAY_SIZE(words), &filter,
		err) == -1 ||
	    db_count(edit->p->db, below, filter, 0, &n, err) == -1)
		return -1;
	if (n == 0)
		return 0;
	return err_set(err,
	    "%llu %s hang below it, and are called after its value",
	    (unsigned long long)n, below->table);
}

static int
check_all_below(struct edit *edit, struct err *err)
{
	for (const struct model *m = model_table; m->family != NULL; m++) {
		for (const struct field *f = m->field; f->name != NULL; f++) {
			if (m->flags & MODEL_LINK || f->references == NULL ||
			    strcmp(f->references, edit->model->table) != 0)
				continue;
			if (check_below(edit, m, f, err) == -1)
				return -1;
		}
	}
	return 0;
}

static int
check_free(struct edit *edit, struct err *err)
{
	int at = model_field(edit->model, "value");
	const struct value *value = &edit->row.value[at];
	struct row other;
	int status;

	if (edit->model->flags & MODEL_HANGS ||
	    value_eq(&edit->model->field[at], value, &edit->old.value[at]))
		return 0;
	if (check_all_below(edit, err) == -1)
		return -1;
	status = read_one(edit,
	    filter_equals(edit->pool, edit->model, "value", value->text),
	    &other, err);
	if (status == 1)
		return err_set(err, "%.*s is there already: #%d",
		    STR_ARG(value->text), other.id);
	return status;
}

/* "resolvable: null -> true"; returns how many differ. */
static size_t
add_changes(const struct edit *edit, struct buf *out)
{
	size_t n = 0;

	for (size_t i = 0; edit->model->field[i].name != NULL; i++) {
		const struct field *field = &edit->model->field[i];
		const struct value *old = &edit->old.value[i],
				   *now = &edit->row.value[i];

		if (value_eq(field, old, now))
			continue;
		buf_printf(out, "%s%s: ", n++ != 0 ? ", " : "", field->name);
		if (old->is_set)
			value_write_log(out, field, old);
		else
			buf_add(out, STR("null"));
		buf_add(out, STR(" -> "));
		if (now->is_set)
			value_write_log(out, field, now);
		else
			buf_add(out, STR("null"));
	}
	return n;
}

/* 1: *text is what differs, and is stored; 0: nothing does; -1. */
static int
store(struct edit *edit, const struct db_author *author, struct str word,
    struct buf *text, struct err *err)
{
	if (find_row(edit, word, err) == -1 || judge(edit, err) == -1)
		return -1;
	if (add_changes(edit, text) == 0)
		return 0;
	if (check_free(edit, err) == -1 ||
	    db_edit(edit->p->db, author, &edit->row, err) == -1)
		return -1;
	return 1;
}

/*
 * The row is read in the transaction that writes it: all of its columns are
 * written, and others may change some of them while we wait for our turn.
 */
static int
edit_row(struct edit *edit, const struct operands *in, struct err *err)
{
	struct buf text = BUF_IN(edit->pool);
	struct db_author author;
	struct str shown;
	int status;

	if (db_command_begin_group(edit->p->db, "edit", in->word, in->n,
		&author, err) == -1)
		return -1;
	status = store(edit, &author, in->word[1], &text, err);
	if (status != 1) {
		(void)db_command_end_group(edit->p->db, &author, -1, NULL);
		if (status == 0)
			term_line(TERM_INFO, "Nothing differs");
		return status;
	}
	if (db_command_end_group(edit->p->db, &author, 0, err) == -1)
		return -1;
	shown = term_safe(edit->pool, buf_str(&text));
	term_line(TERM_SUCCESS, "Edited %s #%d: %.*s", edit->model->family,
	    edit->row.id, STR_ARG(shown));
	return 0;
}

static int
run_edit(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct edit edit = {
		.p = p,
		.pool = &pool,
		.fields = json_map(),
	};

	(void)opts;
	if (cmd_family(in->word[0], true, &edit.model, err) == -1)
		return -1;
	for (size_t i = 2; i < in->n; i++) {
		if (read_word(&edit, in->word[i], err) == -1)
			return -1;
	}
	return edit_row(&edit, in, err);
}

static void
complete_edit(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	const struct model *model;

	if (before->n == 0) {
		cmd_complete_tables(p, before, add, ctx);
		return;
	}
	if (before->n == 1 ||
	    cmd_family(before->word[0], true, &model, NULL) == -1)
		return;
	for (const struct field *f = model->field; f->name != NULL; f++) {
		autopool struct pool pool = POOL_NONE;

		if (is_editable(model, f))
			add(ctx, str_of(pool_printf(&pool, "%s=", f->name)));
	}
}

const struct cmd cmd_edit = {
	.name = "edit",
	.where = CMD_LINE | CMD_PROMPT,
	.needs = NEEDS_WORKSPACE,
	.operands = "FAMILIES ID|VALUE COLUMN=VALUE...",
	.least = 3,
	.help = "change columns of a row by hand",
	.more =
	    "COLUMN=: null. Columns are judged as those of a new row; which can be changed,\n"
	    "says the error for one that cannot. undo takes it back.\n"
	    "edit emails x@example.com displayname='Jane Doe' valid=true",
	.run = run_edit,
	.complete = complete_edit,
};
