#include "base/closest.h"

#define LONGEST_TYPO 64 /* ids of modules are author/name */

/* Levenshtein's distance; both at most LONGEST_TYPO. */
static size_t
distance(struct str a, struct str b)
{
	size_t row[LONGEST_TYPO + 1];

	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t best = corner + (a.p[i - 1] != b.p[j - 1]);

			corner = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[b.n];
}

const char *
closest_name(struct str typo, const char *(*name)(const void *list, size_t i),
    const void *list)
{
	const char *closest = NULL;
	size_t least = 3; /* more than two slips are another word */

	if (typo.n > LONGEST_TYPO)
		return NULL;
	for (size_t i = 0; name(list, i) != NULL; i++) {
		struct str candidate = str_of(name(list, i));
		size_t d;

		if (candidate.n > LONGEST_TYPO)
			continue;
		d = distance(typo, candidate);
		if (d < least && d < candidate.n) {
			least = d;
			closest = candidate.p;
		}
	}
	return closest;
}

void
closest_add_all(struct buf *out,
    const char *(*name)(const void *list, size_t i), const void *list)
{
	for (size_t i = 0; name(list, i) != NULL; i++)
		buf_printf(out, "%s%s",
		    i == 0                      ? ""
		    : name(list, i + 1) != NULL ? ", "
						: " or ",
		    name(list, i));
}

int
closest_none(const char *what, struct str typo,
    const char *(*name)(const void *list, size_t i), const void *list,
    struct err *err)
{
	const char *closest = closest_name(typo, name, list);
	autopool struct pool pool = POOL_NONE;
	struct buf names = BUF_IN(&pool);

	closest_add_all(&names, name, list);
	if (closest != NULL)
		return err_usage(err,
		    "there is no %s '%.*s', did you mean '%s'? It is %s", what,
		    STR_ARG(typo), closest, buf_cstr(&names));
	return err_usage(err, "there is no %s '%.*s': it is %s", what,
	    STR_ARG(typo), buf_cstr(&names));
}
