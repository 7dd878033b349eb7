/* Domain names and who owns them. */
#include "url/psl.h"

#include "stdlib/call.h"

#define SUFFIX_FILE "public_suffix_list.dat"

/* The list of the run, read at the first call. */
struct list {
	struct psl *psl;
	bool is_broken;
};

static void
list_clear(void *block)
{
	struct list *list = block;

	psl_free(list->psl);
}

static int
list_read(struct call *c, struct list *list)
{
	struct str text = call_data(c, DATA_SUFFIX_LIST);
	autoerr struct err err = ERR_NONE;

	if (list->psl != NULL)
		return 0;
	if (list->is_broken)
		return err_set(c->err, "Previous initialization failed");
	if (text.p != NULL)
		list->psl = psl_new(text, &err);
	else
		err_set(&err, "no " SUFFIX_FILE " in /usr/share/publicsuffix "
			      "or the cache folder");
	call_tell_data(c, SUFFIX_FILE, list->psl != NULL);
	if (list->psl != NULL)
		return 0;
	list->is_broken = true;
	return err_set(c->err, "Failed to load public suffix list: %s",
	    err_cstr(&err));
}

static int
fn_psl_domain_from_dns_name(struct call *c)
{
	static const char key;
	struct list *list = call_state(c, &key, sizeof(*list), list_clear);
	struct psl_name name;

	if (list_read(c, list) == -1 ||
	    psl_split(list->psl, call_str(c, 1), &name, c->err) == -1)
		return -1;
	return call_return_str(c, name.domain);
}

const struct stdlib_fn stdlib_psl[] = {
	{
	    .name = "psl_domain_from_dns_name",
	    .call = fn_psl_domain_from_dns_name,
	    .args = "name:text",
	    .returns = "text",
	    .doc =
		"The part of a name that somebody has registered: its public "
		"suffix (publicsuffix.org, with the private section) and one "
		"label. A name that is itself a suffix is returned as it is.",
	    .example = "psl_domain_from_dns_name('www.example.co.uk')"
		       "  -- \"example.co.uk\"",
	},
	{ NULL },
};
