#include "tls/name.h"

/* Labels with something in them, single dots between, no star and no NUL. */
static bool
is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool is_end = i + 1 == s.n || s.p[i + 1] == '.';

		if (s.p[i] == '\0' || s.p[i] == '*')
			return false;
		if (s.p[i] == '.' && (i == 0 || is_end))
			return false;
	}
	return s.n != 0;
}

/* What is behind the first dot; p == NULL: there is none. */
static struct str
parent_of(struct str name)
{
	size_t dot = str_find_char(name, '.');

	return dot == STR_NPOS ? STR_NONE : str_from(name, dot + 1);
}

bool
tls_name_matches(struct str pattern, struct str host)
{
	if (!is_name(host))
		return false;
	if (!str_starts(pattern, STR("*.")))
		return is_name(pattern) && str_eq_nocase(pattern, host);
	pattern = str_from(pattern, 2);
	/* "*.com" stands for nobody */
	return is_name(pattern) && parent_of(pattern).p != NULL &&
	       str_eq_nocase(pattern, parent_of(host));
}
