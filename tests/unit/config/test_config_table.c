/* the table of sn0int.toml: its rows fit the struct, the reader and the pages */
#include "config/config.h"

#include "base/mem.h"

#include "check.h"

/* Every row of a section that is not open. */
#define EACH_KEY(in, key)                                                      \
	for (const struct config_section *in = config_sections;                \
	     in->name != NULL; in++)                                           \
		for (const struct slot *key = in->slot; key->name != NULL;     \
		     key++)                                                    \
			if (!in->is_open)

static int
read_one(struct pool *pool, const struct config_section *section,
    const char *name, const char *value, struct config *config, struct err *err)
{
	memset(config, 0, sizeof(*config));
	config_init(config);
	return config_read(config,
	    str_of(pool_printf(pool, "[%s]\n%s = %s\n", section->name, name,
		value)),
	    pool, err);
}

static void
every_row_tells_all_of_itself(void)
{
	for (const struct config_section *s = config_sections; s->name != NULL;
	     s++) {
		CHECK(s->doc != NULL && s->slot[0].name != NULL);
		CHECK(!s->is_open || s->is_tables || s->slot[1].name == NULL);
		for (const struct slot *slot = s->slot; slot->name != NULL;
		     slot++) {
			CHECK(slot->doc != NULL && slot->example != NULL);
			CHECK(slot->flags & SLOT_OPT);
		}
	}
}

static void
every_example_is_read_without_a_word(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct buf toml = BUF_IN(&pool);
	struct config config;

	for (const struct config_section *s = config_sections; s->name != NULL;
	     s++) {
		buf_printf(&toml, "[%s]\n", s->name);
		for (const struct slot *slot = s->slot; slot->name != NULL;
		     slot++)
			buf_printf(&toml, "%s = %s\n", slot->name,
			    slot->example);
	}
	config_init(&config);
	CHECK_INT(config_read(&config, buf_str(&toml), &pool, &err), 0);
	CHECK_INT(config.warnings, 0);
	CHECK_INT(config.namespaces, 1);
	CHECK_INT(config.rules, 1);
	CHECK_STR(config.rule[0].label, "NAME");
	CHECK_INT(config.rule[0].max, 20);
	CHECK_INT(config.rule[0].digest_s, 900);
	CHECK_INT(config.notify_digest_s, 900);
}

static size_t
size_of(enum slot_kind kind)
{
	switch (kind) {
	case SLOT_TEXT:
		return sizeof(struct str);
	case SLOT_TEXTS:
		return sizeof(struct slot_texts);
	case SLOT_BOOL:
		return sizeof(bool);
	default:
		return sizeof(uint32_t);
	}
}

/* What a key sets is its own member and nothing else. */
static void
every_row_has_a_member_of_its_own(void)
{
	EACH_KEY(section, slot)
	{
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct config before, after;
		const char *value = slot->example;
		size_t changed = 0;

		if (slot->kind == SLOT_BOOL)
			value = slot->initial != 0 ? "false" : "true";
		memset(&before, 0, sizeof(before));
		config_init(&before);
		CHECK_INT(read_one(&pool, section, slot->name, value, &after,
			      &err),
		    0);
		after.has_allow_net = false;
		after.notify_digest_s = 0;
		after.permissions_kind = before.permissions_kind;
		for (size_t i = 0; i < sizeof(after); i++) {
			if (((char *)&before)[i] == ((char *)&after)[i])
				continue;
			CHECK(i >= slot->at &&
			      i < slot->at + size_of(slot->kind));
			changed++;
		}
		CHECK(changed != 0);
	}
}

static void
a_wrong_type_names_its_key(void)
{
	EACH_KEY(section, slot)
	{
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct config config;

		CHECK_INT(read_one(&pool, section, slot->name, "1.5", &config,
			      &err),
		    -1);
		CHECK(str_starts(err_join(&pool, &err),
		    str_of(pool_printf(&pool, "in [%s]: %s: invalid type: ",
			section->name, slot->name))));
	}
}

/* So that "it belongs in [x]" is one place; but for what two sections share. */
static void
no_key_stands_in_two_sections(void)
{
	EACH_KEY(section, slot)
	{
		size_t n = 0;
		const char *name = slot->name;

		EACH_KEY(other, found)
		n += strcmp(found->name, name) == 0;
		CHECK_INT(n, strcmp(name, "allow") == 0 ? 2 : 1);
	}
}

static void
a_number_over_its_bound_is_refused(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "0", NULL },
		{ "1", NULL },
		{ "1000", NULL },
		{ "1001", "in [run]: jobs: invalid value: integer `1001`, "
			  "expected a number up to 1000" },
		{ "4294967296", "in [run]: jobs: invalid value: integer "
				"`4294967296`, expected a number up to 1000" },
	};
	const struct config_section *run = config_sections;

	while (strcmp(run->name, "run") != 0)
		run++;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct config config;
		int status =
		    read_one(&pool, run, "jobs", row[i].in, &config, &err);

		CHECK_INT(status, row[i].want != NULL ? -1 : 0);
		if (row[i].want != NULL)
			CHECK_STR(err_join(&pool, &err), row[i].want);
	}
}

CHECK_MAIN(CASE(every_row_tells_all_of_itself),
    CASE(every_example_is_read_without_a_word),
    CASE(every_row_has_a_member_of_its_own), CASE(a_wrong_type_names_its_key),
    CASE(no_key_stands_in_two_sections),
    CASE(a_number_over_its_bound_is_refused))
