/*
 * own_regex PATTERN TEXT: finds all matches of a pattern (a text) in a file,
 * with our engine and with PCRE2, and prints microseconds and matches of each;
 * "gives up" where PCRE2 ends with an error.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/mem.h"
#include "own.h"
#include "regex/regex.h"

static int
find_own(const struct regex *re, struct str text)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct regex_search *search = regex_search_new(re, text, &pool, &err);
	int n = 0;

	while (regex_search_next(search))
		n++;
	return n;
}

static int
find_pcre2(const pcre2_code *code, pcre2_match_data *match, struct str text)
{
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(match);
	int n = 0, status = 0;

	for (size_t from = 0; from <= text.n; n++) {
		status = pcre2_match(code, (PCRE2_SPTR)text.p, text.n, from,
		    PCRE2_NO_UTF_CHECK, match, NULL);
		if (status < 0)
			break;
		from = at[1] > at[0] ? at[1] : at[1] + 1;
	}
	return status < PCRE2_ERROR_NOMATCH ? -1 : n;
}

int
main(int argc, char **argv)
{
	autoerr struct err err = ERR_NONE;
	struct str text = argc == 3 ? own_read(argv[2]) : STR_NONE;
	struct regex *re = argc == 3 ? regex_new(str_of(argv[1]), &err) : NULL;
	pcre2_code *code;
	pcre2_match_data *match;
	PCRE2_SIZE offset;
	int error, n, turns = 20;
	double begun;

	if (re == NULL)
		return 2;
	code = pcre2_compile((PCRE2_SPTR)argv[1], PCRE2_ZERO_TERMINATED,
	    PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY, &error, &offset,
	    NULL);
	match = pcre2_match_data_create_from_pattern(code, NULL);
	begun = own_us();
	for (int i = 0; i < turns; i++)
		n = find_own(re, text);
	printf("%.1f, %d\n", (own_us() - begun) / turns, n);
	begun = own_us();
	for (int i = 0; i < turns; i++)
		n = find_pcre2(code, match, text);
	printf("%.1f, ", (own_us() - begun) / turns);
	printf(n == -1 ? "gives up\n" : "%d\n", n);
	return 0;
}
