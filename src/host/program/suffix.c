#include "program/suffix.h"

#include <fcntl.h>

#include "state/file.h"
#include "url/psl.h"

static struct psl *list;

static void
free_list(void *psl)
{
	psl_free(psl);
}

/* 1, 0; -1: it is there, and nobody knows how old it is. */
static int
is_newer(const char *path, const char *than, struct err *err)
{
	struct stat a, b;
	int status = file_stat(AT_FDCWD, path, &a, err);

	return status != 1 ? status
	                   : stat(than, &b) == -1 || a.st_mtime > b.st_mtime;
}

/*
 * The newer one of the system's and what update-lists has fetched: *newer is
 * its path.
 */
static int
read_list(struct program *p, struct str *text, const char **newer,
    struct err *err)
{
	const char *path[] = {
		"/usr/share/publicsuffix/public_suffix_list.dat",
		pool_printf(&p->pool, "%s/public_suffix_list.dat",
		    p->paths.cache),
	};
	int second = is_newer(path[1], path[0], err), status;

	if (second == -1)
		return -1;
	*newer = path[second];
	status = file_read(&p->pool, *newer, PSL_MAX_BYTES, text, err);
	if (status == -1)
		return err_wrap(err, "cannot read %s", *newer);
	if (status == 1)
		return 0;
	return err_set(err,
	    "there is no public suffix list: neither %s (package "
	    "publicsuffix) nor %s (sn0int update-lists)",
	    path[0], path[1]);
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
