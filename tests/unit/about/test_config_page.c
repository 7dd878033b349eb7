/* config_page: what the table has is on the page, and what is on the page it has */
#include "about/config_page.h"

#include "base/limits.h"
#include "base/mem.h"
#include "config/config.h"

#include "check.h"

static struct str
page(struct buf *out, enum doc_form form)
{
	struct doc doc = { out, form };

	config_page(&doc);
	return buf_str(out);
}

static void
check_has(struct str page, const char *text)
{
	bool has = str_find(page, str_of(text)) != STR_NPOS;

	if (!has)
		CHECK_STR(STR("(missing)"), text);
	CHECK(has);
}

static void
every_key_is_on_both_pages(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool), man = BUF_IN(&pool);
	struct str markdown = page(&out, DOC_MARKDOWN);
	struct str scdoc = page(&man, DOC_SCDOC);

	for (const struct config_section *s = config_sections; s->name != NULL;
	     s++) {
		for (const struct slot *slot = s->slot; slot->name != NULL;
		     slot++) {
			struct buf want = BUF_IN(&pool);
			struct doc doc = { &want, DOC_SCDOC };

			check_has(markdown, pool_printf(&pool, "\n- `%s.%s` (",
						s->name, slot->name));
			check_has(markdown, slot->example);
			doc_code(&doc,
			    pool_printf(&pool, "%s.%s", s->name, slot->name));
			check_has(scdoc, buf_cstr(&want));
			want.n = 0;
			doc_text(&doc, slot->doc);
			check_has(scdoc, buf_cstr(&want));
			want.n = 0;
			doc_code(&doc, pool_printf(&pool, "%s = %s", slot->name,
					   slot->example));
			check_has(scdoc, buf_cstr(&want));
		}
	}
	for (int i = 0; i < LIMITS; i++)
		check_has(markdown,
		    pool_printf(&pool, "\n- `%s=", limit_rows[i].name));
}

/* The last of its words is the key, a section may have more than one. */
static bool
is_key(struct str name)
{
	for (const struct config_section *s = config_sections; s->name != NULL;
	     s++) {
		autopool struct pool pool = POOL_NONE;

		for (const struct slot *slot = s->slot; slot->name != NULL;
		     slot++) {
			if (str_is(name, pool_printf(&pool, "%s.%s", s->name,
					     slot->name)))
				return true;
		}
	}
	return false;
}

/* Also those that its prose names. */
static void
every_key_of_the_page_is_in_the_table(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct str rest = page(&out, DOC_MARKDOWN);
	size_t n = 0;

	while (rest.p != NULL) {
		struct str word, head;

		(void)str_cut(&rest, '`');
		if (rest.p == NULL)
			break;
		word = str_cut(&rest, '`');
		head = word;
		head = str_cut(&head, ' ');
		for (const struct config_section *s = config_sections;
		     s->name != NULL; s++) {
			if (!str_starts(head,
				str_of(pool_printf(&pool, "%s.", s->name))))
				continue;
			n++;
			CHECK(is_key(head));
			if (!is_key(head))
				CHECK_STR(head, "a key of the table");
		}
	}
	CHECK(n > 15);
}

static void
lines_are_not_too_long(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct str rest = page(&out, DOC_MARKDOWN);

	while (rest.p != NULL)
		CHECK(str_cut(&rest, '\n').n <= 119);
}

CHECK_MAIN(CASE(every_key_is_on_both_pages),
    CASE(every_key_of_the_page_is_in_the_table), CASE(lines_are_not_too_long))
