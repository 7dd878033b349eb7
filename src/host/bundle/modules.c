/*
 * A run knows the hash of the text that ran. What is installed today may be
 * another: only a text of that hash is put in, and that there is none is said.
 */
#include "base/mem.h"
#include "bundle/inside.h"

static const struct module *
installed_with(const struct library *library, struct str sha256)
{
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; library != NULL && i < library->n; i++) {
		if (str_eq(module_sha256(&library->module[i], &pool), sha256))
			return &library->module[i];
	}
	return NULL;
}

const struct module_text *
modules_of(const struct making *m, const struct row *run)
{
	struct str sha256 = row_column_text(run, "sha256");

	for (size_t i = 0; sha256.p != NULL && i < m->modules; i++) {
		if (str_eq(m->module[i].sha256, sha256))
			return &m->module[i];
	}
	return NULL;
}

static int
add_module(struct making *m, const struct row *run, struct err *err)
{
	struct module_text *text;

	(void)err;
	if (row_column_text(run, "sha256").p == NULL ||
	    modules_of(m, run) != NULL)
		return 0;
	m->module =
	    pool_push(&m->pool, m->module, m->modules, sizeof(*m->module));
	text = &m->module[m->modules++];
	*text = (struct module_text){
		.sha256 = pool_copy(&m->pool, row_column_text(run, "sha256")),
		.id = pool_copy(&m->pool, row_column_text(run, "module")),
		.version = pool_copy(&m->pool, row_column_text(run, "version")),
	};
	return 0;
}

static bool
is_taken(const struct making *m, const char *name)
{
	for (size_t i = 0; i < m->modules; i++) {
		if (m->module[i].member != NULL &&
		    strcmp(m->module[i].member, name) == 0)
			return true;
	}
	return false;
}

/* "sn0int/author.name.lua"; of several texts of it with the hash, too. */
static const char *
member_name(struct making *m, const struct module_text *text)
{
	struct str id = str_sub(text->id, 0, 100);
	char *plain = pool_alloc(&m->pool, id.n + 1), *name;

	for (size_t i = 0; i < id.n; i++) {
		char c = (char)char_lower(id.p[i]);
		bool is_plain = (c >= 'a' && c <= 'z') || char_is_digit(c) ||
		                c == '_' || (c == '.' && i != 0);

		plain[i] = c == '/' ? '.' : is_plain ? c : '-';
	}
	plain[id.n] = '\0';
	name = pool_printf(&m->pool, "sn0int/%s.lua", plain);
	if (!is_taken(m, name))
		return name;
	return pool_printf(&m->pool, "sn0int/%s.%.12s.lua", plain,
	    text->sha256.p);
}

static int
write_text(struct making *m, struct module_text *text, struct err *err)
{
	const struct module *module =
	    installed_with(m->options->library, text->sha256);
	const char *name;

	/* a text with a secret in it is not changed: it would be another */
	if (module == NULL ||
	    (m->options->mask != NULL &&
		mask_finds(m->options->mask, module->code) != -1)) {
		m->made.gone++;
		return 0;
	}
	name = member_name(m, text);
	if (zip_begin(&m->zip, name, err) == -1 ||
	    zip_add(&m->zip, module->code, err) == -1 ||
	    zip_end(&m->zip, err) == -1)
		return -1;
	text->member = name;
	m->made.modules++;
	return 0;
}

int
modules_write(struct making *m, struct err *err)
{
	if (making_walk(m, &db_model_run, add_module, err) == -1)
		return -1;
	for (size_t i = 0; i < m->modules; i++) {
		if (write_text(m, &m->module[i], err) == -1)
			return -1;
	}
	return 0;
}
