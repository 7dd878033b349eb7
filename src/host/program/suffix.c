#include "program/suffix.h"

#include "state/file.h"
#include "state/suffix_list.h"
#include "url/psl.h"

static struct psl *list;

static void
free_list(void *psl)
{
	psl_free(psl);
}

/* *path: the one that counts. */
static int
read_list(struct program *p, struct str *text, const char **path,
    struct err *err)
{
	struct stat st;
	int status = suffix_list_find(&p->paths, &p->pool, path, &st, err);

	if (status == -1)
		return -1;
	if (status == 1)
		status = file_read(&p->pool, *path, PSL_MAX_BYTES, text, err);
	if (status == -1)
		return err_wrap(err, "cannot read %s", *path);
	if (status == 1)
		return 0;
	return err_set(err,
	    "there is no public suffix list: neither " SUFFIX_LIST_SYSTEM
	    " (package publicsuffix) nor %s/" SUFFIX_LIST_NAME
	    " (sn0int update-lists)",
	    p->paths.cache);
}

int
suffix_load(struct program *p, struct err *err)
{
	const char *path;
	struct str text;

	if (list != NULL)
		return 0;
	if (read_list(p, &text, &path, err) == -1)
		return -1;
	list = psl_new(text, err);
	if (list == NULL)
		return err_wrap(err,
		    "%s is no public suffix list (sn0int update-lists fetches "
		    "one)",
		    path);
	pool_defer(&p->pool, free_list, list);
	return 0;
}

int
suffix_domain(struct program *p, struct str name, struct str *domain,
    struct err *err)
{
	struct psl_name parts;

	if (suffix_load(p, err) == -1)
		return -1;
	if (psl_split(list, name, &parts, err) == -1)
		return err_wrap(err, "Failed to parse domain");
	*domain = parts.domain;
	return 0;
}

bool
suffix_is_one(struct program *p, struct str name)
{
	struct psl_name parts;

	return suffix_load(p, NULL) == 0 &&
	       psl_split(list, name, &parts, NULL) == 0 &&
	       str_eq(parts.suffix, name);
}
