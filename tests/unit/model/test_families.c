/* model: what the rows of the families say fits together */
#include "model/model.h"
#include "model/scope.h"

#include "base/mem.h"

#include "check.h"

#define EACH_FAMILY(m)                                                         \
	for (const struct model *m = model_table; m->family != NULL; m++)

static size_t
count_with(const struct model *m, unsigned flag)
{
	size_t n = 0;

	for (const struct field *f = m->field; f->name != NULL; f++)
		n += (f->flags & flag) != 0;
	return n;
}

/* Headers say "ipaddrs", start lines "IpAddrs": one word. */
static void
what_is_no_link_is_a_source(void)
{
	EACH_FAMILY(m)
	{
		CHECK_INT(m->source != NULL,
		    !(m->flags & (MODEL_LINK | MODEL_HANGS)));
		if (m->source != NULL)
			CHECK(
			    str_eq_nocase(str_of(m->source), str_of(m->table)));
	}
	CHECK(model_activity.source == NULL);
}

static void
sources_have_names_of_their_own(void)
{
	EACH_FAMILY(m)
	{
		size_t n = 0;

		EACH_FAMILY(other)
		n += m->source != NULL && other->source != NULL &&
		     strcmp(m->source, other->source) == 0;
		CHECK_INT(n, m->source != NULL);
	}
}

static void
no_flag_stands_twice_in_a_family(void)
{
	static const unsigned once[] = { FIELD_BLOB, FIELD_PARAM, FIELD_SCOPE,
		FIELD_RULE_DOMAIN | FIELD_RULE_IP | FIELD_RULE_URL };

	EACH_FAMILY(m)
	{
		for (size_t i = 0; i < ARRAY_SIZE(once); i++)
			CHECK(count_with(m, once[i]) <= 1);
	}
}

static void
flagged_columns_are_found(void)
{
	static const struct {
		const char *family;
		unsigned flag;
		const char *want;
	} row[] = {
		{ "image", FIELD_BLOB, "value" },
		{ "account", FIELD_BLOB, NULL },
		{ "account", FIELD_PARAM, "service" },
		{ "cryptoaddr", FIELD_PARAM, "currency" },
		{ "domain", FIELD_PARAM, NULL },
		{ "port", FIELD_RULE_IP, "ip_addr" },
		{ "port", FIELD_RULE_DOMAIN, NULL },
		{ "url", FIELD_RULE_DOMAIN | FIELD_RULE_URL, "value" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		const struct model *m = model_by_family(str_of(row[i].family));
		int at = model_field_with(m, row[i].flag);

		CHECK_INT(at != -1, row[i].want != NULL);
		if (at != -1 && row[i].want != NULL)
			CHECK_CSTR(m->field[at].name, row[i].want);
	}
}

/* What a rule reads is a text that every row has. */
static void
what_rules_are_tried_on_is_always_there(void)
{
	size_t n = 0;

	EACH_FAMILY(m)
	{
		int at = model_field_with(m,
		    FIELD_RULE_DOMAIN | FIELD_RULE_IP | FIELD_RULE_URL);

		CHECK_INT(scope_has_family(m), at != -1);
		n += at != -1;
		if (at == -1)
			continue;
		CHECK(m->field[at].kind == FIELD_TEXT ||
		      m->field[at].kind == FIELD_IP);
		CHECK(!(m->field[at].flags & FIELD_OPT));
		CHECK_INT(count_with(m, FIELD_SCOPE), 1);
	}
	CHECK_INT(n, 6);
}

static void
a_column_may_be_absent_or_not_set(void)
{
	struct row row = { .model = model_by_family(STR("email")) };

	CHECK(row_column(&row, "displayname") == NULL);
	CHECK(row_column(&row, "nothing") == NULL);
	CHECK(row_column_text(&row, "nothing").p == NULL);
	row_value(&row, "displayname")->is_set = true;
	row_value(&row, "displayname")->text = STR("Bob");
	CHECK_STR(row_column_text(&row, "displayname"), "Bob");
	CHECK_INT(row_column_number(&row, "id", -1), -1);
}

CHECK_MAIN(CASE(what_is_no_link_is_a_source),
    CASE(sources_have_names_of_their_own),
    CASE(no_flag_stands_twice_in_a_family), CASE(flagged_columns_are_found),
    CASE(what_rules_are_tried_on_is_always_there),
    CASE(a_column_may_be_absent_or_not_set))
