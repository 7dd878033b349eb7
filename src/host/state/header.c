#include "state/header.h"

#include "base/closest.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "value/quote.h"

#define SHOWN_BYTES 64 /* of what was wrong */

/* check_license() has them one by one. */
#define LICENSES "MIT, GPL-3.0, LGPL-3.0, BSD-2-Clause, BSD-3-Clause or WTFPL"

/* What the lines say, before it is understood. */
struct header {
	struct str description, version, license, source, stealth;
	struct str *keyring;
	size_t n_keyring;
};

enum header_key {
	KEY_DESCRIPTION,
	KEY_VERSION,
	KEY_LICENSE,
	KEY_SOURCE,
	KEY_KEYRING_ACCESS,
	KEY_STEALTH,
	KEY_AUTHOR,
	KEY_REPOSITORY,
};

const struct header_row header_rows[] = {
	[KEY_DESCRIPTION] = { "Description",
	    "what the module does, in a line; needed" },
	[KEY_VERSION] = { "Version", "its version, as 0.1.0; needed" },
	[KEY_LICENSE] = { "License", LICENSES "; needed" },
	[KEY_SOURCE] = { "Source",
	    "what it is run on, each by itself: the rows of a table, "
	    "accounts:SERVICE, cryptoaddrs:CURRENCY, keyring:NAMESPACE or "
	    "notifications; without it the module runs once" },
	[KEY_KEYRING_ACCESS] = { "Keyring-Access",
	    "a namespace of the keyring whose keys it asks for; may be there "
	    "again" },
	[KEY_STEALTH] = { "Stealth",
	    "how much others see of it: " STEALTH_NAMES },
	[KEY_AUTHOR] = { "Author", "who wrote it; free text" },
	[KEY_REPOSITORY] = { "Repository", "where it is developed; free text" },
	{ NULL, NULL },
};

#define KEYS (ARRAY_SIZE(header_rows) - 1)

static int
key_by_name(struct str name)
{
	for (size_t i = 0; i < KEYS; i++) {
		if (str_is(name, header_rows[i].name))
			return (int)i;
	}
	return -1;
}

static void
add_keyring(struct header *header, struct pool *pool, struct str value)
{
	header->keyring = pool_push(pool, header->keyring, header->n_keyring,
	    sizeof(*header->keyring));
	header->keyring[header->n_keyring++] = value;
}

static void
set_key(struct header *header, struct pool *pool, enum header_key key,
    struct str value)
{
	switch (key) {
	case KEY_DESCRIPTION:
		header->description = value;
		break;
	case KEY_VERSION:
		header->version = value;
		break;
	case KEY_LICENSE:
		header->license = value;
		break;
	case KEY_SOURCE:
		header->source = value;
		break;
	case KEY_KEYRING_ACCESS:
		add_keyring(header, pool, value);
		break;
	case KEY_STEALTH:
		header->stealth = value;
		break;
	case KEY_AUTHOR:
	case KEY_REPOSITORY:
		break;
	}
}

static const char *
key_at(const void *list, size_t i)
{
	(void)list;
	return header_rows[i].name;
}

/* Quoted, and short enough for a line of an error. */
static struct str
shown(struct pool *pool, struct str text)
{
	return quote_text(pool, str_sub(text, 0, SHOWN_BYTES));
}

static int
unknown_key(struct pool *pool, struct str name, struct err *err)
{
	const char *closest = closest_name(name, key_at, NULL);
	struct buf keys = BUF_IN(pool);
	struct str quoted = shown(pool, name);

	if (closest != NULL)
		return err_set(err, "unknown key %.*s, did you mean \"%s\"?",
		    STR_ARG(quoted), closest);
	for (size_t i = 0; i < KEYS; i++)
		buf_printf(&keys, "%s%s", i != 0 ? ", " : "",
		    header_rows[i].name);
	return err_set(err, "unknown key %.*s, known are %s", STR_ARG(quoted),
	    buf_cstr(&keys));
}

static int
no_key(struct pool *pool, struct str line, struct err *err)
{
	struct str quoted = shown(pool, line);

	return err_set(err,
	    "expected \"-- KEY: VALUE\", or the empty line that ends the "
	    "header, not %.*s",
	    STR_ARG(quoted));
}

/* "-- Key: value" */
static int
read_line(struct header *header, struct pool *pool, struct str line,
    struct err *err)
{
	struct str name, value;
	size_t colon;
	int key;

	if (str_ends(line, STR("\r")))
		return err_set(err, "the line ends in CR LF, LF is expected");
	colon = str_find(line, STR(": "));
	if (!str_starts(line, STR("-- ")) || colon == STR_NPOS)
		return no_key(pool, line, err);
	name = str_sub(line, 3, colon - 3);
	value = str_from(line, colon + 2);
	key = key_by_name(name);
	if (key == -1)
		return unknown_key(pool, name, err);
	set_key(header, pool, (enum header_key)key,
	    value.n != 0 ? value : STR(""));
	return 0;
}

/* Up to the empty line, which must be there. */
static int
read_lines(struct header *header, struct pool *pool, struct str code,
    struct err *err)
{
	autoerr struct err why = ERR_NONE;

	for (unsigned n = 1;; n++) {
		size_t end = str_find_char(code, '\n');
		struct str line = str_sub(code, 0, end);

		if (end != STR_NPOS && line.n == 0)
			return 0;
		if (code.n == 0)
			(void)err_set(&why,
			    "the file ends; an empty line ends a header");
		else
			(void)read_line(header, pool, line, &why);
		if (why.n != 0)
			return err_set(err, "line %u: %s", n, err_cstr(&why));
		code = end != STR_NPOS ? str_from(code, end + 1) : STR("");
	}
}

bool
header_source_at(size_t i, struct str *source)
{
	static const char *const no_tables[] = { "keyring", "notifications",
		HEADER_NO_SOURCE };

	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (m->source != NULL && i-- == 0) {
			*source = str_of(m->table);
			return true;
		}
	}
	if (i >= ARRAY_SIZE(no_tables))
		return false;
	*source = str_of(no_tables[i]);
	return true;
}

/* What may be written: the last of them stands for no line at all. */
static const char *
source_at(const void *list, size_t i)
{
	struct str source;

	(void)list;
	return header_source_at(i, &source) && !str_is(source, HEADER_NO_SOURCE)
	           ? source.p
	           : NULL;
}

/* What would have been right for it. */
static const char *
source_hint(struct pool *pool, struct str name, bool has_param)
{
	const char *closest = closest_name(name, source_at, NULL);

	if (str_is(name, "keyring"))
		return ", it takes a namespace: keyring:NAMESPACE";
	if (closest == NULL)
		return ", docs/modules.md lists them";
	if (str_is(name, closest) && has_param)
		return pool_printf(pool, ", %s takes nothing behind it",
		    closest);
	return pool_printf(pool, ", did you mean \"%s\"?", closest);
}

static int
unknown_source(struct pool *pool, struct str name, struct str param,
    struct err *err)
{
	struct str quoted = shown(pool, name);
	const char *hint = source_hint(pool, name, param.p != NULL);

	if (param.p == NULL)
		return err_set(err, "Unknown Source: %.*s%s", STR_ARG(quoted),
		    hint);
	param = shown(pool, param);
	return err_set(err, "Unknown Source: %.*s (%.*s)%s", STR_ARG(quoted),
	    STR_ARG(param), hint);
}

static int
set_source(struct module *module, struct str text, struct pool *pool,
    struct err *err)
{
	struct str param = text, name;
	int at = -1;

	module->source = SOURCE_NONE;
	if (text.p == NULL)
		return 0;
	name = str_cut(&param, ':');
	if (param.p != NULL && param.n == 0)
		param = STR("");
	module->source_name = name;
	module->param = param;
	if (str_is(name, "notifications") && param.p == NULL) {
		module->source = SOURCE_NOTIFICATIONS;
		return 0;
	}
	if (str_is(name, "keyring") && param.p != NULL) {
		module->source = SOURCE_KEYRING;
		return 0;
	}
	module->source = SOURCE_ROWS;
	module->model = model_by_table(name);
	if (module->model != NULL)
		at = model_field_with(module->model, FIELD_PARAM);
	if (module->model == NULL || module->model->source == NULL ||
	    (param.p != NULL && at == -1))
		return unknown_source(pool, name, param, err);
	module->param_column = at != -1 ? module->model->field[at].name : NULL;
	return 0;
}

static int
set_stealth(struct module *module, struct str text, struct pool *pool,
    struct err *err)
{
	int level = text.p != NULL ? stealth_by_name(text) : STEALTH_NORMAL;
	struct str quoted;

	if (level != -1) {
		module->stealth = (enum stealth)level;
		return 0;
	}
	quoted = shown(pool, text);
	return err_set(err, "Unknown stealth: %.*s, expected " STEALTH_NAMES,
	    STR_ARG(quoted));
}

static int
check_license(struct str text, struct pool *pool, struct err *err)
{
	static const char *const name[] = { "MIT", "GPL-3.0", "LGPL-3.0",
		"BSD-2-Clause", "BSD-3-Clause", "WTFPL" };
	struct str quoted;

	if (text.p == NULL)
		return err_set(err, "License is required");
	for (size_t i = 0; i < ARRAY_SIZE(name); i++) {
		if (str_is(text, name[i]))
			return 0;
	}
	quoted = shown(pool, text);
	return err_set(err, "Unsupported license: %.*s, expected " LICENSES,
	    STR_ARG(quoted));
}

int
header_read(struct module *module, struct str code, struct pool *pool,
    struct err *err)
{
	struct header header = { .n_keyring = 0 };

	if (!utf8_is_valid(code))
		return err_set(err, "stream did not contain valid UTF-8");
	if (read_lines(&header, pool, code, err) == -1)
		return err_wrap(err, "Failed to parse header");
	if (header.description.p == NULL)
		return err_set(err, "Description is required");
	if (header.version.p == NULL)
		return err_set(err, "Version is required");
	if (set_source(module, header.source, pool, err) == -1 ||
	    set_stealth(module, header.stealth, pool, err) == -1 ||
	    check_license(header.license, pool, err) == -1)
		return -1;
	module->description = header.description;
	module->version = header.version;
	module->license = header.license;
	module->keyring_access =
	    (struct slot_texts){ header.keyring, header.n_keyring };
	module->code = code;
	return 0;
}

struct str
header_source_of(const struct module *module)
{
	return module->source_name.p != NULL ? module->source_name
	                                     : STR(HEADER_NO_SOURCE);
}
